# node:VERSION-SUITE (target full) and node:VERSION-SUITE-slim (target slim), from the tarballs of npm's packages.
ARG SUITE
FROM docker.io/library/debian:${SUITE}-slim AS tree
COPY . /src/
WORKDIR /tree/usr/local
RUN tar -xzf /src/node.tgz --strip-components=1 --no-same-owner && rm package.json \
    && ln -s node bin/nodejs \
    && mkdir -p lib/node_modules/npm \
    && tar -xzf /src/npm.tgz --strip-components=1 --no-same-owner -C lib/node_modules/npm \
    && ln -s ../lib/node_modules/npm/bin/npm-cli.js bin/npm \
    && ln -s ../lib/node_modules/npm/bin/npx-cli.js bin/npx \
    && if [ -e /src/corepack.tgz ]; then \
        mkdir lib/node_modules/corepack \
        && tar -xzf /src/corepack.tgz --strip-components=1 --no-same-owner -C lib/node_modules/corepack \
        && ln -s ../lib/node_modules/corepack/dist/corepack.js bin/corepack; \
    fi \
    && if [ -e /src/yarn.tgz ]; then \
        mkdir -p /tree/opt/yarn-v1.22.22 \
        && tar -xzf /src/yarn.tgz --strip-components=1 --no-same-owner -C /tree/opt/yarn-v1.22.22 \
        && ln -s /opt/yarn-v1.22.22/bin/yarn bin/yarn && ln -s /opt/yarn-v1.22.22/bin/yarnpkg bin/yarnpkg \
        && chmod 755 /tree/opt/yarn-v1.22.22/bin/*; \
    fi \
    && install -m 755 /src/docker-entrypoint.sh bin/docker-entrypoint.sh \
    && chmod 755 bin/node lib/node_modules/npm/bin/*.js && find /tree -newer /src/node.tgz -exec touch -hd @0 {} +

FROM docker.io/library/debian:${SUITE}-slim AS slim
RUN groupadd --gid 1000 node && useradd --uid 1000 --gid node --shell /bin/bash --create-home node
ARG NODE_VERSION
ENV NODE_VERSION=${NODE_VERSION}
COPY --link --from=tree /tree/ /
ARG YARN_VERSION
ENV YARN_VERSION=${YARN_VERSION}
# Newer releases are linked with libatomic, which the real image then has too.
RUN if ldd /usr/local/bin/node | grep -q libatomic; then \
        apt-get update && apt-get install -y --no-install-recommends libatomic1 && rm -rf /var/lib/apt/lists/*; \
    fi \
    && node --version && npm --version
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["node"]

FROM docker.io/library/buildpack-deps:${SUITE} AS full
RUN groupadd --gid 1000 node && useradd --uid 1000 --gid node --shell /bin/bash --create-home node
ARG NODE_VERSION
ENV NODE_VERSION=${NODE_VERSION}
COPY --link --from=tree /tree/ /
ARG YARN_VERSION
ENV YARN_VERSION=${YARN_VERSION}
RUN node --version && npm --version
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["node"]
