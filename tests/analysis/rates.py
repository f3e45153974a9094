"""How many steps of a layer's input one step of its output is, read off its PyTorch form."""

from fractions import Fraction

from cnncalc.layers.base import Shape, TorchModule


def rates(form: TorchModule, read: Shape, made: Shape) -> tuple[Fraction, ...]:
    """Per axis: the stride of what slides, one over the scale of what enlarges."""
    axes = len(read) - 1
    arguments = form.arguments
    if "scale_factor" in arguments:
        return tuple(1 / Fraction(int(scale)) for scale in arguments["scale_factor"])
    if form.name == "Slice":
        place = arguments["dim"] - 2
        return tuple(Fraction(arguments["step"] if axis == place else 1) for axis in range(axes))
    if form.name in ("nn.PixelUnshuffle", "PixelsToChannels"):
        return (Fraction(read[1], made[1]),) * axes
    if "upscale_factor" in arguments:
        return (Fraction(1, arguments["upscale_factor"]),) * axes
    if "output_size" in arguments:
        return tuple(Fraction(*pair) for pair in zip(read[1:], made[1:], strict=True))
    if "stride" not in arguments:
        return (Fraction(1),) * axes
    strides = arguments["stride"]
    strides = (strides,) * axes if isinstance(strides, int) else strides
    if "ConvTranspose" in form.name:
        return tuple(Fraction(1, stride) for stride in strides)
    return tuple(map(Fraction, strides))
