"""Regions of a map: what lies in boxes, each brought to one size."""

from collections.abc import Iterator, Mapping
from math import prod
from typing import Annotated, ClassVar

from cnncalc.layers.base import (
    EVERYTHING,
    INDEX,
    Across,
    Arithmetic,
    Kept,
    Layer,
    Ops,
    Reads,
    Shape,
    ShapeError,
    Stage,
    TorchModule,
    Window,
    kept_input,
    kept_output,
    products,
    times,
)
from cnncalc.layers.fields import Flag, Positive, Real, Size
from cnncalc.layers.pooling.adaptive import AdaptiveAvgPool, AdaptiveMaxPool
from cnncalc.layers.pooling.roi_stages import (
    WIDE,
    cells_along,
    cells_reaching,
    clamped,
    corners_and_places,
    counted_up,
    largest,
    rounded_boxes,
    scaled_boxes,
    signed,
    sums_up_to,
    unlearned,
    whole_boxes,
)
from cnncalc.layers.stages import local, looked_up
from cnncalc.layers.windows import per_axis

LOOK = (Reads(number=0, taps=range(1), step=1), Reads(number=1))
"""Each channel at itself, where all the boxes say."""


class Regions(Layer):
    """What lies in each box of a map, brought to one size.

    size: height and width of what is made of a box
    scale: pixels of the map for one of the image in which the boxes are measured
    """

    role = "pool"
    branches: ClassVar[Mapping[str, bool]] = {"map": True, "boxes": False}

    size: Size
    scale: Annotated[float, Real(0)] = 1.0

    def output_shape(self, *inputs: Shape) -> Shape:
        if len(inputs) < 2:
            fact = f"`{self.kind}` wants to know the boxes"
            raise ShapeError(fact, "`boxes: ...`, the name of an input of `4x100`, say")
        image, boxes = inputs
        if len(image) != 3:
            fact = f"`{self.kind}` cuts regions out of an image, got {times(image)}"
            raise ShapeError(fact, "channels, height, width")
        if len(boxes) != 2 or boxes[0] != 4:
            fact = f"`{self.kind}` wants four numbers for each box, got {times(boxes)}"
            raise ShapeError(fact, f"boxes of `4x{boxes[-1]}`")
        return (image[0], boxes[1], *per_axis(self.size, 2, "size"))

    def needed_reads(self, *inputs: Shape) -> int:
        """The boxes: all may be one place of the map."""
        return prod(inputs[1])

    def window(self, *inputs: Shape) -> Window:
        return EVERYTHING

    def across(self, *inputs: Shape) -> Across:
        return Across(LOOK)

    def arithmetic(self, *inputs: Shape) -> Arithmetic:
        return Arithmetic(space=tuple(map(str, self.output_shape(*inputs)[1:])))


