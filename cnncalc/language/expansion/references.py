"""What a name refers to: an earlier layer, or a word that carries one."""

from __future__ import annotations

from collections.abc import Collection
from itertools import chain, islice

from cnncalc.diagnostics import Diagnostics, listed
from cnncalc.language.expansion.assembly import Assembly
from cnncalc.language.expansion.frame import Frame, Outcome, Tensor
from cnncalc.language.text.tree import Scalar
from cnncalc.language.values.scope import InvalidValueError, Scope
from cnncalc.language.values.values import UnknownValueError, Value, Word, named
from cnncalc.later_patterns import pattern
from cnncalc.layers import LAYERS

_BEYOND_A_NAME = pattern(r"[.\s()\[\]]")

MOST = 1_000
"""Paths that are searched for a name that cannot be seen."""


def given(word: Word) -> Tensor:
    """The output that a word stands for which names a layer."""
    found = word.layer
    assert isinstance(found, Outcome)
    assert found.output is not None
    return found.output


def _is_plain(text: str) -> bool:
    """Whether a text can be a name alone, and no expression."""
    return not _BEYOND_A_NAME.search(text)


class References:
    """Looks names up, and says which there are where one leads nowhere."""

    def __init__(
        self, inputs: Collection[str], assembly: Assembly, diagnostics: Diagnostics
    ) -> None:
        self._inputs = inputs
        self._assembly = assembly
        self._diagnostics = diagnostics

    def one(self, name: Scalar, frame: Frame, scope: Scope) -> Tensor:
        """The output that `name` refers to. Raises InvalidValueError, UnknownValueError."""
        return given(self.word(name, frame, scope))

    def word(self, name: Scalar, frame: Frame, scope: Scope) -> Word:
        """The layer that a text means. Raises InvalidValueError, UnknownValueError."""
        found = self.find(name, frame, scope)
        if not isinstance(found, Word):
            message = f"one layer is wanted, `{name.text}` is {named(found)}"
            hint = f"`{name.text}[0]` is the first of them" if found else None
            scope.fail("CNN301", name, message, hint)
        return found

    def several(self, name: Scalar, frame: Frame, scope: Scope) -> tuple[Tensor, ...]:
        """The outputs that `name` refers to, which may stand for a list of layers."""
        found = self.find(name, frame, scope)
        return tuple(map(given, [found] if isinstance(found, Word) else found))

    def find(self, name: Scalar, frame: Frame, scope: Scope) -> Word | tuple[Word, ...]:
        """The layer or the layers that a text means. Raises InvalidValueError,
        UnknownValueError."""
        text, names = name.text, scope.names
        value = names.get(text)
        if text in names and value is None:
            raise UnknownValueError
        if isinstance(value, Word) and value.layer is not None:
            return value
        if (found := frame.reach(text)) is not None:
            return Word.at(text, name.span, found, names)
        if value is None and not _is_plain(text):
            value = self._computed(name, frame, scope)
        return self._layers(value, name, frame)

    def _computed(self, name: Scalar, frame: Frame, scope: Scope) -> Value:
        """The value of what is more than a name."""
        head = name.text.partition(".")[0]
        if _is_plain(head) and head not in scope.names and frame.reach(head) is None:
            self.missing(name, frame)
            raise InvalidValueError
        return scope.value(name)

    def _layers(self, value: Value | None, name: Scalar, frame: Frame) -> Word | tuple[Word, ...]:
        """A value that is a layer or a list of layers; anything else is reported."""
        if isinstance(value, tuple):
            self._diagnostics.spend(len(value), name.span, frame.calls)
            if all(isinstance(each, Word) and each.layer for each in value):
                return value
        if isinstance(value, Word) and value.layer:
            return value
        if isinstance(value, Word) and value.span:
            self._handed(name.text, value, frame)
        elif value is not None:
            message = f"`{name.text}` is {named(value)}, not a layer"
            self._diagnostics.error("CNN301", name.span, message, notes=reversed(frame.calls))
        else:
            self.missing(name, frame)
        raise InvalidValueError

    def missing(self, name: Scalar, frame: Frame) -> None:
        """Report that no layer has that name, and say what has."""
        if any(around.unsure for around in frame.outwards()):
            return
        hint = self._hint(name.text, frame)
        message = f"there is no earlier layer named `{name.text}`"
        self._diagnostics.error("CNN301", name.span, message, hint, reversed(frame.calls))

    def _handed(self, argument: str, word: Word, frame: Frame) -> None:
        """Report that an argument is a word that names no layer where it was handed over."""
        if word.span is None or any(around.unsure for around in frame.outwards()):
            return
        hint = f"it is handed over as `{argument}`: a layer is known by its `name`, to its own list"
        message = f"there is no earlier layer named `{word}`"
        self._diagnostics.error("CNN301", word.span, message, hint, reversed(frame.calls))

    def _hidden(self, name: str, around: list[Frame]) -> str | None:
        """Where a layer of that name stands that cannot be seen from here, or one without a
        `name`."""
        if any(name in frame.taken for frame in around) and name not in self._assembly.groups:
            hint = f"an earlier `{name}` has no name of its own: add `name: ...` to it"
            return f"{hint}; `[{name}]` is a branch of that layer" if name in LAYERS else hint
        paths = chain(
            (node.path for node in self._assembly.layers[-MOST:]),
            islice(reversed(self._assembly.groups), MOST),
        )
        root = around[-1].path
        path = next((p for p in paths if p.startswith(root) and f".{p}".endswith(f".{name}")), None)
        if path is None:
            return None
        inside = path.rpartition(".")[0]
        where = f"inside `{inside}`" if inside else "beside this, as a branch of its own"
        return f"`{name}` stands {where}: what both read is named before the branches part"

    def _hint(self, name: str, frame: Frame) -> str:
        around = list(frame.outwards())
        if any(name in frame.absent for frame in around):
            return f"`{name}` is left out here: its `when` does not hold, or it repeats 0 times"
        if any(name in frame.later for frame in around):
            return f"`{name}` stands further down: what is read comes first"
        if "." in name:
            return "a name reaches the same list and those around it, a path nowhere"
        if name in frame.names:
            return f"`{name}` is an argument; a layer is known by its `name`"
        if hidden := self._hidden(name, around):
            return hidden
        if len(self._inputs) > 1 and name in ("input", "previous"):
            return f"the inputs are {listed(self._inputs)}"
        if name in LAYERS:
            return f"`[{name}]` is a branch of that layer"
        known = chain(*(each.records for each in around), ("input", "previous"))
        hint = self._diagnostics.did_you_mean(name, known)
        if hint is None and frame.blocks:
            hint = "a block sees no layer of its caller: hand it over as an argument"
        return hint or "a layer is known by its `name`, in its own list and those within"
