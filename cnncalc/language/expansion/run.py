"""The run of a network's items, one after another, and of what each calls: one recursion."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import partial

from cnncalc.budget import NAMES
from cnncalc.diagnostics import Diagnostics, Note, Span, short
from cnncalc.language.expansion.again import CopiedRun, RunAgain
from cnncalc.language.expansion.assembly import LETTERS_A_STEP, Assembly, TooLargeError
from cnncalc.language.expansion.bind import Binder
from cnncalc.language.expansion.frame import NOTHING, UNKNOWN, Frame, Lender, Outcome, Run, Tensor
from cnncalc.language.expansion.references import References, given
from cnncalc.language.expansion.repeats import Repeats, Turn, called
from cnncalc.language.expansion.size import DEEPEST, Sizes
from cnncalc.language.text.tree import Node, Scalar
from cnncalc.language.values.mentions import mentions
from cnncalc.language.values.scope import QUIET, InvalidValueError, Names, Scope
from cnncalc.language.values.values import Value, Word, are_layers
from cnncalc.language.written.syntax import (
    Block,
    BlockCall,
    Branch,
    Broken,
    Fields,
    GroupCall,
    Item,
    JoinCall,
    LayerCall,
    Network,
    Output,
    Share,
)
from cnncalc.layers.base import Layer
from cnncalc.network.copied import Copied

A_RUN = 32
"""Steps that the run of an item takes which is no layer: it calls others, or is left out."""


class Runner:
    """Runs the items of a network; what they make is in its `assembly`."""

    def __init__(
        self, network: Network, arguments: Names, sizes: Sizes, diagnostics: Diagnostics
    ) -> None:
        self.network = network
        self.arguments = arguments
        self.diagnostics = diagnostics
        self.assembly = Assembly(diagnostics, network.strict_fit)
        self.references = References(network.inputs, self.assembly, diagnostics)
        self.repeats = Repeats(sizes, self.assembly, diagnostics)
        self.binder = Binder(self.references)
        self.changing: dict[int, bool] = {}

    # -- lists and items --------------------------------------------------------------------

    def run(self, items: tuple[Item, ...], frame: Frame) -> Tensor | None:
        """Run a list of items; its output is the last one's, or what came in."""
        if items:
            self.refuse_depth(frame, items[0].span)
        frame.later.update(name for item in items for name in called(item))
        frame.taken.update(frame.later)
        for item in items:
            self.item(item, frame)
        return frame.current

    def refuse_depth(self, frame: Frame, at: Span) -> None:
        """Raises TooLargeError, reported, where a list stands too deep."""
        if frame.depth > DEEPEST:
            message = f"blocks and groups stand more than {DEEPEST} deep in each other"
            self.diagnostics.error("CNN508", at, message, notes=reversed(frame.calls))
            raise TooLargeError

    def item(self, item: Item, frame: Frame) -> None:
        """Run one item, and remember it by its name; once per row, where a column has the names."""
        for one, row in self.repeats.named(item, frame):
            name = one.name.text if one.name else None
            frame.later.discard(name or "")
            if one.name and self.is_taken(one.name, frame):
                continue
            names = self.repeats.names(item, row, frame)
            path = frame.path + (name or frame.segment(one.kind))
            first = len(self.assembly.layers)
            runs = self.turns(one, frame, names, path)
            if name and runs:
                ran = Lender(one, names, first, len(self.assembly.layers))
                frame.records[name] = _collected(runs)._replace(lender=ran)
            elif name:
                frame.absent.add(name)

    def turns(self, item: Item, frame: Frame, names: Names, path: str) -> Sequence[Outcome]:
        """Run an item row by row and repeat by repeat; what each of its runs gives, of one without
        a name only the last."""
        runs: Copied[Outcome] = Copied()
        before = NOTHING
        for turn in self.repeats.turns(item, frame, names, path):
            if isinstance(turn, RunAgain):
                if item.name:
                    runs.copy(1, turn.times, partial(_given_again, turn.run))
            elif self.turn(turn, frame, before):
                before = frame.outputs
                if item.name is None:
                    runs = Copied()
                runs.append(Outcome(frame.current, before))
        return runs

    def is_taken(self, name: Scalar, frame: Frame) -> bool:
        """Whether an earlier item of the list has that name, which is reported."""
        if name.text not in frame.records:
            return False
        before = frame.records[name.text].lender
        notes = []
        if before and before.item.name:
            notes = [Note("first given here", before.item.name.span)]
        message = f"the name `{name.text}` is taken"
        self.diagnostics.error("CNN302", name.span, message, "give another name", notes)
        return True

    def turn(self, turn: Turn | None, frame: Frame, before: Names) -> bool:
        """One turn of an item; whether its condition let it run. `before`: what the turn before it
        gave by name."""
        if turn is None:
            frame.current = UNKNOWN
            return True
        item, names, path, own, repetition = turn
        reads = frame.current
        try:
            if item.source and (repetition == 0 or mentions(item.source, "i")):
                scope = frame.scope(names, reads, self.diagnostics)
                reads = self.references.one(item.source, frame, scope)
            scope = frame.scope(names, reads, self.diagnostics)
            if item.when and not scope.condition(item.when, "when"):
                scope.spend(A_RUN, item.span)
                return False
            frozen = frame.frozen or (
                item.freeze is not None and scope.condition(item.freeze, "freeze")
            )
            frame.outputs = NOTHING
            run = Run(item, frame, path, names, reads, frozen, own, before)
            output = self.call(run, scope)
        except QUIET:
            output = UNKNOWN
        frame.previous, frame.current = reads, output
        return True

    # -- calls ------------------------------------------------------------------------------

    def call(self, run: Run, scope: Scope) -> Tensor | None:
        """What an item makes of what it reads."""
        call = run.item.call
        if isinstance(call, LayerCall):
            return self.layer(call, run, scope)
        scope.spend(A_RUN + len(run.path) // LETTERS_A_STEP, run.item.span)
        if isinstance(call, JoinCall):
            return self.join(call, run, scope)
        if isinstance(call, Share):
            return self.share(call, run, scope)
        if isinstance(call, BlockCall):
            return self.block(call, run, scope)
        if isinstance(call, GroupCall):
            first = len(self.assembly.layers)
            frame = run.frame.inside(run)
            output = self.run(call.items, frame)
            outputs = self.given(call.outputs, frame, run, scope)
            self.assembly.group(run.path, run.item.kind, 1, first, {}, outputs)
            return output
        run.frame.unsure |= isinstance(call, Broken) and call.names
        return UNKNOWN

    def layer(self, call: LayerCall, run: Run, scope: Scope) -> Tensor:
        """A layer of its own."""
        fields = _given(call.fields, run)
        layer = self.binder.bind(call.layer, fields, run, scope)
        if call.branches:
            return self.told(layer, call, run, scope)
        besides = self.binder.besides(call.layer, fields, run, scope)
        return self.assembly.add(layer, (self.read(run), *besides), run, run.path)

    def told(self, layer: Layer, call: LayerCall, run: Run, scope: Scope) -> Tensor:
        """A layer of its own that is told what it reads: branches with layers of their own stand as
        those of a join do."""
        scope.spend(A_RUN, run.item.span)
        within = any(not isinstance(branch.body, Scalar) for branch in call.branches)
        around = self.around(run) if within else run.frame
        first = len(self.assembly.layers)
        all_of = {each.name: self.branch(each, run, around, scope, {}) for each in call.branches}
        found = {name: tensors for name, tensors in all_of.items() if tensors is not None}
        if any(len(tensors) != 1 for tensors in found.values()):
            self.assembly.error("CNN301", run, "one layer is wanted in a branch", "`all(NAME)[0]`")
            return UNKNOWN
        left = {name: tensor for name, (tensor,) in found.items()}
        read = self.reads(layer, left, run) if left else [self.read(run)]
        return self.joined(layer, tuple(read), run, around, first)

    def reads(self, layer: Layer, told: Mapping[str, Tensor], run: Run) -> list[Tensor]:
        """What a layer reads that is told some of it: what neither is told nor arrives is what
        stands before it, where others stand behind it."""
        read: list[Tensor] = []
        wanted = 0
        for name, arrives in layer.branches.items():
            if name in told:
                read.append(told[name])
            else:
                read.append(self.read(run) if arrives else read[-1])
            wanted = len(read) if arrives or name in told else wanted
        return read[:wanted]

    def read(self, run: Run) -> Tensor:
        """What an item reads. Raises InvalidValueError where several inputs leave it open."""
        if run.reads is not None:
            return run.reads
        message = f"this network has several inputs: which does `{run.item.kind}` read?"
        hint = f"`from: {next(iter(self.network.inputs))}`"
        self.assembly.error("CNN307", run, message, hint)
        raise InvalidValueError

    def outputs(self, outputs: tuple[Output, ...], frame: Frame) -> Names:
        """What a list that has run gives by name; what is left out is not there."""
        found: dict[str, Value | None] = {}
        for output in outputs:
            self.diagnostics.spend(A_RUN, output.name.span, frame.calls)
            try:
                value = self.output(output, frame)
            except QUIET:
                found[output.name.text] = None
            else:
                if value is not None:
                    found[output.name.text] = value
        return found

    def given(
        self, outputs: tuple[Output, ...], frame: Frame, run: Run, scope: Scope
    ) -> Mapping[str, object]:
        """The same, which is what the item gives that runs; what is meant by it."""
        run.frame.outputs = self.outputs(outputs, frame) if outputs else NOTHING
        return self.meant(run.frame.outputs, run, scope) if outputs else NOTHING

    def meant(self, values: Names, run: Run, scope: Scope) -> dict[str, object]:
        """What names stand for: values and layers."""
        lists = [len(value) for value in values.values() if are_layers(value)]
        scope.spend(sum(lists), run.item.span)
        return {name: _meant(value) for name, value in values.items()}

    def output(self, output: Output, frame: Frame) -> Word | tuple[Word, ...] | None:
        """A layer, a list of layers, or what further layers make; None where it is left out."""
        scope = frame.scope(frame.names, frame.current, self.diagnostics)
        if output.source is None:
            raise InvalidValueError
        if output.items:
            name, call = output.name, GroupCall(output.items)
            item = Item("output", name.span, call, name, output.source, when=output.when)
            self.item(item, frame)
            made = frame.records.get(name.text)
            return Word.at(name.text, name.span, made, frame.names) if made else None
        if output.name.text != output.source.text and self.is_taken(output.name, frame):
            raise InvalidValueError
        if output.when and not scope.condition(output.when, "when"):
            return None
        return self.references.find(output.source, frame, scope)

    def block(self, call: BlockCall, run: Run, scope: Scope) -> Tensor | None:
        """A block: its own names, and nothing of its caller's."""
        block = self.network.blocks.get(call.block)
        if block is None:
            return UNKNOWN  # its definition is at fault
        if call.block in run.frame.blocks:
            message = f"the block `{call.block}` calls itself"
            self.assembly.error("CNN507", run, message, "`repeat` runs a block several times")
            raise TooLargeError
        given = _given(call.arguments, run)
        scope.spend(len(block.args) + len(block.let), run.item.span)
        if len(self.arguments) > NAMES:
            scope.spend(len(self.arguments), run.item.span)
        carried = self.carried(block, given, run) if run.before else NOTHING
        own = {name: scope.known(node) for name, node in given.items() if name not in carried}
        names = {**self.arguments, **own, **carried}
        note = Note(f"in `{call.block}`, called here", run.item.span)
        frame = run.frame.of_block(call.block, note, names, run)
        self.complete(block, {*own, *carried}, names, scope.within(frame.calls, names, frame.reach))
        first = len(self.assembly.layers)
        output = self.run(block.items, frame)
        outputs = self.given(block.outputs, frame, run, scope)
        own = {name: names[name] for name in (*block.args, *block.let)}
        arguments = self.meant(own, run, scope)
        self.assembly.group(run.path, run.item.kind, 1, first, arguments, outputs)
        return output

    def carried(self, block: Block, given: Fields, run: Run) -> Names:
        """Arguments of a repeated block that are called as its outputs: each run takes what the run
        before it gave, unless the call says it for each."""
        first = run.item.first or {}
        changing = ("i", *run.item.each)
        return {
            name: value
            for name, value in run.before.items()
            if name in block.args
            and not (name in first or name in run.own)
            and not (name in given and self.says(given[name], changing))
        }

    def says(self, node: Node, names: tuple[str, ...]) -> bool:
        """Whether a value uses one of some names, which are always the same; found once."""
        if id(node) not in self.changing:
            self.changing[id(node)] = mentions(node, names)
        return self.changing[id(node)]

    def complete(
        self, block: Block, given: Collection[str], names: dict[str, Value | None], scope: Scope
    ) -> None:
        """Add the defaults of what is not given, then what `let` derives, to a block's `names`."""
        for name, (_, default) in block.args.items():
            if name not in given:
                names[name] = scope.known(default)
        for name, node in block.let.items():
            names[name] = scope.known(node)

    # -- joins ------------------------------------------------------------------------------

    def join(self, call: JoinCall, run: Run, scope: Scope) -> Tensor:
        """Every branch, then the layer that joins them; one branch left is that branch.

        A join with a name of its own is a group; else its branches stand in the list around it.
        """
        around = self.around(run)
        first = len(self.assembly.layers)
        found = self.branches(call, run, around, scope)
        if not found:
            kind = run.item.kind
            self.assembly.error("CNN303", run, f"`{kind}` has no branch left", "leave one in")
            return UNKNOWN
        if len(found) == 1:
            return found[0]
        return self.joined(call.layer(), found, run, around, first)

    def around(self, run: Run) -> Frame:
        """Where the branches of an item stand: in a list of its own where it has a name, runs
        several times, or has rows."""
        own = run.item.name or run.item.repeat or run.item.rows
        return run.frame.inside(run) if own else run.frame

    def joined(
        self, layer: Layer, read: tuple[Tensor, ...], run: Run, around: Frame, first: int
    ) -> Tensor:
        """The layer behind its branches, which begin at node `first`."""
        if around is run.frame:
            return self.assembly.add(layer, read, run, run.path)
        path = around.path + around.segment(run.item.kind)
        output = self.assembly.add(layer, read, run, path)
        self.assembly.group(run.path, run.item.kind, 1, first)
        return output

    def branches(self, call: JoinCall, run: Run, around: Frame, scope: Scope) -> tuple[Tensor, ...]:
        """What a join joins."""
        found: list[Tensor] = []
        siblings: dict[str, Frame] = {}
        if isinstance(call.branches, Scalar):
            return self.listed(call.branches, run, scope)
        for branch in call.branches:
            found.extend(self.branch(branch, run, around, scope, siblings) or ())
        siblings.clear()  # a list that knows itself would be kept
        return tuple(found)

    def listed(self, name: Scalar, run: Run, scope: Scope) -> tuple[Tensor, ...]:
        """The layers of a list that is joined: `add: all(skips)`."""
        text = name.text
        word = text not in run.names and text.isidentifier()
        found = None if word else self.references.find(name, run.frame, scope)
        if isinstance(found, tuple):
            return tuple(map(given, found))
        message = f"`{run.item.kind}` joins branches, got `{short(text)}`"
        hint = f"`{run.item.kind}: {{left: [...], right: [...]}}`"
        self.diagnostics.error("CNN303", name.span, message, hint, reversed(run.frame.calls))
        raise InvalidValueError

    def branch(
        self,
        branch: Branch,
        run: Run,
        around: Frame,
        scope: Scope,
        siblings: dict[str, Frame],
    ) -> tuple[Tensor, ...] | None:
        """One branch's output, or those that it names; None where its condition leaves it out.
        `siblings`: the lists of the branches before it."""
        try:
            if branch.when is not None and not scope.condition(branch.when, "when"):
                return None
            if isinstance(branch.body, Scalar):
                return self.references.several(branch.body, run.frame, scope)
        except QUIET:
            return (UNKNOWN,)
        first = len(self.assembly.layers)
        path = around.path + around.segment(branch.name)
        frame = run.frame.inside(run._replace(path=path))
        frame.siblings = siblings
        output = self.run(branch.body, frame)
        if frame.records:
            siblings[branch.name] = frame
        self.assembly.group(path, "branch", 1, first)
        return (self.read(run) if output is None else output,)

    # -- shared weights ---------------------------------------------------------------------

    def share(self, call: Share, run: Run, scope: Scope) -> Tensor | None:
        """An item that uses the weights of an earlier one: that item again, or one like it."""
        given = self.lender(call.name, run, scope)
        if given is None or given.output is UNKNOWN or given.lender is None:
            return UNKNOWN
        record = given.lender
        again = record.item._replace(source=None, span=run.item.span)
        if call.call:
            again = Item(run.item.kind, run.item.span, call.call, call.name)
            record = record._replace(names=run.names, frame=run.frame)
        frame = run.frame.again(record, run)
        scope.spend((record.last - record.first) // NAMES, run.item.span)
        if not isinstance(again.call, LayerCall):
            note = Note(f"the weights of `{call.name.text}` are shared here", run.item.span)
            frame.calls = (*frame.calls, note)
        self.share_nodes(again, record, frame, run)
        run.frame.outputs = frame.outputs
        return frame.current

    def lender(self, name: Scalar, run: Run, scope: Scope) -> Outcome | None:
        """The item that lends its weights; None, reported, where there is none of that name."""
        value = run.names.get(name.text)
        found = value.layer if isinstance(value, Word) else None
        found = found or run.frame.reach(name.text) or run.frame.beside(name.text)
        if found is None and "." in name.text:
            word = self.references.find(name, run.frame, scope)
            found = word.layer if isinstance(word, Word) else None
        if isinstance(found, Outcome) and (found.lender or found.output is UNKNOWN):
            return found
        if isinstance(found, Outcome):
            message = f"`{name.text}` is no item, which could run again"
            self.assembly.error("CNN308", run, message, "`share: NAME`, of an earlier item")
            return None
        run.frame.taken.discard(run.path.removeprefix(run.frame.path))  # by this very item
        self.references.missing(name, run.frame)
        return None

    def share_nodes(self, item: Item, record: Lender, frame: Frame, run: Run) -> None:
        """Run `item`, its nodes using the weights of those of `record` in turn."""
        from cnncalc.language.expansion.sharing import Originals  # few networks share

        before, first = self.assembly.originals, len(self.assembly.layers)
        theirs = self.assembly.layers[record.first : record.last]
        originals = Originals(theirs, self.assembly.diagnostics, before)
        self.assembly.originals = originals
        self.refuse_depth(frame, item.span)
        self.turns(item, frame, frame.names, run.path)
        self.assembly.originals = before
        if frame.current is not UNKNOWN:
            originals.end(run)
        if before:
            before.skip(len(self.assembly.layers) - first)


def _meant(value: Value | None) -> object:
    """What an argument stands for: a value, or the layer or the layers that are named."""
    if are_layers(value):
        return tuple(map(given, value))
    return given(value) if isinstance(value, Word) and value.layer else value


def _given_again(run: CopiedRun, number: int) -> Outcome:
    """What a copy of a run gives."""
    return Outcome(run.output(number + 1))


def _collected(runs: Sequence[Outcome]) -> Outcome:
    """What an item gives after its last run, with what each run gave: a first one that is empty
    gives nothing where several inputs arrive."""
    last = runs[-1]
    if len(runs) == 1:
        return last
    outputs = {each: _each(each, value, runs) for each, value in last.outputs.items()}
    empty = next((place for place, run in enumerate(runs) if run.output), len(runs))
    return Outcome(last.output, outputs, runs[empty:])


def _each(name: str, value: Value | None, runs: Sequence[Outcome]) -> Value | None:
    """What the last run gives by a name, with what each run gave by it."""
    if not isinstance(value, Word) or not isinstance(value.layer, Outcome):
        return value
    words = [run.outputs.get(name) for run in runs]
    each = [w.layer for w in words if isinstance(w, Word) and isinstance(w.layer, Outcome)]
    given = value.layer._replace(each=tuple(each))
    return Word.at(value, value.span, given, value.names)


def _given(fields: Fields, run: Run) -> Fields:
    """What a call gives, with what this run has alone."""
    return {**fields, **run.own} if run.own else fields
