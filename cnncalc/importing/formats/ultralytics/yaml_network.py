"""An Ultralytics YAML as a Program.

What a row means, and its defaults, is what `parse_model` and the modules do in inference, before
convolutions and their norms are made one. The letter of a scale is told by the file's name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

from cnncalc.importing.formats import value_operations as values
from cnncalc.importing.formats import window_operations as windows
from cnncalc.importing.formats.asked import NetworkAsked
from cnncalc.importing.formats.building import UNKNOWN, Building
from cnncalc.importing.formats.format_error import FormatError, shortened
from cnncalc.importing.formats.ultralytics.detection_heads import DetectionSettings
from cnncalc.importing.formats.ultralytics.head_modules import HEADS
from cnncalc.importing.formats.ultralytics.module_parts import CLASSES, YamlModule
from cnncalc.importing.formats.ultralytics.row_reading import Given, NetworkScale, RowReading
from cnncalc.importing.formats.ultralytics.single_modules import SINGLE
from cnncalc.importing.formats.ultralytics.stage_modules import STAGES
from cnncalc.importing.formats.ultralytics.yaml_rows import YamlRow, rows
from cnncalc.importing.formats.ultralytics.yaml_values import YamlValue, read_yaml
from cnncalc.importing.program import PassedTensor, Program
from cnncalc.language.text.files import nowhere
from cnncalc.language.text.tree import Mapping as YamlMapping
from cnncalc.language.text.tree import Scalar
from cnncalc.later_patterns import pattern

LETTER = pattern(r"yolo(?:e-)?v?\d+([nslmx])")
"""Of the scale, in the name of a file."""

NEWER = ("C3k2", "A2C2f", "C2fCIB")
"""Modules of networks whose heads are of separated convolutions."""

SETTINGS = ("scale", "nc", "ch", "reg_max", "end2end", "depth_multiple", "width_multiple")
"""What may be given beside the file."""


def read_ultralytics(text: str, file: str, asked: NetworkAsked) -> Program:
    """The network of a YAML file. Raises FormatError."""
    told = {**read_yaml(text, file), **_given_beside(asked.settings, file)}
    name = PurePath(file).stem
    scaling = _scaling(told, name)
    listed = rows(told)
    if not listed:
        raise FormatError("there are no rows", 1)
    building = Building(name, file, "ultralytics")
    image = building.input("image", asked.inputs[0] if asked.inputs else _shape(told, listed))
    net = _YamlNetwork(building, image, scaling, _detection(told, listed), _bend(told))
    for row in listed:
        net.add(row)
    return building.program(net.outputs())


def _given_beside(settings: Mapping[str, Any], file: str) -> dict[str, YamlValue]:
    found = {}
    for name, value in settings.items():
        if name not in SETTINGS:
            known = ", ".join(f"`{each}`" for each in SETTINGS)
            raise FormatError(f"`{shortened(name)}` is none of its settings: {known}")
        node = Scalar(str(value), nowhere(file))
        found[name] = YamlValue(f"`--with {name}`", node, 0)
    return found


def _scaling(told: Mapping[str, YamlValue], name: str) -> NetworkScale:
    """By the letter that is asked for, or in the file's name, or the first that there is."""
    found = LETTER.search(name)
    letter = _value(told, "scale").word(found[1] if found else "")
    scales = _value(told, "scales")
    if not scales.given:
        depth, width = (_value(told, f"{n}_multiple").real(1.0) for n in ("depth", "width"))
        return NetworkScale(letter, _positive(depth, told), _positive(width, told))
    if not isinstance(scales.node, YamlMapping):
        raise scales.wrong("`LETTER: [depth, width, most channels]`")
    known = {key.text: value for key, value in scales.node.entries}
    letter = letter or next(iter(known), "")
    if letter not in known:
        listed = ", ".join(f"`{shortened(each)}`" for each in known) or "none"
        hint = "--with scale=LETTER"
        raise FormatError(f"there is no scale `{shortened(letter)}`: {listed}", scales.line, hint)
    three = YamlValue(f"scale `{shortened(letter)}`", known[letter], known[letter].span.line)
    numbers = three.items("three numbers")
    if len(numbers) != 3:
        raise three.wrong("`[depth, width, most channels]`")
    depth, width = (_positive(each.real(), told) for each in numbers[:2])
    return NetworkScale(letter, depth, width, numbers[2].whole())


def _positive(number: float, told: Mapping[str, YamlValue]) -> float:
    if not 0 < number <= MOST_SCALED:
        raise FormatError(f"networks are not scaled by {number:g}")
    return number


MOST_SCALED = 1_000


def _value(told: Mapping[str, YamlValue], name: str) -> YamlValue:
    return told.get(name, YamlValue(f"`{name}`", None, 0))


