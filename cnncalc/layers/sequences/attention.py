"""Attention."""

from collections.abc import Iterator, Mapping
from math import gcd, prod
from typing import Annotated, Any, ClassVar

from cnncalc.layers.base import (
    ALONE,
    COLLAPSED,
    INDEX,
    LONGEST_CYCLE,
    STATISTICS,
    Across,
    Arithmetic,
    Axis,
    Kept,
    Layer,
    Matrices,
    Ops,
    Problem,
    Reads,
    Shape,
    ShapeError,
    Stage,
    TorchModule,
    Weight,
    Window,
    products,
    times,
)
from cnncalc.layers.fields import (
    Choice,
    Flag,
    OffsetSize,
    OptionalFlag,
    OptionalPositive,
    OptionalSize,
    Positive,
    Real,
)
from cnncalc.layers.groups import shared_out
from cnncalc.layers.parametrized import (
    check_ways,
    computing_each,
    kept_of_matrices,
    parametrized,
    way,
    wrapper_of_each,
)
from cnncalc.layers.sequences.attended import BIAS, Attended
from cnncalc.layers.sequences.attending import wide
from cnncalc.layers.sequences.attending_plain import at_rest, plain
from cnncalc.layers.sequences.head_norms import NORMS, HeadNorms
from cnncalc.layers.sequences.heads import Heads, linear, projections, sequences, stacked, terms
from cnncalc.layers.sequences.window_places import Places, along, cut, laid_out


