"""A sketch, layer by layer, to a spec as a person would write it: joins with branches, blocks with
arguments, repeats."""

from cnncalc.importing.structure.readable import written

__all__ = ["written"]
