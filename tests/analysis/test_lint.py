"""Design advice, rule by rule: where it speaks, with which numbers, and where it is quiet."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnncalc.analysis import Summary, analyze
from cnncalc.analysis.lint import RULES, advise
from cnncalc.diagnostics import Diagnostic, Diagnostics
from cnncalc.language.load import load
from cnncalc.numbers import exact, rounded
from tests.analysis.drafts import spec
from tests.analysis.specs import graph_of, network

Case = tuple[str, str, list[str], list[str]]
"""A code, the input, the layers, and what the message or the hint has."""


def told(summary: Summary, code: str) -> list[Diagnostic]:
    """What is said under one code, once per place."""
    diagnostics = Diagnostics()
    for diagnostic in advise(summary):
        diagnostics.add(diagnostic)
    return [diagnostic for diagnostic in diagnostics if diagnostic.code == code]


def conv(filters: int, kernel: object = 3, **fields: object) -> str:
    """A convolution as an item; padded to keep the size, unless said otherwise."""
    given = {"filters": filters, "kernel": kernel, "padding": "half", **fields}
    return f"conv: {{{', '.join(f'{name}: {value}' for name, value in given.items())}}}"


def branches(kind: str, **layers: str) -> str:
    """A join as an item."""
    return f"{kind}: {{{', '.join(f'{name}: [{items}]' for name, items in layers.items())}}}"


CORNERS = "upsample: {like: input, mode: linear, align_corners: true}"
PADDED = [conv(16, stride=2), "relu"] * 3
VGG_LIKE = [conv(16), "relu", "max_pool: 2"] * 3
FIVE_BY_FIVE = 64 * 64 * (25 - 18)
SEPARABLE = [conv(64, groups=64), conv(128, 1)]

FIRES: dict[str, Case] = {
    # -- sizes
    "last row and column": ("CNN901", "3x7x7", ["max_pool: {kernel: 3, stride: 3}"], ["= 2.33"]),
    "one side only": (
        "CNN901",
        "3x8x7",
        ["max_pool: 2"],
        ["8x7: (7 - 2)/2 + 1 = 3.50; the last column is never read", "8x6 or 8x8"],
    ),
    "a pool could round up": ("CNN901", "3x7x7", ["max_pool: 2"], ["`rounding: ceil`"]),
    "frames": (
        "CNN901",
        "3x9x8x8",
        ["max_pool: {kernel: 4, stride: 4}"],
        ["the last frame is never read"],
    ),
    "225 at stride 8": ("CNN902", "3x225x225", VGG_LIKE, ["225 -> 112 -> 56 -> 28", "224x224 or"]),
    "one side of the input": (
        "CNN902",
        "3x64x100",
        VGG_LIKE,
        ["64x100", "stride of 8", "64x96 or 64x104"],
    ),
    "corners that are no corners": (
        "CNN902",
        "3x64x64",
        [*PADDED, CORNERS],
        ["stride of 8 and 1", "57x57 or 65x65"],
    ),
    "rounded up": (
        "CNN902",
        "3x30x30",
        [conv(8, stride=4)],
        ["30 -> 8", "28x28 or 32x32"],
    ),
    "5x5 again and again": (
        "CNN903",
        "1x32x32",
        ["conv: {filters: 4, kernel: 5}", "relu"] * 4,
        ["4 unpadded", "32x32 to 16x16", f"{16 * 16 / (32 * 32):.0%} of the positions"],
    ),
    "through norms": (
        "CNN903",
        "1x32",
        ["conv: {filters: 4, kernel: 3}", "batch_norm", "tanh", "dropout: 0.5"] * 3,
        ["32 to 26"],
    ),
    "1x1 that strides": ("CNN904", "8x32x32", [conv(8, 1, stride=2)], ["1 of 4 positions"]),
    "2x2 that strides by 3": (
        "CNN904",
        "8x9x9",
        ["max_pool: {kernel: 2, stride: 3}"],
        ["4 of 9 positions of 9x9"],
    ),
    "dilation and stride share a factor": (
        "CNN904",
        "8x32x32",
        [conv(8, 3, stride=2, dilation=2)],
        ["1 of 4 positions", "`dilation: 1`"],
    ),
    "both branches step over the same": (
        "CNN904",
        "8x32x32",
        [branches("add", a=f"{{{conv(8, 1, stride=2)}}}", b=f"{{{conv(8, 1, stride=2)}}}")],
        ["1 of 4"],
    ),
    # -- costs
    "5x5": (
        "CNN905",
        "64x32x32",
        [conv(64, 5)],
        [
            f"25*64*64 = {exact(25 * 64 * 64)}",
            "two 3x3",
            "18*64*64",
            f"{exact(FIVE_BY_FIVE)} parameters",
            f"{rounded(FIVE_BY_FIVE * 32 * 32)} MACs less",
            f"1x5 then 5x1 has {exact(2 * 5 * 64 * 64)} weights",
        ],
    ),
    "7x7": (
        "CNN905",
        "32x14x14",
        [conv(32, 7)],
        ["three 3x3", "27*32*32", f"{exact((49 - 27) * 32 * 32)} parameters"],
    ),
    "5x5 of a clip": (
        "CNN905",
        "32x8x14x14",
        [conv(32, 5)],
        ["3x3x3", "54*32*32", f"{exact((125 - 54) * 32 * 32)} parameters"],
    ),
    "through the narrower width": (
        "CNN905",
        "16x14x14",
        [conv(48, 5)],
        [
            "9*16*16 + 9*16*48",
            f"{exact(25 * 16 * 48 - 9 * 16 * 16 - 9 * 16 * 48)} parameters",
        ],
    ),
    "in groups": (
        "CNN905",
        "64x14x14",
        [conv(64, 5, groups=2)],
        ["2*25*32*32", "2*(18*32*32)", f"{exact(2 * 7 * 32 * 32)} parameters"],
    ),
    "naive Inception": (
        "CNN906",
        "256x28x28",
        [branches("concat", a=f"{{{conv(128, 1)}}}", b=f"{{{conv(192)}}}")],
        [
            f"{rounded(28 * 28 * 9 * 256 * 192)} of",
            "`conv: {filters: 64, kernel: 1}`",
            f"{rounded(28 * 28 * (9 * 256 * 192 - 256 * 64 - 9 * 64 * 192))} MACs less",
        ],
    ),
    "flattened map": (
        "CNN907",
        "3x32x32",
        [*VGG_LIKE, "flatten", "linear: 512", "relu", "linear: 10"],
        [
            f"512*16*4*4 = {exact(512 * 16 * 4 * 4)}",
            f"leaves 512*16 = {exact(512 * 16)}: {exact(512 * 16 * 15)} less",
        ],
    ),
    "60 channels": (
        "CNN918",
        "3x128x128",
        [conv(60), "relu", conv(64)],
        [f"{rounded(128 * 128 * 9 * 60 * 64)} in 1 layer", "64 in place of 60"],
    ),
    # -- fields
    "averaged bag of patches": (
        "CNN908",
        "3x32x32",
        [conv(16), "relu", conv(16), "relu", "global_avg_pool"],
        ["5x5 of 32x32", f"{25 / 1024:.0%} of the image", "14 more 3x3", "27 pixels"],
    ),
    "flattened too early": (
        "CNN908",
        "3x32x32",
        [conv(8), "relu", "flatten", "linear: 10"],
        ["3x3 of 32x32 are flattened"],
    ),
    "a pool as large as the map": (
        "CNN908",
        "3x32x32",
        [conv(8), "relu", "avg_pool: 32", "flatten"],
        ["3x3 of 32x32"],
    ),
    "plain and deep": (
        "CNN909",
        "1x16x16",
        [*[conv(8), "relu"] * 10, "global_avg_pool", "linear: 10"],
        ["16x16 already: 2 layers", f"{exact(2 * (9 * 8 * 8 + 8))} parameters"],
    ),
    "odd pixel behind": (
        "CNN910",
        "8x32x32",
        [
            branches(
                "add",
                a="{max_pool: {kernel: 3, stride: 2, padding: same}}",
                b=f"{{{conv(8, 1, stride=2)}}}",
            )
        ],
        ["1 px of the input apart, at a stride of 2", "3x3 around 1, 1x1 around 0"],
    ),
    "dilation beyond the map": (
        "CNN911",
        "8x14x14",
        [conv(8, 3, dilation=14)],
        ["8 of the 9 taps", "29x29", "`kernel: 1`", f"{exact(8 * 8 * 8)} parameters"],
    ),
    "3x3 over a pixel": (
        "CNN911",
        "8x1x1",
        [conv(8)],
        ["8 of the 9 taps", f"{exact(8 * 8 * 8)} parameters"],
    ),
    "pad before it": (
        "CNN911",
        "8x1x1",
        ["pad: 1", "conv: {filters: 8, kernel: 3}"],
        ["8 of the 9"],
    ),
    "far out": (
        "CNN911",
        "8x10x10",
        ["pad: 9", "conv: {filters: 8, kernel: 3}"],
        [f"{26 * 26 - 12 * 12} of {26 * 26} outputs", "at most 2"],
    ),
    "a grid": (
        "CNN912",
        "3x64x64",
        [conv(8, dilation=2), "relu"] * 3,
        ["dilations 2, 2, 2", "13x13", "6 of 13", "`1, 2, 4`"],
    ),
    "a signal's grid": (
        "CNN912",
        "1x64",
        [conv(8, dilation=4), "relu", conv(8, dilation=4), "relu"],
        ["17 positions", f"{17 - 5} of 17"],
    ),
    # -- order
    "bias before batch norm": ("CNN913", "3x32x32", [conv(16), "batch_norm"], [" 16 useless"]),
    "bias before instance norm": ("CNN913", "3x8x8", [conv(16), "instance_norm"], ["instance"]),
    "bias of a linear layer": ("CNN913", "10", ["linear: 20", "batch_norm"], [" 20 useless"]),
    "3x3 and 1x1": (
        "CNN914",
        "16x8x8",
        [conv(16), conv(16, 1)],
        [f"{16 * 16} weights", "`conv: {filters: 16, kernel: 3}`"],
    ),
    "linear and linear": ("CNN914", "64", ["linear: 64", "linear: 64"], ["`linear: 64`", "4,096"]),
    "behind batch norm": ("CNN914", "16x8x8", [conv(16, 1), "batch_norm", conv(16, 1)], ["256"]),
    "behind dropout": (
        "CNN914",
        "64",
        ["linear: 64", "dropout: 0.5", "linear: 10"],
        ["linear map"],
    ),
    "strides multiply": (
        "CNN914",
        "16x32x32",
        [conv(16, 2, stride=2, padding=0), conv(16, 1, stride=1)],
        ["kernel: 2, stride: 2"],
    ),
    "norm behind relu": ("CNN915", "3x8x8", [conv(8), "relu", "batch_norm"], ["behind `relu`"]),
    "five sigmoids": (
        "CNN916",
        "64",
        ["linear: 64", "sigmoid"] * 5,
        ["5 saturating", f"1/{4**5:,}"],
    ),
    "nine tanh": ("CNN916", "64", ["linear: 64", "tanh"] * 9, ["9 saturating", "1 only"]),
    "softmax": ("CNN917", "64", ["linear: 10", "softmax"], ["cross-entropy"]),
    # -- leftovers
    "read by nobody": (
        "CNN922",
        "3x8x8",
        [f"{{name: stem, {conv(16)}}}", conv(32), "relu", "{from: stem, relu: }"],
        ["`relu`", f"{exact(9 * 16 * 32 + 32)} parameters"],
    ),
    # -- inputs
    "a batch in front": (
        "CNN923",
        "16x3x224x224",
        ["relu"],
        ["is 16 channels, 3 frames of 224x224", "leave it out: `3x224x224`", "--batch 16"],
    ),
    "channels last": ("CNN923", "224x224x3", ["relu"], ["224 channels of 224x3", "`3x224x224`"]),
    "no channels": ("CNN923", "7x7", [conv(1)], ["7 channels, 7 steps long", "`1x7x7`"]),
    "passed by": (
        "CNN922",
        "3x8x8",
        [f"{{name: stem, {conv(16)}}}", conv(32), "concat: [previous, stem]"],
        ["`previous` is what entered it", "`[identity]` in place of `previous`"],
    ),
    "a stride and a dilation with a factor in common": (
        "CNN924",
        "3x8x8",
        ["conv_transpose: {filters: 4, kernel: 3, stride: 2, dilation: 2}"],
        [f"{19 * 19 - 10 * 10} of {19 * 19}", "`dilation: 1`"],
    ),
    "a stride beyond the kernel": (
        "CNN924",
        "3x8x8",
        ["conv_transpose: {filters: 4, kernel: 2, stride: 3}"],
        [f"{23 * 23 - 16 * 16} of {23 * 23}", "`kernel: 3`"],
    ),
}

QUIET: dict[str, tuple[str, str, list[str]]] = {
    "fits": ("CNN901", "3x7x7", ["max_pool: {kernel: 3, stride: 2}"]),
    "padding is lost, not input": ("CNN901", "3x224x224", [conv(8, 7, stride=2)]),
    "rounded up by itself": ("CNN901", "3x7x7", ["max_pool: {kernel: 2, rounding: ceil}"]),
    "224": ("CNN902", "3x224x224", VGG_LIKE),
    "7 fits an unpadded 3x3": ("CNN902", "3x7x7", ["conv: {filters: 4, kernel: 3, stride: 2}"]),
    "299, unpadded": ("CNN902", "3x299x299", ["conv: {filters: 4, kernel: 3, stride: 2}", conv(8)]),
    "a vector": ("CNN902", "10", ["linear: 3"]),
    "65, corners on corners": ("CNN902", "3x65x65", [*PADDED, CORNERS]),
    "behind a pool to a size": (
        "CNN902",
        "3x64x64",
        [conv(8, stride=2), "adaptive_avg_pool: 3", conv(8, 1)],
    ),
    "two as in U-Net": ("CNN903", "1x32x32", ["conv: {filters: 4, kernel: 3}", "relu"] * 2),
    "a pool between, as in LeNet": (
        "CNN903",
        "1x60x60",
        ["conv: {filters: 4, kernel: 5}", "relu", "max_pool: 2"] * 3,
    ),
    "fully connected in disguise": (
        "CNN903",
        "1x9x9",
        [*["conv: {filters: 4, kernel: 3}", "relu"] * 2, "conv: {filters: 8, kernel: 5}"],
    ),
    "beside a branch that reads all": (
        "CNN904",
        "8x32x32",
        [branches("add", a=f"{{{conv(8, 3, stride=2)}}}", b=f"{{{conv(8, 1, stride=2)}}}")],
    ),
    "window as large as the stride": ("CNN904", "8x32x32", ["max_pool: 2"]),
    "two halves, as NASNet reduces": (
        "CNN904",
        "8x32x32",
        [
            branches(
                "concat",
                even=f"{{{conv(4, 1, stride=2)}}}",
                odd="{crop: [[1, 0], [1, 0]]}, {pad: [[0, 1], [0, 1]]}, "
                f"{{{conv(4, 1, stride=2)}}}",
            )
        ],
    ),
    "first layer": ("CNN905", "3x224x224", [conv(64, 7, stride=2)]),
    "even kernel": ("CNN905", "64x32x32", [conv(64, 4, padding=1)]),
    "depthwise": ("CNN905", "64x32x32", [conv(64, 5, groups=64)]),
    "already 1xn": ("CNN905", "64x32x32", [conv(64, "1x7"), "relu", conv(64, "7x1")]),
    "whole map": ("CNN905", "64x5x5", ["conv: {filters: 64, kernel: 5}"]),
    "signal": ("CNN905", "64x100", [conv(64, 5)]),
    "little saved": ("CNN905", "16x8x8", [conv(16, 5), "relu", conv(512), "relu", conv(512)]),
    "bottleneck": ("CNN906", "256x28x28", [conv(64, 1), "relu", conv(256)]),
    "narrow": ("CNN906", "128x28x28", [conv(128)]),
    "averaged": ("CNN907", "3x32x32", [*VGG_LIKE, "global_avg_pool", "linear: 512"]),
    "perceptron": ("CNN907", "1x28x28", ["flatten", "linear: 300", "relu", "linear: 10"]),
    "wide enough": ("CNN908", "3x32x32", [*VGG_LIKE, conv(16), "relu", "global_avg_pool"]),
    "gate": (
        "CNN908",
        "3x32x32",
        [conv(8), branches("multiply", m="identity", g="{global_avg_pool: true}, sigmoid")],
    ),
    "a map comes out": ("CNN908", "3x32x32", [conv(8), "relu"]),
    "average over time": ("CNN908", "1x1000", [conv(8), "relu", "global_avg_pool"]),
    "shortcuts": (
        "CNN909",
        "8x16x16",
        [
            *[branches("add", a=f"{{{conv(8)}}}, relu, {{{conv(8)}}}", b="identity"), "relu"] * 10,
            "global_avg_pool",
        ],
    ),
    "decoder": ("CNN909", "1x16x16", [conv(8), "relu"] * 12),
    "aligned": (
        "CNN910",
        "8x32x32",
        [branches("add", a=f"{{{conv(8, 3, stride=2)}}}", b=f"{{{conv(8, 1, stride=2)}}}")],
    ),
    "upsampled": (
        "CNN910",
        "8x32x32",
        [branches("add", a=f"{{{conv(8, 3, stride=2)}}}, {{upsample: 2}}", b="identity")],
    ),
    "dilation within the map": ("CNN911", "8x14x14", [conv(8, 3, dilation=6)]),
    "a mirror of the map": ("CNN911", "8x4x4", [conv(8, 7, padding_mode="reflect")]),
    "a mirror before it": (
        "CNN911",
        "8x4x4",
        ["pad: {size: 3, mode: reflect}", conv(8, 7, padding="valid")],
    ),
    "pooled padding": ("CNN911", "8x2x2", ["max_pool: {kernel: 3, stride: 2, padding: 1}"]),
    "growing dilations": (
        "CNN912",
        "3x64x64",
        [conv(8), "relu", conv(8, dilation=2), "relu", conv(8, dilation=4)],
    ),
    "smeared before": ("CNN912", "3x64x64", [conv(8, 5), *[conv(8, dilation=2), "relu"] * 3]),
    "smeared behind": ("CNN912", "3x64x64", [*[conv(8, dilation=2), "relu"] * 2, conv(8)]),
    "one dilation": ("CNN912", "3x64x64", [conv(8, dilation=2), "relu"]),
    "no bias": ("CNN913", "3x8x8", [conv(16, bias="false"), "batch_norm"]),
    "layer norm keeps it": ("CNN913", "3x8x8", [conv(16), "layer_norm"]),
    "read by others, too": (
        "CNN913",
        "3x8x8",
        [conv(16), branches("add", a="batch_norm", b="identity")],
    ),
    "depthwise and pointwise": ("CNN914", "64x8x8", SEPARABLE),
    "1xn and nx1": ("CNN914", "64x8x8", [conv(64, "1x7"), conv(64, "7x1")]),
    "two 3x3": ("CNN914", "64x8x8", [conv(64), conv(64)]),
    "low rank": ("CNN914", "256", ["linear: 16", "linear: 256"]),
    "linear bottlenecks in a row": ("CNN914", "24x8x8", [conv(16, 1), "batch_norm", conv(96, 1)]),
    "activation between": ("CNN914", "16x8x8", [conv(16), "relu", conv(16, 1)]),
    "norm behind a sum": (
        "CNN915",
        "3x8x8",
        [conv(3), branches("add", a="relu", b="identity"), "batch_norm"],
    ),
    "norm before relu": ("CNN915", "3x8x8", [conv(8), "batch_norm", "relu"]),
    "four sigmoids": ("CNN916", "64", ["linear: 64", "sigmoid"] * 4),
    "normalised": ("CNN916", "64", ["linear: 64", "batch_norm", "sigmoid"] * 9),
    "with shortcuts": (
        "CNN916",
        "64",
        [branches("add", a="{linear: 64}, sigmoid", b="identity")] * 9,
    ),
    "log softmax twice is once": ("CNN917", "64", ["linear: 10", "log_softmax"]),
    "softmax along a map": ("CNN917", "4x8x8", ["softmax: width"]),
    "softmax among parts": ("CNN917", "64", ["linear: 10", "softmax: {among: 2}"]),
    "softmax within": ("CNN917", "64", ["linear: 64", "softmax", "linear: 10"]),
    "image and classes": ("CNN918", "3x224x224", [conv(64), "relu", conv(10)]),
    "small network": ("CNN918", "3x32x32", [conv(6), "relu", conv(6)]),
    "frames": ("CNN923", "3x16x112x112", ["relu"]),
    "a narrow map": ("CNN923", "64x7x2", ["relu"]),
    "a sequence": ("CNN923", "7x7", ["relu"]),
    "all is read": ("CNN922", "3x8x8", [conv(8), "relu"]),
    "every output is met": (
        "CNN924",
        "3x8x8",
        ["conv_transpose: {filters: 4, kernel: 3, stride: 2, dilation: 3}"],
    ),
}


@pytest.mark.parametrize(("code", "shape", "items", "parts"), FIRES.values(), ids=FIRES)
def test_rule_speaks(code: str, shape: str, items: list[str], parts: list[str]) -> None:
    found = told(analyze(network(shape, *items)), code)
    assert len(found) == 1
    text = f"{found[0].message}\n{found[0].hint}"
    assert [part for part in parts if part not in text] == [], text


@pytest.mark.parametrize(("code", "shape", "items"), QUIET.values(), ids=QUIET)
def test_rule_is_quiet(code: str, shape: str, items: list[str]) -> None:
    assert told(analyze(network(shape, *items)), code) == []


def test_every_rule_has_both() -> None:
    written = {"CNN919", "CNN920", "CNN921"}  # of the text, tested below
    codes = {advice.code for advice in RULES} - written
    assert codes == {case[0] for case in FIRES.values()} == {case[0] for case in QUIET.values()}


# -- what a spec defines --------------------------------------------------------------------

DEFINED = """
input: 3x16x16
args: {{width: 8, {args}}}
defaults: {{conv: {{kernel: 3}}, {defaults}}}
blocks:
  unit:
    args: {{filters: , {block_args}}}
    let: {{inner: 2 * filters, {let}}}
    layers: [conv: inner]
  {block}
