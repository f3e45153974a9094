"""Which tool a file is of, told by what stands in it; from there to a Program."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import import_module

from cnncalc import project
from cnncalc.importing.formats.asked import NetworkAsked
from cnncalc.importing.formats.format_error import FormatError
from cnncalc.importing.program import Program
from cnncalc.later_patterns import pattern
from cnncalc.records import NamedTuple

ENDINGS = (".cfg", ".prototxt", ".json")
"""Of the names of files that are no specs, whatever stands in them."""

YAML = (".yaml", ".yml")
"""Of the names of those that may be specs."""

LARGEST = 8 * 2**20
"""Bytes of a file; networks without weights have few."""


class ToolFormat(NamedTuple):
    """Files of a tool: what stands in each of them, the module of `formats` that reads them, and
    the function of it."""

    tool: str
    holds: re.Pattern[str]
    module: str
    function: str


ULTRALYTICS = pattern(r"^[\"']?backbone[\"']?[ \t]*:", re.M)
CAFFE = pattern(r"^[ \t]*(layers?[ \t]*:?[ \t]*\{|(train_)?net[ \t]*:)", re.M)

FORMATS = (
    ToolFormat("Keras", pattern(r'"class_name"\s*:'), "keras_json", "read_keras"),
    ToolFormat("darknet", pattern(r"^[ \t]*\[[ \t]*net", re.M), "darknet", "read_darknet"),
    ToolFormat("Caffe", CAFFE, "caffe", "read_caffe"),
    ToolFormat("Ultralytics", ULTRALYTICS, "ultralytics.yaml_network", "read_ultralytics"),
)
"""In the order in which they are tried."""


def is_format(name: str) -> bool:
    """Whether a name is that of such a file, and of no spec."""
    return name.endswith(ENDINGS) and ":" not in name


def may_be_format(name: str) -> bool:
    """Whether a name may be that of such a file."""
    return name.endswith((*ENDINGS, *YAML)) and ":" not in name


def is_of(path: str, tool: str) -> bool:
    """Whether a file that can be read is of a tool."""
    known = next(each for each in FORMATS if each.tool == tool)
    try:
        with project.opened(path) as file:
            begin = file.read(LARGEST)
    except OSError:
        return False
    return bool(known.holds.search(begin.decode("utf-8", errors="replace")))


def program_of_file(path: str, asked: NetworkAsked) -> Program:
    """The network in a file. Raises FormatError, OSError."""
    with project.opened(path) as file:
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise FormatError(f"it has more than {LARGEST // 2**20} MiB")
    text = content.decode("utf-8", errors="replace").removeprefix("\ufeff").replace("\r\n", "\n")
    return program_of_text(text, path, asked)


def program_of_text(text: str, file: str, asked: NetworkAsked) -> Program:
    """The network that a text is. Raises FormatError."""
    for known in FORMATS:
        if known.holds.search(text):
            home = import_module(f"cnncalc.importing.formats.{known.module}")
            read: Callable[[str, str, NetworkAsked], Program] = getattr(home, known.function)
            return read(text, file, asked)
    tools = ", ".join(known.tool for known in FORMATS)
    raise FormatError(f"it is a network of none of these: {tools}")
