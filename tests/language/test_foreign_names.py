"""Names of other tools: each has an answer, and what an answer names or writes can be read."""

from __future__ import annotations

import re

import pytest

from cnncalc.language.text import foreign_names
from cnncalc.language.text.foreign_names import (
    CALLED,
    ELSEWHERE_IN_THE_SPEC,
    FIELDS,
    UNSAID,
    WRITTEN,
    folded,
    foreign_field,
    foreign_kind,
)
from cnncalc.layers import LAYERS
from tests.language.reading import fault, faults, spec
from tests.together import in_groups, slices

NAMES = [
    name
    for names in (*CALLED.values(), *WRITTEN.values(), *ELSEWHERE_IN_THE_SPEC.values(), UNSAID)
    for name in names.split()
]


def test_hundreds_of_names() -> None:
    assert len(foreign_names.kinds()) >= 500


def test_no_name_has_two_answers() -> None:
    answers: dict[str, set[object]] = {}
    tables = (CALLED, WRITTEN, ELSEWHERE_IN_THE_SPEC, {"unsaid": UNSAID})
    for answer, names in ((a, n) for table in tables for a, n in table.items()):
        for name in names.split():
            answers.setdefault(folded(name), set()).add(answer)
    assert {name: found for name, found in answers.items() if len(found) > 1} == {}


@in_groups(slices(NAMES, 60))
def test_every_name_is_answered(name: str) -> None:
    found = foreign_kind(name, LAYERS)
    assert found
    if found.called:
        assert found.called in LAYERS
    if folded(name) not in map(folded, LAYERS):
        assert fault(spec(name)).hint == found.hint(name)


@pytest.mark.parametrize("name", sorted({folded(name) for name in UNSAID.split()}))
def test_what_cannot_be_said_is_no_kind(name: str) -> None:
    assert name not in {folded(kind) for kind in LAYERS}


HEADS = ("input: 16x32x32", "input: 16x32", "input: 16")


@pytest.mark.parametrize("item", WRITTEN)
def test_every_example_is_read(item: str) -> None:
    """Over an image, or over a sequence."""
    text = item if item.startswith("{") else f"{{{item}}}"
    assert [] in [faults(spec(text, head=head)) for head in HEADS]


@pytest.mark.parametrize("where", ELSEWHERE_IN_THE_SPEC)
def test_every_key_is_one(where: str) -> None:
    (key,) = re.findall(r"`(\w+):", where)
    assert key in ("input", "outputs", "train", "layers", "when")


def test_every_field_is_one() -> None:
    own = {name for layer in LAYERS.values() for name in (*layer.fields, *layer.branches)}
    assert {word for word in FIELDS if word not in own} == set()


SPELLINGS = {
    "BatchNorm2d": "batch_norm",
    "nn.BatchNorm2d": "batch_norm",
    "torch.nn.BatchNorm2d": "batch_norm",
    "Conv2D": "conv",
    "tf.keras.layers.Conv2D": "conv",
    "nn.LazyConv2d": "conv",
    "CONV-2D": "conv",
    "conv2d_transpose": "conv_transpose",
    "MaxPool2d": "max_pool",
    "F.max_pool2d": "max_pool",
    "MaxPooling1D": "max_pool",
    "InnerProduct": "linear",
    "ip": "linear",
    "GlobalAveragePooling2D": "global_avg_pool",
    "AdaptiveAvgPool2d": "adaptive_avg_pool",
    "relu_layer": "relu",
    "PixelShuffle": "pixel_shuffle",
    "channel shuffle": "channel_shuffle",
    "convolutional": "conv",
    "connected": "linear",
    "LocalResponseNorm": "local_response_norm",
    "fully_connected": "linear",
    "torch.transpose": "permute",
    "nn.PixelUnshuffle": "pixel_unshuffle",
    "window_reverse": "from_windows",
}


@pytest.mark.parametrize(("name", "kind"), SPELLINGS.items(), ids=SPELLINGS)
def test_case_signs_and_modules_do_not_matter(name: str, kind: str) -> None:
    alike = folded(name) == folded(kind)
    hint = f"did you mean `{kind}`?" if alike else f"here it is called `{kind}`"
    assert fault(spec(f"{{{name}: {{}}}}")).hint == hint


