.PHONY: check test thorough lint types benchmarks

check: ## what CI runs, in a new virtual environment
	bash .ci/run

test:
	python -m pytest

thorough: ## what takes too long for every change
	python -m pytest -m thorough

lint:
	ruff check . && ruff format --check .

types:
	mypy

benchmarks:
	python -m benchmarks
