"""`cnncalc import`: a model of PyTorch's, or an ONNX file, as a spec."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

from cnncalc.commands import PROBLEMS, SOUND
from cnncalc.commands.options import UsageError, arguments, need_package, need_torch
from cnncalc.commands.output import check_apart, check_free, put, tell, whole, write
from cnncalc.importing.blocker_lines import blocker_lines
from cnncalc.later_patterns import pattern
from cnncalc.records import NamedTuple

if TYPE_CHECKING:
    from cnncalc.importing.checked import Imported
    from cnncalc.importing.program import Program

ONNX = ".onnx"
"""How a file's name ends in which a model stands by itself, but for sizes that it leaves open."""

SHAPE = pattern(r"\d{1,6}(x\d{1,6}){0,4}\Z")


class HowToImport(NamedTuple):
    """The options of a run.

    inputs: the shapes of the model's inputs, in the order in which it takes them
    settings: arguments that it is made with, or values of a file's inputs
    part: the path of the module of it that is meant
    output: where the spec goes; weights: where the model's weights go, under the spec's names;
    map: where it goes which tensor of the model each of these is
    placeholder: whether what cannot be said becomes `foreign` layers
    """

    inputs: Sequence[str] = ()
    settings: Sequence[str] = ()
    part: str = ""
    output: str | None = None
    weights: str | None = None
    map: str | None = None
    force: bool = False
    placeholder: bool = False

    def reader(self) -> Callable[[Program], Imported]:
        """What makes the spec of a model's operations."""
        if self.placeholder:
            from cnncalc.importing.placeholders import of_program_with_placeholders

            return of_program_with_placeholders
        from cnncalc.importing.whole_program import of_program

        return of_program

    def check(self) -> None:
        """Raises UsageError where a file cannot be written, or two of them are one."""
        files = {"--output": self.output, "--save-weights": self.weights, "--save-map": self.map}
        for (one, here), (other, there) in combinations(files.items(), 2):
            check_apart(here, there, f"{one} and {other}")
        for file in files.values():
            check_free(file, self.force)


def import_model(name: str, how: HowToImport) -> int:
    """Write the spec of a model, to standard output or a file; what is left out of it goes to
    standard error, as does all that cannot be said, which ends in 1. Raises UsageError."""
    how.check()
    found = imported_model(name, how)
    if found is None:
        return PROBLEMS
    if how.weights and not _carried(name, found, how.weights):
        return PROBLEMS
    if how.map:
        from cnncalc.importing.weight_map import written_map

        write(written_map({ours: origin for ours, (origin, _) in found.origins().items()}), how.map)
    put(found.text, how.output)
    tell(found.notes)
    return SOUND


def _carried(name: str, found: Imported, weights: str) -> bool:
    """Whether its weights could be written; else why is on standard error."""
    from cnncalc.runtime.importing.carried_weights import CarryError, save_state

    try:
        with whole(weights) as file:
            save_state(found, file, weights)
    except CarryError as error:
        tell([f"{name}: its weights cannot be saved: {error}"])
        return False
    return True


def imported_model(name: str, how: HowToImport) -> Imported | None:
    """The spec of a model; None, with the reasons on standard error, where it has none. Raises
    UsageError."""
    need_torch("import")
    shapes = [shape(text) for text in how.inputs]
    if name.endswith(ONNX):
        need_package("import", "onnx", "onnx")
    elif not shapes and not name.endswith(".pt2"):
        raise UsageError("import wants the shape of the model's input: --input 3x224x224")
    from cnncalc.importing.checked import DifferenceError, ImportingError
    from cnncalc.runtime.importing.imported_model import imported
    from cnncalc.runtime.importing.named import NoModelError
    from cnncalc.runtime.importing.traced import TraceError
    from cnncalc.runtime.reading import ReadError

    if name.endswith(ONNX) and how.part:
        raise UsageError("an ONNX file is read as a whole: --module does not go with it")
    given = settings_of(how.settings)
    try:
        return imported(name, shapes, given, how.part, bool(how.weights), tell, how.reader())
    except ImportingError as error:
        tell(blocker_lines(name, error.blockers, parts=not name.endswith(ONNX)))
    except DifferenceError as error:
        tell([f"{name}: what was written is not the model, so nothing is: {error}"])
    except (NoModelError, ReadError) as error:
        where = f"`{name}` " if isinstance(error, ReadError) else ""
        raise UsageError(f"{where}{error}") from None
    except TraceError as error:
        tell([f"{name}: torch.export cannot follow it: {error}"])
    return None


def settings_of(settings: Sequence[str]) -> dict[str, Any]:
    """What `--with NAME=VALUE` says. Raises UsageError."""
    return {key: value_of(text) for key, text in arguments(settings, "--with").items()}


def shape(text: str) -> tuple[int, ...]:
    """`3x224x224`. Raises UsageError."""
    sizes = tuple(map(int, text.split("x"))) if SHAPE.match(text) else ()
    if not sizes or 0 in sizes:
        raise UsageError(f"--input wants a shape, `3x224x224`, got `{text}`")
    return sizes


def value_of(text: str) -> Any:
    """What `--with NAME=VALUE` stands for: a number, a truth, a list of these, or a text. Raises
    UsageError where it is not YAML."""
    from cnncalc.diagnostics import Diagnostics, Source
    from cnncalc.language.text import tree

    if not text:
        return text
    diagnostics = Diagnostics()
    found = tree.read(Source("--with", text), diagnostics)
    if found is None or any(diagnostics):
        raise UsageError(f"--with wants a value, got `{text}`")
    return _plain(found)


def _plain(node: Any) -> Any:
    if hasattr(node, "items"):
        return [_plain(each) for each in node.items]
    if hasattr(node, "entries"):
        return {key.text: _plain(value) for key, value in node.entries}
    words = {"true": True, "false": False, "null": None, "none": None}
    text = node.text
    if not node.plain:
        return text
    if text.lower() in words:
        return words[text.lower()]
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
