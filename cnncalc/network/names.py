"""Names of a spec as names of Python."""

from __future__ import annotations

import keyword
import re
from collections.abc import Container, Iterable
from functools import lru_cache
from itertools import count as count_from
from unicodedata import normalize

from cnncalc.later_patterns import pattern

_PARTS = pattern(r"[A-Za-z0-9]+")

OF_MODULES = frozenset(
    """
    T_destination add_module append apply bfloat16 buffers call_super_init children compile cpu
    cuda double dump_patches eval extend extra_repr float forward get_buffer get_extra_state
    get_parameter get_submodule half insert ipu keys items load_state_dict modules mtia
    named_buffers named_children named_modules named_parameters parameters pop
    register_backward_hook register_buffer register_forward_hook register_forward_pre_hook
    register_full_backward_hook register_full_backward_pre_hook
    register_load_state_dict_post_hook register_load_state_dict_pre_hook register_module
    register_parameter register_state_dict_post_hook register_state_dict_pre_hook requires_grad_
    reset_parameters set_extra_state set_submodule share_memory state_dict to to_empty train
    training type values xpu zero_grad
    """.split()  # noqa: SIM905 (a list of words)
)
"""Attributes that modules have already, besides those that begin with `_`."""

IMPORTED = frozenset(
    ["Any", "F", "OrderedDict", "Tensor", "math", "nn", "parametrize", "prod", "torch"]
)
"""Names that the source imports."""

BUILTINS = frozenset(["float", "getattr", "isinstance", "range", "super"])
TYPES = frozenset(["Tensor", "bool", "dict", "float", "int", "str", "tuple"])

WRAPPERS = frozenset(
    """
    each_spectral_norm each_weight_norm spectral_norm weight_norm without_scale without_shift
    """.split()  # noqa: SIM905 (a list of words)
)
"""Functions that a module passes through when it is made."""

TAKEN = IMPORTED | BUILTINS | TYPES | {"self", *WRAPPERS}
"""Names that the source uses itself."""


@lru_cache(maxsize=10_000)
def is_identifier(name: str) -> bool:
    """Whether a name can stand behind a dot, and is the same there: Python changes what begins
    with `__` in a class, and what is not in NFKC form."""
    if not name.isidentifier() or keyword.iskeyword(name) or _is_mangled(name):
        return False
    return name.isascii() or normalize("NFKC", name) == name


def _is_mangled(name: str) -> bool:
    return name.startswith("__") and name != "__init__"


def attribute(name: str) -> str:
    """The name of a child module: the spec's, with a `_` more where modules may have a use for it,
    or Python has (PyTorch's exporters write names into code); no two become one, and none becomes
    `__class__`."""
    if name.startswith("_"):
        return f"{name}0" if name.endswith("_") else f"{name}_"
    if name in OF_MODULES or keyword.iskeyword(name):
        return f"{name}_"
    return f"{attribute(name[:-1])}_" if name.endswith("_") else name


def module_path(path: str) -> str:
    """Where the module of the layer at `path` stands in the lowered network."""
    return ".".join(map(attribute, path.split(".")))


def variable(name: str, taken: Container[str], begin: int = 2) -> str:
    """A free name for a value: near to the spec's, or with a number behind it from `begin` on."""
    word = name if is_identifier(name) else re.sub(r"\W", "_", name, flags=re.ASCII)
    if keyword.iskeyword(word) or word in TAKEN:
        word += "_"
    elif word.startswith("_") or not is_identifier(word):
        word = f"x{word}"
    free, count = word, begin
    while free in taken:
        free, count = f"{word}_{count}", count + 1
    return free


def class_name(name: str) -> str:
    """`conv_bn` as `ConvBn`, `ResNet-50` as `ResNet50`."""
    word = "".join(part[0].upper() + part[1:] for part in _PARTS.findall(name))
    return word if is_identifier(word) else f"Net{word}"


class Either(Container[str]):
    """What is in one of several."""

    def __init__(self, *parts: Container[str]) -> None:
        self.parts = parts

    def __contains__(self, name: object) -> bool:
        return any(name in part for part in self.parts)


class ClassNames:
    """Names of classes that are taken, and for each the number behind it that was tried last."""

    def __init__(self, taken: Iterable[str]) -> None:
        self.taken = {*taken}
        self.tried: dict[str, int] = {}

    def free(self, name: str) -> str:
        """The name, or with the first number behind it that makes it new; from now on taken."""
        joint = "_" if name[-1].isdigit() else ""
        for count in count_from(self.tried.get(name, 1)):
            found = name if count == 1 else f"{name}{joint}{count}"
            if found not in self.taken:
                break
        self.tried[name] = count
        self.taken.add(found)
        return found
