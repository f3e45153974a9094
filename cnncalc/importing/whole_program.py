"""A Program to a spec that was checked: the way that all front ends share."""

from __future__ import annotations

from cnncalc.importing.checked import Imported, checked
from cnncalc.importing.drafting import drafted
from cnncalc.importing.passes import settled
from cnncalc.importing.program import Program
from cnncalc.importing.recognised import recognised


def of_program(program: Program) -> Imported:
    """A program as a spec. Raises ImportingError, DifferenceError."""
    return checked(settled(drafted(recognised(program))))
