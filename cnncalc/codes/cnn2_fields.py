"""Fields: `CNN2xx`."""

from cnncalc.codes.page import page

PAGES = {
    "CNN201": page(
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
    ),
    "CNN202": page(
        "no such field",
        """The layer kind has no field of that name. Fields are called alike everywhere: `filters`,
    `kernel`, `stride`, `padding`; `cnncalc explain conv` lists them. What any item may carry
    (`name`, `repeat`, `when`, ...) stands beside the kind, not inside.""",
        """
input: 3x32x32
layers:
  - conv: {filters: 16, kernel: 2, strid: 2}
""",
        """
input: 3x32x32
layers:
  - conv: {filters: 16, kernel: 2, stride: 2}
""",
    ),
    "CNN203": page(
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
    ),
    "CNN204": page(
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
    ),
    "CNN205": page(
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
    ),
    "CNN206": page(
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
    ),
    "CNN207": page(
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
    ),
    "CNN208": page(
        "not an item of a layers list",
        """An item is one layer kind or block, alone (`- relu`) or with its fields (`- conv:
    {...}`), and beside it what any item may carry: `name`, `from`, `repeat`, `first`, `last`,
    `each`, `rows`, `when`, `freeze`, `share`. Two kinds in one item have no order; fields
    stand inside the kind's own mapping.""",
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
    ),
    "CNN209": page(
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
    ),
    "CNN210": page(
        "not the shape of an input",
        """An input is channels, then up to three sizes, each at least 1, without a batch axis: `10`
    is a vector, `3x16000` a signal, `3x224x224` an image, `3x16x112x112` a clip. Several inputs
    have names: `{left: 1x28x28, right: 1x28x28}`. Sizes that may be anything, `None`, `-1`, `N` or
    `?`, are none: a network is computed for one size, and `--input 3x320x320` gives it another.""",
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
    ),
}
