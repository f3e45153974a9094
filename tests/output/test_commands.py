"""Hostile texts at every place they can come from, in every command and format.

A spec may be refused or not: what counts here is what is printed of it.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cnncalc.analysis import analyze
from cnncalc.commands.draw import STYLES
from cnncalc.commands.formats import ANALYZE, CHECK, COMPARE, DEFINED, EXPLAIN, MEMORY, names
from cnncalc.network.graph import Graph, Node
from cnncalc.report.comparison.comparison import side_by_side
from cnncalc.report.comparison.to_json import to_json as comparison_json
from cnncalc.report.comparison.to_markdown import to_markdown as comparison_markdown
from cnncalc.report.comparison.to_text import to_text as comparison_text
from cnncalc.report.explanation.layer import explanation
from cnncalc.report.picture.bars_style import bars_style
from cnncalc.report.picture.graph_style import graph_style
from cnncalc.report.picture.to_mermaid import to_mermaid
from cnncalc.report.picture.to_svg import to_svg
from cnncalc.report.picture.to_text import to_text as graph_text
from cnncalc.report.picture.to_tikz import to_tikz
from cnncalc.report.picture.volumes_style import volumes_style
from cnncalc.report.profile.lines import Folded
from cnncalc.report.profile.to_csv import to_csv as profile_csv
from cnncalc.report.profile.to_json import to_json as profile_json
from cnncalc.report.profile.to_text import to_text as profile_text
from cnncalc.report.table.outline import outline
from cnncalc.report.table.table import Table, table
from cnncalc.report.table.to_csv import to_csv
from cnncalc.report.table.to_html import to_html
from cnncalc.report.table.to_json import to_json
from cnncalc.report.table.to_markdown import to_markdown
from cnncalc.report.table.to_text import to_text
from cnncalc.report.verification.to_json import to_json as verification_json
from cnncalc.report.verification.to_text import to_text as verification_text
from cnncalc.report.zoo.entry import Entry
from cnncalc.report.zoo.to_json import to_json as zoo_json
from cnncalc.report.zoo.to_markdown import to_markdown as zoo_markdown
from cnncalc.report.zoo.to_text import to_text as zoo_text
from cnncalc.verification import Check, Deviation, Verification
from tests.output.hostile import (
    CHECKS,
    COMMANDS,
    EVERY,
    TEXTS,
    check,
    controls,
    said,
    strings,
)

PLACES = {
    "name": "name: {t}\ninput: 3x8x8\nlayers: [relu]",
    "about": "about: {t}\ninput: 3x8x8\nlayers: [relu]",
    "source": "source: {t}\ninput: 3x8x8\nlayers: [relu]",
    "name, about and source": "name: {t}\nabout: {t}\nsource: {t}\ninput: 3x8x8\nlayers: [relu]",
    "layer": "input: 3x8x8\nlayers: [{{name: {t}, conv: {{filters: 2, kernel: 3}}}}, relu]",
    "group": "input: 3x8x8\nlayers: [{{name: {t}, layers: [relu, tanh]}}]",
    "block": "input: 3x8x8\nblocks: {{{t}: {{layers: [relu, tanh]}}}}\nlayers: [{t}]",
    "branch": "input: 3x8x8\nlayers: [{{add: {{{t}: [relu], b: [tanh]}}}}]",
    "argument": "args: {{{t}: 3}}\ninput: 3x8x8\nlayers: [relu]",
    "value": "args: {{a: {t}}}\ninput: 3x8x8\nlayers: [{{linear: a}}]",
    "input": "input: {t}\nlayers: [relu]",
    "inputs": "input: {{{t}: 3x8x8, b: 3x8x8}}\nlayers: [{{add: [{t}, b]}}]",
    "output": "input: 3x8x8\nlayers: [relu, tanh]\noutputs: {{{t}: relu}}",
    "key": "{t}: 1\ninput: 3x8x8\nlayers: [relu]",
    "kind": "input: 3x8x8\nlayers: [{t}]",
    "kind with fields": "input: 3x8x8\nlayers: [{{{t}: {{filters: 3}}}}]",
    "field": "input: 3x8x8\nlayers: [{{conv: {{filters: 3, kernel: 3, {t}: 1}}}}]",
    "field's value": "input: 3x8x8\nlayers: [{{conv: {{filters: {t}, kernel: 3}}}}]",
    "choice": "input: 3x8x8\nlayers: [{{conv: {{filters: 3, kernel: 3, padding: {t}}}}}]",
    "from": "input: 3x8x8\nlayers: [relu, {{tanh: , from: {t}}}]",
    "share": "input: 3x8x8\nlayers: [relu, {{share: {t}}}]",
    "when": "input: 3x8x8\nlayers: [{{relu: , when: {t}}}]",
    "repeat": "input: 3x8x8\nlayers: [{{relu: , repeat: {t}}}]",
    "expect": "input: 3x8x8\nlayers: [relu]\nexpect: {{{t}: 1, output: {t}}}",
    "recipe": "input: 3x8x8\nlayers: [relu]\ntrain: {{{t}: 1, optimizer: {t}}}",
    "include": "include: {t}\ninput: 3x8x8\nlayers: [relu]",
    "extends": "extends: {t}",
    "no YAML": "input: 3x8x8\nlayers: [relu\n{t}: ]]",
    "comment": "input: 3x8x8\nlayers: [relu]  # cnncalc: ignore {t}",
    "tag": "input: !{t} 3x8x8\nlayers: [relu]",
}
WRITTEN = {"every": EVERY} | {
    name: TEXTS[name]
    for name in (
        "workflow",
        "workflow on a line",
        "azure",
        "formula",
        "links",
        "cells",
        "separators",
    )
}
CHECK_FORMATS = names(CHECK)


def quoted(text: str) -> str:
    """A YAML scalar: half of a character beyond 16 bits is none to YAML."""
    return json.dumps(text.encode("utf-16", "ignore").decode("utf-16").translate({0xE0041: None}))


def commands(spec: str, other: str) -> list[tuple[str, ...]]:
    """What can be done with a spec without PyTorch, and the format of it."""
    return [
        *(("analyze", spec, "--format", form) for form in names(ANALYZE)),
        *(("explain", spec, "--flops", "--format", form) for form in names(EXPLAIN)),
        ("analyze", spec, "--convention", "thop", "--format", "text"),
        ("analyze", spec, "--columns", "kind,input,output,weights,line", "--format", "text"),
        *(("check", spec, "--format", form) for form in CHECK_FORMATS),
        *(("compare", other, spec, "--layers", "--format", form) for form in names(COMPARE)),
        ("compare", spec, other, other, "--layers", "--format", "markdown"),
        *(("memory", spec, "--fits", "1KB", "--format", form) for form in names(MEMORY)),
        *(("memory", spec, "--definitions", "--format", form) for form in names(DEFINED)),
        ("draw", spec),
        *(("draw", spec, "--style", style, "--format", "svg") for style in STYLES),
        ("draw", spec, "--format", "tikz"),
        ("draw", spec, "--format", "mermaid"),
        ("report", spec),
        ("report", other, spec),
        ("report", other, spec, other),
        ("transform", "fold-batch-norm", spec),
        ("export", spec),
    ]


@pytest.fixture
def other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A sound spec, where the command runs."""
    monkeypatch.chdir(tmp_path)
    Path("other.yaml").write_text("input: 3x8x8\nlayers: [tanh]\n", encoding="utf-8")
    return "other.yaml"


