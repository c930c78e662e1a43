# moby/buildkit:rootless, from Debian. newuidmap and newgidmap have file capabilities, as in the real image: in a container
# a setuid program lacks CAP_SYS_ADMIN, which the kernel then wants of one that maps ids for another user.
FROM docker.io/library/debian:trixie-slim
RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        ca-certificates git libcap2-bin openssh-client runc uidmap xz-utils \
    && rm -rf /var/lib/apt/lists/* && chmod u-s /usr/bin/newuidmap /usr/bin/newgidmap \
    && setcap cap_setuid=ep /usr/bin/newuidmap && setcap cap_setgid=ep /usr/bin/newgidmap
RUN useradd --uid 1000 --create-home user \
    && mkdir -p /run/user/1000 /home/user/.local/tmp /home/user/.local/share/buildkit \
    && chown -R user:user /run/user/1000 /home/user && echo user:100000:65536 | tee /etc/subuid >/etc/subgid
COPY buildctl buildctl-daemonless.sh buildkitd rootlesskit /usr/bin/
USER 1000:1000
ENV HOME=/home/user USER=user XDG_RUNTIME_DIR=/run/user/1000 TMPDIR=/home/user/.local/tmp
ENV BUILDKIT_HOST=unix:///run/user/1000/buildkit/buildkitd.sock
VOLUME /home/user/.local/share/buildkit
ENTRYPOINT ["rootlesskit", "buildkitd"]
