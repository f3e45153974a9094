"""Convolution, and its transpose."""

from collections.abc import Iterator
from math import gcd, prod

from cnncalc.layers.around import PaddingMode, check_reach, kept_of_map, put_first, torch_padding
from cnncalc.layers.base import (
    COLLAPSED,
    INDEX,
    LONGEST_CYCLE,
    Across,
    Arithmetic,
    Axis,
    Filters,
    Kept,
    Layer,
    Ops,
    Problem,
    Reads,
    Shape,
    ShapeError,
    Stage,
    TorchModule,
    Weight,
    Window,
    grouped,
    kept_input,
    kept_output,
    kept_weight,
    products,
    times,
)
from cnncalc.layers.fields import (
    ConvPadding,
    Flag,
    OffsetSize,
    OptionalNonNegativeNumber,
    OptionalPositiveNumber,
    OptionalTable,
    Positive,
    Size,
    TransposedPadding,
    counted,
)
from cnncalc.layers.groups import check_groups, grouped_channels
from cnncalc.layers.parametrized import (
    check_ways,
    computing,
    kept_of_weights,
    way,
    weights,
    wrapper,
)
from cnncalc.layers.stages import several, weighed
from cnncalc.layers.windows import Slide, Sliding, per_axis, slides_over, window_arguments
from cnncalc.records import NamedTuple

DEFAULTS = {
    "stride": 1,
    "padding": 0,
    "dilation": 1,
    "groups": 1,
    "bias": True,
    "padding_mode": "zeros",
}
"""PyTorch's own, of a convolution."""


def check_table(table: tuple[tuple[int, ...], ...], filters: int) -> Iterator[Problem]:
    """Each filter reads some channels, each once."""
    if len(table) != filters:
        rows = counted(len(table), "row")
        fact = f"`table` has {rows} for {counted(filters, 'filter')}"
        yield Problem("table", fact, "one list of channels for each filter")
    for number, row in enumerate(table):
        if not row:
            yield Problem("table", f"row {number} of the table is empty", "at least one channel")
        elif len(set(row)) < len(row):
            twice = next(channel for channel in row if row.count(channel) > 1)
            fact = f"row {number} of the table has channel {twice} twice"
            yield Problem("table", fact, f"{twice} once")


