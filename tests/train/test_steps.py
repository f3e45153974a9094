"""The short way through Lightning's loops against its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("pytorch_lightning")


def contents(path: Path) -> dict[str, Any]:
    """All of a checkpoint but what is made of its bytes."""
    found: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    return {name: value for name, value in found.items() if name != "sha256"}


def alike(one: Any, other: Any) -> bool:
    """Whether two values are the same, tensors bit by bit."""
    if isinstance(one, torch.Tensor):
        return bool(torch.equal(one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(alike(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(alike, one, other))
    return bool(one == other)


HABITS = """
  accumulate: 3
  ema: 0.9
  augment: {mixup: 0.3}
"""


@pytest.mark.parametrize("more", ["", HABITS], ids=["usual", "habits"])
def test_both_ways_leave_the_same_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: str
) -> None:
    """Weights, the optimizer's state, what is counted, the metrics."""
    from cnncalc.runtime.train import steps
    from tests.train.small import run, spec

    taken: list[int] = []
    usual = steps.PlainSteps._step
    monkeypatch.setattr(
        steps.PlainSteps, "_step", lambda *given: (taken.append(1), usual(*given))[1]
    )
    path = spec(tmp_path, more, dropout=True)
    assert run(tmp_path, path, "-r", "epochs=2", "--output", "short").returncode == 0
    assert taken
    monkeypatch.setattr(steps, "is_plain", lambda trainer: False)
    count = len(taken)
    assert run(tmp_path, path, "-r", "epochs=2", "--output", "own").returncode == 0
    assert len(taken) == count
    for name in ("last.ckpt", "best.ckpt"):
        short, own = (contents(tmp_path / way / name) for way in ("short", "own"))
        assert [key for key in short if not alike(short[key], own.get(key))] == []
        assert short.keys() == own.keys()
