# The hardened image of Bun, and the one that builds. The unprivileged account is ACCOUNT (NAME:UID).
ARG VERSION SUITE
FROM docker.io/oven/bun:${VERSION}-slim AS bun

FROM docker.io/library/debian:${SUITE}-slim AS tree
ARG ACCOUNT
COPY --from=bun /usr/local/bin/bun /tree/usr/local/bin/
COPY tree.sh /
RUN sh /tree.sh libstdc++6 tzdata -- /tree/usr/local/bin/bun

FROM scratch AS dhi
COPY --from=tree /tree/ /
WORKDIR /build
USER nonroot
CMD ["/usr/local/bin/bun", "repl"]
