"""The tables of docs/numbers.md say what the code does."""

import json
import re
from collections.abc import Iterator, Sequence
from math import prod

import pytest

from cnncalc.analysis import analyze
from cnncalc.language.load import load
from cnncalc.layers import LAYERS
from cnncalc.layers.base import Layer, Ops
from cnncalc.layers.convolution.conv import Conv, ConvTranspose
from cnncalc.layers.convolution.deform import DeformConv
from cnncalc.layers.convolution.fixed import BlurPool, FixedFilter
from cnncalc.layers.convolution.linear import Linear
from cnncalc.layers.convolution.local import LocallyConnected
from cnncalc.layers.historic.classic import Rbf, Subsample
from cnncalc.layers.historic.neocognitron import CCells, SCells
from cnncalc.layers.joins.join import (
    Add,
    Average,
    Concat,
    Divide,
    Maximum,
    Minimum,
    Multiply,
    Subtract,
)
from cnncalc.layers.joins.matmul import Matmul
from cnncalc.layers.moving.partition import FromWindows, ToWindows
from cnncalc.layers.moving.pixels import PixelUnshuffle
from cnncalc.layers.moving.rearrange import Flip, Permute, Reshape, Roll, Unflatten
from cnncalc.layers.moving.reshape import (
    ChannelShuffle,
    Crop,
    Flatten,
    Pad,
    PadChannels,
    PixelShuffle,
    Slice,
)
from cnncalc.layers.moving.upsample import Upsample
from cnncalc.layers.norms.batch import FrozenBatchNorm, MeanOnlyBatchNorm
from cnncalc.layers.norms.norm import (
    BatchNorm,
    GroupNorm,
    InstanceNorm,
    LayerNorm,
    LayerScale,
    LocalResponseNorm,
    RmsNorm,
    Scale,
)
from cnncalc.layers.norms.response import GlobalResponseNorm, Normalize
from cnncalc.layers.pointwise.activation import Gelu, PRelu, Threshold
from cnncalc.layers.pointwise.competing import LogSoftmax, Softmax
from cnncalc.layers.pointwise.constant import Clamp, Power, Shift
from cnncalc.layers.pointwise.curved import ROWS
from cnncalc.layers.pointwise.dropout import AlphaDropout, Dropout, DropPath, GaussianNoise
from cnncalc.layers.pointwise.gated import Glu
from cnncalc.layers.pointwise.maxout import Maxout
from cnncalc.layers.pooling.adaptive import (
    AdaptiveAvgPool,
    AdaptiveMaxPool,
    GlobalAvgPool,
    GlobalMaxPool,
)
from cnncalc.layers.pooling.gem import GemPool
from cnncalc.layers.pooling.pool import AvgPool, LpPool, MaxPool
from cnncalc.layers.pooling.reduction import Max, Mean, Min, Norm, Std, Summation, Variance
from cnncalc.layers.pooling.roi import PsRoiPool, RoiAlign, RoiPool
from cnncalc.layers.pooling.unpool import MaxUnpool
from cnncalc.layers.sequences.attention import Attention
from cnncalc.layers.sequences.offsets import ByOffset
from cnncalc.layers.sequences.positions import Fixed, Learned, SinusoidalPosition
from cnncalc.layers.sequences.recurrent import Gru, Lstm, Rnn
from cnncalc.layers.sequences.sequence import ClassToken, Embedding, Position, ToSequence
from cnncalc.report.table.table import table
from cnncalc.report.table.to_json import document
from tests.docs.pages import ROOT

PAGE = (ROOT / "docs" / "numbers.md").read_text(encoding="utf-8")


def table_headed(head: str) -> list[list[str]]:
    """The cells of the table whose head begins so, line by line."""
    lines = PAGE[PAGE.index(f"| {head} |") :].partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


# -- operations -----------------------------------------------------------------------------

