# mcr.microsoft.com/dotnet/{sdk,aspnet,runtime,runtime-deps}:VERSION-noble[-chiseled[-extra]] from Microsoft's SDK (sdk.tar.xz).
# Ubuntu is Debian here: a target has the users, variables, entrypoint and places of the real image, and its own files alone.
FROM docker.io/library/debian:trixie-slim AS tree
RUN apt-get update && apt-get install -y --no-install-recommends xz-utils
RUN --mount=type=bind,source=sdk.tar.xz,target=/sdk.tar.xz \
    mkdir -p /sdk/usr/share /sdk/usr/bin /sdk/root/.nuget/NuGet \
    && tar -xJf /sdk.tar.xz -C /sdk/usr/share --no-same-owner \
    && ln -s /usr/share/dotnet/dotnet /sdk/usr/bin/dotnet
COPY NuGet.Config /sdk/root/.nuget/NuGet/NuGet.Config
RUN for part in runtime aspnet; do \
        mkdir -p /$part/usr/share/dotnet /$part/usr/bin \
        && cp -al /sdk/usr/share/dotnet/dotnet /sdk/usr/share/dotnet/host /sdk/usr/share/dotnet/shared /$part/usr/share/dotnet/ \
        && ln -s /usr/share/dotnet/dotnet /$part/usr/bin/dotnet; \
    done \
    && rm -r /runtime/usr/share/dotnet/shared/Microsoft.AspNetCore.App

FROM docker.io/library/debian:trixie-slim AS runtime-deps
ENV APP_UID=1654 ASPNETCORE_HTTP_PORTS=8080 DOTNET_RUNNING_IN_CONTAINER=true
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        ca-certificates libc6 libgcc-s1 libicu76 libssl3t64 libstdc++6 tzdata \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 1000 ubuntu && useradd --uid 1000 --gid ubuntu --groups adm,sudo --create-home ubuntu \
    && groupadd --gid=$APP_UID app && useradd -l --uid=$APP_UID --gid=$APP_UID --create-home app

FROM runtime-deps AS runtime
ARG DOTNET_VERSION
ENV DOTNET_VERSION=${DOTNET_VERSION}
COPY --link --from=tree /runtime/ /

FROM runtime-deps AS aspnet
ARG DOTNET_VERSION
ENV DOTNET_VERSION=${DOTNET_VERSION} ASPNET_VERSION=${DOTNET_VERSION}
COPY --link --from=tree /aspnet/ /

FROM runtime-deps AS sdk
ARG DOTNET_VERSION
ARG SDK_VERSION
ENV DOTNET_VERSION=${DOTNET_VERSION} ASPNET_VERSION=${DOTNET_VERSION} DOTNET_SDK_VERSION=${SDK_VERSION} \
    ASPNETCORE_HTTP_PORTS= DOTNET_GENERATE_ASPNET_CERTIFICATE=false DOTNET_NOLOGO=true \
    DOTNET_USE_POLLING_FILE_WATCHER=true NUGET_XMLDOC_MODE=skip
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends curl git libatomic1 wget \
    && rm -rf /var/lib/apt/lists/*
COPY --link --from=tree /sdk/ /
RUN dotnet --version

# Chiseled: the files of a few packages and nothing else, so no shell and no package manager.
FROM docker.io/library/debian:trixie-slim AS cut
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        ca-certificates libc6 libgcc-s1 libicu76 libssl3t64 libstdc++6 tzdata zlib1g libzstd1
COPY chisel.sh /
RUN sh /chisel.sh /small ca-certificates libc6 libgcc-s1 libssl3t64 libstdc++6 zlib1g libzstd1 \
    && sh /chisel.sh /extra libicu76 tzdata

FROM scratch AS runtime-deps-chiseled
ENV APP_UID=1654 ASPNETCORE_HTTP_PORTS=8080 DOTNET_RUNNING_IN_CONTAINER=true DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=true
COPY --from=cut /small/ /
USER 1654

FROM runtime-deps-chiseled AS runtime-chiseled
ARG DOTNET_VERSION
ENV DOTNET_VERSION=${DOTNET_VERSION}
COPY --link --from=tree /runtime/ /
ENTRYPOINT ["/usr/bin/dotnet"]
CMD ["--info"]

FROM runtime-deps-chiseled AS aspnet-chiseled
ARG DOTNET_VERSION
ENV DOTNET_VERSION=${DOTNET_VERSION} ASPNET_VERSION=${DOTNET_VERSION}
COPY --link --from=tree /aspnet/ /
ENTRYPOINT ["/usr/bin/dotnet"]
CMD ["--info"]

FROM runtime-deps-chiseled AS runtime-deps-chiseled-extra
ENV DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=false
COPY --from=cut /extra/ /

FROM runtime-chiseled AS runtime-chiseled-extra
ENV DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=false
COPY --from=cut /extra/ /

FROM aspnet-chiseled AS aspnet-chiseled-extra
ENV DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=false
COPY --from=cut /extra/ /
