"""What holds for all tests: how many threads there are, and what a signal does."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

import pytest

# Small tensors are quicker on one thread, and two runs side by side do not wait for each other. It
# is read when PyTorch is imported, here or in a process that a test starts.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# What runs in a shell's background ignores Ctrl-C, and so do the processes that it starts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

LAST = ("analysis", "language", "layers", "report")
"""Folders of many quick files: run in the end, they let several processes end together."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Of several processes (`-n auto`), one runs all of a file, which may share what it has made.
    What measures times, or waits for moments, is one group: no two of these run side by side."""
    items.sort(key=lambda item: item.path.parent.name in LAST)
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            folder = item.path.parent.name
            name = folder if folder == "docs" else f"{folder}/{item.path.stem}"
            item.add_marker(pytest.mark.xdist_group(name))


class Static(pytest.Module):
    """A file of tests where PyTorch is not: left out if it imports it."""

    def collect(self) -> Iterable[pytest.Item | pytest.Collector]:
        try:
            return list(super().collect())
        except self.CollectError as error:
            if "No module named 'torch'" not in str(error):
                raise
            return pytest.skip("needs PyTorch", allow_module_level=True)


def pytest_pycollect_makemodule(
    module_path: Path, parent: pytest.Collector
) -> pytest.Module | None:
    """With an interpreter for which there is no PyTorch, the rest is tested."""
    return None if find_spec("torch") else Static.from_parent(parent, path=module_path)
