"""Random networks that use the language's wiring to the full, as the text of a spec.

All maps of a list are of one size, so that anything may read anything; most have the channels of
that list, its `width`, so that most of it can be added up.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any, NamedTuple

Item = dict[str, Any]
Items = list[Item]

SIZE = 6
WIDTHS = (2, 4, 4, 6)
SAME_SHAPE = ("add", "subtract", "multiply", "maximum", "minimum", "average")
PLAIN: tuple[Item, ...] = (
    *({"relu": None}, {"tanh": None}, {"sigmoid": None}, {"leaky_relu": 0.2}),
    *({"max_pool": {"kernel": 3, "stride": 1, "padding": "half"}}, {"dropout": 0.5}),
)
MOVED: tuple[Item, ...] = (
    *(
        {"roll": 1},
        {"flip": "channels"},
        {"clamp": {"min": -1, "max": 1}},
        {"threshold": 0.1},
        {"shift": 0.5},
        {"drop_path": 0.2},
    ),
    *({"hard_tanh": None}, {"celu": None}, {"soft_shrink": None}, {"abs": None}),
    *({"alpha_dropout": 0.1}, {"softmax": None}, {"scale": 0.5}),
    {"layers": [{"pad": {"size": 1, "mode": "reflect"}}, {"crop": 1}]},
)
"""Of each kind one that moves values, or keeps them where they are, and the shape with them."""
PLACED: tuple[Item, ...] = (
    *({"roll": {"shift": 1, "axis": "width"}}, {"flip": "height"}, {"permute": [0, 2, 1]}),
    {"layers": [{"to_windows": 3}, {"relu": None}, {"from_windows": 3}]},
)
"""Of the shape of any square that arrives, with other places."""
FOLDED: tuple[Item, ...] = (
    {"layers": [{"to_sequence": None}, {"unflatten": [SIZE, SIZE]}]},
    {"layers": [{"pixel_unshuffle": 2}, {"pixel_shuffle": 2}]},
    {"layers": [{"pixel_unshuffle": {"factor": 2, "order": "columns"}}, {"pixel_shuffle": 2}]},
    {"layers": [{"slice": {"axis": "width", "step": 2}}, {"upsample": {"scale": [1, 2]}}]},
)
"""Of the shape of the maps that arrive."""
RICH: tuple[Item, ...] = (
    *({"frozen_batch_norm": None}, {"global_response_norm": None}, {"normalize": None}),
    *({"batch_norm": None}, {"prelu": None}, {"channel_shuffle": 2}, {"layer_norm": None}),
    *({"avg_pool": {"kernel": 2, "stride": 1, "padding": "same"}}, {"layer_scale": 0.5}),
)
NOTHING: tuple[Item, ...] = (
    *({"identity": None}, {"identity": None}, {"pad_channels": 0}),
    *({"layers": [{"identity": None}]}, {"layers": [{"relu": None, "when": False}]}),
    {"layers": [{"pad_channels": 0}, {"layers": [{"identity": None}]}]},
)


class Made(NamedTuple):
    """An item, and whether what it gives has the width of its list; likewise what it gives by
    name."""

    item: Item
    fits: bool
    outputs: dict[str, bool] = {}  # noqa: RUF012 (of a tuple: nothing changes it)


class Block(NamedTuple):
    """A block of the spec. layers: its arguments that are layers; wanted: those without a value;
    flags: those that are conditions; outputs: what it gives by name, with whether that has as many
    channels as it is asked for."""

    name: str
    layers: list[str]
    wanted: list[str]
    flags: list[str]
    outputs: dict[str, bool]


class List:
    """A list of items as it is written.

    width: the channels that most of it has; fits, others: names in reach that have so many, and
        that may have others
    again: the items that may be shared, with whether what they give fits; listed: those that run
        several times, likewise
    fit: whether what the last item gave does
    """

    def __init__(self, width: Any, fits: list[str], others: list[str], flags: list[str]) -> None:
        self.width = width
        self.fits = fits
        self.others = others
        self.flags = flags
        self.again: dict[str, bool] = {}
        self.listed: dict[str, bool] = {}
        self.items: Items = []
        self.fit = False

    def within(self) -> List:
        """A list in this one, which reaches the same."""
        found = List(self.width, [*self.fits], [*self.others], self.flags)
        found.again = {**self.again}
        found.listed = {**self.listed}
        found.fit = self.fit
        return found

    def add(self, item: Item, fits: bool) -> None:
        """One more item."""
        self.items.append(item)
        self.fit = fits
        if "name" in item and "when" not in item:  # else it may not be there
            names = [row[0] for row in item["rows"]] if item["name"] == "row" else [item["name"]]
            self.reach(names, fits)
            if item["name"] != "row" and ("rows" in item or "repeat" in item):
                self.listed[item["name"]] = fits
                self.reach([f"all({item['name']})[0]"], False)

    def reach(self, names: list[str], fits: bool) -> None:
        """Names that can be referred to from here on."""
        (self.fits if fits else self.others).extend(names)

    @property
    def named(self) -> list[str]:
        """The items of this very list that have names."""
        names = {item.get("name") for item in self.items if "when" not in item}
        return [name for name in (*self.fits, *self.others) if name in names]


def spec(seed: int) -> str:
    """A network. Not every one is sound: a few have faults."""
    return Writer(Random(f"wiring {seed}")).spec()


class Writer:
    """Draws a network. rich: whether layers of several operations are among its layers; small:
    whether maps are so, from here on."""

    def __init__(self, draw: Random) -> None:
        self.draw = draw
        self.rich = draw.random() < 0.4
        self.small = False
        self.names = 0
        self.blocks: list[Block] = []
        self.definitions: dict[str, Item] = {}

    def spec(self) -> str:
        """The text."""
        for _ in range(self.draw.choice((0, 1, 1, 2, 2, 3, 3))):
            self.block()
        inputs = self.draw.choice((1, 1, 1, 2, 3))
        width = self.draw.choice(WIDTHS)
        shape = f"{width}x{SIZE}x{SIZE}"
        names = [f"in{number}" for number in range(inputs)]
        top = List(width, [*names] if inputs > 1 else [], [], ["on", "off"])
        if inputs == 1:
            top.fits.append("input")
            top.fit = True
        else:
            first = Made({"conv": {"filters": width, "kernel": 1}}, True)
            top.add({"name": self.name(), "from": self.draw.choice(names), **first.item}, True)
        self.fill(top, self.draw.randint(2, 6), 2)
        known = [each for each in top.fits + top.others if each.startswith(("n", "all"))]
        if self.draw.random() < 0.3:
            self.shrink(top)
        lines = ["name: Wiring", "args: {on: true, off: false}"]
        lines.append(f"input: {flow(dict.fromkeys(names, shape)) if inputs > 1 else shape}")
        if self.definitions:
            lines.append("blocks:")
            for name, definition in self.definitions.items():
                lines += [f"  {name}:", f"    args: {flow(definition['args'])}", "    layers:"]
                lines += [f"      - {flow(item)}" for item in definition["layers"]]
                lines += [f"    outputs: {flow(definition['outputs'])}"]
        lines += ["layers:", *(f"  - {flow(item)}" for item in top.items)]
        lines += self.outputs(known, top)
        return "\n".join(lines) + "\n"

    def outputs(self, known: list[str], top: List) -> list[str]:
        """Further heads, of layers with these names."""
        if not known or self.draw.random() < 0.5:
            return []
        heads: dict[str, Any] = {"map": self.draw.choice(known)}
        if self.draw.random() < 0.2 and (own := [name for name in top.named if "." not in name]):
            return [f"outputs: [{', '.join(self.draw.sample(own, min(2, len(own))))}]"]
        if self.draw.random() < 0.7:
            inner = List(top.width, [], [*known], top.flags)
            self.fill(inner, self.draw.randint(1, 2), 0)
            heads["side"] = {"from": self.draw.choice(known), "layers": inner.items}
        if self.draw.random() < 0.3:
            heads["maybe"] = {"from": self.draw.choice(known), "when": self.draw.choice(top.flags)}
        return [f"outputs: {flow(heads)}"]

    def shrink(self, top: List) -> None:
        """Smaller maps from here on: what stands before is not in reach any more."""
        self.small = True
        top.add({"max_pool": 2}, top.fit)
        top.add({"relu": None}, top.fit)
        top.fits, top.others, top.again, top.listed = [], ["previous"], {}, {}
        self.fill(top, self.draw.randint(1, 3), 1)

    def name(self) -> str:
        """A new name."""
        self.names += 1
        return f"n{self.names}"

    # -- blocks -------------------------------------------------------------------------------

    def block(self) -> None:
        """Define a block, which may call those before it."""
        count, flagged = self.draw.randint(0, 3), self.draw.randint(0, 2)
        layers = ["a", "b", "c"][:count]
        flags = ["p", "q"][:flagged]
        defaults = [None, None, "input", "a"]
        arguments: Item = {"filters": None, "a": None}
        for name in layers[1:]:
            arguments[name] = self.draw.choice(defaults)
        if not layers:
            del arguments["a"]
        arguments |= {name: self.draw.random() < 0.7 for name in flags}
        order = sorted(arguments, key=lambda name: (arguments[name] is not None, name != "filters"))
        inner = List("filters", [], ["input", "previous", *layers], flags)
        self.fill(inner, self.draw.randint(1, 4), 1)
        if self.draw.random() < 0.85:
            self.adapt(inner)
        if not flags and self.draw.random() < 0.1:
            inner.items = [dict(self.draw.choice(NOTHING)) for _ in range(2)]
        name = f"block{len(self.blocks)}"
        ordered = {each: arguments[each] for each in order}
        outputs = self.given(inner, layers)
        self.definitions[name] = {"args": ordered, "layers": inner.items, "outputs": outputs}
        wanted = [each for each in layers if arguments[each] is None]
        fit = {each: named in inner.fits for each, named in outputs.items()}
        self.blocks.append(Block(name, layers, wanted, flags, fit))

    def given(self, inner: List, layers: list[str]) -> dict[str, str]:
        """What a list gives by name, now and then by that of an argument, which is then carried
        from run to run."""
        named = inner.named if self.draw.random() < 0.6 else []
        found = {each: each for each in self.draw.sample(named, min(len(named), 2))}
        if layers and named and self.draw.random() < 0.5:
            found[self.draw.choice(layers)] = self.draw.choice(named)
        return found

    def called(self, around: List) -> Made | None:
        """A call of a block."""
        if not self.blocks:
            return None
        block = self.draw.choice(self.blocks)
        width = around.width if self.draw.random() < 0.8 else self.draw.choice(WIDTHS)
        given: Item = {"filters": width}
        for name in block.layers:
            if name in block.wanted or self.draw.random() < 0.7:
                given[name] = self.reference(around)
        for name in block.flags:
            if self.draw.random() < 0.5:
                given[name] = self.draw.choice((True, False))
        item: Item = {block.name: given}
        if self.draw.random() < 0.35:
            item["repeat"] = self.draw.randint(1, 4)
            own = {run: self.of_run(block, around) for run in ("first", "last")}
            item |= {run: given for run, given in own.items() if given}
        alike = width == around.width
        return Made(item, False, {each: fit and alike for each, fit in block.outputs.items()})

    def of_run(self, block: Block, around: List) -> Item:
        """What one run of a repeat is given alone."""
        found: Item = {name: False for name in block.flags if self.draw.random() < 0.3}
        if block.layers and self.draw.random() < 0.2:
            found["a"] = self.reference(around)
        return found

    def reference(self, around: List) -> str:
        """Any layer in reach."""
        names = [*around.fits, *around.others]
        if around.items and self.draw.random() < 0.4:
            return "previous"
        return self.draw.choice(names) if names else "previous"

    # -- lists --------------------------------------------------------------------------------

    def fill(self, around: List, count: int, depth: int) -> None:
        """Add so many items, with lists in them as deep as `depth`."""
        for _ in range(count):
            self.one(around, depth)

    def one(self, around: List, depth: int) -> None:
        """Add an item with what may stand beside its kind."""
        draw, before = self.draw, around.fit
        beside: Item = {}
        if draw.random() < 0.6:
            beside["name"] = self.name()
        often = 0.45 if around.width == "filters" else 0.3
        if draw.random() < often and (around.fits or around.others):
            beside["from"] = draw.choice([*around.fits, *around.others])
            around.fit = beside["from"] in around.fits
        arriving = around.fit
        made = self.drawn(around, depth)
        item = {**beside, **made.item}
        fits = made.fits
        outputs = self.read_outside(item, around, made.outputs)
        if "repeat" not in item and made.fits and draw.random() < 0.15:
            item["repeat"] = draw.randint(1, 3)
        if around.flags and draw.random() < 0.2:
            flag = draw.choice(around.flags)
            item.setdefault("when", flag if draw.random() < 0.7 else f"not {flag}")
            fits = before and made.fits
        if draw.random() < 0.05:
            item["freeze"] = True
        plain = "share" not in item and "each" not in item
        if "name" in item and plain and "when" not in item and arriving:
            around.again[item["name"]] = fits
        around.add(item, fits)
        if "when" not in item:
            for name, fit in outputs.items():
                around.reach([name], fit)

    def read_outside(self, item: Item, around: List, own: dict[str, bool]) -> dict[str, bool]:
        """What others may read of an item beside its output, with whether it fits."""
        name = item.get("name")
        if name is None or not own:
            return {}
        found = {f"{name}.{each}": fit for each, fit in own.items()}
        if "repeat" in item:
            found |= {f"all({each})[0]": False for each in [*found]}
        return found

    def drawn(self, around: List, depth: int) -> Made:
        """One of the kinds of items."""
        made = None
        while made is None:
            number = self.draw.choice(FLAT if depth == 0 else DEEP)
            made = number(self, around, depth)
        return made

    def conv(self, around: List, depth: int) -> Made:
        fields: Item = {"filters": around.width, "kernel": self.draw.choice((1, 1, 3))}
        fields["padding"] = "half"
        if self.rich and self.draw.random() < 0.3:
            fields |= {"kernel": 2, "padding": "same"}
        if self.rich and self.draw.random() < 0.1:
            fields["weight_norm"] = True
        if self.draw.random() < 0.1:
            modes = ("reflect", "replicate", "circular")
            fields |= {"kernel": 3, "padding_mode": self.draw.choice(modes)}
        if self.draw.random() < 0.1:
            fields = {**fields, "kernel": "k"}
            return Made({**self.table(), "conv": fields}, True)
        return Made({"conv": fields}, True)

    def table(self) -> Item:
        """Rows, with names or without."""
        kernels = [self.draw.choice((1, 3)) for _ in range(2)]
        if self.draw.random() < 0.5:
            computed = self.draw.random() < 0.3
            return {"each": ["k"], "rows": "range(1, 4, 2)" if computed else kernels}
        rows = [[self.name(), kernel] for kernel in kernels]
        return {"each": ["row", "k"], "rows": rows, "name": "row"}

    def pointwise(self, around: List, depth: int) -> Made:
        kinds = PLAIN + MOVED + RICH if self.rich else (*PLAIN * 2, *MOVED)
        return Made(dict(self.draw.choice(kinds)), around.fit)

    def placed(self, around: List, depth: int) -> Made:
        """Values of other places, or that lose theirs on the way."""
        kinds = PLACED if self.small else PLACED + FOLDED
        return Made(dict(self.draw.choice(kinds)), around.fit)

    def mixed(self, around: List, depth: int) -> Made | None:
        """Places as steps of a sequence, each turned by itself or all mixed, and back."""
        if self.small or not around.fit:
            return None
        pooled: Items = [{"adaptive_avg_pool": around.width}]
        mixing: tuple[Item, ...] = (
            *({"linear": around.width}, {"attention": 1}),
            {"attention": {"heads": 1, "causal": True}},
            {"attention": {"heads": 1, "spectral_norm": True}},
            {"gru": {"units": around.width, "bias": "single"}},
            {"lstm": {"units": around.width, "weight_norm": True}},
            {"matmul": {"matrix": pooled, "points": [{"identity": None}]}},
        )
        chosen = dict(self.draw.choice(mixing))
        return Made({"layers": [{"to_sequence": None}, chosen, {"unflatten": [SIZE, SIZE]}]}, True)

    def vector(self, around: List, depth: int) -> Made | None:
        """A map made of a vector that has seen all of another."""
        if self.small or around.width == "filters":
            return None
        units, shape = around.width * SIZE**2, [around.width, SIZE, SIZE]
        made = [{"flatten": None}, {"linear": units}, {"unflatten": shape}]
        return Made({"layers": made}, True)

    def nothing(self, around: List, depth: int) -> Made:
        return Made(dict(self.draw.choice(NOTHING)), around.fit)

    def wider(self, around: List, depth: int) -> Made:
        return Made({"pad_channels": 2}, False)

    def part(self, around: List, depth: int) -> Made:
        """Some channels of a convolution, of which all see alike."""
        fields = self.draw.choice(({"stop": 1}, {"start": 1}, {"start": 0}))
        conv = {"conv": {"filters": around.width, "kernel": 1}}
        return Made({"layers": [conv, {"slice": fields}]}, fields == {"start": 0})

    def shared(self, around: List, depth: int) -> Made | None:
        if not around.again or not around.fit:
            return None
        name = self.draw.choice(list(around.again))
        return Made({"share": name}, around.again[name])

    def call(self, around: List, depth: int) -> Made | None:
        return self.called(around)

    def group(self, around: List, depth: int) -> Made:
        inner = around.within()
        self.fill(inner, self.draw.randint(1, 3), depth - 1)
        if inner.named and self.draw.random() < 0.4:
            outputs = self.draw.sample(inner.named, 1)
            fits = {each: each in inner.fits for each in outputs}
            return Made({"layers": inner.items, "outputs": outputs}, inner.fit, fits)
        return Made({"layers": inner.items}, inner.fit)

    def side_by_side(self, around: List, depth: int) -> Made | None:
        """A repeat whose runs read what those of another gave."""
        if not around.listed:
            return None
        name = self.draw.choice(list(around.listed))
        conv = {"conv": {"filters": around.width, "kernel": 1}}
        count = {"from": f"all({name})[i]", "repeat": f"len(all({name}))"}
        return Made({**count, **conv}, True)

    def listed(self, around: List, depth: int) -> Made | None:
        """What all runs of a repeat gave, joined."""
        if not around.listed:
            return None
        name = self.draw.choice(list(around.listed))
        branches: Any = f"all({name})" if self.draw.random() < 0.5 else [f"all({name})", name]
        return Made({"concat": branches}, False)

    def lent(self, around: List, depth: int) -> Made | None:
        """A block that runs again what it is handed."""
        if not around.again or not around.fit:
            return None
        item = {"args": {"of": None}, "layers": [{"share": "of"}], "outputs": {}}
        self.definitions.setdefault("again", item)
        name = self.draw.choice(list(around.again))
        return Made({"again": name}, around.again[name])

    def concat(self, around: List, depth: int) -> Made:
        branches = [self.branch(around, depth) for _ in range(self.draw.choice((2, 2, 3)))]
        return Made({"concat": self.named(branches)}, False)

    def same_shape(self, around: List, depth: int) -> Made:
        count = self.draw.choice((2, 2, 2, 3))
        kinds = SAME_SHAPE if self.rich else SAME_SHAPE[:-1]
        branches = [self.fitting(around, depth) for _ in range(count)]
        return Made({self.draw.choice(kinds): self.named(branches)}, True)

    def gate(self, around: List, depth: int) -> Made | None:
        if not around.fit:
            return None
        conv = {"conv": {"filters": around.width, "kernel": 1}}
        pool = {"global_avg_pool": {"keep": True}}
        gate: Items = [pool, conv, {"sigmoid": None}]
        return Made({"multiply": {"map": [{"identity": None}], "gate": gate}}, True)

    # -- branches -----------------------------------------------------------------------------

    def named(self, branches: list[Any]) -> Any:
        """As a list, or by names."""
        if self.draw.random() < 0.5:
            return branches
        names = self.draw.sample(("left", "right", "x", "out", "previous_", "n1"), len(branches))
        return dict(zip(names, branches, strict=True))

    def branch(self, around: List, depth: int) -> Any:
        """What a join reads, of any width."""
        names = [*around.fits, *around.others]
        if names and self.draw.random() < 0.35:
            return self.draw.choice(names)
        inner = around.within()
        self.fill(inner, self.draw.randint(1, 2), depth - 1)
        return self.conditional(inner)

    def fitting(self, around: List, depth: int) -> Any:
        """What a join reads, of the width of the list."""
        if around.fits and self.draw.random() < 0.35:
            return self.draw.choice(around.fits)
        inner = around.within()
        if self.draw.random() < 0.8:
            self.fill(inner, self.draw.randint(1, 2), depth - 1)
        self.adapt(inner)
        if not inner.items:
            inner.items.append({"identity": None})
        return self.conditional(inner)

    def conditional(self, inner: List) -> Any:
        """A list of layers, or one that stands for itself; now and then with its condition."""
        if inner.flags and self.draw.random() < 0.1:
            return {"when": self.draw.choice(inner.flags), "layers": inner.items}
        if len(inner.items) == 1 and self.draw.random() < 0.3:
            return {key: value for key, value in inner.items[0].items() if key != "name"}
        return inner.items

    def adapt(self, inner: List) -> None:
        """Bring what a list gives to its width."""
        if not inner.fit:
            conv = {"filters": inner.width, "kernel": 1}
            inner.add({"conv": conv, "when": f"in_channels != {inner.width}"}, True)


Choice = Callable[[Writer, List, int], Made | None]

FLAT: tuple[Choice, ...] = (
    *(Writer.conv,) * 5,
    *(Writer.pointwise,) * 3,
    *(Writer.nothing,) * 2,
    *(Writer.placed, Writer.mixed, Writer.vector),
    *(Writer.call,) * 4,
    *(Writer.shared,) * 2,
    *(Writer.listed,) * 2,
    Writer.side_by_side,
    Writer.lent,
    Writer.wider,
    Writer.part,
    Writer.gate,
)
DEEP: tuple[Choice, ...] = (
    *FLAT,
    *(Writer.group,) * 3,
    *(Writer.concat,) * 3,
    *(Writer.same_shape,) * 5,
)


def flow(value: Any) -> str:
    """A value as a spec has it, on one line."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{name}: {flow(field)}' for name, field in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(flow, value))}]"
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    quoted = isinstance(value, str) and any(sign in value for sign in "[](),")
    return f'"{value}"' if quoted else str(value)
