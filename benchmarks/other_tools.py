"""A whole process of `analyze` against whole processes of other tools, on ResNet-152."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from benchmarks.measure import Result, Spread, at_least, python, seconds

SPEC = "specs/resnet/resnet152.yaml"
NETWORK = "from benchmarks.handwritten import resnet; net = resnet(3, 8, 36, 3); "
IMAGE = "x = torch.empty(1, 3, 224, 224); "
TOOLS = {
    "torchinfo": "import torch, torchinfo; "
    + NETWORK
    + "print(torchinfo.summary(net, (1, 3, 224, 224), verbose=0).total_mult_adds)",
    "fvcore": "import torch, fvcore.nn; "
    + NETWORK
    + IMAGE
    + "print(fvcore.nn.FlopCountAnalysis(net.eval(), x).total())",
    "FlopCounterMode": "import torch; from torch.utils.flop_counter import FlopCounterMode\n"
    "with torch.device('meta'), FlopCounterMode(display=False) as counter: "
    + NETWORK
    + IMAGE
    + "net(x); print(counter.get_total_flops())",
}


def other_tools(rounds: int) -> Iterator[Result]:
    """Against the fastest of them."""
    times: dict[str, list[float]] = {name: [] for name in ("cnncalc", *TOOLS)}
    runs = {name: python("-c", script) for name, script in TOOLS.items()}
    runs["cnncalc"] = python("-m", "cnncalc", "analyze", SPEC)
    for _ in range(max(rounds // 4, 1) + 1):
        for name, run in runs.items():
            times[name].append(seconds(run))
    fastest = min(TOOLS, key=lambda name: median(times[name][1:]))
    pairs = list(zip(times[fastest], times["cnncalc"], strict=True))[1:]
    name = f"the fastest of {len(TOOLS)} other tools / `analyze` cold"
    yield at_least(name, Spread.of(theirs / ours for theirs, ours in pairs), 15)
