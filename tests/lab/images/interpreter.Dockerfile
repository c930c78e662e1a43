# python:VERSION-SUITE (target full) and python:VERSION-slim-SUITE (target slim) from an interpreter that was built with a
# shared libpython under another prefix (python.tar): moved to /usr/local, with pip, and with setuptools up to 3.11.
ARG SUITE
FROM docker.io/library/debian:${SUITE}-slim AS tree
RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        libbz2-dev libexpat1-dev libffi-dev libgdbm-dev liblzma-dev libncurses-dev libnsl-dev libreadline-dev \
        libsqlite3-dev libssl-dev libtirpc-dev uuid-dev zlib1g-dev
ARG MINOR PREFIX
ADD python.tar /usr/local/
COPY interpreter.sh /
RUN sh /interpreter.sh ${MINOR} ${PREFIX}

FROM docker.io/library/debian:${SUITE}-slim AS slim
ENV PATH=/usr/local/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8
RUN --mount=type=bind,from=tree,source=/packages,target=/packages \
    apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $(cat /packages) \
    && rm -rf /var/lib/apt/lists/*
ARG PYTHON_VERSION
ENV PYTHON_VERSION=${PYTHON_VERSION}
COPY --from=tree /usr/local/ /usr/local/
RUN ldconfig && python3 --version && pip --version && python3 -c 'import ctypes, lzma, sqlite3, ssl, zlib'
CMD ["python3"]

FROM docker.io/library/buildpack-deps:${SUITE} AS full
ENV PATH=/usr/local/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8
RUN --mount=type=bind,from=tree,source=/packages,target=/packages \
    apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends uuid-dev $(cat /packages) \
    && rm -rf /var/lib/apt/lists/*
ARG PYTHON_VERSION
ENV PYTHON_VERSION=${PYTHON_VERSION}
COPY --from=tree /usr/local/ /usr/local/
RUN ldconfig && python3 --version && pip --version && python3 -c 'import ctypes, lzma, sqlite3, ssl, zlib'
CMD ["python3"]
