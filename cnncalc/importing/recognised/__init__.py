"""Operations that together are one, written out: a program in, the same with that one in place.

What each of them was made of stays where something else reads it, and goes where nothing does.
"""

from __future__ import annotations

from collections.abc import Callable

from cnncalc.importing.program import Program
from cnncalc.importing.recognised import (
    attention_written_out,
    einsums,
    formulas,
    norms_written_out,
)

PASSES: tuple[Callable[[Program], Program], ...] = (
    einsums.recognised,
    attention_written_out.recognised,
    norms_written_out.recognised,
    formulas.recognised,
)


def recognised(program: Program) -> Program:
    """With each that is known in place of what it is written as."""
    for each in PASSES:
        program = each(program)
    return program
