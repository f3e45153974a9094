"""What a table says of offsets, for each two places."""

from math import prod

from cnncalc.layers.base import (
    COLLAPSED,
    INDEX,
    OWN,
    Across,
    Arithmetic,
    Kept,
    Layer,
    Shape,
    ShapeError,
    TorchModule,
    Window,
    times,
)
from cnncalc.layers.fields import Flag, OptionalSize, Size
from cnncalc.layers.sequences.sequence import sequence
from cnncalc.layers.sequences.window_places import MOST_AXES, along

TOKENS = 3
"""Numbers for a step that stands before the places: of it to others, of others to it, of itself."""


class ByOffset(Layer, kind="by_offset"):
    """For each query and each key, what a table says of the offset from one place to the other,
    features x offsets to features x queries x keys: scores, which attention adds by `bias_from`
    (Liu 2021). Offsets are counted row by row, from the lowest that there is. It is looked up,
    which takes no operation.

        - by_offset: {size: 7x7}

    size: places of the queries along each axis; one number is for each of as many axes as it takes
    keys: places of the keys; those of the queries, unless given
    stride: how far apart the places of the queries are
    key_stride: how far apart those of the keys are
    distance: whether the sign of an offset does not count (Graham 2021)
    token: whether a step of no place stands first, as `class_token` puts it: three more numbers
        stand last in the table, of it to others, of others to it, of itself (Bao 2021)
    """

    role = "move"

    size: Size
    keys: OptionalSize = None
    stride: Size = 1
    key_stride: Size = 1
    distance: Flag = False
    token: Flag = False

    def axes(self, offsets: int) -> tuple[tuple[int, ...], ...]:
        """The places of queries and of keys, and how far apart they are, along each axis, where a
        table has so many offsets. Raises ShapeError."""
        told = (self.size, self.keys or self.size, self.stride, self.key_stride)
        ranks = {len(each) for each in told if isinstance(each, tuple)} or range(1, MOST_AXES + 1)
        wanted = 0
        for rank in ranks:
            found = tuple(
                along(each, rank, name)
                for each, name in zip(told, ("size", "keys", "stride", "key_stride"), strict=True)
            )
            wanted = self.offsets(*found)
            if wanted == offsets:
                return found
        fact = f"`by_offset` of {times(along(self.size, rank, 'size'))} places reads {wanted:,} "
        fact += f"offsets, got {offsets:,}"
        hint = f"`learned: {{features: 4, steps: {wanted}}}` before it, of as many heads"
        raise ShapeError(fact, hint, field="size")

    def offsets(
        self,
        size: tuple[int, ...],
        keys: tuple[int, ...],
        stride: tuple[int, ...],
        key_stride: tuple[int, ...],
    ) -> int:
        """How many numbers the table has for each feature."""
        last = [
            ((query - 1) * far, (key - 1) * key_far)
            for query, key, far, key_far in zip(size, keys, stride, key_stride, strict=True)
        ]
        each = (1 + (max(pair) if self.distance else sum(pair)) for pair in last)
        return prod(each) + (TOKENS if self.token else 0)

    def output_shape(self, *inputs: Shape) -> Shape:
        features, offsets = sequence(self, inputs[0])
        size, keys, *_ = self.axes(offsets)
        return features, self.token + prod(size), self.token + prod(keys)

    def constants(self, *inputs: Shape) -> tuple[Kept, ...]:
        """Which offset it is, of each query and key."""
        return (Kept("index", 0, prod(self.output_shape(*inputs)[1:]), width=INDEX),)

    def across(self, *inputs: Shape) -> Across:
        return OWN

    def window(self, *inputs: Shape) -> Window:
        return COLLAPSED

    def torch(self, *inputs: Shape) -> TorchModule:
        names = ("size", "keys", "stride", "key_stride")
        arguments = dict(zip(names, self.axes(inputs[0][1]), strict=True))
        told = {"distance": self.distance, "token": self.token}
        defaults = dict.fromkeys(told, False)
        return TorchModule("ByOffset", {**arguments, **told}, defaults=defaults)

    def arithmetic(self, *inputs: Shape) -> Arithmetic:
        size, keys, *_ = self.axes(inputs[0][1])
        before = "1 + " if self.token else ""
        return Arithmetic(space=tuple(before + " * ".join(map(str, each)) for each in (size, keys)))
