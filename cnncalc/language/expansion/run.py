"""The run of a network's items, one after another, and of what each calls: one recursion."""

from __future__ import annotations

from cnncalc.budget import NAMES
from cnncalc.diagnostics import Diagnostics, Note, Span
from cnncalc.language.expansion.assembly import LETTERS_A_STEP, Assembly, TooLargeError
from cnncalc.language.expansion.bind import Binder
from cnncalc.language.expansion.frame import UNKNOWN, Frame, Record, Run, Tensor
from cnncalc.language.expansion.references import References
from cnncalc.language.expansion.repeats import Repeats, Turn, called
from cnncalc.language.expansion.sharing import Originals
from cnncalc.language.expansion.size import Sizes
from cnncalc.language.text.tree import Scalar
from cnncalc.language.values.scope import QUIET, InvalidValueError, Names, Scope
from cnncalc.language.values.values import Value, Word
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
    Share,
)
from cnncalc.layers.base import Layer

DEEPEST = 48
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
            if name and self.is_taken(name, one, frame):
                continue
            names = self.repeats.names(item, row, frame)
            path = frame.path + (name or frame.segment(one.kind))
            first = len(self.assembly.layers)
            ran = self.turns(one, frame, names, path)
            if name:
                self.remember(name, one, frame, names, first, ran)

    def turns(self, item: Item, frame: Frame, names: Names, path: str) -> bool:
        """Run an item row by row and repeat by repeat; whether it ran at all."""
        ran = False
        for turn in self.repeats.turns(item, frame, names, path):
            ran |= self.turn(turn, frame)
        return ran

    def is_taken(self, name: str, item: Item, frame: Frame) -> bool:
        """Whether an earlier item of the list has that name, which is reported."""
        if name not in frame.records:
            return False
        before = frame.records[name].item
        notes = [Note("first given here", before.name.span)] if before and before.name else []
        span = item.name.span if item.name else item.span
        message = f"the name `{name}` is taken"
        self.diagnostics.error("CNN302", span, message, "give another name", notes)
        return True

    def remember(
        self, name: str, item: Item, frame: Frame, names: Names, first: int, ran: bool
    ) -> None:
        """Make an item's output known by its name."""
        if ran:
            last = len(self.assembly.layers)
            frame.records[name] = Record(item, names, frame.current, first, last)
        else:
            frame.absent.add(name)

    def turn(self, turn: Turn | None, frame: Frame) -> bool:
        """One turn of an item; whether its condition let it run."""
        if turn is None:
            frame.current = UNKNOWN
            return True
        item, names, path, repetition = turn
        reads = frame.current
        try:
            if item.source and repetition == 0:
                reads = self.references.find(item.source, frame, names)
            scope = frame.scope(names, reads, self.diagnostics)
            if item.when and not scope.condition(item.when, "when"):
                scope.spend(A_RUN, item.span)
                return False
            frozen = frame.frozen or (
                item.freeze is not None and scope.condition(item.freeze, "freeze")
            )
            output = self.call(Run(item, frame, path, names, reads, frozen, repetition), scope)
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
            output = self.run(call.items, run.frame.inside(run))
            self.assembly.group(run.path, run.item.kind, 1, first)
            return output
        run.frame.unsure |= isinstance(call, Broken) and call.names
        return UNKNOWN

    def layer(self, call: LayerCall, run: Run, scope: Scope) -> Tensor:
        """A layer of its own."""
        fields = _given(call.fields, run)
        layer = self.binder.bind(call.layer, fields, run, scope)
        if call.branches:
            return self.told(layer, call, run, scope)
        besides = self.binder.besides(call.layer, fields, run)
        return self.assembly.add(layer, (self.read(run), *besides), run, run.path)

    def told(self, layer: Layer, call: LayerCall, run: Run, scope: Scope) -> Tensor:
        """A layer of its own that is told what it reads: branches with layers of their own stand as
        those of a join do."""
        scope.spend(A_RUN, run.item.span)
        within = any(not isinstance(branch.body, Scalar) for branch in call.branches)
        around = self.around(run) if within else run.frame
        first = len(self.assembly.layers)
        found = {each.name: self.branch(each, run, around, scope) for each in call.branches}
        left = {name: tensor for name, tensor in found.items() if tensor is not None}
        names = [name for name, arrives in layer.branches.items() if arrives or name in left]
        read = [left[name] if name in left else self.read(run) for name in names]
        return self.joined(layer, tuple(read) if left else (self.read(run),), run, around, first)

    def read(self, run: Run) -> Tensor:
        """What an item reads. Raises InvalidValueError where several inputs leave it open."""
        if run.reads is not None:
            return run.reads
        message = f"this network has several inputs: which does `{run.item.kind}` read?"
        hint = f"`from: {next(iter(self.network.inputs))}`"
        self.assembly.error("CNN307", run, message, hint)
        raise InvalidValueError

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
        names = {**self.arguments, **{name: scope.known(node) for name, node in given.items()}}
        note = Note(f"in `{call.block}`, called here", run.item.span)
        frame = run.frame.of_block(call.block, note, names, run)
        self.complete(block, given, names, scope.within(frame.calls, names, frame.reach))
        first = len(self.assembly.layers)
        output = self.run(block.items, frame)
        arguments = {name: _meant(names[name]) for name in (*block.args, *block.let)}
        self.assembly.group(run.path, run.item.kind, 1, first, arguments)
        return output

    def complete(
        self, block: Block, given: Fields, names: dict[str, Value | None], scope: Scope
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
        tensors = [self.branch(branch, run, around, scope) for branch in call.branches]
        found = tuple(tensor for tensor in tensors if tensor is not None)
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

    def branch(self, branch: Branch, run: Run, around: Frame, scope: Scope) -> Tensor | None:
        """One branch's output; None where its condition leaves it out."""
        try:
            if branch.when is not None and not scope.condition(branch.when, "when"):
                return None
            if isinstance(branch.body, Scalar):
                return self.references.find(branch.body, run.frame, run.names)
        except QUIET:
            return UNKNOWN
        first = len(self.assembly.layers)
        path = around.path + around.segment(branch.name)
        frame = run.frame.inside(run._replace(path=path))
        output = self.run(branch.body, frame)
        self.assembly.group(path, "branch", 1, first)
        return self.read(run) if output is None else output

    # -- shared weights ---------------------------------------------------------------------

    def share(self, call: Share, run: Run, scope: Scope) -> Tensor | None:
        """An item that uses the weights of an earlier one: that item again, or one like it."""
        record = run.frame.record(call.name.text)
        if record is None or record.item is None:
            self.references.missing(call.name, run.frame)
            return UNKNOWN
        if record.output is UNKNOWN:
            return UNKNOWN
        again = record.item._replace(source=None, span=run.item.span)
        names = record.names
        if call.call:
            again = Item(run.item.kind, run.item.span, call.call, call.name)
            names = run.names
        frame = run.frame.inside(run._replace(names=names))
        scope.spend((record.last - record.first) // NAMES, run.item.span)
        if not isinstance(again.call, LayerCall):
            note = Note(f"the weights of `{call.name.text}` are shared here", run.item.span)
            frame.calls = (*frame.calls, note)
        self.share_nodes(again, record, frame, run)
        return frame.current

    def share_nodes(self, item: Item, record: Record, frame: Frame, run: Run) -> None:
        """Run `item`, its nodes using the weights of those of `record` in turn."""
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
    """What an argument stands for: a value, or the layer that a word names."""
    return value.layer if isinstance(value, Word) and value.layer is not None else value


def _given(fields: Fields, run: Run) -> Fields:
    """What a call gives, the first of its repeats with its own."""
    if run.item.first and run.repetition == 0:
        return {**fields, **run.item.first}
    return fields
