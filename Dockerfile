# Edge Identity in local mode, for tests: docker build -t edge-identity . && docker run -p 8787:8787 edge-identity
# Whoever reaches it has its access keys. Variables of the environment are settings (docs/operating.md).
FROM node:22-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund
COPY wrangler.toml ./
COPY src src
COPY console console
COPY tools tools
COPY package package
RUN node tools/commands/bundle.mjs --out /app

FROM node:22-slim
LABEL org.opencontainers.image.title="Edge Identity" \
  org.opencontainers.image.description="The Amazon Cognito Identity API in local mode, for tests" \
  org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production PORT=8787
WORKDIR /app
COPY --from=build /app ./
# The only package that serving needs, with its program for this platform.
COPY --from=build /build/node_modules/workerd node_modules/workerd
COPY --from=build /build/node_modules/@cloudflare node_modules/@cloudflare
RUN mkdir /data && chown node:node /data
# The user `node` of the base image; a number, so that Kubernetes sees that it is not root.
USER 1000
VOLUME /data
EXPOSE 8787
HEALTHCHECK --interval=5s --timeout=5s --start-period=60s --start-interval=1s --retries=3 \
  CMD ["node", "server/check-health.mjs"]
ENTRYPOINT ["node", "server/container.mjs"]
