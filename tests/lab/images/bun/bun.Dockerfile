# oven/bun:VERSION[-debian] (target full) and oven/bun:VERSION-slim (target slim), from the tarballs of npm's packages.
ARG SUITE
FROM docker.io/library/debian:${SUITE}-slim AS tree
COPY . /src/
WORKDIR /tree/usr/local/bin
RUN tar -xzf /src/bun.tgz --strip-components=2 --no-same-owner package/bin/bun \
    && install -m 755 /src/bun-entrypoint.sh docker-entrypoint.sh \
    && chmod 755 bun && ln -s /usr/local/bin/bun bunx \
    && mkdir ../bun-node-fallback-bin && ln -s /usr/local/bin/bun ../bun-node-fallback-bin/node \
    && find /tree -newer /src/bun.tgz -exec touch -hd @0 {} +

FROM docker.io/library/debian:${SUITE}-slim AS slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*
ENV BUN_RUNTIME_TRANSPILER_CACHE_PATH=0 BUN_INSTALL_BIN=/usr/local/bin
COPY --link --from=tree /tree/ /
ENV PATH="${PATH}:/usr/local/bun-node-fallback-bin"
RUN groupadd bun --gid 1000 && useradd bun --uid 1000 --gid bun --shell /bin/sh --create-home && bun --version
WORKDIR /home/bun/app
ENTRYPOINT ["/usr/local/bin/docker-entrypoint.sh"]
CMD ["/usr/local/bin/bun"]

FROM docker.io/library/debian:${SUITE} AS full
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*
ENV BUN_RUNTIME_TRANSPILER_CACHE_PATH=0 BUN_INSTALL_BIN=/usr/local/bin
COPY --link --from=tree /tree/ /
ENV PATH="${PATH}:/usr/local/bun-node-fallback-bin"
RUN groupadd bun --gid 1000 && useradd bun --uid 1000 --gid bun --shell /bin/sh --create-home && bun --version
WORKDIR /home/bun/app
ENTRYPOINT ["/usr/local/bin/docker-entrypoint.sh"]
CMD ["/usr/local/bin/bun"]
