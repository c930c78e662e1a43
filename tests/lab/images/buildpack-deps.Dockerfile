# What the full node and python images have beside the interpreter: compilers, git and the headers of the usual libraries.
# The real image's mercurial, subversion, ImageMagick and MySQL headers are left out: 500 MB that no test needs.
ARG SUITE
FROM docker.io/library/debian:${SUITE}
RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        autoconf automake bzip2 ca-certificates curl dpkg-dev file g++ gcc git gnupg libbz2-dev libc6-dev \
        libcurl4-openssl-dev libdb-dev libevent-dev libffi-dev libgdbm-dev libglib2.0-dev libgmp-dev libjpeg-dev \
        libkrb5-dev liblzma-dev libncurses-dev libpng-dev libpq-dev libreadline-dev libsqlite3-dev libssl-dev libtool \
        libwebp-dev libxml2-dev libxslt1-dev libyaml-dev make netbase openssh-client patch pkg-config procps python3 \
        tzdata unzip wget xz-utils zlib1g-dev \
    && rm -rf /var/lib/apt/lists/*
