"""What a person says of a network beside its file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cnncalc.importing.formats.format_error import FormatError
from cnncalc.importing.program import Sizes
from cnncalc.records import NamedTuple


class NetworkAsked(NamedTuple):
    """inputs: shapes without a batch, in the order in which the file names its inputs, in place of
    those that it says; settings: arguments of the network, by name."""

    inputs: Sequence[Sizes] = ()
    settings: Mapping[str, Any] = {}

    def without_settings(self, tool: str) -> None:
        """Raises FormatError where there are any, for a file that takes none."""
        if self.settings:
            name = next(iter(self.settings))
            raise FormatError(f"a network of {tool} takes no arguments, `{name}` among them")
