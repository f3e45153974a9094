"""One character changed, anywhere in any spec: a graph or a message, never a crash."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("resource")

from tests.limited import run_limited

TESTS = Path(__file__).parent
SHIPPED = sorted((TESTS.parent / "specs").rglob("*.yaml"))
WRITTEN = [TESTS / "fixtures" / name for name in ("language.yaml", "base.yaml", "library.yaml")]
FAULTY = sorted((TESTS / "fixtures" / "diagnostics").glob("*.yaml"))

SPECS = {"shipped": SHIPPED, "written": WRITTEN, "faulty": FAULTY}
MUTATIONS = [1_000, pytest.param(2_500, marks=pytest.mark.thorough)]
"""In each group; for more: `python tests/mutate.py COUNT SEED SPEC...`."""


@pytest.mark.parametrize("mutations", MUTATIONS)
@pytest.mark.parametrize("paths", SPECS.values(), ids=SPECS)
def test_no_mutation_crashes(paths: list[Path], mutations: int) -> None:
    count = mutations // len(paths) + 1
    run = run_limited(TESTS / "mutate.py", str(count), "test", *map(str, paths), seconds=120)
    assert run.stdout + run.stderr == ""
    assert run.returncode == 0
