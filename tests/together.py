"""Cases of one test run together: one by one, many small ones take longer to tell than to run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import pytest

Case = TypeVar("Case")
Test = Callable[[Any], None]


def in_groups(
    groups: Mapping[str, Sequence[Case]], named: Callable[[Case], str] = str
) -> Callable[[Test], Test]:
    """A test of a case becomes one of each group. All of a group run; each that fails is told, by
    the name of its case."""

    def of(test: Test) -> Test:
        def together(group: str) -> None:
            if failed := [*failures(test, groups[group], named)]:
                raise BaseExceptionGroup(f"{len(failed)} of {len(groups[group])} cases", failed)

        together.__doc__ = test.__doc__
        return pytest.mark.parametrize("group", groups)(together)

    return of


def failures(
    test: Test, cases: Iterable[Case], named: Callable[[Case], str]
) -> Iterator[BaseException]:
    """What the cases raise, each with the name of its own."""
    for case in cases:
        try:
            test(case)
        except (Exception, pytest.fail.Exception) as error:
            error.add_note(f"case: {named(case)}")
            yield error


def slices(cases: Sequence[Case], size: int) -> dict[str, Sequence[Case]]:
    """The cases in their order, so many a group."""
    return {f"{first}-": cases[first : first + size] for first in range(0, len(cases), size)}
