"""The same values in another shape, or in another place of it."""

from math import prod

from cnncalc.layers.axes import OverOne, place
from cnncalc.layers.base import (
    COLLAPSED,
    EVERY,
    OWN,
    POINTWISE,
    TURNED,
    Across,
    Arithmetic,
    Layer,
    Reads,
    Shape,
    ShapeError,
    TorchModule,
    Window,
    products,
    times,
)
from cnncalc.layers.fields import WholeNumber, counted
from cnncalc.layers.sizes import OPEN, AllSizes, Order


def filled(sizes: tuple[int, ...], values: int, of: str) -> tuple[int, ...]:
    """The sizes with the one that is left open, so that they hold so many values. Raises
    ShapeError."""
    known = prod(size for size in sizes if size != OPEN)
    if OPEN in sizes:
        if values % known:
            fact = f"{counted(known, 'value')} at a time do not divide the {values:,} of {of}"
            raise ShapeError(fact, f"sizes that divide {values}", field="sizes", code="CNN404")
        return tuple(values // known if size == OPEN else size for size in sizes)
    if known != values:
        fact = f"{times(sizes)} holds {counted(known, 'value')}, {of} has {values:,}"
        raise ShapeError(fact, "-1 in place of a size that follows", field="sizes", code="CNN404")
    return sizes


def formula(size: int, sizes: tuple[int, ...], values: str) -> str:
    """A size, or how it follows from the others."""
    others = [each for each in sizes if each != OPEN]
    if size != OPEN:
        return str(size)
    return f"{values}/({products(*others)})" if others else values


class Reshape(Layer, kind="reshape"):
    """The same values, one after the other, in another shape.

        - reshape: [64, -1]

    sizes: of all axes, the channels first; -1 stands for the one that follows from the others
    """

    view = True
    role = "move"

    sizes: AllSizes

    def output_shape(self, *inputs: Shape) -> Shape:
        return filled(self.sizes, prod(inputs[0]), times(inputs[0]))

    def window(self, *inputs: Shape) -> Window:
        return POINTWISE if self.output_shape(*inputs) == inputs[0] else COLLAPSED

    def across(self, *inputs: Shape) -> Across | None:
        """Channels that become several, or of several one."""
        had, has = prod(inputs[0][1:]), prod(self.output_shape(*inputs)[1:])
        if had % has == 0:
            return Across((Reads(taps=range(1), step=1, repeat=had // has),))
        if has % had == 0:
            return Across((Reads(taps=range(has // had), step=has // had),))
        return None

    def torch(self, *inputs: Shape) -> TorchModule:
        return TorchModule("Reshape", {"sizes": self.output_shape(*inputs)}, positional=1)

    def arithmetic(self, *inputs: Shape) -> Arithmetic:
        values = products(*inputs[0])
        channels, *space = (formula(size, self.sizes, values) for size in self.sizes)
        return Arithmetic(channels, tuple(space))


class Unflatten(Layer, kind="unflatten"):
    """One axis as several: a sequence as a map again, channels as groups of them.

        - unflatten: 14x14

    sizes: of what the axis becomes; -1 stands for the one that follows from the others
    axis: `channels`, `depth`, `height`, `width`, `steps` for the last one, or 0 to 3
    """

    view = True
    role = "move"

    sizes: AllSizes
    axis: OverOne = "steps"

    @property
    def same_layout(self) -> bool:
        return self.axis == "steps"

    def number(self, shape: Shape) -> int:
        """The axis' number. Raises ShapeError."""
        if self.axis == "steps" and len(shape) == 1:
            return 0
        return place(self.axis, shape, "axis")

    def parts(self, shape: Shape) -> tuple[int, ...]:
        """The sizes that the axis becomes. Raises ShapeError."""
        number = self.number(shape)
        where = f"axis {number} of {times(shape)}"
        return filled(self.sizes, shape[number], where)

    def output_shape(self, *inputs: Shape) -> Shape:
        shape, number = inputs[0], self.number(inputs[0])
        output = (*shape[:number], *self.parts(shape), *shape[number + 1 :])
        if len(output) > 4:
            fact = f"{times(output)} has more than three axes behind the channels"
            raise ShapeError(fact, "fewer `sizes`", field="sizes")
        return output

    def window(self, *inputs: Shape) -> Window:
        return POINTWISE if len(self.sizes) == 1 else COLLAPSED

    def across(self, *inputs: Shape) -> Across:
        if self.number(inputs[0]):
            return OWN
        each = prod(self.parts(inputs[0])[1:])
        return Across((Reads(taps=range(each), step=each),))

    def torch(self, *inputs: Shape) -> TorchModule:
        dim, sizes = self.number(inputs[0]) + 1, self.parts(inputs[0])
        arguments = {"dim": dim, "unflattened_size": sizes}
        return TorchModule("nn.Unflatten", arguments, positional=2)

    def arithmetic(self, *inputs: Shape) -> Arithmetic:
        number, had = self.number(inputs[0]), [str(size) for size in inputs[0]]
        became = [formula(size, self.sizes, had[number]) for size in self.sizes]
        channels, *space = *had[:number], *became, *had[number + 1 :]
        return Arithmetic(channels, tuple(space))


class Permute(Layer, kind="permute"):
    """The axes in another order, and the values with them.

        - permute: [1, 0]

    order: of the axes that arrive, 0 or `channels`, 1, ..., which comes first, which next
    """

    role = "move"
    handed = True

    order: Order

    def numbers(self, shape: Shape) -> tuple[int, ...]:
        """The numbers of the axes in their new order. Raises ShapeError."""
        numbers = tuple(place(axis, shape, "order") for axis in self.order)
        if sorted(numbers) != list(range(len(shape))):
            each = ", ".join(map(str, range(len(shape))))
            fact = f"`order` names each axis of {times(shape)} once"
            raise ShapeError(fact, f"{each}, in some order", field="order")
        return numbers

    def output_shape(self, *inputs: Shape) -> Shape:
        return tuple(inputs[0][number] for number in self.numbers(inputs[0]))

    def window(self, *inputs: Shape) -> Window:
        numbers = self.numbers(inputs[0])
        if numbers == (1, 0):
            return TURNED
        return POINTWISE if numbers == tuple(range(len(numbers))) else COLLAPSED

    def across(self, *inputs: Shape) -> Across:
        return EVERY if self.numbers(inputs[0])[0] else OWN

    def torch(self, *inputs: Shape) -> TorchModule:
        return TorchModule("Permute", {"order": self.numbers(inputs[0])}, positional=1)

    def arithmetic(self, *inputs: Shape) -> Arithmetic:
        channels, *space = map(str, self.output_shape(*inputs))
        return Arithmetic(channels, tuple(space))


class Roll(Layer, kind="roll"):
    """Values moved along an axis; what leaves it comes back at its other end.

        - roll: {shift: 3, axis: width}

    shift: how far, towards the end; less than 0, towards the beginning
    axis: `channels`, `depth`, `height`, `width`, `steps` for the last one, or 0 to 3
    """

    role = "move"

    shift: WholeNumber
    axis: OverOne = "channels"

    def output_shape(self, *inputs: Shape) -> Shape:
        place(self.axis, inputs[0], "axis")
        return inputs[0]

    def window(self, *inputs: Shape) -> Window:
        number = place(self.axis, inputs[0], "axis")
        moved = self.shift % inputs[0][number]
        return COLLAPSED if number and moved else POINTWISE

    def across(self, *inputs: Shape) -> Across:
        if place(self.axis, inputs[0], "axis"):
            return OWN
        channels = inputs[0][0]
        moved = self.shift % channels
        last = channels - moved
        return Across(
            (
                Reads(range(moved, channels), range(1), 1),
                Reads(range(moved), range(last, last + 1), 1),
            )
        )

    def torch(self, *inputs: Shape) -> TorchModule:
        dim = place(self.axis, inputs[0], "axis") + 1
        return TorchModule("Roll", {"shift": self.shift, "dim": dim})


class Flip(Layer, kind="flip"):
    """An axis from its end to its beginning: a sequence backwards, an image in a mirror.

        - flip: width

    axis: `channels`, `depth`, `height`, `width`, `steps` for the last one, or 0 to 3
    """

    same_layout = True
    role = "move"

    axis: OverOne

    def number(self, shape: Shape) -> int:
        """The axis' number. Raises ShapeError."""
        return place(self.axis, shape, "axis")

    def output_shape(self, *inputs: Shape) -> Shape:
        self.number(inputs[0])
        return inputs[0]

    def window(self, *inputs: Shape) -> Window:
        number = self.number(inputs[0])
        return COLLAPSED if number and inputs[0][number] > 1 else POINTWISE

    def across(self, *inputs: Shape) -> Across:
        if self.number(inputs[0]):
            return OWN
        last = inputs[0][0] - 1
        return Across((Reads(taps=range(last, last + 1), step=-1),))

    def torch(self, *inputs: Shape) -> TorchModule:
        return TorchModule("Flip", {"dim": self.number(inputs[0]) + 1})
