"""What is done in turn where regions are cut out: nothing of it has a gradient."""

from collections.abc import Iterator
from math import prod

from cnncalc.layers.base import INDEX, Kept, Shape, Stage
from cnncalc.layers.stages import several

WIDE = 8
"""Bytes of a number of fp64."""


def unlearned(
    name: str,
    each: int,
    reads: tuple[str, ...] = (),
    beside: tuple[str, ...] = (),
    width: int | None = None,
    fixed: int = 0,
) -> Stage:
    """What has no gradient."""
    made = Kept(name, each, fixed, width)
    return Stage(made, reads, blind=True, beside=beside, cast="" if reads else "weights")


def scaled_boxes(boxes: Shape) -> tuple[Stage, ...]:
    """Their sides, in the map's pixels, moved."""
    sides = prod(boxes)
    scaled = unlearned("scaled", sides)
    return scaled, unlearned("sides", sides, ("scaled",))._replace(held=True)


def clamped(name: str, boxes: int, bound: bool) -> Iterator[Stage]:
    """How far boxes reach, each at least some way where there is a `bound`."""
    reach = f"{name}, unbounded" if bound else name
    yield unlearned(reach, boxes)
    if bound:
        yield unlearned(name, boxes, (reach,))


def counted_up(name: str, count: int, changes: int) -> Iterator[Stage]:
    """0, 1, 2, ... as the network's numbers, each changed a few times."""
    yield unlearned(f"{name}, whole", 0, width=INDEX, fixed=count)
    read = f"{name}, whole"
    for change in range(changes):
        yield unlearned(f"{name} {change}", 0, (read,), fixed=count)
        read = f"{name} {change}"
    yield unlearned(name, 0, (read,), fixed=count)


def one_by_one(
    names: tuple[str, ...],
    each: int,
    reads: tuple[str, ...] = (),
    width: int | None = None,
    fixed: int = 0,
) -> Iterator[Stage]:
    """Of the same size, each made of the one before; the first of what is read."""
    for name in names:
        yield unlearned(name, each, reads, width=width, fixed=fixed)
        reads = (name,)


def whole_boxes(boxes: Shape, given: tuple[str, ...] = ()) -> Iterator[Stage]:
    """Their sides as whole numbers, halves outwards."""
    sides = prod(boxes)
    yield unlearned("whole", sides, given)
    yield unlearned("whole again", sides, given)
    yield unlearned("rest", sides, (*given, "whole again"))
    yield from one_by_one(("rest doubled", "halves"), sides, ("rest",))
    yield unlearned("sides", sides, ("whole", "halves"), given)._replace(held=True)


def rounded_boxes(boxes: Shape) -> Iterator[Stage]:
    """Their sides in the map's pixels, halves outwards."""
    yield unlearned("scaled", prod(boxes))
    yield from whole_boxes(boxes, ("scaled",))


def cells_along(name: str, boxes: int, cells: int) -> Iterator[Stage]:
    """The first place of each cell of each box along an axis, and the one behind its last."""
    each = boxes * cells
    extent, steps = f"extents of {name}", f"steps of {name}"
    reaches = tuple(f"{extent} {word}" for word in ("apart", "whole", "bounded"))
    yield from one_by_one((*reaches, extent), boxes)
    yield from counted_up(steps, cells, 0)
    both = (steps, extent)
    held: tuple[str, ...] = both
    for end in ("first", "behind"):
        read = both
        if end == "behind":
            yield unlearned(f"{steps}, next", 0, (steps,), fixed=cells)
            read = (f"{steps}, next", extent)
        yield unlearned(f"{name} {end} moved", each, read, held)
        yield unlearned(f"{name} {end} round", each, (f"{name} {end} moved",), held)
        yield unlearned(f"{name} {end} in all", each, (f"{name} {end} round",), held)
        held = (*held, f"{name} {end} in all")
    for end in ("first", "behind"):
        yield unlearned(f"{name} {end} within", each, (f"{name} {end} in all",), held)
        found = unlearned(f"{name} {end}", each, (f"{name} {end} within",), held, INDEX)
        yield found._replace(held=True)


