"""A model in a process of its own, with limits of what it computes and holds."""

from __future__ import annotations

import gc
import json
import os
import resource
import time
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from torch import nn

from benchmarks.imports.trying import Asked, tried
from cnncalc.runtime.importing.imported_model import of_module

MEMORY = 40 * 2**30
"""Bytes of addresses for a model: weights that nobody writes into take no more than those."""


def warmed() -> None:
    """With all that an import loads, which copies of this process have then."""
    torch.set_num_threads(1)
    parts = nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(144, 2)
    of_module(nn.Sequential(*parts), [(3, 8, 8)], "warm")
    gc.collect()
    gc.freeze()


def in_a_process(library: str, name: str, asked: Asked, limit: int) -> Mapping[str, Any]:
    """What came of it, and the seconds that it took of a processor. The process is a copy of this
    one, which has the libraries already."""
    with TemporaryDirectory() as folder:
        file, begin = Path(folder, "row.json"), time.monotonic()
        child = os.fork()
        if not child:
            _run(library, name, asked, limit, file)
        status = os.waitpid(child, 0)[1]
        if file.exists():
            found: dict[str, Any] = json.loads(file.read_text())
            return found
        took = round(time.monotonic() - begin)
        late = os.WIFSIGNALED(status)
        why = f"signal {os.WTERMSIG(status)} after {took} s" if late else f"status {status}"
        return {"result": "late" if late else "failed", "why": why}


def _run(library: str, name: str, asked: Asked, limit: int, file: Path) -> None:
    """Never returns."""
    before = time.process_time()
    resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    try:
        found: Mapping[str, Any] = tried(library, name, asked)
    except Exception as error:
        found = {"result": "failed", "why": f"{type(error).__name__}: {error}"[:200]}
    seconds = round(time.process_time() - before, 1)
    file.write_text(json.dumps({**found, "seconds": seconds}))
    os._exit(0)
