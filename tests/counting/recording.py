"""Figures of tools printed, network by network, the quickest first, and written among those that
are recorded."""

from __future__ import annotations

import csv
import json
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from time import monotonic

import torch

import cnncalc
from cnncalc.analysis import analyze
from cnncalc.zoo import networks

Figures = dict[str, str]
"""Of a network, by what they are called."""

Rows = dict[str, list[str]]


def record(
    arguments: list[str],
    figures: Callable[[str], Figures],
    path: Path,
    head: Callable[[str], str] = str,
) -> int:
    """Print the figures of the networks that are named, or of all; how many are others than those
    in `path`, unless they are written there. head: what the column of a figure is called"""
    asked = _asked(arguments)
    torch.set_num_threads(1)
    kept = asked.into / path.name if asked.into else None
    into = path if asked.record else kept
    there = _rows(kept) if kept else {}
    recorded, others, left = _rows(path), 0, []
    end = monotonic() + asked.seconds
    for network in _by_work(asked.networks or [*networks()]):
        if network in there:
            continue
        if monotonic() > end:
            left.append(network)
            continue
        begin = monotonic()
        found = figures(network)
        _say({"network": network, "seconds": round(monotonic() - begin), **found})
        if into:
            _write({network: found}, into, head)
        names = recorded.get("network", [])
        before = dict(zip(names, recorded.get(network, []), strict=False))
        wrong = {name: each for name, each in found.items() if before.get(head(name)) != each}
        others += len(wrong)
        if wrong:
            _say({"network": network, "recorded": {name: before.get(head(name)) for name in wrong}})
    if left:
        _say({"left out": left})
    return 0 if asked.record else others


def _asked(arguments: Sequence[str]) -> Namespace:
    parser = ArgumentParser()
    parser.add_argument("networks", nargs="*")
    parser.add_argument("--record", action="store_true", help="write among those that are recorded")
    parser.add_argument("--into", type=Path, help="a folder: go on with what is not there")
    parser.add_argument(
        "--seconds", type=float, default=float("inf"), help="begin none after these"
    )
    return parser.parse_args(arguments)


def _by_work(names: Sequence[str]) -> Iterator[str]:
    """From the fewest MACs to the most."""
    macs = {name: analyze(cnncalc.load(name)).totals.ops.macs for name in names}
    yield from sorted(names, key=macs.__getitem__)


def _say(found: object) -> None:
    sys.stdout.write(json.dumps(found) + "\n")
    sys.stdout.flush()


def _rows(path: Path) -> Rows:
    if not path.exists():
        return {}
    with path.open(encoding="utf-8") as file:
        return {network: others for network, *others in csv.reader(file)}


def _write(found: dict[str, Figures], path: Path, head: Callable[[str], str]) -> None:
    """Those of other networks stay."""
    rows = _rows(path)
    rows["network"] = [head(name) for name in next(iter(found.values()))]
    rows |= {network: list(each.values()) for network, each in found.items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    order = ["network", *(name for name in networks() if name in rows)]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([name, *rows[name]] for name in order)
