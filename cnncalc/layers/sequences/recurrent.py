"""Recurrent layers: a state that is carried along a sequence."""

from collections.abc import Iterator, Mapping
from math import prod
from typing import Annotated, ClassVar

from cnncalc.layers.base import (
    EVERY,
    EVERYTHING,
    STATISTICS,
    Across,
    Arithmetic,
    Axis,
    Kept,
    Layer,
    Matrices,
    Ops,
    Order,
    Problem,
    Shape,
    Stage,
    TorchModule,
    Weight,
    Window,
    kept_input,
    kept_output,
)
from cnncalc.layers.fields import (
    Choice,
    Flag,
    OptionalPositive,
    Positive,
    TruthOrWord,
    Whole,
)
from cnncalc.layers.parametrized import (
    check_ways,
    computing_each,
    is_matrix,
    kept_of_matrices,
    parametrized,
    wrapper,
    wrapper_of_each,
)
from cnncalc.layers.sequences.recurring import Cell, every_step
from cnncalc.layers.sequences.recurring_at_once import AtOnce, at_once
from cnncalc.layers.sequences.sequence import sequence, transposed
from cnncalc.layers.stages import local, moved, of_weights, several, weighed

IN_ORDER: tuple[int, tuple[Order, ...]] = (0, ("steps",))
ELSE: tuple[int, tuple[Order, ...]] = (0, ("", "turned"))
"""Whether what it reads lies step by step, as it reads it."""

DEEPEST = 1000
"""Layers of one item; each has weights of its own, that are listed."""