class RoiAlign(Regions, kind="roi_align"):
    """What lies in each box, sampled between the pixels and averaged to one size (He 2017): a map
    of channels x boxes x height x width, where layers whose kernel is 1 along the boxes take each
    by itself. For a sample 4 multiplications and 3 additions, in each channel, and for the mean of
    n of them n-1 additions and 1 division. No gradient goes to the boxes.

        - roi_align: {boxes: boxes, size: 7, scale: 1 / 16}

    samples: along each side of a cell
    aligned: whether boxes are moved by half a pixel, so that pixels are where their middles are
    map: what the regions are cut out of; what arrives, unless given
    boxes: 4 x boxes: left, top, right and bottom of each
    """

    samples: Positive = 2
    aligned: Flag = False

    def sampled(self, shape: Shape) -> int:
        """How many places of a map are looked at."""
        return prod(shape[1:]) * self.samples**2

    def ops(self, *inputs: Shape) -> Ops:
        output, each = self.output_shape(*inputs), self.samples**2
        own = Ops(multiplications=4 * each, additions=3 * each + each - 1, divisions=1)
        return own.scaled(prod(output))

    def kept(self, *inputs: Shape) -> tuple[Kept, ...]:
        """Where it looked, and whether that was in the map."""
        places = self.sampled(self.output_shape(*inputs))
        return kept_input(inputs[0]), Kept("places", 2 * places), Kept("inside", places)

    def stages(self, *inputs: Shape) -> tuple[Stage, ...]:
        """Where to look, along each axis and then everywhere, what is found there, that within the
        map, and the mean of each cell."""
        read, places, inside = self.kept(*inputs)
        found = inside.each * inputs[0][0]
        rows, columns = self.output_shape(*inputs)[2:]
        return (
            *scaled_boxes(inputs[1]),
            *self.along("columns", inputs[1][1], columns * self.samples),
            *self.along("rows", inputs[1][1], rows * self.samples),
            Stage(places, ("columns", "rows"), held=True, blind=True),
            looked_up(Kept("found", found), "places", (read, places)),
            Stage(
                Kept("in the map", inside.each, width=1),
                ("rows inside", "columns inside"),
                held=True,
                blind=True,
            ),
            Stage(inside, ("in the map",), blind=True),
            Stage(Kept("within", found), ("found", inside.name), (inside,), held=True),
            Stage(kept_output(self.output_shape(*inputs)), ("within",)),
        )

    def along(self, name: str, boxes: int, count: int) -> Iterator[Stage]:
        """The samples of each box along an axis, and which are in the map."""
        each = boxes * count
        extents, steps = f"extents of {name}", f"steps of {name}"
        yield from clamped(extents, boxes, not self.aligned)
        yield from counted_up(steps, count, 2)
        yield unlearned(f"moves of {name}", each, (extents, steps))
        yield unlearned(f"places of {name}", each, (f"moves of {name}",), (extents, steps))
        held = (f"places of {name}", extents, steps)
        yield unlearned(f"{name}, doubled", each, held)
        yield unlearned(f"{name}, over the size", each, (f"{name}, doubled",), held)
        yield unlearned(name, each, (f"{name}, over the size",), held)._replace(held=True)
        first, second = f"{name} behind the first", f"{name} before the last"
        yield unlearned(first, each, held, width=1)
        yield unlearned(second, each, held, width=1)
        inside = unlearned(f"{name} inside", each, (first, second), held, width=1)
        yield inside._replace(held=True)

    def torch(self, *inputs: Shape) -> TorchModule:
        arguments = {
            "output_size": per_axis(self.size, 2, "size"),
            "spatial_scale": self.scale,
            "sampling_ratio": self.samples,
            "aligned": self.aligned,
        }
        return TorchModule("RoiAlign", arguments, positional=1)


class RoiPool(Regions, kind="roi_pool"):
    """The largest value in each cell of each box (Girshick 2015): a map of channels x boxes x
    height x width, as `roi_align` makes it. Sides of boxes are rounded to pixels, and the last one
    belongs to the box; cells reach out to whole pixels, and one without any gives 0. Comparisons
    are those of boxes that are as large as the map: what `adaptive_max_pool` takes, for each. No
    gradient goes to the boxes.

        - roi_pool: {boxes: boxes, size: 7, scale: 1 / 16}

    map: what the regions are cut out of; what arrives, unless given
    boxes: 4 x boxes: left, top, right and bottom of each
    """

    def ops(self, *inputs: Shape) -> Ops:
        _, boxes, *size = self.output_shape(*inputs)
        return AdaptiveMaxPool(tuple(size)).ops(inputs[0]).scaled(boxes)

    def kept(self, *inputs: Shape) -> tuple[Kept, ...]:
        """Where the largest are, and which cells have none."""
        output = self.output_shape(*inputs)
        places = Kept("places", prod(output), width=INDEX)
        return kept_input(inputs[0]), places, Kept("empty", prod(output[1:]), width=1)

    def stages(self, *inputs: Shape) -> tuple[Stage, ...]:
        """The cells along each axis, which of them have no place, where the largest values are, and
        these."""
        image, (_, boxes), (_, _, *size) = *inputs, self.output_shape(*inputs)
        read, places, empty = self.kept(*inputs)
        cells = boxes * prod(size)
        found = Kept("found", image[0] * cells)
        zeros = Kept("zeros", prod(image))
        return (
            *rounded_boxes(inputs[1]),
            *cells_along("rows", boxes, size[0]),
            *cells_along("columns", boxes, size[1]),
            unlearned("no rows", cells, ("rows first", "rows behind"), width=1),
            unlearned("no columns", cells, ("columns first", "columns behind"), width=1),
            unlearned("empty", cells, ("no rows", "no columns"), width=1)._replace(held=True),
            *largest(image, cells),
            Stage(found, keeps=(read, local(places.name)), behind=(zeros,)),
            Stage(
                kept_output(self.output_shape(*inputs)),
                ("found",),
                (local(empty.name),),
                beside=("places",),
            ),
        )

    def scratch(self, *inputs: Shape) -> int:
        """For each place that of the largest of 1, 2, 4, ... behind it along both axes; an index is
        as wide as two numbers."""
        return 2 * prod(inputs[0]) * prod(side.bit_length() for side in inputs[0][1:])

    def torch(self, *inputs: Shape) -> TorchModule:
        size = per_axis(self.size, 2, "size")
        arguments = {"output_size": size, "spatial_scale": self.scale}
        return TorchModule("RoiPool", arguments, positional=2)


