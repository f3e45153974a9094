.PHONY: check thorough test lint types benchmarks release

check: ## what CI runs, in a new virtual environment
	bash .ci/run

thorough: ## what takes minutes, in your environment
	python -m pytest -m thorough

test:
	python -m pytest

lint:
	ruff check . && ruff format --check .

types:
	mypy

benchmarks:
	python -m benchmarks

release: ## what is new goes into CHANGELOG.md: make release VERSION=0.2.0
	python -m tools.release $(VERSION)
