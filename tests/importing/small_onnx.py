"""Small ONNX models, as ONNX's own text has them, with weights of which none are alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy
import onnx
from onnx import numpy_helper, parser

Shape = tuple[int, ...]


def onnx_model(
    nodes: str,
    inputs: str,
    weights: Mapping[str, Shape | Sequence[Any] | float] | None = None,
    outputs: str = "float[] y",
    opset: int = 18,
) -> onnx.ModelProto:
    """A model of nodes in ONNX's text; `weights`: sizes of what is drawn, or numbers."""
    head = f'<ir_version: 8, opset_import: ["" : {opset}, "other" : 1]>'
    model = parser.parse_model(f"{head} g ({inputs}) => ({outputs}) {{ {nodes} }}")
    draw = numpy.random.default_rng(0)
    for name, given in (weights or {}).items():
        if isinstance(given, tuple):
            array = (draw.random(given) + 0.25).astype(numpy.float32)
        else:
            array = numpy.asarray(given)
            array = array.astype(numpy.int64 if array.dtype.kind == "i" else numpy.float32)
        model.graph.initializer.append(numpy_helper.from_array(array, name))
    return model


def saved(model: onnx.ModelProto, folder: Path) -> str:
    """The file of a model."""
    file = folder / "model.onnx"
    file.write_bytes(model.SerializeToString())
    return str(file)


PLAIN = (
    "Relu",
    "Sigmoid",
    "Tanh",
    "HardSwish",
    "Softplus",
    "Softsign",
    "Selu",
    "Abs",
    "Exp",
    "Neg",
)

MAP = "float[N,4,9,7] x"
LINE = "float[N,4,9] x"
CLIP = "float[N,2,5,6,7] x"
VECTOR = "float[N,6] x"
STEPS = "float[N,5,6] x"
SEQUENCE = "float[5,2,6] x"

