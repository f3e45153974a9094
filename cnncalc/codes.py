"""Every diagnostic code: what it says, why it is refused, a spec that has it and one that is sound.

`CNN1xx` YAML and files, `2xx` fields, `3xx` wiring, `4xx` shapes, `5xx` blocks and expressions,
`6xx` expectations, `7xx` recipes. A code is never reused.
"""

from __future__ import annotations

from typing import NamedTuple


class Page(NamedTuple):
    """The page of a code.

    bad: a spec with this fault and no other; after `$ `, a command, where no text is at fault
    good: a sound spec
    """

    title: str
    explanation: str
    bad: str
    good: str


CODES: dict[str, Page] = {}


def _page(code: str, title: str, explanation: str, bad: str, good: str) -> None:
    paragraph = " ".join(explanation.split())
    CODES[code] = Page(title, paragraph, bad.strip() + "\n", good.strip() + "\n")


# -- YAML and files -------------------------------------------------------------------------

_page(
    "CNN101",
    "not YAML",
    """The text is not YAML: a bracket or a quote is left open, a line is indented by a tab or
    not as deep as its neighbours, or a value holds `: `, which YAML takes for a key. Nothing
    behind that place can be read.""",
    """
input: 3x32x32
layers:
  - conv: {filters: 16, kernel: 3
  - relu
""",
    """
input: 3x32x32
layers:
  - conv: {filters: 16, kernel: 3}
  - relu
""",
)

_page(
    "CNN102",
    "a key is given twice",
    """A mapping holds one key twice. YAML readers would silently take the last; which one was
    meant only the author knows.""",
    """
input: 3x32x32
layers:
  - conv: {filters: 16, kernel: 3, filters: 32}
""",
    """
input: 3x32x32
layers:
  - conv: {filters: 32, kernel: 3}
""",
)

_page(
    "CNN103",
    "anchors, aliases, merge keys and tags",
    """YAML can repeat a value by an anchor (`&a`), an alias (`*a`) or a merge key (`<<`), and
    force a type by a tag (`!!int`). A spec has its own words for what is the same: `blocks`
    with arguments, `repeat`, `args`, `defaults`; they are checked, and shown in messages and
    paths. Keys are plain words, never lists or mappings.""",
    """
input: 3x32x32
layers:
  - conv: &small {filters: 16, kernel: 3}
""",
    """
input: 3x32x32
defaults:
  conv: {kernel: 3}
layers:
  - conv: 16
  - conv: 16
""",
)

_page(
    "CNN104",
    "a second document",
    """`---` inside a file begins a second YAML document. A spec is one document, a file one
    spec; what several specs share stands in a file that they `include` or `extend`.""",
    """
input: 3x32x32
layers:
  - relu
---
input: 1x28x28
""",
    """
input: 3x32x32
layers:
  - relu
""",
)

_page(
    "CNN105",
    "nested too deep",
    """Lists and mappings stand in each other more than 64 deep. No network needs that: a piece
    with a name, in `blocks`, takes its content out of the nest.""",
    "input: " + "[" * 70 + "3" + "]" * 70,
    """
input: [3, 32, 32]
layers:
  - relu
""",
)

_page(
    "CNN106",
    "the file is too large",
    """A spec has at most 8 MiB and a million values, thousands of times what a written network
    needs. What repeats is written once, in `blocks`, and called; `repeat` and `rows` call it
    many times.""",
    "$ cnncalc analyze huge.yaml",
    """
input: 3x32x32
layers:
  - conv: {filters: 16, kernel: 3, padding: half}
    repeat: 1000
""",
)

_page(
    "CNN107",
    "the file cannot be read",
    """There is no such file, it is a folder or a device, it may not be read, or it holds no
    text: a spec is a text file in UTF-8, without control characters. A file that `extends` or
    `include` names is looked for beside the file that names it.""",
    """
include: [no_such_file.yaml]
input: 3x32x32
layers:
  - relu
""",
    """
input: 3x32x32
layers:
  - relu
""",
)

