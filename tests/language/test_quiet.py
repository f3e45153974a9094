"""One fault gives one message: what depends on it stays quiet, what does not is told as well."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.language.reading import fault, faults, spec

LANGUAGE = Path(__file__).parents[1] / "fixtures" / "language.yaml"
TEXT = LANGUAGE.read_text()

# what is written instead of what, the code, and the hint where it names the word
SLIPS: dict[str, tuple[str, str, str, str | None]] = {
    "input": ("\ninput:", "\ninptu:", "CNN110", "did you mean `input`?"),
    "layers": ("\nlayers:", "\nlayer:", "CNN110", "did you mean `layers`?"),
    "blocks": ("\nblocks:", "\nblock:", "CNN110", "did you mean `blocks`?"),
    "defaults": ("\ndefaults:", "\ndefualts:", "CNN110", "did you mean `defaults`?"),
    "args": ("\nargs:", "\narg:", "CNN110", "did you mean `args`?"),
    "args of a block": ("args: {filters: ,", "arg: {filters: ,", "CNN110", "did you mean `args`?"),
    "let of a block": ("    let:", "    lets:", "CNN110", "did you mean `let`?"),
    "layers of a block": ("    layers:\n      - add", "    layer:\n      - add", "CNN110", None),
    "a default field": ("conv: {padding", "conv: {paddign", "CNN202", "did you mean `padding`?"),
    "a field": ("kernel: 1x3", "kernal: 1x3", "CNN202", "did you mean `kernel`?"),
    "a field joined to its value": ("kernel: 1x3", "kernel:1x3", "CNN202", "`kernel: 1x3`"),
    "an argument": ("{skip: stage,", "{skp: stage,", "CNN506", "did you mean `skip`?"),
    "a name": ("    name: tail", "    nmae: tail", "CNN208", "did you mean `name`?"),
    "a name by row": ("    name: name", "    nmae: name", "CNN208", "did you mean `name`?"),
    "from": ("from: right", "form: right", "CNN208", "did you mean `from`?"),
    "from of an output": ("    from: s1", "    form: s1", "CNN110", "did you mean `from`?"),
    "rows": ("    rows:", "    row:", "CNN208", "did you mean `rows`?"),
    "each": ("- each: [name,", "- each: [name name,", "CNN511", None),
    "a row": ("[s1, 16, 1, 1]", "[s1, 16, 1]", "CNN511", None),
    "first": ("    first: {stride", "    fist: {stride", "CNN208", "did you mean `first`?"),
    "a reference": ("skip: stage", "skip: stge", "CNN301", None),
    "a block's name in a call": (
        "  - library_head:",
        "  - libary_head:",
        "CNN201",
        "did you mean `library_head`?",
    ),
    "a layer that is read later": ("conv: {filters: 8,", "conv: {filters: 0,", "CNN205", None),
    "an activation": ("act: relu, deep", "act: rellu, deep", "CNN206", "did you mean `relu`?"),
    "a metric": ("  params:", "  parms:", "CNN601", "did you mean `params`?"),
    "an anchor": ("layers: {tower", "layers: &a {tower", "CNN103", None),
    "a condition": ("freeze: not deep", "freeze: not dep", "CNN501", "did you mean `deep`?"),
}


@pytest.mark.parametrize(("right", "wrong", "code", "hint"), SLIPS.values(), ids=SLIPS)
def test_one_slip_is_one_fault(right: str, wrong: str, code: str, hint: str | None) -> None:
    assert TEXT.count(right) >= 1
    found = fault(TEXT.replace(right, wrong, 1), LANGUAGE)
    assert found.code == code
    assert hint is None or found.hint == hint


def test_independent_faults_are_told_together() -> None:
    text = TEXT
    for right, wrong, code, _ in (SLIPS["a field"], SLIPS["a metric"], SLIPS["a row"]):
        assert code
        text = text.replace(right, wrong, 1)
    assert [found.code for found in faults(text, LANGUAGE)] == ["CNN202", "CNN511", "CNN601"]


FOLLOWING = [
    "relu",
    "linear: 3",
    "conv: {filters: in_channels, kernel: in_height}",
    "add: [[relu], [identity]]",
    "{conv: 3, when: in_channels > 3}",
    "{relu: , repeat: in_channels}",
    "{linear: 3, name: later}",
]


@pytest.mark.parametrize("wrong", ["rellu", "conv: {filters: 0, kernel: 3}", "linear: 3", "add"])
def test_layers_behind_a_wrong_one_stay_quiet(wrong: str) -> None:
    sound = [layer for layer in FOLLOWING if not layer.startswith("{conv")]
    assert len(faults(spec(wrong, *sound))) == 1


def test_a_field_cannot_be_taken_for_one_that_is_given() -> None:
    found = fault(spec("conv: {filters: 3, kernel: 3, kernal: 5}"))
    assert (found.code, str(found.hint)[:16]) == ("CNN202", "it has `filters`")


ELSEWHERE = {
    "convolution": ("convolution: {filters: 3, kernel: 3}", "here it is called `conv`"),
    "dense": ("dense: 10", "here it is called `linear`"),
    "swish": ("swish", "here it is called `silu`"),
    "BatchNorm2d": ("BatchNorm2d", "here it is called `batch_norm`"),
    "out_channels": ("conv: {out_channels: 3, kernel: 3}", "here it is called `filters`"),
    "in_channels": (
        "conv: {in_channels: 3, filters: 3, kernel: 3}",
        "leave it out: a layer reads what arrives",
    ),
    "p": ("dropout: {p: 0.5}", "here it is called `rate`"),
}


@pytest.mark.parametrize(("layer", "hint"), ELSEWHERE.values(), ids=ELSEWHERE)
def test_words_of_other_tools(layer: str, hint: str) -> None:
    assert fault(spec(layer)).hint == hint
