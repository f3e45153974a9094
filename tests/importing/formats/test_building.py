"""Names in files of other tools: those that clash, and those that are too long for a message."""

from __future__ import annotations

import pytest

from cnncalc.importing.formats.asked import NetworkAsked
from cnncalc.importing.formats.building import Building
from cnncalc.importing.formats.darknet import read_darknet
from cnncalc.importing.formats.format_error import FormatError
from cnncalc.importing.program import Site

LONG = "n" * 5000


def test_a_weight_that_is_called_as_an_output() -> None:
    building = Building("net", "net.prototxt", "caffe")
    building.enter("a", "Bias", 3, {"weight": "%0"})
    read = building.input("in", (3,))
    weight = building.weight("weight", (3,))
    made = building.call("mul", (2, 3), input=read, other=weight)
    with pytest.raises(FormatError, match="a weight is called `%0`"):
        building.program({"output": made})


def test_a_place_without_a_line() -> None:
    assert str(Site("conv", "Conv2D", "net.json")) == "conv, Conv2D (net.json)"
    assert str(Site("conv", "Conv2D", "net.cfg", 4)) == "conv, Conv2D (net.cfg:4)"


@pytest.mark.parametrize("text", [f"[net{LONG}]\n", f"[{LONG}]\n[net]\n"])
def test_long_names_of_sections(text: str) -> None:
    with pytest.raises(FormatError) as caught:
        read_darknet(text, "net.cfg", NetworkAsked())
    assert len(caught.value.problem.what) < 200


def test_long_names_of_layers() -> None:
    building = Building("net", "net.json", "keras")
    building.enter(LONG, LONG, 0)
    read = building.input("in", (3,))
    building.unsayable(LONG, [read])
    assert len(building.operations[0].operator + building.site.kind) < 200
    with pytest.raises(FormatError) as caught:
        building.call("relu", (2, 0), input=read)
    assert len(caught.value.problem.what) < 200
