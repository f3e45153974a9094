.PHONY: check pythons thorough test lint types benchmarks release

check: ## what CI runs, in a new virtual environment
	bash .ci/run

pythons: ## what needs no PyTorch, with every Python that is here
	bash .ci/pythons

thorough: ## what takes minutes, in your environment
	python -m pytest -m thorough

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
