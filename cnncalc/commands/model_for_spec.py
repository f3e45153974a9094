"""A model, or another tool's file, where a command wants a spec: it is imported, and its graph
read."""

from __future__ import annotations

from collections.abc import Mapping

from cnncalc.commands.import_file import imported_file
from cnncalc.commands.import_model import HowToImport, imported_model
from cnncalc.commands.output import tell
from cnncalc.importing.formats.telling import is_format
from cnncalc.network.graph import Graph


def graph_of_model(
    name: str, settings: Mapping[str, str], inputs: Mapping[str, str]
) -> Graph | None:
    """The graph of what `import` would write.

    settings: what the model is made with; inputs: their shapes, in the order in which it takes them

    None where it has none, with the reasons on standard error. Raises UsageError.
    """
    how = HowToImport([*inputs.values()], [f"{key}={value}" for key, value in settings.items()])
    found = imported_file(name, how) if is_format(name) else imported_model(name, how)
    if found is None:
        return None
    tell(found.notes)
    return found.graph._replace(path=name)
