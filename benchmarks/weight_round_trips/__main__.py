"""`python -m benchmarks.weight_round_trips safetensors|onnx -o TABLE [--only NAME]`

A process for each network, with a limit of its time and memory, the smallest first; what the table
has already is not tried again. Weights go out by `cnncalc export --weights` and come in again: as
safetensors into a network of other weights, whose outputs are then equal to the last bit; as ONNX
into the spec that `cnncalc import` makes of the file, whose outputs, and those of ONNX Runtime, are
within 1e-5 of the largest number.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from functools import partial
from pathlib import Path

from benchmarks.surveys import Limits, Row, Table, in_a_process
from benchmarks.weight_round_trips.tripping import WAYS
from cnncalc.analysis.params import count_params
from cnncalc.language.load import load
from cnncalc.zoo import networks

COLUMNS = ("network", "params", "result", "off", "seconds", "why")

LIMITS = Limits(seconds=3600, processor=600, memory=14 * 2**30)
"""For a network, whatever else there is to do beside."""


def by_size() -> dict[str, int]:
    """The parameters of each network, the smallest first."""
    sizes = {n: sum(each.total for each in count_params(load(n)).values()) for n in networks()}
    return dict(sorted(sizes.items(), key=lambda pair: pair[1]))


def tried(way: str, name: str) -> Row:
    """One network in this process."""
    with tempfile.TemporaryDirectory() as folder:
        return WAYS[way](name, Path(folder))


def main() -> None:
    """Fill the table, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("way", choices=[*WAYS])
    parser.add_argument("-o", "--output", required=True)
    parser.add_argument("--only", default="")
    asked = parser.parse_args()
    table, params = Table(Path(asked.output), COLUMNS), by_size()

    def row(name: str) -> Row:
        return {"params": params[name], **in_a_process(partial(tried, asked.way, name), LIMITS)}

    for found in table.fill((name for name in params if asked.only in name), row):
        print(*found.values(), flush=True)
    print(Counter(each["result"] for each in table.rows()))


if __name__ == "__main__":
    main()