_page(
    "CNN108",
    "the file is no spec",
    """A spec is a mapping from keys (`input`, `layers`, ...) to values. This file is empty, or
    holds a list or a single word.""",
    """
- conv: {filters: 16, kernel: 3}
- relu
""",
    """
input: 3x32x32
layers:
  - conv: {filters: 16, kernel: 3}
  - relu
""",
)

_page(
    "CNN109",
    "an expression is cut off",
    """Inside `{...}` and `[...]` YAML ends a value at the next comma or closing bracket:
    `{filters: max(a, b)}` is the two keys `filters: max(a` and `b)`. Quotes keep an expression
    whole.""",
    """
input: 3x32x32
args: {width: 16}
layers:
  - conv: {filters: max(width, 8), kernel: 3}
""",
    """
input: 3x32x32
args: {width: 16}
layers:
  - conv: {filters: "max(width, 8)", kernel: 3}
""",
)

_page(
    "CNN110",
    "no such key",
    """A spec, a block or an output has fixed keys. A misspelt one would change nothing, and
    nobody would notice.""",
    """
input: 3x32x32
layers:
  - relu
expects:
  params: 0
""",
    """
input: 3x32x32
layers:
  - relu
expect:
  params: 0
""",
)

_page(
    "CNN111",
    "no input, or no layers",
    """Two keys make a network: `input`, the shape of what enters it, and `layers`, the list it
    runs through. All sizes follow from them.""",
    """
layers:
  - conv: {filters: 16, kernel: 3}
""",
    """
input: 3x32x32
layers:
  - conv: {filters: 16, kernel: 3}
""",
)

# -- fields ---------------------------------------------------------------------------------

_page(
    "CNN201",
    "no such layer kind or block",
    """The word is neither a layer kind nor a block of this spec. An unknown layer is never
    taken for one without parameters: every total would be wrong.""",
    """
input: 3x32x32
layers:
  - convolution: {filters: 16, kernel: 3}
""",
    """
input: 3x32x32
layers:
  - conv: {filters: 16, kernel: 3}
""",
)

_page(
    "CNN202",
    "no such field",
    """The layer kind has no field of that name. Fields are called alike everywhere: `filters`,
    `kernel`, `stride`, `padding`; `cnncalc explain conv` lists them. What any item may carry
    (`name`, `repeat`, `when`, ...) stands beside the kind, not inside.""",
    """
input: 3x32x32
layers:
  - conv: {filters: 16, kernel: 3, strid: 2}
""",
    """
input: 3x32x32
layers:
  - conv: {filters: 16, kernel: 3, stride: 2}
""",
)

_page(
    "CNN203",
    "a field is missing",
    """The layer has a field without a default, and neither the item nor `defaults` gives
    it.""",
    """
input: 3x32x32
layers:
  - conv: 16
""",
    """
input: 3x32x32
layers:
  - conv: {filters: 16, kernel: 3}
""",
)

_page(
    "CNN204",
    "a value of the wrong type",
    """The value is of another type than the key wants: a fraction where a whole number is
    wanted, a mapping where a number is. Nothing is rounded or converted silently: `/` gives a
    fraction, `//` a whole number.""",
    """
input: 3x32x32
args: {width: 33}
layers:
  - conv: {filters: width / 2, kernel: 3}
""",
    """
input: 3x32x32
args: {width: 33}
layers:
  - conv: {filters: width // 2, kernel: 3}
""",
)

_page(
    "CNN205",
    "a value out of range",
    """The number is too small or too large for this place: a layer has at least one filter, a
    window at least one position, a dropout rate is between 0 and 1.""",
    """
input: 3x32x32
layers:
  - conv: {filters: 0, kernel: 3}
""",
    """
input: 3x32x32
layers:
  - conv: {filters: 16, kernel: 3}
""",
)

_page(
    "CNN206",
    "not one of the words",
    """The key takes one of a few words, and this is none of them.""",
    """
input: 3x32x32
layers:
  - conv: {filters: 16, kernel: 3, padding: halve}
""",
    """
input: 3x32x32
layers:
  - conv: {filters: 16, kernel: 3, padding: half}
""",
)

