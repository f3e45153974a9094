"""The page of a word: its meaning and formula, an example that is computed, what to type next."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import fill

from cnncalc.analysis import analyze
from cnncalc.diagnostics import Diagnostics
from cnncalc.language.single import read_layer
from cnncalc.report.explanation.layer import Fact, facts
from cnncalc.topics.every_topic import TOPICS
from cnncalc.topics.topic import Example

WIDTH = 88


def topics_page() -> str:
    """Every word that has a page."""
    width = max(map(len, TOPICS))
    return "".join(f"{name.ljust(width)}   {topic.title}\n" for name, topic in TOPICS.items())


def topic_page(name: str) -> str:
    """The page of one of them."""
    topic = TOPICS[name]
    parts = [f"{name}: {topic.title}", *(fill(text, WIDTH) for text in topic.text)]
    if topic.formulas:
        parts.append("\n".join(f"  {formula}" for formula in topic.formulas))
    parts += ["\n".join(_worked(example)) for example in topic.examples]
    if topic.tries:
        parts.append("\n".join(["try", *(f"  {command}" for command in topic.tries)]))
    return "\n\n".join(parts) + "\n"


def _worked(example: Example) -> Iterator[str]:
    """The command, and of what it prints the lines that show the word."""
    layer = f'"{example.layer}"' if " " in example.layer else example.layer
    yield f"  $ cnncalc calc {layer} --input {example.shape}"
    for fact in _facts(example):
        yield f"    {fact.quantity.ljust(8)}{fact.text}".rstrip()


def _facts(example: Example) -> Iterator[Fact]:
    graph = read_layer(example.layer, example.shape, Diagnostics())
    assert graph is not None, example
    summary = analyze(graph)
    quantity = ""
    for fact in facts(summary, summary.rows[0]):
        quantity = fact.quantity or quantity
        if quantity in example.quantities and (fact.quantity or "" in example.quantities):
            yield fact