class PsRoiPool(Regions, kind="psroi_pool"):
    """The mean of each cell of each box, each cell of a channel of its own (Dai 2016): a map of
    channels x boxes x height x width, as `roi_align` makes it, of height times width as many
    channels, those of the cells of one behind one another. Sides of boxes are rounded to pixels of
    the image, and the last one belongs to the box; cells reach out to whole pixels of the map, and
    one without any gives 0. Additions are those of boxes that are as large as the map: what
    `adaptive_avg_pool` takes, for each. No gradient goes to the boxes.

        - psroi_pool: {boxes: boxes, size: 7, scale: 1 / 16}

    map: what the regions are cut out of; what arrives, unless given
    boxes: 4 x boxes: left, top, right and bottom of each
    """

    def output_shape(self, *inputs: Shape) -> Shape:
        channels, boxes, *size = super().output_shape(*inputs)
        if channels % prod(size):
            fact = f"{times(size)} cells do not divide {channels:,} channels"
            hint = f"a `conv` before it with a multiple of {prod(size)} `filters`"
            raise ShapeError(fact, hint, field="size", code="CNN404")
        return (channels // prod(size), boxes, *size)

    def across(self, *inputs: Shape) -> Across:
        cells = prod(per_axis(self.size, 2, "size"))
        return Across((Reads(number=0, taps=range(cells), step=cells), Reads(number=1)))

    def arithmetic(self, *inputs: Shape) -> Arithmetic:
        size = per_axis(self.size, 2, "size")
        return super().arithmetic(*inputs)._replace(channels=f"{inputs[0][0]}/({products(*size)})")

    def ops(self, *inputs: Shape) -> Ops:
        channels, boxes, *size = self.output_shape(*inputs)
        one = (channels, *inputs[0][1:])
        return AdaptiveAvgPool(tuple(size)).ops(one).scaled(boxes)

    def kept(self, *inputs: Shape) -> tuple[Kept, ...]:
        """The sums of all above and left of each place, where in them the corners of cells are, and
        what each of these counts."""
        channels, high, wide = inputs[0]
        corners = 4 * prod(self.output_shape(*inputs)[1:])
        return (
            Kept("table", channels * (high + 1) * (wide + 1), width=WIDE),
            Kept("corners", corners, width=INDEX),
            Kept("signs", corners, width=WIDE),
        )

    def stages(self, *inputs: Shape) -> tuple[Stage, ...]:
        """The cells along each axis, a table of sums, what it holds at their corners, and the means
        of these."""
        output = self.output_shape(*inputs)
        channels, boxes, *size = output
        table, corners, signs = self.kept(*inputs)
        found = Kept("found", channels * corners.each, width=WIDE)
        means = Kept("means", prod(output))
        return (
            *whole_boxes(inputs[1]),
            *cells_reaching("rows", boxes, size[0]),
            *cells_reaching("columns", boxes, size[1]),
            *corners_and_places(boxes, *size),
            *sums_up_to(table.each),
            Stage(found, ("table",), (local("table"), local("corners"))),
            *signed(boxes * prod(size), ("found",)),
            Stage(
                found._replace(name="counted"), ("found", "signs"), (local(signs.name),), held=True
            ),
            Stage(means._replace(name="wide means", width=WIDE), ("counted",)),
            Stage(means, ("wide means",)),
            Stage(kept_output(output), ("means",), handed=("means",)),
        )

    def torch(self, *inputs: Shape) -> TorchModule:
        size = per_axis(self.size, 2, "size")
        arguments = {"output_size": size, "spatial_scale": self.scale}
        return TorchModule("PsRoiPool", arguments, positional=2)
