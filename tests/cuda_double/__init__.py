"""Two CUDA devices for machines without any: PyTorch's own dispatch for CUDA, on the host's memory.

With CNNCALC_CUDA_DOUBLE=1 set, `install()` makes the next `import torch` find them. Tensors there
have `device.type == "cuda"` and memory of their own, counted and limited as by
`torch.cuda.set_per_process_memory_fraction`; what does not fit raises `torch.OutOfMemoryError`.
Tensors of two devices are not mixed; a copy or a number that the host must wait for is seen by
`torch.cuda.set_sync_debug_mode`; an event tells its time only once it was waited for. The code
under test is the code that a real GPU runs, and so are the tests: those marked `cuda`.

What it cannot tell:

- times: all work is done by the CPU's kernels, when it is called; nothing overlaps or is held
- clocks and power
- kernels: which of CUDA's are chosen, what they support, where they run out of registers; with them
  autotuning, and whether channels last is faster
- workspaces: those of cuDNN and cuBLAS, and what a real allocator loses to fragments
- compiled networks: there is no Triton for it; and CUDA graphs
- NCCL: two devices are joined by gloo, through the host
- numbers: a CPU's sums in fp32, bf16 and fp16; TF32 is a flag that nothing follows
"""

from __future__ import annotations

import os
from pathlib import Path

from .build import missing
from .importing import at_import

SWITCH = "CNNCALC_CUDA_DOUBLE"
SITE = Path(__file__).parent / "site"
"""On PYTHONPATH, it gives the devices to Python processes that are started."""


def wanted() -> bool:
    """Whether the double is asked for, and devices are not hidden as from a real one."""
    return os.environ.get(SWITCH) == "1" and os.environ.get("CUDA_VISIBLE_DEVICES") != ""


def install() -> str | None:
    """Have the devices there once torch is imported; why they cannot be, or None."""
    reason = missing()
    if reason is None:
        at_import()
    return reason
