"""The norms of an attention's queries and keys."""

from collections.abc import Iterator

from cnncalc.layers.base import NO_OPS, Kept, Layer, Ops, Stage, Weight
from cnncalc.layers.norms.norm import LayerNorm, RmsNorm
from cnncalc.layers.sequences.heads import Heads
from cnncalc.layers.stages import times_of
from cnncalc.records import NamedTuple

NORMS: dict[str, type[Layer]] = {"layer_norm": LayerNorm, "rms_norm": RmsNorm}


class HeadNorms(NamedTuple):
    """A norm of the queries and one of the keys, each over the features of a head at a step, with
    factors that all heads share. Of no kind: none."""

    kind: str | None
    sizes: Heads

    def each(self) -> Iterator[tuple[str, Layer, tuple[int, int]]]:
        """By name: the norm, and what it reads, a head's features x the steps of all heads."""
        if self.kind is None:
            return
        for name, heads, steps in zip(
            ("query", "key"), self.sizes.heads, self.sizes.each, strict=False
        ):
            yield f"{name}_norm", NORMS[self.kind](), (self.sizes.key, heads * steps)

    def weights(self) -> Iterator[Weight]:
        """Theirs."""
        for name, norm, shape in self.each():
            for weight in norm.weights(shape):
                yield weight._replace(name=f"{name}.{weight.name}")

    def ops(self) -> Ops:
        """Of both."""
        found = NO_OPS
        for _, norm, shape in self.each():
            found = found.plus(norm.ops(shape))
        return found

    def connections(self) -> int:
        """Of both."""
        return sum(norm.connections(shape) for _, norm, shape in self.each())

    def stages(self) -> Iterator[tuple[str, tuple[Stage, ...]]]:
        """For `query` and `key`, what its norm does in turn."""
        for name, norm, (features, count) in self.each():
            role = name.removesuffix("_norm")
            found: list[Stage] = []
            held: tuple[str, ...] = ()
            for stage in norm.stages((features,)):
                made = renamed(times_of(stage, count), name, role)
                beside = (*made.beside, *held)
                found.append(made._replace(held=False, beside=beside))
                held += (made.makes.name,) if stage.held else ()
            yield role, tuple(found)

    def kept(self) -> Iterator[Kept]:
        """What they read, which projections made for them, and what they keep besides."""
        for name, norm, shape in self.each():
            for kept in norm.kept(shape):
                yield kept._replace(name=f"{name} {kept.name}", of="own", gradient_of=())


def renamed(stage: Stage, name: str, read: str) -> Stage:
    """A stage of a norm of that name, which reads what is called so."""

    def called(old: str) -> str:
        return read if old == "input" else f"{name} {old}"

    def kept(old: Kept) -> Kept:
        return old._replace(name=called(old.name), of="own", gradient_of=())

    return stage._replace(
        makes=kept(stage.makes),
        reads=tuple(map(called, stage.reads)),
        keeps=tuple(map(kept, stage.keeps)),
        handed=tuple(map(called, stage.handed)),
        beside=tuple(map(called, stage.beside)),
        trained=(f"{name}.weight", f"{name}.bias") if stage.trained else False,
        order="",
    )
