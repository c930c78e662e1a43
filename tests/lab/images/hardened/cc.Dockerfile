# Images without an interpreter: what PACKAGES hold, a C library, CA bundle and accounts.
FROM docker.io/library/debian:trixie-slim AS tree
ARG ACCOUNT PACKAGES
COPY tree.sh /
RUN sh /tree.sh ${PACKAGES} --

FROM scratch AS distroless-latest
COPY --from=tree /tree/ /
ENV SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
WORKDIR /
USER 0

FROM distroless-latest AS distroless-nonroot
WORKDIR /home/nonroot
USER 65532
