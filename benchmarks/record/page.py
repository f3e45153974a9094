"""The page of a record: tables of what its slices found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from benchmarks.record.slices import EAGER, PAIR
from benchmarks.record.store import Found, Record
from cnncalc.layers.fields import counted
from cnncalc.numbers import rounded, seconds

HEAD = [
    *("network", "numbers", "batch", "mode", "forward", "on the device", "least"),
    *("FLOP/s", "of the ceiling"),
    *("step", "MACs", "params", "memory, forward", "memory, step"),
]
CEILINGS = ["numbers", "matrix product", "copy", "copy in the cache", "start of an operation"]
SLOWEST = 10

COLUMNS = """\
Times are medians, behind them the quartiles. *amp*: weights of fp32, autocast to bf16. *on the
device*: of a GPU, with all of the pass in its queue before it begins. *least*: the sum of what the
device's ceilings allow each layer at best. *MACs*, *params*: what `FlopCounterMode` and the module
count against what was computed. *memory*: what tensors asked for at the peak / computed; of a GPU,
behind it what the allocator held for them. Libraries add workspace."""

PROMISE = """\
Both in turn, on the same maps. *promised*: what is left of the MACs; *forward* and *step*: of the
time, and the quartiles of the rounds."""


def page(record: Record, commands: Sequence[str], wanted: Sequence[str]) -> str:
    """All of it, as Markdown."""
    missing = [name for name in wanted if name not in record.slices]
    parts = [
        f"# {record.head['device']}, {record.head['date']}",
        "\n".join(_circumstances(record)),
        "\n".join(["```text", *commands, "```"]),
        *([f"Not complete: {len(missing)} of {len(wanted)} slices are missing."] * bool(missing)),
        _grid(HEAD, _networks(record), numbers=2),
        COLUMNS,
        *_section("Ceilings", _ceilings(record)),
        *_section("The Inception pair: what the MACs promise", _pairs(record)),
        *_section("Lowered against torchvision's", _torchvision(record)),
        *_layers(record),
    ]
    return "\n\n".join(parts) + "\n"


def _circumstances(record: Record) -> Iterator[str]:
    head = record.head
    cuda = head["kind"] == "cuda"
    yield f"- device: {head['device']}" + ("" if cuda else f", {head['threads']} threads")
    if cuda:
        yield f"- CUDA {head['cuda']}, cuDNN {head['cudnn']}"
    yield f"- PyTorch {head['torch']}, Python {head['python']}, {head['system']}"
    yield f"- cnncalc {head['cnncalc']}, by the command below"
    yield f"- {counted(head['rounds'], 'round')} after a warm-up"
    if cuda:
        yield f"- {_clocks(record)}"
    yield f"- exact, and every layer: [{record.path.name}]({record.path.name})"


def _clocks(record: Record) -> str:
    """What `nvidia-smi` told with the networks running."""
    told = {name: found.get("conditions", {}).get("after") for name, found in record.slices.items()}
    known = {name: each for name, each in told.items() if each}
    clocks = [each["clock"] for each in known.values() if each["clock"] is not None]
    if not clocks:
        return "clocks and power: not told here"
    slowed = [name for name, each in known.items() if each["throttled"]]
    much = f"{min(clocks):,.0f} to {max(clocks):,.0f} MHz with the networks running"
    return f"clocks: {much}; throttled in {len(slowed)} of {len(known)} slices"


def _section(title: str, table: str) -> list[str]:
    return [f"## {title}", table] if table else []


def _networks(record: Record) -> Iterator[list[str]]:
    for name, found in record.slices.items():
        words = name.split()
        if len(words) == 4 and words[0] not in ("pair", "torchvision"):
            computed = found.get("setting", {}).get("autocast") or words[1]
            yield [*words, *_cells(found, record.slices.get(f"ceilings {computed}", {}))]


def _cells(found: Found, ceilings: Found) -> list[str]:
    if "left out" in found:
        return [_left_out(found)]
    alone = found["forward_device"]
    rate = found["flops"] / found["forward"]["median"]
    share = f"{rate / ceilings['flops']:.0%}" if "flops" in ceilings else ""
    return [
        _spread(found["forward"]),
        seconds(alone["median"]) if alone else "",
        seconds(found["least"]),
        rounded(round(rate)),
        share,
        _spread(found["step"]),
        _equal(found["macs"]),
        _equal(found["params"]),
        _memory(found["memory"]["forward"]),
        _memory(found["memory"]["step"]),
    ]


def _left_out(found: Found) -> str:
    return f"left out, {found['left out']}".replace("|", "/")


def _equal(pair: dict[str, int]) -> str:
    computed, measured = pair["computed"], pair["measured"]
    return "equal" if measured == computed else f"{measured / computed:.4f}"


def _spread(time: dict[str, float], show: Callable[[float], str] = seconds) -> str:
    return f"{show(time['median'])} ({show(time['low'])} to {show(time['high'])})"


def _memory(found: dict[str, int | None]) -> str:
    requested, computed, reserved = (found[key] for key in ("requested", "computed", "reserved"))
    if requested is None or not computed:
        return "not measured"
    held = "" if reserved is None else f" ({reserved / 2**20:,.0f} held)"
    ratio = f"{requested / computed:.2f}"
    return f"{requested / 2**20:,.0f} / {computed / 2**20:,.0f} MiB = {ratio}{held}"


def _ceilings(record: Record) -> str:
    rows = []
    for name, found in record.slices.items():
        first, _, dtype = name.partition(" ")
        if first == "ceilings":
            rows.append([dtype, *_limits(found)])
    return _grid(CEILINGS, rows, numbers=1)


def _limits(found: Found) -> list[str]:
    if "left out" in found:
        return [_left_out(found)]
    rates = [f"{rounded(round(found[key]))}{unit}/s" if found[key] else "" for key, unit in UNITS]
    return [*rates, seconds(found["launch"])]


UNITS = (("flops", "FLOP"), ("bandwidth", "B"), ("cache_bandwidth", "B"))


def _ratio(value: float) -> str:
    return f"x{value:.3f}"


def _pairs(record: Record) -> str:
    """What was promised, and what came of it."""
    rows = []
    for name, found in record.slices.items():
        words = name.split()
        if words[0] != "pair":
            continue
        row = [f"{words[1]} / {PAIR[0]}", words[2], words[3]]
        if "left out" in found:
            rows.append([*row, _left_out(found)])
            continue
        whole, less = found["macs"]
        batch = int(words[3])
        macs = f"{rounded(less // batch)} / {rounded(whole // batch)}"
        rows.append([*row, macs, _ratio(less / whole), *_ratios(found)])
    head = ["modules", "numbers", "batch", "MACs", "promised", "forward", "step"]
    table = _grid(head, rows, numbers=2)
    return f"{PROMISE}\n\n{table}" if table else ""


def _ratios(found: Found) -> list[str]:
    return [_spread(found[key]["ratio"], _ratio) for key in ("forward", "step")]


def _torchvision(record: Record) -> str:
    rows = []
    for name, found in record.slices.items():
        words = name.split()
        if words[0] == "torchvision":
            cells = [_left_out(found)] if "left out" in found else _ratios(found)
            rows.append([*words[1:], *cells])
    return _grid(["network", "numbers", "batch", "forward", "step"], rows, numbers=2)


def _layers(record: Record) -> Iterator[str]:
    """Of each network the layers that take longest, in its last eager slice with times."""
    last = {
        name.split()[0]: (name, found)
        for name, found in record.slices.items()
        if name.endswith(f" {EAGER}") and found.get("layers")
    }
    for name, found in last.values():
        layers = sorted(found["layers"], key=lambda layer: -layer["forward"])[:SLOWEST]
        rows = [_layer(layer, found["forward"]["median"]) for layer in layers]
        head = ["layer", "kind", "output", "forward", "of the pass", "backward", "reached", "binds"]
        yield f"## The slowest layers: {name.removesuffix(f' {EAGER}')}"
        yield _grid(head, rows, numbers=3)


def _layer(layer: Found, whole: float) -> list[str]:
    backward = layer["backward"]
    return [
        *(f"`{layer['path']}`", layer["kind"], layer["output"], seconds(layer["forward"])),
        f"{layer['forward'] / whole:.0%}",
        seconds(backward) if backward is not None else "",
        f"{layer['reached']:.0%}",
        layer["binds"] or "",
    ]


def _grid(head: Sequence[str], rows: Iterator[list[str]] | list[list[str]], numbers: int) -> str:
    """A table, whose columns behind the first `numbers` hold numbers; nothing without rows."""
    lines = [_row(row) for row in rows]
    rule = ["---"] * numbers + ["---:"] * (len(head) - numbers)
    return "\n".join([_row(head), _row(rule), *lines]) if lines else ""


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
