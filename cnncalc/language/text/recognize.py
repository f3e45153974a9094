"""What a YAML file is: a spec, a library of blocks, or something else.

Its top-level keys tell, found line by line: a spec that is no YAML any more is still known for one.
"""

from __future__ import annotations

import re
from typing import Literal

from cnncalc.language.text.keys import ANYONES, KEYS, speak
from cnncalc.later_patterns import pattern
from cnncalc.layers import LAYERS

Sort = Literal["spec", "library"]

_KEY = r"^{indent}([\"']?)(?P<key>[A-Za-z_][\w-]*)\1[ \t]*:(?=\s|[\d\[{{]|\Z)[ \t]*(?P<value>.*)"
_TOP = pattern(_KEY.format(indent=""), re.MULTILINE)
_FLOW_KEY = pattern(r"[{,]\s*[\"']?(?P<key>[A-Za-z_]\w*)[\"']?\s*:\s*(?P<value>[^\n,]*)")
_CONTENT = pattern(r"^(?P<indent> *)(?![ #\r\n]|---|%)", re.MULTILINE)
_END = pattern(r"^(---|\.\.\.)(?=\s|\Z)", re.MULTILINE)
_BELOW = pattern(r"(?:\s++|#[^\n]*+\n)*+(?P<value>[^\n#][^\n]*)")
_SHAPE = pattern(r"(?<!\d)\d++ *+x *+\d|\[ *+\d")
_NUMBERS = pattern(r"[-\[\s]*\d")
_INNER = pattern(
    r"^ +[\"']?(layers|args)[\"']? *:|[{,] *[\"']?(layers|args)[\"']? *:", re.MULTILINE
)

_LAYERS = pattern(r"^[ {]*[\"']?layers[\"']?[ \t]*:|[{,]\s*[\"']?layers[\"']?\s*:", re.MULTILINE)
_NEXT_KEY = pattern(r"^[A-Za-z_\"']", re.MULTILINE)
_ITEM = pattern(
    r"(?:^[ \t]*|[-\[{,][ \t]*)[\"']?(?P<word>[a-z]\w*+)[\"']?[ \t]*(?=[:,\]}}#\r\n]|\Z)",
    re.MULTILINE,
)

MOST = 50_000
"""Characters of a list of layers that are searched for a kind."""

_FAMILIAR = {"blocks", "defaults", "expect", "fit"}
"""Keys beside which a list of layers is ours, whatever it calls them."""

LONGEST = 200
"""Characters of an input that are looked at."""

_OFTEN = (*ANYONES, "include", "outputs")
"""Keys beside which `extends` tells nothing."""


def recognize(text: str) -> Sort | None:
    """A spec, a library of blocks, or None: neither.

    What tells a spec is a list of layers with a kind that there is, an input that is a shape, or a
    spec that it extends; what
    tells against it are keys that specs have not, once they are as many as those they have.
    """
    keys = top_level(text)
    sort = _told(keys, text)
    return sort if sort and speak(keys) else None


def _told(keys: dict[str, str], text: str) -> Sort | None:
    layers = keys.get("layers")
    listed = layers is not None and layers[:1] in ("-", "[") and not _NUMBERS.match(layers)
    if listed and (_FAMILIAR & keys.keys() or _names_a_kind(text)):
        return "spec"
    if _SHAPE.search(keys.get("input", "")[:LONGEST]):
        return "spec"
    speaks = [key for key in keys if key in KEYS and key not in (*_OFTEN, "extends")]
    base = keys.get("extends", "").partition(" #")[0].strip().strip("\"'")
    if "extends" in keys and (speaks or base.endswith((".yaml", ".yml"))):
        return "spec"
    if "blocks" in keys and not keys["blocks"].startswith("-") and _INNER.search(text):
        return "library"
    return None


def _names_a_kind(text: str) -> bool:
    """Whether a list of layers has a kind of ours, or a group of layers."""
    start = _LAYERS.search(text)
    if start is None:
        return False
    end = _NEXT_KEY.search(text, start.end())
    stop = min(end.start() if end else len(text), start.end() + MOST)
    return any(found["word"] in LAYERS for found in _ITEM.finditer(text, start.end(), stop))


def top_level(text: str) -> dict[str, str]:
    """The keys of the first document's mapping, each with how its value begins."""
    first = _CONTENT.search(text)
    if first is None:
        return {}
    end = _END.search(text, first.end())
    body = text[first.start() : end.start() if end else len(text)]
    if body.lstrip().startswith("{"):
        return {found["key"]: found["value"] for found in _FLOW_KEY.finditer(_outermost(body))}
    indent = first["indent"]
    pattern = re.compile(_KEY.format(indent=indent), re.MULTILINE) if indent else _TOP
    return {found["key"]: _value(found, body) for found in pattern.finditer(body)}


def _value(key: re.Match[str], body: str) -> str:
    """How a value begins: behind its key, else on the next line that says something."""
    value = key["value"].strip()
    if value and not value.startswith("#"):
        return value
    below = _BELOW.match(body, key.end())
    return below["value"].strip() if below else ""


def _outermost(body: str) -> str:
    """A `{...}` without what stands in brackets inside it, but for how that begins."""
    kept, depth = [], 0
    for character in body:
        depth -= character in "}]"
        if depth <= 1 or (depth == 2 and character in "[{-0123456789"):
            kept.append(character)
        depth += character in "{["
    return "".join(kept)
