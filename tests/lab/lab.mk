# The lab: BuildKit, a registry and Docker Engines for tests and by hand. Debian's own Python runs it.
LAB_PYTHON := $(or $(wildcard /usr/bin/python3),python3)

.PHONY: lab-up lab-down lab-image lab-status

lab-up: ## BuildKit, a registry and a Docker Engine for tests; then: . .lab/env (LIVE=1: real registries)
	@$(LAB_PYTHON) -m tests.lab up $(if $(LIVE),--live)

lab-down: ## end all of it; the cache of tools and images stays
	@$(LAB_PYTHON) -m tests.lab down

lab-image: ## add a stand-in base image: IMAGE=node:23.5.0-bookworm-slim
	@$(LAB_PYTHON) -m tests.lab image $(IMAGE)

lab-status: ## what of the lab is up
	@$(LAB_PYTHON) -m tests.lab status
