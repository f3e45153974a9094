"""`import torch`, with two devices: the library is loaded before it, the floor laid after it."""

from __future__ import annotations

import ctypes
import importlib.util
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

from .build import library


def at_import() -> None:
    """Have the devices there once torch is imported."""
    if "torch" in sys.modules:
        raise RuntimeError("torch is imported already: its devices are counted at import")
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


class _Finder(MetaPathFinder):
    """Finds torch as the others do, and has it loaded with devices."""

    def __init__(self) -> None:
        self.asks = False

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Of torch alone, unless it asks the others itself."""
        if name != "torch" or self.asks:
            return None
        self.asks = True
        try:
            spec = importlib.util.find_spec("torch")
        finally:
            self.asks = False
        if spec and spec.loader:
            spec.loader = _Loader(spec.loader)
        return spec


class _Loader(Loader):
    """Runs torch as its own loader does."""

    def __init__(self, own: Loader) -> None:
        self.own = own

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """As usual."""
        return self.own.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """PyTorch asks for CUDA's hooks as it is imported, and keeps the answer."""
        loaded = ctypes.CDLL(str(library()), mode=ctypes.RTLD_GLOBAL)
        self.own.exec_module(module)
        from .floor import lay

        lay(loaded)
