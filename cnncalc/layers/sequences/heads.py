"""What heads of attention weigh and mix: how many there are, of what widths, over which steps."""

from collections.abc import Iterator
from math import prod

from cnncalc.layers.base import Layer, Matrices, Ops, Shape, ShapeError, Weight, products, times
from cnncalc.records import NamedTuple


class Heads(NamedTuple):
    """The sizes of an attention.

    arriving: the features of what becomes queries, keys and values
    groups: how many sequences stand side by side
    steps: how many queries, and how many keys
    heads: how many of queries, and how many of keys and values
    key, value: features of a head's keys, as of its queries, and of its values
    features: of the output; 0: the heads' own, one behind the other
    biased: whether what is added to the scores arrives
    """

    arriving: tuple[int, int, int]
    groups: int
    steps: tuple[int, int]
    heads: tuple[int, int]
    key: int
    value: int
    features: int
    biased: bool = False

    @property
    def widths(self) -> tuple[int, int, int]:
        """The features of all queries, keys and values of a step."""
        return self.heads[0] * self.key, self.heads[1] * self.key, self.heads[1] * self.value

    @property
    def mixed(self) -> int:
        """The features of what all heads make of a step."""
        return self.heads[0] * self.value

    @property
    def each(self) -> tuple[int, int, int]:
        """The steps of queries, keys and values, of all sequences."""
        queries, keys = self.groups * self.steps[0], self.groups * self.steps[1]
        return queries, keys, keys

    @property
    def scores(self) -> int:
        """A score for each query and key of each head."""
        return self.groups * self.heads[0] * self.steps[0] * self.steps[1]

    def check_bias(self, shape: Shape) -> None:
        """A number for each head, query and key, or for each query and key. Raises ShapeError."""
        each = (self.heads[0], *self.steps)
        if shape in (each, (1, *self.steps), self.steps):
            return
        fact = f"`bias_from` wants {times(each)} or {times(self.steps)}, got {times(shape)}"
        hint = f"heads x queries x keys, as `conv: {{filters: {each[0]}, kernel: 1}}` makes them"
        if shape in (each[:1] + self.steps[::-1], self.steps[::-1]):
            order = (1, 0) if len(shape) == 2 else (0, 2, 1)
            hint = f"`permute: {[*order]}` behind it: the queries stand before the keys"
        raise ShapeError(fact, hint, code="CNN403")

    @property
    def projected(self) -> tuple[int, ...]:
        """The numbers in all queries, keys and values."""
        return tuple(n * width for n, width in zip(self.each, self.widths, strict=True))

    @property
    def read_macs(self) -> int:
        """Of the projections to queries, keys and values."""
        return sum(n * c for n, c in zip(self.projected, self.arriving, strict=True))

    @property
    def written_macs(self) -> int:
        """Of the projection of what the heads make."""
        return self.each[0] * self.mixed * self.features

    @property
    def projections(self) -> tuple[Matrices, ...]:
        """The products that make queries, keys and values."""
        sides = zip(self.each, self.widths, self.arriving, strict=True)
        return tuple(Matrices(n * width * c, min(width, c), n) for n, width, c in sides)

    @property
    def written(self) -> tuple[Matrices, ...]:
        """Those of what the heads make."""
        side = min(self.mixed, self.features)
        return (Matrices(self.written_macs, side, self.each[0]),) if side else ()

    @property
    def weighing(self) -> Ops:
        """Scaled products of queries and keys, a softmax for each query, and means of values."""
        queries, keys = self.groups * self.heads[0] * self.steps[0], self.steps[1]
        softmax = Ops(exponentials=keys, additions=keys - 1, divisions=keys).scaled(queries)
        macs = self.scores * (self.key + self.value)
        return softmax.plus(Ops(macs=macs, multiplications=self.projected[0]))

    @property
    def formula(self) -> str:
        """The MACs of one sequence's scores and means."""
        sizes = (*self.steps, self.heads[0])
        scores, means = products(*sizes, self.key), products(*sizes, self.value)
        return f"2 * {scores}" if scores == means else f"{scores} + {means}"


def sequences(layer: Layer, shape: Shape) -> tuple[int, int, int]:
    """The features of sequences, how many there are side by side, and their steps. Raises
    ShapeError."""
    if len(shape) < 2:
        fact = f"`{layer.kind}` reads a sequence, features x steps, got {times(shape)}"
        raise ShapeError(fact, "an input of `1x16`, say")
    return shape[0], prod(shape[1:-1]), shape[-1]


# -- projections ----------------------------------------------------------------------------

ROLES = ("query", "key", "value")


def stacked(sizes: Heads, bias: bool) -> Iterator[Weight]:
    """The weights of PyTorch's own attention: those of one width are one tensor."""
    width = sizes.arriving[0]
    if set(sizes.arriving) == {width}:
        yield Weight("in_proj_weight", (3 * width, width))
    else:
        for name, features in zip("qkv", sizes.arriving, strict=True):
            yield Weight(f"{name}_proj_weight", (width, features))
    if bias:
        yield Weight("in_proj_bias", (3 * width,))
    yield from linear("out_proj", width, width, bias)


def projections(sizes: Heads, bias: bool) -> Iterator[Weight]:
    """A linear layer for each of queries, keys and values."""
    for role, features, width in zip(ROLES, sizes.arriving, sizes.widths, strict=True):
        yield from linear(role, features, width, bias)


def linear(name: str, features: int, width: int, bias: bool) -> Iterator[Weight]:
    """The weights of a linear layer of that name."""
    yield Weight(f"{name}.weight", (width, features))
    if bias:
        yield Weight(f"{name}.bias", (width,))


def terms(sizes: Heads, projected: bool) -> Iterator[str]:
    """The MACs of the projections of one sequence."""
    queries, keys = sizes.steps
    read = zip((queries, keys, keys), sizes.arriving, sizes.widths, strict=True)
    yield from (products(*each) for each in read if projected)
    if sizes.features:
        yield products(queries, sizes.mixed, sizes.features)
