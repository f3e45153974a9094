"""Filters of images that have names, of 3x3 numbers."""

from __future__ import annotations

from cnncalc.worked.array import Array

ROWS = {
    "identity": (0, 0, 0, 0, 1, 0, 0, 0, 0),
    "edge": (-1, -1, -1, -1, 8, -1, -1, -1, -1),
    "sharpen": (0, -1, 0, -1, 5, -1, 0, -1, 0),
    "blur": (1 / 9,) * 9,
    "gauss": tuple(n / 16 for n in (1, 2, 1, 2, 4, 2, 1, 2, 1)),
    "laplace": (0, 1, 0, 1, -4, 1, 0, 1, 0),
    "emboss": (-2, -1, 0, -1, 1, 1, 0, 1, 2),
    "prewitt": (-1, 0, 1, -1, 0, 1, -1, 0, 1),
    "prewitt_y": (-1, -1, -1, 0, 0, 0, 1, 1, 1),
    "sobel": (-1, 0, 1, -2, 0, 2, -1, 0, 1),
    "sobel_y": (-1, -2, -1, 0, 0, 0, 1, 2, 1),
}
"""Row by row: what is bright on the right of an edge is positive under `prewitt` and `sobel`, what
is bright below it under those of `y`."""

FILTERS = {name: Array((1, 3, 3), numbers) for name, numbers in ROWS.items()}