def cells_reaching(name: str, boxes: int, cells: int) -> Iterator[Stage]:
    """The first place of each cell of each box along an axis, and the one behind its last, of boxes
    whose sides lie between pixels."""
    each = boxes * cells
    first, last, extent, steps = (f"{name} {word}" for word in ("from", "to", "extent", "steps"))
    ends = (first, last)
    yield unlearned(first, boxes)
    yield unlearned(f"{last}, next", boxes, (), (first,))
    yield unlearned(last, boxes, (f"{last}, next",), (first,))
    yield unlearned(f"{name} apart", boxes, ends)
    yield unlearned(f"{name} bounded", boxes, (f"{name} apart",), ends)
    yield unlearned(extent, boxes, (f"{name} bounded",), ends)
    held: tuple[str, ...] = (*ends, extent)
    yield from (stage._replace(beside=held) for stage in counted_up(steps, cells, 0))
    held = (*held, steps)
    for end in ("starts", "stops"):
        read = (steps, extent)
        if end == "stops":
            yield unlearned(f"{steps}, next", 0, (steps,), held, fixed=cells)
            read = (f"{steps}, next", extent)
        made = f"{name} {end}"
        yield unlearned(f"{made} moved", each, read, held)
        yield unlearned(f"{made} in all", each, (f"{made} moved",), held)
        yield unlearned(made, each, (f"{made} in all",), held)
        held = (*held, made)
    yield unlearned(f"{name} together", 2 * each, held[-2:], held)
    yield unlearned(f"{name} within", 2 * each, (f"{name} together",), held)
    yield unlearned(name, 2 * each, (f"{name} within",), held, INDEX)._replace(held=True)


def corners_and_places(boxes: int, high: int, wide: int) -> Iterator[Stage]:
    """Where the corners of each cell are in a table, and how many places are between them."""
    cells = boxes * high * wide
    yield unlearned("rows in the table", 2 * boxes * high, ("rows",), width=INDEX)
    found = unlearned("corners", 4 * cells, ("rows in the table", "columns"), width=INDEX)
    yield found._replace(held=True)
    yield unlearned("places of rows", boxes * high, ("rows",), width=INDEX)
    yield unlearned("places of columns", boxes * wide, ("columns",), ("places of rows",), INDEX)
    found = unlearned("places", cells, ("places of rows", "places of columns"), width=INDEX)
    yield found._replace(held=True)


def sums_up_to(padded: int) -> Iterator[Stage]:
    """A table of the sums of all above and left of each corner, of fp64."""
    yield Stage(Kept("padded", padded))
    yield Stage(Kept("wide", padded, width=WIDE), ("padded",))
    for made, read in (("sums along rows", "wide"), ("table", "sums along rows")):
        turned = several(padded, 2, WIDE)  # its backward turns it around, sums, and turns it back
        yield Stage(Kept(made, padded, width=WIDE), (read,), behind=turned, held=made == "table")


def signed(cells: int, held: tuple[str, ...]) -> Iterator[Stage]:
    """What each corner counts in the mean of its cell, while names hold what was made before."""
    yield unlearned("any", cells, ("places",), held, 1)
    yield unlearned("some", cells, ("places",), (*held, "any"), INDEX)
    yield unlearned("some, wide", cells, ("some",), (*held, "any"), WIDE)
    yield unlearned("shares", cells, ("any", "some, wide"), held, WIDE)
    yield unlearned("less", cells, ("shares",), held, WIDE)
    yield unlearned("less again", cells, ("shares",), (*held, "less"), WIDE)
    yield unlearned("signs", 4 * cells, ("shares", "less", "less again"), held, WIDE)


