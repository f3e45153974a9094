"""A model in a process of its own, a copy of one that has all that an import loads."""

from __future__ import annotations

import gc
from functools import partial

import torch
from torch import nn

from benchmarks.imports.trying import Asked, tried
from benchmarks.surveys import Limits, Row, in_a_process
from cnncalc.runtime.importing.imported_model import of_module

MEMORY = 40 * 2**30
"""Bytes of addresses for a model: weights that nobody writes into take no more than those."""

TIMES = 30
"""How much longer than it computes a model may take on a machine that does other things as well."""


def warmed() -> None:
    """With all that an import loads, which copies of this process have then."""
    torch.set_num_threads(1)
    parts = nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(144, 2)
    of_module(nn.Sequential(*parts), [(3, 8, 8)], "warm")
    gc.collect()
    gc.freeze()


def of_model(library: str, name: str, asked: Asked, limit: int) -> Row:
    """What came of it, and the seconds that it took of a processor."""
    limits = Limits(seconds=TIMES * limit, processor=limit, memory=MEMORY)
    return in_a_process(partial(tried, library, name, asked), limits)
