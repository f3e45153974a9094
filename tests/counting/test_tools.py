"""The tools still print what is recorded of the zoo, and count layers of every kind as we do."""

import contextlib
import io
import json
import subprocess
import sys
import warnings
from functools import cache
from importlib.util import find_spec

import pytest

from cnncalc.analysis.conventions import convention
from cnncalc.analysis.conventions.of_node import runs
from cnncalc.layers.base import Layer, Shape
from cnncalc.zoo import networks
from tests.counting.kinds import Alone, different, drawn
from tests.counting.recorded import ACTIVATIONS, STOPS, Recorded, recorded, recorded_memory
from tests.counting.tools import TOOLS, counts, head, printed, warm

pytestmark = [
    pytest.mark.thorough,
    pytest.mark.torch,
    pytest.mark.skipif(not find_spec("deepspeed"), reason="`.ci/tools` installs the tools"),
]

ROWS = recorded()


@pytest.fixture(autouse=True, scope="module")
def ready() -> None:
    """They are imported in this process, from which theirs are forked."""
    warm()


def test_every_network_is_recorded() -> None:
    assert {row.network for row in ROWS} == set(networks())
    assert {row["network"] for row in recorded_memory()} == set(networks())


def test_versions_are_those_of_the_record() -> None:
    assert [head(tool) for tool in TOOLS] == [f"{n} {v}" for n, v in ROWS[0].versions.items()]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.network)
def test_tools_print_what_is_recorded(row: Recorded) -> None:
    assert counts(row.network) == row.counts


@cache
def said_of_memory() -> list[object]:
    """What is printed of all networks, in a process of its own: calflops has a double of what
    accelerate asks for."""
    command = [sys.executable, "-m", "tests.counting.memory_tools"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    return [json.loads(line) for line in run.stdout.splitlines()]


@pytest.mark.parametrize("row", recorded_memory(), ids=lambda row: row["network"])
def test_tools_call_memory_what_is_recorded(row: dict[str, str]) -> None:
    """By their versions. torchinfo runs the network."""
    found = [each for each in said_of_memory() if each["network"] == row["network"]]
    assert [{name: each for name, each in line.items() if name != "seconds"} for line in found] == [
        row
    ]


@pytest.mark.parametrize("case", list(different()), ids=lambda case: str(case[0]))
def test_kinds_are_counted_as_by_all(case: tuple[Layer, tuple[Shape, ...]]) -> None:
    """Each tool in a process of its own: one that ends with an error leaves PyTorch changed."""
    layer, shapes = case
    found = runs(layer, shapes)
    said, ours = {}, {}
    for tool in TOOLS.keys() - {ACTIVATIONS}:
        way = convention(tool)
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            said[tool] = printed(tool, Alone(layer.torch(*shapes)), drawn(layer, shapes, 1))
        stops = any(map(way.stops, found))
        ours[tool] = STOPS if stops else str(sum(t.whole for r in found for t in way.takes(r)))
    assert said == ours
