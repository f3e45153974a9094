"""ATen's operators to drafts: a small function each, a file for each family of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cnncalc.importing.making import Called, Making
from cnncalc.importing.operators import (
    arithmetic,
    attending_heads,
    bending,
    convolving,
    convolving_apart,
    foreign_module,
    moving_values,
    norming,
    pooling_windows,
    products_and_states,
    putting_together,
    taking_parts,
    viewing,
    windows_as_columns,
    written_out,
)

FAMILIES = (
    convolving,
    convolving_apart,
    pooling_windows,
    norming,
    bending,
    arithmetic,
    viewing,
    taking_parts,
    putting_together,
    moving_values,
    attending_heads,
    products_and_states,
    windows_as_columns,
    written_out,
    foreign_module,
)

OPERATORS: Mapping[str, Callable[[Making, Called], Any]] = {
    name: function for family in FAMILIES for name, function in family.OPERATORS.items()
}
"""What each becomes: a tensor, or as many as it gives, None for those that nothing may read."""