def _shape(told: Mapping[str, YamlValue], listed: Sequence[YamlRow]) -> tuple[int, int, int]:
    """As networks are measured: 640 pixels wide and high, to classify 224."""
    channels = _value(told, "ch" if "ch" in told else "channels").whole(3)
    size = 224 if listed[-1].kind == "Classify" else 640
    return channels, size, size


def _detection(told: Mapping[str, YamlValue], listed: Sequence[YamlRow]) -> DetectionSettings:
    bins, end_to_end = _value(told, "reg_max").whole(16), _value(told, "end2end").truth(False)
    legacy = not any(row.kind in NEWER for row in listed)
    return DetectionSettings(80, bins, end_to_end, legacy)


def _bend(told: Mapping[str, YamlValue]) -> str:
    """What convolutions are bent by: `nn.SiLU()`, unless it says another."""
    found = _value(told, "activation")
    called = found.word("nn.SiLU()").removeprefix("torch.").removeprefix("nn.").removesuffix("()")
    known = {name: bend for bend, name in CLASSES.items()} | {"Identity": ""}
    if called not in known:
        raise found.wrong(" or ".join(f"`nn.{name}()`" for name in known))
    return known[called]


class _YamlNetwork:
    """What each row so far gives."""

    def __init__(
        self,
        building: Building,
        image: PassedTensor,
        scaling: NetworkScale,
        detection: DetectionSettings,
        bend: str,
    ) -> None:
        self.building, self.image = building, image
        self.scaling, self.detection, self.bend = scaling, detection, bend
        self.given: list[Given] = []

    def add(self, row: YamlRow) -> None:
        """The next row."""
        above = YamlModule(self.building, "model", row.line, self.bend)
        self.building.enter(f"model.{row.place}", row.kind, row.line)
        sources = [self._source(row, number) for number in row.sources]
        if row.kind == "CBFuse":
            self.given.append(self._fused(row, sources))
            return
        seen = [self._tensor(row, each) for each in sources]
        if UNKNOWN in [each.sizes for each in seen]:
            self.given.append(PassedTensor("", UNKNOWN))
            return
        self.given.append(self._made(above, row, seen))

    def _source(self, row: YamlRow, number: int) -> Given:
        """What a row gives that is meant: from the first, or below 0 back from here."""
        if row.place == 0 and number == -1:
            return self.image
        found = number if number >= 0 else row.place + number
        if not 0 <= found < row.place:
            raise row.wrong(f"`from: {number}` leads to no row before this one")
        return self.given[found]

    def _tensor(self, row: YamlRow, given: Given) -> PassedTensor:
        if isinstance(given, PassedTensor):
            return given
        raise row.wrong("it reads what is several maps, or a head")

    def _made(self, above: YamlModule, row: YamlRow, seen: Sequence[PassedTensor]) -> Given:
        reading = RowReading(above, row.place, row, seen, self.scaling, self.detection)
        whole = STAGES.get(row.kind) or HEADS.get(row.kind)
        if whole is not None:
            return whole(reading)
        single = SINGLE.get(row.kind)
        if single is None:
            return self.building.unsayable(row.kind, seen)
        if reading.repeats == 1:
            return single(reading)
        inner = above.part(row.place, "Sequential")
        for number in range(reading.repeats):
            seen = [single(reading._replace(above=inner, name=number, seen=seen))]
        return seen[0]

    def _fused(self, row: YamlRow, sources: Sequence[Given]) -> PassedTensor:
        """The last map, and of each of the others one, brought to its size (`CBFuse`)."""
        *several, last = sources
        made, places = self._tensor(row, last), row[0].wholes(0)
        if len(places) != len(several):
            raise row.wrong(f"{len(several)} modules are read, and {len(places)} of their maps")
        for maps, place in zip(several, places, strict=True):
            if isinstance(maps, PassedTensor | Mapping) or place >= len(maps):
                raise row.wrong(f"there is no map {place} of what it reads")
            made = self._added(row, made, maps[place])
        return made

    def _added(self, row: YamlRow, made: PassedTensor, other: PassedTensor) -> PassedTensor:
        factors = {a // b for a, b in zip(made.sizes[2:], other.sizes[2:], strict=True)}
        rest = [a % b for a, b in zip(made.sizes[2:], other.sizes[2:], strict=True)]
        if any(rest) or len(factors) != 1 or made.sizes[1] != other.sizes[1]:
            raise row.wrong("maps that do not fit on each other are added")
        factor = factors.pop()
        wide = windows.upsample_nearest(self.building, other, factor) if factor > 1 else other
        return values.joined(self.building, "add", wide, made)

    def outputs(self) -> dict[str, PassedTensor]:
        """What the last row gives."""
        last = self.given[-1]
        if isinstance(last, PassedTensor):
            return {} if last.sizes == UNKNOWN else {"output": last}
        if isinstance(last, Mapping):
            return dict(last)
        return {f"output_{number}": each for number, each in enumerate(last)}
