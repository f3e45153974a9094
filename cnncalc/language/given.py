"""What Python gives to a spec, arguments and shapes, as the texts that a spec would have."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import SupportsFloat, SupportsIndex

Argument = str | SupportsFloat | SupportsIndex | Sequence["Argument"]
"""Of a network: a number, a truth, a text as a spec has it (`relu`, `2 * width`), or a list."""

Shape = str | SupportsIndex | Sequence[SupportsIndex]
"""Of an input: `"3x224x224"`, `(3, 224, 224)`, or the size of a vector."""


def argument_texts(args: Mapping[str, Argument] | None) -> dict[str, str]:
    """The arguments of a network, each as a spec writes it. Raises TypeError."""
    if args is None:
        return {}
    if not isinstance(args, Mapping):
        raise TypeError(f"`args` wants a mapping of names to values, got {kind(args)}")
    return {_name("args", name): _argument(name, value) for name, value in args.items()}


def input_texts(given: Shape | Mapping[str, Shape] | None) -> dict[str, str]:
    """Shapes of inputs by name, one alone without, each as a spec writes it. Raises TypeError."""
    if given is None:
        return {}
    if isinstance(given, Mapping):
        return {_name("input", name): _shape(shape) for name, shape in given.items()}
    return {"": _shape(given)}


def path_text(function: str, path: object) -> str:
    """A path or a name of the zoo as text. Raises TypeError."""
    if isinstance(path, str | os.PathLike):
        text = os.fspath(path)
        if isinstance(text, str):
            return text
    raise TypeError(f"`{function}` wants a path or a name of the zoo, got {kind(path)}")


def root_text(root: object) -> str | None:
    """A folder as text. Raises TypeError."""
    if root is None or (isinstance(root, str | os.PathLike) and isinstance(os.fspath(root), str)):
        return None if root is None else os.fspath(root)
    raise TypeError(f"`root` wants a folder, got {kind(root)}")


def kind(value: object) -> str:
    """A value's type, as messages name it."""
    return "None" if value is None else type(value).__name__


def _name(option: str, name: object) -> str:
    if not isinstance(name, str) or not name:
        raise TypeError(f"`{option}` wants names, each a text, got {name!r}")
    return name


def _argument(name: str, value: object) -> str:
    if isinstance(value, list | tuple):
        return f"[{', '.join(_argument(name, part) for part in value)}]"
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if hasattr(value, "__index__"):
        return str(value.__index__())
    if hasattr(value, "__float__"):
        return repr(float(value))
    wanted = "a number, a truth, a text or a list of these"
    raise TypeError(f"the argument `{name}` wants {wanted}, got {kind(value)}")


def _shape(shape: object) -> str:
    if isinstance(shape, str):
        return shape
    sizes = shape if isinstance(shape, list | tuple) else (shape,)
    if not sizes or not all(hasattr(size, "__index__") for size in sizes):
        got = f"{shape!r}" if isinstance(shape, list | tuple) else kind(shape)
        raise TypeError(f'`input` wants a shape, "3x224x224" or (3, 224, 224), got {got}')
    return f"[{', '.join(str(size.__index__()) for size in sizes)}]"
