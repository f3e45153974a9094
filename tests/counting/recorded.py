"""What the tools printed for the networks of the zoo."""

import csv
from pathlib import Path
from typing import NamedTuple

REFERENCE = Path(__file__).parents[1] / "reference"
FILE = REFERENCE / "counts.csv"
MEMORY = REFERENCE / "memory.csv"

STOPS = "stops"
"""In place of a number: the tool ended with an error."""

ACTIVATIONS = "fvcore activations"


class Recorded(NamedTuple):
    """A network's figures, by the names of tools; versions: of these."""

    network: str
    versions: dict[str, str]
    counts: dict[str, str]


def recorded() -> list[Recorded]:
    """Every row, its head the tools and their versions."""
    with FILE.open(encoding="utf-8") as file:
        rows = list(csv.reader(file))
    names = [head.rpartition(" ")[0] for head in rows[0][1:]]
    versions = dict(zip(names, (head.rpartition(" ")[2] for head in rows[0][1:]), strict=True))
    return [
        Recorded(network, versions, dict(zip(names, counts, strict=True)))
        for network, *counts in rows[1:]
    ]


def recorded_memory() -> list[dict[str, str]]:
    """The rows of what they call memory, by `TOOL VERSION: FIGURE`."""
    with MEMORY.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def published() -> list[dict[str, str]]:
    """The rows of timm."""
    with (REFERENCE / "timm.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))
