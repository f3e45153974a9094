"""What is written: the author's text, changed where it must be. Each network gives the same numbers
before and after."""

from __future__ import annotations

from textwrap import dedent

import pytest

from tests.transform.networks import agree, changed

pytestmark = pytest.mark.torch

HEAD = "name: A\ninput: 3x8x8\n"

FOLD = {
    "bias: false goes": (
        """
        layers:
          - conv: {filters: 4, kernel: 3, bias: false}   # no bias
          - batch_norm                                   # goes
          - relu
        """,
        """
        layers:
          - conv: {filters: 4, kernel: 3}   # no bias
          - relu
        """,
    ),
    "a layer that has a bias stays": (
        "layers: [{conv: {filters: 4, kernel: 3}}, {batch_norm: {eps: 1e-3}}, relu]",
        "layers: [{conv: {filters: 4, kernel: 3}}, relu]",
    ),
    "last of a list in brackets": (
        "layers: [conv: {filters: 4, kernel: 3}, batch_norm]",
        "layers: [conv: {filters: 4, kernel: 3}]",
    ),
    "mappings over several lines": (
        """
        layers:
          - conv:
              bias: false
              filters: 4   # four
              kernel: 3
          # a comment stays

          - batch_norm:
              eps: 1e-3

          - relu
        """,
        """
        layers:
          - conv:
              filters: 4   # four
              kernel: 3
          # a comment stays

          - relu
        """,
    ),
    "the default goes where all layers of the kind get a bias": (
        """
        defaults:
          conv: {padding: half, bias: false}
          batch_norm: {eps: 1e-3}
        layers:
          - conv: {filters: 4, kernel: 3}
          - batch_norm
          - conv: {filters: 4, kernel: 1, bias: true}
        """,
        """
        defaults:
          conv: {padding: half}
        layers:
          - conv: {filters: 4, kernel: 3}
          - conv: {filters: 4, kernel: 1, bias: true}
        """,
    ),
    "and with it the section": (
        """
        defaults:
          conv: {bias: false}
        layers:
          - conv: {filters: 4, kernel: 3}
          - batch_norm
        """,
        """
        layers:
          - conv: {filters: 4, kernel: 3}
        """,
    ),
    "else each layer says so itself": (
        """
        args: {width: 4}
        defaults:
          conv: {filters: 3, kernel: 3, bias: false, padding: half}
        layers:
          - conv
          - batch_norm
          - conv:
          - batch_norm
          - conv: max(width, 3)
          - batch_norm
          - {name: x, conv: width}
          - batch_norm
          - conv: 5
        """,
        """
        args: {width: 4}
        defaults:
          conv: {filters: 3, kernel: 3, bias: false, padding: half}
        layers:
          - conv: {bias: true}
          - conv: {bias: true}
          - conv: {filters: "max(width, 3)", bias: true}
          - {name: x, conv: {filters: width, bias: true}}
          - conv: 5
        """,
    ),
    "a condition becomes true": (
        """
        blocks:
          c:
            args: {n: 4, norm: true}
            layers:
              - conv: {filters: n, kernel: 3, bias: not norm}
              - {batch_norm: , when: norm}
        layers:
          - c
          - c: {n: 8, norm: false}
        """,
        """
        blocks:
          c:
            args: {n: 4, norm: true}
            layers:
              - conv: {filters: n, kernel: 3, bias: true}
        layers:
          - c
          - c: {n: 8, norm: false}
        """,
    ),
    "over the border of a block": (
        """
        blocks:
          c:
            args: {n: 4}
            layers:
              - conv: {filters: n, kernel: 3, bias: false}
        layers:
          - c
          - batch_norm
          - relu
          - c: 8
          - batch_norm
        """,
        """
        blocks:
          c:
            args: {n: 4}
            layers:
              - conv: {filters: n, kernel: 3}
        layers:
          - c
          - relu
          - c: 8
        """,
    ),
    "who refers to it refers to the layer before it": (
        """
        layers:
          - {name: conv1, conv: {filters: 4, kernel: 3}}
          - {name: bn1, batch_norm: }
          - {name: half, max_pool: 2}
          - upsample: height(bn1) // in_height
          - add: [bn1, [relu]]
        """,
        """
        layers:
          - {name: conv1, conv: {filters: 4, kernel: 3}}
          - {name: half, max_pool: 2}
          - upsample: height(conv1) // in_height
          - add: [conv1, [relu]]
        """,
    ),
    "which takes its name if it has none": (
        """
        layers:
          - conv:
              filters: 4
              kernel: 3
          - {name: bn1, batch_norm: }
          - {name: a, relu: }
          - add: [bn1, a]
        """,
        """
        layers:
          - name: bn1
            conv:
              filters: 4
              kernel: 3
          - {name: a, relu: }
          - add: [bn1, a]
        """,
    ),
    "what it reads by name": (
        """
        layers:
          - {name: a, conv: {filters: 4, kernel: 3}}
          - {name: b, from: input, conv: {filters: 4, kernel: 3}}
          - {name: n, from: a, batch_norm: }
          - add: {x: n, y: b}
        """,
        """
        layers:
          - {name: a, conv: {filters: 4, kernel: 3}}
          - {name: b, from: input, conv: {filters: 4, kernel: 3}}
          - add: {x: a, y: b}
        """,
    ),
    "shared together": (
        """
        layers:
          - {name: a, conv: {filters: 3, kernel: 3, bias: false}}
          - {name: n, batch_norm: }
          - relu
          - {share: a}
          - {share: n}
        """,
        """
        layers:
          - {name: a, conv: {filters: 3, kernel: 3}}
          - relu
          - {share: a}
        """,
    ),
    "a shared block": (
        """
        blocks:
          cb:
            layers:
              - {conv: {filters: 3, kernel: 3, bias: false}}
              - batch_norm
        layers:
          - {name: a, cb: }
          - relu
          - {share: a}
        """,
        """
        blocks:
          cb:
            layers:
              - {conv: {filters: 3, kernel: 3}}
        layers:
          - {name: a, cb: }
          - relu
          - {share: a}
        """,
    ),
    "frozen, without its own scale": (
        """
        layers:
          - {conv: {filters: 4, kernel: 3}, freeze: true}
          - {batch_norm: {affine: false}, freeze: true}
        """,
        """
        layers:
          - {conv: {filters: 4, kernel: 3}, freeze: true}
        """,
    ),
    "transposed, in groups, with strides": (
        """
        layers:
          - conv: {filters: 6, kernel: 3}
          - relu
          - conv_transpose: {filters: 9, kernel: 4, stride: 3, groups: 3, padding: 1, bias: false}
          - batch_norm
        """,
        """
        layers:
          - conv: {filters: 6, kernel: 3}
          - relu
          - conv_transpose: {filters: 9, kernel: 4, stride: 3, groups: 3, padding: 1}
        """,
    ),
    "in groups, depthwise": (
        """
        layers:
          - conv: {filters: 12, kernel: 3, groups: 3}
          - batch_norm
          - conv: {filters: 24, kernel: 3, groups: in_channels, bias: false}
          - batch_norm
        """,
        """
        layers:
          - conv: {filters: 12, kernel: 3, groups: 3}
          - conv: {filters: 24, kernel: 3, groups: in_channels}
        """,
    ),
    "with a table, weight norm, uneven padding": (
        """
        layers:
          - conv: {filters: 3, kernel: 3, table: [[0, 1], [2], [0, 1, 2]], bias: false}
          - batch_norm
          - conv: {filters: 4, kernel: 2, padding: same, weight_norm: true}
          - batch_norm
          - global_avg_pool
          - linear: {units: 5, weight_norm: true, bias: false}
          - batch_norm
        """,
        """
        layers:
          - conv: {filters: 3, kernel: 3, table: [[0, 1], [2], [0, 1, 2]]}
          - conv: {filters: 4, kernel: 2, padding: same, weight_norm: true}
          - global_avg_pool
          - linear: {units: 5, weight_norm: true}
        """,
    ),
    "names that modules have": (
        """
        layers:
          - name: train
            layers:
              - {name: type, conv: {filters: 4, kernel: 3}}
              - {name: half, batch_norm: }
        """,
        """
        layers:
          - name: train
            layers:
              - {name: type, conv: {filters: 4, kernel: 3}}
        """,
    ),
    # FLOPs: 2 * 2,916, then 2*108 of each batch norm or 108 of the bias, and 108 of the ReLU
    "figures": (
        """
        layers:
          - conv: {filters: 3, kernel: 3, bias: false}
          - batch_norm
          - relu
          - batch_norm
        expect:
          params: 93                # 3*3*3*3 + 2*3 + 2*3
          macs: 2_916               # 6*6 * 3*27
          buffers: at least 14
          flops: 6.37K
          layers:
            conv: {params: 81, output: 3x6x6}
            batch_norm: {params: 6}
            batch_norm_2: {params: 6}
        """,
        """
        layers:
          - conv: {filters: 3, kernel: 3}
          - relu
          - batch_norm
        expect:
          params: 90
          macs: 2_916               # 6*6 * 3*27
          flops: 6.26K
          layers:
            conv: {params: 84, output: 3x6x6}
            batch_norm: {params: 6}
        """,
    ),
}

