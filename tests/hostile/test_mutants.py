"""Specs changed as trees: no change crashes the reader, or what follows from a graph."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("resource")

from cnncalc.language import load
from tests.hostile import mutants
from tests.hostile.commands import CALLS
from tests.limited import run_limited

CORPUS = sorted(mutants.CORPUS.glob("*.yaml"))
COUNT, MORE = 150, 1_000

SEEDS = [
    *(pytest.param(seed, COUNT) for seed in ("drop", "nest")),
    *(
        pytest.param(seed, MORE, marks=pytest.mark.thorough)
        for seed in ("drop", "nest", *map(str, range(20)))
    ),
]


@pytest.mark.parametrize(("seed", "count"), SEEDS)
def test_no_mutant_crashes(seed: str, count: int) -> None:
    run = run_limited("tests.hostile.mutants", str(count), seed, seconds=180)
    assert run.stdout + run.stderr == ""
    assert run.returncode == 0


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_what_once_crashed(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert mutants.fault(text, path) is None
    for call in CALLS:
        assert mutants.crash(text, path, call) is None


def test_a_crash_is_found_and_made_small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that cannot bear `tanh` is found out, and told by little more than that."""
    reads = load.read_source

    def fails(source: load.Source, *rest: object) -> object:
        if "tanh" in source.text:
            raise KeyError("tanh")
        return reads(source, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(mutants, "read_source", fails)
    tree = {"input": "3x8x8", "layers": [{"relu": ""}, {"name": "a", "layers": ["tanh", "relu"]}]}
    assert mutants.fault(mutants.dumped(tree), Path()) == "KeyError: 'tanh'"
    small = mutants.smallest(tree, Path(), "KeyError")
    assert small == {"layers": [{"layers": ["tanh"]}]}
