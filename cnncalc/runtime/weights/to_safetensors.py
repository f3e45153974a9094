"""Tensors by name as a file of safetensors: the length of a header, the header, the numbers.

https://github.com/huggingface/safetensors, its section "Format".
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor

from cnncalc.runtime.weights.safetensors_file import TYPES
from cnncalc.text import json_line

NAMES = {getattr(torch, ours): theirs for theirs, ours in TYPES.items()}
"""What safetensors calls the types of numbers."""

ALIGNED = 8
"""What the header's bytes are a multiple of, so that numbers lie where their type wants them."""


def to_safetensors(state: Mapping[str, Tensor], file: Path) -> None:
    """Write tensors, those of the widest numbers first. Raises OSError."""
    ordered = sorted(state.items(), key=lambda pair: -pair[1].element_size())
    header: dict[str, object] = {"__metadata__": {"format": "pt"}}
    end = 0
    for name, tensor in ordered:
        begin, end = end, end + tensor.numel() * tensor.element_size()
        shape = list(tensor.shape)
        header[name] = {"dtype": NAMES[tensor.dtype], "shape": shape, "data_offsets": [begin, end]}
    text = json_line(header).encode()
    text += b" " * (-len(text) % ALIGNED)
    with file.open("wb") as opened:
        opened.write(struct.pack("<Q", len(text)) + text)
        for _, tensor in ordered:
            held = tensor.detach().cpu().contiguous().reshape(-1).view(torch.uint8)
            opened.write(held.numpy().data)
