# An ASP.NET Core app after Microsoft's own example: the project restored first, with NuGet's packages in a cache mount,
# then published without a second restore; the image has the publish output only, non-root.
FROM mcr.microsoft.com/dotnet/sdk:10.0-noble AS build
WORKDIR /source
COPY *.csproj ./
RUN --mount=type=cache,target=/root/.nuget/packages dotnet restore
COPY . .
RUN --mount=type=cache,target=/root/.nuget/packages dotnet publish --no-restore -c Release -o /out

FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble
ENV ASPNETCORE_HTTP_PORTS=5000
WORKDIR /app
COPY --chown=1000:1000 --from=build /out .
USER 1000:1000
EXPOSE 5000
CMD ["dotnet", "Notes.dll"]
