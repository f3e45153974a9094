"""Cases that run together are told apart."""

from __future__ import annotations

import pytest

from tests.together import in_groups, slices


def test_each_that_fails_is_told_by_its_name() -> None:
    @in_groups({"numbers": range(1, 6)}, "number {}".format)
    def is_odd(number: int) -> None:
        if number == 4:
            pytest.fail("four")
        assert number % 2

    with pytest.raises(BaseExceptionGroup, match="2 of 5 cases") as told:
        is_odd("numbers")  # type: ignore[arg-type]
    assert [error.__notes__ for error in told.value.exceptions] == [
        ["case: number 2"],
        ["case: number 4"],
    ]


def test_every_case_is_in_one_slice() -> None:
    found = slices(range(7), 3)
    assert {name: [*cases] for name, cases in found.items()} == {
        "0-": [0, 1, 2],
        "3-": [3, 4, 5],
        "6-": [6],
    }
