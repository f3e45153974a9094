"""`cnncalc init`: a first spec, and beside it the schema that editors complete and check it by."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

from cnncalc import zoo
from cnncalc.commands import SOUND
from cnncalc.commands.options import UsageError
from cnncalc.commands.output import check_free, write
from cnncalc.language.schema import schema as language
from cnncalc.language.text.bundle import NameTakenError, bundle
from cnncalc.project import opened
from cnncalc.text import line

SCHEMA = ".cnncalc.schema.json"

FIRST = """\
input: 3x32x32                     # channels x height x width, without a batch axis
args: {width: 16, classes: 10}     # another value for one run: --set width=32

blocks:                            # what is used more than once
  conv_norm:
    args: {filters: , stride: 1}   # no value: required
    layers:
      - conv: {filters: filters, kernel: 3, stride: stride, padding: half, bias: false}
      - batch_norm
      - relu

layers:                            # the network, from top to bottom
  - conv_norm: width               # a block is called as a layer is
  - add:                           # branches, side by side
      body:
        - {conv_norm: width, repeat: 2}
      shortcut: [identity]         # what came in
  - {name: half, conv_norm: 2 * width, repeat: 3, first: {stride: 2}}
  - {name: quarter, conv_norm: 4 * width, repeat: 3, first: {stride: 2}}
  - global_avg_pool
  - linear: classes

expect:                            # what must hold
  params: at most 130K
  output: 10
"""


def init(file: str, network: str | None, schema: str | None) -> int:
    """Write a spec to `file`, from a network of the zoo if one is named, and say what is next.
    `schema` is what its first line points to, in place of a schema beside it. Raises UsageError."""
    path = _target(file)
    texts = {path.name: FIRST} if network is None else _from_zoo(network, path)
    modeline = f"# yaml-language-server: $schema={schema or SCHEMA}\n"
    files = {path.parent / name: modeline + text for name, text in texts.items()}
    _refuse_overwriting(files, path)
    schemas = [] if schema else _write_schema(path.parent / SCHEMA)
    new = {file: text for file, text in files.items() if not os.path.lexists(file)}
    written = [*_write(new), *schemas]
    sys.stdout.write(f"wrote {', '.join(line(str(one)) for one in written)}\n")
    sys.stdout.write(f"next: cnncalc analyze {line(shlex.quote(str(path)))}\n")
    return SOUND


def _target(file: str) -> Path:
    """The path to write to. Raises UsageError."""
    path = Path(file)
    if os.path.isdir(file):
        raise UsageError(
            f"`{file}` is a folder; name a file: `cnncalc init {path / 'network.yaml'}`"
        )
    if zoo.find(file):
        raise UsageError(f"`cnncalc init --from {file}` starts from the network of the zoo")
    if path.suffix not in (".yaml", ".yml"):
        raise UsageError(f"a spec is a `.yaml` file: `cnncalc init {path.with_suffix('.yaml')}`")
    check_free(file, force=True)  # what is there already is said with the other files
    return path


def _from_zoo(network: str, path: Path) -> dict[str, str]:
    """A network of the zoo with the files it needs, by name. Raises UsageError."""
    found = zoo.find(network)
    if found is None:
        hint = zoo.suggestion(network) or "`cnncalc zoo` lists them"
        raise UsageError(f"the zoo has no network `{network}`; {hint}")
    try:
        return bundle(found, path.name)
    except NameTakenError as taken:
        message = f"`{network}` needs a file `{taken.name}` beside it; choose another name"
        raise UsageError(message) from None


def _refuse_overwriting(files: dict[Path, str], path: Path) -> None:
    """Raises UsageError where a file is there already, unless it is what another network left."""
    for file, text in files.items():
        if os.path.lexists(file) and (file == path or _read(file) != text):
            hint = "name another file" if file == path else "name a file in another folder"
            raise UsageError(
                f"`{file}` is there already, and is not overwritten; {hint}: `cnncalc init FILE`"
            )


def _write_schema(path: Path) -> list[Path]:
    """The schema, new or renewed; what another program has there is left. Raises UsageError."""
    current = language.text()
    if not os.path.lexists(path):
        return _write({path: current})
    if f'"title": "{language.TITLE}"' not in _read(path):
        hint = "`--schema` names another place"
        raise UsageError(f"`{path}` is there already, and no schema of cnncalc; {hint}")
    return _write({path: current}) if _read(path) != current else []


def _write(files: dict[Path, str]) -> list[Path]:
    """Write texts; those that were written. Raises UsageError."""
    for file, text in files.items():
        write(text, str(file))
    return list(files)


def _read(file: Path) -> str:
    """A text that is there; nothing where it cannot be read as text."""
    try:
        with opened(file) as found:
            return found.read().decode("utf-8").replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError):
        return ""
