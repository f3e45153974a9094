"""Blocks and expressions: `CNN5xx`."""

from cnncalc.codes.page import page

PAGES = {
    "CNN501": page(
        "an unknown name",
        """The word stands for nothing here. An expression sees the arguments and the `let` of its
    own block, the network's `args`, the columns of `each`, the repeat's index `i`, and what
    arrives: `in_channels`, `in_height`, `in_width`, `in_depth`, `in_length`. Of the caller of a
    block it sees nothing.""",
        """
input: 3x32x32
args: {width: 16}
layers:
  - conv: {filters: 2 * widht, kernel: 3}
""",
        """
input: 3x32x32
args: {width: 16}
layers:
  - conv: {filters: 2 * width, kernel: 3}
""",
    ),
    "CNN502": page(
        "neither a number nor an expression",
        """Numbers are decimal: `10`, `0.5`, `1e-3`, `25_600`; a size is `3x3` or `[3, 3]`. YAML's
    other forms (`010` for eight, `0x10`, `1:30` for ninety) are refused, because they are
    mistaken for what they are not. An expression is at most 200 characters long.""",
        """
input: 3x32x32
layers:
  - conv: {filters: 010, kernel: 3}
""",
        """
input: 3x32x32
layers:
  - conv: {filters: 10, kernel: 3}
""",
    ),
    "CNN503": page(
        "not allowed in an expression",
        """Expressions are arithmetic and conditions, nothing else: numbers, names, `+ - * / // %
    **`, comparisons, `in`, `and`, `or`, `not`, `a if b else c`, lists and `x[0]`, and calls of
    `min max round ceil floor sqrt int divisible channels height width`. A spec cannot run
    code.""",
        """
input: 3x32x32
layers:
  - conv: {filters: (16).bit_length(), kernel: 3}
""",
        """
input: 3x32x32
layers:
  - conv: {filters: ceil(4.5), kernel: 3}
""",
    ),
    "CNN504": page(
        "an expression without a value",
        """The expression cannot be evaluated with the values at hand: a division by zero, a number
    beyond 10^15, an index behind the end of a list, a word where a number is wanted, a size
    that the arriving tensor does not have.""",
        """
input: 3x32x32
args: {depths: [16, 32]}
layers:
  - conv: {filters: "depths[2]", kernel: 3}
""",
        """
input: 3x32x32
args: {depths: [16, 32]}
layers:
  - conv: {filters: "depths[1]", kernel: 3}
""",
    ),
    "CNN505": page(
        "an argument is missing",
        """The block has an argument without a default, and the call does not give it; or an
    argument of the network has no value.""",
        """
input: 3x32x32
blocks:
  unit:
    args: {filters: , kernel: 3}
    layers: [{conv: {filters: filters, kernel: kernel}}]
layers:
  - unit
""",
        """
input: 3x32x32
blocks:
  unit:
    args: {filters: , kernel: 3}
    layers: [{conv: {filters: filters, kernel: kernel}}]
layers:
  - unit: 16
""",
    ),
    "CNN506": page(
        "no such argument",
        """The block has no argument of that name; its `args` list them.""",
        """
input: 3x32x32
blocks:
  unit:
    args: {filters: }
    layers: [{conv: {filters: filters, kernel: 2}}]
layers:
  - unit: {filters: 16, stride: 2}
""",
        """
input: 3x32x32
blocks:
  unit:
    args: {filters: , stride: 1}
    layers: [{conv: {filters: filters, kernel: 2, stride: stride}}]
layers:
  - unit: {filters: 16, stride: 2}
""",
    ),
    "CNN507": page(
        "a block that calls itself",
        """A block calls itself, directly or through another: it would never end. `repeat` runs a
    block several times in a row.""",
        """
input: 3x32x32
blocks:
  unit:
    layers: [relu, unit]
layers:
  - unit
""",
        """
input: 3x32x32
blocks:
  unit:
    layers: [relu]
layers:
  - {unit: , repeat: 2}
""",
    ),
    "CNN508": page(
        "the network is too large",
        """Repeats, rows and blocks multiply to more layers than a network may have, or stand too
    deep in each other. The bound is a million layers, counted as if every `when` held; the
    largest published networks have a few thousand.""",
        """
input: 3x32x32
layers:
  - {relu: , repeat: 1_000_000_000}
""",
        """
input: 3x32x32
layers:
  - {relu: , repeat: 10}
""",
    ),
    "CNN509": page(
        "not the definition of a block",
        """A block is a mapping with `layers`, and where it takes any, `args` and `let`. Two
    included files may not define the same block: which one is meant would depend on their
    order.""",
        """
input: 3x32x32
blocks:
  unit:
    args: {filters: 16}
layers:
  - relu
""",
        """
input: 3x32x32
blocks:
  unit:
    args: {filters: 16}
    layers: [{conv: {filters: filters, kernel: 3}}]
layers:
  - unit
""",
    ),
    "CNN510": page(
        "extends or include leads nowhere",
        """`extends` names one file, `include` a list of them, and no file may lead back to
    itself.""",
        """
extends: [base.yaml, other.yaml]
input: 3x32x32
layers:
  - relu
""",
        """
input: 3x32x32
layers:
  - relu
""",
    ),
    "CNN511": page(
        "each and rows do not go together",
        """`each` names the columns of a table, `rows` gives one list of values for every run of the
    item, as many as there are names.""",
        """
input: 3x32x32
layers:
  - each: [filters, count]
    rows: [[16, 1], [32]]
    layers: [{conv: {filters: filters, kernel: 3, padding: half}}, relu]
    repeat: count
""",
        """
input: 3x32x32
layers:
  - each: [filters, count]
    rows: [[16, 1], [32, 2]]
    layers: [{conv: {filters: filters, kernel: 3, padding: half}}, relu]
    repeat: count
""",
    ),
    "CNN512": page(
        "--set names no argument",
        """`--set NAME=VALUE` replaces an argument that the spec lists under `args`. This spec has
    none of that name; what is not listed there is fixed.""",
        "$ cnncalc analyze resnet50 --set widht=32",
        """
input: 3x32x32
args: {width: 64}
layers:
  - conv: {filters: width, kernel: 3}
""",
    ),
    "CNN513": page(
        "costs more than any network needs",
        """Reading the spec comes to more steps than any network takes: lists that hold lists over
    and over, blocks that call blocks without end, many names copied many times. A step is a name
    or an operation of an expression, or an element of a list that is made or looked through. A
    spec is allowed two million, and one more for each character of its files: a network of
    thousands of layers takes some ten thousand. It is read no further. Of
    more than ten thousand faults only the number is told.""",
        """
input: 3x32x32
args:
  ten: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
  hundred: [ten, ten, ten, ten, ten, ten, ten, ten, ten, ten]
  thousand: [hundred, hundred, hundred, hundred, hundred, hundred, hundred, hundred, hundred]
  many: [thousand, thousand, thousand, thousand, thousand, thousand, thousand, thousand]
  more: [many, many, many, many, many, many, many, many, many, many, many, many, many]
  most: [more, more, more, more, more, more, more, more, more, more, more, more, more]
  all: [most, most, most, most, most, most, most, most, most, most, most, most, most]
layers:
  - linear: 10
""",
        """
input: 3x32x32
args: {depths: [2, 3, 4]}
layers:
  - conv: {filters: "depths[0]", kernel: 3}
""",
    ),
    "CNN514": page(
        "no such input",
        """From outside, a spec's input may be given another shape: a shape alone where there is one
    input, shapes by name where there are several. This spec has none of that name, or has
    several. An input that has no name is called `input`.""",
        "$ cnncalc analyze resnet50 --input image=3x320x320",
        """
input: {image: 3x320x320}
layers:
  - {from: image, conv: {filters: 64, kernel: 3}}
""",
    ),
}
