"""One finished run for the tests that only need some."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run of one epoch."""
    from tests.train.small import run, spec  # they need PyTorch

    folder = tmp_path_factory.mktemp("finished")
    done = run(folder, spec(folder), "-r", "epochs=1", "--output", "run")
    assert done.returncode == 0, done.stderr
    return folder / "run"
