# Two stages: build the one static binary, then it and the voice of the hall: a
# program of its own, without which halls only caption.
#   docker build -t handrail .
#   docker run --network host -v handrail:/data handrail
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags='-s -w -buildid=' -o /handrail ./server \
 && install -d -m 0700 -o 65532 -g 65532 /empty

FROM debian:bookworm-slim
RUN apt-get update -qq \
 && apt-get install -y -qq --no-install-recommends espeak-ng \
 && rm -rf /var/lib/apt/lists/*
COPY --from=build /handrail /handrail
COPY --from=build --chown=65532:65532 /empty /data
USER 65532:65532
VOLUME /data
HEALTHCHECK --interval=15s --timeout=3s --start-period=5s CMD ["/handrail", "health", "--data", "/data"]
ENTRYPOINT ["/handrail"]
CMD ["serve", "--data", "/data"]
