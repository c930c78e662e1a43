# The image that holds the namespaces of a pod, of Kubernetes' own source.
FROM docker.io/library/buildpack-deps:trixie AS build
COPY pause.c /
RUN gcc -Os -Wall -Werror -static -o /pause /pause.c
FROM scratch
COPY --from=build /pause /pause
USER 65535:65535
ENTRYPOINT ["/pause"]
