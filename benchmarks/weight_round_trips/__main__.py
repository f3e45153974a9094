"""`python -m benchmarks.weight_round_trips safetensors|onnx -o TABLE [--only NAME]`

A process for each network, with a limit of its time and memory, the smallest first; what the table
has already is not tried again. Weights go out by `cnncalc export --weights` and come in again: as
safetensors into a network of other weights, whose outputs are then equal to the last bit; as ONNX
into the spec that `cnncalc import` makes of the file, whose outputs, and those of ONNX Runtime, are
within 1e-5 of the largest number.
"""

from __future__ import annotations

import argparse
import csv
import multiprocessing
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from benchmarks.weight_round_trips.tripping import WAYS
from cnncalc.analysis.params import count_params
from cnncalc.language.load import load
from cnncalc.zoo import networks

COLUMNS = ("network", "params", "result", "off", "seconds", "why")

PROCESSOR, LIMIT = 600, 3600.0
"""Seconds for a network: of the processor's, and in all, beside whatever else there is to do."""

MEMORY = 14 * 2**30
"""Bytes of addresses for one."""


def by_size() -> dict[str, int]:
    """The parameters of each network, the smallest first."""
    sizes = {n: sum(each.total for each in count_params(load(n)).values()) for n in networks()}
    return dict(sorted(sizes.items(), key=lambda pair: pair[1]))


def in_a_process(way: str, name: str) -> Mapping[str, Any]:
    """One network in a process of its own, a copy of this one, which has all libraries."""
    ours, theirs = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(
        target=_told, args=(way, name, theirs), daemon=True
    )
    begin = time.monotonic()
    process.start()
    theirs.close()
    try:
        found: Mapping[str, Any] = ours.recv() if ours.poll(LIMIT) else {"result": "late"}
    except EOFError:
        found = {"result": "failed", "why": "its process ended"}
    process.kill()
    process.join()
    return {**found, "seconds": round(time.monotonic() - begin, 1)}


def _told(way: str, name: str, to: Connection) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR, PROCESSOR))
    try:
        with tempfile.TemporaryDirectory() as folder:
            to.send(WAYS[way](name, Path(folder)))
    except BaseException as error:
        why = f"{type(error).__name__}: {error}"[:300].replace("\n", " ")
        to.send({"result": "failed", "why": why})


def main() -> None:
    """Fill the table, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("way", choices=[*WAYS])
    parser.add_argument("-o", "--output", required=True)
    parser.add_argument("--only", default="")
    asked = parser.parse_args()
    table = Path(asked.output)
    if not table.exists():
        table.write_text(",".join(COLUMNS) + "\n")
    known = {row["network"] for row in _rows(table)}
    with table.open("a", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        for name, params in by_size().items():
            if name in known or asked.only not in name:
                continue
            row = {"network": name, "params": params, **in_a_process(asked.way, name)}
            writer.writerow(row)
            file.flush()
            print(*row.values(), flush=True)
    print(Counter(row["result"] for row in _rows(table)))


def _rows(table: Path) -> list[dict[str, str]]:
    with table.open(newline="") as file:
        return list(csv.DictReader(file))


if __name__ == "__main__":
    main()
