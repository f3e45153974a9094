"""What Python gives to a spec, arguments and shapes, as the texts that a spec would have."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from operator import index
from typing import Any, SupportsFloat, SupportsIndex, TypeGuard

from cnncalc.diagnostics import short

Argument = str | SupportsFloat | SupportsIndex | Sequence["Argument"]
"""Of a network: a number, a truth, a text as a spec has it (`relu`, `2 * width`), or a list."""

Shape = str | SupportsIndex | Sequence[SupportsIndex]
"""Of an input: `"3x224x224"`, `(3, 224, 224)`, or the size of a vector."""


def argument_texts(args: Mapping[str, Argument] | None, option: str = "args") -> dict[str, str]:
    """The arguments of a network, each as a spec writes it; `option` is what Python calls them.
    Raises TypeError."""
    if args is None:
        return {}
    if not isinstance(args, Mapping):
        raise TypeError(f"`{option}` wants a mapping of names to values, got {kind(args)}")
    return {_name(option, name): _argument(name, value) for name, value in args.items()}


def input_texts(given: Shape | Mapping[str, Shape] | None) -> dict[str, str]:
    """Shapes of inputs by name, one alone without, each as a spec writes it. Raises TypeError."""
    if given is None:
        return {}
    if isinstance(given, Mapping):
        return {_name("input", name): _shape(shape) for name, shape in given.items()}
    return {"": _shape(given)}


def path_text(function: str, path: object) -> str:
    """A path or a name of the zoo as text. Raises TypeError."""
    text = _fspath(path)
    if text is not None:
        return text
    raise TypeError(f"`{function}` wants a path or a name of the zoo, got {kind(path)}")


def data_given(data: object) -> str | Mapping[str, Any]:
    """What a network is trained with: a name or a path as text, or arrays by name. Raises
    TypeError."""
    if isinstance(data, Mapping):
        for name in data:
            _name("data", name)
        return data
    text = _fspath(data)
    if text is not None:
        return text
    raise TypeError(f"`data` wants a name, a path, or arrays by name, got {kind(data)}")


def root_text(root: object) -> str | None:
    """A folder as text. Raises TypeError, and ValueError for what can be none."""
    if root is None:
        return None
    text = _fspath(root)
    if text is not None:
        return _path("root", text)
    raise TypeError(f"`root` wants a folder, got {kind(root)}")


def name_text(name: object) -> str:
    """What a text is to be called, as if it were a file. Raises TypeError, and ValueError for what
    no file can be called."""
    if isinstance(name, str):
        return _path("name", name)
    raise TypeError(f"`name` wants a text, a str, got {kind(name)}")


def _fspath(path: object) -> str | None:
    """A path as text; None for what is none."""
    text = os.fspath(path) if isinstance(path, str | os.PathLike) else None
    return text if isinstance(text, str) else None


def _path(option: str, text: str) -> str:
    with suppress(UnicodeEncodeError):
        os.fsencode(text)
        if "\0" not in text:
            return text
    raise ValueError(f"`{option}` is no path: {text!r}")


def kind(value: object) -> str:
    """A value's type, as messages name it."""
    return "None" if value is None else type(value).__name__


def _name(option: str, name: object) -> str:
    if not isinstance(name, str) or not name:
        raise TypeError(f"`{option}` wants names, each a text, got {name!r}")
    return name


def _argument(name: str, value: object) -> str:
    if _is_list(value):
        return f"[{', '.join(_argument(name, part) for part in value)}]"
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    number = _number(value)
    if number is None:
        wanted = "a number, a truth, a text or a list of these"
        raise TypeError(f"the argument `{name}` wants {wanted}, got {kind(value)}")
    return number


def _number(value: object) -> str | None:
    """A number of any library's; None for what is none."""
    with suppress(TypeError, ValueError):
        if isinstance(value, SupportsIndex):
            return str(index(value))
    with suppress(TypeError, ValueError):
        if isinstance(value, SupportsFloat):
            return _decimal(float(value))
    return None


def _decimal(number: float) -> str:
    """`1e-5`, where Python has `1e-05`."""
    digits, exponent, power = repr(number).partition("e")
    return f"{digits}e{int(power)}" if exponent else digits


def _shape(shape: object) -> str:
    if isinstance(shape, str):
        return shape
    sizes = shape if _is_list(shape) else (shape,)
    if not all(map(_is_size, sizes)):
        got = short(repr(shape)) if _is_list(shape) else kind(shape)
        message = f'`input` wants a shape, "3x224x224" or (3, 224, 224), got {got}'
        raise TypeError(message)
    return f"[{', '.join(filter(None, map(_number, sizes)))}]"


def _is_size(size: object) -> bool:
    if isinstance(size, bool) or not isinstance(size, SupportsIndex):
        return False
    with suppress(TypeError):
        index(size)
        return True
    return False


def _is_list(value: object) -> TypeGuard[Sequence[object]]:
    return isinstance(value, Sequence) and not isinstance(value, str | bytes | bytearray)
