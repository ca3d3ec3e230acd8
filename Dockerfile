# docker build --build-arg VICE_COMMIT=$(git rev-parse --short HEAD) -t vice .
FROM node:22-bookworm-slim AS build
ARG VICE_COMMIT
ENV VICE_COMMIT=$VICE_COMMIT
WORKDIR /vice
# Apart from the sources, so that a change of those installs nothing again.
COPY package.json bun.lock bunfig.toml ./
COPY .ci/with-bun.mjs .ci/
RUN node .ci/with-bun.mjs --version
COPY tsconfig.json ./
COPY .ci .ci
COPY migrations migrations
COPY deploy/deployer/rbac.yaml deploy/deployer/
COPY src src
RUN npm run build

# glibc and certificate authorities, no shell.
FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /vice/dist/vice /usr/local/bin/vice
ENTRYPOINT ["/usr/local/bin/vice"]
CMD ["--help"]
