"""What is trained of a norm: a scale, a shift, both or neither."""

from cnncalc.layers.base import Layer, Ops, Weight


def scaled(layer: Layer) -> bool:
    """Whether there is a trained scale: as `affine` says, unless `scale` does."""
    return _either(layer, "scale")


def shifted(layer: Layer) -> bool:
    """Whether there is a trained shift: as `affine` says, unless `shift` does."""
    return _either(layer, "shift")


def _either(layer: Layer, name: str) -> bool:
    values = layer.values()
    return bool(values["affine"] if values[name] is None else values[name])


def affine_weights(layer: Layer, *shape: int) -> tuple[Weight, ...]:
    """A trained factor and a trained summand, as far as it has them."""
    names = ("weight", scaled(layer)), ("bias", shifted(layer))
    return tuple(Weight(name, shape) for name, has in names if has)


def affine_ops(layer: Layer, values: int) -> Ops:
    """What they take."""
    return Ops(multiplications=values * scaled(layer), additions=values * shifted(layer))


def affine_connections(layer: Layer, values: int) -> int:
    """Products with a factor, and summands."""
    return values * (scaled(layer) + shifted(layer))


def affine_wrapper(layer: Layer) -> str:
    """What takes from a module of PyTorch's, that has both or neither, the one it has not."""
    if scaled(layer) == shifted(layer):
        return ""
    return "without_shift" if scaled(layer) else "without_scale"
