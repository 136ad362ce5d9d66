# The controller. For one platform: docker build -t REGISTRY/okr-controller:v0.1.0 --build-arg VERSION=v0.1.0 .
# For both: docker buildx build --platform linux/amd64,linux/arm64 … --push . docs/release.md has the whole recipe.

# Build on the builder's own platform and cross-compile: no emulation for other architectures.
FROM --platform=${BUILDPLATFORM:-linux/amd64} golang:1.26 AS build
ARG TARGETOS=linux
ARG TARGETARCH
WORKDIR /src

# Dependencies change less often than code: their layer is reused while go.mod and go.sum stay.
COPY go.mod go.sum ./
RUN go mod download

COPY . .
# What the binary calls itself: the context has no Git history that Go could take it from.
ARG VERSION=(devel)
# The same sources give the same bytes, on every machine: no paths, no build id, no C.
RUN CGO_ENABLED=0 GOOS=${TARGETOS} GOARCH=${TARGETARCH} \
    go build -trimpath -buildvcs=false -ldflags="-s -w -buildid= -X 'okr.dev/controller/internal/build.version=${VERSION}'" \
    -o /manager .

# No shell, no package manager, no root. The controller writes no file: it runs with a read-only root. Time zones are in the
# binary, authorities in the image. docs/release.md says how to pin both images by digest.
FROM gcr.io/distroless/static:nonroot
ARG VERSION=(devel)
ARG REVISION=""
LABEL org.opencontainers.image.title="okr-controller" \
      org.opencontainers.image.description="Goals as code: Objectives, KeyResults and KPIs as Kubernetes resources" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=build /manager /manager
USER 65532:65532
ENTRYPOINT ["/manager"]