TO_CONV = {
    "a linear layer behind flatten": (
        """
        layers:
          - conv: {filters: 4, kernel: 3x5}
          - flatten            # goes
          - dropout: 0.5
          - {linear: "max(3, 4)", freeze: true, name: fc}
          - batch_norm
          - softmax
        outputs:
          more: {from: fc, layers: [linear: 7]}
        """,
        """
        layers:
          - conv: {filters: 4, kernel: 3x5}
          - dropout: 0.5
          - {conv: {filters: "max(3, 4)", kernel: 6x4}, freeze: true, name: fc}
          - batch_norm
          - softmax
        outputs:
          more: {from: fc, layers: [conv: {filters: 7, kernel: 1}]}
        """,
    ),
    "whatever the defaults are": (
        """
        defaults:
          conv: {padding: half, stride: 2, bias: false, kernel: 3}
          linear: {bias: false}
        layers:
          - conv: 4
          - flatten
          - linear: 10
          - relu
          - linear: {units: 4, bias: true}
          - linear:
              units: 3   # three
        """,
        """
        defaults:
          conv: {padding: half, stride: 2, bias: false, kernel: 3}
        layers:
          - conv: 4
          - conv: {filters: 10, kernel: 4, stride: 1, padding: 0}
          - relu
          - conv: {filters: 4, kernel: 1, stride: 1, bias: true}
          - conv: {filters: 3, kernel: 1, stride: 1}   # three
        """,
    ),
    "a global pool keeps its axes": (
        """
        layers:
          - concat:
              a: [global_avg_pool]
              b: [{conv: {filters: 2, kernel: 8}}, flatten]
          - linear: {units: 5, weight_norm: true}
          - prelu: {shared: false}
        """,
        """
        layers:
          - concat:
              a: [global_avg_pool: true]
              b: [{conv: {filters: 2, kernel: 8}}]
          - conv: {filters: 5, kernel: 1, weight_norm: true}
          - prelu: {shared: false}
        """,
    ),
    "one block, several calls": (
        """
        args: {units: [6, 5]}
        blocks:
          head:
            args: {n: }
            layers:
              - flatten
              - linear: n
        layers:
          - {name: a, conv: {filters: 2, kernel: 3}}
          - head: units[0]
        outputs:
          b: {from: a, layers: [head: "units[1]"]}
        """,
        """
        args: {units: [6, 5]}
        blocks:
          head:
            args: {n: }
            layers:
              - conv: {filters: n, kernel: 6}
        layers:
          - {name: a, conv: {filters: 2, kernel: 3}}
          - head: units[0]
        outputs:
          b: {from: a, layers: [head: "units[1]"]}
        """,
    ),
    "figures": (
        """
        layers:
          - {name: fc6, flatten: }
          - linear: 5
          - {name: scores, linear: 2}
        expect:
          output: 2
          layers:
            fc6: {output: 192}
            linear: {output: 5, params: 965}
        """,
        """
        layers:
          - conv: {filters: 5, kernel: 8}
          - {name: scores, conv: {filters: 2, kernel: 1}}
        expect:
          output: 2x1x1
          layers:
            conv: {output: 5x1x1, params: 965}
        """,
    ),
}

