"""The model's own weights under the names that the lowered network has for them."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor

from cnncalc.importing.checked import Imported
from cnncalc.importing.drafts import Origin
from cnncalc.importing.program import StoredTensor
from cnncalc.runtime.weights.assembled import assembled
from cnncalc.text import json_document


class CarryError(Exception):
    """Weights of a model cannot be written; the message says which, and why."""


def state_of(imported: Imported) -> dict[str, Tensor]:
    """The lowered network's state: what the model's tensors hold, in its own order. Buffers that
    follow from the layer itself are left out. Raises CarryError."""
    stored = {each.name: each for each in imported.sketch.program.stored.values()}
    return {
        name: tensor_of(origin, stored).reshape(shape).contiguous()
        for name, (origin, shape) in imported.origins().items()
    }


def tensor_of(origin: Origin, stored: Mapping[str, StoredTensor]) -> Tensor:
    """The stored tensor that a weight is. Raises CarryError."""
    return assembled(origin, [_values(stored[name]) for name in origin.tensors])


def _values(stored: StoredTensor) -> Tensor:
    if stored.values is None:
        raise CarryError(f"the numbers of `{stored.name}` are not at hand")
    try:
        return torch.as_tensor(stored.values())
    except TypeError:
        what = f"`{stored.name}` has numbers of {stored.dtype}, which cannot be written"
        raise CarryError(what) from None


def save_state(imported: Imported, file: Path, name: str) -> None:
    """The weights in a file: as safetensors where its name says so, else as PyTorch saves them.
    Raises CarryError."""
    state = state_of(imported)
    if name.endswith(".safetensors"):
        file.write_bytes(safetensors(state))
    else:
        torch.save(state, file)


TYPES = {
    torch.float64: "F64",
    torch.float32: "F32",
    torch.float16: "F16",
    torch.bfloat16: "BF16",
    torch.int64: "I64",
    torch.int32: "I32",
    torch.int16: "I16",
    torch.int8: "I8",
    torch.uint64: "U64",
    torch.uint32: "U32",
    torch.uint16: "U16",
    torch.uint8: "U8",
    torch.bool: "BOOL",
}


def safetensors(state: Mapping[str, Tensor]) -> bytes:
    """Tensors in that format: the length of the header, the header, the numbers in a row. Raises
    CarryError."""
    header: dict[str, object] = {}
    numbers = []
    at = 0
    for name, tensor in state.items():
        if tensor.dtype not in TYPES:
            kind = str(tensor.dtype).removeprefix("torch.")
            raise CarryError(f"`{name}` is of {kind}, which safetensors has not; a .pt file has")
        raw = tensor.detach().contiguous().view(-1).view(torch.uint8).numpy().tobytes()
        sizes = list(tensor.shape)
        offsets = [at, at + len(raw)]
        header[name] = {"dtype": TYPES[tensor.dtype], "shape": sizes, "data_offsets": offsets}
        numbers.append(raw)
        at += len(raw)
    text = json_document(header).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + b"".join(numbers)
