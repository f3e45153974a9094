"""What a verification found, as values: what was compared, by which means, and what differs."""

from __future__ import annotations

from typing import NamedTuple

EQUAL = "equal"
DIFFERS = "differs"
NOT_CHECKED = "not checked"


class Finding(NamedTuple):
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
    findings: tuple[Finding, ...] = ()
    unconfirmed: tuple[str, ...] = ()

    @property
    def verdict(self) -> str:
        """`equal`, `differs` or `not checked`."""
        if self.findings:
            return DIFFERS
        return EQUAL if self.compared else NOT_CHECKED


class Verification(NamedTuple):
    """All checks of one network. device: where it ran with numbers; `meta`: it ran without."""

    spec: str
    name: str
    device: str
    checks: tuple[Check, ...]

    @property
    def sound(self) -> bool:
        """Whether nothing differs."""
        return not any(check.findings for check in self.checks)
