"""Trees of YAML as a person could write them on a line."""

from __future__ import annotations

import json
from collections.abc import Mapping

from cnncalc.language.text import tree
from cnncalc.language.text.tree import Node
from cnncalc.later_patterns import pattern

_PLAIN = pattern(r"[\w.*/+<>=() -]*\Z")
_PLAIN_START = pattern(r"[\w.(]")


def inline(node: Node) -> str:
    """A value in one line, as it may stand within brackets."""
    if isinstance(node, tree.Sequence):
        return f"[{', '.join(map(inline, node.items))}]"
    if isinstance(node, tree.Mapping):
        return braced({inline(key): inline(value) for key, value in node.entries})
    return quoted(node.text, node.plain)


def braced(entries: Mapping[str, str]) -> str:
    """`{filters: 64, kernel: 3}`."""
    inner = ", ".join(f"{name}: {text}" for name, text in entries.items())
    return f"{{{inner}}}"


def quoted(text: str, plain: bool = True) -> str:
    """A scalar's text in quotes, where it needs them within brackets."""
    simple = _PLAIN.match(text) and (not text or _PLAIN_START.match(text))
    if plain and simple and text == text.strip():
        return text
    return "".join(map(_written, json.dumps(text, ensure_ascii=False)))


def _written(sign: str) -> str:
    """A character in double quotes; YAML reads none that cannot be seen."""
    if sign.isprintable():
        return sign
    return f"\\u{ord(sign):04x}" if ord(sign) < 0x10000 else f"\\U{ord(sign):08x}"
