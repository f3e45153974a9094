"""A picture as an image of a page: its styles and those of the page know nothing of each other."""

from __future__ import annotations

from base64 import b64encode

from cnncalc.report.picture.marks import Picture
from cnncalc.report.picture.to_svg import to_svg


def image_tag(picture: Picture) -> str:
    """The tag, which holds all of it."""
    data = b64encode(to_svg(picture).encode("utf-8", "backslashreplace")).decode()
    return f'<img alt="The graph" src="data:image/svg+xml;base64,{data}" />'
