"""Names of a spec as names of Python."""

from __future__ import annotations

import keyword
import re
from collections.abc import Container
from unicodedata import normalize

_PARTS = re.compile(r"[A-Za-z0-9]+")

OF_MODULES = frozenset(
    """
    add_module append apply bfloat16 buffers call_super_init children compile cpu cuda double
    dump_patches eval extend extra_repr float forward get_buffer get_extra_state get_parameter
    get_submodule half insert ipu keys items load_state_dict modules mtia named_buffers
    named_children named_modules named_parameters parameters pop register_backward_hook
    register_buffer register_forward_hook register_forward_pre_hook register_full_backward_hook
    register_full_backward_pre_hook register_load_state_dict_post_hook
    register_load_state_dict_pre_hook register_module register_parameter
    register_state_dict_post_hook register_state_dict_pre_hook requires_grad_ reset_parameters
    set_extra_state set_submodule share_memory state_dict to to_empty train training type values
    xpu zero_grad
    """.split()  # noqa: SIM905 (a list of words)
)
"""Attributes that modules have already: a child of that name gets a `_` behind it."""

TAKEN = frozenset(["self", "torch", "nn", "F", "OrderedDict", "range", "float", "getattr"])
"""Names that the source uses itself."""


def is_identifier(name: str) -> bool:
    """Whether a name can stand behind a dot, and is the same there."""
    plain = name.isidentifier() and normalize("NFKC", name) == name
    return plain and not keyword.iskeyword(name)


def attribute(name: str) -> str:
    """The name of a child module: the spec's, unless modules have another use for it."""
    return f"{name}_" if name in OF_MODULES else name


def module_path(path: str) -> str:
    """Where the module of the layer at `path` stands in the lowered network."""
    return ".".join(map(attribute, path.split(".")))


def variable(name: str, taken: Container[str]) -> str:
    """A free name for a value: near to the spec's."""
    word = re.sub(r"\W", "_", name, flags=re.ASCII)
    if not word or word[0].isdigit():
        word = f"x{word}"
    if keyword.iskeyword(word) or word in TAKEN:
        word += "_"
    free, count = word, 2
    while free in taken:
        free, count = f"{word}_{count}", count + 1
    return free


def class_name(name: str) -> str:
    """`conv_bn` as `ConvBn`, `ResNet-50` as `ResNet50`."""
    word = "".join(part[0].upper() + part[1:] for part in _PARTS.findall(name))
    return f"Net{word}" if not word or word[0].isdigit() else word


def quotable(text: str) -> str:
    """A text that can stand in a docstring."""
    return text.replace("\\", "/").replace('"', "'")