@pytest.mark.parametrize("hostile", WRITTEN.values(), ids=WRITTEN)
@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_spec(place: str, hostile: str, other: str) -> None:
    Path("spec.yaml").write_text(place.format(t=quoted(hostile)) + "\n", encoding="utf-8")
    for arguments in commands("spec.yaml", other):
        usual = "html" if arguments[0] == "report" else "text"
        form = arguments[-1] if "--format" in arguments else usual
        check(said(*arguments), form)


@pytest.mark.parametrize("hostile", [*TEXTS.values(), EVERY], ids=[*TEXTS, "every"])
def test_raw_text(hostile: str, other: str) -> None:
    """What YAML does not even take, as bytes: the excerpt shows it."""
    for raw in (f"input: 3x8x8\nlayers: [{hostile}]\n", f"# {hostile}\nlayers: [relu]\n", hostile):
        Path("spec.yaml").write_bytes(raw.encode("utf-8", "surrogatepass"))
        for form in CHECK_FORMATS:
            check(said("check", "spec.yaml", "--format", form), form)
        check(said("check", "-", stdin=raw))


@pytest.mark.parametrize("place", ["name", "layer", "group", "block", "about", "key", "kind"])
def test_renderers_need_no_guard(place: str, other: str) -> None:
    """Values are encoded where they are shown: what is left to the guard is none of these."""
    for hostile in (EVERY, TEXTS["workflow on a line"]):
        text = PLACES[place].format(t=quoted(hostile))
        Path("spec.yaml").write_text(text, encoding="utf-8")
        for arguments in commands("spec.yaml", other)[:-2]:
            found = said(*arguments, guarded=False)
            assert controls(found.out + found.err) == []
            if "github" not in arguments:
                assert "\n::" not in found.out + found.err


# -- names ----------------------------------------------------------------------------------

NAMES = {
    name: text.replace("/", "").replace("\0", "").replace("\ud800", "")
    for name, text in {**TEXTS, "every": " ".join(TEXTS.values())[:90]}.items()
}
"""No file can have `/` and NUL in its name, nor what stands for no byte."""


