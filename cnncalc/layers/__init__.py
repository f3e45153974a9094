"""Every layer kind, one class each."""

from cnncalc.layers.base import Layer
from cnncalc.layers.conv import Conv, ConvTranspose
from cnncalc.layers.join import Add, Average, Concat, Maximum, Multiply, Subtract
from cnncalc.layers.linear import Linear

LAYERS: dict[str, type[Layer]] = {
    layer.kind: layer
    for layer in (
        Conv,
        ConvTranspose,
        Linear,
        Concat,
        Add,
        Subtract,
        Multiply,
        Maximum,
        Average,
    )
}
