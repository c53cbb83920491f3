# `make run` and `make test` do all the set-up on a fresh machine.
PYTHON ?= python3
LINT = embedded_aws lineage lambdas jobs ops demo smoke docs bench tests

# What `make run` and `make serve` read; see README.
export NIGHTS FROM TRANSACTIONS AUC_THRESHOLD FAULTS

# Dozens of short processes import the same modules: their bytecode is kept, whatever the shell says.
export PYTHONDONTWRITEBYTECODE =

# Tests run in random order, and a red run again in the same: it is drawn from what the tests are.
# ORDER=1 is another.
ORDER = $(shell printf '%d' 0x$$(git rev-parse --short=7 HEAD:tests | cut -c1-7))
PYTEST = .venv/bin/python -m pytest -n 2 --dist loadfile --randomly-seed=$(ORDER)

.PHONY: run serve test check smoke soak lint types install lock clean

run: install
	.venv/bin/python -m demo

serve: install
	.venv/bin/python -m demo --serve

# Types are checked meanwhile, for the tests leave a core idle now and then, and told of at the end.
TESTS_AND_TYPES = types=$$(mktemp); .venv/bin/mypy >$$types 2>&1 & \
	$(PYTEST) $(SELECTED); tests=$$?; wait $$!; mypy=$$?; \
	cat $$types; rm $$types; exit $$((tests | mypy))

test: install lint
	$(TESTS_AND_TYPES)

check: SELECTED = -m "not slow and not served"
check: install lint
	$(TESTS_AND_TYPES)

# On the account of the environment's credentials; asks before it spends. See docs/fidelity.md.
smoke: install
	.venv/bin/python -m smoke

WEEKS = 100
SEED = 1

# Random weeks with random faults; see bench/README.md.
soak: install
	.venv/bin/python -m tests.soak --weeks $(WEEKS) --seed $(SEED)

lint: install
	.venv/bin/ruff check $(wildcard $(LINT))
	.venv/bin/ruff format --check $(wildcard $(LINT))

types: install
	.venv/bin/mypy

install: .venv/installed .venv-lambda/installed .venv-sam/installed .venv-sdk/installed .venv-node/installed

.venv/installed: requirements/dev.txt
.venv-lambda/installed: requirements/lambda.txt
.venv-sam/installed: requirements/sam.txt
.venv-sdk/installed: requirements/sdk.txt

%/installed:
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $<
	touch $@

# Optional: without npm, or without its registry, the tests that ask it are skipped, and the next
# `make install` tries again.
.venv-node/installed: requirements/node/package-lock.json
	mkdir -p $(@D)
	cp requirements/node/package.json requirements/node/package-lock.json $(@D)/
	cd $(@D) && npm ci --silent --no-audit --no-fund --fetch-retries=1 >/dev/null 2>&1 && touch $(@F) || echo "no asl-validator: npm is not here"

# Pins again what requirements/*.in ask for.
lock: install
	.venv/bin/python -m pip install --quiet pip-tools
	for name in layer lambda dev sam sdk; do \
	  .venv/bin/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe --no-header \
	    --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
	    --output-file requirements/$$name.txt requirements/$$name.in || exit 1; \
	done

clean:
	rm -rf .aws-sam .venv .venv-lambda .venv-sam .venv-sdk .venv-node out

# Called by `sam build`. For AWS the wheels are those of the Lambda runtime, whatever this machine
# is; for the embedded AWS, on loopback, they are this machine's.
LAMBDA_WHEELS = --platform manylinux2014_aarch64 --platform manylinux_2_28_aarch64 \
	--python-version 3.13 --implementation cp --only-binary=:all:
WHEELS = $(if $(findstring 127.0.0.1,$(AWS_ENDPOINT_URL)),,$(LAMBDA_WHEELS))

# All of ours that Lambdas import; what renders answers stays with the operator.
LAYER_PACKAGES = lineage lineage/queries lineage/records lineage/rollouts jobs

build-NightlyLayer:
	mkdir -p "$(ARTIFACTS_DIR)/python"
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --no-compile --no-deps \
	  --require-hashes --target "$(ARTIFACTS_DIR)/python" $(WHEELS) -r requirements/layer.txt
	mkdir -p $(addprefix "$(ARTIFACTS_DIR)/python"/,$(LAYER_PACKAGES) schema)
	for package in $(LAYER_PACKAGES); do \
	  cp $$package/*.py "$(ARTIFACTS_DIR)/python/$$package/" || exit 1; \
	done
	cp schema/*.json "$(ARTIFACTS_DIR)/python/schema/"
