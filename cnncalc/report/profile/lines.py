"""A measured network as lines: what every renderer of a profile shows."""

from __future__ import annotations

from collections import Counter

from cnncalc.analysis import Row
from cnncalc.analysis.measured import LayerTime, Profile
from cnncalc.layers.base import times
from cnncalc.records import NamedTuple
from cnncalc.report.table.outline import outline


class ProfileLine(NamedTuple):
    """A layer or a group, measured.

    time: of all its layers together; efficiency: the least time that the device's ceilings allow
    for its operations and bytes, as a share of the time it took; bound: the least seconds, with
    what starting takes; binds: what takes them in most of its time; empty where nothing runs
    """

    path: str
    level: int
    kind: str
    output: str
    macs: int
    time: LayerTime
    efficiency: float
    bound: float
    binds: str

    @property
    def name(self) -> str:
        """The last part of its path."""
        return self.path.rpartition(".")[2]


class Folded(NamedTuple):
    """A profile, and how deep its parts are shown to a reader; None: all."""

    profile: Profile
    depth: int | None = None


def profile_lines(folded: Folded) -> list[ProfileLine]:
    """The lines of a profile; the heads of open groups are left out."""
    profile = folded.profile
    return [
        _line(profile, line.path, line.level, line.kind, line.row)
        for line in outline(profile.summary, folded.depth)
        if line.row
    ]


def every_layer(profile: Profile) -> list[dict[str, str | int | float | None]]:
    """What was measured of each layer, exact, by name; nothing of a compiled network."""
    lines = profile_lines(Folded(profile)) if profile.layers else []
    return [
        {
            "path": line.path,
            "kind": line.kind,
            "output": line.output,
            "macs": line.macs,
            "flops": line.time.flops,
            "bytes": line.time.traffic,
            "forward": line.time.forward,
            "backward": line.time.backward,
            "reached": line.efficiency,
            "bound": line.bound,
            "binds": line.binds or None,
            "device": line.time.device,
        }
        for line in lines
    ]


def _line(profile: Profile, path: str, level: int, kind: str, row: Row) -> ProfileLine:
    found = [profile.layers[node] for node in row.nodes]
    backward = [layer.backward for layer in found if layer.backward is not None]
    device = [layer.device for layer in found if layer.device is not None]
    time = LayerTime(
        sum(layer.forward for layer in found),
        sum(backward) if backward else None,
        sum(layer.flops for layer in found),
        sum(layer.traffic for layer in found),
        sum(device) if device else None,
    )
    least = [layer.least(profile.ceilings) for layer in found]
    spent: Counter[str] = Counter()
    for layer, each in zip(found, least, strict=True):
        spent[each.binds] += max(round(layer.forward * 1e9), 1)
    shape = times(row.node.shape)
    works = sum(max(each.compute, each.memory) for each in least)
    efficiency = works / time.forward if time.forward else 0.0
    bound, binds = sum(each.seconds for each in least), spent.most_common(1)[0][0]
    return ProfileLine(path, level, kind, shape, row.ops.macs, time, efficiency, bound, binds)
