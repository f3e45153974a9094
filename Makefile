.PHONY: check pythons thorough cuda test lint types benchmarks release

check: ## what CI runs, in a new virtual environment
	bash .ci/run

pythons: ## what needs no PyTorch, with every Python that is here
	bash .ci/pythons

thorough: ## what takes minutes, in your environment; other tools that count, in one of their own
	python -m pytest -m thorough
	CNNCALC_CUDA_DOUBLE=1 python -m pytest -m "cuda and thorough"
	bash .ci/tools

cuda: ## the tests of CUDA, on a double of it
	CNNCALC_CUDA_DOUBLE=1 python -m pytest -n auto -m "cuda and not thorough"

test:
	python -m pytest -n auto

lint:
	ruff check . && ruff format --check .

types:
	mypy

benchmarks:
	python -m benchmarks

release: ## what is new goes into CHANGELOG.md: make release VERSION=0.2.0
	python -m tools.release $(VERSION)
