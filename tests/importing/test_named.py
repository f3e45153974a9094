"""Models in files whose names others have, too."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from cnncalc.runtime.importing.named import NoModelError, module_of

NET = "import json\nfrom torch import nn\nclass Net(nn.Sequential): of = json.dumps([1])\n"


def test_a_file_takes_no_other_modules_place(tmp_path: Path) -> None:
    for text in (NET, NET.replace("[1]", "[2]")):  # the second takes the place of the first
        (tmp_path / "json.py").write_text(text)
        made = module_of(f"{tmp_path / 'json.py'}:Net", {})
    assert sys.modules["json"] is json
    assert type(made).__module__ == "json_file"


def test_a_file_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "broken_net_of_a_test.py"
    path.write_text("1 / 0")
    with pytest.raises(NoModelError, match="ZeroDivisionError"):
        module_of(f"{path}:Net", {})
    assert path.stem not in sys.modules