_page(
    "CNN207",
    "fields that contradict each other",
    """Each field is sound by itself, but they do not go together: groups must share the filters
    of a convolution out evenly, a slice must end behind its start.""",
    """
input: 4x32x32
layers:
  - conv: {filters: 30, kernel: 3, groups: 4}
""",
    """
input: 4x32x32
layers:
  - conv: {filters: 32, kernel: 3, groups: 4}
""",
)

_page(
    "CNN208",
    "not an item of a layers list",
    """An item is one layer kind or block, alone (`- relu`) or with its fields (`- conv:
    {...}`), and beside it what any item may carry: `name`, `from`, `repeat`, `first`, `each`,
    `rows`, `when`, `freeze`, `share`. Two kinds in one item have no order; fields stand inside
    the kind's own mapping.""",
    """
input: 3x32x32
layers:
  - conv: {filters: 16, kernel: 3}
    relu:
""",
    """
input: 3x32x32
layers:
  - conv: {filters: 16, kernel: 3}
  - relu
""",
)

_page(
    "CNN209",
    "a value for what takes none",
    """The layer kind or block has no fields, so a value behind it has no meaning.""",
    """
input: 3x32x32
layers:
  - relu: 6
""",
    """
input: 3x32x32
layers:
  - relu6
""",
)

_page(
    "CNN210",
    "not the shape of an input",
    """An input is channels, then up to three sizes, each at least 1, without a batch axis: `10`
    is a vector, `3x16000` a signal, `3x224x224` an image, `3x16x112x112` a clip. Several inputs
    have names: `{left: 1x28x28, right: 1x28x28}`.""",
    """
input: [32, 3, 224, 224, 1]
layers:
  - relu
""",
    """
input: [3, 224, 224]
layers:
  - relu
""",
)

# -- wiring ---------------------------------------------------------------------------------

_page(
    "CNN301",
    "no earlier layer of that name",
    """A reference names a layer that stands before it, in the same list or one around it.
    Inside a block nothing of the caller is in sight: hand a layer over as an argument.""",
    """
input: 3x32x32
layers:
  - {conv: {filters: 3, kernel: 3, padding: half}, name: stem}
  - add: {body: [relu], shortcut: stm}
""",
    """
input: 3x32x32
layers:
  - {conv: {filters: 3, kernel: 3, padding: half}, name: stem}
  - add: {body: [relu], shortcut: stem}
""",
)

_page(
    "CNN302",
    "a name is taken",
    """Two items of one list have the same name, so that a reference to it would be open.""",
    """
input: 3x32x32
layers:
  - {relu: , name: act}
  - {tanh: , name: act}
""",
    """
input: 3x32x32
layers:
  - {relu: , name: act1}
  - {tanh: , name: act2}
""",
)

_page(
    "CNN303",
    "a join without branches",
    """`add`, `concat` and the other joins take branches, by name or in a list. Each is a list
    of layers or the name of an earlier layer, and at least one must be left when the conditions
    are evaluated.""",
    """
input: 3x32x32
layers:
  - add
""",
    """
input: 3x32x32
layers:
  - add: {body: [relu], shortcut: [identity]}
""",
)

_page(
    "CNN305",
    "not a name",
    """The name of a layer has no dot (paths are joined by dots) and no space, and is not
    `input` or `previous`, which always mean what entered and what came before. An argument's
    name is letters, digits and `_`, because expressions use it. A block cannot take the name of
    a layer kind.""",
    """
input: 3x32x32
layers:
  - {relu: , name: previous}
""",
    """
input: 3x32x32
layers:
  - {relu: , name: before}
""",
)

