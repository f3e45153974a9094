"""Attention over the pixels of a map, and blocks of it."""

from __future__ import annotations

from cnncalc.importing.formats import value_operations as values
from cnncalc.importing.formats.building import Building
from cnncalc.importing.formats.ultralytics.conv_blocks import c3k, each_kept, split_stage
from cnncalc.importing.formats.ultralytics.module_parts import (
    Seen,
    YamlModule,
    added,
    chained,
    conv,
    halves,
    learned,
    linear,
)
from cnncalc.importing.program import PassedTensor


def turned(building: Building, seen: Seen) -> PassedTensor:
    """The last two dimensions in each other's place."""
    rank = len(seen.sizes)
    return values.permuted(building, seen, (*range(rank - 2), rank - 1, rank - 2))


def attended(building: Building, q: Seen, k: Seen, v: Seen) -> PassedTensor:
    """What each query, a row of features, finds."""
    return building.call(
        "scaled_dot_product_attention",
        (*q.sizes[:-1], v.sizes[-1]),
        query=q,
        key=k,
        value=v,
        attn_mask=None,
        dropout_p=0.0,
        is_causal=False,
        scale=None,
        enable_gqa=False,
    )


def attention(above: YamlModule, name: str | int, seen: Seen, heads: int) -> PassedTensor:
    """Queries and keys of half as many features as the values, and what a convolution of each
    channel by itself says of its place (`Attention`)."""
    here, (batch, channels, *space) = above.part(name, "Attention"), seen.sizes
    features = channels // heads
    half, count = features // 2, space[0] * space[1]
    made = conv(here, "qkv", seen, channels + 2 * half * heads, bend="")
    building = here.own()
    rows = values.viewed(building, made, (batch, heads, 2 * half + features, count))
    q, k, v = (
        values.part_of(building, rows, 2, *ends)
        for ends in ((0, half), (half, 2 * half), (2 * half, 2 * half + features))
    )
    found = attended(building, *(turned(building, each) for each in (q, k, v)))
    found = values.viewed(building, turned(building, found), seen.sizes)
    values_map = values.viewed(building, v, seen.sizes)
    found = added(here, found, conv(here, "pe", values_map, channels, 3, groups=channels, bend=""))
    return conv(here, "proj", found, channels, bend="")


def attended_and_widened(here: YamlModule, seen: Seen, heads: int) -> PassedTensor:
    """Attention, then two convolutions of 1, each with what arrives."""
    channels = seen.sizes[1]
    seen = added(here, seen, attention(here, "attn", seen, heads))
    wide = here.part("ffn", "Sequential")
    made = conv(wide, 1, conv(wide, 0, seen, 2 * channels), channels, bend="")
    return added(here, seen, made)


