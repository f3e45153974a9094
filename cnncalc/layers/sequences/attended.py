"""What attention keeps for its backward."""

from collections.abc import Iterator, Mapping
from math import prod

from cnncalc.layers.base import FULL, Kept, Shape, Stage, kept_input, kept_output
from cnncalc.layers.sequences.head_norms import HeadNorms
from cnncalc.layers.sequences.heads import ROLES, Heads
from cnncalc.records import NamedTuple

BIAS = 3
"""The number of the input that is added to the scores, where it arrives."""


class Attended(NamedTuple):
    """An attention at work.

    norms: of queries and keys
    projects: whether queries, keys and values are projected
    turns: whether queries and keys are turned
    learns: whether what is added to the scores is
    fused: whether a kernel does all in one
    causal: whether a mask is made for each run
    bias: whether projections have biases
    computed: by the names of matrices, how they are
    added: how what is added to the scores of all samples comes to be
    adds: what is added to them in turn, by name; nothing, of a mask that is there
    """

    sizes: Heads
    inputs: tuple[Shape, ...]
    norms: HeadNorms
    projects: bool = True
    turns: bool = False
    learns: bool = False
    fused: bool = False
    causal: bool = False
    bias: bool = True
    computed: Mapping[str, tuple[Stage, ...]] = {}
    added: tuple[Stage, ...] = ()
    adds: tuple[tuple[str, ...], ...] = ()

    @property
    def numbers(self) -> tuple[int, int, int]:
        """Which inputs become queries, keys and values."""
        last = len(self.inputs) - 1
        return 0, min(1, last), min(2, last)

    @property
    def packed(self) -> bool:
        """Whether PyTorch's own has one weight for queries, keys and values."""
        return len({*self.sizes.arriving}) == 1

    @property
    def readers(self) -> Mapping[str, tuple[int, ...]]:
        """The inputs that each matrix reads, by its name; those of one tensor, all of them."""
        found = {"in_proj_weight": tuple(sorted(set(self.numbers)))}
        for role, number in zip(ROLES, self.numbers, strict=True):
            found |= dict.fromkeys((f"{role}.weight", f"{role[0]}_proj_weight"), (number,))
        return found

    def stacked(self) -> Iterator[Kept]:
        """By PyTorch's own, which reads keys of other features than the queries' twice, for keys
        and for values."""
        for number in self.steps():
            yield self.step_by_step(number, laid_anew=True)
        own = self.sizes.arriving[0]
        if self.numbers[1] == self.numbers[2] == 1 and self.sizes.arriving[1] != own:
            again = self.step_by_step(1, laid_anew=True)
            yield from (again._replace(name="transposed values"),) if again.of == "own" else ()
        yield Kept("projected", sum(self.sizes.projected))
        yield from self.by_kernel(written=True)

    def by_kernels(self) -> Iterator[Kept]:
        """By a kernel that keeps no scores: queries, keys, values, and what it makes of them."""
        if self.projects:
            yield from map(self.step_by_step, self.steps())
            yield Kept("projected", sum(self.sizes.projected))
        elif self.turns:
            yield self.step_by_step(self.numbers[2])
            yield Kept("turned", sum(self.sizes.projected[:2]))
        else:
            yield from map(self.step_by_step, self.steps())
        yield from self.by_kernel(written=bool(self.sizes.features))

    def by_kernel(self, written: bool) -> Iterator[Kept]:
        """What the heads make, which a projection reads or which is the output; and for each query
        the logarithm of the sum that softmax divides by."""
        mixed = self.sizes.each[0] * self.sizes.mixed
        output = (self.sizes.mixed, *self.inputs[0][1:])
        yield Kept("mixed", mixed) if written else kept_output(output)
        yield Kept("sums", self.sizes.each[0] * self.sizes.heads[0], width=FULL)

    def one_by_one(self) -> Iterator[Kept]:
        """Step by step: scaled queries and keys, each for the other's gradient, values, scores."""
        sizes = self.sizes
        queries, keys, _ = self.numbers
        if self.projects:
            yield from map(self.step_by_step, self.steps())
        rows = sizes.each[0] * sizes.heads[0]
        yield Kept("queries", rows * sizes.key, gradient_of=self.of(keys))
        bias = (BIAS,) if sizes.biased else ()
        mixing = () if self.learns else self.of(queries, keys, *bias)
        yield from self.once(self.given("keys", self.of(queries)), self.given("values", mixing))
        yield Kept("scores", sizes.scores)
        if sizes.features:
            yield Kept("mixed", sizes.each[0] * sizes.mixed)

    def given(self, name: str, gradient_of: tuple[int, ...]) -> Kept:
        """Keys or values, laid out by head: a copy, unless they lie so already."""
        sizes = self.sizes
        number = self.numbers[1 if name == "keys" else 2]
        alone = sizes.heads[0] == 1 or self.inputs[number][-1] == 1
        turned = self.turns and name == "keys"
        if not self.projects and not turned and sizes.heads[0] == sizes.heads[1] and alone:
            return self.step_by_step(number)._replace(gradient_of=gradient_of)
        features = sizes.key if name == "keys" else sizes.value
        count = sizes.each[1] * sizes.heads[0] * features
        return Kept(name, count, gradient_of=gradient_of)

    def once(self, keys: Kept, values: Kept) -> Iterator[Kept]:
        """Both; the same tensor but once."""
        if (keys.name, keys.number) != (values.name, values.number):
            yield keys
            yield values
        elif keys.gradient_of and values.gradient_of:
            both = sorted({*keys.gradient_of, *values.gradient_of})
            yield keys._replace(gradient_of=tuple(both))
        else:
            yield keys._replace(gradient_of=())

    def by_head(self, keys: bool) -> bool:
        """Whether queries, or keys and values, lie otherwise step by step than head by head."""
        return self.sizes.heads[keys] > 1 and self.sizes.steps[keys] > 1

    def of(self, *numbers: int) -> tuple[int, ...]:
        """The inputs whose gradient alone needs a tensor; none, where weights before it do."""
        return () if self.projects else tuple(sorted(set(numbers)))

    def steps(self) -> range:
        """The numbers of the inputs that are sequences."""
        return range(min(len(self.inputs), BIAS))

    def step_by_step(self, number: int, laid_anew: bool = False) -> Kept:
        """An input as it is kept step by step: a copy, unless its numbers lie so already.

        laid_anew: whether the samples come behind the steps
        """
        features, *sides, steps = self.inputs[number]
        single = steps == 1 and 1 in (features, prod(sides))
        if single or (features == 1 and not laid_anew):
            return kept_input(self.inputs[number], number)
        name = f"transposed {number + 1}" if number else "transposed"
        return Kept(name, prod(self.inputs[number]))
