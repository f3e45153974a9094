"""Wiring: `CNN3xx`."""

from cnncalc.codes.page import page

PAGES = {
    "CNN301": page(
        "no earlier layer of that name",
        """A reference names a layer that stands before it, in the same list or one around it.
    Inside a block nothing of the caller is in sight: hand a layer over as an argument. What is
    within an item is read as `NAME.OUTPUT`, where that lets others read it; `all(NAME)` are the
    outputs of all its runs, a list, of which `[0]` is the first.""",
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
    ),
    "CNN302": page(
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
    ),
    "CNN303": page(
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
    ),
    "CNN305": page(
        "not a name",
        """A name is letters and digits of any script and `_`, `-`, `+`, `/`, at most 100 of them,
    and begins with a letter, a digit or `_`. So it can stand in paths, reports and source as it is,
    and no two differ by invisible signs alone: another spelling of the same letters is refused with
    the one to write (Unicode's NFKC form). `input` and `previous` always mean what entered and what
    came before. An argument's name is letters, digits and `_`, because expressions use it. A block
    cannot take the name of a layer kind, and `output` is what the last layer gives.""",
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
    ),
    "CNN306": page(
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
    ),
    "CNN307": page(
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
    ),
    "CNN308": page(
        "weights that cannot be shared",
        """What shares weights has the same layers in the same order, with weights of the same
    shapes. The input may have another size, but not another number of channels. Of another kind, a
    `linear` can use the table of an `embedding`, a `conv_transpose` the weight of a `conv`.""",
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
    ),
    "CNN309": page(
        "no such output",
        """`NAME.OUTPUT` is what an item lets others read beside its own output: a block by its
    `outputs`, a group by `outputs` beside its `layers`. Every other layer within is known there
    alone. `NAME` by itself is what its last layer makes.""",
        """
input: 3x32x32
layers:
  - name: stem
    layers: [{name: edges, conv: {filters: 8, kernel: 3}}, relu]
    outputs: [edges]
  - add: [stem, stem.edge]
""",
        """
input: 3x32x32
layers:
  - name: stem
    layers: [{name: edges, conv: {filters: 8, kernel: 3}}, relu]
    outputs: [edges]
  - add: [stem, stem.edges]
""",
    ),
}
