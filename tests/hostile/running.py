"""Commands that run a network, on a spec whose free texts are hostile.

`python -m tests.hostile.running FOLDER` prints, as JSON, what they did beside.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from tests.hostile.commands import run
from tests.hostile.names import BREAKOUTS, CALL
from tests.hostile.watch import NEVER, Watch

SPEC = """
name: {text}
about: {text}
source: {text}
input: 1x8x8
layers:
  - {{name: class, conv: {{filters: 4, kernel: 3}}}}
  - relu
  - {{name: __init__, flatten: }}
  - {{name: 1x1, linear: 10}}
train: {{epochs: 1}}
"""

CALLS = (
    ("verify",),
    ("profile", "--rounds", "1", "--batch", "1"),
    ("export", "--to", "onnx", "--output", "network.onnx"),
    ("train", "--data", "synthetic", "--output", "run"),
)


def main(folder: Path) -> None:
    """Every breakout at once, in each command."""
    os.chdir(folder)
    text = "".join(form.format(call=CALL) + "\n" for form in BREAKOUTS)
    Path("spec.yaml").write_text(SPEC.format(text=json.dumps(text)), encoding="utf-8")
    watch = Watch(folder, NEVER)
    faults = []
    for command, *options in CALLS:
        with watch.watching() as seen:
            code, printed = run([command, "spec.yaml", *options])
        faults += [f"{command}: {event}" for event in seen]
        if code:
            faults.append(f"{command}: exit code {code}: {printed[-1000:]}")
    sys.stdout.write(json.dumps({"faults": faults, "runs": len(CALLS)}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
