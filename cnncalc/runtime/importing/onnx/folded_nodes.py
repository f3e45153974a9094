"""Nodes that give the same on every run, sizes and places above all: computed by `onnx`'s own
reference, of operators that are listed here and results no larger than a bound."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, prod

import numpy
import onnx
from onnx.reference import ReferenceEvaluator

from cnncalc.importing.program import Sizes
from cnncalc.runtime.importing.onnx.file_tensors import Array

MOST = 2**20
"""Numbers in what is computed at once."""

NAMES = """
    Abs Add And Cast CastLike Ceil Concat Cos ConstantOfShape CumSum Div Equal Exp Expand
    Flatten Floor Gather GatherElements GatherND Greater GreaterOrEqual Identity Less
    LessOrEqual Log Max Min Mod Mul Neg NonZero Not OneHot Or Pow Range Reciprocal ReduceMax
    ReduceMean ReduceMin ReduceProd ReduceSum Reshape Round ScatterElements ScatterND Sin
    Slice Split Sqrt Squeeze Sub Tile TopK Transpose Trilu Unsqueeze Where Xor
"""

FOLDED = frozenset(NAMES.split())
"""Operators of sizes, places and masks."""

SIZED = frozenset(("Shape", "Size"))
"""Operators of what tensors are, whatever is in them."""


def folded(
    node: onnx.NodeProto, given: Sequence[Array], sizes: Sequence[Sizes | None], opset: int
) -> list[Array] | None:
    """What a node gives of these; None where it is not computed here.

    sizes: of its outputs, as far as they are known
    """
    if node.op_type not in FOLDED or node.domain not in ("", "ai.onnx"):
        return None
    if not all(_most(node.op_type, given, each) <= MOST for each in sizes):
        return None
    names = list(dict.fromkeys(name for name in node.input if name))
    try:
        runs = ReferenceEvaluator(node, opsets={"": opset})
        with numpy.errstate(all="ignore"):
            found = runs.run(None, dict(zip(names, given, strict=True)))
    except Exception:  # it has no common class for its errors
        return None
    return [numpy.asarray(each) for each in found]


def _most(operator: str, given: Sequence[Array], sizes: Sizes | None) -> float:
    """How many numbers an output has at most."""
    if operator == "NonZero":
        return given[0].size * given[0].ndim
    if sizes is None and operator == "Range" and len(given) == 3:
        start, limit, step = (float(each.reshape(-1)[0]) for each in given)
        return abs((limit - start) / step) if step else inf
    return inf if sizes is None else prod(sizes)
