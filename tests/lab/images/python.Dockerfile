# python:VERSION-SUITE (target full) and python:VERSION-slim-SUITE (target slim): Debian's Python, moved to where the
# real image has it and freed of Debian's own directories (python.sh).
ARG FROM_SUITE
FROM docker.io/library/debian:${FROM_SUITE}-slim AS tree
ARG MINOR
COPY python.sh /
RUN sh /python.sh ${MINOR}

FROM docker.io/library/debian:${FROM_SUITE}-slim AS slim
ENV PATH=/usr/local/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8
RUN --mount=type=bind,from=tree,source=/packages,target=/packages \
    apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $(cat /packages) \
    && rm -rf /var/lib/apt/lists/*
ARG PYTHON_VERSION
ENV PYTHON_VERSION=${PYTHON_VERSION}
COPY --link --from=tree /tree/ /
RUN ldconfig && python3 --version && pip --version && python3 -c 'import ctypes, lzma, sqlite3, ssl, zlib'
CMD ["python3"]

FROM docker.io/library/buildpack-deps:${FROM_SUITE} AS full
ENV PATH=/usr/local/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8
RUN --mount=type=bind,from=tree,source=/packages,target=/packages \
    apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends uuid-dev $(cat /packages) \
    && rm -rf /var/lib/apt/lists/*
ARG PYTHON_VERSION
ENV PYTHON_VERSION=${PYTHON_VERSION}
COPY --link --from=tree /tree/ /
RUN ldconfig && python3 --version && pip --version && python3 -c 'import ctypes, lzma, sqlite3, ssl, zlib'
CMD ["python3"]

FROM tree AS asked
RUN /usr/local/bin/python3 -c 'import platform; print(platform.python_version())' >/python-version

FROM scratch AS version
COPY --from=asked /python-version /