class Conv(Sliding, kind="conv"):
    """Convolution: each filter is a dot product with a window of the input, plus a bias.

        - conv: {filters: 64, kernel: 3, stride: 2, padding: half}

    filters: number of filters, the output's channels
    kernel: size of the window
    stride: step of the window
    padding: on each side, or before and after; `half` and `same` keep sizes, `causal` pads before
    dilation: distance between the taps of the kernel
    groups: parts the channels are split into, each read by its own share of the filters
    bias: whether each filter has a bias
    weight_norm: whether the weight is kept as direction and length (Salimans & Kingma 2016)
    table: for each filter the list of channels it reads, from 0 (LeCun 1998); all, unless given
    padding_mode: `zeros`, or of the map itself, as in `pad`: `reflect`, `replicate`, `circular`
    spectral_norm: whether the weight is divided by its largest singular value (Miyato 2018)
    weight_standardization: whether each filter has mean 0 and variance 1 (Qiao 2019)
    weight_eps: what is added to that variance; 1e-10, unless given
    weight_gain: a learned gain of each filter by which it is multiplied then, and by this over the
        root of how many weights it has (Brock 2021)
    """

    role = "weighted"
    working = "products"
    cast = "half"
    one_backward = True
    axes_alike = (2, 3)

    filters: Positive
    kernel: Size
    stride: Size = 1
    padding: ConvPadding = 0
    dilation: Size = 1
    groups: Positive = 1
    bias: Flag = True
    weight_norm: Flag = False
    table: OptionalTable = None
    padding_mode: PaddingMode = "zeros"
    spectral_norm: Flag = False
    weight_standardization: Flag = False
    weight_eps: OptionalNonNegativeNumber = None
    weight_gain: OptionalPositiveNumber = None

    @property
    def drawn(self) -> bool:
        return self.table is None and not wrapper(self)

    def borrows(self, other: Layer) -> bool:
        return other.kind == "conv_transpose"

    def check(self) -> Iterator[Problem]:
        yield from check_groups(self.filters, self.groups)
        yield from check_ways(self)
        if not self.weight_standardization:
            yield from self._check_standardized_alone()
        if self.table is None:
            return
        yield from check_table(self.table, self.filters)
        if self.groups > 1:
            fact = "a `table` already says what each filter reads"
            yield Problem("groups", fact, "leave out `groups`")
        if way(self):
            fact, hint = "filters of a `table` have no common length", f"leave out `{way(self)}`"
            yield Problem(way(self), fact, hint)

    def _check_standardized_alone(self) -> Iterator[Problem]:
        """What only standardised filters have."""
        hint = "`weight_standardization: true`, or leave it out"
        if self.weight_eps is not None:
            fact = "`weight_eps` is of a variance that no filter is divided by"
            yield Problem("weight_eps", fact, hint)
        if self.weight_gain is not None:
            fact = "`weight_gain` is of filters that are standardised, and these are not"
            yield Problem("weight_gain", fact, hint)

    def kernels(self, shape: Shape) -> int:
        """Pairs of a filter and a channel that it reads. Raises ShapeError."""
        if self.table is None:
            return self.filters * grouped_channels(shape, self.groups)
        highest = max(map(max, self.table))
        if highest >= shape[0]:
            fact = f"the table reads channel {highest}, counted from 0; {shape[0]} arrive"
            raise ShapeError(fact, f"0 to {shape[0] - 1}", field="table", code="CNN404")
        return sum(map(len, self.table))

    def slides(self, shape: Shape) -> tuple[Slide, ...]:
        return slides_over(self, shape, self.kernel, self.stride, self.padding, self.dilation)

    @property
    def blank(self) -> bool:
        return self.padding_mode == "zeros"

    def output_shape(self, *inputs: Shape) -> Shape:
        self.kernels(inputs[0])
        edges = [(slide.before, slide.after) for slide in self.slides(inputs[0])]
        check_reach(self.padding_mode, inputs[0][1:], edges, "padding")
        if self.weight_standardization and prod(self.weights(*inputs)[0].shape[1:]) == 1:
            fact = "filters of one weight: standardised, each is 0"
            hint = "a larger `kernel`, or fewer `groups`"
            raise ShapeError(fact, hint, field="weight_standardization", code="CNN402")
        return (self.filters, *self.slid(inputs[0]))

    def weights(self, *inputs: Shape) -> tuple[Weight, ...]:
        kernel = per_axis(self.kernel, len(inputs[0]) - 1, "kernel")
        if self.table is not None:
            return weights(self, (self.kernels(inputs[0]), *kernel), self.filters, self.bias)
        shape = (self.filters, inputs[0][0] // self.groups, *kernel)
        found = weights(self, shape, self.filters, self.bias)
        if self.weight_gain is None:
            return found
        return (*found, Weight("gain", (self.filters, *(1 for _ in shape[1:]))))

    def ops(self, *inputs: Shape) -> Ops:
        filters, *space = self.output_shape(*inputs)
        kernel = per_axis(self.kernel, len(space), "kernel")
        positions = prod(space)
        macs = positions * self.kernels(inputs[0]) * prod(kernel)
        return Ops(macs=macs, additions=filters * positions if self.bias else 0)

    def needed_macs(self, *inputs: Shape) -> int:
        return self.kernels(inputs[0]) * self.met(inputs[0])

    def fewest_macs(self, *inputs: Shape) -> int:
        """Of a 3x3 window at every place, those of Winograd's F(4x4, 3x3): 6*6 for 4*4 outputs of 9
        each (Lavin & Gray 2016)."""
        slides = self.slides(inputs[0])
        quick = len(slides) == 2 and all(
            s.kernel == 3 and s.stride * s.dilation == 1 for s in slides
        )
        return self.needed_macs(*inputs) // 4 if quick else self.needed_macs(*inputs)

    def moved_filters(self, *inputs: Shape) -> Filters | None:
        """With a table each reads channels of its own."""
        if self.table is not None:
            return None
        slides = self.slides(inputs[0])
        channels = grouped_channels(inputs[0], self.groups)
        window = prod(slide.kernel for slide in slides)
        return Filters(self.filters, channels, window, prod(slide.output for slide in slides))

    def kept(self, *inputs: Shape) -> tuple[Kept, ...]:
        """With a table, each kernel's channel, laid out for it, and the map it makes."""
        read = self.read(*inputs)
        padding = kept_of_map(inputs[0], self.torch(*inputs).padding_mode)
        if self.table is None:
            return (read, *padding, *kept_of_weights(self, self.weights(*inputs)))
        kernels = self.kernels(inputs[0])
        channels = Kept("channels", read.each // inputs[0][0] * kernels)
        return channels, *padding, Kept("maps", kernels * prod(self.slid(inputs[0])))

    def across(self, *inputs: Shape) -> Across:
        if self.table is None:
            return grouped(inputs[0][0], self.filters, self.groups)
        return Across(
            tuple(
                Reads(range(row, row + 1), range(channel, channel + 1))
                for row, channels in enumerate(self.table)
                for channel in channels
            )
        )

    def constants(self, *inputs: Shape) -> tuple[Kept, ...]:
        """With a table, where each kernel reads and writes."""
        if self.table is None:
            return ()
        return (Kept("places", 0, 2 * self.kernels(inputs[0]), INDEX),)

    def stages(self, *inputs: Shape) -> tuple[Stage, ...]:
        """With a table, the channels that kernels read, what each makes, and the sums of these,
        which go into zeros."""
        if self.table is None:
            return super().stages(*inputs)
        channels, *_, maps = self.kept(*inputs)
        first = self.padded(*inputs)
        output = kept_output(self.output_shape(*inputs))
        sums = output._replace(name="sums") if self.bias else output
        weight = kept_weight("weight", always=True)
        return (
            *first,
            Stage(
                channels,
                (first[0].makes.name if first else "input",),
                behind=several(self.read(*inputs).each, 1),
            ),
            Stage(
                maps, ("channels",), (channels, weight), held=True, trained=("weight",), cast="half"
            ),
            Stage(Kept("zeros", output.each), (), cast="half"),
            Stage(sums, ("maps",), (maps,), beside=("zeros",)),
            *((weighed(output, "sums", ("bias",)),) if self.bias else ()),
        )

    def computed(self, *inputs: Shape) -> tuple[Stage, ...]:
        return computing(self, self.weights(*inputs))

    def torch(self, *inputs: Shape) -> TorchModule:
        slides = self.slides(inputs[0])
        mode = self.padding_mode if any(put_first(slides)) else "zeros"
        padding, before = torch_padding(slides, self.table is None or mode == "zeros")
        window = {
            **window_arguments(slides),
            "padding": padding,
            "dilation": tuple(slide.dilation for slide in slides),
            "bias": self.bias,
        }
        if self.table is not None:
            return TorchModule("TableConv", {"table": self.table, **window}, before, mode=mode)
        channels = {"in_channels": inputs[0][0], "out_channels": self.filters}
        own = {"groups": self.groups, "padding_mode": "zeros" if before else mode}
        home = "Std" if self.weight_standardization else "nn."
        if self.weight_eps is not None:
            own["weight_eps"] = self.weight_eps
        if self.weight_gain is not None:
            own["weight_gain"] = self.weight_gain
        return TorchModule(
            f"{home}Conv{len(slides)}d",
            {**channels, **window, **own},
            before,
            mode=mode,
            wrapper=wrapper(self),
            positional=3,
            defaults=DEFAULTS,
        )

    def arithmetic(self, *inputs: Shape) -> Arithmetic:
        writes, reads = self.output_shape(*inputs), inputs[0][0] // self.groups
        if self.table is not None:
            writes, reads = writes[1:], self.kernels(inputs[0])
        return self.dot_products(inputs[0], writes, reads)


class Spread(NamedTuple):
    """A transposed window along one axis: each input is spread over the output."""

    size: int
    kernel: int
    stride: int
    dilation: int
    padding: int
    output_padding: int
    cut: int = 0

    @property
    def output(self) -> int:
        """`(W - 1)S + D(K-1) + 1 - 2P`, and the output padding, less what is cut off: the inverse
        of a sliding window."""
        extent = self.dilation * (self.kernel - 1) + 1
        more = self.output_padding - self.cut
        return (self.size - 1) * self.stride + extent - 2 * self.padding + more

    @property
    def axis(self) -> Axis:
        """Input i meets output `i*S - P + k*D`; which taps k meet it depends on its phase."""
        return Axis(self.stride, 1, tuple(self._taps(phase) for phase in range(self.stride)))

    def _taps(self, phase: int) -> range:
        """Inputs, relative to the output's cycle, that meet the outputs of one phase: `k*D` must
        equal `phase + P` modulo the stride."""
        common = gcd(self.stride, self.dilation)
        place = phase + self.padding
        if place % common:
            return range(0)
        apart = self.stride // common  # between the kernel taps that hit
        first = place // common * pow(self.dilation // common, -1, apart) % apart
        if first >= self.kernel:
            return range(0)
        last = first + (self.kernel - 1 - first) // apart * apart
        nearest, farthest = ((place - tap * self.dilation) // self.stride for tap in (first, last))
        return range(farthest, nearest + 1, self.dilation // common)

    @property
    def formula(self) -> str:
        """`(28 - 1)*2 + 2 - 2*0 + 0`."""
        extent = f"{self.dilation}*({self.kernel} - 1) + 1" if self.dilation > 1 else self.kernel
        rest = f"2*{self.padding} + {self.output_padding}"
        if self.cut:
            rest = f"({self.padding} + {self.padding + self.cut})"
        return f"({self.size} - 1)*{self.stride} + {extent} - {rest}"


def whole(slide: Slide) -> Spread:
    """Spread so that the output is the stride times the input, as TensorFlow does it: what the
    windows reach beyond that is cut off evenly, the odd one last; what they leave out is added."""
    beyond = slide.extent - slide.stride
    padding, cut = divmod(max(beyond, 0), 2)
    size, kernel, stride, dilation = slide[:4]
    return Spread(size, kernel, stride, dilation, padding, max(-beyond, 0), cut)


class ConvTranspose(Layer, kind="conv_transpose"):
    """Transposed convolution: each input spreads a window over the output, `stride` apart.

        - conv_transpose: {filters: 64, kernel: 2, stride: 2}

    filters: number of filters, the output's channels
    kernel: size of the window each input is spread over
    stride: distance in the output between the windows of neighbouring inputs
    padding: cut from each side of the output; `half` is (F-1)/2, `same` makes the output S*W
    dilation: distance between the taps of the kernel
    groups: parts the channels are split into
    bias: whether each filter has a bias
    weight_norm: whether the weight is kept as direction and length (Salimans & Kingma 2016)
    output_padding: rows and columns added at the end of the output
    spectral_norm: whether the weight is divided by its largest singular value (Miyato 2018)
    """

    role = "weighted"
    inputs_first = True
    cast = "half"
    one_backward = True
    axes_alike = (2, 3)

    filters: Positive
    kernel: Size
    stride: Size = 1
    padding: TransposedPadding = 0
    dilation: Size = 1
    groups: Positive = 1
    bias: Flag = True
    weight_norm: Flag = False
    output_padding: OffsetSize = 0
    spectral_norm: Flag = False

    @property
    def drawn(self) -> bool:
        return not way(self)

    def borrows(self, other: Layer) -> bool:
        return isinstance(other, Conv)

    def check(self) -> Iterator[Problem]:
        yield from check_groups(self.filters, self.groups)
        yield from check_ways(self)
        if self.padding == "same" and self.output_padding != 0:
            fact = "`padding: same` already says how large the output is"
            yield Problem("output_padding", fact, "leave out `output_padding`")

    def spreads(self, shape: Shape) -> tuple[Spread, ...]:
        """Its window along each spatial axis of `shape`. Raises ShapeError."""
        if self.padding == "same":
            slides = slides_over(self, shape, self.kernel, self.stride, 0, self.dilation)
            return tuple(map(whole, slides))
        slides = slides_over(self, shape, self.kernel, self.stride, self.padding, self.dilation)
        extra = per_axis(self.output_padding, len(slides), "output_padding")
        return tuple(
            Spread(s.size, s.kernel, s.stride, s.dilation, s.before, more)
            for s, more in zip(slides, extra, strict=True)
        )

    def output_shape(self, *inputs: Shape) -> Shape:
        grouped_channels(inputs[0], self.groups)
        spreads = self.spreads(inputs[0])
        if any(s.output_padding >= max(s.stride, s.dilation) for s in spreads):
            most = min(max(s.stride, s.dilation) for s in spreads) - 1
            fact = "`output_padding` is not smaller than `stride` or `dilation`"
            hint = f"at most `output_padding: {most}`"
            raise ShapeError(fact, hint, field="output_padding", code="CNN402")
        sizes = [spread.output for spread in spreads]
        if min(sizes) < 1:
            fact = f"padding cuts the whole output away: {times(sizes)} is left"
            raise ShapeError(fact, "a smaller `padding`", field="padding", code="CNN402")
        return (self.filters, *sizes)

    def weights(self, *inputs: Shape) -> tuple[Weight, ...]:
        kernel = per_axis(self.kernel, len(inputs[0]) - 1, "kernel")
        shape = (inputs[0][0], self.filters // self.groups, *kernel)
        return weights(self, shape, self.filters, self.bias, units_on=1)

    def ops(self, *inputs: Shape) -> Ops:
        kernel = per_axis(self.kernel, len(inputs[0]) - 1, "kernel")
        macs = prod(inputs[0]) * self.filters // self.groups * prod(kernel)
        return Ops(macs=macs, additions=prod(self.output_shape(*inputs)) if self.bias else 0)

    def kept(self, *inputs: Shape) -> tuple[Kept, ...]:
        return kept_input(inputs[0]), *kept_of_weights(self, self.weights(*inputs))

    def scratch(self, *inputs: Shape) -> int:
        """The output before its end is cut off."""
        spreads = self.spreads(inputs[0])
        uncut = [spread.output + spread.cut for spread in spreads]
        return self.filters * prod(uncut) if any(spread.cut for spread in spreads) else 0

    def window(self, *inputs: Shape) -> Window:
        spreads = self.spreads(inputs[0])
        if max(spread.stride for spread in spreads) > LONGEST_CYCLE:
            return COLLAPSED
        return Window(tuple(spread.axis for spread in spreads))

    def across(self, *inputs: Shape) -> Across:
        return grouped(inputs[0][0], self.filters, self.groups)

    def stages(self, *inputs: Shape) -> tuple[Stage, ...]:
        """The output before its end is cut off. Where oneDNN does not compute it, for what its
        `output_padding` is, three axes are written into as much memory as the input has (PyTorch's
        `slow_conv_transpose3d`)."""
        spreads = self.spreads(inputs[0])
        *before, last = super().stages(*inputs)
        slow = any(spread.output_padding >= spread.stride for spread in spreads)
        if slow and len(spreads) == 3 and self.groups == 1 and last.makes.each < prod(inputs[0]):
            room = Kept("room", prod(inputs[0]))
            seen = Stage(last.makes, (room.name,), view=True, handed=(room.name,))
            return *before, last._replace(makes=room), seen
        if not any(spread.cut for spread in spreads):
            return *before, last
        uncut = Kept("uncut", self.filters * prod(s.output + s.cut for s in spreads))
        return *before, last._replace(makes=uncut), Stage(last.makes, ("uncut",))

    def computed(self, *inputs: Shape) -> tuple[Stage, ...]:
        return computing(self, self.weights(*inputs))

    def torch(self, *inputs: Shape) -> TorchModule:
        spreads = self.spreads(inputs[0])
        arguments = {
            "in_channels": inputs[0][0],
            "out_channels": self.filters,
            "kernel_size": tuple(spread.kernel for spread in spreads),
            "stride": tuple(spread.stride for spread in spreads),
            "padding": tuple(spread.padding for spread in spreads),
            "output_padding": tuple(spread.output_padding for spread in spreads),
            "groups": self.groups,
            "bias": self.bias,
            "dilation": tuple(spread.dilation for spread in spreads),
        }
        name = f"ConvTranspose{len(spreads)}d"
        if any(cut := tuple(spread.cut for spread in spreads)):
            del arguments["output_padding"]
            return TorchModule(f"Cut{name}", arguments | {"cut": cut}, wrapper=wrapper(self))
        return TorchModule(
            f"nn.{name}",
            arguments,
            wrapper=wrapper(self),
            positional=3,
            defaults={
                "stride": 1,
                "padding": 0,
                "output_padding": 0,
                "groups": 1,
                "bias": True,
                "dilation": 1,
            },
        )

    def arithmetic(self, *inputs: Shape) -> Arithmetic:
        spreads = self.spreads(inputs[0])
        writes = products(self.filters // self.groups, *(spread.kernel for spread in spreads))
        space = tuple(spread.formula for spread in spreads)
        return Arithmetic(space=space, macs=f"{products(*inputs[0])} * ({writes})")
