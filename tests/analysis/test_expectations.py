"""`expect` compared: what holds stays quiet, what does not says both sides."""

import pytest

from cnncalc.analysis import analyze
from cnncalc.analysis.memory import Optimizer, inference, training
from cnncalc.checking.expectations import unmet
from cnncalc.diagnostics import Diagnostic
from tests.language.reading import graph, marked

SPEC = """
input: 3x32x32
layers:
  - {name: features, repeat: 2, layers: [{conv: {filters: 16, kernel: 3, bias: false}}, relu]}
  - {name: wide, conv: {filters: 8, kernel: 1x3, stride: 2}}
  - global_avg_pool
  - {name: fc, linear: 10, freeze: true}
outputs:
  side: {from: features, layers: [global_avg_pool, {linear: 2}]}
  map: wide
"""

CONV1, CONV2 = 16 * 3 * 3 * 3, 16 * 16 * 3 * 3
WIDE, FC, SIDE = 8 * 16 * 3 + 8, 10 * 8 + 10, 2 * 16 + 2
PARAMS = CONV1 + CONV2 + WIDE + FC + SIDE
MACS = CONV1 * 30 * 30 + CONV2 * 28 * 28 + (WIDE - 8) * 14 * 13 + 80 + 32


def found(expect: str) -> list[Diagnostic]:
    return list(unmet(analyze(graph(f"{SPEC}expect: {expect}\n"))))


HOLDS = {
    "params": f"{{params: {PARAMS}}}",
    "rounded": f"{{params: {PARAMS / 1000:.1f}K}}",
    "trainable": f"{{trainable: {PARAMS - FC}}}",
    "frozen": f"{{frozen: {FC}}}",
    "no buffers": "{buffers: 0}",
    "macs": f"{{macs: {MACS}}}",
    "bounds": '{params: at most 4K, macs: ">= 2M", layers: at most 9}',
    "layers": "{layers: 9}",
    "an output": "{output: 10}",
    "a field": "{receptive_field: 5x7}",
    "a field with a bound along each axis": "{receptive_field: at least 5}",
    "a group": f"{{layers: {{features: {{params: {CONV1 + CONV2}, output: 16x28x28}}}}}}",
    "a run of a group": "{layers: {features.0: {output: 16x30x30, receptive_field: 3}}}",
    "a layer": f"{{layers: {{fc: {{params: {FC}, frozen: {FC}, output: 10}}}}}}",
    "a head": f"{{layers: {{side: {{params: {SIDE}, output: 2}}}}}}",
    "a head that is a layer": "{layers: {map: {output: 8x14x13}}}",
    "activations": "{layers: {wide: {activations: 1456}}}",
}


@pytest.mark.parametrize("expect", HOLDS.values(), ids=HOLDS)
def test_holds(expect: str) -> None:
    assert found(expect) == []


def test_blanks_are_told_without_the_answer() -> None:
    blank, field, shape = found("{params: , layers: {wide: {receptive_field: , output: }}}")
    assert (blank.code, blank.message) == ("CNN602", "`params` is blank")
    assert str(PARAMS) not in str(blank.hint).replace("_", "")
    assert field.message == "`receptive_field` of `wide` is blank"
    assert shape.message == "`output` of `wide` is blank"
    assert shape.hint == "fill in what you compute, such as `output: 10x32x32`"


def test_a_blank_of_what_is_not_known_is_a_blank() -> None:
    (told,) = found("{layers: {fc: {receptive_field: }}}")
    assert told.code == "CNN602"


UNMET = {
    "exact": (
        f"{{params: {PARAMS - 1}}}",
        f"`params` is {PARAMS:,}, expected {PARAMS - 1:,}: 1 more",
        f"`params: {PARAMS:_}`, if that is right",
    ),
    "less": (
        f"{{params: {PARAMS + 2000}}}",
        f"`params` is {PARAMS:,}, expected {PARAMS + 2000:,}: 2,000 less",
        f"`params: {PARAMS:_}`, if that is right",
    ),
    "rounded to its digits": (
        "{macs: 2.4M}",
        f"`macs` is {MACS:,}, expected 2.4M: {2_400_000 - MACS:,} less",
        "`macs: 2.3M`, if that is right",
    ),
    "with decimals": (
        "{layers: 9.4}",
        "`layers` is 9, expected 9.4: 0.4 less",
        "`layers: 9.0`, if that is right",
    ),
    "with more decimals than a float holds": (
        f"{{params: {PARAMS - 2:_}.6}}",
        f"`params` is {PARAMS:,}, expected {PARAMS - 2:_}.6: 1.4 more",
        f"`params: {PARAMS}.0`, if that is right",
    ),
    "at most with decimals": (
        "{layers: at most 8.75}",
        "`layers` is 9, expected at most 8.75: 0.25 more",
        "`layers: at most 9`, if that is right",
    ),
    "at most": (
        "{params: at most 3K}",
        f"`params` is {PARAMS:,}, expected at most 3K: {PARAMS - 3000:,} more",
        f"`params: at most {PARAMS:_}`, if that is right",
    ),
    "at least": (
        '{layers: ">= 12"}',
        "`layers` is 9, expected >= 12: 3 less",
        "`layers: at least 9`, if that is right",
    ),
    "a shape": (
        "{layers: {features: {output: 16x28x27}}}",
        "`output` of `features` is 16x28x28, expected 16x28x27",
        "`output: 16x28x28`, if that is right",
    ),
    "a field": (
        "{layers: {features: {receptive_field: 7}}}",
        "`receptive_field` of `features` is 5, expected 7: 2 less",
        "`receptive_field: 5`, if that is right",
    ),
    "a field along one axis": (
        "{receptive_field: 5}",
        "`receptive_field` is 5x7, expected 5",
        "`receptive_field: 5x7`, if that is right",
    ),
    "a bound of a field along one axis": (
        "{receptive_field: at least 6}",
        "`receptive_field` is 5x7, expected at least 6",
        "`receptive_field: at least 5`, if that is right",
    ),
    "a bound above a field along one axis": (
        "{receptive_field: at most 6}",
        "`receptive_field` is 5x7, expected at most 6",
        "`receptive_field: at most 7`, if that is right",
    ),
    "a field as a shape": (
        "{receptive_field: 5x9}",
        "`receptive_field` is 5x7, expected 5x9",
        "`receptive_field: 5x7`, if that is right",
    ),
}


