"""Local connections: a convolution that shares no weight."""

from math import prod

from cnncalc.layers.around import put_first
from cnncalc.layers.base import (
    EVERY,
    Across,
    Arithmetic,
    Kept,
    Ops,
    Shape,
    Stage,
    TorchModule,
    Weight,
    framed,
    kept_output,
    kept_weight,
)
from cnncalc.layers.fields import Flag, Padding, Positive, Size
from cnncalc.layers.stages import moved, weighed
from cnncalc.layers.windows import Slide, Sliding, slides_over, window_arguments


class LocallyConnected(Sliding, kind="locally_connected"):
    """A convolution with a kernel, and a bias, of its own for every place (LeCun 1989, Taigman
    2014): as many MACs, and many more weights.

        - locally_connected: {filters: 16, kernel: 9}

    filters: number of filters at each place, the output's channels
    kernel: size of the window
    stride: step of the window
    padding: zeros on each side; `half` keeps the size at stride 1, `same` makes it ceil(W/S)
    bias: whether each output has a bias
    """

    role = "weighted"

    filters: Positive
    kernel: Size
    stride: Size = 1
    padding: Padding = 0
    bias: Flag = True

    def slides(self, shape: Shape) -> tuple[Slide, ...]:
        return slides_over(self, shape, self.kernel, self.stride, self.padding)

    def output_shape(self, *inputs: Shape) -> Shape:
        return (self.filters, *self.slid(inputs[0]))

    def taps(self, shape: Shape) -> int:
        """What an output reads: the window in all channels."""
        return shape[0] * prod(slide.kernel for slide in self.slides(shape))

    def weights(self, *inputs: Shape) -> tuple[Weight, ...]:
        output = self.output_shape(*inputs)
        weight = Weight("weight", (prod(output[1:]), self.taps(inputs[0]), self.filters))
        return (weight, Weight("bias", output)) if self.bias else (weight,)

    def ops(self, *inputs: Shape) -> Ops:
        outputs = prod(self.output_shape(*inputs))
        return Ops(macs=outputs * self.taps(inputs[0]), additions=outputs if self.bias else 0)

    def scratch(self, *inputs: Shape) -> int:
        """Its windows side by side."""
        return prod(self.output_shape(*inputs)[1:]) * self.taps(inputs[0])

    def kept(self, *inputs: Shape) -> tuple[Kept, ...]:
        """Its windows side by side."""
        return (Kept("windows", prod(self.output_shape(*inputs)[1:]) * self.taps(inputs[0])),)

    def stages(self, *inputs: Shape) -> tuple[Stage, ...]:
        """The map unfolded along each axis in turn, and laid out; products; the bias."""
        first = self.padded(*inputs)
        name = first[0].makes.name if first else "input"
        (windows,) = self.kept(*inputs)
        output = kept_output(self.output_shape(*inputs))
        product = output._replace(name="product") if self.bias else output
        found, slides = list(first), self.slides(inputs[0])
        sizes = framed(inputs[0], self.torch(*inputs).around)
        for axis in range(len(slides)):
            done = (s.output * s.kernel for s in slides[: axis + 1])
            unfolded = Kept(f"unfolded {axis}", prod((sizes[0], *done, *sizes[axis + 2 :])))
            found.append(Stage(unfolded, (name,), view=True))
            name = unfolded.name
        found.append(moved(windows, name, held=True))
        kept = (windows, kept_weight("weight"))
        found.append(
            Stage(product, ("windows",), kept, held=True, trained=("weight",), cast="half")
        )
        if not self.bias:
            return *found[:-1], found[-1]._replace(order="turned")
        return *found, weighed(output, "product", ("bias",))._replace(order="turned")

    def across(self, *inputs: Shape) -> Across:
        return EVERY

    def torch(self, *inputs: Shape) -> TorchModule:
        slides = self.slides(inputs[0])
        arguments = {
            "in_channels": inputs[0][0],
            "out_channels": self.filters,
            "output_size": self.output_shape(*inputs)[1:],
            **window_arguments(slides),
            "bias": self.bias,
        }
        sides = put_first(slides)
        return TorchModule("LocallyConnected", arguments, sides if any(sides) else ())

    def arithmetic(self, *inputs: Shape) -> Arithmetic:
        return self.dot_products(inputs[0], self.output_shape(*inputs), inputs[0][0])