@pytest.mark.parametrize("hostile", NAMES.values(), ids=NAMES)
def test_file(hostile: str, other: str) -> None:
    name = f"{hostile}.yaml"
    Path("inner").mkdir()
    for path, layers in ((name, "[relu]"), (f"inner/{name}", "[rellu]")):
        Path(path).write_text(f"input: 3x8x8\nlayers: {layers}\n", encoding="utf-8")
    for form in CHECK_FORMATS:
        check(said("check", ".", "--format", form), form)
    for path in (f"./{name}", f"inner/{name}", f"./{name}x"):
        for arguments in commands(path, other):
            form = arguments[-1] if "--format" in arguments else "text"
            check(said(*arguments), form)
    check(said("explain", f"./{name}", "relu"))
    check(said("explain", f"./{name}", hostile))
    for target in (f"./{name}", f"no/{name}", "inner"):
        check(said("export", other, "-o", target))
        check(said("report", other, "-o", target))
        check(said("transform", "fold-batch-norm", other, "-o", target))
        check(said("init", target))


OPTIONS = [
    ("check", "other.yaml", "--set", "{t}=1"),
    ("check", "other.yaml", "--set", "a={t}"),
    ("check", "other.yaml", "--set", "{t}"),
    ("check", "other.yaml", "--select", "{t}"),
    ("check", "other.yaml", "--format", "{t}"),
    ("analyze", "other.yaml", "--columns", "{t}"),
    ("analyze", "other.yaml", "--depth", "{t}"),
    ("analyze", "other.yaml", "--batch", "{t}"),
    ("analyze", "other.yaml", "--convention", "{t}"),
    ("explain", "other.yaml", "--flops", "--format", "{t}"),
    ("memory", "other.yaml", "--recompute", "{t}"),
    ("memory", "other.yaml", "--fits", "{t}"),
    ("analyze", "{t}"),
    ("analyze", "other.yaml", "--{t}"),
    ("{t}",),
    ("explain", "{t}"),
    ("explain", "other.yaml", "{t}"),
    ("calc", "{t}", "--input", "3x8x8"),
    ("explain", "other.yaml", "relu", "--weights", "{t}"),
    ("calc", "relu", "--input", "{t}"),
    ("calc", "{t}", "--input", "3x8x8", "--matrix"),
    ("export", "other.yaml", "--to", "{t}"),
    ("transform", "{t}", "other.yaml"),
    ("transform", "fc-to-conv", "other.yaml", "--weights", "{t}", "--to", "x"),
    ("train", "other.yaml", "--device", "{t}"),
    ("train", "other.yaml", "-r", "{t}=1"),
    ("train", "other.yaml", "--discriminator", "{t}"),
    ("train", "other.yaml", "--discriminator", "other.yaml", "-r", "discriminator.{t}=1"),
    ("evaluate", "{t}"),
    ("evaluate", "other.yaml", "--data", "{t}"),
    ("evaluate", "other.yaml", "--part", "{t}"),
    ("predict", "{t}", "other.yaml"),
    ("predict", "other.yaml", "{t}"),
    ("predict", "other.yaml", "other.yaml", "--device", "{t}"),
    ("verify", "other.yaml", "--device", "{t}"),
    ("zoo", "show", "{t}"),
    ("verify", "other.yaml", "--weights", "{t}"),
    ("profile", "other.yaml", "--weights", "{t}"),
    ("weights", "show", "{t}"),
    ("weights", "map", "other.yaml", "{t}"),
    ("weights", "map", "{t}", "{t}"),
    ("init", "--from", "{t}"),
    ("init", "--schema", "{t}", "new.yaml"),
]


@pytest.mark.parametrize("hostile", [*TEXTS.values(), EVERY], ids=[*TEXTS, "every"])
def test_options(hostile: str, other: str) -> None:
    hostile = hostile.replace("\0", "")  # no argument of a process has one
    for words in OPTIONS:
        check(said(*(word.format(t=hostile) for word in words)))


@pytest.mark.parametrize("name", ["colour", "bidi", "workflow on a line", "azure"])
def test_revision(name: str, other: str) -> None:
    """git is a process."""
    check(said("compare", other, "--git", TEXTS[name]))


@pytest.mark.parametrize(
    "settings",
    ["{t} = 1", "max_params = {t}", "select = [{t}]", "[severity]\n{t} = 'error'", "[budgets.{t}]"],
)
@pytest.mark.parametrize("hostile", [EVERY, *COMMANDS.values()])
def test_settings(settings: str, hostile: str, other: str) -> None:
    text = settings.format(t=quoted(hostile).replace(r"\u0000", ""))
    Path("cnncalc.toml").write_text(text, encoding="utf-8")
    for form in CHECK_FORMATS:
        check(said("check", other, "--format", form), form)


