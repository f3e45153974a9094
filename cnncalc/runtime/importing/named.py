"""A model by its name, `package.module:callable` or `file.py:Class`. Their code is run."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

FROM_FILES: set[str] = set()
"""Names in `sys.modules` that are of models' files."""


class NoModelError(Exception):
    """A name leads to no model; the message says where it ends."""


def module_of(
    name: str, arguments: Mapping[str, Any], part: str = "", weightless: bool = True
) -> nn.Module:
    """The module that a name leads to, called with the arguments, or the part of it at a path.

    weightless: whether its parameters may hold anything, which takes neither time nor memory

    Raises NoModelError.
    """
    where, colon, attribute = name.partition(":")
    if not colon or not where or not attribute:
        raise NoModelError(f"`{name}` is no `package.module:callable` and no `file.py:Class`")
    home = _home(where)
    found: Any = home
    for word in attribute.split("."):
        found = getattr(found, word, None)
    if found is None:
        raise NoModelError(f"`{where}` has no `{attribute}`")
    made = found if isinstance(found, nn.Module) else _made(name, found, arguments, weightless)
    if not isinstance(made, nn.Module):
        raise NoModelError(f"`{name}` gives {type(made).__name__}, where a module is wanted")
    return _part(made, part)


def _home(where: str) -> Any:
    if where.endswith(".py"):
        return _from_file(Path(where))
    sys.path.insert(0, "")
    try:
        return importlib.import_module(where)
    except Exception as error:
        raise NoModelError(f"`{where}` cannot be imported: {_short(error)}") from error
    finally:
        sys.path.remove("")


def _from_file(path: Path) -> Any:
    if not path.is_file():
        raise NoModelError(f"there is no file `{path}`")
    name = _own_name(path.stem)
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    before = sys.modules.get(name)
    sys.modules[name] = module
    FROM_FILES.add(name)
    sys.path.insert(0, str(path.parent.resolve()))
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        sys.modules.pop(name, None)
        if before is not None:
            sys.modules[name] = before
        raise NoModelError(f"`{path}` cannot be imported: {_short(error)}") from error
    finally:
        sys.path.remove(str(path.parent.resolve()))
    return module


def _own_name(stem: str) -> str:
    """That of a file, under which others find no other module: of `json.py` it is `json_file`."""
    while stem not in FROM_FILES and (stem in sys.modules or stem in sys.stdlib_module_names):
        stem += "_file"
    return stem


def _made(name: str, callable_: Any, arguments: Mapping[str, Any], weightless: bool) -> Any:
    if not callable(callable_):
        raise NoModelError(f"`{name}` cannot be called, and is no module")
    if weightless:
        try:
            with hollow() as weights:
                return filled(callable_(**arguments), weights)
        except Exception:
            pass
    try:
        return callable_(**arguments)
    except Exception as error:
        raise NoModelError(f"`{name}` cannot be made: {_short(error)}") from error


def _part(made: nn.Module, path: str) -> nn.Module:
    try:
        return made.get_submodule(path)
    except AttributeError:
        names = ", ".join(f"`{name}`" for name, _ in made.named_children())
        raise NoModelError(f"the model has no module `{path}`; it begins with {names}") from None


@contextmanager
def hollow() -> Iterator[dict[int, nn.Parameter]]:
    """Parameters that are made meanwhile hold nothing."""
    register = nn.Module.register_parameter

    def registered(module: nn.Module, name: str, param: nn.Parameter | None) -> None:
        register(module, name, param)
        if param is not None and not param.is_meta:
            empty = nn.Parameter(param.to("meta"), param.requires_grad)
            module._parameters[name] = empty

    nn.Module.register_parameter = registered  # type: ignore[assignment, method-assign]
    try:
        yield {}
    finally:
        nn.Module.register_parameter = register  # type: ignore[method-assign]


def filled(made: Any, known: dict[int, nn.Parameter]) -> Any:
    """With memory that nobody has written into in place of what holds nothing, tied as it was.
    Raises NoModelError where buffers hold nothing, too."""
    if not isinstance(made, nn.Module):
        return made
    if any(buffer.is_meta for buffer in made.buffers()):
        raise NoModelError("its buffers were made of weights, which hold nothing")
    for module in made.modules():
        for name, weight in list(module._parameters.items()):
            if weight is not None and weight.is_meta:
                module._parameters[name] = known.setdefault(id(weight), _unwritten(weight))
    return made


def _unwritten(weight: Tensor) -> nn.Parameter:
    return nn.Parameter(torch.empty(weight.shape, dtype=weight.dtype), weight.requires_grad)


def _short(error: Exception) -> str:
    lines = [line for line in str(error).splitlines() if line.strip()]
    return f"{type(error).__name__}: {lines[0] if lines else 'no message'}"
