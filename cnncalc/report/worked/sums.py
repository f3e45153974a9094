"""How an output comes about, the numbers put in."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cnncalc.report.worked.grids import number
from cnncalc.worked.working import Sum

MOST = 75
"""Terms that are written out; of more the first and the last."""


def equation(kind: str, found: Sum) -> str:
    """`0*1 + 1*1 + 1 = 2`."""
    return f"{HOW[found.how](kind, found)} = {number(found.value)}"


def _products(kind: str, found: Sum) -> str:
    terms = [f"{number(x)}*{_factor(w)}" for x, w in found.terms]
    return " + ".join([*_some(terms), *map(_factor, found.more)])


def _largest(kind: str, found: Sum) -> str:
    return f"max({', '.join(_some(_inputs(found)))})"


def _mean(kind: str, found: Sum) -> str:
    (count,) = found.more
    return f"({' + '.join(_some([_factor(x) for (x,) in found.terms])) or 0}) / {number(count)}"


def _norm(kind: str, found: Sum) -> str:
    power, count = found.more
    p = number(power)
    powers = f"({' + '.join(_some([f'{_factor(x)}^{p}' for (x,) in found.terms]))})"
    return f"{powers}^(1/{p})" if count == 1 else f"({powers} / {number(count)})^(1/{p})"


def _curve(kind: str, found: Sum) -> str:
    return f"{kind}({number(found.terms[0][0])})"


def _standard(kind: str, found: Sum) -> str:
    mean, variance, eps, scale, shift = found.more
    ((x,),) = found.terms
    deviation = f"sqrt({number(variance)} + {number(eps)})"
    return f"({number(x)} - {_factor(mean)}) / {deviation} * {_factor(scale)} + {_factor(shift)}"


def _share(kind: str, found: Sum) -> str:
    powers = " + ".join(_some([f"exp({x})" for x in _inputs(found)]))
    return f"exp({number(found.more[0])}) / ({powers})"


def _logarithm(kind: str, found: Sum) -> str:
    powers = " + ".join(_some([f"exp({x})" for x in _inputs(found)]))
    return f"{number(found.more[0])} - log({powers})"


HOW: dict[str, Callable[[str, Sum], str]] = {
    "products": _products,
    "largest": _largest,
    "mean": _mean,
    "norm": _norm,
    "curve": _curve,
    "standard": _standard,
    "share": _share,
    "logarithm": _logarithm,
}


def _inputs(found: Sum) -> list[str]:
    return [number(x) for (x,) in found.terms]


def _factor(value: float) -> str:
    """A number behind an operator: in brackets where it has a sign."""
    text = number(value)
    return f"({text})" if text.startswith("-") else text


def _some(terms: Sequence[str]) -> Sequence[str]:
    if len(terms) <= MOST:
        return terms
    return [*terms[: MOST - 2], f"... {len(terms) - MOST} more ...", *terms[-2:]]
