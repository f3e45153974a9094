"""What was measured so far, in a file beside the page: each slice as soon as it is done."""

from __future__ import annotations

import json
import os
import platform
import re
from pathlib import Path
from typing import Any

import torch

from cnncalc import __version__
from cnncalc.runtime.profile.device import Device

VERSION = 2
"""Of the file: another where a field that was there is another or gone."""

Found = dict[str, Any]
"""What a slice found, as JSON has it."""


class Record:
    """The slices of one card, by name. missing: those that were asked for and are not there."""

    def __init__(self, path: Path, head: Found, slices: dict[str, Found]) -> None:
        self.path = path
        self.head = head
        self.slices = slices

    def add(self, name: str, found: Found) -> None:
        """Keep what a slice found."""
        self.slices[name] = found
        self.save()

    def save(self) -> None:
        """Write the file: whoever is cut while writing leaves it as it was."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        lines = [f"{json.dumps(name)}: {json.dumps(each)}" for name, each in self.slices.items()]
        slices = ",\n".join(lines)
        text = f'{json.dumps(self.head)[:-1]}, "slices": {{\n{slices}\n}}}}\n'
        beside = self.path.with_suffix(".part")
        beside.write_text(text, encoding="utf-8")
        os.replace(beside, self.path)


def record(folder: Path, place: Device, rounds: int, wanted: list[str], today: str) -> Record:
    """The newest record of the card that lacks a slice, or a new one of today."""
    head: Found = {
        "version": VERSION,
        **circumstances(place, rounds),
        "date": today,
        "commands": [],
    }
    card = re.sub(r"[^a-z0-9]+", "-", place.name.lower()).strip("-")
    for path in sorted(folder.glob(f"????-??-??-{card}.json"), reverse=True):
        known = json.loads(path.read_text(encoding="utf-8"))
        slices = known.pop("slices", {})
        same = {**known, "date": today, "commands": []} == head
        if same and (known["date"] == today or not {*wanted} <= {*slices}):
            return Record(path, known, slices)
        if known["date"] == today:
            raise SystemExit(f"{path} was measured in another way: give another folder, --into")
    return Record(folder / f"{today}-{card}.json", head, {})


def circumstances(place: Device, rounds: int) -> Found:
    """What all slices of a record have in common."""
    return {
        "device": place.name,
        "kind": place.torch_device.type,
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
        "cuda": torch.version.cuda if place.cuda else None,
        "cudnn": torch.backends.cudnn.version() if place.cuda else None,  # type: ignore[no-untyped-call]
        "python": platform.python_version(),
        "system": platform.platform(),
        "cnncalc": __version__,
        "rounds": rounds,
    }
