"""`cnncalc.train`: a training as a function of values."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy
import pytest
import torch

import cnncalc
from tests.train.small import run, same, spec

pytestmark = pytest.mark.torch


def test_it_trains_as_the_command_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = spec(tmp_path)
    done = run(tmp_path, path, "-r", "epochs=2", "-r", "optimizer.momentum=0.8", "-o", "command")
    monkeypatch.chdir(tmp_path)
    changes = {"epochs": 2, "optimizer.momentum": 0.8}
    found = cnncalc.train(path, recipe=changes, output="function", device="cpu")
    assert capsys.readouterr() == ("", "")
    assert found.checkpoint == Path("function/best.ckpt")
    assert same(Path("command/last.ckpt"), Path("function/last.ckpt"))

    def timeless(text: str) -> list[list[str]]:
        return [row.replace("function", "command").split()[:6] for row in text.splitlines()]

    assert timeless(str(found)) == timeless(done.stdout)
    assert [epoch.epoch for epoch in found.epochs] == [1, 2]
    best = found.epochs[found.best - 1]
    assert found.accuracy == pytest.approx(1 - (best.validation_error or 0))
    assert found.loss == best.validation_loss
    assert repr(found).startswith(f"<Trained 'small': best epoch {found.best} of 2, accuracy ")


def test_arrays_and_nothing_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    x = numpy.linspace(-1, 1, 64)[:, None]
    graph = cnncalc.loads("input: 1\nlayers: [linear: 1]\ntrain: {epochs: 1, validation: 0}")
    found = cnncalc.train(graph, {"x": x, "y": 2 * x, "x_test": x, "y_test": 2 * x})
    assert (found.checkpoint, found.accuracy, found.test_error) == (None, None, None)
    assert found.loss == found.epochs[0].loss
    assert found.test_loss == pytest.approx(found.loss, rel=0.5)
    assert str(found).splitlines()[0] == "data: arrays; 1, 1 number each"
    assert not list(tmp_path.iterdir())


def test_what_goes_wrong() -> None:
    with pytest.raises(cnncalc.SpecError, match="a recipe has no field `epochz`"):
        cnncalc.train("lenet5", recipe={"epochz": 3})
    with pytest.raises(cnncalc.SpecError, match="the network has no part `nowhere`"):
        cnncalc.train("lenet5", recipe={"freeze": ["nowhere"]})
    with pytest.raises(ValueError, match="there is no data `nowhere`"):
        cnncalc.train("lenet5", "nowhere")
    with pytest.raises(ValueError, match="`device` wants auto, cpu, cuda or cuda:1, got 'tpu'"):
        cnncalc.train("lenet5", device="tpu")
    with pytest.raises(ValueError, match="`device` wants auto, cpu, cuda or cuda:1, got 0"):
        cnncalc.train("lenet5", device=0)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="`device` wants auto, cpu, cuda or cuda:1, got '0'"):
        cnncalc.train("lenet5", device="0")
    with pytest.raises(TypeError, match="`recipe` wants a mapping of names to values, got list"):
        cnncalc.train("lenet5", recipe=["epochs=1"])  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="`train` wants a graph, a path or a name of the zoo, got"):
        cnncalc.train(3)  # type: ignore[arg-type]


X, Y = numpy.zeros((8, 1, 32, 32)), numpy.arange(8)


@pytest.mark.parametrize(
    ("data", "error", "message"),
    [
        ((X, Y), TypeError, "`data` wants a name, a path, or arrays by name, got tuple"),
        (X, TypeError, "`data` wants a name, a path, or arrays by name, got ndarray"),
        (None, TypeError, "`data` wants a name, a path, or arrays by name, got None"),
        (b"digits", TypeError, "`data` wants a name, a path, or arrays by name, got bytes"),
        ({0: X, 1: Y}, TypeError, "`data` wants names, each a text, got 0"),
        ({"x": [[1], [1, 2]], "y": Y}, ValueError, "numpy makes no array of `x`: "),
        ({"x": torch.ones(8, 1, requires_grad=True), "y": Y}, ValueError, "no array of `x`: Can't"),
    ],
    ids=["pair", "array", "nothing", "bytes", "numbered", "ragged", "with gradient"],
)
def test_data_that_is_none(data: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        cnncalc.train("lenet5", data)