IMAGE = (8, 6, 9)
VALUES = prod(IMAGE)
POSITIONS = 6 * 9
SEQUENCE = (8, 7)
POOLED = 8 * 3 * 4  # by a window of 2x2


def ops(layer: Layer, *inputs: tuple[int, ...]) -> Ops:
    """What a layer takes besides MACs."""
    return layer.ops(*(inputs or (IMAGE,)))._replace(macs=0)


def affine(layer: Layer, plain: Layer) -> Ops:
    """What a scale and a shift add."""
    return Ops(*(a - b for a, b in zip(ops(layer), ops(plain), strict=True)))


def more(layer: Attention, *others: tuple[int, ...]) -> Ops:
    """What an attention takes that one with as many heads does not."""
    plain = Attention(layer.heads).ops(SEQUENCE)
    both = zip(layer.ops(SEQUENCE, *others), plain, strict=True)
    return Ops(*(a - b for a, b in both))


MOVED = (IMAGE, (2 * 3 * 3, 4, 7))
"""An image, and offsets for windows of 3x3."""


def less(inputs: Sequence[tuple[int, ...]], layer: Layer, plain: Layer) -> Ops:
    """What one takes that the other does not."""
    both = zip(ops(layer, *inputs), ops(plain, *inputs), strict=True)
    return Ops(*(a - b for a, b in both))


def masked(layer: DeformConv) -> Ops:
    """What a mask adds."""
    both = zip(ops(layer, *MOVED, (3 * 3, 4, 7)), ops(layer, *MOVED), strict=True)
    return Ops(*(a - b for a, b in both))


Sample = tuple[Ops, int, dict[str, int]]
"""What a layer takes, for how many of what the row counts, and the row's letters."""