class Attention(Layer, kind="attention"):
    """Attention of several heads (Vaswani 2017): each step becomes a mean of all steps, weighed by
    softmax(q k / sqrt(d)); with `keys`, of the steps of another sequence. The steps are the last
    axis; what stands between them and the features, as the windows of a map do, is taken each by
    itself. MACs are those of the projections and of the products q k and a v. Besides, 1
    multiplication for each value of the queries, for the scale; 1 addition for each bias; 3
    operations for each value that `rotary` turns; 1 addition for each score for what `relative`
    learns, 1 for what `score_bias` does, 1 for what `bias_from` adds, and 1 for what `shift` hides
    and `alibi` takes away; what `qk_norm` takes; and a softmax over the keys for each head and
    step. What `causal` leaves out is computed, as PyTorch counts it.

        - attention: 12

    heads: parts the features are split into, each with weights of its own
    bias: whether the projections have biases
    causal: whether a step attends to itself and those before it only
    key_heads: of keys and values, each for as many queries' (Ainslie 2023); `heads`, unless given
    head_features: of a head's queries and keys; the queries' shared out, unless given
    value_features: of a head's values; as many as of its keys, unless given
    features: of the output; as many as the queries have, unless given
    project: `all`, or `inputs` but not what the heads make, or `none`, where q, k and v arrive
    out_bias: whether the projection of what the heads make has a bias; `bias`, unless given
    size: positions of the steps along each axis, as of a window; a line, unless given
    relative: whether each head learns a number for each offset of one position from another
    shift: how far the map was rolled before it was cut into windows; what was apart is hidden
    map: the sizes of that map, `56x48`; those of a square one, unless given
    rotary: base of the wavelengths by which q and k are turned (Su 2021); no turn, unless given
    alibi: whether each head lowers scores in proportion to the distance (Press 2022)
    score_bias: whether each head learns a number for each query and key, added to their score
    qk_norm: of the queries and the keys of a head, before they are turned (Dehghani 2023), with
        factors that all heads share: `layer_norm` or `rms_norm`; none, unless given
    weight_norm: whether the rows of each matrix are kept as direction and length (Salimans & Kingma
        2016)
    spectral_norm: whether each matrix is divided by its largest singular value (Miyato 2018)
    queries: what becomes queries; what arrives, unless given
    keys: what becomes keys; what arrives, unless given
    values: what becomes values; what the keys are of, unless given
    bias_from: what is added to the scores, heads x queries x keys, or queries x keys for all heads
        alike; nothing, unless given
    """

    role = "sequence"
    curve = "squashing"
    branches: ClassVar[Mapping[str, bool]] = {
        "queries": True,
        "keys": True,
        "values": False,
        "bias_from": False,
    }
    scaling = ("query_norm", "key_norm")

    heads: Positive
    bias: Flag = True
    causal: Flag = False
    key_heads: OptionalPositive = None
    head_features: OptionalPositive = None
    value_features: OptionalPositive = None
    features: OptionalPositive = None
    project: Annotated[str, Choice("all", "inputs", "none")] = "all"
    out_bias: OptionalFlag = None
    size: OptionalSize = None
    relative: Flag = False
    shift: OffsetSize = 0
    map: OptionalSize = None
    rotary: Annotated[float | None, Real(1)] = None
    alibi: Flag = False
    score_bias: Flag = False
    qk_norm: Annotated[str | None, Choice(*NORMS)] = None
    weight_norm: Flag = False
    spectral_norm: Flag = False

    # -- what its fields say ------------------------------------------------------------------

    def check(self) -> Iterator[Problem]:
        """Fields that need another, or leave it nothing to say."""
        if self.key_heads and self.heads % self.key_heads:
            fact = f"`key_heads: {self.key_heads}` do not divide {self.heads} heads"
            yield Problem("key_heads", fact, f"`key_heads: {gcd(self.heads, self.key_heads)}`")
        for name in ("features", "out_bias"):
            if getattr(self, name) is not None and self.project != "all":
                fact = f"`{name}` is of a projection that `project: {self.project}` leaves out"
                yield Problem(name, fact, "leave it out, or `project: all`")
        for name in ("head_features", "value_features", "qk_norm"):
            if getattr(self, name) is not None and self.project == "none":
                fact = f"`{name}` is of what arrives, where nothing is projected"
                yield Problem(name, fact, "leave it out, or `project: inputs`")
        yield from check_ways(self)
        if way(self) and not self.reads:
            fact = f"`{way(self)}` is of weights that `project: none` leaves out"
            yield Problem(way(self), fact, "leave it out, or `project: inputs`")
        if self.map is not None and not self.shifts:
            yield Problem("map", "`map` says nothing without a `shift`", "leave it out")

    @property
    def shifts(self) -> bool:
        """Whether windows hide places from each other."""
        return any(self.shift) if isinstance(self.shift, tuple) else bool(self.shift)

    @property
    def writes_bias(self) -> bool:
        """Whether what the heads make is projected with a bias."""
        return self.bias if self.out_bias is None else self.out_bias

    @property
    def reads(self) -> bool:
        """Whether queries, keys and values are projected."""
        return self.project != "none"

    @property
    def learns(self) -> bool:
        """Whether what is added to the scores is learned."""
        return self.relative or self.score_bias

    def norms(self, sizes: Heads) -> HeadNorms:
        """Of queries and keys."""
        return HeadNorms(self.qk_norm, sizes)

    def fused(self, sizes: Heads) -> bool:
        """Whether a kernel weighs and mixes in one: none learns numbers for the scores, hands them
        a gradient, has other ones for each window, or values of other features than keys."""
        same = sizes.key == sizes.value
        return same and not (self.learns or self.shifts or sizes.biased)

    def placed(self, sizes: Heads) -> bool:
        """Whether it matters which step is which."""
        hides = self.causal and not self.fused(sizes)
        return bool(self.rotary) or self.alibi or self.score_bias or hides

    # -- sizes --------------------------------------------------------------------------------

    @property
    def weight_layers(self) -> int:
        return {"all": 2, "inputs": 1, "none": 0}[self.project]

    def output_shape(self, *inputs: Shape) -> Shape:
        sizes = self.sizes(*inputs)
        self.places(sizes)
        return (sizes.features or sizes.mixed, *inputs[0][1:])

    def sizes(self, *inputs: Shape) -> Heads:
        """How many heads weigh how much. Raises ShapeError."""
        queries, keys, values = self.roles(*inputs)
        sequences(self, queries), sequences(self, keys), sequences(self, values)
        if not queries[1:-1] == keys[1:-1] == values[1:-1] or keys[-1] != values[-1]:
            fact = f"`attention` cannot weigh {times(values)} by {times(queries)} and {times(keys)}"
            hint = "as many steps of values as of keys, of as many sequences as the queries are"
            raise ShapeError(fact, hint, code="CNN403")
        arrives = queries[0], keys[0], values[0]
        count = self.heads, self.key_heads or self.heads
        key = self.head_features or self.even(queries[0])
        value = self.value_features or key
        if not self.reads:
            value = self.given(arrives, count, key)
        features = (self.features or queries[0]) if self.project == "all" else 0
        groups, steps, biased = prod(queries[1:-1]), (queries[-1], keys[-1]), inputs[BIAS:]
        found = Heads(arrives, groups, steps, count, key, value, features, bool(biased))
        for bias in biased:
            found.check_bias(bias)
        if self.rotary and key % 2:
            fact = f"`rotary` turns pairs of features, and a head has {key}"
            raise ShapeError(fact, "an even `head_features`", field="rotary")
        return found

    def roles(self, *inputs: Shape) -> tuple[Shape, Shape, Shape]:
        """The shapes of what becomes queries, keys and values."""
        queries, *others = inputs[:BIAS]
        return queries, [queries, *others][min(1, len(others))], [queries, *others][-1]

    def even(self, features: int) -> int:
        """The features of a head, of so many in all. Raises ShapeError."""
        return shared_out(features, self.heads, "heads", "heads", "feature")

    def given(self, arrives: tuple[int, int, int], count: tuple[int, int], key: int) -> int:
        """The features of a head's values, where they arrive as they are. Raises ShapeError."""
        _, keys, values = arrives
        if keys != count[1] * key:
            fact = f"heads of {key} features want {count[1] * key} of keys, got {keys}"
            raise ShapeError(fact, "`project: all` makes them fit", code="CNN403")
        if values % count[1]:
            fact = f"{count[1]} heads do not divide the {values} features of the values"
            hint = f"`key_heads: {gcd(values, count[1])}`"
            raise ShapeError(fact, hint, field="heads", code="CNN404")
        return values // count[1]

    def macts(self, *inputs: Shape) -> int:
        """Those of the projections, the scores, and what they make of the values."""
        sizes = self.sizes(*inputs)
        read = sum(sizes.projected) if self.reads else 0
        return read + sizes.scores + sizes.each[0] * (sizes.mixed + sizes.features)

    def places(self, sizes: Heads) -> Places | None:
        """Where the steps are, if that matters. Raises ShapeError."""
        if not (self.size is not None or self.relative or self.shifts):
            return None
        queries, keys = sizes.steps
        size = laid_out(self.size, queries)
        if keys != queries:
            fact = f"queries and keys have the same places, got {queries:,} and {keys:,} steps"
            hint = "places are those of one sequence: leave out `keys`"
            raise ShapeError(fact, hint, field="size" if self.size else "relative")
        if not self.shifts:
            return Places(size)
        shift = along(self.shift, len(size), "shift")
        if any(far >= side for far, side in zip(shift, size, strict=True)):
            fact = f"`shift: {times(shift)}` leaves nothing of a window of {times(size)}"
            raise ShapeError(fact, "half a window", field="shift")
        return Places(size, cut(self.map, size, sizes.groups), shift)

    # -- what it has and does -----------------------------------------------------------------

    def plain(self, sizes: Heads) -> bool:
        """Whether `nn.MultiheadAttention` says it."""
        queries = sizes.arriving[0]
        return (
            self.project == "all"
            and sizes.widths[:2] == (queries, queries)
            and (sizes.value, sizes.features) == (sizes.key, queries)
            and sizes.heads[0] == sizes.heads[1]
            and self.writes_bias == self.bias
            and not (self.learns or self.shifts or self.rotary or self.alibi or self.qk_norm)
            and not sizes.biased
        )

    def weights(self, *inputs: Shape) -> tuple[Weight, ...]:
        return parametrized(self, self.used(self.sizes(*inputs)))

    def used(self, sizes: Heads) -> Iterator[Weight]:
        """Its weights, as they are used."""
        return stacked(sizes, self.bias) if self.plain(sizes) else self.tensors(sizes)

    def tensors(self, sizes: Heads) -> Iterator[Weight]:
        """A layer for each projection; before them what is learned of places, and an index."""
        places = self.places(sizes) if self.relative else None
        if places:
            yield Weight("relative_position_bias_table", (places.offsets, self.heads))
        if self.score_bias:
            yield Weight("score_bias", (self.heads, *sizes.steps))
        if places:
            steps = sizes.steps[0]
            yield Weight("relative_position_index", (steps, steps), buffer=True, width=INDEX)
        if self.reads:
            yield from projections(sizes, self.bias)
        yield from self.norms(sizes).weights()
        if sizes.features:
            yield from linear("out", sizes.mixed, sizes.features, self.writes_bias)

    def needed_macs(self, *inputs: Shape) -> int:
        hidden = self.sizes(*inputs).weighing.macs // 2 if self.causal else 0
        return self.ops(*inputs).macs - hidden

    def matrices(self, *inputs: Shape) -> tuple[Matrices, ...]:
        sizes = self.sizes(*inputs)
        weighing = sizes.weighing.macs // (1 + self.causal)
        projected = sizes.projections if self.reads else ()
        return (
            *projected,
            Matrices(weighing, min(*sizes.steps, sizes.key, sizes.value)),
            *sizes.written,
        )

    def ops(self, *inputs: Shape) -> Ops:
        sizes = self.sizes(*inputs)
        turned = sum(sizes.projected[:2]) if self.rotary else 0
        hidden = self.shifts or self.alibi
        added = sizes.scores * (self.relative + self.score_bias + sizes.biased + hidden)
        return sizes.weighing.plus(self.norms(sizes).ops()).plus(
            Ops(
                macs=(sizes.read_macs if self.reads else 0) + sizes.written_macs,
                additions=self.biases(sizes) + turned + added,
                multiplications=2 * turned,
            )
        )

    def biases(self, sizes: Heads) -> int:
        """Biases of projections, each wherever it is added."""
        read = sum(sizes.projected) if self.bias and self.reads else 0
        return read + (sizes.each[0] * sizes.features if self.writes_bias else 0)

    def connections(self, *inputs: Shape) -> int:
        sizes = self.sizes(*inputs)
        macs = (sizes.read_macs if self.reads else 0) + sizes.written_macs
        learned = sizes.scores * (self.relative + self.score_bias)
        return macs + self.biases(sizes) + learned + self.norms(sizes).connections()

    def kept(self, *inputs: Shape) -> tuple[Kept, ...]:
        """As a fused kernel does, which keeps no scores, where there is one."""
        sizes, attended = self.sizes(*inputs), self.attended(*inputs)
        weights = kept_of_matrices(self, self.used(sizes), attended.readers)
        if self.plain(sizes):
            return *attended.stacked(), *weights
        weighed = attended.by_kernels() if attended.fused else attended.one_by_one()
        return *weighed, *attended.norms.kept(), *weights

    def constants(self, *inputs: Shape) -> tuple[Kept, ...]:
        """Masks, for each window or each head, and angles."""
        sizes = self.sizes(*inputs)
        if self.plain(sizes):
            return ()
        queries, keys = sizes.steps
        masked = self.shifts or self.alibi or (self.causal and not self.fused(sizes))
        layers = (sizes.groups if self.shifts else 1) * (self.heads if self.alibi else 1)
        found = (Kept("mask", 0, layers * queries * keys),) if masked else ()
        turns = Kept("turns", 0, 2 * max(sizes.steps) * sizes.key)
        return (*found, turns) if self.rotary else found

    def stages(self, *inputs: Shape) -> tuple[Stage, ...]:
        turn = plain if self.plain(self.sizes(*inputs)) else wide
        return tuple(turn(self.attended(*inputs), self.output_shape(*inputs)))

    def attended(self, *inputs: Shape) -> Attended:
        """What it is at work."""
        sizes = self.sizes(*inputs)
        fused = self.fused(sizes)
        masked = self.shifts or ((self.alibi or self.causal) and not fused)
        of_all = (("added",),) if self.learns else ((),) if masked else ()
        of_samples = ((f"input {BIAS + 1}",),) if sizes.biased else ()
        return Attended(
            sizes,
            inputs,
            self.norms(sizes),
            self.reads,
            self.rotary is not None,
            self.learns,
            fused,
            self.causal,
            self.bias,
            computing_each(self, self.used(sizes)),
            tuple(self.added(sizes, masked)),
            of_all + of_samples,
        )

    def stages_at_rest(self, *inputs: Shape) -> tuple[Stage, ...]:
        turn = at_rest if self.plain(self.sizes(*inputs)) else wide
        return tuple(turn(self.attended(*inputs), self.output_shape(*inputs)))

    def added(self, sizes: Heads, masked: bool) -> Iterator[Stage]:
        """What is added to the scores of all samples: what is learned, and a mask, summed up."""
        each = self.heads * prod(sizes.steps)
        parts = [
            Stage(Kept(name, 0, each), (), trained=(name,), weight=weight)
            for name, has, weight in (
                ("relative_position_bias_table", self.relative, False),
                ("score_bias", self.score_bias, True),
            )
            if has
        ]
        yield from parts
        names = [part.makes.name for part in parts]
        sums = names if masked else names[1:]
        made = "" if masked or not names else names[0]
        whole = Kept("", 0, each * (sizes.groups if self.shifts else 1))
        for number, name in enumerate(sums):
            reads = (made, name) if made else (name,)
            made = f"sum {number}"
            yield Stage(
                whole._replace(name=made), reads, handed=reads, spread=True, beside=(*names,)
            )
        if made:
            last = Kept("added", 0, whole.fixed if sums else each)
            yield Stage(last, (made,), view=True, handed=(made,), held=True)

    # -- where it looks -----------------------------------------------------------------------

    def across(self, *inputs: Shape) -> Across | None:
        """Of what becomes queries: the rest it sees as a whole. A single key has all the weight."""
        told = len(inputs) > 1 and inputs[1][-1] == 1
        return Across((Reads(number=0),)) if self.reads and not told else None

    def window(self, *inputs: Shape) -> Window:
        if len(inputs) > 1:
            return STATISTICS
        _, groups, steps = sequences(self, inputs[0])
        sides = (ALONE for _ in inputs[0][1:-1])
        if self.causal:
            return Window((*sides, Axis(1, 1, (range(1 - steps, 1),))))
        if groups == 1:
            return STATISTICS
        if steps > LONGEST_CYCLE:
            return COLLAPSED
        return Window((*sides, Axis(steps, steps, (range(steps),) * steps)))

    # -- PyTorch ------------------------------------------------------------------------------

    def torch(self, *inputs: Shape) -> TorchModule:
        sizes = self.sizes(*inputs)
        if self.plain(sizes):
            form = TorchModule("Attention", self.own_arguments(sizes))
        else:
            form = TorchModule("WideAttention", self.wide_arguments(sizes), defaults=WIDE)
        return form._replace(wrapper=wrapper_of_each(self))

    def own_arguments(self, sizes: Heads) -> Mapping[str, Any]:
        """Of PyTorch's own."""
        queries, keys, values = sizes.arriving
        found = {"embed_dim": queries, "num_heads": self.heads, "bias": self.bias}
        if (keys, values) != (queries, queries):
            found |= {"kdim": keys, "vdim": values}
        return found | ({"causal": True} if self.causal else {})

    def wide_arguments(self, sizes: Heads) -> Mapping[str, Any]:
        """Of what PyTorch lacks."""
        places = self.places(sizes)
        features = sizes.arriving if self.reads else (0, 0, 0)
        return {
            "heads": sizes.heads[0],
            "key_heads": sizes.heads[1],
            "head_features": sizes.key,
            "value_features": sizes.value,
            **dict(zip(("in_features", "kdim", "vdim"), features, strict=True)),
            "out_features": sizes.features,
            "bias": self.bias,
            "out_bias": self.writes_bias,
            "causal": self.causal,
            "steps": sizes.steps if self.placed(sizes) else (),
            "size": places.size if places else (),
            "relative": self.relative,
            "counts": places.counts if places else (),
            "shift": places.shift if places else (),
            "rotary": self.rotary or 0.0,
            "alibi": self.alibi,
            "score_bias": self.score_bias,
            "qk_norm": self.qk_norm or "",
            "biased": sizes.biased,
        }

    def arithmetic(self, *inputs: Shape) -> Arithmetic:
        sizes = self.sizes(*inputs)
        macs = " + ".join([*terms(sizes, self.reads), sizes.formula])
        macs = f"{sizes.groups} * ({macs})" if sizes.groups > 1 else macs
        made = str(sizes.features or products(self.heads, sizes.value))
        same = self.output_shape(*inputs)[0] == inputs[0][0]
        return Arithmetic("" if same else made, macs=macs)


WIDE: Mapping[str, Any] = {
    "in_features": 0,
    "kdim": 0,
    "vdim": 0,
    "out_features": 0,
    "bias": True,
    "out_bias": True,
    "causal": False,
    "steps": (),
    "size": (),
    "relative": False,
    "counts": (),
    "shift": (),
    "rotary": 0.0,
    "alibi": False,
    "score_bias": False,
    "qk_norm": "",
    "biased": False,
}
