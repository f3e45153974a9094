"""Where in its model a node stands, as its exporter has noted it."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence

import onnx

from cnncalc.importing.program import Site
from cnncalc.later_patterns import pattern
from cnncalc.records import NamedTuple

SCOPES = "pkg.torch.onnx.name_scopes"
CLASSES = "pkg.torch.onnx.class_hierarchy"
NAMESPACE = "namespace"
TRACE = "pkg.torch.onnx.stack_trace"
LONGEST = 4096
"""Characters of a note that are read."""

FRAME = pattern(r'File "([^"\n]{1,400})", line (\d{1,9})')
WITHIN_TORCH = pattern(r"[/\\]torch[/\\]")
PART = pattern(r"(?:^|/)([^/:\s]*): ?([\w.<>]+)")


LAYERS = {"Gemm": "Linear", "MatMul": "Linear"}
"""What PyTorch calls the module of an operator that is called otherwise."""


class Scopes(NamedTuple):
    """The modules around a node, the model itself first: paths and classes; and of its source."""

    paths: Sequence[str]
    kinds: Sequence[str]
    file: str = ""
    line: int = 0

    def site(self, node: onnx.NodeProto) -> Site:
        """Where an operation stands: in the module whose weight it reads, if it has one of that
        name, since some exporters join modules; one in no module, by its own name."""
        own = [name.removesuffix(".weight") for name in node.input[1:2] if name.endswith(".weight")]
        if own and own[0] and own[0] != "".join(self.paths[-1:]):
            kind = LAYERS.get(node.op_type, node.op_type)
            return Site(own[0], kind, self.file, self.line)
        path = self.paths[-1] if self.paths else ""
        kind = self.kinds[-1] if self.kinds else ""
        if not path and not self.paths:
            return Site(node.name, node.op_type)
        return Site(path, kind, self.file, self.line)


def scopes_of(node: onnx.NodeProto) -> Scopes:
    """From the notes of PyTorch's exporter, or from the node's name, `/layer1/layer1.0/Conv`."""
    notes = {each.key: each.value[:LONGEST] for each in node.metadata_props}
    scopes, classes = _list(notes.get(SCOPES)), _list(notes.get(CLASSES))
    if not scopes or len(scopes) != len(classes):
        pairs = PART.findall(notes.get(NAMESPACE, ""))
        scopes, classes = [each[0] for each in pairs], [each[1] for each in pairs]
    if scopes:
        kinds = [each.rpartition(".")[2] for each in classes[:-1]]
        return Scopes(scopes[:-1], kinds, *_source(notes.get(TRACE, "")))
    return Scopes(*_of_name(node.name))


def _list(text: str | None) -> list[str]:
    """A note that is a list of texts, as Python writes it."""
    try:
        found = ast.literal_eval(text or "[]")
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return []
    return [str(each) for each in found] if isinstance(found, list) else []


def _source(trace: str) -> tuple[str, int]:
    own = [each for each in FRAME.findall(trace) if not WITHIN_TORCH.search(each[0])]
    return (own[-1][0], int(own[-1][1])) if own else ("", 0)


def _of_name(name: str) -> tuple[list[str], list[str]]:
    """`/layer1/layer1.0/conv1/Conv`: each part names its module, whole or from the one before."""
    if "/" not in name:
        return [], []
    paths, before = [""], ""
    for part in name.strip("/").split("/")[:-1]:
        paths.append(f"{paths[-1]}.{part.removeprefix(f'{before}.')}".strip("."))
        before = part
    return paths, [_kind(path) for path in paths]


def _kind(path: str) -> str:
    """What a module may be called of whose class nothing is said: its name, without a number."""
    words = [word for word in path.split(".") if not word.isdigit()]
    return re.sub(r"[_\d]+$", "", words[-1]) if words else ""


def modules_of(scopes: Sequence[Scopes]) -> Mapping[str, str]:
    """The classes of all modules, by their paths."""
    found: dict[str, str] = {}
    for each in scopes:
        for path, kind in zip(each.paths, each.kinds, strict=True):
            found.setdefault(path, kind)
    return found
