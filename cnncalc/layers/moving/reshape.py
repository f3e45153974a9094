"""Layers that move values, or leave some out, and change none."""

from collections.abc import Iterator
from math import prod
from typing import Annotated, ClassVar

from cnncalc.layers.around import OF_THE_MAP, check_reach, kept_of_map
from cnncalc.layers.axes import OverOne, place
from cnncalc.layers.base import (
    ALONE,
    COLLAPSED,
    LONGEST_CYCLE,
    OWN,
    POINTWISE,
    Across,
    Arithmetic,
    Axis,
    Flattening,
    Kept,
    Layer,
    Problem,
    Reads,
    Shape,
    ShapeError,
    Stage,
    TorchModule,
    Window,
    around,
    kept_input,
    kept_output,
    products,
    seen,
    times,
)
from cnncalc.layers.fields import (
    Choice,
    NonNegative,
    Number,
    OptionalEdges,
    OptionalLikeness,
    OptionalWhole,
    Positive,
    WholeNumber,
    arriving,
)
from cnncalc.layers.groups import grouped_channels
from cnncalc.layers.moving.pixels import FINEST, SquareOrder, image, squares
from cnncalc.layers.moving.sampling import one_way, sizes_like
from cnncalc.layers.stages import moved, rearranged
from cnncalc.layers.windows import edges, spatial


class Flatten(Layer, kind="flatten"):
    """A map as one vector: channel by channel, row by row.

    - flatten
    """

    view = True
    role = "move"

    def output_shape(self, *inputs: Shape) -> Shape:
        return (prod(inputs[0]),)

    def window(self, *inputs: Shape) -> Window:
        return COLLAPSED

    def across(self, *inputs: Shape) -> Across:
        return Across((Reads(taps=range(1), step=1, repeat=prod(inputs[0][1:])),))

    def stages(self, *inputs: Shape) -> tuple[Stage, ...]:
        """A copy, where the channels lie behind one another at each position."""
        output = Kept("output", prod(inputs[0]))
        if 1 in (inputs[0][0], prod(inputs[0][1:])):
            return (seen(output),)
        return (
            seen(output)._replace(when=(0, ("",))),
            moved(output, "input")._replace(when=(0, ("turned", "steps"))),
        )

    def stages_at_rest(self, *inputs: Shape) -> tuple[Stage, ...]:
        return self.stages(*inputs)

    def torch(self, *inputs: Shape) -> TorchModule:
        return TorchModule("nn.Flatten")

    def arithmetic(self, *inputs: Shape) -> Arithmetic:
        return Arithmetic(products(*inputs[0]))


ONE_OF: dict[int | str, str] = {
    0: "channel",
    "channels": "channel",
    "depth": "image",
    "height": "row",
    "width": "column",
    "steps": "step",
}
"""What stands at one place of an axis."""