def test_a_block_of_the_spec_comes_before_a_name_elsewhere() -> None:
    """Where it is the same word."""
    text = "input: 3x8x8\nblocks: {basic_block: {layers: [relu]}}\nlayers: [BasicBlock]\n"
    assert fault(text).hint == "did you mean `basic_block`?"


MEANT = {
    "glu": "gelu",
    "drop_path": "dropout",
    "matmul": "maximum",
}


@pytest.mark.parametrize(("name", "alike"), MEANT.items(), ids=MEANT)
def test_meaning_comes_before_spelling(name: str, alike: str) -> None:
    """What is only spelt alike is not told; once it is a kind, there is nothing to tell."""
    if name not in LAYERS:
        assert fault(spec(name)).hint == f"`{name}` cannot be said yet"
        assert alike in LAYERS


def test_a_word_that_nobody_has_goes_by_its_spelling() -> None:
    assert fault(spec("lineer: 3")).hint == "did you mean `linear`?"
    assert fault(spec("{conv: {filters: 3, kernal: 3}}")).hint == "did you mean `kernel`?"


FIELD_NAMES = {
    "conv: {out_channels: 3, kernel: 3}": ("out_channels", "here it is called `filters`"),
    "conv: {filters: 3, kernel_size: 3}": ("kernel_size", "here it is called `kernel`"),
    "conv: {filters: 3, kernel: 3, strides: 2}": ("strides", "here it is called `stride`"),
    "conv: {filters: 3, kernel: 3, use_bias: false}": ("use_bias", "here it is called `bias`"),
    "conv: {filters: 3, kernel: 3, dilation_rate: 2}": (
        "dilation_rate",
        "here it is called `dilation`",
    ),
    "max_pool: {pool_size: 2}": ("pool_size", "here it is called `kernel`"),
    "max_pool: {kernel: 2, ceil_mode: true}": (
        "ceil_mode",
        "`rounding: ceil` is what `ceil_mode: true` says",
    ),
    "batch_norm: {epsilon: 1e-05}": ("epsilon", "here it is called `eps`"),
    "batch_norm: {num_features: 64}": (
        "num_features",
        "leave it out: a layer reads what arrives",
    ),
    "dropout: {p: 0.5}": ("p", "here it is called `rate`"),
    "leaky_relu: {negative_slope: 0.1}": ("negative_slope", "here it is called `slope`"),
    "relu: {inplace: true}": ("inplace", "leave it out: it changes no number"),
    "conv: {filters: 3, kernel: 3, activation: relu}": (
        "activation",
        "a layer of its own behind it: `- relu`",
    ),
    "upsample: {output_size: 8}": ("output_size", "here it is called `size`"),
    "upsample: {scale: 2, antialias: true}": ("antialias", "`antialias` cannot be said yet"),
    "conv: {filters: 3, kernel: 3, pad_type: reflect}": (
        "pad_type",
        "here it is called `padding_mode`",
    ),
    "pad: {size: 1, padding_mode: reflect}": ("padding_mode", "here it is called `mode`"),
    "pad: {size: 1, constant_values: 1}": ("constant_values", "here it is called `value`"),
}


@pytest.mark.parametrize(("item", "answer"), FIELD_NAMES.items(), ids=FIELD_NAMES)
def test_fields(item: str, answer: tuple[str, str]) -> None:
    """The one fault; nothing follows from it."""
    name, hint = answer
    kind = item.partition(":")[0]
    if name in LAYERS[kind].fields:
        return
    found = fault(spec(f"{{{item}}}"))
    assert (found.message, found.hint) == (f"`{kind}` has no field `{name}`", hint)


def test_a_field_of_sequences() -> None:
    found = foreign_field("proj_size", LAYERS["lstm"].fields)
    assert found
    assert found.called == "projection"


def test_a_field_that_is_given_already_is_not_meant() -> None:
    assert foreign_field("kernel_size", ["filters", "stride"]) is None


def test_what_is_wrong_with_a_guess_stays_quiet() -> None:
    """`pading` may be `padding`; that `reflect` is none then, follows from nothing written."""
    for text in ("conv: {filters: 8, kernel: 3, pading: reflect}", "linear: {unit: [1, 2]}"):
        found = faults(spec(f"{{{text}}}", "relu"))
        assert [each.code for each in found if each.code != "CNN203"] == ["CNN202"]
