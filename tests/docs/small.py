"""The table of docs/small-devices.md: memory and flash beside what a runtime reports."""

from cnncalc.analysis.arena import least_arena, lite_arena
from cnncalc.analysis.flash import count_flash
from cnncalc.numbers import exact
from tests.analysis.test_arena import ROWS
from tests.test_networks import summary

HEAD = "| network | least | arena | tflite-micro | flash | tensors | printed |"
RULE = "| --- | ---: | ---: | ---: | ---: | ---: | --- |"


def small_devices() -> str:
    """A line for each network that was published as a file of integers."""
    return "\n".join([HEAD, RULE, *map(_line, ROWS)])


def _line(row: dict[str, str]) -> str:
    graph = summary(row["spec"]).graph
    printed = ", ".join(filter(None, (row["published_memory"], row["published_flash"])))
    cells = [
        f"[{graph.name}](../specs/{row['spec']}.yaml)",
        exact(least_arena(graph).peak),
        exact(lite_arena(graph).planned),
        exact(int(row["head"])),
        exact(sum(count_flash(graph).values())),
        exact(int(row["weights"])),
        printed,
    ]
    return f"| {' | '.join(cells)} |"