def larger(
    name: str, each: int, first: str, second: str, beside: tuple[str, ...]
) -> Iterator[Stage]:
    """Of two places, the one that holds more."""
    values = f"{name}, of the second", f"{name}, of the first"
    for value, place in zip(values, (second, first), strict=True):
        yield unlearned(value, each, ("input", place))
    yield unlearned(f"{name}, more", each, values, width=1)
    yield unlearned(name, each, (f"{name}, more", first, second), beside, INDEX)


def doubled(name: str, each: int, size: int, places: str) -> Iterator[Stage]:
    """The place of the largest of 1, 2, 4, ... values along an axis, from each on."""
    found = [places]
    before: tuple[str, ...] = ()
    for level in range(1, size.bit_length()):
        behind, later = f"{name} behind {level}", f"{name} later {level}"
        yield from one_by_one((f"{behind} from 0", f"{behind} moved"), 0, width=INDEX, fixed=size)
        read = (f"{behind} moved",)
        yield unlearned(behind, 0, read, before[:1], INDEX, size)
        yield unlearned(later, each, (found[-1], behind), before[1:], INDEX)
        before = (behind, later)
        made = f"{name} {level}"
        yield from larger(made, each, found[-1], later, (*before, *found))
        found.append(made)
    yield unlearned(name, each * len(found), (*found,), before, INDEX)


def halves(name: str, each: int, levels: int) -> Iterator[Stage]:
    """The largest power of 2 that fits between two ends, and where one begins that starts at the
    first, and one that stops at the last."""
    length, powers, reach = (f"{name} {word}" for word in ("length", "powers", "reach"))
    yield from one_by_one((f"{length}, unbounded", length), each, width=INDEX)
    yield from one_by_one((f"{powers}, exponents", powers), 0, width=INDEX, fixed=levels)
    yield unlearned(f"{name} fits", each * levels, (length, powers), width=1)
    yield from one_by_one((f"{name} many", f"{name} level"), each, (f"{name} fits",), INDEX)
    yield unlearned(reach, each, (powers, f"{name} level"), width=INDEX)
    yield unlearned(f"{name} start 0", each, width=INDEX)
    yield unlearned(f"{name} sum", each, (f"{name} start 0", length), width=INDEX)
    beside = (length, powers, f"{name} level", f"{name} start 0")
    yield unlearned(f"{name} start 1", each, (f"{name} sum", reach), beside, INDEX)


def largest(image: Shape, cells: int) -> Iterator[Stage]:
    """The place of the largest value of each of so many cells, of four rectangles that lie within:
    a table of the largest of all rectangles whose sides are powers of 2."""
    channels, *sides = image
    levels = [side.bit_length() for side in sides]
    yield unlearned("all places", 0, width=INDEX, fixed=prod(sides))
    yield from doubled("columns doubled", prod(image), sides[0], "all places")
    yield from doubled("table", prod(image) * levels[0], sides[1], "columns doubled")
    for name, count in zip(("rows", "columns"), levels, strict=True):
        yield from halves(name, cells, count)
    yield unlearned("level of rows", cells, ("rows level",), width=INDEX)
    yield unlearned("level", cells, ("level of rows", "columns level"), ("rows level",), INDEX)
    found: list[str] = []
    before: tuple[str, ...] = ()
    for corner in range(4):
        where = f"where {corner}"
        starts = (f"rows start {corner // 2}", f"columns start {corner % 2}")
        ways = tuple(f"{where}, {word}" for word in ("level", "row", "rows"))
        yield from one_by_one(ways, cells, ("level", starts[0]), INDEX)
        yield unlearned(where, cells, (ways[-1], starts[1]), before, INDEX)
        before = (where,)
        found.append(f"corner {corner}")
        yield unlearned(found[-1], cells * channels, ("table", where), width=INDEX)
    each = cells * channels
    names = ("level", *(f"{a} start {b}" for a in ("rows", "columns") for b in range(2)))
    alive = ("all places", "table", "columns level", *names, "where 3", *found, "upper")
    yield from larger("upper", each, found[0], found[1], ())
    yield from larger("lower", each, found[2], found[3], ())
    yield from larger("places", each, "upper", "lower", alive)