TO_LINEAR = {
    "a convolution that covers its map": (
        """
        defaults: {conv: {bias: false, padding: 0}, linear: {bias: false}}
        layers:
          - conv: {filters: 4, kernel: 3, padding: 1}
          - name: fc
            conv:
              filters: max(3, 4)
              kernel: 8
              bias: true
          - batch_norm
          - {conv: {filters: 4, kernel: 1, stride: 3}, repeat: 2}
        outputs: {o: fc}
        """,
        """
        defaults: {conv: {bias: false, padding: 0}, linear: {bias: false}}
        layers:
          - conv: {filters: 4, kernel: 3, padding: 1}
          - flatten
          - name: fc
            linear: {units: "max(3, 4)", bias: true}
          - batch_norm
          - {linear: 4, repeat: 2}
        outputs: {o: fc}
        """,
    ),
    "a flatten further down goes": (
        "layers: [conv: {filters: 5, kernel: 8, bias: false}, tanh, flatten, linear: 3]",
        "layers: [flatten, linear: {units: 5, bias: false}, tanh, linear: 3]",
    ),
    "a global pool gives up its axes": (
        """
        layers:
          - {name: pool, global_max_pool: true}
          - conv: {filters: 5, kernel: 1}
          - relu
          - conv: {filters: 5, kernel: 1}
        """,
        """
        layers:
          - {name: pool, global_max_pool}
          - linear: 5
          - relu
          - linear: 5
        """,
    ),
}