def heads_of(channels: int) -> int:
    """One for each 64."""
    return max(channels // 64, 1)


def psa_block(above: YamlModule, name: str | int, seen: Seen) -> PassedTensor:
    """`PSABlock`."""
    return attended_and_widened(above.part(name, "PSABlock"), seen, heads_of(seen.sizes[1]))


def psa(above: YamlModule, name: str | int, seen: Seen, part: float) -> PassedTensor:
    """Of one half of the channels."""
    here, hidden = above.part(name, "PSA"), int(seen.sizes[1] * part)
    first, second = halves(here, conv(here, "cv1", seen, 2 * hidden))
    second = attended_and_widened(here, second, heads_of(hidden))
    return conv(here, "cv2", chained(here, [first, second]), seen.sizes[1])


def c2_psa(
    above: YamlModule, name: str | int, seen: Seen, repeats: int, part: float
) -> PassedTensor:
    """The same several times."""
    here, hidden = above.part(name, "C2PSA"), int(seen.sizes[1] * part)
    first, second = halves(here, conv(here, "cv1", seen, 2 * hidden))
    inner = here.part("m", "Sequential")
    for number in range(repeats):
        second = psa_block(inner, number, second)
    return conv(here, "cv2", chained(here, [first, second]), seen.sizes[1])


def c2f_psa(
    above: YamlModule, name: str | int, seen: Seen, repeats: int, part: float
) -> PassedTensor:
    """The same, of each of which what it gives stays."""
    hidden = int(seen.sizes[1] * part)
    return split_stage(above.part(name, "C2fPSA"), seen, seen.sizes[1], repeats, hidden, psa_block)


def area_attention(
    above: YamlModule, name: str | int, seen: Seen, heads: int, areas: int
) -> PassedTensor:
    """Attention within each of so many areas: rows of pixels that follow on one another
    (`AAttn`)."""
    here, (batch, channels, *space) = above.part(name, "AAttn"), seen.sizes
    features, count = channels // heads, space[0] * space[1]
    made = conv(here, "qkv", seen, 3 * channels, bend="")
    building = here.own()
    flat = turned(building, values.viewed(building, made, (batch, 3 * channels, count)))
    rows = (batch * areas, count // areas, heads, 3 * features)
    parts = values.permuted(building, values.viewed(building, flat, rows), (0, 2, 1, 3))
    q, k, v = (
        values.part_of(building, parts, 3, n * features, (n + 1) * features) for n in range(3)
    )
    found = _as_map(building, attended(building, q, k, v), seen)
    place = conv(here, "pe", _as_map(building, v, seen), channels, 7, 1, 3, channels, bend="")
    return conv(here, "proj", added(here, found, place), channels, bend="")


def _as_map(building: Building, rows: Seen, like: Seen) -> PassedTensor:
    """Rows of pixels, in heads, as a map."""
    batch, channels, *space = like.sizes
    flat = values.permuted(building, rows, (0, 2, 1, 3))
    wide = values.viewed(building, flat, (batch, space[0] * space[1], channels))
    return values.viewed(building, turned(building, wide), (batch, channels, *space))


def a_block(
    above: YamlModule, name: str | int, seen: Seen, wider: float, areas: int
) -> PassedTensor:
    """`ABlock`: a head for each 32 channels."""
    here, channels = above.part(name, "ABlock"), seen.sizes[1]
    seen = added(here, seen, area_attention(here, "attn", seen, channels // 32, areas))
    wide = here.part("mlp", "Sequential")
    made = conv(wide, 1, conv(wide, 0, seen, int(channels * wider)), channels, bend="")
    return added(here, seen, made)


def a2c2f(
    above: YamlModule,
    name: str | int,
    seen: Seen,
    filters: int,
    repeats: int,
    areas: int,
    residual: bool,
    wider: float,
    part: float,
    shortcut: bool,
) -> PassedTensor:
    """Stages of two attentions each, of `areas` 0 such of bottlenecks."""
    here, hidden = above.part(name, "A2C2f"), int(filters * part)

    def inner(at: YamlModule, number: str | int, arriving: Seen) -> PassedTensor:
        if not areas:
            return c3k(at, number, arriving, shortcut, 1)
        both = at.part(number, "Sequential")
        return a_block(both, 1, a_block(both, 0, arriving, wider, areas), wider, areas)

    found = each_kept(here, "m", [conv(here, "cv1", seen, hidden)], repeats, inner)
    made = conv(here, "cv2", chained(here, found), filters)
    if not (areas and residual):
        return made
    building = here.own()
    factor = learned(here, "gamma", (filters,))
    wide = building.call("reshape", (1, filters, 1, 1), self=factor, shape=(1, filters, 1, 1))
    scaled = building.call("mul", made.sizes, self=wide, other=made)
    return added(here, seen, scaled)


def sequence_of(building: Building, seen: Seen) -> PassedTensor:
    """Its pixels as a sequence, the features last."""
    return turned(
        building, values.viewed(building, seen, (*seen.sizes[:2], seen.sizes[2] * seen.sizes[3]))
    )


def multi_head(
    above: YamlModule, name: str | int, queries: Seen, keys: Seen, given: Seen, heads: int
) -> PassedTensor:
    """`nn.MultiheadAttention`, whose weights of three projections are one matrix."""
    here, width = above.part(name, "MultiheadAttention"), queries.sizes[-1]
    building = here.own()
    weight = building.weight("in_proj_weight", (3 * width, width))
    bias = building.weight("in_proj_bias", (3 * width,))
    found = []
    for number, each in enumerate((queries, keys, given)):
        ends = {"dim": 0, "start": number * width, "end": (number + 1) * width, "step": 1}
        rows = building.call("slice", (width, width), self=weight, **ends)
        own = building.call("slice", (width,), self=bias, **ends)
        made = building.call("linear", each.sizes, input=each, weight=rows, bias=own)
        batch, count, _ = each.sizes
        split = values.viewed(building, made, (batch, count, heads, width // heads))
        found.append(values.permuted(building, split, (0, 2, 1, 3)))
    joined = values.permuted(building, attended(building, *found), (0, 2, 1, 3))
    joined = values.viewed(building, joined, queries.sizes)
    return linear(here, "out_proj", joined, width)


def transformer_stage(above: YamlModule, name: str, seen: Seen, repeats: int) -> PassedTensor:
    """Layers of a Transformer without norms over the pixels, 4 heads each (`TransformerBlock`)."""
    here, channels = above.part(name, "TransformerBlock"), seen.sizes[1]
    pixels = sequence_of(here.own(), seen)
    pixels = added(here, pixels, linear(here, "linear", pixels, channels))
    inner = here.part("tr", "Sequential")
    for number in range(repeats):
        at = inner.part(number, "TransformerLayer")
        q, k, v = (linear(at, own, pixels, channels, bias=False) for own in ("q", "k", "v"))
        pixels = added(at, multi_head(at, "ma", q, k, v, 4), pixels)
        made = linear(at, "fc1", pixels, channels, bias=False)
        pixels = added(at, linear(at, "fc2", made, channels, bias=False), pixels)
    building = here.own()
    return values.viewed(building, turned(building, pixels), seen.sizes)
