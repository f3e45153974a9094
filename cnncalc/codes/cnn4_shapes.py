"""Shapes: `CNN4xx`."""

from cnncalc.codes.page import page

PAGES = {
    "CNN401": page(
        "a layer cannot read what arrives",
        """The layer reads another number of axes than arrive: `linear` reads a vector or a
        sequence, a convolution or a pool a map, and a size given per axis has one number for each
        axis of the input.""",
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
    ),
    "CNN402": page(
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
    ),
    "CNN403": page(
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
    ),
    "CNN404": page(
        "channels that do not divide",
        """Groups, and the factor of `pixel_shuffle`, share the arriving channels out evenly; a
    `slice` takes channels that are there; a `reshape` moves all values, and makes none.""",
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
    ),
    "CNN405": page(
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
    ),
}
