"""Rewritings of a network that keep what it computes, as edits of its spec's text."""

from cnncalc.transform.fold_batch_norm import FOLD_BATCH_NORM
from cnncalc.transform.fully_connected import CONV_TO_FC, FC_TO_CONV
from cnncalc.transform.rewriting import Nothing, Transformed, transform

TRANSFORMATIONS = {one.name: one for one in (FOLD_BATCH_NORM, FC_TO_CONV, CONV_TO_FC)}

__all__ = ["TRANSFORMATIONS", "Nothing", "Transformed", "transform"]
