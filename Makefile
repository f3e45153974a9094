.PHONY: check test lint types benchmarks

check: ## what CI runs, in a new virtual environment
	bash .ci/run

test:
	python -m pytest

lint:
	ruff check . && ruff format --check .

types:
	mypy

benchmarks:
	python -m benchmarks
