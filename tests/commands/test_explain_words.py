"""`cnncalc explain WORD`, and of a spec alone."""

from __future__ import annotations

import json
import re
import shlex
from functools import cache

import pytest

from cnncalc import load
from cnncalc.analysis import analyze
from cnncalc.cli.commands import COMMANDS
from cnncalc.language.schema.recipe_schema import recipe_schema
from cnncalc.language.text.keys import KEYS
from cnncalc.language.written.definitions import BLOCK_KEYS
from cnncalc.language.written.grammar import MODIFIERS
from cnncalc.layers import LAYERS
from cnncalc.network.expectation import EXPECTED
from cnncalc.report.explanation.about import about
from cnncalc.report.explanation.topic_page import topic_page
from cnncalc.report.table.columns import COLUMNS
from cnncalc.topics.every_topic import TOPICS, find, words
from cnncalc.zoo import networks
from tests.commands.conftest import Run
from tests.inside import inside


@pytest.mark.parametrize("name", TOPICS)
def test_a_page_is_whole(name: str) -> None:
    topic, page = TOPICS[name], topic_page(name)
    assert page.startswith(f"{name}: {topic.title}\n\n{topic.text[0][:20]}")
    assert all(formula in page for formula in topic.formulas)
    assert len(topic.tries) > 0
    for example in topic.examples:
        assert example.shape in page
    assert max(map(len, page.splitlines())) <= 112


@pytest.mark.parametrize("name", TOPICS)
def test_what_to_type_next_runs(name: str, cnncalc: Run) -> None:
    for command in TOPICS[name].tries:
        program, *arguments = shlex.split(command)
        assert program == "cnncalc"
        if arguments[0] in ("train", "profile"):
            continue  # they want PyTorch, data, time
        found = cnncalc(*arguments)
        assert found.returncode == 0, found.stderr


@cache
def known() -> set[str]:
    """Every word of specs, recipes, layers, tables and commands."""
    found = {*LAYERS, *KEYS, *MODIFIERS, *EXPECTED, *COLUMNS, *BLOCK_KEYS, *RESERVED}
    for layer in LAYERS.values():
        found |= {*layer.fields}
        for field in layer.fields.values():
            found |= {*re.findall(r"[a-z_0-9]+", field.type.wants)}
    text = json.dumps(recipe_schema())
    return found | set(re.findall(r"[a-z_0-9]+", text))


RESERVED = (
    "i",
    "in_channels",
    "in_height",
    "in_width",
    "stage1",
    "all",
    "strict",
    "most",
    "suited",
    "pytorch",
)
"""Names that are always there, values, and a name in an example."""

WORD = re.compile(r"(?<![0-9])[a-z][a-z_0-9]*")


@pytest.mark.parametrize("name", TOPICS)
def test_it_speaks_of_what_there_is(name: str) -> None:
    """Each word, option and command between backticks is one."""
    options = offered()
    for quoted in re.findall(r"`([^`]+)`", " ".join(TOPICS[name].text)):
        program, *rest = quoted.removeprefix("cnncalc ").split()
        if program in COMMANDS:
            quoted = " ".join(rest)
        for option in re.findall(r"--[a-z-]+", quoted):
            assert option in options, (name, quoted)
        words = set(WORD.findall(re.sub(r"--[a-z-]+", "", quoted)))
        assert words <= known(), (name, quoted, words - known())


@cache
def offered() -> set[str]:
    """Every option of every command."""
    return {word for each in COMMANDS for word in inside(each, "--help").stdout.split()}


def test_an_example_shows_the_lines_it_names() -> None:
    page = topic_page("padding")
    assert "output  (32 - 5 + 2*2)/1 + 1 = 32" in page
    assert "output  (5 - 4 + (1 + 2))/1 + 1 = 5" in page
    assert "does not fit: room for 2.33 windows" in topic_page("fit")
    assert "64 * (64*3*3) + 64 = 36,928" in topic_page("groups")


def test_no_word_leads_to_two_pages() -> None:
    plain = [re.sub(r"[\W_]+", " ", word.lower()) for word in words()]
    assert len(plain) == len(set(plain))


@pytest.mark.parametrize(
    ("word", "page"),
    [
        ("Receptive-Field", "field"),
        ("l2", "weight decay"),
        ("weight_decay", "weight decay"),
        ("he", "initialisation"),
        ("depthwise", "groups"),
        ("half", "half"),
        ("gamma", "fold"),
    ],
)
def test_words_are_found_however_they_are_written(word: str, page: str, cnncalc: Run) -> None:
    assert find(word) == page
    assert cnncalc("explain", word).stdout.startswith(f"{page}: ")


def test_every_column_and_word_of_a_layer_has_a_page() -> None:
    """Columns that are words of their own; the fields that most layers have."""
    for column in ("params", "macs", "flops", "field", "stride", "offset", "activations", "output"):
        assert column in COLUMNS
        assert find(column), column
    for field in ("padding", "stride", "dilation", "groups", "kernel"):
        assert field in LAYERS["conv"].fields
        assert find(field), field


def test_a_word_that_is_none(cnncalc: Run) -> None:
    found = cnncalc("explain", "paddding")
    assert found.returncode == 2
    assert "did you mean `padding`" in found.stderr


@pytest.mark.parametrize("name", ["googlenet", "lenet5_1998", "vit_b16"])
def test_a_spec_says_what_it_is(name: str, cnncalc: Run) -> None:
    graph = load(name)
    shown = " ".join(cnncalc("explain", name).stdout.split())
    assert " ".join(graph.about.split()) in shown
    assert " ".join(graph.source.split()) in shown
    assert f"{analyze(graph).totals.params.total:,} params" in shown


@pytest.mark.parametrize("path", networks().values(), ids=lambda path: path.stem)
def test_every_spec_says_what_it_is(path) -> None:
    assert about(analyze(load(path))).startswith(load(path).name)
