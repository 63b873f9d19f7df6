# The same content as `npm run image`: Node, the libraries it is linked with, and the production files. No shell, no JVM.
FROM node:22-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY . .
RUN npm run --silent build && npm run --silent image -- --root /image

FROM scratch
COPY --from=build /image /
WORKDIR /app
USER 65532:65532
ENV NODE_ENV=production PATH=/usr/local/bin
ENTRYPOINT ["/usr/local/bin/node", "/app/dist/src/main.js"]