# -- graphs that no spec can write ----------------------------------------------------------


def graph(hostile: str) -> Graph:
    """A network with any names, built in Python."""
    from cnncalc import load

    built = load(Path(__file__).parent / "small.yaml")
    nodes: dict[Node, Node] = {}
    for node in built.nodes:
        inputs = tuple(nodes[one] for one in node.inputs)
        path = node.path.replace("inner", hostile.replace(".", ""))
        nodes[node] = Node(path, node.layer, inputs, node.shape, node.span)
    groups = {
        (path := group.path.replace("inner", hostile.replace(".", ""))): group._replace(
            path=path, kind=hostile
        )
        for group in built.groups.values()
    }
    return built._replace(
        name=hostile,
        path=hostile,
        about=hostile,
        source=hostile,
        inputs={hostile: next(iter(nodes.values()))},
        layers=tuple(nodes[node] for node in built.layers),
        output=nodes[built.output],
        outputs={hostile: nodes[built.output]},
        groups=groups,
    )


def shown(hostile: str) -> dict[str, tuple[str, str]]:
    """What each renderer makes of such a network, and its format."""
    summary = analyze(graph(hostile))
    tables: list[Table] = [
        table(summary, ("kind", "input", "output", "macs", "field"), depth) for depth in (1, None)
    ]
    another = analyze(graph("another"))
    comparison = side_by_side((summary, another, summary), ())
    finding = Deviation(hostile, hostile, hostile, hostile, hostile)
    verification = Verification(
        hostile, hostile, "cpu", (Check(hostile, hostile, hostile, (finding,), (hostile,)),)
    )
    entries = [Entry(hostile, 1, 1, "3x3", "1998", 1.0, None, hostile, hostile)]
    return {
        "table": ("text", "\n".join(map(to_text, tables))),
        "json": ("json", "".join(to_json(tables))),
        "csv": ("csv", to_csv(tables)),
        "html": ("fragment", "".join(map(to_html, tables[:1]))),
        "outline": ("text", f"{summary.graph}\n"),
        "values": ("text", "".join(f"{one}\n" for one in (*summary.rows, *summary.graph.nodes))),
        "markdown": ("markdown", "\n".join(map(to_markdown, tables))),
        "comparison": ("text", comparison_text([comparison])),
        "comparison in markdown": ("markdown", comparison_markdown([comparison])),
        "comparison in json": ("json", comparison_json([comparison])),
        "explanation": ("text", "".join(explanation(summary, row) for row in summary.rows)),
        "verification": ("text", verification_text(verification)),
        "verification in json": ("json", verification_json([verification])),
        "graph in characters": ("text", graph_text(summary)),
        "graph": ("svg", to_svg(graph_style(summary))),
        "graph in Mermaid": ("mermaid", to_mermaid(summary)),
        "graph for a paper": ("tikz", to_tikz(graph_style(summary))),
        "volumes": ("svg", to_svg(volumes_style(summary))),
        "bars": ("svg", to_svg(bars_style(summary))),
        "zoo": ("text", zoo_text(entries)),
        "zoo in markdown": ("markdown", zoo_markdown(entries)),
        "zoo in json": ("json", zoo_json(entries)),
    }


@pytest.mark.parametrize("hostile", [*TEXTS.values(), EVERY], ids=[*TEXTS, "every"])
def test_graph(hostile: str) -> None:
    plain = shown("plain")
    for name, (form, text) in shown(hostile).items():
        assert controls(text) == [], name
        if form in CHECKS:
            CHECKS[form](text)
        if form == "json":
            assert hostile in strings(json.loads(text))
        if name in ("table", "csv", "zoo") and len(hostile) < 30:
            assert text.count("\n") == plain[name][1].count("\n"), name


@pytest.mark.parametrize("hostile", [*TEXTS.values(), EVERY], ids=[*TEXTS, "every"])
def test_profile(hostile: str) -> None:
    from cnncalc.analysis.measured import LayerTime, Profile, Setting, Timing
    from cnncalc.analysis.memory import memory
    from cnncalc.machine import Ceilings

    summary = analyze(graph(hostile))
    assert outline(summary, None)
    time = Timing(1.0, 1.0, 1.0)
    measured = Profile(
        summary,
        Setting("CPU", "cpu", "2", 1, "fp32", False, False, 1, 1),
        Ceilings(1.0, 1.0, 1.0),
        time,
        time,
        {row.node: LayerTime(1.0, 1.0, 1, 1) for row in summary.rows},
        0.0,
        1,
        1,
        memory(summary.graph, 1, 4),
        None,
        None,
    )
    folded = Folded(measured)
    CHECKS["csv"](profile_csv([folded]))
    CHECKS["json"](profile_json([folded]))
    for text in (profile_csv([folded]), profile_json([folded]), profile_text(folded)):
        assert controls(text) == []