CASES: Mapping[str, tuple[Any, ...]] = {
    "conv": (
        "y = Conv<strides=[2,1], pads=[1,1,1,1]>(x, w, b)",
        MAP,
        {"w": (6, 4, 3, 3), "b": (6,)},
    ),
    "conv, groups, dilated": (
        "y = Conv<group=2, dilations=[2,2]>(x, w)",
        MAP,
        {"w": (6, 2, 3, 3)},
    ),
    "conv, uneven": ("y = Conv<pads=[0,1,1,0], strides=[2,2]>(x, w)", MAP, {"w": (6, 4, 3, 3)}),
    "conv, same upper": (
        'y = Conv<auto_pad="SAME_UPPER", strides=[2,2]>(x, w)',
        MAP,
        {"w": (6, 4, 4, 3)},
    ),
    "conv, same, one step": ('y = Conv<auto_pad="SAME_UPPER">(x, w)', MAP, {"w": (6, 4, 4, 4)}),
    "conv, same lower": ('y = Conv<auto_pad="SAME_LOWER">(x, w)', MAP, {"w": (6, 4, 4, 4)}),
    "conv, valid": ('y = Conv<auto_pad="VALID">(x, w)', MAP, {"w": (6, 4, 3, 3)}),
    "conv, line": ("y = Conv<pads=[2,2]>(x, w)", LINE, {"w": (6, 4, 5)}),
    "conv, clip": ("y = Conv(x, w)", CLIP, {"w": (3, 2, 2, 3, 3)}),
    "conv and what is added": (
        "z = Conv(x, w) y = Add(z, b)",
        MAP,
        {"w": (6, 4, 3, 3), "b": (6, 1, 1)},
    ),
    "conv transpose": (
        "y = ConvTranspose<strides=[2,2], pads=[1,1,1,1], output_padding=[1,1]>(x, w, b)",
        MAP,
        {"w": (4, 6, 3, 3), "b": (6,)},
    ),
    "conv transpose, cut behind": (
        "y = ConvTranspose<strides=[2,2], pads=[0,1,1,0]>(x, w)",
        MAP,
        {"w": (4, 6, 3, 3)},
    ),
    "conv transpose, same": (
        'y = ConvTranspose<strides=[2,2], auto_pad="SAME_UPPER">(x, w)',
        MAP,
        {"w": (4, 6, 3, 3)},
    ),
    "conv transpose, to a size": (
        "y = ConvTranspose<strides=[2,2], output_shape=[18,14]>(x, w)",
        MAP,
        {"w": (4, 6, 3, 3)},
    ),
    "conv, directions and lengths": (
        "n = ReduceL2(d, axes) r = Div(g, n) w = Mul(d, r) y = Conv(x, w)",
        MAP,
        {"d": (8, 4, 3, 3), "g": (8, 1, 1, 1), "axes": [1, 2, 3]},
    ),
    "gemm": ("y = Gemm<transB=1>(x, w, b)", VECTOR, {"w": (3, 6), "b": (3,)}),
    "gemm, other way": ("y = Gemm(x, w, b)", VECTOR, {"w": (6, 3), "b": (1, 3)}),
    "gemm, nothing added": ("y = Gemm<beta=0.0>(x, w, b)", VECTOR, {"w": (6, 3), "b": (3,)}),
    "matmul": ("y = MatMul(x, w)", STEPS, {"w": (6, 3)}),
    "matmul and what is added": (
        "z = MatMul(x, w) y = Add(b, z)",
        STEPS,
        {"w": (6, 3), "b": (3,)},
    ),
    "matmul of two": ("z = Transpose<perm=[0,2,1]>(x) y = MatMul(x, z)", STEPS),
    "embedding": ("y = Gather(w, x)", "int64[N,5] x", {"w": (9, 4)}),
    "batch norm": (
        "y = BatchNormalization<epsilon=0.001>(x, s, b, m, v)",
        MAP,
        {"s": (4,), "b": (4,), "m": (4,), "v": (4,)},
    ),
    "instance norm": ("y = InstanceNormalization(x, s, b)", MAP, {"s": (4,), "b": (4,)}),
    "layer norm": ("y = LayerNormalization(x, s, b)", STEPS, {"s": (6,), "b": (6,)}),
    "layer norm, one without shift": ("y = LayerNormalization(x, s)", STEPS, {"s": (6,)}),
    "group norm": (
        "y = GroupNormalization<num_groups=2>(x, s, b)",
        MAP,
        {"s": (4,), "b": (4,)},
        "float[] y",
        21,
    ),
    "local response norm": ("y = LRN<size=3, alpha=0.1, beta=0.5, bias=2.0>(x)", MAP),
    "unit vectors": ("y = LpNormalization<axis=1, p=2>(x)", VECTOR),
    "max pool": ("y = MaxPool<kernel_shape=[3,2], strides=[2,2], pads=[1,0,1,0]>(x)", MAP),
    "max pool, the end padded": (
        "y = MaxPool<kernel_shape=[2,2], strides=[2,2], pads=[0,0,1,1]>(x)",
        MAP,
    ),
    "max pool, uneven": ("y = MaxPool<kernel_shape=[3,3], pads=[1,1,0,0]>(x)", MAP),
    "max pool, ceil": ("y = MaxPool<kernel_shape=[2,2], strides=[2,2], ceil_mode=1>(x)", MAP),
    "max pool, dilated": ("y = MaxPool<kernel_shape=[2,2], dilations=[2,2]>(x)", MAP),
    "max pool, places unread": ("y, z = MaxPool<kernel_shape=[2,2]>(x)", MAP),
    "max pool, clip": ("y = MaxPool<kernel_shape=[2,2,2]>(x)", CLIP),
    "average pool": ("y = AveragePool<kernel_shape=[3,3], pads=[1,1,1,1]>(x)", MAP),
    "average pool, zeros count": (
        "y = AveragePool<kernel_shape=[3,3], pads=[1,0,1,1], count_include_pad=1>(x)",
        MAP,
    ),
    "average pool, line": ("y = AveragePool<kernel_shape=[3], strides=[2]>(x)", LINE),
    "lp pool": ("y = LpPool<kernel_shape=[2,2], strides=[2,2]>(x)", MAP),
    "global average": ("y = GlobalAveragePool(x)", MAP),
    "global max": ("y = GlobalMaxPool(x)", MAP),
    "global norm": ("y = GlobalLpPool<p=2>(x)", MAP),
    **{name: (f"y = {name}(x)", MAP) for name in PLAIN},
    "Mish": ("y = Mish(x)", MAP),
    "gelu": ("y = Gelu(x)", MAP, {}, "float[] y", 20),
    "gelu, tangent": ('y = Gelu<approximate="tanh">(x)', MAP, {}, "float[] y", 20),
    "leaky": ("y = LeakyRelu<alpha=0.2>(x)", MAP),
    "elu": ("y = Elu<alpha=0.7>(x)", MAP),
    "celu": ("y = Celu<alpha=0.7>(x)", MAP),
    "hard sigmoid": ("y = HardSigmoid<alpha=0.16666667>(x)", MAP),
    "hard sigmoid, other": ("y = HardSigmoid<alpha=0.3, beta=0.4>(x)", MAP),
    "threshold": ("y = ThresholdedRelu<alpha=0.3>(x)", MAP),
    "shrink": ("y = Shrink<lambd=0.3, bias=0.3>(x)", MAP),
    "prelu": ("y = PRelu(x, w)", MAP, {"w": (4, 1, 1)}),
    "prelu, shared": ("y = PRelu(x, w)", MAP, {"w": (1,)}),
    "clip": (
        "low = Constant<value_float=0.0>() high = Constant<value_float=6.0>()"
        " y = Clip(x, low, high)",
        MAP,
    ),
    "softmax": ("y = Softmax<axis=1>(x)", MAP),
    "softmax, old": ("y = Softmax<axis=1>(x)", VECTOR, {}, "float[] y", 9),
    "log softmax": ("y = LogSoftmax(x)", VECTOR),
    "sums": ("a = Sum(x, x, x) b = Max(a, x) c = Min(b, a) y = Mean(c, x)", MAP),
    "numbers": (
        "two = Constant<value_float=2.0>() a = Mul(two, x) b = Sub(two, a) y = Div(two, b)",
        "float[N,4] x",
    ),
    "power": ("two = Constant<value_float=2.0>() y = Pow(x, two)", MAP),
    "means": ("y = ReduceMean<keepdims=0>(x, axes)", MAP, {"axes": [2, -1]}),
    "means, old": ("y = ReduceMean<axes=[2,3]>(x)", MAP, {}, "float[] y", 13),
    "norms": ("a = ReduceL2(x, axes) b = ReduceL1(x, axes) y = Add(a, b)", MAP, {"axes": [1]}),
    "largest": ("y = ReduceMax(x, axes)", MAP, {"axes": [1]}),
    "squares": ("y = ReduceSumSquare(x, axes)", MAP, {"axes": [1]}),
    "concat": ("y = Concat<axis=-3>(x, x)", MAP),
    "split": ("a, b = Split<axis=1>(x, parts) y = Mul(a, a)", MAP, {"parts": [1, 3]}),
    "slice": (
        "y = Slice(x, starts, ends, axes, steps)",
        MAP,
        {"starts": [1, 0], "ends": [9, 1000], "axes": [2, -1], "steps": [2, 3]},
    ),
    "flip": (
        "y = Slice(x, starts, ends, axes, steps)",
        MAP,
        {"starts": [-1], "ends": [-1000], "axes": [3], "steps": [-1]},
    ),
    "select": ("i = Constant<value_int=-1>() y = Gather<axis=2>(x, i)", MAP),
    "several places": ("y = Gather<axis=1>(x, i)", MAP, {"i": [2, 0, 3]}),
    "places along dimensions": (
        "y = GatherND(x, i)",
        MAP,
        {"i": [[[0, 1], [1, 3]], [[1, 0], [0, 2]], [[0, 0], [1, 1]]]},
    ),
    "reshape": ("y = Reshape(x, to)", MAP, {"to": [0, 2, 2, -1]}),
    "flatten": ("y = Flatten(x)", MAP),
    "sizes computed": (
        "s = Shape(x) i = Constant<value_ints=[0]>() n = Gather(s, i)"
        " m = Constant<value_ints=[-1]>() to = Concat<axis=0>(n, m) y = Reshape(x, to)",
        MAP,
    ),
    "squeeze": ("a = Unsqueeze(x, one) y = Squeeze(a, one)", MAP, {"one": [1]}),
    "transpose": ("y = Transpose<perm=[0,2,3,1]>(x)", MAP),
    "expand": ("a = Unsqueeze(x, two) y = Expand(a, to)", VECTOR, {"two": [2], "to": [1, 6, 4]}),
    "tile": ("y = Tile(x, times)", VECTOR, {"times": [1, 3]}),
    "pad": ("y = Pad(x, pads)", MAP, {"pads": [0, 0, 1, 2, 0, 0, 0, 1]}),
    "pad, mirrored": ('y = Pad<mode="reflect">(x, pads)', MAP, {"pads": [0, 0, 1, 2, 0, 0, 0, 1]}),
    "pad, edge": ('y = Pad<mode="edge">(x, pads)', MAP, {"pads": [0, 0, 1, 2, 0, 0, 0, 1]}),
    "depth to space": ("y = DepthToSpace<blocksize=2>(x)", MAP),
    "pixel shuffle": ('y = DepthToSpace<blocksize=2, mode="CRD">(x)', MAP),
    "space to depth": ("y = SpaceToDepth<blocksize=3>(x)", "float[N,2,6,9] x"),
    "nearest": (
        'y = Resize<mode="nearest", coordinate_transformation_mode="asymmetric",'
        ' nearest_mode="floor">(x, , by)',
        MAP,
        {"by": [1.0, 1.0, 2.0, 3.0]},
    ),
    "nearest, halves": ('y = Resize<mode="nearest">(x, , by)', MAP, {"by": [1.0, 1.0, 2.0, 2.0]}),
    "bilinear": ('y = Resize<mode="linear">(x, , , to)', MAP, {"to": [2, 4, 12, 10]}),
    "bilinear, corners": (
        'y = Resize<mode="linear", coordinate_transformation_mode="align_corners">(x, , , to)',
        MAP,
        {"to": [2, 4, 12, 10]},
    ),
    "cubic": (
        'y = Resize<mode="cubic", cubic_coeff_a=-0.75>(x, , , to)',
        MAP,
        {"to": [2, 4, 18, 14]},
    ),
    "dropout": ("y, mask = Dropout(x)", MAP),
    "cast and identity": ("a = Identity(x) y = Cast<to=1>(a)", MAP),
    "branch that is known": (
        "yes = Constant<value = bool {1}>() y = If (yes) <"
        " then_branch = a () => (float[] p) { p = Relu(x) },"
        " else_branch = b () => (float[] q) { q = Tanh(x) } >",
        MAP,
    ),
    "largest of a number and each value": ("y = Max(least, x)", MAP, {"least": [0.25]}),
    "values of its own around samples without channels": (
        'y = Pad<mode="reflect">(x, sides)',
        "float[N,9] x",
        {"sides": [0, 2, 0, 3]},
    ),
    "nothing behind others": (
        "none = Slice(x, from, from, along) y = Concat<axis=2>(x, none, x)",
        MAP,
        {"from": [0], "along": [2]},
    ),
    "places counted by a number": (
        "s = Shape<start=1, end=2>(x) c = Squeeze(s) n = Cast<to=1>(c) p = Range(zero, n, one)"
        " q = Cast<to=7>(p) y = Gather<axis=3>(x, q)",
        MAP,
        {"zero": 0.0, "one": 1.0},
    ),
    "lstm": (
        "y, h, c = LSTM<hidden_size=3>(x, w, r, b)",
        SEQUENCE,
        {"w": (1, 12, 6), "r": (1, 12, 3), "b": (1, 24)},
    ),
    "lstm, both ways": (
        'y, h = LSTM<hidden_size=3, direction="bidirectional">(x, w, r)',
        SEQUENCE,
        {"w": (2, 12, 6), "r": (2, 12, 3)},
    ),
    "gru": (
        "z, y = GRU<hidden_size=3, linear_before_reset=1>(x, w, r, b)",
        SEQUENCE,
        {"w": (1, 9, 6), "r": (1, 9, 3), "b": (1, 18)},
    ),
    "rnn": (
        "y, h = RNN<hidden_size=3>(x, w, r, b)",
        SEQUENCE,
        {"w": (1, 3, 6), "r": (1, 3, 3), "b": (1, 6)},
    ),
}
"""Nodes, inputs, and weights; where they are not the usual ones, the outputs and the opset."""
