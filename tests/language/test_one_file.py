"""A spec with what it extends and includes written into it is the same network."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from cnncalc.diagnostics import Diagnostics, Source
from cnncalc.language.load import read_source
from cnncalc.language.writing.one_file import in_one_file
from cnncalc.network.graph import Graph
from cnncalc.transform import TRANSFORMATIONS, Transformed, transform
from cnncalc.transform.match import Intention, matched, same
from tests.transform.networks import SPECS, made_of


def graph_of(text: str, path: Path) -> Graph:
    diagnostics = Diagnostics()
    graph = read_source(Source(str(path), text), path, diagnostics)
    assert graph, [diagnostic.message for diagnostic in diagnostics]
    return graph


@pytest.mark.parametrize("spec", SPECS)
def test_the_same_network(spec: str) -> None:
    path = SPECS[spec]
    source = Source(str(path), path.read_text(encoding="utf-8"))
    text = in_one_file(source, path)
    elsewhere = "extends:" in source.text or "include:" in source.text
    assert (text != source.text) == elsewhere
    old, new = graph_of(source.text, path), graph_of(text, Path("/nowhere/spec.yaml"))
    found = matched(old, new, Intention((), (), same))
    assert found is not None
    assert all(match.old.path == match.new.path for match in found)
    assert (old.name, old.about, old.source, old.init) == (
        new.name,
        new.about,
        new.source,
        new.init,
    )
    assert [e._replace(span=None, named=None) for e in old.expect] == [  # type: ignore[arg-type]
        e._replace(span=None, named=None)  # type: ignore[arg-type]
        for e in new.expect
    ]


BASE = """
    name: Base
    input: 3x8x8
    args: {width: 4, classes: 10}   # of the base
    defaults:
      conv: {bias: false, padding: half}
    blocks:
      # what it is for
      pair:                  # two
        args: {n: }
        layers:
          - conv: {filters: n, kernel: 3}
          - relu

      never:
        layers: [relu]
    layers:
      - pair: width          # first
      # then
      - spare
      - conv: {filters: classes, kernel: 1}
    """

LIBRARY = """
    defaults: {conv: {groups: 1}, unused: {n: 3}}
    blocks: {spare: {layers: [{pair: 5}]}, unused: {args: {n: }, layers: [relu]}}
    """

OWN = """
    # a comment above all
    extends: base.yaml
    include: library.yaml
    args: {classes: 3}       # our own
    defaults: {conv: {padding: 1}}
    """

WHOLE = """\
    input: 3x8x8
    args: {width: 4, classes: 3}    # our own

    defaults:
      conv: {bias: false, groups: 1, padding: 1}

    blocks:
      # what it is for
      pair:                  # two
        args: {n: }
        layers:
          - conv: {filters: n, kernel: 3}
          - relu

      spare: {layers: [{pair: 5}]}

    layers:
      - pair: width          # first
      # then
      - spare
      - conv: {filters: classes, kernel: 1}
    """


def test_text(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(dedent(BASE))
    (tmp_path / "library.yaml").write_text(dedent(LIBRARY))
    path = tmp_path / "own.yaml"
    assert in_one_file(Source("own.yaml", dedent(OWN)), path) == dedent(WHOLE)


def test_arguments_from_outside_are_written() -> None:
    layers = "layers: [conv: {filters: n, kernel: 3}, batch_norm]"
    text = f"input: 3x8x8\nargs: {{n: 4, sizes: [1, 3]}}\n{layers}\n"
    given = {"n": "max(2, 5)", "sizes": "[2, 2]"}
    source, diagnostics = Source("spec.yaml", text), Diagnostics()
    made = transform(
        TRANSFORMATIONS["fold-batch-norm"], source, Path("spec.yaml"), diagnostics, given
    )
    assert isinstance(made, Transformed)
    assert 'args: {n: "max(2, 5)", sizes: [2, 2]}' in made.text
    assert made.new.output.shape == (5, 6, 6)


def test_a_network_that_stands_alone_stays_as_it_is() -> None:
    made = made_of(SPECS["lenet5"].read_text(), "fc-to-conv", SPECS["lenet5"])
    assert made.old.find("C1")
