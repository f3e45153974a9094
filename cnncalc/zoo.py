"""The zoo: the specs that ship with cnncalc, known by their names."""

from __future__ import annotations

from pathlib import Path

_PACKAGED = Path(__file__).parent / "specs"
_REPOSITORY = Path(__file__).parent.parent / "specs"

LIBRARY = "blocks"
"""The folder of blocks that specs include; no networks themselves."""


def folder() -> Path:
    """Where the specs are: in the package once it is installed, beside it in the repository."""
    return _PACKAGED if _PACKAGED.is_dir() else _REPOSITORY


def networks() -> dict[str, Path]:
    """Every network of the zoo by its name, family by family: `resnet50`."""
    paths = sorted(folder().rglob("*.yaml"), key=_by_size)
    return {path.stem: path for path in paths if path.parent.name != LIBRARY}


def _by_size(path: Path) -> tuple[str, list[int], str]:
    """Families in order, and in them ResNet-20 before ResNet-110."""
    words = "".join(sign if sign.isdigit() else " " for sign in path.stem).split()
    return path.parent.name, [int(word) for word in words], path.stem


def find(name: str) -> Path | None:
    """The spec called `name`, if the zoo has one."""
    return networks().get(name)


def libraries() -> dict[str, Path]:
    """Every library of blocks by the name that specs include it by: `blocks/conv_bn.yaml`."""
    paths = sorted((folder() / LIBRARY).glob("*.yaml"))
    return {f"{LIBRARY}/{path.name}": path for path in paths}


def shown(path: Path) -> str:
    """A path as reports show it: from the working folder, if it is within."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
