"""Sequences in which what repeats stands once: its copies come to be when someone asks for them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import repeat
from typing import TypeVar, cast, overload

from cnncalc.records import NamedTuple

T = TypeVar("T")


class Copies(NamedTuple):
    """Stretches of a sequence, each a copy of the one of `size` items before the first of them.

    first: the place of the first item of the first copy; times: how many there are
    """

    first: int
    size: int
    times: int

    @property
    def last(self) -> int:
        """The place behind the last copy."""
        return self.first + self.size * self.times

    @property
    def origin(self) -> range:
        """The places of what they are copies of."""
        return range(self.first - self.size, self.first)

    @property
    def places(self) -> range:
        """The places of all copies."""
        return range(self.first, self.last)

    @property
    def next(self) -> range:
        """The places of the first copy."""
        return range(self.first, self.first + self.size)


class Copied(Sequence[T]):
    """Items, some of them copies of those before: `copies`, in order, none within another. A slice
    is a view, which makes none of them either."""

    def __init__(self, items: Iterable[T] = ()) -> None:
        self._items: list[T | None] = list(items)
        self._makers: list[Callable[[int], T]] = []
        self._complete = True
        self.copies: list[Copies] = []

    def append(self, item: T) -> None:
        """One more."""
        self._items.append(item)

    def copy(self, size: int, times: int, make: Callable[[int], T]) -> None:
        """As many copies of the last `size` items, which `make` makes, each of its number among
        theirs; copies within these items are items from now on."""
        first = len(self._items)
        while self.copies and self.copies[-1].last > first - size:
            copies = self.copies.pop()
            made = self._makers.pop()
            for number, place in enumerate(range(copies.first, copies.last)):
                if self._items[place] is None:
                    self._items[place] = made(number)
        self.copies.append(Copies(first, size, times))
        self._makers.append(make)
        self._items.extend(repeat(None, size * times))
        self._complete = False

    def __len__(self) -> int:
        return len(self._items)

    @overload
    def __getitem__(self, place: int) -> T: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[T]: ...
    def __getitem__(self, place: int | slice) -> T | Sequence[T]:
        if isinstance(place, slice):
            return _view(self, range(len(self._items))[place])
        item = self._items[place]
        return self._made(range(len(self._items))[place]) if item is None else item

    def _made(self, place: int) -> T:
        """The copy at a place, which is made now."""
        number = bisect_right(self.copies, place, key=lambda copies: copies.first) - 1
        item = self._makers[number](place - self.copies[number].first)
        self._items[place] = item
        return item

    def __iter__(self) -> Iterator[T]:
        return iter(cast("list[T]", self._items)) if self._complete else self._all()

    def _all(self) -> Iterator[T]:
        for place in range(len(self._items)):
            yield self[place]
        self._complete = True

    def __eq__(self, other: object) -> bool:
        return _alike(self, other)

    def __reduce__(self) -> tuple[object, ...]:
        """With all its copies made."""
        return type(self), (tuple(self),)


class View(Sequence[T]):
    """Some items of such a sequence, behind one another."""

    def __init__(self, whole: Copied[T], places: range) -> None:
        self.whole = whole
        self.places = places

    def __len__(self) -> int:
        return len(self.places)

    @overload
    def __getitem__(self, place: int) -> T: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[T]: ...
    def __getitem__(self, place: int | slice) -> T | Sequence[T]:
        if isinstance(place, slice):
            return _view(self.whole, self.places[place])
        return self.whole[self.places[place]]

    def __iter__(self) -> Iterator[T]:
        return map(self.whole.__getitem__, self.places)

    def __eq__(self, other: object) -> bool:
        return _alike(self, other)

    def __reduce__(self) -> tuple[object, ...]:
        return tuple, (tuple(self),)


def _view(whole: Copied[T], places: range) -> Sequence[T]:
    """A view, or where the sequence holds no copies the items themselves."""
    return View(whole, places) if whole.copies else tuple(map(whole.__getitem__, places))


def _alike(one: Sequence[T], other: object) -> bool:
    if not isinstance(other, Sequence) or len(one) != len(other):
        return False
    return all(a == b for a, b in zip(one, other, strict=True))


def pieces(items: Sequence[T]) -> Iterator[T | Copies]:
    """The items in order; in place of copies, where what they are copies of is there too, what they
    are."""
    whole, places = (
        (items.whole, items.places) if isinstance(items, View) else (items, range(len(items)))
    )
    if not isinstance(whole, Copied) or not whole.copies or places.step != 1:
        yield from items
        return
    place = places.start
    for copies in whole.copies:
        if place <= copies.origin.start and copies.last <= places.stop:
            yield from map(whole.__getitem__, range(place, copies.first))
            yield copies
            place = copies.last
    yield from map(whole.__getitem__, range(place, places.stop))


def tallied(items: Sequence[T]) -> Iterator[tuple[T, int]]:
    """Each item, and how many of those behind it are told with it; of copies, what they are copies
    of once more, with how many there are."""
    for piece in pieces(items):
        if isinstance(piece, Copies):
            yield from ((item, piece.times) for item in at(items, piece.origin))
        else:
            yield piece, 1


def at(items: Sequence[T], places: range) -> list[T]:
    """What stands at such places as `Copies` has them, which are those of the whole sequence."""
    whole = items.whole if isinstance(items, View) else items
    return [whole[place] for place in places]
