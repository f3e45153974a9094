"""Checkpoints of ours carry a digest of all that is in them; the weights of those and of others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from torch import Tensor

from cnncalc.runtime.reading import ReadError
from cnncalc.runtime.stored import digest, load, tensors, whole

FORMAT = 2
"""Of what a checkpoint holds. The first one had neither this number nor a digest."""

OWN = "cnncalc"
PREFIX = "network."
"""What stands before the names of the network's weights."""

MEANS = "averaged.module."
"""What stands before the names of the running means of its weights, where training kept them."""

SHOWN = 3


def seal(contents: Mapping[str, Any]) -> dict[str, Any]:
    """The same with format and digest."""
    said = {**contents[OWN], "format": FORMAT}
    found = digest({**contents, OWN: said})
    return {**contents, OWN: {**said, "sha256": found}}


def is_own(contents: object) -> bool:
    """Whether `cnncalc train` wrote it, or something says so."""
    return isinstance(contents, Mapping) and isinstance(contents.get(OWN), Mapping)


def is_sealed(contents: Mapping[str, Any]) -> bool:
    """Whether it has a digest: the first format has none."""
    return bool({"format", "sha256"} & contents[OWN].keys())


def unseal(contents: Mapping[str, Any]) -> None:
    """Raises ReadError where the contents are not those that were written."""
    said = contents[OWN]
    if said.get("format") != FORMAT:
        raise ReadError(
            f"has format {said.get('format')!r}, this cnncalc reads {FORMAT}: another version"
            " wrote it"
        )
    without = {name: value for name, value in said.items() if name != "sha256"}
    try:
        found = digest({**contents, OWN: without})
    except ValueError as error:
        raise ReadError(f"{error}: it is not as it was written") from None
    if found != said.get("sha256"):
        raise ReadError("is not as it was written: its SHA-256 is another")


def state(path: Path, prefix: str = PREFIX) -> dict[str, Tensor]:
    """The weights in a checkpoint, or in a saved `state_dict`, by name: the running means where
    there are some. prefix: what stands before the names of those that are wanted, in a checkpoint.
    Raises ReadError."""
    return state_and_means(path, prefix)[0]


def state_and_means(path: Path, prefix: str = PREFIX) -> tuple[dict[str, Tensor], bool]:
    """The same, and whether they are running means. Raises ReadError."""
    _, named, _ = contents(path)
    if prefix != PREFIX:
        return behind(prefix, named), False
    averaged = has_means(named)
    return behind(MEANS if averaged else PREFIX, named) or named, averaged


def has_means(names: Iterable[str]) -> bool:
    """Whether these are of a checkpoint with running means of the weights."""
    return any(name.startswith(MEANS) for name in names)


def behind(prefix: str, named: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Those of a prefix, without it."""
    return {n.removeprefix(prefix): t for n, t in named.items() if n.startswith(prefix)}


def contents(path: Path) -> tuple[Mapping[str, Any], dict[str, Tensor], bool]:
    """All of a checkpoint or a saved `state_dict`, its tensors, and whether a digest was there, and
    held. Raises ReadError."""
    found = load(path)
    sealed = is_own(found) and is_sealed(found)
    if sealed:
        unseal(found)
    elif not whole(path):
        raise ReadError("is not as it was written: a checksum in it is another")
    named = tensors(found["state_dict"]) if _wraps(found) else tensors(_only_tensors(found))
    return found, named, sealed


def _wraps(found: object) -> bool:
    return isinstance(found, Mapping) and isinstance(found.get("state_dict"), Mapping)


def _only_tensors(found: Any) -> Any:
    """Raises ReadError where other things stand beside tensors."""
    if isinstance(found, Mapping) and not all(isinstance(t, Tensor) for t in found.values()):
        names = ", ".join(f"`{name}`" for name in list(found)[:SHOWN])
        raise ReadError(f"holds {names}, not a state_dict alone")
    return found
