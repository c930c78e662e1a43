# Hardened images of Ruby: the interpreter of the standard image, in the directory AT, without its programs. The
# unprivileged account is ACCOUNT (NAME:UID).
ARG VERSION
FROM docker.io/library/ruby:${VERSION}-slim-trixie AS tree
ARG MINOR ACCOUNT AT
COPY ruby.sh tree.sh /
RUN sh /ruby.sh ${MINOR} ${AT} /tree \
    && sh /tree.sh libjemalloc2 libyaml-0-2 libcrypt1 -- /tree/${AT}/ruby $(find /tree/usr/lib -name '*.so')

# LD_LIBRARY_PATH is as the vendor writes it, which nothing expands.
FROM scratch AS dhi
COPY --from=tree /tree/ /
ARG RUBY_VERSION
ENV PATH=/usr/local/bin:/usr/local/bundle/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
ENV GEM_HOME=/usr/local/bundle BUNDLE_APP_CONFIG=/usr/local/bundle LD_LIBRARY_PATH=/usr/local/lib:\${LD_LIBRARY_PATH}
ENV RUBY_VERSION=${RUBY_VERSION} SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
USER nonroot
CMD ["ruby"]

# With compilers and Bundler.
FROM docker.io/library/ruby:${VERSION}-trixie AS dev
ARG MINOR AT
COPY ruby.sh /
RUN sh /ruby.sh ${MINOR} ${AT} / && rm /ruby.sh && rmdir /usr/local/bundle \
    && useradd --uid 65532 --create-home nonroot && ruby --version && bundle --version
ARG RUBY_VERSION
ENV PATH=/usr/local/bin:/usr/local/bundle/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
ENV LD_LIBRARY_PATH=/usr/local/lib:\${LD_LIBRARY_PATH}
ENV RUBY_VERSION=${RUBY_VERSION} SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
USER root
CMD ["ruby"]

# The vendor's has a newer Ruby, which no Debian suite has.
FROM scratch AS chainguard
COPY --from=tree /tree/ /
ENV SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
WORKDIR /work
USER 65532
ENTRYPOINT ["/usr/bin/ruby"]
CMD ["--version"]

# Images that are not what their name says.
FROM dhi AS odd-root
USER root

FROM dhi AS odd-unknown-uid
USER 4711

FROM dhi AS odd-empty-element
ENV LD_LIBRARY_PATH=/usr/local/lib:
