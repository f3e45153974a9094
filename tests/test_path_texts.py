"""Paths as texts are what pathlib makes of them."""

from __future__ import annotations

import random
from pathlib import Path

from cnncalc.path_texts import beside, plain, stem

PIECES = ("a", "b.yaml", "..", ".", "", ".x", "c.", "d.e.f", "-", " ", "ä")


def test_they_are_pathlibs() -> None:
    draw = random.Random(0)
    for _ in range(3000):
        count = draw.randint(0, 5)
        path = draw.choice(("", "", "/", "//", "///")) + "/".join(draw.choices(PIECES, k=count))
        assert plain(path) == str(Path(path)), path
        assert plain(plain(path)) == plain(path)
        whole, name = Path(path), "/".join(draw.choices(PIECES, k=2))
        assert beside(plain(path), name) == str(whole.parent / name) or not whole.name
        if whole.name not in ("", "c."):  # of which Python's versions differ
            assert stem(plain(path)) == whole.stem, path
