"""Maps of another size."""

from __future__ import annotations

from math import ceil, floor

from cnncalc.importing.program import Argument, Sizes
from cnncalc.runtime.importing.onnx.node_call import NodeCall, plain
from cnncalc.runtime.importing.onnx.program_writing import UnreadError

ENDS = {1: ("",), 2: ("_h", "_w"), 3: ("_d", "_h", "_w")}
LINEAR = {1: "linear1d", 2: "bilinear2d", 3: "trilinear3d"}


def resize(call: NodeCall) -> None:
    """To a size, or by a factor, as PyTorch does it; by any other rule it is refused."""
    had, has = call.sizes(), call.made()
    rank = len(had) - 2
    if had[:2] != has[:2] or rank not in ENDS:
        raise UnreadError("samples or channels are resized")
    if call["antialias"] or call["keep_aspect_ratio_policy"] not in (None, "stretch"):
        raise UnreadError("it is smoothed, or keeps a ratio")
    if had == has:
        call.same_as(call.ref())
        return
    factors = _factors(call, rank)
    mode = call["mode"] or "nearest"
    arguments: dict[str, Argument] = {"self": call.ref(), "output_size": has[2:]}
    if mode == "nearest":
        _check_nearest(call, factors, had[2:], has[2:])
        operator = f"upsample_nearest{rank}d"
    elif mode == "linear" or (mode == "cubic" and rank == 2):
        _check_cubic(call, mode)
        operator = f"upsample_{LINEAR[rank]}" if mode == "linear" else "upsample_bicubic2d"
        arguments["align_corners"] = _aligned(call, has[2:])
    else:
        raise UnreadError(f"its mode is `{mode}`")
    scales = {f"scales{end}": factor for end, factor in zip(ENDS[rank], factors, strict=True)}
    call.give(operator, **arguments, **scales)


def _factors(call: NodeCall, rank: int) -> tuple[float | None, ...]:
    """Those that the file gives; None where it gives sizes."""
    scales = call.array(2) if call.operator == "Resize" else call.array(1)
    if scales is None or not scales.size or call.has(3):
        return (None,) * rank
    axes = call.whole_numbers("axes", len(call.inputs)) or tuple(range(rank + 2))
    found = dict(zip(axes, scales.tolist(), strict=False))
    return tuple(plain(found.get(axis, 1.0)) for axis in range(2, rank + 2))


def _coordinates(call: NodeCall) -> str:
    usual = "half_pixel" if call.operator == "Resize" else "asymmetric"
    return call["coordinate_transformation_mode"] or usual


def _aligned(call: NodeCall, has: Sizes) -> bool:
    """Whether corners stay where they are."""
    how = _coordinates(call)
    if how == "half_pixel" or (how == "pytorch_half_pixel" and min(has) > 1):
        return False
    if how == "align_corners":
        return True
    raise UnreadError(f"its places are `{how}`, which no layer has in this mode")


def _check_cubic(call: NodeCall, mode: str) -> None:
    usual = call["cubic_coeff_a"] in (None, -0.75) and not call["exclude_outside"]
    if mode == "cubic" and not usual:
        raise UnreadError("it has a curve of its own")


LONGEST = 2**20
"""Places along an axis, each of which is looked at."""

ROUNDINGS = {
    "round_prefer_floor": lambda x: ceil(x - 0.5),
    "round_prefer_ceil": lambda x: floor(x + 0.5),
    "floor": floor,
    "ceil": ceil,
}


def _check_nearest(
    call: NodeCall, factors: tuple[float | None, ...], had: Sizes, has: Sizes
) -> None:
    """Raises UnreadError unless each place takes the value that PyTorch's rule takes, too."""
    how = _coordinates(call)
    rule = ROUNDINGS.get(call["nearest_mode"] or "round_prefer_floor")
    if call.operator != "Resize":
        rule = floor
    if max(has) > LONGEST:
        raise UnreadError(f"its map is longer than {LONGEST:,} along an axis")
    for size, made, given in zip(had, has, factors, strict=True):
        factor = given or made / size
        for place in range(made):
            wanted = _source(how, place, factor, size, made)
            if (
                rule is None
                or wanted is None
                or max(min(rule(wanted), size - 1), 0) != min(floor(place / factor), size - 1)
            ):
                raise UnreadError(f"its nearest values are those of `{how}`, which no layer takes")


def _source(how: str, place: int, factor: float, size: int, made: int) -> float | None:
    """Where in the map a place of the larger one lies, by ONNX's rules."""
    if how == "asymmetric":
        return place / factor
    if how in ("half_pixel", "pytorch_half_pixel"):
        return (place + 0.5) / factor - 0.5 if made > 1 or how == "half_pixel" else 0.0
    if how == "align_corners":
        return place * (size - 1) / (made - 1) if made > 1 else 0.0
    return None


OPERATORS = {"Resize": resize, "Upsample": resize}
