# denoland/deno:VERSION, which is the image on Debian: the program of npm's package where the real image has it, its
# account and cache directory, and an init in front. Source: https://github.com/denoland/deno_docker
FROM docker.io/library/debian:trixie-slim AS tree
RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends tini
COPY deno.tgz /
RUN mkdir -p /tree/usr/bin && tar -xzf /deno.tgz --no-same-owner -C / package/deno \
    && install -m 755 /package/deno /tree/usr/bin/deno && cp /usr/bin/tini-static /tree/tini \
    && find /tree -newer /deno.tgz -exec touch -hd @0 {} +

FROM docker.io/library/debian:trixie-slim
RUN useradd --uid 1993 --user-group deno && mkdir /deno-dir/ && chown deno:deno /deno-dir/
ARG DENO_VERSION
ENV DENO_DIR=/deno-dir/ DENO_INSTALL_ROOT=/usr/local DENO_VERSION=${DENO_VERSION}
COPY --link --from=tree /tree/ /
COPY --chmod=755 docker-entrypoint.sh /usr/local/bin/docker-entrypoint.sh
RUN deno --version
ENTRYPOINT ["/tini", "--", "docker-entrypoint.sh"]
CMD ["eval", "console.log('Welcome to Deno!')"]
