# Two commands do everything on a fresh Debian machine with Swift 6.3, git and make: `make run` and `make test`.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test build lint docs share install bench fuzz clean packages toolchain

STARTED := $(shell date +%s)
TOOLS := .build/tools
# How many tests run at once. Without it Swift 6.3 begins them all: clocks of tests run out, and Foundation's Process
# reads past its buffer where a process has 1,400 files open.
WIDTH ?= 8
# With Swift's libraries inside, the program also runs where no Swift is installed.
PREFIX ?= /usr/local
RELEASE_FLAGS ?= --static-swift-stdlib
RELEASE := swift build -c release $(RELEASE_FLAGS)
SOURCES := Sources Plugins Tests Package.swift Tools

help: ## Say what there is to make
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 15

run: toolchain ## Install what is missing, build for release, run the demo
	@Tools/timed packages Tools/install-packages run
	@Tools/timed "release build" $(RELEASE) --product gatehouse
	@.build/release/gatehouse demo

test: toolchain ## Install what is missing, lint, build, run every test
	@Tools/timed packages Tools/install-packages test
	@Tools/timed lint $(MAKE) --no-print-directory lint
	@Tools/timed build swift build --build-tests
	@SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=$(WIDTH) Tools/timed tests swift test --skip-build --disable-xctest
	@echo "== make test: all done in $$(($$(date +%s) - $(STARTED))) s"

build: toolchain packages ## Build for debugging, tests included
	@swift build --build-tests

lint: toolchain $(TOOLS)/lint-imports ## Check the layout, and every import against Package.swift
	@$(TOOLS)/lint-imports --self-test
	@swift package dump-package > $(TOOLS)/package.json
	@layout=0; swift format lint --strict --recursive --parallel $(SOURCES) || layout=1; \
	$(TOOLS)/lint-imports $(TOOLS)/package.json && exit $$layout

docs: toolchain ## Make docs/reference of the adapters and of what reads profiles
	@swift build --product gatehouse
	@Tools/make-reference .build/debug/gatehouse docs/reference

share: toolchain ## Make the manual page and the completions of bash, zsh and fish, in .build/share
	@Tools/timed packages Tools/install-packages run
	@Tools/timed "release build" $(RELEASE) --product gatehouse
	@Tools/timed "manual and completions" Tools/make-share .build/release/gatehouse .build/share

install: share ## Install program, profiles, manual and completions below PREFIX (default /usr/local)
	@install -D -m 755 .build/release/gatehouse "$(DESTDIR)$(PREFIX)/bin/gatehouse"
	@install -d "$(DESTDIR)$(PREFIX)/share/gatehouse/profiles"
	@install -m 644 profiles/*.yaml "$(DESTDIR)$(PREFIX)/share/gatehouse/profiles/"
	@cp -R .build/share/. "$(DESTDIR)$(PREFIX)/share/"
	@echo "Installed below $(DESTDIR)$(PREFIX); try: gatehouse demo, man gatehouse"

fuzz: toolchain ## Look for bytes that break a reader, a minute for each
	@Tools/timed packages Tools/install-packages run
	@Tools/fuzz

bench: toolchain ## Measure, each figure beside its ceiling
	@Tools/timed packages Tools/install-packages bench
	@Tools/timed "release build" $(RELEASE) --product gatehouse
	@Tools/timed "bench build" $(RELEASE) --product GatewayBench
	@.build/release/GatewayBench

clean: ## Remove what was built; fetched packages stay
	@swift package clean
	@rm -rf $(TOOLS)

packages:
	@Tools/install-packages run

toolchain:
	@Tools/check-swift

$(TOOLS)/lint-imports: Tools/LintImports.swift
	@mkdir -p $(TOOLS)
	@swiftc -swift-version 6 -warnings-as-errors -parse-as-library $< -o $@
