# Hardened images of Python: the interpreter of the standard image, moved to /usr. The unprivileged account is ACCOUNT
# (NAME:UID), PACKAGES are Debian packages with more than the libraries that Python is linked with.
ARG VERSION
FROM docker.io/library/python:${VERSION}-slim-trixie AS tree
ARG MINOR ACCOUNT PACKAGES
COPY python.sh tree.sh /
RUN sh /python.sh ${MINOR} && sh /tree.sh ${PACKAGES} -- /tree/usr/bin/python3 $(find /tree/usr/lib -name '*.so') \
    && chroot /tree /usr/bin/python3 -m compileall -q -x lib2to3 /usr/lib/python${MINOR}

# pip is in it.
FROM scratch AS dhi
COPY --from=tree /tree/ /
ARG PYTHON_VERSION
ENV PYTHON_VERSION=${PYTHON_VERSION} SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
USER nonroot
CMD ["python3"]

# No compiler in it.
FROM docker.io/library/python:${VERSION}-slim-trixie AS dev
RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends git \
    && rm -rf /var/lib/apt/lists/* /usr/local/bin/* /usr/local/lib/* /usr/local/include/*
COPY --from=tree /tree/usr/ /usr/
RUN ldconfig && python3 --version && pip --version
ARG PYTHON_VERSION
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
ENV PYTHON_VERSION=${PYTHON_VERSION} SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
CMD ["python3"]

FROM tree AS without-pip
RUN cd /tree/usr && rm -rf bin/pip* include lib/python*/ensurepip lib/python*/site-packages/*

FROM scratch AS distroless-latest
COPY --from=without-pip /tree/ /
ENV SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
WORKDIR /
USER 0
ENTRYPOINT ["/usr/bin/python3.13"]

FROM distroless-latest AS distroless-nonroot
WORKDIR /home/nonroot
USER 65532

FROM scratch AS chainguard
COPY --from=without-pip /tree/ /
ENV SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
USER 65532
ENTRYPOINT ["/usr/bin/python"]

# Images that are not what their name says.
FROM dhi AS odd-root
USER root

FROM dhi AS odd-unknown-uid
USER 4711
