"""Which numbers a network works with, and how many bytes each takes."""

from __future__ import annotations

from cnncalc.records import NamedTuple

WIDTHS = {"fp32": 4, "bf16": 2, "fp16": 2, "int8": 1}
"""Bytes of one number."""

AUTOCASTS = ("bf16", "fp16")
"""Types that maps may have where weights are of another."""


class Precision(NamedTuple):
    """dtype: of weights, and of maps; autocast: of maps, where it is another."""

    dtype: str = "fp32"
    autocast: str | None = None

    @property
    def of_weights(self) -> int:
        """Bytes of a number of the weights."""
        return WIDTHS[self.dtype]

    @property
    def of_maps(self) -> int:
        """Bytes of a number that a layer reads or gives."""
        return WIDTHS[self.autocast or self.dtype]

    def __str__(self) -> str:
        return f"{self.dtype}, maps in {self.autocast}" if self.autocast else self.dtype


FP32 = Precision()
"""What is counted where nothing else is said."""
