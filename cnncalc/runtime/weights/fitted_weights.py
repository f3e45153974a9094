"""The tensors of a file fitted to a network: by name, or by a map of names; what does not fit,
both ways."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from torch import Tensor, nn

from cnncalc.importing.drafts import Origin
from cnncalc.importing.weight_map import WeightMapError, read_map
from cnncalc.layers.base import Shape, times
from cnncalc.records import NamedTuple
from cnncalc.runtime.reading import ReadError, brief, check_size, content, first_line
from cnncalc.runtime.sealed import PREFIX
from cnncalc.runtime.weights.assembled import assembled
from cnncalc.runtime.weights.proposing import COUNTERS, last_part
from cnncalc.runtime.weights.weight_files import tensors_and_means
from cnncalc.stored_weights import MEANS

SHOWN = 8
"""Names that a line lists."""

WAY_OUT = "`cnncalc weights map SPEC FILE` proposes which is which, for `--map`"


class UnfitError(Exception):
    """A file, or a map, does not have what was asked of it; the message names it."""


class Fitting(NamedTuple):
    """What of a file goes into a network.

    file: its name; means: how tensors were told: `by name`, `by map.txt`
    state: tensors by the network's names, in its shapes; total: how many the network has
    missing: those that have none, with why where the file has one that does not fit
    left: other tensors of the file that are not used
    averaged: whether the file's are running means of a training
    Counters of steps, which nothing reads in inference, are in none of these numbers.
    """

    file: str
    means: str
    state: Mapping[str, Tensor]
    total: int
    missing: Mapping[str, str]
    left: tuple[str, ...]
    averaged: bool = False

    @property
    def found(self) -> int:
        """How many of the network's tensors the file has."""
        return self.total - len(self.missing)

    @property
    def fits(self) -> bool:
        """Whether no tensor of the network is without."""
        return not self.missing

    def without(self) -> str:
        """The tensors that have none, and why."""
        return some(f"{n} ({why})" if why else n for n, why in self.missing.items())

    def put_into(self, network: nn.Module) -> None:
        """What is missing stays as it is."""
        network.load_state_dict(self.state, strict=False)

    def lines(self) -> list[str]:
        """What went where, and what did not, both ways."""
        means = f", {MEANS}" if self.averaged else ""
        said = [f"{self.found} of {self.total} tensors from {self.file}, {self.means}{means}"]
        if self.missing:
            said.append(f"begin anew: {self.without()}")
        if self.left:
            said.append(f"not used of {self.file}: {some(self.left)}")
        return [*said, *([self.way_out] if self.way_out else [])]

    @property
    def way_out(self) -> str:
        """What to type where some of both may be one another."""
        apart = self.left and not all(self.missing.values())
        return f"are some of these one another? {WAY_OUT}" if apart else ""


def some(names: Iterable[str]) -> str:
    """The first of many."""
    known = [brief(name) for name in names]
    more = f" and {len(known) - SHOWN:,} more" if len(known) > SHOWN else ""
    return ", ".join(known[:SHOWN]) + more


def fitted(
    network: nn.Module, file: Path, names: Path | None = None, prefix: str = PREFIX
) -> Fitting:
    """By `names`, a map, and for what that does not name by name. prefix: of the wanted tensors in
    a checkpoint. Raises UnfitError."""
    try:
        theirs, averaged = tensors_and_means(file, prefix)
    except ReadError as error:
        raise UnfitError(f"`{file}` {error}") from None
    origins = map_in(names) if names else {}
    own = _own(network)
    return _Fitter(file, names, own, theirs, origins).fitting()._replace(averaged=averaged)


def begun_with(
    network: nn.Module, file: Path, names: Path | None = None, prefix: str = PREFIX
) -> Fitting:
    """As `fitted`; one tensor at least. Raises UnfitError."""
    found = fitted(network, file, names, prefix)
    if not found.found:
        has = f"; it has {some(found.left)}; {WAY_OUT}" if found.left else ""
        raise UnfitError(f"`{file}` has no tensor that this network has, by name and shape{has}")
    return found


def map_in(file: Path) -> dict[str, Origin]:
    """Raises UnfitError."""
    try:
        return read_map(content(file).decode())
    except ReadError as error:
        raise UnfitError(f"`{file}` {error}") from None
    except UnicodeDecodeError:
        raise UnfitError(f"`{file}` is no text in UTF-8") from None
    except WeightMapError as error:
        lines = [text for problem in error.problems[:SHOWN] for text in problem.lines(str(file))]
        rest = len(error.problems) - SHOWN
        raise UnfitError("\n".join([*lines, *([f"and {rest:,} more"] * (rest > 0))])) from None


def whole(network: nn.Module, file: Path, names: Path | None = None) -> Fitting:
    """All that the network has. Raises UnfitError where something is missing."""
    found = fitted(network, file, names)
    if not found.fits:
        left = f"; it has besides {some(found.left)}; {WAY_OUT}" if found.left else ""
        raise UnfitError(f"`{file}` lacks of the network's weights {found.without()}{left}")
    return found


class Own(NamedTuple):
    """A tensor of a network, and all names that it has there: layers that share have one each."""

    tensor: Tensor
    names: tuple[str, ...]


def _own(network: nn.Module) -> list[Own]:
    known: dict[int, Own] = {}
    for name, tensor in network.state_dict(keep_vars=True).items():
        before = known.get(id(tensor))
        known[id(tensor)] = Own(tensor, (*(before.names if before else ()), name))
    return [*known.values()]


def shapes_of(network: nn.Module) -> dict[str, Shape]:
    """Of its tensors, by the first name of each."""
    return {own.names[0]: tuple(own.tensor.shape) for own in _own(network)}


class _Found(NamedTuple):
    """What a place gets: under which of its names, by which tensors of the file; why it does not
    fit, if so."""

    name: str
    tensor: Tensor | None
    used: tuple[str, ...]
    why: str = ""


class _Fitter:
    """One file, one network."""

    def __init__(
        self,
        file: Path,
        names: Path | None,
        own: Sequence[Own],
        theirs: Mapping[str, Tensor],
        origins: Mapping[str, Origin],
    ) -> None:
        self.file, self.names = file, names
        self.own, self.theirs, self.origins = own, theirs, origins

    def fitting(self) -> Fitting:
        """Raises UnfitError."""
        self._check_map()
        found = [self._found(own) for own in self.own]
        state = {each.name: each.tensor for each in found if each.tensor is not None}
        told = [each for each in found if last_part(each.name) != COUNTERS]
        missing = {each.name: each.why for each in told if each.tensor is None}
        used = {name for each in found for name in each.used}
        left = [n for n in self.theirs if n not in used and last_part(n) != COUNTERS]
        means = f"by {self.names}" if self.names else "by name"
        return Fitting(str(self.file), means, state, len(told), missing, tuple(left))

    def _check_map(self) -> None:
        """Raises UnfitError where the map names what is not there."""
        ours = {name for own in self.own for name in own.names}
        strange = [name for name in self.origins if name not in ours]
        if strange:
            raise UnfitError(f"`{self.names}`: the network has no {some(strange)}")
        wanted = {name for origin in self.origins.values() for name in origin.tensors}
        unknown = sorted(wanted - self.theirs.keys())
        if unknown:
            raise UnfitError(f"`{self.names}`: `{self.file}` has no {some(unknown)}")

    def _found(self, own: Own) -> _Found:
        """Raises UnfitError."""
        for name in own.names:
            if name in self.origins:
                origin = self.origins[name]
                return self._fit(own, name, self._mapped(name, origin, own), origin.tensors)
        named = tuple(name for name in own.names if name in self.theirs)
        if not named:
            return _Found(own.names[0], None, ())
        return self._fit(own, named[0], self.theirs[named[0]], named)

    def _mapped(self, name: str, origin: Origin, own: Own) -> Tensor:
        """What the map makes of the file's tensors. Raises UnfitError."""
        parts = [self.theirs[each] for each in origin.tensors]
        try:
            check_size(sum(each.nbytes for each in parts))
            whole = sum(len(each) for each in parts)
            if origin.part and origin.part[1] > whole:
                raise IndexError(f"`[{origin.part[0]}:{origin.part[1]}]` of {whole}")
            given = assembled(origin, parts)
        except (RuntimeError, IndexError, TypeError, ReadError) as error:
            what = f"`{name}` cannot be made of {some(origin.tensors)}: {first_line(error)}"
            raise UnfitError(f"`{self.names}`: {what}") from None
        return given.reshape(own.tensor.shape) if given.numel() == own.tensor.numel() else given

    def _fit(self, own: Own, name: str, given: Tensor, used: tuple[str, ...]) -> _Found:
        """Raises UnfitError where its values are no numbers."""
        wanted = own.tensor
        if given.shape != wanted.shape:
            return _Found(name, None, used, f"{_size(wanted)}, the file has {_size(given)}")
        if given.is_floating_point() != wanted.is_floating_point():
            kind = str(given.dtype).removeprefix("torch.")
            return _Found(name, None, used, f"the file has numbers of {kind}")
        if given.is_floating_point() and not _finite(given):
            raise UnfitError(f"`{self.file}` has values in `{brief(name)}` that are no numbers")
        return _Found(name, given, used)


def _finite(given: Tensor) -> bool:
    known = given.float() if given.element_size() == 1 else given  # isfinite knows none of 8 bits
    return bool(known.isfinite().all())


def _size(tensor: Tensor) -> str:
    return times(tensor.shape) or "a number"
