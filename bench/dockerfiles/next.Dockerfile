# A Next.js app with standalone output after Next.js' own example, with what its comments advise for fast rebuilds: cache
# mounts for npm and for .next/cache. Of the build the image has the traced server, the static files and public/.
FROM node:24-trixie AS build
WORKDIR /app
ENV NEXT_TELEMETRY_DISABLED=1
COPY package.json package-lock.json ./
RUN --mount=type=cache,target=/root/.npm --mount=type=secret,id=ca-certificates,target=/run/secrets/ca \
    NODE_EXTRA_CA_CERTS=/run/secrets/ca npm ci --no-audit --no-fund
COPY . .
RUN --mount=type=cache,target=/app/.next/cache npm run build

FROM node:24-trixie-slim
ENV NODE_ENV=production NEXT_TELEMETRY_DISABLED=1 PORT=5000 HOSTNAME=0.0.0.0
WORKDIR /app
COPY --chown=1000:1000 --from=build /app/public ./public
COPY --chown=1000:1000 --from=build /app/.next/standalone ./
COPY --chown=1000:1000 --from=build /app/.next/static ./.next/static
USER 1000:1000
EXPOSE 5000
CMD ["node", "server.js"]
