"""What a transformation leaves as it is, where, and why it says it does."""

from __future__ import annotations

from textwrap import dedent

import pytest

from cnncalc.transform import TRANSFORMATIONS, Nothing
from cnncalc.transform.wording import left, nothing
from tests.transform.networks import made_of

FOLD, TO_CONV, TO_LINEAR = TRANSFORMATIONS

CONV = "conv: {filters: 3, kernel: 3, padding: half, bias: false}"

LEFT = {
    "behind something else": (
        FOLD,
        "layers: [relu, batch_norm]",
        ["2:16: `batch_norm`: it reads `relu` (spec.yaml:2), no convolution or linear layer"],
    ),
    "statistics of what arrives": (
        FOLD,
        f"layers: [{CONV}, batch_norm: {{track: false}}]",
        ["`batch_norm`: it has `track: false`: its statistics are those of what arrives"],
    ),
    "read before it is normalised": (
        FOLD,
        f"layers: [{CONV}, batch_norm, add: [[identity], previous]]",
        ["`batch_norm`: `add` (spec.yaml:2) reads `conv` (spec.yaml:2) before it is normalised"],
    ),
    "an output before it is normalised": (
        FOLD,
        f"layers: [{{name: a, {CONV}}}, batch_norm]\noutputs: {{raw: a}}",
        ["`a` (spec.yaml:2) is an output of the network before it is normalised"],
    ),
    "shared, with norms of its own": (
        FOLD,
        f"layers: [{{name: a, {CONV}}}, batch_norm, {{share: a}}, batch_norm]",
        [
            "`batch_norm`: the weights of `a` (spec.yaml:2) are shared, and not all that use them",
            "`batch_norm_2`: the weights of `a` (spec.yaml:2) are shared, and not all that use",
        ],
    ),
    "lent to a layer of another kind": (
        FOLD,
        f"""
        layers:
          - {{name: a, {CONV}}}
          - batch_norm
          - {{share: a, conv_transpose: {{filters: 3, kernel: 3}}}}
        """,
        ["`batch_norm`: the weight of `a` (spec.yaml:3) is also that of `conv_transpose`"],
    ),
    "a weight that decodes too": (
        TO_CONV,
        """
        layers:
          - flatten
          - {name: a, linear: 3}
          - {share: a, linear: {units: 192, transposed: true}}
        """,
        [
            "`a`: the weight of `a` (spec.yaml:4) is also that of `linear` (spec.yaml:5)",
            "`linear`: the weight of `a` (spec.yaml:4) is also that of `linear` (spec.yaml:5)",
        ],
    ),
    "linear at each position": (
        TO_CONV,
        "layers: [{linear: {units: 3, per: position}}, flatten, relu]",
        ["`linear`: it reads each step or position by itself already"],
    ),
    "shared, with another eps": (
        FOLD,
        f"""
        layers:
          - {{name: a, {CONV}}}
          - {{name: n, batch_norm: }}
          - {{share: a}}
          - {{share: n, batch_norm: {{eps: 0.1}}}}
        """,
        ["`n`: the weights of `a` (spec.yaml:3) are shared", "`batch_norm`: the weights of `a`"],
    ),
    "a block that also stands without one": (
        FOLD,
        f"blocks: {{c: {{layers: [{CONV}]}}}}\nlayers: [c, batch_norm, c]",
        ["what it follows is also `c_2.conv` (spec.yaml:2), which no batch norm follows and"],
    ),
    "a norm that also stands elsewhere": (
        FOLD,
        f"""
        blocks:
          cb:
            layers:
              - {{{CONV}, when: in_channels == 3}}
              - batch_norm
        layers:
          - cb
          - conv: {{filters: 4, kernel: 1}}
          - relu
          - cb
        """,
        ["6:9: `cb.batch_norm` and 1 more: it goes in all its calls or in none, and as"],
    ),
    "a weight of a fixed size": (
        FOLD,
        "layers: [conv: {filters: 3, kernel: 3, spectral_norm: true}, batch_norm]",
        ["the `spectral_norm` of `conv` (spec.yaml:2) leaves its filters no length of their own"],
    ),
    "standardised filters": (
        FOLD,
        "layers: [conv: {filters: 3, kernel: 3, weight_standardization: true}, batch_norm]",
        ["the `weight_standardization` of `conv` (spec.yaml:2) leaves its filters no length"],
    ),
    "alone in its list": (
        FOLD,
        f"blocks: {{n: {{layers: [batch_norm]}}}}\nlayers: [{CONV}, n]",
        ["2:23: `n.batch_norm`: it stands alone in its list"],
    ),
    "a whole branch": (
        FOLD,
        f"layers: [{{name: a, {CONV}}}, add: {{x: {{from: a, batch_norm: }}, y: input}}]",
        ["`x.batch_norm`: it is a whole branch by itself"],
    ),
    "behind a comment": (
        FOLD,
        f"layers:\n  - {CONV}\n  - # why\n    batch_norm",
        ["5:5: `batch_norm`: a comment stands between its dash and itself"],
    ),
    "a length for each input": (
        FOLD,
        "layers: [conv_transpose: {filters: 3, kernel: 3, weight_norm: true}, batch_norm]",
        ["the weight norm of `conv_transpose` (spec.yaml:2) has a length for each input"],
    ),
    "of two in a row, the second": (
        FOLD,
        f"layers: [{CONV}, batch_norm, batch_norm]",
        ["`batch_norm_2`: it reads `batch_norm` (spec.yaml:2), no convolution or linear layer"],
    ),
    "only what depends on it": (
        FOLD,
        f"layers:\n  - {CONV}\n  - batch_norm\n  - relu\n  - batch_norm\n",
        ["6:5: `batch_norm_2`: it reads `relu` (spec.yaml:5)"],
    ),
    "maps of several sizes": (
        TO_CONV,
        """
        blocks: {head: {layers: [flatten, linear: 3]}}
        layers: [head]
        outputs: {b: {from: a, layers: [max_pool: 2, head]}}
        """.replace("[head]\n", "[{name: a, relu: }, head]\n", 1),
        ["`head.linear` and 1 more: it reads maps of 8x8 and 4x4: one kernel does not cover both"],
    ),
    "normalised as a vector": (
        TO_CONV,
        "layers: [flatten, batch_norm, linear: 3]",
        ["`linear`: `batch_norm` (spec.yaml:2) needs it as a vector"],
    ),
    "joined with a vector": (
        TO_CONV,
        """
        layers:
          - {name: v, global_avg_pool: }
          - {name: f, from: input, flatten: }
          - linear: 3
          - add: [v, [identity]]
          - concat: [f, [identity]]
        """,
        ["5:5: `linear`: `concat` (spec.yaml:7) joins it with what is no such map"],
    ),
    "a flatten that cannot go": (
        TO_CONV,
        "layers: [layers: [flatten], linear: 3]",
        ["`linear`: its `flatten` cannot go: it stands alone in its list"],
    ),
    "first of the repeats": (
        TO_CONV,
        "layers: [global_avg_pool, {linear: 3, repeat: 2, first: {bias: false}}]",
        ["`linear.0` and 1 more: `first` sets fields of its first repeat"],
    ),
    "what reads it needs a map": (
        TO_LINEAR,
        "layers: [{conv: {filters: 5, kernel: 8}}, relu, upsample: 2]",
        ["2:11: `conv`: `upsample` (spec.yaml:2) needs it as a map"],
    ),
    "a gate": (
        TO_LINEAR,
        """
        layers:
          - multiply:
              map: [identity]
              gate:
                - global_avg_pool: true
                - conv: {filters: 3, kernel: 1}
                - sigmoid
        """,
        ["7:11: `gate.conv`: `multiply` (spec.yaml:3) joins it with a map"],
    ),
    "a condition": (
        TO_LINEAR,
        "layers: [{conv: {filters: 5, kernel: 8}, when: in_height == 8}]",
        ["`conv`: its `when` would have to hold for a `flatten` before it, too"],
    ),
}


