# make run    start the demo branch on http://127.0.0.1:8080
# make test   the whole truth: format, vet, lint, every test with the race detector
# make bench  measure speed and size on this machine; prints a table
# make proof  long attacks against a running box; prints a table
# make build  bin/handrail, the one binary of a branch box
# make pictures docs/screens: every screen at a busy moment
# make vendor copy what the screens serve of others from the locked npm packages
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

GOLANGCI := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
# npm writes this file last: it is as old as the installed packages.
PACKAGES := kiosk-web/node_modules/.package-lock.json
RELEASE  := CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags='-s -w -buildid='

.PHONY: help run test bench proof pictures build vendor lint tools fmt

help:
	@sed -n 's/^# //p' Makefile

run:
	go run ./server serve

build:
	$(RELEASE) -o bin/handrail ./server

test: tools $(PACKAGES) lint
	@mkdir -p bin
	@status=0; go test -race -timeout 30m ./... 2>&1 | tee bin/test.log || status=$$?; \
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

pictures: tools build
	go run ./kiosk-web/pictures --server bin/handrail --out docs/screens

# The packages of kiosk-web: a few are served (see vendor), the rest is for tests.
$(PACKAGES): kiosk-web/package-lock.json | tools
	cd kiosk-web && npm ci --ignore-scripts --no-audit --no-fund

# lit-html's types lie beside it for whoever edits the screens.
vendor: FROM := kiosk-web/node_modules
vendor: TO   := kiosk-web/static/vendor
vendor: $(PACKAGES)
	rm -rf $(TO)
	mkdir -p $(TO)/lit-html $(TO)/noto-sans-sc/files $(TO)/tabler
	cp $(FROM)/lit-html/{LICENSE,lit-html.js,lit-html.d.ts,directive.d.ts} $(TO)/lit-html
	cp $(FROM)/@fontsource-variable/noto-sans-sc/{LICENSE,index.css} $(TO)/noto-sans-sc
	sed -n 's|.*url(\./\(files/[^)]*\)).*|\1|p' $(TO)/noto-sans-sc/index.css | \
	  while read -r file; do cp $(FROM)/@fontsource-variable/noto-sans-sc/$$file $(TO)/noto-sans-sc/files; done
	cp $(FROM)/@tabler/icons/LICENSE $(TO)/tabler
	while read -r icon; do cp $(FROM)/@tabler/icons/icons/outline/$$icon.svg $(TO)/tabler; done < kiosk-web/icons.txt
	{ echo "Everything below this folder is the unmodified code, font and drawings of others,"; \
	  echo "copied from these npm packages by \`make vendor\`. Each has its licence beside it."; \
	  echo "Icons are chosen in kiosk-web/icons.txt. Do not edit anything here."; \
	  echo; \
	  for name in lit-html @fontsource-variable/noto-sans-sc @tabler/icons; do \
	    node -p '"- " + process.argv[1] + " " + require("./$(FROM)/" + process.argv[1] + "/package.json").version' $$name; \
	  done; } > $(TO)/README.md
	{ echo "/* Written by make vendor from icons.txt: the picture of each icon. */"; \
	  sed 's|.*|[data-icon="&"] { --icon: url("../vendor/tabler/&.svg"); }|' kiosk-web/icons.txt; } > kiosk-web/static/css/icons.css

# What tests need beyond Go, git and make: a C compiler for the race detector,
# a browser, what checks the screens' scripts, and the voice of the hall.
tools:
	@missing=; \
	command -v gcc >/dev/null && test -e /usr/include/stdlib.h || missing+=" gcc libc6-dev"; \
	command -v chromium >/dev/null || missing+=" chromium"; \
	command -v node >/dev/null && command -v npm >/dev/null || missing+=" npm"; \
	command -v espeak-ng >/dev/null || missing+=" espeak-ng"; \
	test -z "$$missing" || { \
	  sudo=$$(test "$$(id -u)" = 0 || echo sudo); \
	  $$sudo apt-get update -qq && $$sudo apt-get install -y -qq --no-install-recommends $$missing; }
