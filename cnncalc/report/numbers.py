"""Numbers as people read them."""

from __future__ import annotations

from collections.abc import Sequence

from cnncalc.layers.base import times

_PREFIXES = (("T", 10**12), ("G", 10**9), ("M", 10**6), ("K", 10**3))


def exact(number: int) -> str:
    """`25,557,032`."""
    return f"{number:,}"


def rounded(number: int) -> str:
    """`4.089 G`: four digits and a prefix; below a thousand the number itself."""
    for prefix, size in _PREFIXES:
        if number >= size * 0.99995:
            return f"{_four_digits(number / size)} {prefix}"
    return str(number)


def _four_digits(value: float) -> str:
    """With as many decimals as make four digits of it, once it is rounded."""
    texts = (f"{value:.{decimals}f}" for decimals in (3, 2, 1, 0))
    return next((text for text in texts if len(text) <= 5), f"{value:.0f}")


def per_axis(values: Sequence[float]) -> str:
    """`2`, or `2x1` where the axes differ."""
    texts = [f"{value:g}" for value in values]
    return texts[0] if len(set(texts)) == 1 else times(texts)


_EIGHTHS = " ▏▎▍▌▋▊▉█"


def bar(share: float, width: int, plain: bool = False) -> str:
    """A bar as long as `share` of `width` characters; what is not nothing shows."""
    if plain:
        return "#" * max(round(share * width), int(share > 0))
    eighths = max(round(share * width * 8), int(share > 0))
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()
