"""The sections of a spec as one text: in the order in which people write them."""

from __future__ import annotations

from collections.abc import Mapping

from cnncalc.language.text.keys import KEYS

ORDER = ("name", "source", *(key for key in KEYS if key not in ("name", "source")))
APART = ("defaults", "blocks", "layers", "outputs", "expect", "train")
"""Sections with an empty line before them."""


def in_order(sections: Mapping[str, str]) -> str:
    """Texts of sections, by their keys, each with its key in it."""
    found = [(key, sections[key]) for key in ORDER if key in sections]
    return "\n".join(f"\n{text}" if key in APART else text for key, text in found) + "\n"
