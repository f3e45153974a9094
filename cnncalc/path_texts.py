"""Paths as texts, written as pathlib writes them, whose import takes longer than reading a spec."""

from __future__ import annotations

import os


def plain(path: str) -> str:
    """`a/b` of `./a//b/`, as `str(Path(path))`."""
    if os.name == "nt":
        from pathlib import Path

        return str(Path(path))
    slashes = len(path) - len(path.lstrip("/"))
    root = "//" if slashes == 2 else "/" if slashes else ""
    return root + "/".join([part for part in path.split("/") if part not in ("", ".")]) or "."


def beside(path: str, name: str) -> str:
    """What a file calls `name`, from where that is looked for: `Path(path).parent / name`."""
    return plain(os.path.join(os.path.dirname(path), name))


def stem(path: str) -> str:
    """`a` of `b/a.yaml`, as `Path(path).stem`."""
    name = os.path.basename(path)
    dot = name.rfind(".")
    return name[:dot] if 0 < dot < len(name) - 1 else name
