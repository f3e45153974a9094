"""What other tools call memory is what these print, to the byte."""

import csv

import pytest

from cnncalc.analysis.conventions.other_memory import other_memory
from cnncalc.language.load import load
from cnncalc.zoo import networks
from tests.counting.recorded import REFERENCE, recorded_memory
from tests.sampled import of_the_zoo
from tests.test_networks import FOLDER

ROWS = recorded_memory()

with (REFERENCE / "convnet_burden.csv").open(newline="", encoding="utf-8") as file:
    PRINTED = list(csv.DictReader(file))

HELD = ("torchinfo", "accelerate", "deepspeed")


@pytest.mark.parametrize("row", of_the_zoo(ROWS), ids=lambda row: row["network"])
def test_definitions_are_those_of_the_tools(row: dict[str, str]) -> None:
    """And of the version that is said."""
    found = {
        f"{each.tool} {each.version}: {figure.name}": str(figure.size)
        for each in other_memory(load(networks()[row["network"]])).definitions
        for figure in each.figures
        if each.tool in HELD
    }
    assert found == {name: text for name, text in row.items() if name != "network"}


@pytest.mark.parametrize("row", PRINTED, ids=lambda row: row["model"])
def test_convnet_burden_prints_our_figures(row: dict[str, str]) -> None:
    """In MB of 2^20 bytes, without digits; not where a note says that the networks differ."""
    arguments = dict(pair.split("=") for pair in row["arguments"].split())
    args = {name: value == "true" for name, value in arguments.items()}
    *_, found = other_memory(load(FOLDER / f"{row['spec']}.yaml", args=args)).definitions
    params, features = (f"{figure.size / 2**20:.0f} MB" for figure in found.figures)
    assert found.tool == "convnet-burden"
    assert params == row["params"]
    assert (features == row["features"]) is (not row["note"])
