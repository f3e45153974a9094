"""A machine file: what is written is read again, and what nobody measured is told in its place."""

from __future__ import annotations

import re

import pytest

from cnncalc.diagnostics import Diagnostics, Source
from cnncalc.language.machine.read_machine import parsed
from cnncalc.language.machine.write_machine import written
from cnncalc.machine import AtPlaces, Ceilings, Cost, HeldOut, Level, Machine, Rates
from tests.output.hostile import EVERY, TEXTS

LEVELS = (Level(16_384, 1.25e11), Level(67_108_864, 3.1e10))
FULL = Rates(
    Ceilings(
        1.0e11,
        3e10,
        5.7e-07,
        2e12,
        2e11,
        3e-6,
        4e-6,
        2e9,
        *(LEVELS, LEVELS[:1], LEVELS[1:], LEVELS, LEVELS),
        windows=(AtPlaces(49, LEVELS), AtPlaces(196, LEVELS[:1])),
        pointwise=(AtPlaces(49, ()),),
        block=16,
        ragged=(AtPlaces(784, LEVELS[1:]),),
        fresh=LEVELS[1:],
        winograd=True,
        disturbed=True,
    ),
    {"conv": Cost(1.1, 0.0, 0.5, 1e-5, 40), "conv, thin": Cost(0.0, 2.5, 0.0, 1e-06, 7)},
    ("ResNet-18", "U-Net: the original"),
    HeldOut(0.14, 0.31, 12),
)
MACHINE = Machine("AMD EPYC", "cpu", 2, "2.13.0+cpu", {"fp32": FULL})
LITTLE = Rates(Ceilings(1.0, 1.0, 0.0), {})


def read(text: str) -> tuple[Machine | None, list[tuple[str, int, int, str]]]:
    diagnostics = Diagnostics()
    found = parsed(Source("machine.yaml", text), diagnostics)
    return found, [(d.code, d.span.line, d.span.column, d.message) for d in diagnostics]


@pytest.mark.parametrize(
    "machine",
    [MACHINE, MACHINE._replace(rates={"bf16": LITTLE, "fp32": FULL})],
    ids=["one kind of numbers", "two"],
)
def test_round_trip(machine: Machine) -> None:
    assert read(written(machine)) == (machine, [])


@pytest.mark.parametrize("hostile", [*TEXTS.values(), EVERY], ids=[*TEXTS, "every"])
def test_names_of_strangers_come_back(hostile: str) -> None:
    rates = FULL._replace(learned=(hostile,), costs={hostile[:100]: Cost(1.0, 1.0, 1.0, 1.0, 1)})
    machine = MACHINE._replace(device=hostile, rates={"fp32": rates})
    whole = re.sub("[\ud800-\udfff]", "\ufffd", hostile)
    rates = FULL._replace(learned=(whole,), costs={whole[:100]: Cost(1.0, 1.0, 1.0, 1.0, 1)})
    assert read(written(machine)) == (Machine(whole, *MACHINE[1:4], {"fp32": rates}), [])


PLAIN = written(
    MACHINE._replace(rates={"fp32": LITTLE._replace(costs={"all": Cost(1, 2, 3, 4, 5)})})
)
WRONG = {
    "a field that is not there": (
        ("threads: 2", "thraeds: 2"),
        [
            ("CNN261", 4, 1, "a machine file has no field `thraeds`"),
            ("CNN261", 2, 1, "a machine file has no `threads`"),
        ],
    ),
    "a word": (
        ("flops: 1.0", "flops: fast"),
        [("CNN262", 9, 14, "`flops` wants a number of at least 0, got `fast`")],
    ),
    "nothing a second": (
        ("bandwidth: 1.0", "bandwidth: 0"),
        [("CNN262", 10, 18, "`bandwidth` wants a number above 0, got `0`")],
    ),
    "infinite": (
        ("flops: 1.0", "flops: .inf"),
        [("CNN262", 9, 14, "`flops` wants a number of at least 0, got `.inf`")],
    ),
    "below 0": (
        ("compute: 1", "compute: -1"),
        [("CNN262", 15, 24, "`compute` wants a number of at least 0, got `-1`")],
    ),
    "half a thread": (
        ("threads: 2", "threads: 1.5"),
        [("CNN262", 4, 10, "`threads` wants a whole number, got `1.5`")],
    ),
    "no numbers": (
        ("fp32:", "fp23:"),
        [
            ("CNN262", 7, 3, "there are no numbers called `fp23`"),
            ("CNN262", 7, 3, "`rates` has none of `fp32`, `tf32`, `bf16`, `fp16`"),
        ],
    ),
    "a list for levels": (
        ("winograd: false", "winograd: false\n      levels: [[1, 2, 3]]"),
        [("CNN262", 13, 16, "`levels` wants pairs of a size and a rate, got a list")],
    ),
    "a truth": (
        ("winograd: false", "winograd: maybe"),
        [("CNN262", 12, 17, "`winograd` wants true or false, got `maybe`")],
    ),
}


@pytest.mark.parametrize(("change", "told"), WRONG.values(), ids=WRONG)
def test_wrong(change: tuple[str, str], told: list[tuple[str, int, int, str]]) -> None:
    assert change[0] in PLAIN
    found, said = read(PLAIN.replace(*change))
    assert found is None
    assert sorted(said) == sorted(told)


@pytest.mark.parametrize("text", ["", "3", "[1, 2]", "a: [", "rates: {fp32: 3}", "\0"])
def test_what_is_no_machine_is_told(text: str) -> None:
    found, said = read(text)
    assert found is None
    assert said
