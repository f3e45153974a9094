"""What a transformation changed and what it left, in words."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.analysis import Summary, analyze
from cnncalc.layers.base import times
from cnncalc.layers.fields import counted
from cnncalc.transform.change import Left, Transformation
from cnncalc.transform.expected import Update
from cnncalc.transform.rewriting import Nothing, Transformed


def changed(made: Transformed, transformation: Transformation) -> Iterator[str]:
    """How many layers changed, the totals before and after, and what the spec says differently."""
    count = len(made.done)
    what = transformation.done[count > 1]
    places = len({node.span for node in made.done})
    written = f", written at {counted(places, 'place')}"
    yield f"{made.old.name}: {count:,} {what}{written if places < count else ''}"
    yield from _totals(analyze(made.old), analyze(made.new))
    before, after = times(made.old.output.shape), times(made.new.output.shape)
    if before != after:
        yield f"  output {before} -> {after}"
    if made.elsewhere:
        files = " and ".join(made.elsewhere)
        yield f"what it took from {files} is written into it: it stands alone"
    yield from map(_update, made.expect)


def _totals(before_it: Summary, behind_it: Summary) -> Iterator[str]:
    old, new = before_it.totals, behind_it.totals
    rows = [
        ("layers", old.layers, new.layers),
        ("params", old.params.total, new.params.total),
        ("buffers", old.params.buffers, new.params.buffers),
        ("MACs", old.ops.macs, new.ops.macs),
        ("FLOPs", old.ops.flops, new.ops.flops),
    ][: 4 if behind_it.graph.stated else 5]
    texts = [(name, f"{a:,}", f"{b:,}", f"{b - a:+,}" if a != b else "") for name, a, b in rows]
    widths = [max(len(text[column]) for text in texts) for column in range(4)]
    for name, before, after, difference in texts:
        sizes = f"{before:>{widths[1]}} -> {after:>{widths[2]}}"
        yield f"  {name:<{widths[0]}}  {sizes}  {difference:>{widths[3]}}".rstrip()


def _update(update: Update) -> str:
    of = f" of `{update.layer}`" if update.layer else ""
    if update.after is None:
        return f"expect: `{update.metric}: {update.before}`{of} is left out: {update.why}"
    return f"expect: `{update.metric}`{of} is {update.after}, was {update.before}"


def left(made: Transformed | Nothing) -> Iterator[str]:
    """The layers that stay as they are, and why."""
    return map(_left, made.left)


def _left(one: Left) -> str:
    first = one.nodes[0]
    place = f"{first.span.source.name}:{first.span.line}:{first.span.column}"
    rest = f" and {len(one.nodes) - 1:,} more" if len(one.nodes) > 1 else ""
    return f"left: {place}: `{first.path}`{rest}: {one.reason}"


def nothing(made: Nothing, transformation: Transformation) -> str:
    """Why nothing changes."""
    return f"{made.old.name}: {'nothing can change' if made.left else transformation.nothing}"
