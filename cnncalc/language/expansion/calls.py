"""What items call: layers, blocks, groups, joins, and the weights of earlier items."""

from __future__ import annotations

from collections.abc import Callable

from cnncalc.budget import NAMES
from cnncalc.diagnostics import Note
from cnncalc.language.expansion.assembly import Assembly, TooLargeError
from cnncalc.language.expansion.bind import Binder
from cnncalc.language.expansion.frame import UNKNOWN, Frame, Record, Run, Tensor
from cnncalc.language.expansion.references import References
from cnncalc.language.expansion.sharing import Originals
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

RunItems = Callable[[tuple[Item, ...], Frame], Tensor | None]
RunAgain = Callable[[Item, Frame, str], None]


class Calls:
    """Calls of one network.

    run_items: runs a list; run_again: runs an item once more, under another path
    """

    def __init__(
        self,
        network: Network,
        arguments: Names,
        assembly: Assembly,
        references: References,
        run_items: RunItems,
        run_again: RunAgain,
    ) -> None:
        self.network = network
        self.arguments = arguments
        self.assembly = assembly
        self.references = references
        self.run_items = run_items
        self.run_again = run_again
        self.binder = Binder()

    def call(self, run: Run, scope: Scope) -> Tensor | None:
        """What an item makes of what it reads."""
        call = run.item.call
        if isinstance(call, LayerCall):
            return self.layer(call, run, scope)
        if isinstance(call, JoinCall):
            return self.join(call, run, scope)
        if isinstance(call, Share):
            return self.share(call, run, scope)
        if isinstance(call, BlockCall):
            return self.block(call, run, scope)
        if isinstance(call, GroupCall):
            first = len(self.assembly.layers)
            output = self.run_items(call.items, run.frame.inside(run))
            self.assembly.group(run.path, run.item.kind, 1, first)
            return output
        run.frame.unsure |= isinstance(call, Broken) and call.names
        return UNKNOWN

    def layer(self, call: LayerCall, run: Run, scope: Scope) -> Tensor:
        """A layer of its own."""
        fields = _given(call.fields, run)
        layer = self.binder.bind(call.layer, fields, run.item.span, scope)
        return self.assembly.add(layer, (self.read(run),), run, run.path)

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
        output = self.run_items(block.items, frame)
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
        item, frame = run.item, run.frame
        grouped = bool(item.name or item.repeat or item.rows)
        around = frame.inside(run) if grouped else frame
        first = len(self.assembly.layers)
        tensors = [self.branch(branch, run, around, scope) for branch in call.branches]
        found = tuple(tensor for tensor in tensors if tensor is not None)
        if not found:
            self.assembly.error("CNN303", run, f"`{item.kind}` has no branch left", "leave one in")
            return UNKNOWN
        if len(found) == 1:
            return found[0]
        path = around.path + around.segment(item.kind) if grouped else run.path
        output = self.assembly.add(call.layer(), found, run, path)
        if grouped:
            self.assembly.group(run.path, item.kind, 1, first)
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
        output = self.run_items(branch.body, frame)
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
        originals = Originals(theirs, self.assembly.diagnostics)
        self.assembly.originals = originals
        self.run_again(item, frame, run.path)
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
