"""What a `.pt2` file may hold: `torch.export.load` would run more than operations. It unpickles
whatever is marked so, evaluates sizes that are formulas, and takes any name within `torch` for an
operation."""

from __future__ import annotations

import json
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import torch

from cnncalc.runtime.reading import ReadError, check_size

FOREIGN = (".pkl", ".py", ".so", ".o", ".cubin")
"""Ends of the names of files that would be run, or read by what can run them."""

BROKEN = (
    OSError,
    EOFError,
    RuntimeError,
    NotImplementedError,
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
)
"""What is raised of an archive that is none, or not whole."""

MOST_FILES = 100_000
LARGEST_TEXT = 2**28
"""Bytes of a JSON file in it."""

OPERATIONS = ("torch.ops.aten.", "_operator.getitem")
FORMULAS = ("expr_str", "as_custom_obj", "as_operator", "as_complex")
"""Keys of what would be evaluated, or is no tensor and no number."""

REACHES_OUT = ("from_file",)
"""Operations that open files."""


def check_archive(file: Path) -> None:
    """Raises ReadError where a file is no archive of a program, or holds what would be run."""
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_FILES:
                raise ReadError(f"holds {len(entries):,} files, {MOST_FILES:,} are read at most")
            check_size(sum(entry.file_size for entry in entries))
            for entry in entries:
                if entry.filename.endswith(FOREIGN) or "custom_obj" in entry.filename:
                    raise ReadError(f"holds `{entry.filename}`, which would be run")
            texts = [entry for entry in entries if entry.filename.endswith(".json")]
            for entry in texts:
                _check_text(entry.filename, _json(archive, entry))
    except BROKEN:
        raise ReadError("is no `.pt2` file: it is no archive, or not whole") from None
    if not any("/models/" in entry.filename for entry in texts):
        raise ReadError("is no `.pt2` file: it has no program")


def _json(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Any:
    if entry.file_size > LARGEST_TEXT:
        raise ReadError(f"holds `{entry.filename}` of {entry.file_size:,} bytes")
    try:
        return json.loads(archive.read(entry))
    except (ValueError, RecursionError):
        raise ReadError(f"holds `{entry.filename}`, which is no JSON") from None


def _check_text(name: str, text: Any) -> None:
    for key, value in _entries(text):
        if key == "use_pickle" and value:
            raise ReadError(f"holds a pickle, which can run anything: `{name}` says so")
        if key in FORMULAS and value not in (None, "", []):
            raise ReadError(f"has sizes, or objects, that would be evaluated: `{key}` in `{name}`")
        if key == "target" and isinstance(value, str) and value.count("."):
            known = value.startswith(OPERATIONS)
            if "/models/" in name and _calls(value) and not known:
                raise ReadError(f"calls `{value}`, which is no operation of ATen")
            if any(part in REACHES_OUT for part in value.split(".")):
                raise ReadError(f"calls `{value}`, which opens files")


def _calls(target: str) -> bool:
    """Whether a target is a function, and no input of a graph."""
    return target.startswith(("torch", "_operator", "math", "operator", "builtins", "#"))


def _entries(text: Any) -> Iterator[tuple[str, Any]]:
    """All entries of all objects in it."""
    waiting = [text]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            yield from value.items()
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value


@contextmanager
def without_pickles() -> Iterator[None]:
    """Tensors alone are unpickled meanwhile, whatever is asked for."""
    load = torch.load

    def tensors_alone(*arguments: Any, **named: Any) -> Any:
        return load(*arguments, **{**named, "weights_only": True})

    def refuse(*_: Any, **__: Any) -> Any:
        raise ReadError("holds a pickle, which can run anything")

    with (
        patch("torch.load", tensors_alone),
        patch("pickle.loads", refuse),
        patch("torch._C._pickle_load_obj", refuse),
    ):
        yield


def check_operations(graph: torch.fx.Graph) -> None:
    """Raises ReadError where a graph calls anything but operations of ATen."""
    for node in graph.nodes:
        if node.op in ("placeholder", "output"):
            continue
        name = getattr(node.target, "__name__", "")
        known = isinstance(node.target, torch._ops.OpOverload) and node.target.namespace == "aten"
        if node.op != "call_function" or not (known or name == "getitem"):
            raise ReadError(f"calls `{node.target}`, which is no operation of ATen")
        if known and node.target.overloadpacket.__name__ in REACHES_OUT:
            raise ReadError(f"calls `{node.target}`, which opens files")