class Slice(Layer, kind="slice"):
    """Some of the channels, or of another axis: a split is two slices.

        - slice: {start: 0, stop: 32}

    start: the first that is taken, counted from 0; less than 0, from the end
    stop: the one after the last; all that follow, unless given
    step: from one that is taken to the next
    axis: `channels`, `depth`, `height`, `width`, `steps` for the last one, or 0 to 3
    """

    view = True
    role = "move"

    start: WholeNumber = 0
    stop: OptionalWhole = None
    step: Positive = 1
    axis: OverOne = "channels"

    @property
    def flattening(self) -> Flattening:
        return "single" if self.axis in ("channels", 0) else ""

    def check(self) -> Iterator[Problem]:
        alike = self.stop is not None and (self.start < 0) == (self.stop < 0)
        if self.stop == 0 or (alike and self.stop is not None and self.stop <= self.start):
            first = self.start + 1
            hint = f"`stop: {first}`, or more" if first else "leave `stop` out"
            yield Problem("stop", f"a slice from {self.start} to {self.stop} is empty", hint)

    def number(self, shape: Shape) -> int:
        """The axis' number. Raises ShapeError."""
        return place(self.axis, shape, "axis")

    def taken(self, shape: Shape) -> range:
        """Which are taken. Raises ShapeError."""
        size = shape[self.number(shape)]
        start = self.start + size if self.start < 0 else self.start
        stop = size if self.stop is None else self.stop + size if self.stop < 0 else self.stop
        one = ONE_OF.get(self.axis, "place")
        arrive = f"{size} arrive{'s' if size == 1 else ''}"
        if start < size and not 0 < stop <= size:
            fact = f"the slice stops at {one} {self.stop}, {arrive}"
            raise ShapeError(fact, f"`stop: {size}`", field="stop", code="CNN404")
        if not 0 <= start < min(stop, size):
            fact = f"the slice starts at {one} {self.start}, {arrive}"
            hint = f"`start: {-size}`, or more" if start < 0 else self.earlier(size, stop)
            raise ShapeError(fact, hint, field="start", code="CNN404")
        return range(start, stop, self.step)

    def earlier(self, size: int, stop: int) -> str:
        """The last of as many where a slice begins behind them, or behind its end."""
        wanted = stop - self.start
        if self.stop is not None and stop > size >= wanted:
            return f"`start: {size - wanted}, stop: {size}`"
        return f"`start: {min(stop, size) - 1}`, or less"

    def output_shape(self, *inputs: Shape) -> Shape:
        shape, number = inputs[0], self.number(inputs[0])
        return (*shape[:number], len(self.taken(shape)), *shape[number + 1 :])

    def window(self, *inputs: Shape) -> Window:
        number, taken = self.number(inputs[0]), self.taken(inputs[0])
        if not number:
            return POINTWISE
        first = taken.start
        along = Axis(1, taken.step, (range(first, first + 1),))
        places = range(1, len(inputs[0]))
        return Window(tuple(along if each == number else ALONE for each in places))

    def across(self, *inputs: Shape) -> Across:
        taken = self.taken(inputs[0])
        if self.number(inputs[0]):
            return OWN
        return Across((Reads(taps=taken[:1], step=taken.step),))

    def stages(self, *inputs: Shape) -> tuple[Stage, ...]:
        """A view, whose gradient is put among zeros, unless it is of all."""
        output = kept_output(self.output_shape(*inputs))
        whole = output.each == prod(inputs[0])
        stage = seen(output) if whole else Stage(output, view=True)
        return (stage._replace(alike=True),)

    def stages_at_rest(self, *inputs: Shape) -> tuple[Stage, ...]:
        return self.stages(*inputs)

    def torch(self, *inputs: Shape) -> TorchModule:
        taken = self.taken(inputs[0])
        arguments = {"start": taken.start, "stop": taken.stop, "step": taken.step}
        arguments["dim"] = self.number(inputs[0]) + 1
        return TorchModule("Slice", arguments, defaults={"step": 1, "dim": 1})

    def arithmetic(self, *inputs: Shape) -> Arithmetic:
        taken, number = self.taken(inputs[0]), self.number(inputs[0])
        left = f"{taken.stop} - {taken.start}"
        found = left if taken.step == 1 else f"ceil(({left})/{taken.step})"
        if not number:
            return Arithmetic(found)
        sizes = [str(size) for size in inputs[0][1:]]
        return Arithmetic(space=(*sizes[: number - 1], found, *sizes[number:]))


class PadChannels(Layer, kind="pad_channels"):
    """Channels of zeros behind those that arrive: a shortcut to a wider map without parameters
    (He 2015, option A).

        - pad_channels: 16

    count: number of channels to add
    """

    role = "move"

    count: NonNegative

    @property
    def view(self) -> bool:
        return not self.count

    def output_shape(self, *inputs: Shape) -> Shape:
        return (inputs[0][0] + self.count, *inputs[0][1:])

    def across(self, *inputs: Shape) -> Across:
        return Across((Reads(range(inputs[0][0]), range(1), 1),))

    def torch(self, *inputs: Shape) -> TorchModule:
        space = (0, 0) * (len(inputs[0]) - 1)
        before = (*space, 0, self.count) if self.count else ()
        return TorchModule("nn.Identity", before=before)

    def arithmetic(self, *inputs: Shape) -> Arithmetic:
        return Arithmetic(f"{inputs[0][0]} + {self.count}")