@pytest.mark.parametrize(("expect", "message", "hint"), UNMET.values(), ids=UNMET)
def test_unmet(expect: str, message: str, hint: str) -> None:
    (told,) = found(expect)
    assert (told.code, told.severity) == ("CNN602", "error")
    assert (told.message, told.hint) == (message, hint)


@pytest.mark.parametrize("expect", [row[0] for row in UNMET.values()], ids=UNMET)
def test_what_the_hint_says_holds(expect: str) -> None:
    """Typed in place of what was expected, in the form it had."""
    (told,) = found(expect)
    assert told.hint
    assert told.hint.startswith("`")
    corrected = told.hint.split("`")[1]
    if "layers: {" in expect:
        corrected = f"layers: {{features: {{{corrected}}}}}"
    assert found(f"{{{corrected}}}") == []


def test_place_is_the_value() -> None:
    (told,) = found("{params: 9K}")
    assert marked(told) == "9K"


def test_a_layer_that_is_not_there_is_told_once() -> None:
    (told,) = found("{layers: {featrues: {output: 3, params: 3}}}")
    assert (told.code, marked(told)) == ("CNN603", "featrues")
    assert told.message == "there is no layer `featrues`"
    assert told.hint == "did you mean `features`?"


def test_nothing_like_it() -> None:
    (told,) = found("{layers: {zzz: {output: 3}}}")
    assert told.hint == "`cnncalc analyze spec.yaml --depth all` shows the names"


UNKNOWN = {
    "the whole input": ("fc", "it sees the whole input"),
    "a head": ("side", "it sees the whole input"),
}


@pytest.mark.parametrize(("layer", "why"), UNKNOWN.values(), ids=UNKNOWN)
def test_a_field_that_is_not_local(layer: str, why: str) -> None:
    (told,) = found(f"{{layers: {{{layer}: {{receptive_field: at least 3}}}}}}")
    assert told.code == "CNN604"
    assert told.message == f"`receptive_field` of `{layer}` is not known: {why}"
    assert told.hint == "the last that is known: `layers: {wide: {receptive_field: 5x7}}`"


def test_a_network_of_which_places_are_lost() -> None:
    layers = "[{name: wide, conv: {filters: 4, kernel: 3}}, {flip: 1}]"
    text = f"input: 3x8x8\nlayers: {layers}\nexpect: {{receptive_field: 3}}\n"
    (told,) = unmet(analyze(graph(text)))
    why = "the places of a later map cannot be told"
    assert told.message == f"`receptive_field` is not known: {why}"
    assert told.hint == "the last that is known: `layers: {wide: {receptive_field: 3}}`"


def test_a_network_whose_last_map_sees_everything() -> None:
    layers = "[{name: wide, conv: {filters: 4, kernel: 3}}, to_sequence, attention: 2]"
    text = f"input: 3x8x8\nlayers: {layers}\nexpect: {{receptive_field: 3}}\n"
    (told,) = unmet(analyze(graph(text)))
    assert told.message == "`receptive_field` is not known: it sees the whole input"
    assert told.hint == "the last that is known: `layers: {wide: {receptive_field: 3}}`"


def test_a_network_without_a_field() -> None:
    text = "input: 10\nlayers: [{linear: 3}]\nexpect: {receptive_field: 3}\n"
    (told,) = unmet(analyze(graph(text)))
    assert told.message == "`receptive_field` is not known: no layer has a place in the input"
    assert told.hint is None


# -- memory -----------------------------------------------------------------------------------


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam", "adamw"])
def test_the_peak_of_training_at_a_batch(optimizer: Optimizer) -> None:
    peak = training(graph(SPEC), optimizer).total(64)
    used = "at batch 64" + (f" with {optimizer}" if optimizer != "sgd" else "")
    assert found(f"{{training_memory: at most {peak} {used}}}") == []
    (told,) = found(f"{{training_memory: at most {peak - 1} {used}}}")
    assert told.message.endswith(f"expected at most {peak - 1} {used}: 1 more")
    assert told.hint == f"`training_memory: at most {peak:_} {used}`, if that is right"


def test_the_peak_of_inference_in_bytes() -> None:
    peak = inference(graph(SPEC)).total(8)
    assert found("{inference_memory: at most 1 GiB at batch 8}") == []
    (told,) = found("{inference_memory: at most 1 KiB at batch 8}")
    assert told.message.endswith(f": {peak - 1024:,} more")


def test_a_layer_has_no_peak_of_its_own() -> None:
    (told,) = found("{layers: {wide: {training_memory: at most 1 GiB}}}")
    assert told.message == "`training_memory` of `wide` is not known: it is of a whole network"
