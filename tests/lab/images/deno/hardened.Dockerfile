# Hardened images of Deno: the program is where the vendor has it, and is what the image starts by itself.
ARG DENO_VERSION
FROM docker.io/denoland/deno:${DENO_VERSION} AS deno

FROM docker.io/library/debian:trixie-slim AS tree
ARG ACCOUNT
COPY --from=deno /usr/bin/deno /tree/usr/local/bin/
COPY tree.sh /
RUN sh /tree.sh tzdata -- /tree/usr/local/bin/deno && install -d -o 1993 -g 1993 /tree/deno-dir

FROM scratch AS dhi
COPY --from=tree /tree/ /
ARG DENO_VERSION
ENV DENO_VERSION=${DENO_VERSION} DENO_DIR=/deno-dir DENO_NO_PROMPT=1 DENO_NO_UPDATE_CHECK=1
WORKDIR /deno-dir
USER deno
ENTRYPOINT ["/usr/local/bin/deno"]
