"""Runs commands on specs, each in a process of its own that has everything imported.

Prints a line of JSON for each: the seconds of processor time it took, the memory it held at most,
how it ended and how much it wrote.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

import cnncalc.commands.analyze
import cnncalc.commands.check
import cnncalc.commands.compare
import cnncalc.commands.explain
import cnncalc.commands.export
import cnncalc.commands.transform
import cnncalc.lowering.source
import cnncalc.report.comparison.to_json
import cnncalc.report.comparison.to_markdown
import cnncalc.report.comparison.to_text
import cnncalc.report.table.to_csv
import cnncalc.report.table.to_json
import cnncalc.report.table.to_markdown
import cnncalc.report.table.to_text
import cnncalc.transform  # noqa: F401 (what is imported here, no run pays for)
from cnncalc.cli.full import application

GIBIBYTE = 2**30
OVERHEAD = 2**28
"""Address space that the interpreter and its libraries take, and never touch."""


class Cost(NamedTuple):
    """What a run took and how it ended."""

    command: str
    seconds: float
    memory: int
    code: int
    written: int
    said: str


def cost(command: list[str], limit: int) -> Cost:
    """What a command costs, killed where it takes more processor time than `limit`."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = os.fork()
        if not child:
            _run(command, limit, out.fileno(), err.fileno())
        _, status, usage = os.wait4(child, 0)
        err.seek(0)
        said = err.read().decode(errors="replace")[-400:]
        written = os.fstat(out.fileno()).st_size
    seconds = usage.ru_utime + usage.ru_stime
    code = os.waitstatus_to_exitcode(status)
    return Cost(" ".join(command), seconds, usage.ru_maxrss * 1024, code, written, said)


def _run(command: list[str], limit: int, out: int, err: int) -> None:
    """The child: never returns."""
    code = 70
    try:
        os.dup2(out, 1)
        os.dup2(err, 2)
        memory = GIBIBYTE + OVERHEAD
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        gc.disable()
        application()(command)
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 71
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def main(bombs: list[dict[str, Any]]) -> None:
    """Run the commands of each bomb, in which `SPEC` stands for a file of its text."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bomb.yaml"
        os.chdir(folder)
        for bomb in bombs:
            path.write_text(bomb["text"], encoding="utf-8")
            for command in bomb["commands"]:
                words = [str(path) if word == "SPEC" else word for word in command]
                found = cost(words, bomb["limit"])._replace(command=" ".join(command))
                sys.stdout.write(json.dumps({"bomb": bomb["name"], **found._asdict()}) + "\n")
                sys.stdout.flush()


if __name__ == "__main__":
    main(json.load(sys.stdin))
