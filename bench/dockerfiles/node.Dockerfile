# A TypeScript app on Node.js as a careful engineer writes it: manifests first, production dependencies installed beside
# all of them, the build's output and nothing else of it in the image, non-root by COPY --chown.
FROM node:24-trixie AS base
WORKDIR /app
COPY package.json package-lock.json ./

FROM base AS build
RUN --mount=type=cache,target=/root/.npm --mount=type=secret,id=ca-certificates,target=/run/secrets/ca \
    NODE_EXTRA_CA_CERTS=/run/secrets/ca npm ci --no-audit --no-fund
COPY . .
RUN npm run build

FROM base AS production
RUN --mount=type=cache,target=/root/.npm --mount=type=secret,id=ca-certificates,target=/run/secrets/ca \
    NODE_EXTRA_CA_CERTS=/run/secrets/ca npm ci --no-audit --no-fund --omit=dev

FROM node:24-trixie-slim
ENV NODE_ENV=production PORT=5000
WORKDIR /app
COPY --chown=1000:1000 --from=production /app/node_modules ./node_modules
COPY --chown=1000:1000 --from=build /app/package.json ./
COPY --chown=1000:1000 --from=build /app/dist ./dist
USER 1000:1000
EXPOSE 5000
CMD ["node", "dist/server.js"]