layers:
  - unit: width
  - {{each: [n, k], rows: [[1, 2]], conv: n, {column}}}
  - {item}
"""
NOTHING = {
    "args": "",
    "defaults": "",
    "block_args": "",
    "let": "",
    "block": "",
    "column": "repeat: k",
    "item": "relu",
}

LEFT_OVER = {
    "argument": ("CNN919", {"args": "depth: 3"}, "the argument `depth` is used"),
    "of a block": ("CNN919", {"block_args": "act: relu"}, "`act` of the block `unit`"),
    "let": ("CNN919", {"let": "outer: 3"}, "the derived name `outer` of the block `unit`"),
    "column": ("CNN919", {"column": ""}, "the column `k`"),
    "block": ("CNN920", {"block": "spare: {layers: [relu]}"}, "the block `spare`"),
    "calls itself only": ("CNN920", {"block": "spare: {layers: [spare]}"}, "the block `spare`"),
    "default of no layer": ("CNN921", {"defaults": "max_pool: {stride: 2}"}, "`max_pool: stride`"),
    "default that is given": (
        "CNN921",
        {"defaults": "max_pool: {stride: 2}", "item": "max_pool: {kernel: 2, stride: 1}"},
        "`max_pool: stride`",
    ),
    "default of the main field": (
        "CNN921",
        {"defaults": "dropout: {rate: 0.5}", "item": "dropout: 0.1"},
        "`dropout: rate`",
    ),
}

IN_USE = {
    "nothing left over": {},
    "in a default": {
        "args": "stride: 1",
        "defaults": "max_pool: {stride: stride}",
        "item": "max_pool: 2",
    },
    "in a condition": {"args": "deep: true", "item": "{relu: , when: not deep}"},
    "inside an expression": {"args": "depth: 3", "item": "{relu: , repeat: depth - 1}"},
    "in another argument": {
        "args": "depth: 3, twice: 2 * depth",
        "item": "{relu: , repeat: twice}",
    },
    "in an argument's default": {
        "block_args": "more: 1, most: more",
        "let": "all: most",
        "item": "relu",
    },
    "called by a block": {"block": "spare: {layers: [relu]}", "item": "{layers: [spare]}"},
    "taken by one of two": {
        "defaults": "max_pool: {stride: 2}",
        "item": "{layers: [max_pool: {kernel: 2, stride: 1}, max_pool: 2]}",
    },
}


def written(parts: dict[str, str]) -> Summary:
    return analyze(graph_of(DEFINED.format(**{**NOTHING, **parts})))


@pytest.mark.parametrize(("code", "parts", "text"), LEFT_OVER.values(), ids=LEFT_OVER)
def test_left_over(code: str, parts: dict[str, str], text: str) -> None:
    found = [one for one in advise(written(parts)) if "CNN919" <= one.code <= "CNN921"]
    assert [one.code for one in found] == [code]
    assert text in found[0].message


@pytest.mark.parametrize("parts", IN_USE.values(), ids=IN_USE)
def test_in_use(parts: dict[str, str]) -> None:
    left = [one.message for one in advise(written(parts)) if "CNN919" <= one.code <= "CNN921"]
    assert [message for message in left if "`all`" not in message] == []


def test_what_other_files_define_is_not_left_over(tmp_path: Path) -> None:
    library = "blocks: {a: {layers: [relu]}, b: {layers: [relu]}}"
    base = "input: 3x8x8\nargs: {n: 1, m: 2}\nblocks: {c: {layers: [relu]}}\nlayers: [relu]\n"
    (tmp_path / "library.yaml").write_text(library)
    (tmp_path / "base.yaml").write_text(base)
    path = tmp_path / "spec.yaml"
    path.write_text("extends: base.yaml\ninclude: [library.yaml]\nargs: {o: 4}\n")
    found = [one.message for one in advise(analyze(load(path)))]
    assert found == ["the argument `o` is used nowhere"]


# -- places ---------------------------------------------------------------------------------

REPEATED = """
input: 8x32x32
blocks:
  unit:
    layers:
      - conv: {filters: 8, kernel: 3, padding: half}
      - batch_norm
      - relu