def cases(name: str, table: dict[str, tuple[str, str]]) -> list[object]:
    return [pytest.param(name, *texts, id=f"{name}: {case}") for case, texts in table.items()]


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        *cases("fold-batch-norm", FOLD),
        *cases("fc-to-conv", TO_CONV),
        *cases("conv-to-fc", TO_LINEAR),
    ],
)
def test_text(name: str, before: str, after: str) -> None:
    suffix = {
        "fold-batch-norm": "batch norm folded",
        "fc-to-conv": "fully convolutional",
        "conv-to-fc": "fully connected",
    }
    made = changed(HEAD + dedent(before).lstrip("\n"), name)
    head = HEAD.replace("name: A", f"name: A ({suffix[name]})")
    assert made.text == head + dedent(after).lstrip("\n")
    agree(made)


SIGNALS = [
    ("fold-batch-norm", "3x32", "[{conv: {filters: 4, kernel: 3, bias: false}}, batch_norm]"),
    ("fold-batch-norm", "3x4x5x6", "[{conv: {filters: 4, kernel: 3}}, batch_norm, relu]"),
    ("fold-batch-norm", "3x9", "[{conv_transpose: {filters: 4, kernel: 3}}, batch_norm, relu]"),
    ("fold-batch-norm", "12", "[{linear: {units: 4, bias: false}}, batch_norm, relu]"),
    ("fc-to-conv", "3x32", "[flatten, linear: 5, relu, linear: 2]"),
    ("fc-to-conv", "3x4x5x6", "[flatten, linear: 5, relu, linear: 2]"),
    ("conv-to-fc", "3x32", "[{conv: {filters: 5, kernel: 32}}, relu]"),
    ("conv-to-fc", "3x4x5x6", "[{conv: {filters: 5, kernel: 4x5x6}}, relu]"),
]


@pytest.mark.parametrize(("name", "shape", "layers"), SIGNALS)
def test_any_rank(name: str, shape: str, layers: str) -> None:
    agree(changed(f"input: {shape}\nlayers: {layers}\n", name))


NAMES = [
    ("name: A\n", "name: A (batch norm folded)\n"),
    ("name: 'a: b'   # why\n", 'name: "a: b (batch norm folded)"   # why\n'),
    ("name: >\n  A\n  b\n", 'name: "A b (batch norm folded)"\n'),
    ("", "name: spec (batch norm folded)\n"),
]


@pytest.mark.parametrize(("before", "after"), NAMES)
def test_name(before: str, after: str) -> None:
    rest = "input: 3x8x8\nlayers: [{conv: {filters: 4, kernel: 3}}, batch_norm]\n"
    assert changed(before + rest, "fold-batch-norm").text.startswith(f"{after}input")


def test_a_spec_in_brackets() -> None:
    text = "{input: 3x8x8, layers: [conv: {filters: 4, kernel: 3}, batch_norm]}\n"
    after = (
        "{name: spec (batch norm folded), input: 3x8x8, layers: [conv: {filters: 4, kernel: 3}]}\n"
    )
    assert changed(text, "fold-batch-norm").text == after


def test_line_ends_stay() -> None:
    lines = [
        "name: A",
        "input: 3x8x8",
        "layers:",
        "  - conv:",
        "      filters: 3",
        "      kernel: 3",
    ]
    text = "\r\n".join([*lines, "  - batch_norm", "  - conv: {filters: 8, kernel: 6}", ""])
    assert "\n" not in changed(text, "fold-batch-norm").text.replace("\r\n", "")
    assert "\n" not in changed(text, "conv-to-fc").text.replace("\r\n", "")
