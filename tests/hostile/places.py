"""Everywhere that a name can stand: in a spec's text, and in a graph built in Python."""

from __future__ import annotations

import json
import pickle
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from cnncalc.network.graph import Graph, Node
from tests.analysis.specs import graph_of
from tests.hostile.names import HOSTILE

SPEC = """
name: {title}
about: {about}
source: {source}
input: {{{input}: 4x8x8, zweite: 4x8x8}}
args: {{{argument}: 4}}
blocks:
  {block}:
    args: {{{parameter}: , {tensor}: }}
    let: {{{let}: 1}}
    layers:
      - {{conv: {{filters: {parameter}, kernel: {let}}}}}
      - {{name: lower, add: [{tensor}, previous]}}
      - tanh
    outputs: {{{given}: lower}}
  {frozen}: {{args: {{f: }}, layers: [{{conv: {{filters: f, kernel: 1, padding: half}}}}, relu]}}
layers:
  - {{name: {first}, from: {input}, conv: {{filters: 4, kernel: 1}}}}
  - {{name: {group}, layers: [{{name: {inner}, linear: 3, when: false}}, {{conv: {{filters: 4, kernel: 1}}}}, relu]}}
  - {{name: {repeat}, conv: {{filters: 4, kernel: 1}}, repeat: 2}}
  - {{{block}: {{{parameter}: 4, {tensor}: previous}}, repeat: 2}}
  - {{name: {called}, {block}: {{{parameter}: 4, {tensor}: previous}}}}
  - {{from: {path}, relu: }}
  - add: [{called}, {path}]
  - {{{frozen}: 4, freeze: true}}
  - {{{frozen}: 4}}
  - add: {{{branch}: [{{conv: {{filters: 4, kernel: 1}}}}], second: [{{conv: {{filters: 4, kernel: 1}}}}, relu]}}
  - {{name: {join}, concat: {{a: [identity], b: [tanh], {inside}: [{{conv: {{filters: 4, kernel: 1}}}}]}}}}
  - {{conv: {{filters: 4, kernel: 1}}}}
  - batch_norm
  - {{name: {again}, share: {first}}}
  - {{share: {group}}}
  - each: [{column}, count]
    rows: [[4, 1], [4, 2]]
    layers: [{{conv: {{filters: {column}, kernel: count, padding: same}}}}]
  - each: [word, count]
    rows: [[{row}, 1], [late, 2]]
    name: word
    layers: [{{conv: {{filters: {argument}, kernel: count, padding: same}}}}]
  - {{name: sides, add: [{row}, late, {{from: {join}, slice: {{stop: 4}}}}]}}
  - {{pad: 1, name: {padded}}}
  - {{maxout: 2}}
outputs:
  {output}: {{from: {first}, layers: [relu]}}
expect: {{layers: {{{first}: {{params: 20}}}}}}
"""  # noqa: E501

WORDS = {
    "title": "Title", "about": "About", "source": "Source", "input": "left", "argument": "width",
    "block": "unit", "parameter": "planes", "tensor": "beside", "let": "one", "frozen": "cold",
    "first": "stem", "group": "stage", "inner": "never", "repeat": "twice", "called": "named",
    "branch": "main", "join": "joined", "inside": "third", "again": "second_stem",
    "column": "filters", "row": "early", "padded": "border", "output": "head",
    "given": "low",
}  # fmt: skip
"""The places, each with a word that stands there."""

TEXTS = ("title", "about", "source")
"""Places of texts that are free."""

ARGUMENTS = ("input", "argument", "parameter", "tensor", "let", "column")
"""Places of names that expressions can use."""


def written(place: str = "", name: str = "", **others: str) -> str:
    """The spec with a name at a place."""
    words = {**WORDS, **others} | ({place: name} if place else {})
    words["path"] = f"{words['called']}.{words['given']}"
    return SPEC.format(**{key: json.dumps(word) for key, word in words.items()})


@cache
def _stored() -> bytes:
    return pickle.dumps(graph_of(written()))


def fresh() -> Graph:
    """The graph of `written()`, to be changed."""
    graph: Graph = pickle.loads(_stored())
    return graph


def pairs(part: int, parts: int) -> list[tuple[str, str]]:
    """Of all places, each with all hostile names, one part of so many, which has some of each."""
    return [
        (place, name)
        for row, place in enumerate(WORDS)
        for column, name in enumerate(HOSTILE)
        if (row + column) % parts == part
    ]


class Renaming(NamedTuple):
    """A word of paths, groups and arguments in the place of another."""

    old: str
    new: str

    def path(self, path: str) -> str:
        """A path with the word replaced."""
        words = (self.new if word == self.old else word for word in path.split("."))
        return ".".join(words)

    def keys(self, found: Mapping[str, Node]) -> dict[str, Node]:
        """Nodes by name."""
        return {self.path(name): node for name, node in found.items()}


def renamed(graph: Graph, place: str, name: str) -> Graph:
    """The graph of `written()` with a name that the language would not have let in; the nodes of
    `graph` are changed."""
    change = Renaming(WORDS[place], name)
    for node in graph.nodes:
        node.path = change.path(node.path)
    groups = {
        change.path(path): group._replace(
            path=change.path(path),
            kind=change.path(group.kind),
            arguments={change.path(key): value for key, value in group.arguments.items()},
            outputs={change.path(key): value for key, value in group.outputs.items()},
        )
        for path, group in graph.groups.items()
    }
    return graph._replace(
        name=name if place == "title" else graph.name,
        source=name if place == "source" else graph.source,
        about=name if place == "about" else graph.about,
        inputs=change.keys(graph.inputs),
        outputs=change.keys(graph.outputs),
        groups=groups,
    )
