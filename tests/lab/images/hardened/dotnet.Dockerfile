# Hardened images of .NET: PART (runtime, aspnet) of Microsoft's images, in the directory AT. The unprivileged account is
# ACCOUNT (NAME:UID). ICU is there, as the vendor has it.
ARG VERSION PART
FROM mcr.microsoft.com/dotnet/${PART}:${VERSION}-noble AS tree
ARG AT ACCOUNT
COPY tree.sh /
RUN mkdir -p /tree/${AT} && cp -a /usr/share/dotnet/. /tree/${AT}/ && chown -R 0:0 /tree/${AT} \
    && sh /tree.sh libcom-err2 libgssapi-krb5-2 libicu76 libk5crypto3 libkeyutils1 libkrb5-3 libkrb5support0 libssl3t64 \
        libstdc++6 libzstd1 tzdata zlib1g -- /tree/${AT}/dotnet

FROM scratch AS aspnetcore
COPY --from=tree /tree/ /
ARG DOTNET_VERSION
ENV PATH=/opt/dotnet:/opt/dotnet/tools:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
ENV DOTNET_VERSION=${DOTNET_VERSION} DOTNET_ROOT=/opt/dotnet ASPNETCORE_HTTP_PORTS=8080
ENV SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
WORKDIR /app
USER nonroot
CMD ["dotnet", "--help"]

FROM tree AS linked
RUN ln -s ../lib/dotnet/dotnet /tree/usr/bin/dotnet

FROM scratch AS dotnet
COPY --from=linked /tree/ /
ARG DOTNET_VERSION
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
ENV DOTNET_VERSION=${DOTNET_VERSION} DOTNET_ROOT=/usr/lib/dotnet SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
WORKDIR /app
USER nonroot
CMD ["dotnet", "--help"]
