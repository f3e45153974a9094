"""The `published` section of a spec -> errors that were printed; every fault of its form."""

from __future__ import annotations

from collections.abc import Mapping

from cnncalc.diagnostics import Diagnostics
from cnncalc.language.text import tree
from cnncalc.language.text.tree import Node, Scalar, described
from cnncalc.language.written.mappings import keyed
from cnncalc.later_patterns import pattern
from cnncalc.network.published import Published

ERRORS = ("top1", "top5")
TEXTS = ("protocol", "source")

_PERCENT = pattern(r"\d{1,3}(\.\d{1,6})?\Z")

EXAMPLE = "`published: {top1: 23.85, top5: 7.13, source: ...}`"


def read_published(node: Node, diagnostics: Diagnostics) -> Published | None:
    """What a `published` section says; what is malformed is reported."""
    if not isinstance(node, tree.Mapping):
        diagnostics.error("CNN601", node.span, "`published` wants errors and a source", EXAMPLE)
        return None
    entries = keyed(node, (*ERRORS, *TEXTS), "`published`", diagnostics)
    if not any(name in entries for name in ERRORS):
        message = "`published` has no error: `top1` or `top5`, in percent"
        diagnostics.error("CNN601", node.span, message, EXAMPLE)
    found = {
        name: _percent(name, entries[name][1], diagnostics) for name in ERRORS if name in entries
    }
    _check_order(entries["top5"][1] if "top5" in entries else node, found, diagnostics)
    said = {name: _text(name, entries[name][1], diagnostics) for name in TEXTS if name in entries}
    return Published(
        found.get("top1"), found.get("top5"), said.get("protocol", ""), said.get("source", "")
    )


def _check_order(at: Node, errors: Mapping[str, float | None], diagnostics: Diagnostics) -> None:
    """Report errors of which the second is larger: five guesses are no worse than one."""
    top1, top5 = errors.get("top1"), errors.get("top5")
    if top1 is None or top5 is None or top5 <= top1:
        return
    message = f"`top5: {top5:g}` is more than `top1: {top1:g}`: these are accuracies, not errors"
    scale = 100 if top5 <= 1 else 1
    right = ", ".join(f"{name}: {100 - n * scale:g}" for name, n in errors.items() if n is not None)
    diagnostics.error("CNN601", at.span, message, f"`{right}`: 100 less the accuracy")


def _percent(name: str, value: Node, diagnostics: Diagnostics) -> float | None:
    text = value.text.strip() if isinstance(value, Scalar) else ""
    if _PERCENT.match(text) and float(text) <= 100:
        return float(text)
    message = f"`{name}` wants an error in percent, got {described(value)}"
    diagnostics.error("CNN601", value.span, message, f"`{name}: 23.85`: 100 less the accuracy")
    return None


def _text(name: str, value: Node, diagnostics: Diagnostics) -> str:
    if isinstance(value, Scalar):
        return value.text
    message = f"`{name}` wants a text, got {described(value)}"
    diagnostics.error("CNN601", value.span, message, f"`{name}: ...`")
    return ""