layers:
  - {name: stage, unit: , repeat: 16}
"""


def test_a_block_is_told_once_with_all_its_numbers() -> None:
    (found,) = told(analyze(graph_of(REPEATED)), "CNN913")
    assert (found.span.line, found.span.column) == (6, 9)
    assert f"{16 * 8} useless parameters" in found.message
    assert [note.message for note in found.notes] == [
        "written once, 16 layers: first `stage.0.conv`",
        "in `unit`, called here",
    ]


def test_batch_changes_nothing() -> None:
    graph = network("64x32x32", conv(64, 5), "relu", conv(60), conv(300, 1), "relu", conv(256))
    one, many = (list(advise(analyze(graph, batch))) for batch in (1, 7))
    assert [found.message for found in one] == [found.message for found in many]


def test_severities_are_mild() -> None:
    assert {advice.severity for advice in RULES} == {"warning", "note"}


def test_codes_are_in_order() -> None:
    codes = [advice.code for advice in RULES]
    assert codes == [f"CNN9{number:02}" for number in range(1, len(codes) + 1)]


# -- robustness -----------------------------------------------------------------------------

HUGE = [
    ("1x1000000000", "conv: {filters: 1, kernel: 3, padding: 1000000000}"),
    ("1x1000000000", "pad: 1000000000", "conv: {filters: 1, kernel: 999999999, stride: 3}"),
    ("3x8x8", "conv: {filters: 1000000000, kernel: 5}", "conv: {filters: 1000000000, kernel: 1}"),
    ("1x100000", *["conv: {filters: 1, kernel: 3, dilation: 9000, padding: half}"] * 3),
]


@pytest.mark.parametrize("layers", HUGE, ids=lambda layers: layers[-1])
def test_huge_sizes(layers: tuple[str, ...]) -> None:
    shape, *items = layers
    assert all(found.message.isprintable() for found in advise(analyze(network(shape, *items))))


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize("seed", range(20))
def test_random_networks(seed: int, rank: int) -> None:
    for found in advise(analyze(graph_of(spec(seed, rank)))):
        assert found.message.isprintable()
        assert found.hint


CHAINS = [
    ("8x32x32", "conv: {filters: 8, kernel: 1}"),
    ("8x32x32", "conv: {filters: 8, kernel: 3, padding: 2, dilation: 2}"),
    ("8", "sigmoid"),
    ("8x32x32", "pad: 0"),
    ("8", "dropout: 0.5"),
]


@pytest.mark.parametrize(("shape", "item"), CHAINS, ids=lambda text: text)
def test_time_grows_as_the_network_does(shape: str, item: str) -> None:
    """5,000 layers; were any rule quadratic, it would take minutes."""
    assert len(list(advise(analyze(network(shape, *[item] * 5_000))))) < 5_010
