"""Figures of tools printed, network by network, and written among those that are recorded."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable
from pathlib import Path

import torch

from cnncalc.zoo import networks

Figures = dict[str, str]
"""Of a network, by what they are called."""


def record(
    arguments: list[str],
    figures: Callable[[str], Figures],
    path: Path,
    head: Callable[[str], str] = str,
) -> None:
    """Print the figures of the networks that are named, or of all; with `--record`, write them.
    head: what the column of a figure is called"""
    named = [argument for argument in arguments if not argument.startswith("-")]
    torch.set_num_threads(1)
    found = {}
    for network in named or networks():
        found[network] = figures(network)
        sys.stdout.write(json.dumps({"network": network, **found[network]}) + "\n")
        sys.stdout.flush()
    if "--record" in arguments:
        _write(found, path, head)


def _write(found: dict[str, Figures], path: Path, head: Callable[[str], str]) -> None:
    """Those of other networks stay."""
    rows: dict[str, list[str]] = {}
    if path.exists():
        with path.open(encoding="utf-8") as file:
            rows = {network: others for network, *others in csv.reader(file)}
    rows["network"] = [head(name) for name in next(iter(found.values()))]
    rows |= {network: list(each.values()) for network, each in found.items()}
    order = ["network", *(name for name in networks() if name in rows)]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([name, *rows[name]] for name in order)
