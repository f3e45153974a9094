"""The page around its sections: one file, which loads nothing and runs nothing but its own script.

To add a section: a file in this room with a function from a `Chapter` (or several) to a `Section`,
made of `tag`; its place in the list of whoever makes the page, as `to_html.sections`. How it looks
goes to `page.css`. What moves goes to `page.js`, which finds it by `data-network`, the prefix of
its chapter, and by `data-part`, the number of a part of that; without a script the section must be
sensible as it stands.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from importlib.resources import files

from cnncalc.records import NamedTuple
from cnncalc.report.page.markup import Markup, joined, ours, tag
from cnncalc.report.picture.to_svg import style

_READER = tag(
    "aside", id="reader", hidden=True, aria_label="What is pointed at", aria_live="polite"
)
"""Where the script tells of the part that a reader points at."""


class Section(NamedTuple):
    """A part of a page with a heading.

    anchor: its id, one of its own on the page
    network: the prefix of the network that it is of; sections of one work together
    """

    anchor: str
    title: str
    body: Markup
    network: str = ""


def page(title: str, about: str, sections: Sequence[Section], data: Sequence[Markup] = ()) -> str:
    """The whole file, with a table of contents. about: what stands below the title; data: of each
    network, for the script."""
    css, script = _styles(), _packaged("page.js")
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=_policy(css, script)),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", title),
        tag("link", rel="icon", href="data:,"),
        tag("style", ours(css)),
    )
    body = tag(
        "body",
        tag("a", "To the contents", class_="skip", href="#main"),
        tag("header", tag("h1", title), about and tag("p", about), _contents(sections)),
        tag("main", *map(_section, sections), id="main"),
        *([_READER] if data else []),
        *data,
        tag("script", ours(script)),
    )
    return f"<!DOCTYPE html>\n{tag('html', head, body, lang='en')}\n"


def _contents(sections: Sequence[Section]) -> Markup:
    links = (tag("li", tag("a", each.title, href=f"#{each.anchor}")) for each in sections)
    return tag("nav", tag("ul", *links), aria_label="Contents")


def _section(section: Section) -> Markup:
    heading = f"{section.anchor}-title"
    return joined(
        [
            "\n",
            tag(
                "section",
                tag("h2", section.title, id=heading),
                section.body,
                id=section.anchor,
                aria_labelledby=heading,
                data_network=section.network,
            ),
        ]
    )


def _styles() -> str:
    """How the page looks, and the pictures on it."""
    return f"{style('.drawn ')}\n{_packaged('page.css')}"


def _packaged(name: str) -> str:
    return files("cnncalc.report.page").joinpath(name).read_text(encoding="utf-8")


def _policy(css: str, script: str) -> str:
    """What a browser may load and run for the page: its own style and script, nothing else."""
    return (
        f"default-src 'none'; img-src data:; style-src {_digest(css)};"
        f" script-src {_digest(script)}; base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
