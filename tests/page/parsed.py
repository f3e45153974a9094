"""A page as a tree of elements, with the checks that hold of every page."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = frozenset({"br", "col", "input", "link", "meta"})


class Element:
    """An element: its name, attributes, what is in it, and the elements in that, in order."""

    def __init__(self, name: str, attributes: dict[str, str]) -> None:
        self.name = name
        self.attributes = attributes
        self.content: list[Element | str] = []
        self.inside: list[Element] = []

    @property
    def text(self) -> str:
        """All that is written in it."""
        return "".join(each if isinstance(each, str) else each.text for each in self.content)

    def every(self, name: str | None = None, **attributes: str) -> list[Element]:
        """The elements in it of that name, with these attributes."""
        wanted = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items()}
        return [
            each
            for each in self.inside
            if name in (None, each.name) and wanted.items() <= each.attributes.items()
        ]

    def one(self, name: str | None = None, **attributes: str) -> Element:
        """The only one."""
        (found,) = self.every(name, **attributes)
        return found


class _Parser(HTMLParser):
    """Refuses what a browser would mend."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"{tag} has an attribute twice: {names}"
        found = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].content.append(found)
        for each in self.open:
            each.inside.append(found)
        if tag not in VOID:
            self.open.append(found)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().name == tag, f"</{tag}> ends nothing that is open"

    def handle_data(self, data: str) -> None:
        self.open[-1].content.append(data)


def parsed(html: str) -> Element:
    """The page; every element is closed where it was opened."""
    parser = _Parser()
    parser.feed(html)
    parser.close()
    assert parser.open == [parser.root]
    return parser.root


def check_anchors(page: Element) -> None:
    """Every id is one of its own, and every link leads to one."""
    ids = [each.attributes["id"] for each in page.inside if "id" in each.attributes]
    assert len(ids) == len(set(ids))
    leads = {
        value.removeprefix("#")
        for each in page.inside
        for name in ("href", "aria-labelledby", "aria-controls", "aria-describedby", "for")
        if (value := each.attributes.get(name)) and value != "data:,"
    }
    assert leads <= set(ids), leads - set(ids)
