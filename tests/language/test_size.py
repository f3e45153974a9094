"""Large networks: linear in time, and bounded before they are expanded."""

from __future__ import annotations

import time

import pytest

from cnncalc.language.expansion.assembly import MOST_LAYERS
from tests.language.reading import fault, graph, spec

MANY = 20_000

LONG = {
    "repeated": spec(f"{{conv: {{filters: 3, kernel: 3, padding: half}}, repeat: {MANY}}}"),
    "written out": spec(*["conv: {filters: 3, kernel: 3, padding: half}"] * MANY),
    "words": spec(*["relu"] * MANY),
    "one line": f"input: 3x8x8\nlayers: [{'relu, ' * MANY}]\n",
    "blocks": spec(
        f"{{unit: 3, repeat: {MANY // 2}}}",
        head="""\
input: 3x8x8
blocks:
  unit: {args: {n: }, layers: [{conv: {filters: n, kernel: 1}}, relu]}""",
    ),
    "names": spec(*[f"{{relu: , name: r{n}}}" for n in range(MANY)]),
    "rows": spec(f"{{each: [n], rows: [{', '.join(['3'] * MANY)}], relu: }}"),
}


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_time_is_linear(text: str) -> None:
    """A tenth of a millisecond for each layer would do, and a busy machine is given five times as
    long; whatever looks through all layers for each takes minutes."""
    started = time.process_time()
    assert len(graph(text).layers) == MANY
    assert time.process_time() - started < 5 * MANY * 1e-4


TOO_LARGE = {
    "one more than a million": (f"{{relu: , repeat: {MOST_LAYERS + 1}}}", MOST_LAYERS + 1),
    "nested": ("{layers: [{relu: , repeat: 10_000}], repeat: 1_000}", 10_000 * 1_000),
    "a block": ("{ten: , repeat: 200_000}", 10 * 200_000),
    "a block that a condition hides": ("{ten: , repeat: 200_000, when: i < 0}", 10 * 200_000),
    "rows": ("{each: n, rows: [1, 2], ten: , repeat: 200_000}", 2 * 10 * 200_000),
    "branches": ("{add: [[ten], [ten]], repeat: 100_000}", (2 * 10 + 1) * 100_000),
}


@pytest.mark.parametrize(("item", "layers"), TOO_LARGE.values(), ids=TOO_LARGE)
def test_bound_is_told_before_expanding(item: str, layers: int) -> None:
    blocks = "blocks: {ten: {layers: [{relu: , repeat: 10}]}}"
    found = fault(spec(item, head=f"input: 3x8x8\n{blocks}"))
    assert (found.code, found.message) == (
        "CNN508",
        f"the network has up to {layers:,} layers; 1,000,000 at most",
    )


def test_bound_of_repeats_that_are_expressions() -> None:
    text = spec("{layers: [{relu: , repeat: n}], repeat: n}", head="input: 3\nargs: {n: 1001}")
    found = fault(text)
    assert found.code == "CNN508"
    assert found.message == "repeats multiply to up to 1,002,001 layers; 1,000,000 at most"