SOME_CHANGE = ("of two in a row, the second", "only what depends on it")


@pytest.mark.parametrize("case", LEFT)
def test_left(case: str) -> None:
    name, text, reasons = LEFT[case]
    made = made_of(f"input: 3x8x8\n{dedent(text).lstrip()}\n", name)
    lines = list(left(made))
    assert len(lines) == len(reasons)
    for line, reason in zip(lines, reasons, strict=True):
        assert line.startswith("left: spec.yaml:")
        assert reason in line
    assert isinstance(made, Nothing) == (case not in SOME_CHANGE)


def test_no_map() -> None:
    (line,) = left(made_of("input: 12\nlayers: [linear: 3]\n", TO_CONV))
    assert (
        line
        == "left: spec.yaml:2:10: `linear`: the vector of `input` (spec.yaml:1) comes from no map"
    )


NOTHING = [
    (FOLD, "[{conv: {filters: 4, kernel: 3}}, relu]", "spec: it has no batch norm"),
    (TO_CONV, "[{conv: {filters: 4, kernel: 3}}, flatten]", "spec: it has no linear layer"),
    (
        TO_LINEAR,
        "[{conv: {filters: 6, kernel: 8, groups: 3}}]",
        "spec: no convolution's kernel covers its whole map",
    ),
    (FOLD, "[relu, batch_norm]", "spec: nothing can change"),
]


@pytest.mark.parametrize(("name", "layers", "said"), NOTHING)
def test_nothing(name: str, layers: str, said: str) -> None:
    made = made_of(f"input: 3x8x8\nlayers: {layers}\n", name)
    assert isinstance(made, Nothing)
    assert nothing(made, TRANSFORMATIONS[name]) == said
