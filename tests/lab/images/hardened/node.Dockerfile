# Hardened images of Node.js. The interpreter is in the directory AT, the unprivileged account is ACCOUNT (NAME:UID).
ARG NODE_VERSION SUITE
FROM docker.io/library/node:${NODE_VERSION}-trixie-slim AS node

FROM docker.io/library/debian:${SUITE}-slim AS tree
ARG AT ACCOUNT
COPY --from=node /usr/local/bin/node /tree/${AT}/
COPY tree.sh /
# Newer releases are linked with libatomic, which the real image then has too.
RUN sh /tree.sh libgomp1 libstdc++6 tzdata $(ldd /tree/${AT}/node | sed -n 's/.*\(libatomic\).*/\11/p') -- /tree/${AT}/node

FROM scratch AS dhi
COPY --from=tree /tree/ /
ARG NODE_VERSION
ENV NODE_VERSION=${NODE_VERSION}
WORKDIR /app
USER node
CMD ["node"]

# No compiler in it.
FROM docker.io/library/debian:${SUITE}-slim AS dev
RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        ca-certificates git libatomic1 tzdata \
    && rm -rf /var/lib/apt/lists/* && groupadd --gid 1000 node && useradd --uid 1000 --gid node --create-home node
COPY --from=node /usr/local/bin/node /usr/bin/
COPY --from=node /usr/local/lib/node_modules/npm/ /usr/lib/node_modules/npm/
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/bin/npm && ln -s ../lib/node_modules/npm/bin/npx-cli.js /usr/bin/npx \
    && npm --version
ARG NODE_VERSION
ENV NODE_VERSION=${NODE_VERSION}
WORKDIR /app
CMD ["node"]

FROM scratch AS distroless-latest
COPY --from=tree /tree/ /
ENV SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
WORKDIR /
USER 0
ENTRYPOINT ["/nodejs/bin/node"]

FROM distroless-latest AS distroless-nonroot
WORKDIR /home/nonroot
USER 65532

# With a shell and npm, although the vendor's images of other languages have none.
FROM docker.io/library/debian:${SUITE}-slim AS programs
RUN apt-get update && apt-get install -y --no-install-recommends busybox-static musl patchelf
COPY --from=node /usr/local/lib/node_modules/npm/ /npm/usr/lib/node_modules/npm/
RUN mkdir -p /npm/usr/bin /shell/usr/bin && mkdir -m 777 /npm/app \
    && ln -s ../lib/node_modules/npm/bin/npm-cli.js /npm/usr/bin/npm \
    && cp /bin/busybox /shell/usr/bin/ && ln -s busybox /shell/usr/bin/sh

FROM scratch AS chainguard
COPY --from=tree /tree/ /
COPY --from=programs /shell/ /npm/ /
ENV SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
WORKDIR /app
USER 65532
ENTRYPOINT ["/usr/bin/node"]
CMD ["--help"]

# Images that are not what their name says.
FROM dhi AS odd-root
USER root

FROM dhi AS odd-no-user
USER ""

FROM dhi AS odd-unknown-name
USER ghost

FROM dhi AS odd-unknown-uid
USER 4711

FROM dhi AS odd-busybox
COPY --from=programs /shell/ /

# Of musl it has the loader, under its real name. Node.js names that loader, but is the one that is linked with glibc: it
# does not start.
FROM programs AS patched
COPY --from=tree /tree/ /tree/
RUN rm -rf /tree/usr/lib64/* /tree/usr/lib/x86_64-linux-gnu /tree/etc/ld.so.* && cp -L /lib/ld-musl-x86_64.so.1 /tree/usr/lib/ \
    && patchelf --set-interpreter /lib/ld-musl-x86_64.so.1 /tree/usr/bin/node

FROM scratch AS odd-musl
COPY --from=patched /tree/ /
WORKDIR /app
USER node
CMD ["node"]
