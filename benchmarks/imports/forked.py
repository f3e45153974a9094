"""A model in a process of its own, with a limit of the time that it computes."""

from __future__ import annotations

import json
import os
import resource
import time
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any


def in_a_process(library: str, name: str, outputs: bool, limit: int) -> Mapping[str, Any]:
    """What came of it, and the seconds that it took of a processor. The process is a copy of this
    one, which has the libraries already."""
    with TemporaryDirectory() as folder:
        file, begin = Path(folder, "row.json"), time.monotonic()
        child = os.fork()
        if not child:
            _run(library, name, outputs, limit, file)
        status = os.waitpid(child, 0)[1]
        if file.exists():
            found: dict[str, Any] = json.loads(file.read_text())
            return found
        took = round(time.monotonic() - begin)
        late = os.WIFSIGNALED(status)
        why = f"signal {os.WTERMSIG(status)} after {took} s" if late else f"status {status}"
        return {"result": "late" if late else "failed", "why": why}


def _run(library: str, name: str, outputs: bool, limit: int, file: Path) -> None:
    """Never returns."""
    from benchmarks.imports.trying import tried

    resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
    try:
        found: Mapping[str, Any] = tried(library, name, outputs)
    except Exception as error:
        found = {"result": "failed", "why": f"{type(error).__name__}: {error}"[:200]}
    seconds = round(time.process_time(), 1)
    file.write_text(json.dumps({**found, "seconds": seconds}))
    os._exit(0)
