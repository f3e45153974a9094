"""Fields that name an earlier layer, of which the shape alone is meant."""

import pytest

from tests.language.reading import fault, faults, graph, marked, shapes, sources, spec

CONV = "{name: stem, conv: {filters: 8, kernel: 3}}"
POOL = "{name: low, max_pool: 2}"


def test_a_layer_is_named() -> None:
    found = shapes(spec(CONV, POOL, "upsample: {like: stem, mode: linear}", "pad: {like: input}"))
    assert list(found.values()) == ["8x30x30", "8x15x15", "8x30x30", "8x32x32"]


def test_nothing_is_read_of_it() -> None:
    assert sources(spec(CONV, POOL, "upsample: {like: stem}"))["upsample"] == ["low"]


@pytest.mark.parametrize("name", ["input", "previous", "stem-1", "1x1", "3"])
def test_names_of_every_sort(name: str) -> None:
    own = "" if name in ("input", "previous") else f"name: '{name}', "
    text = spec(f"{{{own}max_pool: 2}}", "crop: 2", f"crop: {{like: '{name}'}}")
    if name == "input":
        assert "cannot make 3x12x12 like 3x32x32" in fault(text).message
    elif own:
        assert "cannot make 3x12x12 like 3x16x16" in fault(text).message
    else:
        assert fault(text).message.endswith("like 3x16x16")


def test_an_argument_carries_one() -> None:
    text = """
input: 3x32x32
blocks:
  up:
    args: {skip: }
    layers:
      - concat: {deep: [{upsample: {like: skip}}], side: skip}
layers:
  - {name: a, conv: {filters: 4, kernel: 2}}
  - {name: b, max_pool: 2}
  - max_pool: {kernel: 2, stride: 1}
  - up: {skip: b}
  - up: {skip: a}
"""
    found = shapes(text)
    assert (found["up.concat"], found["up_2.concat"]) == ("8x15x15", "12x31x31")


def test_one_name_for_different_layers() -> None:
    """In two lists a name may stand for two layers: the fields look alike, and are not."""
    unit = "layers: [{name: a, max_pool: {kernel: N}}, {crop: 1}, {pad: {like: a}}]"
    found = shapes(spec(*(f"{{{unit.replace('N', str(n))}}}" for n in (2, 1))))
    assert found["layers.pad"] == "3x16x16"
    assert found["layers_2.pad"] == "3x16x16"
    again = spec(
        "{layers: [{name: a, max_pool: 2}, {crop: 1}, {pad: {like: a}}]}",
        "{layers: [{name: a, max_pool: 2}, {crop: 1}, {pad: {like: a}}]}",
    )
    assert [shapes(again)[f"{name}.pad"] for name in ("layers", "layers_2")] == ["3x16x16", "3x8x8"]


FAULTS = {
    "no such layer": ("upsample: {like: stm}", "CNN301", "stm", "did you mean `stem`?"),
    "no name": ("upsample: {like: 3 + 3}", "CNN301", "3 + 3", None),
    "a list": ("upsample: {like: [3, 32, 32]}", "CNN205", "[", None),
    "nothing": ("upsample: {like: }", "CNN207", None, None),
    "further down": (
        "upsample: {like: later}",
        "CNN301",
        "later",
        "`later` stands further down: what is read comes first",
    ),
    "another rank": ("{layers: [flatten, {upsample: {like: stem}}]}", "CNN401", None, None),
}


@pytest.mark.parametrize("name", FAULTS)
def test_faults(name: str) -> None:
    item, code, at, hint = FAULTS[name]
    found = fault(spec(CONV, item, "{name: later, relu: }"))
    assert found.code == code
    assert at is None or marked(found) == at
    assert hint is None or found.hint == hint


def test_what_depends_on_a_fault_stays_quiet() -> None:
    broken = "{name: stem, conv: {filters: 8, kernel: 99}}"
    assert [each.code for each in faults(spec(broken, "{from: input, pad: {like: stem}}"))] == [
        "CNN402"
    ]


def test_a_pool_is_named() -> None:
    """Its input is read again, wherever its name leads to it."""
    text = """
input: 3x32x32
blocks:
  back:
    args: {pool: }
    layers: [tanh, {max_unpool: pool}]
layers:
  - {name: a, conv: {filters: 4, kernel: 3}}
  - {name: p, max_pool: {kernel: 3, stride: 2}}
  - {back: {pool: p}, repeat: 1}
  - {name: q, max_pool: 2}
  - max_unpool: q
"""
    read = sources(text)
    assert read["back.0.max_unpool"] == ["back.0.tanh", "a"]
    assert read["max_unpool"] == ["q", "back.0.max_unpool"]
    assert shapes(text)["max_unpool"] == "4x30x30"


def test_two_pools_of_one_name() -> None:
    unit = "{layers: [{name: p, max_pool: {kernel: %s, stride: 3}}, {max_unpool: p}]}"
    layers = [node.layer for node in graph(spec(unit % "2", unit % "3")).layers]
    assert str(layers[1]) == "max_unpool (pool max_pool (kernel 2, stride 3))"
    assert str(layers[3]) == "max_unpool (pool max_pool (kernel 3, stride 3))"


NO_POOL = {
    "another kind": ("max_unpool: stem", "`pool` wants the name of an earlier `max_pool`, got"),
    "the input": ("max_unpool: input", "`pool` wants the name of an earlier `max_pool`, got"),
    "a number": ("max_unpool: 2", "there is no earlier layer named `2`"),
    "no name": ("max_unpool", "`max_unpool` wants its field `pool`"),
}


@pytest.mark.parametrize("name", NO_POOL)
def test_what_is_no_pool(name: str) -> None:
    item, message = NO_POOL[name]
    assert fault(spec(CONV, item)).message.startswith(message)


def test_a_size_is_given_in_one_way() -> None:
    assert fault(spec("upsample")).code == "CNN207"
    assert marked(fault(spec(CONV, "upsample: {scale: 2, like: stem}"))) == "stem"


def test_shared_items_mean_the_same_layer() -> None:
    text = spec(
        CONV,
        "{name: up, layers: [{max_pool: 2}, {upsample: {like: stem}}]}",
        "{share: up}",
    )
    assert [node.shape for node in graph(text).layers if node.kind == "upsample"] == [
        (8, 30, 30)
    ] * 2
