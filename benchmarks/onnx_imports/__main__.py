"""`python -m benchmarks.onnx_imports zoo|torchvision|FOLDER -o TABLE [--with-site FOLDER]`

A process for each file, with a limit of its time and memory; what the table has already is not
tried again. FOLDER has files of strangers, such as unpacked packages; `given.csv` says of those
that leave sizes open, or begin with a choice, what they are asked with.
"""

from __future__ import annotations

import argparse
import csv
import multiprocessing
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from benchmarks.onnx_imports import comparing, files
from cnncalc.importing.checked import DifferenceError, ImportingError
from cnncalc.runtime.importing.imported_model import of_onnx
from cnncalc.runtime.importing.onnx import from_onnx  # noqa: F401 (the processes have it then)
from cnncalc.runtime.reading import ReadError

COLUMNS = (
    *("file", "result", "layers", "lines", "params", "beside", "macs", "wanted", "off", "seconds"),
    "why",
)
LIMIT = 900.0
"""Seconds for one file."""

MEMORY = 12 * 2**30
"""Bytes of addresses for one."""


def names(source: str) -> list[str]:
    """What there is to try."""
    if source == "zoo":
        return files.zoo_names()
    if source == "torchvision":
        return files.torchvision_names()
    folder = Path(source)
    return [str(each.relative_to(folder)) for each in sorted(folder.rglob("*.onnx"))]


def tried(source: str, name: str) -> Mapping[str, Any]:
    """One file imported in this process."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            if source == "zoo":
                written = files.of_zoo(name, Path(folder))
            elif source == "torchvision":
                written = files.of_torchvision(name, Path(folder))
            else:
                written = files.of_stranger(Path(source) / name)
        except files.TooLargeError as error:
            return {"result": "too large", "why": str(error)}
        return _imported(written)


def _imported(written: files.WrittenFile) -> Mapping[str, Any]:
    begin = time.process_time()
    try:
        found = of_onnx(str(written.path), written.shapes, written.values)
    except ImportingError as error:
        counted = Counter(f"{each.operator}: {each.what}" for each in error.blockers)
        why = " | ".join(f"{count}x {what}" for what, count in counted.most_common())
        return {"result": "blocked", "why": why}
    except DifferenceError as error:
        return {"result": "different", "why": str(error)}
    except ReadError as error:
        return {"result": "not read", "why": str(error)}
    seconds = time.process_time() - begin
    counts = found.sketch.program.counted
    row: dict[str, Any] = {
        "layers": len(found.graph.layers),
        "lines": len(found.text.splitlines()),
        "params": counts.params,
        "macs": counts.macs,
        "wanted": written.macs,
        "seconds": round(seconds, 1),
        "why": " | ".join(found.notes),
    }
    if written.module is not None:
        row["beside"] = comparing.params_beside(found, written.module)
    try:
        row["off"] = f"{comparing.off(found, written):.1e}"
    except Exception as error:  # whatever a stranger's file makes of numbers drawn at random
        row["off"] = f"{type(error).__name__}: {str(error)[:150]}"
    wrong = str(row.get("beside")).startswith("weights")
    wrong |= written.macs is not None and counts.macs not in (None, written.macs)
    return {"result": "differs" if wrong else "exact", **row}


def in_a_process(source: str, name: str) -> Mapping[str, Any]:
    """One file in a process of its own, a copy of this one, which has all libraries."""
    ours, theirs = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(
        target=_told, args=(source, name, theirs), daemon=True
    )
    process.start()
    theirs.close()
    try:
        found: Mapping[str, Any] = ours.recv() if ours.poll(LIMIT) else {"result": "late"}
    except EOFError:
        found = {"result": "failed", "why": "its process ended"}
    process.kill()
    process.join()
    return found


def _told(source: str, name: str, to: Connection) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    try:
        to.send(tried(source, name))
    except Exception as error:
        why = f"{type(error).__name__}: {error}"[:300].replace("\n", " ")
        to.send({"result": "failed", "why": why})


def main() -> None:
    """Fill the table, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source")
    parser.add_argument("-o", "--output", default="onnx_imports.csv")
    parser.add_argument("--only", default="")
    parser.add_argument("--with-site", default="")
    asked = parser.parse_args()
    if asked.with_site:
        sys.path.append(asked.with_site)
    table = Path(asked.output)
    if not table.exists():
        table.write_text(",".join(COLUMNS) + "\n")
    known = {row["file"] for row in _rows(table)}
    with table.open("a", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        for name in names(asked.source):
            if name in known or asked.only not in name:
                continue
            row = {"file": name, **in_a_process(asked.source, name)}
            writer.writerow(row)
            file.flush()
            said = f"{row.get('off', '')} {row.get('beside', '')} {row.get('why', '')}"
            print(name, row["result"], said[:200], flush=True)
    print(Counter(row["result"] for row in _rows(table)))


def _rows(table: Path) -> list[dict[str, str]]:
    with table.open(newline="") as file:
        return list(csv.DictReader(file))


if __name__ == "__main__":
    main()
