"""What a verification found, as values: what was compared, by which means, and what differs."""

from __future__ import annotations

from typing import Any

from cnncalc.display import as_document, as_text
from cnncalc.records import NamedTuple

EQUAL = "equal"
DIFFERS = "differs"
NOT_CHECKED = "not checked"


class Deviation(NamedTuple):
    """One number of the spec that the network does not have.

    layer: its path, or the name of a weight; empty where it is the whole network's
    place: where the spec has it, `specs/lenet/lenet5.yaml:14`
    what: `output`, `MACs`
    spec, network: what either says
    """

    layer: str
    place: str
    what: str
    spec: str
    network: str


class Check(NamedTuple):
    """One sort of number, compared.

    compared: what, and how many: `174 layers`; empty: nothing was
    means: by what it was confirmed
    findings: all that differs
    unconfirmed: what could not be compared, and why
    """

    name: str
    compared: str
    means: str
    findings: tuple[Deviation, ...] = ()
    unconfirmed: tuple[str, ...] = ()

    @property
    def verdict(self) -> str:
        """`equal`, `differs` or `not checked`."""
        if self.findings:
            return DIFFERS
        return EQUAL if self.compared else NOT_CHECKED


class Verification(NamedTuple):
    """All checks of one network. device: where it ran with numbers; `meta`: it ran without. As text
    it is what `cnncalc verify` prints."""

    spec: str
    name: str
    device: str
    checks: tuple[Check, ...]

    @property
    def sound(self) -> bool:
        """Whether nothing differs."""
        return not any(check.findings for check in self.checks)

    def to_dict(self) -> dict[str, Any]:
        """The JSON document of `cnncalc verify --format json`."""
        return as_document(self)

    def __str__(self) -> str:
        return as_text(self)

    def __repr__(self) -> str:
        said = "nothing differs" if self.sound else "something differs"
        return f"<Verification {self.name!r} on {self.device}: {len(self.checks)} checks, {said}>"
