# caddy:2, whose program has a file capability, as in the real image: the kernel starts no program that has one in a
# container that drops all capabilities. Source: https://github.com/caddyserver/caddy-docker
FROM docker.io/library/debian:trixie-slim AS program
RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends libcap2-bin media-types
COPY --chmod=755 caddy /usr/bin/caddy
RUN setcap cap_net_bind_service=+ep /usr/bin/caddy

FROM docker.io/library/debian:trixie-slim
COPY --from=program /usr/bin/caddy /usr/bin/caddy
COPY --from=program /etc/mime.types /etc/mime.types
RUN mkdir -p /config/caddy /data/caddy /etc/caddy /usr/share/caddy && echo ':80' >/etc/caddy/Caddyfile
ARG CADDY_VERSION
ENV CADDY_VERSION=${CADDY_VERSION} XDG_CONFIG_HOME=/config XDG_DATA_HOME=/data
EXPOSE 80 443 443/udp 2019
WORKDIR /srv
CMD ["caddy", "run", "--config", "/etc/caddy/Caddyfile", "--adapter", "caddyfile"]