MODULES = {"reflect": "ReflectionPad", "replicate": "ReplicationPad", "circular": "CircularPad"}


class Margin(Layer):
    """Rows and columns at the edges.

    size: on each side; per axis (`1x2`); or per axis before and after (`[[0, 1], [0, 1]]`)
    like: the earlier layer whose size the map is given, in equal parts; an odd one comes last
    """

    role = "move"

    size: OptionalEdges = None
    like: OptionalLikeness = None
    outwards: ClassVar[int]
    opposite: ClassVar[str]

    def check(self) -> Iterator[Problem]:
        return one_way(self, ("size", "like"))

    def edges(self, shape: Shape) -> list[tuple[int, int]]:
        """How far the map grows before and after, per axis. Raises ShapeError."""
        rank = len(spatial(self, shape))
        given = self.size if self.size is not None else 0
        pairs = edges(given, rank, "size") if self.like is None else self.alike(shape, self.like)
        return [(self.outwards * before, self.outwards * after) for before, after in pairs]

    def alike(self, shape: Shape, like: Shape) -> list[tuple[int, int]]:
        """Those that make the map as large as another. Raises ShapeError."""
        pairs = zip(sizes_like(self, like, shape), shape[1:], strict=True)
        rows = [self.outwards * (wanted - size) for wanted, size in pairs]
        if min(rows) < 0:
            fact = f"`{self.kind}` cannot make {times(shape)} like {times(like)}"
            raise ShapeError(fact, f"`{self.opposite}`", field="like", code="CNN403")
        return [(count // 2, count - count // 2) for count in rows]

    def output_shape(self, *inputs: Shape) -> Shape:
        edges = self.edges(inputs[0])
        pairs = zip(inputs[0][1:], edges, strict=True)
        return (inputs[0][0], *(size + before + after for size, (before, after) in pairs))

    def window(self, *inputs: Shape) -> Window:
        edges = self.edges(inputs[0])
        return Window(tuple(Axis(1, 1, (range(-before, 1 - before),)) for before, _ in edges))

    def across(self, *inputs: Shape) -> Across:
        return OWN

    def torch(self, *inputs: Shape) -> TorchModule:
        edges = self.edges(inputs[0])
        padding = tuple(side for pair in reversed(edges) for side in pair)
        return TorchModule(f"nn.ZeroPad{len(edges)}d", {"padding": padding}, positional=1)

    def arithmetic(self, *inputs: Shape) -> Arithmetic:
        sign = "+" if self.outwards > 0 else "-"
        pairs = zip(inputs[0][1:], self.edges(inputs[0]), strict=True)
        formulas = (f"{size} {sign} {abs(b)} {sign} {abs(a)}" for size, (b, a) in pairs)
        return Arithmetic(space=tuple(formulas))


class Pad(Margin, kind="pad"):
    """Zeros around the map, another number, or values of the map itself: `reflect` mirrors it at
    its edge, `replicate` repeats the edge, `circular` goes on at the other end.

        - pad: {size: 3, mode: reflect}

    mode: what stands there: `constant`, or of the map itself, `reflect`, `replicate`, `circular`
    value: the constant
    """

    outwards = 1
    opposite = "crop"

    mode: Annotated[str, Choice("constant", *OF_THE_MAP)] = "constant"
    value: Number = 0.0

    def check(self) -> Iterator[Problem]:
        yield from super().check()
        if self.value and self.mode != "constant":
            fact = f"`mode: {self.mode}` repeats values of the map"
            yield Problem("value", fact, "leave out `value`, or `mode: constant`")

    def output_shape(self, *inputs: Shape) -> Shape:
        check_reach(self.mode, inputs[0][1:], self.edges(inputs[0]), "size")
        return super().output_shape(*inputs)

    def kept(self, *inputs: Shape) -> tuple[Kept, ...]:
        return kept_of_map(inputs[0], self.mode)

    def stages(self, *inputs: Shape) -> tuple[Stage, ...]:
        output = kept_output(self.output_shape(*inputs))
        return (around(output, kept_input(inputs[0]), self.mode, self.kept(*inputs)),)

    def torch(self, *inputs: Shape) -> TorchModule:
        form = super().torch(*inputs)
        if self.mode != "constant":
            return form._replace(name=f"nn.{MODULES[self.mode]}{len(inputs[0]) - 1}d")
        if not self.value:
            return form
        arguments = {**form.arguments, "value": self.value}
        return TorchModule(f"nn.ConstantPad{len(inputs[0]) - 1}d", arguments, positional=2)


class Crop(Margin, kind="crop"):
    """The map without its edges.

    - crop: [[0, 1], [0, 1]]
    """

    outwards = -1
    opposite = "pad"

    def output_shape(self, *inputs: Shape) -> Shape:
        output = super().output_shape(*inputs)
        if min(output[1:]) < 1:
            fact = f"`crop` cuts away all of {times(inputs[0])}"
            raise ShapeError(fact, "a smaller `size`", field="size", code="CNN402")
        return output


class ChannelShuffle(Layer, kind="channel_shuffle"):
    """Channels of all groups in turn: the transpose of groups x channels (Zhang 2018).

        - channel_shuffle: 4

    groups: parts the channels are split into
    """

    role = "move"

    groups: Positive

    def output_shape(self, *inputs: Shape) -> Shape:
        spatial(self, inputs[0])
        grouped_channels(inputs[0], self.groups)
        return inputs[0]

    def across(self, *inputs: Shape) -> Across:
        return Across(OWN.reads, turns=self.groups)

    def torch(self, *inputs: Shape) -> TorchModule:
        return TorchModule("nn.ChannelShuffle", {"groups": self.groups}, positional=1)


class PixelShuffle(Layer, kind="pixel_shuffle"):
    """Channels become pixels: factor^2 channels make an image factor times as large (Shi 2016).

        - pixel_shuffle: 2

    factor: how much larger each side becomes
    order: `channels`, as PyTorch has it: the pixels of a channel come from neighbours; else from
        channels far apart, one for each pixel by `rows` (TensorFlow, ONNX) or by `columns`
    """

    role = "move"

    factor: Positive
    order: SquareOrder = "channels"

    def output_shape(self, *inputs: Shape) -> Shape:
        channels, height, width = image(self, inputs[0], "`upsample` takes any map")
        if channels % self.factor**2:
            fact = f"{self.factor}x{self.factor} does not divide {arriving(channels)}"
            hint = f"a `conv` before it with a multiple of {self.factor**2} `filters`"
            raise ShapeError(fact, hint, field="factor", code="CNN404")
        return channels // self.factor**2, height * self.factor, width * self.factor

    def window(self, *inputs: Shape) -> Window:
        if self.factor > LONGEST_CYCLE:
            return COLLAPSED
        return Window((Axis(self.factor, 1, (range(1),) * self.factor),) * 2)

    def across(self, *inputs: Shape) -> Across | None:
        """Each channel gives the pixels of one place in every square of them."""
        if self.factor > FINEST:
            return None
        channels = inputs[0][0] // self.factor**2
        return Across(
            tuple(
                Reads(taps=held[:1], step=held.step, axes=tuple(map(self.one_of, place)))
                for place, held in squares(self.factor, self.order, channels)
            )
        )

    def one_of(self, place: int) -> Axis:
        """Of `factor` neighbouring outputs only the one at `place` reads."""
        taps = (range(phase == place) for phase in range(self.factor))
        return Axis(self.factor, 1, tuple(taps))

    def stages(self, *inputs: Shape) -> tuple[Stage, ...]:
        if self.order == "channels":
            return super().stages(*inputs)
        return rearranged(kept_output(self.output_shape(*inputs)))

    def torch(self, *inputs: Shape) -> TorchModule:
        if self.order == "channels":
            arguments: dict[str, object] = {"upscale_factor": self.factor}
            return TorchModule("nn.PixelShuffle", arguments, positional=1)
        arguments = {"factor": self.factor, "columns": self.order == "columns"}
        return TorchModule("ChannelsToPixels", arguments)

    def arithmetic(self, *inputs: Shape) -> Arithmetic:
        channels, height, width = inputs[0]
        factor = self.factor
        space = (f"{height}*{factor}", f"{width}*{factor}")
        return Arithmetic(f"{channels}/({factor}*{factor})", space)
