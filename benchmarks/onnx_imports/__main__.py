"""`python -m benchmarks.onnx_imports zoo|torchvision|FOLDER -o TABLE [--with-site FOLDER]`

A process for each file, with a limit of its time and memory; what the table has already is not
tried again. FOLDER has files of strangers, such as unpacked packages; `given.csv` says of those
that leave sizes open, or begin with a choice, what they are asked with.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.onnx_imports import comparing, files
from benchmarks.surveys import Limits, Row, Table, in_a_process
from cnncalc.importing.checked import DifferenceError, ImportingError
from cnncalc.runtime.importing.imported_model import of_onnx
from cnncalc.runtime.importing.onnx import from_onnx  # noqa: F401 (the processes have it then)
from cnncalc.runtime.reading import ReadError

COLUMNS = (
    *("file", "result", "layers", "lines", "params", "beside", "macs", "wanted", "off", "seconds"),
    "why",
)
LIMITS = Limits(seconds=900, processor=900, memory=12 * 2**30)
"""For one file."""


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
    table = Table(Path(asked.output), COLUMNS)

    def row(name: str) -> Row:
        return in_a_process(partial(tried, asked.source, name), LIMITS)

    for found in table.fill((name for name in names(asked.source) if asked.only in name), row):
        said = f"{found.get('off', '')} {found.get('beside', '')} {found.get('why', '')}"
        print(found["file"], found["result"], said[:200], flush=True)
    print(Counter(each["result"] for each in table.rows()))


if __name__ == "__main__":
    main()
