"""Our named tuples against typing's: the same class body, made by both."""

from __future__ import annotations

import copy
import pickle
import typing
from typing import Any

import pytest

from cnncalc import records


class Ours(records.NamedTuple):
    """Of a window."""

    kernel: int
    stride: int = 1
    names: tuple[str, ...] = ()

    @property
    def doubled(self) -> int:
        return 2 * self.kernel

    def grown(self) -> Ours:
        return self._replace(kernel=self.kernel + 1)


class Theirs(typing.NamedTuple):
    """Of a window."""

    kernel: int
    stride: int = 1
    names: tuple[str, ...] = ()

    @property
    def doubled(self) -> int:
        return 2 * self.kernel

    def grown(self) -> Theirs:
        return self._replace(kernel=self.kernel + 1)


class Below(Ours):
    """What stands below one is a usual class."""

    def grown(self) -> Ours:
        return super().grown()


BOTH = pytest.mark.parametrize("made", [Ours, Theirs])


def test_what_both_say_of_a_record_is_the_same() -> None:
    ours, theirs = Ours(3, names=("a",)), Theirs(3, names=("a",))
    assert ours == theirs == (3, 1, ("a",))
    assert hash(ours) == hash(theirs)
    assert repr(ours) == repr(theirs).replace("Theirs", "Ours")
    assert ours._asdict() == theirs._asdict()
    assert ours.grown() == theirs.grown()
    assert ours.doubled == theirs.doubled == 6
    assert Below(3).grown() == (4, 1, ())
    for name in ("__doc__", "__match_args__", "_fields", "_field_defaults", "__module__"):
        assert getattr(Ours, name) == getattr(Theirs, name)


@BOTH
@pytest.mark.parametrize(
    "copied", [copy.copy, copy.deepcopy, lambda it: pickle.loads(pickle.dumps(it))]
)
def test_copies_are_equal(made: Any, copied: Any) -> None:
    again = copied(made(3))
    assert type(again) is made
    assert again == made(3)


@BOTH
def test_fields_are_matched_by_place(made: Any) -> None:
    match made(3, 2):
        case made(kernel, stride):
            assert (kernel, stride) == (3, 2)


@BOTH
@pytest.mark.parametrize(
    ("wrong", "raised", "says"),
    [
        (
            lambda made: made(),
            TypeError,
            r"__new__\(\) missing 1 required positional argument: 'kernel'",
        ),
        (lambda made: made(1, 2, (), 4), TypeError, "takes from 2 to 4 positional arguments"),
        (lambda made: made(1, depth=2), TypeError, "unexpected keyword argument 'depth'"),
        (lambda made: made(1)._replace(depth=2), ValueError, "depth"),
        (lambda made: made._make((1, 2)), TypeError, "3"),
        (lambda made: setattr(made(1), "kernel", 2), AttributeError, "attribute"),
        (lambda made: setattr(made(1), "depth", 2), AttributeError, "attribute"),
    ],
)
def test_what_is_wrong_is_refused(made: Any, wrong: Any, raised: Any, says: str) -> None:
    with pytest.raises(raised, match=says):
        wrong(made)


@pytest.mark.parametrize("base", [records.NamedTuple, typing.NamedTuple])
def test_a_default_stands_behind_all_without(base: Any) -> None:
    with pytest.raises(TypeError, match="default"):
        exec("class Wrong(base):\n    a: int = 1\n    b: int\n", {"base": base})