_page(
    "CNN306",
    "an output that starts nowhere",
    """A further output says which layer it reads: `{from: NAME, layers: [...]}`, or the name
    alone where it is that layer's own output.""",
    """
input: 3x32x32
layers:
  - {relu: , name: features}
  - tanh
outputs:
  side: {layers: [sigmoid]}
""",
    """
input: 3x32x32
layers:
  - {relu: , name: features}
  - tanh
outputs:
  side: {from: features, layers: [sigmoid]}
""",
)

_page(
    "CNN307",
    "which input is read",
    """With several inputs, the first layer does not follow from anything: it says by `from`, or
    by the branches of a join, what it reads.""",
    """
input: {left: 1x28x28, right: 1x28x28}
layers:
  - relu
""",
    """
input: {left: 1x28x28, right: 1x28x28}
layers:
  - concat: [left, right]
  - relu
""",
)

_page(
    "CNN308",
    "weights that cannot be shared",
    """What shares weights has the same layers in the same order, with weights of the same
    shapes. The input may have another size, but not another number of channels.""",
    """
input: 3x32x32
layers:
  - {conv: {filters: 16, kernel: 3}, name: first}
  - {share: first}
""",
    """
input: 16x32x32
layers:
  - {conv: {filters: 16, kernel: 3}, name: first}
  - {share: first}
""",
)

# -- shapes ---------------------------------------------------------------------------------

_page(
    "CNN401",
    "a layer cannot read what arrives",
    """The layer reads another number of axes than arrive: `linear` reads a vector, a
    convolution or a pool a map, and a size given per axis has one number for each axis of the
    input.""",
    """
input: 3x32x32
layers:
  - linear: 10
""",
    """
input: 3x32x32
layers:
  - flatten
  - linear: 10
""",
)

_page(
    "CNN402",
    "nothing is left of the map",
    """The window does not fit into what arrives, padding included, or cropping leaves nothing.
    Deep networks shrink their maps: the note says what arrives, and from where. Also refused is
    padding that PyTorch refuses: more than half a pool's window.""",
    """
input: 3x8x8
layers:
  - max_pool: 2
  - max_pool: 2
  - conv: {filters: 16, kernel: 3}
""",
    """
input: 3x8x8
layers:
  - max_pool: 2
  - max_pool: 2
  - conv: {filters: 16, kernel: 3, padding: half}
""",
)

_page(
    "CNN403",
    "branches that do not fit each other",
    """`concat` joins maps of one size along their channels; `add`, `multiply` and their like
    join equal shapes, where an axis of size 1 is repeated as needed.""",
    """
input: 3x32x32
layers:
  - add:
      body: [{conv: {filters: 16, kernel: 3, padding: half}}]
      shortcut: [identity]
""",
    """
input: 3x32x32
layers:
  - add:
      body: [{conv: {filters: 16, kernel: 3, padding: half}}]
      shortcut: [{conv: {filters: 16, kernel: 1}}]
""",
)

_page(
    "CNN404",
    "channels that do not divide",
    """Groups, and the factor of `pixel_shuffle`, share the arriving channels out evenly; a
    `slice` takes channels that are there.""",
    """
input: 3x32x32
layers:
  - conv: {filters: 16, kernel: 3, groups: 2}
""",
    """
input: 4x32x32
layers:
  - conv: {filters: 16, kernel: 3, groups: 2}
""",
)

_page(
    "CNN405",
    "a layer does not fit",
    """`(W - F + 2P) / S` is not whole: the last rows or columns are never read. Most frameworks
    round down in silence; this spec says `fit: strict` and does not allow it.""",
    """
input: 1x7x7
fit: strict
layers:
  - conv: {filters: 1, kernel: 3, stride: 3}
""",
    """
input: 1x7x7
fit: strict
layers:
  - conv: {filters: 1, kernel: 3, stride: 2}
""",
)

# -- blocks and expressions -----------------------------------------------------------------

_page(
    "CNN501",
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
)

_page(
    "CNN502",
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
)

_page(
    "CNN503",
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
)

_page(
    "CNN504",
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
)

_page(
    "CNN505",
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
)

