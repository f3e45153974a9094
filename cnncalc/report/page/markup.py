"""Elements of HTML out of texts: what is no markup already is escaped, so that no text becomes any.

Only `tag`, `joined` and `ours` make markup. Adding a text to it makes a text, which is escaped when
it is put into an element.
"""

from __future__ import annotations

from collections.abc import Iterable

from cnncalc.text import xml, xml_attribute

VOID = ("br", "col", "input", "link", "meta")
"""Elements that hold nothing."""


class Markup(str):
    """Text that is HTML, and made here."""

    __slots__ = ()


def tag(name: str, /, *content: str, **attributes: str | float | bool | None) -> Markup:
    """An element with texts, or elements, in it.

    attributes: `class_` is `class`, `data_part` is `data-part`; of True only the name is written,
        of None and False nothing. A link has an address of ours alone: `href` takes no text from a
        spec but as a fragment.
    """
    named = "".join(_attribute(*pair) for pair in attributes.items())
    if name in VOID:
        return Markup(f"<{name}{named}>")
    return Markup(f"<{name}{named}>{''.join(map(_content, content))}</{name}>")


def joined(parts: Iterable[str], between: str = "") -> Markup:
    """Texts or elements behind one another."""
    return Markup(_content(between).join(map(_content, parts)))


def ours(text: str) -> Markup:
    """HTML that this package wrote otherwise, and escaped there: a picture, a style."""
    return Markup(text)


def _attribute(name: str, value: str | float | bool | None) -> str:
    if value is None or value is False:
        return ""
    written = name.rstrip("_").replace("_", "-")
    return f" {written}" if value is True else f" {written}={xml_attribute(str(value))}"


def _content(text: str) -> str:
    return text if isinstance(text, Markup) else xml(text)
