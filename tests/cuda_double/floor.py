"""What `torch.cuda` stands on: the functions of `torch._C` that a build with CUDA has.

`torch.cuda` itself is PyTorch's own code, but for events and streams, whose base classes it takes
when it is imported.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import torch

from . import norms
from .clocks import Event, Stream

TOTAL = 16 * 2**30
"""Bytes of each device."""


def lay(library: ctypes.CDLL) -> None:
    """Put everything in its place."""
    double = Double(library)
    double.limit(1.0)
    for name, function in double.functions().items():
        setattr(torch._C, name, function)
    torch.version.cuda = "13.0"
    torch.backends.cudnn.is_acceptable = lambda tensor: False  # it warns that it is not there
    cuda = torch.cuda
    cuda._cudart = SimpleNamespace(cudaMemGetInfo=double.free, cudaError=SimpleNamespace(success=0))
    cuda._exchange_device = torch._C._cuda_exchangeDevice
    cuda._maybe_exchange_device = torch._C._cuda_maybeExchangeDevice
    cuda._get_device_properties = properties
    cuda._device_count_nvml = double.visible  # PyTorch asks the driver's library first
    cuda._raw_device_count_nvml = double.visible
    cuda.default_generators = tuple(Generator(library, n) for n in range(double.count))
    cuda.graphs._cuda_isCurrentStreamCapturing = lambda: False
    _clocks(double)
    _storages()
    norms.lay()
    if torch.distributed.is_available():
        library.double_join()
        torch.distributed.Backend.default_device_backend_map["cuda"] = "gloo"


class Double:
    """The two devices, as Python calls them."""

    def __init__(self, library: ctypes.CDLL) -> None:
        self.library = library
        self.count = int(library.double_devices())
        self.fractions = [1.0] * self.count
        self.waited = 0

    def functions(self) -> dict[str, Callable[..., Any]]:
        """By their names in `torch._C`."""
        return {
            "_cuda_init": lambda: None,
            "_cuda_isInBadFork": lambda: False,
            "_cuda_getDeviceCount": self.visible,
            "_cuda_getDevice": self.current,
            "_cuda_setDevice": self.use,
            # two functions: the compiler has a rule for each
            "_cuda_exchangeDevice": lambda device: self.exchange(device),
            "_cuda_maybeExchangeDevice": lambda device: self.exchange(device),
            "_cuda_synchronize": self.wait,
            "_cuda_getArchFlags": lambda: "sm_90",
            "_cuda_getCompiledVersion": lambda: 13000,
            "_cuda_getCurrentRawStream": lambda device: 0,
            "_cuda_set_sync_debug_mode": lambda mode: self.library.double_set_debug_mode(mode),
            "_cuda_get_sync_debug_mode": lambda: self.library.double_debug_mode(),
            "_cuda_sleep": lambda cycles: None,
            "_cuda_memoryStats": self.statistics,
            "_cuda_resetPeakMemoryStats": lambda device: self.library.double_reset_peaks(device),
            "_cuda_resetAccumulatedMemoryStats": lambda device: None,
            "_cuda_emptyCache": lambda: self.library.double_empty_cache(),
            "_cuda_setMemoryFraction": self.limit,
            "_cuda_getMemoryFraction": lambda device: self.fractions[device],
            "_cuda_getAllocatorBackend": lambda: "native",
            "_cuda_ipc_collect": lambda: None,
        }

    # -- devices ------------------------------------------------------------------------------

    def visible(self) -> int:
        """As many as CUDA_VISIBLE_DEVICES names; all where it says nothing."""
        names = os.environ.get("CUDA_VISIBLE_DEVICES")
        found = self.count if names is None else len(list(filter(None, names.split(","))))
        return min(found, self.count)

    def current(self) -> int:
        """The number of the device in use."""
        return int(self.library.double_current())

    def use(self, device: int) -> None:
        """Raises RuntimeError where there is no such device."""
        if not 0 <= device < self.visible():
            raise RuntimeError("CUDA error: invalid device ordinal")
        self.library.double_use(device)

    def exchange(self, device: int) -> int:
        """The device that was in use before; below 0, nothing is done."""
        before = self.current()
        if device < 0:
            return -1
        self.use(device)
        return before

    def wait(self) -> None:
        """All is done already: it is only counted that somebody waited."""
        self.waited += 1

    # -- memory -------------------------------------------------------------------------------

    def memory(self, device: int) -> dict[str, int]:
        """Bytes by sort, each now and at its peak."""
        numbers = (ctypes.c_int64 * 7)()
        self.library.double_memory(device, numbers)
        names = [f"{sort}.{when}" for sort in SORTS for when in ("current", "peak")]
        return dict(zip([*names, "failures"], numbers, strict=True))

    def statistics(self, device: int) -> dict[str, Any]:
        """As `torch.cuda.memory_stats` reads them."""
        found = self.memory(device)
        bytes_of = {
            f"{sort}_bytes": {
                "all": {when: found[f"{sort}.{when}"] for when in ("current", "peak")}
            }
            for sort in SORTS
        }
        return {**bytes_of, "num_alloc_retries": 0, "num_ooms": found["failures"]}

    def limit(self, fraction: float, device: int | None = None) -> None:
        """Let tensors take so much of a device, or of each."""
        for number in range(self.count) if device is None else [device]:
            self.fractions[number] = fraction
            self.library.double_limit(number, ctypes.c_int64(round(TOTAL * fraction)))

    def free(self, device: int) -> tuple[int, int]:
        """Free and total bytes, whatever the limit: as of a device that others use, too."""
        return TOTAL - self.memory(device)["reserved.current"], TOTAL


SORTS = ("requested", "allocated", "reserved")


def properties(device: int) -> SimpleNamespace:
    """Those of a card that there is, in part."""
    return SimpleNamespace(
        name="double of a GPU",
        major=9,
        minor=0,
        total_memory=TOTAL,
        multi_processor_count=132,
        L2_cache_size=50 * 2**20,
        warp_size=32,
        max_threads_per_multi_processor=2048,
        regs_per_multiprocessor=65536,
        shared_memory_per_block_optin=227 * 2**10,
        is_integrated=0,
        gcnArchName="",
        uuid=f"double-{device}",
    )


class Generator:
    """The random numbers of a device."""

    def __init__(self, library: ctypes.CDLL, number: int) -> None:
        self.library = library
        self.number = number
        self.device = torch.device("cuda", number)
        library.double_initial_seed.restype = ctypes.c_uint64
        library.double_random_state_size.restype = ctypes.c_int64

    def manual_seed(self, seed: int) -> Generator:
        """Begin anew."""
        self.library.double_seed(self.number, ctypes.c_uint64(seed % 2**64))
        return self

    def seed(self) -> int:
        """Begin anew, nobody knows where."""
        seed = int.from_bytes(os.urandom(8), "little")
        self.manual_seed(seed)
        return seed

    def initial_seed(self) -> int:
        """Where it began."""
        return int(self.library.double_initial_seed(self.number))

    def get_state(self) -> torch.Tensor:
        """All of it, as bytes."""
        state = torch.empty(self.library.double_random_state_size(), dtype=torch.uint8)
        self.library.double_random_state(self.number, ctypes.c_void_p(state.data_ptr()))
        return state

    def set_state(self, state: torch.Tensor) -> None:
        """Go on from there."""
        state = state.contiguous()
        self.library.double_set_random_state(self.number, ctypes.c_void_p(state.data_ptr()))


def _clocks(double: Double) -> None:
    """Events and streams, where PyTorch keeps its own."""
    Event.double = Stream.double = double
    for module in (torch.cuda, torch.cuda.streams):
        module.Event, module.Stream = Event, Stream
    torch.cuda.current_stream = lambda device=None: Stream(device)
    torch.cuda.default_stream = lambda device=None: Stream(device)
    torch.cuda.set_stream = lambda stream: None


# -- storages -------------------------------------------------------------------------------


def _storages() -> None:
    """This PyTorch copies no storage to or from another device: they are copied as bytes."""
    base = torch.storage._StorageBase
    clone, cpu, to = base.clone, base.cpu, base.to

    def moved(storage: torch.UntypedStorage, device: Any) -> torch.UntypedStorage:
        tensor = torch.empty(0, dtype=torch.uint8, device=storage.device)
        whole = tensor.set_(storage, 0, (storage.nbytes(),), (1,))
        return whole.to(device, copy=True).untyped_storage()

    def cloned(storage: torch.UntypedStorage) -> torch.UntypedStorage:
        return moved(storage, storage.device) if storage.device.type == "cuda" else clone(storage)

    def to_host(storage: torch.UntypedStorage) -> torch.UntypedStorage:
        return moved(storage, "cpu") if storage.device.type == "cuda" else cpu(storage)

    def to_device(
        storage: torch.UntypedStorage, *, device: Any, non_blocking: bool = False
    ) -> torch.UntypedStorage:
        if "cuda" not in (storage.device.type, torch.device(device).type):
            return to(storage, device=device, non_blocking=non_blocking)
        return storage if storage.device == torch.device(device) else moved(storage, device)

    base.clone, base.cpu, base.to = cloned, to_host, to_device
