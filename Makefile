.PHONY: check thorough cuda test lint types benchmarks

check: ## what CI runs, in a new virtual environment
	bash .ci/run

thorough: ## what takes minutes, in your environment
	python -m pytest -m thorough
	CNNCALC_CUDA_DOUBLE=1 python -m pytest -m "cuda and thorough"

cuda: ## the tests of CUDA, on a double of it
	CNNCALC_CUDA_DOUBLE=1 python -m pytest -m "cuda and not thorough"

test:
	python -m pytest

lint:
	ruff check . && ruff format --check .

types:
	mypy

benchmarks:
	python -m benchmarks
