# One command each: `make demo` shows the product, `make test` proves it.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
TEXTS = resources/translations/sfsync_$(LANGUAGE)
PACKAGES := bash resources/packaging/linux/system-packages.sh

.PHONY: help demo test lint bench screenshots lock clean packages-run packages-test packages-freeze

help:  ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/ —/'

$(VENV)/.ready: requirements.lock pyproject.toml resources/packaging/linux/make-venv.sh
	bash resources/packaging/linux/make-venv.sh $(PYTHON) $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

packages-run:
	@$(PACKAGES) run

packages-test:
	@$(PACKAGES) run test

packages-freeze:
	@$(PACKAGES) run test freeze

demo: packages-run $(VENV)/.ready  ## the sync on a demo workspace, with a busy office at work
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then $(BIN)/sfsync-gui --demo; \
	else $(BIN)/sfsync demo --headless; fi

lint: $(VENV)/.ready  ## style, types and the walls between the layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: packages-test lint  ## lint, then the whole suite
	$(BIN)/python -m pytest -n 2 --dist worksteal

screenshots: packages-run $(VENV)/.ready  ## pictures of every panel and dialog in every state, in build/screenshots
	$(BIN)/python -m tests.screenshots.catalogue build/screenshots

bench: packages-test $(VENV)/.ready  ## the figures of docs/benchmarks.md
	$(BIN)/python -m pytest -q -s -p no:cacheprovider -o python_files='bench_*.py' tests/benchmarks

package: packages-freeze $(VENV)/.ready  ## both programs frozen into dist/sfsync, and tested there
	rm -rf dist
	$(BIN)/pyinstaller --noconfirm --log-level WARN build.spec
	du -sh dist/sfsync
	SFSYNC_FROZEN=dist/sfsync $(BIN)/python -m pytest -q -p no:cacheprovider tests/packaging/test_frozen.py

deb: package  ## what `package` made as a Debian package in dist, which installs it by a double click
	$(BIN)/python -m resources.packaging.linux.deb dist/sfsync dist
	SFSYNC_FROZEN=dist/sfsync $(BIN)/python -m pytest -q -p no:cacheprovider tests/packaging/test_whole_deb.py

translations: $(VENV)/.ready  ## LANGUAGE=de: the window's texts into resources/translations/sfsync_de.ts, compiled
	mkdir -p resources/translations
	$(BIN)/pyside6-lupdate -extensions py sfsync_gui -no-obsolete -locations none -ts $(TEXTS).ts
	$(BIN)/pyside6-lrelease $(TEXTS).ts -qm $(TEXTS).qm

lock:  ## resolve requirements.lock anew (needs uv)
	uv pip compile pyproject.toml --extra dev --extra package --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-header -q -o requirements.lock

clean:  ## forget the environment and all caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache build dist *.egg-info
