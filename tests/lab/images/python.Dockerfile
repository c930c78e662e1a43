# python:VERSION-SUITE (target full) and python:VERSION-slim-SUITE (target slim), from Debian's packages.
# The names are those of the real image, and so is the absence of the marker that keeps pip out of Debian's own Python.
ARG FROM_SUITE
FROM docker.io/library/debian:${FROM_SUITE}-slim AS slim
ARG MINOR
ENV PATH=/usr/local/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8
COPY python.sh /tmp/python.sh
RUN sh /tmp/python.sh ${MINOR} && rm /tmp/python.sh
ARG PYTHON_VERSION
ENV PYTHON_VERSION=${PYTHON_VERSION}
CMD ["python3"]

FROM docker.io/library/buildpack-deps:${FROM_SUITE} AS full
ARG MINOR
ENV PATH=/usr/local/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8
COPY python.sh /tmp/python.sh
RUN sh /tmp/python.sh ${MINOR} python${MINOR}-dev && rm /tmp/python.sh
ARG PYTHON_VERSION
ENV PYTHON_VERSION=${PYTHON_VERSION}
CMD ["python3"]

FROM slim AS asked
RUN python3 -c 'import platform; print(platform.python_version())' >/python-version

FROM scratch AS version
COPY --from=asked /python-version /
