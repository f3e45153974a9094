"""Files of safetensors as the format's page says them, written without cnncalc."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

NAMES = {
    torch.float64: "F64",
    torch.float32: "F32",
    torch.float16: "F16",
    torch.bfloat16: "BF16",
    torch.int64: "I64",
    torch.uint8: "U8",
    torch.bool: "BOOL",
}


def raw(tensor: Tensor) -> bytes:
    return bytes(tensor.contiguous().reshape(-1).view(torch.uint8).tolist())


def entries(state: Mapping[str, Tensor]) -> tuple[dict[str, Any], bytes]:
    """A header, and the bytes behind it."""
    header: dict[str, Any] = {}
    held = b""
    for name, tensor in state.items():
        offsets = [len(held), len(held) + tensor.nbytes]
        dtype, shape = NAMES[tensor.dtype], list(tensor.shape)
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": offsets}
        held += raw(tensor)
    return header, held


def written(path: Path, header: object, held: bytes) -> Path:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + held)
    return path


def written_state(path: Path, state: Mapping[str, Tensor]) -> Path:
    return written(path, *entries(state))
