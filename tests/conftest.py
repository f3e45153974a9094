"""What holds for all tests: how many threads there are, what a signal does, what runs side by side,
and which devices there are."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

# before any test imports torch
from tests.cuda_double.fixtures import device_memory, pytest_runtest_setup, workspaces

__all__ = ["device_memory", "pytest_runtest_setup", "workspaces"]


# Small tensors are quicker on one thread, and two runs side by side do not wait for each other. It
# is read when PyTorch is imported, here or in a process that a test starts.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# What runs in a shell's background ignores Ctrl-C, and so do the processes that it starts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

TIMES = (
    "commands/test_profile.py",
    "commands/test_streams.py",
    "cost/test_cost.py",
    "train/test_interruption.py",
    "train/test_resume.py",
)
"""Files that measure times, or wait for moments: no two of them run side by side."""

QUICK = ("language", "layers")
"""Folders of many quick files: run in the end, they let several processes end together."""


@pytest.fixture(scope="session", autouse=True)
def caches(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What tests let be remembered is not the user's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("caches")))
        yield


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first."""
    items.sort(key=lambda item: (_group(item.nodeid) != "times", item.path.parent.name in QUICK))


def _group(nodeid: str) -> str:
    """What one process runs of several (`-n auto`): a file, whose tests may share what it has made;
    all pages; all that is about times."""
    file = nodeid.partition("::")[0].removeprefix("tests/")
    if file in TIMES:
        return "times"
    return "docs" if file.startswith("docs/") else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Groups, in the order of the tests."""
    from xdist.scheduler import LoadScopeScheduling

    class Groups(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return _group(nodeid)

    config.option.loadscopereorder = False
    return Groups(config, log)


EXTRAS = ("torch", "reportlab")
"""What files of tests import that the base install lacks."""


class Static(pytest.Module):
    """A file of tests where an extra is not: left out if it imports it."""

    def collect(self) -> Iterable[pytest.Item | pytest.Collector]:
        try:
            return list(super().collect())
        except self.CollectError as error:
            lacks = [each for each in EXTRAS if f"No module named '{each}'" in str(error)]
            if not lacks:
                raise
            return pytest.skip(f"needs {lacks[0]}", allow_module_level=True)


def pytest_pycollect_makemodule(
    module_path: Path, parent: pytest.Collector
) -> pytest.Module | None:
    """With an interpreter for which there is no PyTorch, the rest is tested."""
    return None if all(map(find_spec, EXTRAS)) else Static.from_parent(parent, path=module_path)
