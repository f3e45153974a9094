"""What a model's outputs are called in its spec: whatever they were, each has a name of its own."""

from __future__ import annotations

import pytest

from cnncalc.importing.checked import matched, read_again
from cnncalc.importing.drafts import Draft, Sketch
from cnncalc.importing.flat import output_names
from cnncalc.importing.program import ModelCounts, Program, Site
from cnncalc.importing.structure import written

ALIKE = {
    "signs": (["a.b", "a_b", "a/b"], ["a_b", "a_b_2", "a_b_3"]),
    "taken twice": (["a_2", "a", "a."], ["a_2", "a", "a_3"]),
    "long": (["n" * 90, "n" * 95], ["n" * 80, "n" * 80 + "_2"]),
    "no letter": (["..", "::"], ["output_2", "output_3"]),
    "the language's own": (["output", "input", "previous"], ["output_2", "input_2", "previous_2"]),
    "a layer's": (["side.0", "y"], ["side_0", "y"]),
    "an input's": (["image", "y"], ["image", "y"]),
}


def sketch_of_heads(names: list[str]) -> Sketch:
    """A convolution for each output, of other filters each, the unnamed first one's last."""
    image = Draft.of_input("image", (3, 8, 8))
    layers = [
        Draft("conv", {"filters": number, "kernel": 3}, [image], Site(f"side.{number}", "Conv2d"))
        for number in range(len(names) + 1)
        if number
    ]
    layers.append(Draft("conv", {"filters": 9, "kernel": 3}, [image], Site("body", "Conv2d")))
    program = Program("net", "", 1, {}, {}, (), {}, {}, ModelCounts(0))
    outputs = {"first": layers[-1], **dict(zip(names, layers, strict=False))}
    return Sketch(program, {"image": image}, tuple(layers), outputs, {})


@pytest.mark.parametrize(("names", "given"), ALIKE.values(), ids=ALIKE)
def test_each_has_its_own(names: list[str], given: list[str]) -> None:
    sketch = sketch_of_heads(names)
    assert [*output_names(sketch)] == given
    for text in map(str, written(sketch, {})):
        graph = read_again(text)
        assert len([*matched(graph, sketch)]) == len(sketch.layers) + 1
        assert [*graph.heads][1:] == given
