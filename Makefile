# make run    start the demo branch on http://127.0.0.1:8080
# make test   the whole truth: format, vet, lint, every test with the race detector
# make bench  measure speed and size on this machine; prints a table
# make proof  long attacks against a running box; prints a table
# make build  bin/handrail, the one binary of a branch box
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

GOLANGCI := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
RELEASE  := CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags='-s -w -buildid='

.PHONY: help run test bench proof build lint tools fmt

help:
	@sed -n 's/^# //p' Makefile

run:
	go run ./server serve

build:
	$(RELEASE) -o bin/handrail ./server

test: tools lint
	@mkdir -p bin
	@status=0; go test -race -timeout 15m ./... 2>&1 | tee bin/test.log || status=$$?; \
	echo; echo "The ten slowest packages:"; \
	sed -nE 's/^(ok|FAIL)[[:space:]]+([^[:space:]]+)[[:space:]]+([0-9.]+)s.*/\3s \2/p' bin/test.log | sort -rn | head -10; \
	exit $$status

lint:
	@test -z "$$(gofmt -l . | tee /dev/stderr)" || { echo "run: gofmt -w ."; exit 1; }
	go vet ./...
	go run $(GOLANGCI) run ./...

fmt:
	gofmt -w .

bench: build
	go run ./server/internal/bench --server bin/handrail all

proof: build
	go run ./server/internal/proof --server bin/handrail

# What tests need beyond Go, git and make: a C compiler for the race detector,
# and the voice of the hall.
tools:
	@command -v gcc >/dev/null && test -e /usr/include/stdlib.h || { \
	  sudo=$$(test "$$(id -u)" = 0 || echo sudo); \
	  $$sudo apt-get update -qq && $$sudo apt-get install -y -qq gcc libc6-dev; }
	@command -v espeak-ng >/dev/null || { sudo=$$(test "$$(id -u)" = 0 || echo sudo); \
	  $$sudo apt-get update -qq && $$sudo apt-get install -y -qq espeak-ng; }