_page(
    "CNN506",
    "no such argument",
    """The block has no argument of that name; its `args` list them.""",
    """
input: 3x32x32
blocks:
  unit:
    args: {filters: }
    layers: [{conv: {filters: filters, kernel: 3}}]
layers:
  - unit: {filters: 16, stride: 2}
""",
    """
input: 3x32x32
blocks:
  unit:
    args: {filters: , stride: 1}
    layers: [{conv: {filters: filters, kernel: 3, stride: stride}}]
layers:
  - unit: {filters: 16, stride: 2}
""",
)

_page(
    "CNN507",
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
)

_page(
    "CNN508",
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
)

_page(
    "CNN509",
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
)

_page(
    "CNN510",
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
)

_page(
    "CNN511",
    "each and rows do not go together",
    """`each` names the columns of a table, `rows` gives one list of values for every run of the
    item, as many as there are names.""",
    """
input: 3x32x32
layers:
  - each: [filters, count]
    rows: [[16, 1], [32]]
    conv: {filters: filters, kernel: 3}
    repeat: count
""",
    """
input: 3x32x32
layers:
  - each: [filters, count]
    rows: [[16, 1], [32, 2]]
    conv: {filters: filters, kernel: 3}
    repeat: count
""",
)

_page(
    "CNN512",
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
)

# -- expectations ---------------------------------------------------------------------------

_page(
    "CNN601",
    "not an expectation",
    """`expect` maps metrics to what they must be: exact (`25_557_032`), to the digits written
    (`25.6M`), bounded (`at most 30M`, `at least 224`), or a shape for `output`. Under `layers`
    stand expectations of single layers, by their paths.""",
    """
input: 3x32x32
layers:
  - relu
expect:
  parameters: 0
""",
    """
input: 3x32x32
layers:
  - relu
expect:
  params: 0
  layers: {relu: {output: 3x32x32}}
""",
)

# -- recipes --------------------------------------------------------------------------------

_page(
    "CNN701",
    "a recipe has no such field",
    """`train`, and what has fields of its own in it, such as `optimizer` and `augment`, hold a
    name that they do not have. What another optimizer or schedule has is unknown to this
    one. On the command line, `--recipe` wants FIELD=VALUE.""",
    """
input: 3x32x32
layers: [flatten, linear: 10]
train:
  lr: 0.1
""",
    """
input: 3x32x32
layers: [flatten, linear: 10]
train:
  learning_rate: 0.1
""",
)

_page(
    "CNN702",
    "not a value of this field of a recipe",
    """A field of `train` holds what it cannot take: another type, a number out of bounds, a word
    that is none of its words.""",
    """
input: 3x32x32
layers: [flatten, linear: 10]
train:
  optimizer: {kind: sgd, momentum: 1.5}
""",
    """
input: 3x32x32
layers: [flatten, linear: 10]
train:
  optimizer: {kind: sgd, momentum: 0.9}
""",
)

_page(
    "CNN703",
    "fields of a recipe do not go together",
    """Each field is sound by itself, but one needs another that is not there, or has no meaning
    beside it: a plateau needs images to validate on, smoothed labels need labels, and something
    must be left to train.""",
    """
input: 3x32x32
layers: [flatten, linear: 10]
train:
  schedule: plateau
  validation: 0
""",
    """
input: 3x32x32
layers: [flatten, linear: 10]
train:
  schedule: plateau
  validation: 0.1
""",
)

_page(
    "CNN704",
    "a recipe names a part that the network lacks",
    """`freeze` and `rates` name layers and groups by their paths, as `cnncalc analyze` prints
    them; `auxiliary` names heads under `outputs`.""",
    """
input: 3x32x32
layers:
  - {name: encoder, layers: [{conv: {filters: 8, kernel: 3}}, relu]}
  - flatten
  - linear: 10
train:
  freeze: encodr
""",
    """
input: 3x32x32
layers:
  - {name: encoder, layers: [{conv: {filters: 8, kernel: 3}}, relu]}
  - flatten
  - linear: 10
train:
  freeze: encoder
""",
)
