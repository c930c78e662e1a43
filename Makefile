# Everything starts with `make demo` or `make test`; `make help` lists the rest.
SHELL := /bin/sh
.DELETE_ON_ERROR:
CACHE := $(or $(MIGETPACKS_CACHE),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/migetpacks)
VENV := .venv
PY := $(VENV)/bin/python
LAB := $(PY) -m tests.lab
READY := $(VENV)/.ready

.PHONY: help setup fmt lint type unit golden proto pins parity e2e e2e-all kube image check test demo bench bench-docs conformance clean

help: ## this list
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/  \1|\2/p' $(MAKEFILE_LIST) | sort | awk -F'|' '{ printf "%-16s %s\n", $$1, $$2 }'

setup: $(READY) ## a virtualenv with the locked dependencies
$(READY): requirements/dev.txt
	@sh tests/setup.sh $(VENV)

fmt: $(READY) ## format the code
	@$(VENV)/bin/ruff format -q . && $(VENV)/bin/ruff check -q --fix-only .

lint: $(READY) ## format and lint checks
	@$(VENV)/bin/ruff format --check -q . && $(VENV)/bin/ruff check -q .

type: $(READY) ## mypy --strict
	@$(VENV)/bin/mypy --no-error-summary

unit: $(READY) ## tests with no network and no daemon
	@$(PY) -m pytest -q -m "not e2e and not parity"

golden: $(READY) ## rewrite the texts of errors, the golden plans, the generated schemas and parts of docs/: review the diff
	@$(PY) -m tests.golden_plans --write
	@$(PY) -m tests.reference --write
	@$(PY) -m pytest -q -m "not e2e and not parity" --write-errors

proto: $(READY) ## compile proto/ into the stubs
	@$(PY) -m proto.compile

pins: $(READY) ## make the table of the Pythons that releases of packages are for, from the package index
	@$(PY) -m tools.pins --write

parity: $(READY) ## compare LLB with BuildKit's Go client
	@$(PY) -m pytest -q -m parity

check: lint type unit ## the gate of every commit

e2e: $(READY) ## builds on a real BuildKit, started images
	@$(PY) -m pytest -q -m "e2e and not kube"

e2e-all: $(READY) ## the same with every app under tests/apps, and on a Kubernetes
	@MIGETPACKS_APPS=all $(PY) -m pytest -q -m e2e

kube: $(READY) ## images in a Kubernetes that enforces its pod security profiles
	@$(PY) -m tests.kube

image: $(READY) lab-up ## build the frontend image and push it to the lab's registry
	@$(LAB) push-frontend

test: $(READY) ## everything: checks, parity, end to end; what CI runs
	@$(PY) -m tests.run

demo: $(READY) ## build an example app, start it, show what came out (APP=hello-python: another of examples/)
	@APP='$(APP)' $(PY) -m tests.demo

bench: $(READY) ## measure, into bench/out/bench.json (ONLY=noop,line-*: some figures; TURNS=5; LIST=1: their names)
	@$(PY) -m bench $(if $(LIST),--list) $(if $(ONLY),--only '$(ONLY)') $(if $(TURNS),--turns '$(TURNS)')

bench-docs: $(READY) ## docs/benchmarks.md from what was measured
	@$(PY) -m bench.report

conformance: $(READY) ## the runtime page, requirement by requirement, on built images
	@$(PY) -m tests.conformance

clean: ## remove what the other verbs made here (the cache of tools stays)
	@rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache bench/out

include tests/lab/lab.mk
