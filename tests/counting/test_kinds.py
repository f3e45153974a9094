"""Layers of every kind are counted as the tools do that tests have anyway."""

import warnings

import pytest

from cnncalc.analysis.conventions import convention
from cnncalc.analysis.conventions.of_node import runs
from cnncalc.layers.base import Layer, Shape
from tests.counting.kinds import Alone, different, drawn
from tests.counting.tools import TOOLS

HERE = ("torchinfo", "fvcore", "pytorch")

DIFFERENT = list(different())

BATCH = 2


@pytest.mark.torch
@pytest.mark.parametrize("tool", HERE)
@pytest.mark.parametrize("case", DIFFERENT, ids=lambda case: str(case[0]))
def test_kinds_are_counted_as_by(tool: str, case: tuple[Layer, tuple[Shape, ...]]) -> None:
    layer, shapes = case
    found = runs(layer, shapes, BATCH)
    way = convention(tool)
    module, inputs = Alone(layer.torch(*shapes)), drawn(layer, shapes, BATCH)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if any(map(way.stops, found)):
            with pytest.raises(RuntimeError):
                TOOLS[tool](module, inputs)
            return
        assert int(TOOLS[tool](module, inputs)) == sum(t.whole for r in found for t in way.takes(r))