SAMPLES: dict[str, list[Sample]] = {
    "`conv`": [
        (ops(LocallyConnected(6, 3)), 6 * 4 * 7, {}),
        (less(MOVED, DeformConv(6, 3), DeformConv(6, 3, bias=False)), 6 * 4 * 7, {}),
        (ops(Conv(6, 3)), 6 * 4 * 7, {}),
        (ops(ConvTranspose(6, 2, 2)), 6 * 12 * 18, {}),
        (ops(Linear(10), (8,)), 10, {}),
        (ops(Linear(10), SEQUENCE), 10 * 7, {}),
    ],
    "`max_pool`": [
        (ops(MaxPool(2)), POOLED, {"k": 4}),
        (ops(AdaptiveMaxPool((3, 3))), 8 * 3 * 3, {"k": 2 * 3}),
    ],
    "`avg_pool`": [
        (ops(AvgPool(2)), POOLED, {"k": 4}),
        (ops(AdaptiveAvgPool((3, 3))), 8 * 3 * 3, {"k": 2 * 3}),
    ],
    "`lp_pool`": [(ops(LpPool(2)), POOLED, {"k": 4})],
    "`global_avg_pool`": [(ops(GlobalAvgPool()), 8, {"N": POSITIONS})],
    "`global_max_pool`": [(ops(GlobalMaxPool()), 8, {"N": POSITIONS})],
    "`batch_norm`": [
        (ops(BatchNorm()), VALUES, {}),
        (ops(InstanceNorm(track=True)), VALUES, {}),
        (ops(FrozenBatchNorm()), VALUES, {}),
    ],
    "`mean_only_batch_norm`": [(ops(MeanOnlyBatchNorm()), VALUES, {})],
    "`layer_norm`": [
        (ops(LayerNorm("channels", affine=False)), POSITIONS, {"n": 8}),
        (ops(LayerNorm("all", affine=False)), 1, {"n": VALUES}),
        (ops(GroupNorm(4, affine=False)), 4, {"n": VALUES // 4}),
        (ops(BatchNorm(affine=False, track=False)), 8, {"n": POSITIONS}),
        (ops(InstanceNorm()), 8, {"n": POSITIONS}),
    ],
    "`rms_norm`": [
        (ops(RmsNorm("channels", affine=False)), POSITIONS, {"n": 8}),
        (ops(RmsNorm("all", affine=False)), 1, {"n": VALUES}),
    ],
    "`rms_norm` with `affine`": [
        (affine(RmsNorm("all"), RmsNorm("all", affine=False)), VALUES, {}),
    ],
    "the same four": [
        (affine(LayerNorm("all"), LayerNorm("all", affine=False)), VALUES, {}),
        (affine(GroupNorm(4), GroupNorm(4, affine=False)), VALUES, {}),
        (affine(BatchNorm(track=False), BatchNorm(affine=False, track=False)), VALUES, {}),
        (affine(InstanceNorm(affine=True), InstanceNorm()), VALUES, {}),
    ],
    "`local_response_norm`": [(ops(LocalResponseNorm(5)), VALUES, {"size": 5})],
    "`layer_scale`": [(ops(LayerScale()), VALUES, {}), (ops(Scale(0.17)), VALUES, {})],
    "`prelu`": [(ops(PRelu()), VALUES, {})],
    "`gelu`": [(ops(Gelu()), VALUES, {})],
    "`gelu` by `tanh`": [(ops(Gelu("tanh")), VALUES, {})],
    "`threshold`": [(ops(Threshold()), VALUES, {})],
    "`glu`": [(ops(Glu("identity")), VALUES // 2, {})],
    "`softmax`": [
        (ops(Softmax()), POSITIONS, {"n": 8}),
        (ops(Softmax("width")), 8 * 6, {"n": 9}),
        (ops(Softmax(among=2)), VALUES // 2, {"n": 2}),
    ],
    "`log_softmax`": [(ops(LogSoftmax()), POSITIONS, {"n": 8})],
    "`global_response_norm`": [(ops(GlobalResponseNorm()), 1, {"C": 8, "N": POSITIONS})],
    "`normalize`": [
        (ops(Normalize()), POSITIONS, {"n": 8}),
        (ops(Normalize("space")), 8, {"n": POSITIONS}),
    ],
    "`gem_pool`": [(ops(GemPool()), 1, {"C": 8, "N": POSITIONS})],
    "`mean`": [(ops(Mean("channels")), POSITIONS, {"n": 8})],
    "`sum`": [(ops(Summation("space")), 8, {"n": POSITIONS})],
    "`max`": [
        (ops(Max("width")), 8 * 6, {"n": 9}),
        (ops(Min("all")), 1, {"n": VALUES}),
    ],
    "`norm`": [(ops(Norm("channels")), POSITIONS, {"n": 8})],
    "`norm` with a `p` of 1": [(ops(Norm("channels", p=1.0)), POSITIONS, {"n": 8})],
    "`norm` with another `p`": [(ops(Norm("channels", p=3.0)), POSITIONS, {"n": 8})],
    "`variance`": [(ops(Variance("space")), 8, {"n": POSITIONS})],
    "`std`": [(ops(Std("space", correction=0)), 8, {"n": POSITIONS})],
    "`shift`": [(ops(Shift(0.5)), VALUES, {})],
    "`power`": [(ops(Power(3.0)), VALUES, {})],
    "`clamp`": [(ops(Clamp(0.0)), VALUES, {"b": 1}), (ops(Clamp(0.0, 1.0)), VALUES, {"b": 2})],
    "`upsample`": [
        (ops(Upsample(2, "linear")), 4 * VALUES, {"t": 2 * 2}),
        (ops(Upsample(2, "cubic")), 4 * VALUES, {"t": 4 * 4}),
    ],
    "`add`": [
        (ops(Add(), IMAGE, IMAGE, IMAGE), VALUES, {"n": 3}),
        (ops(Subtract(), IMAGE, IMAGE), VALUES, {"n": 2}),
    ],
    "`multiply`": [(ops(Multiply(), IMAGE, (8, 1, 1)), VALUES, {"n": 2})],
    "`divide`": [(ops(Divide(), IMAGE, (8, 1, 1)), VALUES, {"n": 2})],
    "`maximum`": [
        (ops(Maximum(), IMAGE, IMAGE, IMAGE), VALUES, {"n": 3}),
        (ops(Minimum(), IMAGE, IMAGE), VALUES, {"n": 2}),
    ],
    "`average`": [(ops(Average(), IMAGE, IMAGE, IMAGE), VALUES, {"n": 3})],
    "`max_unpool`": [(ops(MaxUnpool(MaxPool(2)), (8, 3, 4), IMAGE), 8 * 3 * 4, {"k": 4})],
    "`deform_conv`": [(ops(DeformConv(6, 3, bias=False), *MOVED), 8 * 3 * 3 * 4 * 7, {})],
    "`deform_conv` with a `mask`": [(masked(DeformConv(6, 3)), 8 * 3 * 3 * 4 * 7, {})],
    "`roi_pool`": [(ops(RoiPool(3), IMAGE, (4, 5)), 8 * 5 * 3 * 3, {"k": 2 * 3})],
    "`psroi_pool`": [(ops(PsRoiPool((2, 1)), IMAGE, (4, 5)), 4 * 5 * 2, {"k": 3 * 9})],
    "`roi_align`": [(ops(RoiAlign(3), IMAGE, (4, 5)), 8 * 5 * 3 * 3, {"n": 4})],
    "`subsample`": [(ops(Subsample(2)), POOLED, {"k": 4})],
    "`s_cells`": [
        (ops(SCells(5, 3, 1)), 1, {"N": VALUES, "P": 5, "M": POSITIONS}),
        (ops(SCells(5, 3)), 1, {"N": VALUES, "P": 5, "M": 4 * 7}),
    ],
    "`c_cells`": [(ops(CCells(2, 2)), 3 * 4, {"C": 8})],
    "`maxout`": [(ops(Maxout(2)), VALUES // 2, {"k": 2})],
    "`rbf`": [(ops(Rbf(10), (84,)), 10, {"N": 84})],
    "`rnn`": [(ops(Rnn(5), SEQUENCE), 5 * 7, {})],
    "`lstm`": [(ops(Lstm(5), SEQUENCE), 5 * 7, {})],
    "`gru`": [(ops(Gru(5), SEQUENCE), 5 * 7, {})],
    "`attention`": [
        (ops(Attention(2), SEQUENCE), 2 * 7, {"d": 4, "T": 7}),
        (ops(Attention(2, causal=True), (8, 5, 7)), 2 * 5 * 7, {"d": 4, "T": 7}),
        (ops(Attention(2), SEQUENCE, (8, 7)), 2 * 7, {"d": 4, "T": 7}),
    ],
    "`attention` with `relative`": [(more(Attention(2, relative=True)), 2 * 7 * 7, {})],
    "`attention` with `score_bias`": [(more(Attention(2, score_bias=True)), 2 * 7 * 7, {})],
    "`attention` with `bias_from`": [
        (more(Attention(2), SEQUENCE, SEQUENCE, (7, 7)), 2 * 7 * 7, {})
    ],
    "`attention` with `shift` or `alibi`": [
        (more(Attention(2, alibi=True)), 2 * 7 * 7, {}),
        (more(Attention(2, alibi=True, size=7, shift=1)), 2 * 7 * 7, {}),
    ],
    **{
        f"`attention` with `qk_norm: {norm}`": [
            (more(Attention(2, qk_norm=norm)), 2 * 2 * 7, {"d": 4})
        ]
        for norm in ("layer_norm", "rms_norm")
    },
    "`attention` with `rotary`": [(more(Attention(2, rotary=10.0)), 2 * 8 * 7, {})],
    "`position`": [
        (ops(Position()), VALUES, {}),
        (ops(SinusoidalPosition(), SEQUENCE), 8 * 7, {}),
    ],
    "`concat`": [
        (ops(Embedding(10, 8), (7,)), 8 * 7, {}),
        (ops(ClassToken(), SEQUENCE), 8 * 8, {}),
        (ops(Concat(), IMAGE, IMAGE), VALUES, {}),
        (ops(Matmul(), (9, 8), SEQUENCE), 9 * 7, {}),
        (ops(Learned(4, 3)), VALUES, {}),
        (ops(Fixed(4, 3)), VALUES, {}),
        (ops(ByOffset(2), (8, 3)), 8 * 2 * 2, {}),
        (ops(ToWindows(2), (8, 4, 4)), 8 * 4 * 4, {}),
        (ops(PixelUnshuffle(2), (8, 4, 4)), 8 * 4 * 4, {}),
        (ops(Permute((1, 0)), SEQUENCE), 8 * 7, {}),
        (ops(FromWindows(2), (8, 4, 4)), 8 * 4 * 4, {}),
        *(
            (ops(layer), VALUES, {})
            for layer in (
                Dropout(0.5),
                AlphaDropout(0.5),
                DropPath(0.5),
                GaussianNoise(0.5),
                Flatten(),
                Slice(),
                Pad(1),
                PadChannels(8),
                Crop(1),
                ChannelShuffle(2),
                PixelShuffle(2),
                BlurPool(3),
                FixedFilter("laplace"),
                Upsample(2),
                ToSequence(),
                Reshape((-1,)),
                Unflatten((1, -1)),
                Roll(1),
                Flip(0),
            )
        ),
    ],
}

COSTS = table_headed("kinds | for each | operations")
COST = re.compile(r"(?:(\d+)|`([^`]+)`) ([a-z]+?)s?$")


@pytest.mark.parametrize("cells", COSTS, ids=[row[0] for row in COSTS])
def test_operations(cells: list[str]) -> None:
    kinds, _, operations = cells
    samples = SAMPLES[re.split(",|;| and ", kinds)[0]]
    for found, count, letters in samples:
        each = Ops(**dict(counts(operations, letters)))
        assert found == each.scaled(count)


def counts(operations: str, letters: dict[str, int]) -> Iterator[tuple[str, int]]:
    """`` `k-1` additions, 1 division`` as sorts and numbers."""
    for part in operations.split(", ") if operations != "nothing" else []:
        match = COST.match(part)
        assert match, part
        number, formula, sort = match.groups()
        value = int(number) if number else eval(formula, {}, letters)  # our own page's formula
        yield f"{sort}s", value


FIELDS = {
    *("track", "affine", "relative", "shift", "alibi", "rotary", "score_bias", "bias_from"),
    *("gate", "p", "mask"),
}
"""Those that rows name beside a kind."""


def test_every_kind_has_its_operations() -> None:
    assert len(COSTS) == len(SAMPLES)
    named = {word for cells in COSTS for word in re.findall(r"`(\w+)`", cells[0])}
    known = {*named, *(row.kind for row in ROWS), "activation"} - (FIELDS - {*LAYERS})
    assert known == {kind for kind, layer in LAYERS.items() if not layer.stated}


# -- the JSON document ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "part"), [("document", None), ("of `totals`", "totals"), ("of one of", "layers")]
)
def test_json_fields(head: str, part: str | None) -> None:
    summary = analyze(load(ROOT / "specs" / "lenet" / "lenet5.yaml"))
    whole = document(summary, table(summary, ("kind",), None).lines)
    found = json.loads(json.dumps(whole))
    fields = found if part is None else found[part]
    if isinstance(fields, list):
        fields = fields[0]
    head = "of one of `layers`" if part == "layers" else head
    told = [word for cells in table_headed(head) for word in re.findall(r"`(\w+)`", cells[0])]
    assert sorted(told) == sorted(fields)
    if part == "totals":
        sorts = next(cells[1] for cells in table_headed(head) if cells[0] == "`ops`")
        assert re.findall(r"`(\w+)`", sorts) == list(fields["ops"])
