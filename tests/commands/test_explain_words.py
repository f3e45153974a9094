"""`cnncalc explain WORD`, and of a spec alone."""

from __future__ import annotations

import re
import shlex

import pytest

from cnncalc import load
from cnncalc.analysis import analyze
from cnncalc.layers import LAYERS
from cnncalc.report.explanation.about import about
from cnncalc.report.explanation.topic_page import topic_page
from cnncalc.report.table.columns import COLUMNS
from cnncalc.topics.every_topic import TOPICS, find, words
from cnncalc.zoo import networks
from tests.commands.conftest import Run


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