class Recurrent(Layer):
    """A state of `units` numbers, the new one computed from the input's step and the old one.

    units: length of the state, and of what it gives at each step
    layers: how many, each over the states of the one before
    bidirectional: whether a second state runs backwards; its units stand behind those of the first
    bias: whether there are biases: two for each unit and gate, as in PyTorch, or the one of the
        formulas in books (`single`)
    output: `sequence`, the states of all steps, or `last`, the vector of the final ones
    weight_norm: whether the rows of each matrix are kept as direction and length (Salimans & Kingma
        2016)
    spectral_norm: whether each matrix is divided by its largest singular value (Miyato 2018)
    """

    role = "sequence"
    reserves = True
    curve = "squashing"
    rests_ungraded = True

    units: Positive
    layers: Annotated[int, Whole(1, DEEPEST)] = 1
    bidirectional: Flag = False
    bias: Annotated[bool | str, TruthOrWord("single")] = True
    output: Annotated[str, Choice("sequence", "last")] = "sequence"
    weight_norm: Flag = False
    spectral_norm: Flag = False
    gates: ClassVar[int]
    keeps: ClassVar[int]
    begins: ClassVar[int] = 0
    through: ClassVar[int]
    """Numbers of a unit that a step makes on its way, beside the gates."""

    cost: ClassVar[Ops]
    module: ClassVar[str]

    @property
    def weight_layers(self) -> int:
        return self.layers

    @property
    def given(self) -> int:
        """Numbers that each direction gives at a step."""
        return self.units

    @property
    def cells(self) -> int:
        """Numbers of what it remembers beside what it gives."""
        return 0

    @property
    def directions(self) -> int:
        """1, or 2 where a second state runs backwards."""
        return 2 if self.bidirectional else 1

    def check(self) -> Iterator[Problem]:
        yield from check_ways(self)

    def output_shape(self, *inputs: Shape) -> Shape:
        _, steps = sequence(self, inputs[0])
        features = self.directions * self.given
        return (features, steps) if self.output == "sequence" else (features,)

    def weights(self, *inputs: Shape) -> tuple[Weight, ...]:
        return parametrized(self, self.tensors(inputs[0][0]))

    def tensors(self, features: int) -> Iterator[Weight]:
        """Its weights as they are used, layer by layer and direction by direction."""
        rows = self.gates * self.units
        for layer in range(self.layers):
            reads = self.directions * self.given if layer else features
            for suffix in (f"l{layer}", f"l{layer}_reverse")[: self.directions]:
                yield Weight(f"weight_ih_{suffix}", (rows, reads))
                yield Weight(f"weight_hh_{suffix}", (rows, self.given))
                for bias in ("bias_ih", "bias_hh")[: self.biases_each]:
                    yield Weight(f"{bias}_{suffix}", (rows,))
                if self.given != self.units:
                    yield Weight(f"weight_hr_{suffix}", (self.given, self.units))

    def constants(self, *inputs: Shape) -> tuple[Kept, ...]:
        """The second of PyTorch's biases, where that stays 0."""
        if self.bias != "single":
            return ()
        return (Kept("zeros", 0, self.gates * self.states(1)),)

    def states(self, steps: int) -> int:
        """Numbers in all states of all layers and directions."""
        return self.units * self.directions * self.layers * steps

    @property
    def biases_each(self) -> int:
        """Biases of a unit's gate."""
        return {False: 0, "single": 1, True: 2}[self.bias]

    def biases(self, steps: int) -> int:
        """Biases added in all steps."""
        return self.biases_each * self.gates * self.states(steps)

    def ops(self, *inputs: Shape) -> Ops:
        features, steps = inputs[0]
        below = features + (self.layers - 1) * self.directions * self.given
        reads = below + self.layers * self.given
        rows = self.gates * reads
        if self.given != self.units:
            rows += self.layers * self.given
        macs = steps * self.directions * self.units * rows
        products = Ops(macs=macs, additions=self.biases(steps))
        return self.cost.scaled(self.states(steps)).plus(products)

    def matrices(self, *inputs: Shape) -> tuple[Matrices, ...]:
        """Of all steps what arrives, at each the state before it."""
        features, steps = inputs[0]
        found = []
        for weight in filter(is_matrix, self.tensors(features)):
            macs, side = steps * weight.size, min(weight.shape)
            arrives = weight.name.startswith("weight_ih")
            found.append(Matrices(macs, side, steps if arrives else 1))
        return tuple(found)

    def macts(self, *inputs: Shape) -> int:
        """Two for each gate of each unit at a step, and what is projected."""
        steps = inputs[0][1]
        projected = self.given * self.directions * self.layers * steps
        gates = 2 * self.gates * self.states(steps)
        return gates + projected if self.given != self.units else gates

    def kept(self, *inputs: Shape) -> tuple[Kept, ...]:
        """As the steps are computed one by one: each direction transposes what it reads; each layer
        above reads the states of the one below, laid out anew; and each unit keeps some numbers a
        step, its state before or behind it among them. The kernels of a GPU, and oneDNN's of an
        LSTM on a CPU, keep a workspace of their own instead."""
        steps = inputs[0][1]
        below = (self.layers - 1) * self.directions * self.given * steps
        kept = self.keeps * self.states(steps) + self.begins * self.states(1)
        if self.given != self.units:
            kept += self.given * self.directions * self.layers * steps
        read = transposed(inputs[0], self.directions)
        weights = self.kept_weights(*inputs[0])
        return read, Kept("below", below), Kept("steps", kept), *weights

    def kept_weights(self, features: int, steps: int) -> Iterator[Kept]:
        """Those that are computed; what reads the first step's input for that one's gradient alone,
        what reads the states not of a single step, which begins with zeros."""
        first = dict.fromkeys(("weight_ih_l0", "weight_ih_l0_reverse"), (0,))
        for each in kept_of_matrices(self, self.tensors(features), first):
            of_states = each.name.startswith("weight_hh") and each.name.endswith(" weight")
            if steps > 1 or not of_states:
                yield each

    def connections(self, *inputs: Shape) -> int:
        return self.ops(*inputs).macs + self.biases(inputs[0][1])

    def window(self, *inputs: Shape) -> Window:
        if self.output == "last":
            return EVERYTHING
        if self.bidirectional:
            return STATISTICS
        return Window((Axis(1, 1, (range(1 - inputs[0][1], 1),)),))

    def across(self, *inputs: Shape) -> Across:
        return EVERY

    def stages(self, *inputs: Shape) -> tuple[Stage, ...]:
        """A product of all steps with the first weight, then step by step; in the end the last
        states of all are put together."""
        shape = inputs[0]
        every = self.layers * self.directions
        found = [Stage(Kept("begin", every * self.given), (), held=True)]
        if self.cells:
            found.append(Stage(Kept("begin cells", every * self.cells), (), held=True))
        computed = computing_each(self, self.tensors(shape[0]))
        for stages in computed.values():
            found += (stage._replace(held=True) for stage in stages)
        read = "input"
        last: list[str] = []
        for layer in range(self.layers):
            runs = self.runs(layer)
            listed: list[str] = [read]
            for run in runs:
                found += self.one_run(shape, read, run, computed)
                listed += found[-1].reads
                last.append(f"h {run} {shape[1] - 1}")
            read = f"states {layer}"
            if len(runs) > 1:
                names = tuple(f"states {run}" for run in runs)
                read = f"joined {layer}"
                size = self.directions * self.given * shape[1]
                beside = (f"pieces {runs[-1]}", *listed)
                found.append(Stage(Kept(read, size), names, handed=names, beside=beside))
        cells: tuple[str, ...] = ()
        if self.cells:
            cells = tuple(name.replace("h ", "c ", 1) for name in last)
            size = every * self.cells
            found.append(Stage(Kept("last cells", size), cells, held=True, blind=True))
        states = (*last,)
        stacked = Kept("last", every * self.given)
        found.append(Stage(stacked, states, handed=states, beside=cells))
        output = kept_output(self.output_shape(shape))
        if self.output == "sequence":
            seen = Stage(output, (read,), view=True, handed=(read,), beside=("last",))
            found.append(seen._replace(order=self.order(shape)))
        else:
            ends = Kept("ends", self.directions * self.given)
            found.append(Stage(ends, ("last",), view=True, narrow=self.layers == 1))
            whole = self.directions == 1
            found.append(Stage(output, ("ends",), view=whole, handed=("ends",), beside=(read,)))
        by_steps = (stage._replace(device="cpu") for stage in found)
        return *by_steps, *at_once(self.call(shape), computed)

    def call(self, shape: Shape) -> AtOnce:
        """What cuDNN is told of it."""
        return AtOnce(
            shape,
            self.output_shape(shape),
            self.layers,
            self.directions,
            self.given,
            self.cells,
            self.gates * self.states(1),
            tuple(self.tensors(shape[0])),
            self.order(shape),
        )

    def order(self, shape: Shape) -> Order:
        """How the states of all steps lie."""
        return "steps" if shape[1] > 1 else ""

    def runs(self, layer: int) -> list[str]:
        """What the directions of a layer are called."""
        return [f"{layer}", f"{layer}_reverse"][: self.directions]

    def stages_at_rest(self, *inputs: Shape) -> tuple[Stage, ...]:
        """The same: what a layer reads and makes on its way stays until it is through, its last
        states until all are; these are stacked in the end."""
        begin = self.layers * self.directions * self.given
        cells = self.layers * self.directions * self.cells
        found = [*self.computed_at_rest(inputs[0][0]), Stage(Kept("begin", begin + cells), ())]
        read, until = "input", ["begin"]
        for layer in range(self.layers):
            found += self.layer_at_rest(inputs[0], read, layer)
            read = f"states {layer}"
            until += [f"last {run}" for run in self.runs(layer)]
        if cells:
            found.append(Stage(Kept("last cells", cells), (), held=True))
        found.append(Stage(Kept("last", begin), (), beside=(read, *until)))
        output = kept_output(self.output_shape(*inputs))
        last = self.output == "last"
        view = not (last and self.bidirectional)
        made = Stage(output, ("last" if last else read,), view=view, beside=("last", read))
        found.append(made if last else made._replace(order=self.order(inputs[0])))
        by_steps = (stage._replace(device="cpu") for stage in found)
        computed = computing_each(self, self.tensors(inputs[0][0]))
        return *by_steps, *at_once(self.call(inputs[0]), computed)

    def computed_at_rest(self, features: int) -> Iterator[Stage]:
        """Weights that are computed stay until all is through."""
        if wrapper(self):
            size = sum(each.size for each in self.tensors(features) if is_matrix(each))
            yield Stage(Kept("weights", 0, size), (), held=True)

    def layer_at_rest(self, shape: Shape, read: str, layer: int) -> Iterator[Stage]:
        """The directions of a layer, then joined."""
        runs, states = self.runs(layer), f"states {layer}"
        size = self.given * shape[1]
        before: tuple[str, ...] = ()
        for run in runs:
            yield from self.products_at_rest(shape, read, run, before)
            before = (f"pieces {run}",)
            yield from self.steps_at_rest(shape[1], run)
            name = f"one way {run}" if self.bidirectional else states
            yield Stage(Kept(name, size), (f"list {run}",), beside=(*before, read))
        if self.bidirectional:
            names = tuple(f"one way {run}" for run in runs)
            beside = (*(f"list {run}" for run in runs), *before, read)
            yield Stage(Kept(states, len(runs) * size), names, beside=beside)

    def products_at_rest(
        self, shape: Shape, read: str, run: str, before: tuple[str, ...]
    ) -> Iterator[Stage]:
        """Of all steps with the first weight, while those of the other direction are there; where
        the steps did not lie in order, the bias is added in another tensor."""
        product = Kept(f"pieces {run}", self.gates * self.units * shape[1])
        in_order = Stage(product, (read,), beside=before)
        if read != "input" or transposed(shape).of == "input":
            yield in_order
            return
        yield in_order._replace(when=IN_ORDER)
        laid = Kept(f"transposed {run}", prod(shape))
        stages = [moved(laid, read)]
        if self.biases_each:
            apart = product._replace(name=f"product {run}")
            stages.append(Stage(apart, (laid.name,), beside=before))
        stages.append(in_order._replace(reads=(stages[-1].makes.name,)))
        yield from (stage._replace(when=ELSE) for stage in stages)

    def steps_at_rest(self, steps: int, run: str) -> Iterator[Stage]:
        """A list of states, of which the last stays, and its cell; beside the last of them are its
        gates, the cell before it, and what it is computed through."""
        yield Stage(Kept(f"last {run}", self.given + self.cells), ())
        fleeting = (self.gates + self.through + 1) * self.units - self.given
        besides = several(fleeting + self.cells * (steps > 1), 1)
        yield Stage(Kept(f"list {run}", self.given * (steps - 1)), (), besides=besides)

    def one_run(
        self, shape: Shape, read: str, run: str, computed: Mapping[str, tuple[Stage, ...]]
    ) -> Iterator[Stage]:
        """A layer in a direction."""
        rows = self.gates * self.units
        gates = rows * shape[1]
        name = f"weight_ih_l{run}"
        weight, trained = used(computed, name, (0,) if run in self.runs(0) else ())
        keep = kept_input(shape) if read == "input" else local(read)
        reads, keeps = (read, *(each.name for each in weight)), (of_weights(keep), *weight)
        bias = (f"bias_ih_l{run}",) if self.biases_each else ()
        made = Kept(f"products {run}", gates)
        in_order = Stage(made, reads, keeps, trained=trained + bias)
        if read != "input" or transposed(shape).of == "input":
            yield in_order
        else:
            yield in_order._replace(when=IN_ORDER)
            laid = Kept(f"transposed {run}", prod(shape))
            stages = [moved(laid, read)]
            product = made._replace(name=f"product {run}") if bias else made
            reads, keeps = (laid.name, *reads[1:]), (of_weights(local(laid.name)), *weight)
            stages.append(Stage(product, reads, keeps, trained=trained))
            stages += [weighed(made, product.name, bias)] if bias else []
            yield from (stage._replace(when=ELSE) for stage in stages)
        yield Stage(Kept(f"pieces {run}", gates), (made.name,), view=True, parts=True)
        sizes = {each.name: each.size for each in self.tensors(shape[0])}
        called = []
        for name in self.of_states(run):
            if name in computed:
                called.append(computed[name][-1].makes.name)
                continue
            yield Stage(Kept(name, 0, sizes[name]), (), trained=(name,), weight=True, held=True)
            called.append(name)
        biases = (f"bias_hh_l{run}",) if self.bias is True else ()
        for name in biases:
            yield Stage(Kept(name, 0, sizes[name]), (), trained=(name,), weight=True, held=True)
        cell = Cell(run, self.kind, self.units, self.given, shape[1], rows, (*called,), biases)
        yield from every_step(cell, read)

    def of_states(self, run: str) -> tuple[str, ...]:
        """The matrices by which a state is multiplied, and what it is projected by."""
        projected = (f"weight_hr_l{run}",) if self.given != self.units else ()
        return (f"weight_hh_l{run}", *projected)

    def torch(self, *inputs: Shape) -> TorchModule:
        arguments = {
            "input_size": inputs[0][0],
            "hidden_size": self.units,
            "num_layers": self.layers,
            "bias": bool(self.bias),
            "bidirectional": self.bidirectional,
            "last": self.output == "last",
        }
        if self.bias == "single":
            arguments["single_bias"] = True
        return TorchModule(self.module, arguments, wrapper=wrapper_of_each(self))

    def arithmetic(self, *inputs: Shape) -> Arithmetic:
        features, steps = inputs[0]
        units = f"2*{self.given}" if self.bidirectional else str(self.given)
        rows = f"{self.gates}*{self.units}"
        projected = f" + {self.given}*{self.units}" if self.given != self.units else ""
        macs = f"{rows}*({features} + {self.given}){projected}"
        if self.layers > 1:
            above = f"{rows}*({units} + {self.given}){projected}"
            macs = f"({macs} + {self.layers - 1} * {f'({above})' if projected else above})"
        elif projected:
            macs = f"({macs})"
        both = "2 * " if self.bidirectional else ""
        return Arithmetic(units, macs=f"{steps} * {both}{macs}")


