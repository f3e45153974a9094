"""YAML as editors read it: the core schema of YAML 1.2, where `yes` and `1:30` are texts."""

from __future__ import annotations

import re
from typing import Any

import yaml

_FORMS = (
    ("null", r"~|null|Null|NULL|", "~nN"),
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+.0123456789"),
    ("float", r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)", "-+."),
)


class CoreLoader(yaml.SafeLoader):
    """Resolves plain scalars by section 10.3.2 of the YAML 1.2.2 specification."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - not those it inherits


for name, form, first in _FORMS:
    starts = [*first, ""] if name == "null" else [*first]
    CoreLoader.add_implicit_resolver(f"tag:yaml.org,2002:{name}", re.compile(f"({form})$"), starts)


def _int(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> int:
    text = node.value
    return int(text, 0) if text[:2] in ("0x", "0o") else int(text)


def _float(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> float:
    return float(node.value.lower().replace(".inf", "inf").replace(".nan", "nan"))


def _mapping(loader: yaml.SafeLoader, node: yaml.MappingNode) -> dict[str, Any]:
    """JSON Schema knows keys that are texts only."""
    return {key.value: loader.construct_object(value, deep=True) for key, value in node.value}


CoreLoader.add_constructor("tag:yaml.org,2002:int", _int)
CoreLoader.add_constructor("tag:yaml.org,2002:float", _float)
CoreLoader.add_constructor("tag:yaml.org,2002:map", _mapping)


def load(text: str) -> Any:
    """The value that an editor hands to the schema."""
    return yaml.load(text, CoreLoader)