def used(
    computed: Mapping[str, tuple[Stage, ...]], name: str, readers: tuple[int, ...]
) -> tuple[tuple[Kept, ...], tuple[str, ...]]:
    """What is read of a matrix where it is computed, and what is trained there where it is not."""
    if name not in computed:
        return (), (name,)
    return (local(computed[name][-1].makes.name)._replace(gradient_of=readers),), ()


class Rnn(Recurrent, kind="rnn"):
    """h' = tanh(V x + b + W h + c), the simple recurrent layer (Elman 1990). MACs are those of V x
    and W h at each step; besides, for each unit 1 addition, 1 exponential and 2 biases.

        - rnn: {units: 128, output: last}
    """

    gates = 1
    through = 0
    keeps = 1  # h behind the step, and of the first step that before it
    begins = 1
    cost = Ops(additions=1, exponentials=1)
    module = "Rnn"


class Lstm(Recurrent, kind="lstm"):
    """A cell c' = f c + i g, read through a gate: h' = o tanh(c') (Hochreiter & Schmidhuber 1997);
    i, f and o are sigmoids, g is a tanh, each of V x + b + W h + c. MACs are those of V x and W h
    at each step; besides, for each unit 8 additions, 3 multiplications, 3 divisions, 5 exponentials
    and 8 biases. With a projection h' = P o tanh(c'), shorter than the cell (Sak 2014); its
    products are MACs too.

        - lstm: {units: 128, layers: 2, bidirectional: true}

    projection: length of what each step gives, less than `units`; as long, unless given
    """

    projection: OptionalPositive = None
    gates = 4
    through = 1
    keeps = 4 + 1 + 2  # gates, tanh(c), c before the step, and h, that before it or o tanh(c)
    cost = Ops(additions=4 + 3 + 1, multiplications=3, divisions=3, exponentials=3 + 2)
    module = "Lstm"

    @property
    def given(self) -> int:
        return self.projection or self.units

    @property
    def cells(self) -> int:
        return self.units

    def matrices(self, *inputs: Shape) -> tuple[Matrices, ...]:
        """Without a projection a kernel of its own makes them."""
        found = super().matrices(*inputs)
        return found if self.projection else tuple(each._replace(side=0, rows=0) for each in found)

    def check(self) -> Iterator[Problem]:
        yield from super().check()
        if self.projection and self.projection >= self.units:
            fact = f"a projection to {self.projection} is no shorter than {self.units} units"
            yield Problem("projection", fact, "leave it out")

    def torch(self, *inputs: Shape) -> TorchModule:
        form = super().torch(*inputs)
        if self.projection is None:
            return form
        arguments = {**form.arguments, "proj_size": self.projection}
        return form._replace(name="ProjectedLstm", arguments=arguments)


class Gru(Recurrent, kind="gru"):
    """h' = (1 - z) n + z h (Cho 2014), the gates r and z sigmoids of V x + b + W h + c, and
    n = tanh(V x + b + r (W h + c)). MACs are those of V x and W h at each step; besides, for each
    unit 7 additions, 3 multiplications, 2 divisions, 3 exponentials and 6 biases.

        - gru: 128
    """

    gates = 3
    through = 1
    keeps = 3 + 1 + 2 + 1  # gates, n, what r and z multiply, h before the step
    cost = Ops(additions=3 + 2 + 2, multiplications=3, divisions=2, exponentials=2 + 1)
    module = "Gru"
