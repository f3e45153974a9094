"""Blocks, repeats and branches -> the graph. Shapes are inferred as nodes are added."""

from __future__ import annotations

from collections.abc import Mapping

from cnncalc.diagnostics import Diagnostics, Note, did_you_mean
from cnncalc.graph import Graph, Node
from cnncalc.spec import source as tree
from cnncalc.spec.assembly import MOST_LAYERS, Assembly, TooLargeError
from cnncalc.spec.bind import InvalidValueError, Scope
from cnncalc.spec.expressions import UnknownValueError, Value, Word
from cnncalc.spec.frame import UNKNOWN, Frame, Record, Run, Tensor
from cnncalc.spec.size import least_layers
from cnncalc.spec.source import Scalar
from cnncalc.spec.syntax import (
    BlockCall,
    Branch,
    GroupCall,
    Item,
    JoinCall,
    LayerCall,
    Network,
    Output,
    Share,
)

DEEPEST = 48

QUIET = (InvalidValueError, UnknownValueError)
"""Faults that are reported already: what follows from them stays quiet."""


def expand(network: Network, path: str, diagnostics: Diagnostics) -> Graph | None:
    """The graph of `network`; None where it has errors."""
    return Expander(network, diagnostics).graph(path)


class Expander:
    """Runs the items of a network.

    multiple: how often the innermost repeat runs, all those around it counted
    """

    def __init__(self, network: Network, diagnostics: Diagnostics) -> None:
        self.network = network
        self.diagnostics = diagnostics
        self.assembly = Assembly(diagnostics, network.strict_fit)
        self.arguments: dict[str, Value] = {}
        self.multiple = 1

    def graph(self, path: str) -> Graph | None:
        """The whole network; None where it has errors."""
        if not self.bind_arguments():
            return None
        inputs = self.inputs()
        frame = self.outermost(inputs)
        try:
            self.bound_size()
            output = self.run(self.network.items, frame)
            outputs = self.heads(frame)
        except TooLargeError:
            return None
        if self.diagnostics.failed or not isinstance(output, Node):
            return None
        layers, groups = tuple(self.assembly.layers), self.assembly.groups
        written = self.network
        return Graph(
            written.name, path, written.about, written.source,
            inputs, layers, output, outputs, groups, written.expect,
        )  # fmt: skip

    # -- the outside ------------------------------------------------------------------------

    def bind_arguments(self) -> bool:
        """Evaluate the network's own arguments; each may use those before it."""
        sound = True
        for name, node in self.network.args.items():
            scope = Scope(self.arguments, None, _nothing, (), self.diagnostics)
            if isinstance(node, Scalar) and node.empty:
                message = f"the network's argument `{name}` has no value"
                hint = f"give it a default, or `--set {name}=...`"
                self.diagnostics.error("CNN505", node.span, message, hint)
                sound = False
                continue
            try:
                self.arguments[name] = scope.value(node)
            except InvalidValueError:
                sound = False
        return sound

    def inputs(self) -> dict[str, Node]:
        """The network's inputs as nodes; one alone is called `input`."""
        found = {}
        scope = Scope(self.arguments, None, _nothing, (), self.diagnostics)
        for name, node in self.network.inputs.items():
            try:
                shape = scope.shape(node)
            except InvalidValueError:
                continue
            found[name or "input"] = Node(name or "input", None, (), shape, node.span)
        return found

    def outermost(self, inputs: Mapping[str, Node]) -> Frame:
        """The frame of the network's own list."""
        only: Tensor | None = None
        if len(self.network.inputs) == 1:
            only = next(iter(inputs.values()), UNKNOWN)
        frame = Frame("", self.arguments, only, only)
        for name in filter(None, self.network.inputs):
            frame.records[name] = Record(None, {}, inputs.get(name, UNKNOWN), 0, 0)
        return frame

    def bound_size(self) -> None:
        """Refuse what would expand beyond bounds before it does. Raises TooLargeError."""
        least = least_layers(self.network)
        if least > MOST_LAYERS:
            message = f"the network has {least:,} layers; {MOST_LAYERS:,} at most"
            self.diagnostics.error("CNN508", self.network.span, message)
            raise TooLargeError

    def heads(self, frame: Frame) -> dict[str, Node]:
        """The further outputs."""
        found = {}
        for output in self.network.outputs:
            head = self.head(output, frame)
            if isinstance(head, Node):
                found[output.name.text] = head
        return found

    def head(self, output: Output, frame: Frame) -> Tensor | None:
        """One further output: a named group beside the last layer."""
        name = output.name.text
        if output.source is None:
            return UNKNOWN
        call = GroupCall(output.items)
        item = Item("output", output.name.span, call, output.name, output.source, when=output.when)
        self.item(item, frame)
        record = frame.records.get(name)
        return record.output if record else None

    # -- lists and items --------------------------------------------------------------------

    def run(self, items: tuple[Item, ...], frame: Frame) -> Tensor | None:
        """Run a list of items; its output is the last one's, or what came in."""
        if frame.depth > DEEPEST:
            span = items[0].span if items else self.network.span
            message = f"blocks and groups stand more than {DEEPEST} deep in each other"
            self.diagnostics.error("CNN508", span, message, notes=reversed(frame.calls))
            raise TooLargeError
        frame.taken.update(item.name.text for item in items if item.name)
        for item in items:
            self.item(item, frame)
        return frame.current

    def item(self, item: Item, frame: Frame) -> None:
        """Run one item, row by row and repeat by repeat."""
        if item.rows:
            self.rows(item, frame)
        else:
            self.named(item, frame, frame.names, item.name.text if item.name else None)

    def rows(self, item: Item, frame: Frame) -> None:
        """An item once per row, with the row's names bound; a column may name it."""
        by_row = item.name is not None and item.name.text in item.each
        base = None if by_row else frame.path + self.segment(item, frame)
        first = len(self.assembly.layers)
        outer = self.enter(len(item.rows), item)
        for number, row in enumerate(item.rows):
            try:
                names = self.row(item, row, frame)
            except QUIET:
                frame.current = UNKNOWN
                continue
            if by_row and item.name:
                self.named(item, frame, names, str(names[item.name.text]))
            else:
                self.repeated(item, frame, names, f"{base}.{number}")
        self.multiple = outer
        if base:
            self.assembly.group(base, item.kind, len(item.rows), first)
            if item.name:
                self.remember(item, frame, item.name.text, frame.names, first)

    def row(self, item: Item, row: tuple[tree.Node, ...], frame: Frame) -> dict[str, Value]:
        """The names in sight, a row's among them."""
        scope = self.scope(frame, frame.names, frame.current)
        bound = {name: scope.value(node) for name, node in zip(item.each, row, strict=True)}
        return {**frame.names, **bound}

    def named(self, item: Item, frame: Frame, names: Mapping[str, Value], name: str | None) -> None:
        """Run an item and remember it by its name."""
        if name and name in frame.records:
            self.name_taken(item, name, frame)
            return
        first = len(self.assembly.layers)
        path = frame.path + (name or frame.segment(item.kind))
        if self.repeated(item, frame, names, path) and name:
            self.remember(item, frame, name, names, first)

    def segment(self, item: Item, frame: Frame) -> str:
        """The part of the path that is an item's own."""
        return item.name.text if item.name else frame.segment(item.kind)

    def remember(
        self, item: Item, frame: Frame, name: str, names: Mapping[str, Value], first: int
    ) -> None:
        """Make an item's output known by its name."""
        last = len(self.assembly.layers)
        frame.records[name] = Record(item, names, frame.current, first, last)

    def name_taken(self, item: Item, name: str, frame: Frame) -> None:
        """Two layers of one list may not have one name."""
        before = frame.records[name].item
        notes = [Note("first given here", before.name.span)] if before and before.name else []
        span = item.name.span if item.name else item.span
        message = f"the name `{name}` is taken"
        self.diagnostics.error("CNN302", span, message, "give another name", notes)

    def repeated(self, item: Item, frame: Frame, names: Mapping[str, Value], path: str) -> bool:
        """Run an item as often as it repeats; whether it ran at all."""
        if item.repeat is None:
            return self.once(item, frame, names, path, 0)
        try:
            count = self.scope(frame, names, frame.current).whole(item.repeat, "repeat")
        except QUIET:
            frame.current = UNKNOWN
            return True
        first = len(self.assembly.layers)
        outer = self.enter(count, item)
        ran = False
        for index in range(count):
            ran |= self.once(item, frame, {**names, "i": index}, f"{path}.{index}", index)
            if frame.current is UNKNOWN:
                break
        self.multiple = outer
        self.assembly.group(path, item.kind, count, first)
        return ran

    def enter(self, count: int, item: Item) -> int:
        """Go into a repeat of `count`; what to restore after it. Raises TooLargeError."""
        outer = self.multiple
        self.multiple = outer * max(count, 1)
        if self.multiple > MOST_LAYERS:
            at = item.repeat or item.rows[0][0]
            message = f"repeats multiply to {self.multiple:,} layers; {MOST_LAYERS:,} at most"
            self.diagnostics.error("CNN508", at.span, message)
            raise TooLargeError
        return outer

    def once(
        self, item: Item, frame: Frame, names: Mapping[str, Value], path: str, index: int
    ) -> bool:
        """One run of an item; whether its condition let it run."""
        try:
            reads = frame.current
            if item.source and index == 0:
                reads = self.layer_named(item.source, frame, names)
            scope = self.scope(frame, names, reads)
            if item.when and not scope.condition(item.when):
                return False
            frozen = frame.frozen or (item.freeze is not None and scope.condition(item.freeze))
            output = self.call(Run(item, frame, path, names, reads, frozen, index), scope)
        except QUIET:
            output = UNKNOWN
        frame.previous, frame.current = frame.current, output
        return True

    # -- references -------------------------------------------------------------------------

    def layer_named(self, name: Scalar, frame: Frame, names: Mapping[str, Value]) -> Tensor:
        """The layer that `name` refers to. Raises InvalidValueError."""
        if (found := frame.reach(name.text)) is not None:
            return found
        value = names.get(name.text)
        if isinstance(value, Word):
            if isinstance(value.layer, Tensor):
                return value.layer
            name = Scalar(value, value.span or name.span)
        self.no_layer(name, frame)
        raise InvalidValueError

    def no_layer(self, name: Scalar, frame: Frame) -> None:
        """Say which names there are."""
        known = [word for around in frame.outwards() for word in around.records]
        hint = did_you_mean(name.text, [*known, "input", "previous"])
        if len(self.network.inputs) > 1 and name.text in ("input", "previous"):
            hint = f"the inputs are {', '.join(self.network.inputs)}"
        if name.text == "identity":
            hint = "`[identity]` passes on what arrives"
        hint = hint or "a layer is known by its `name`, in its own list and those within"
        message = f"there is no earlier layer named `{name.text}`"
        self.diagnostics.error("CNN301", name.span, message, hint, reversed(frame.calls))

    def scope(self, frame: Frame, names: Mapping[str, Value], reads: Tensor | None) -> Scope:
        """What expressions see."""
        return Scope(names, reads, frame.reach, frame.calls, self.diagnostics)

    # -- calls ------------------------------------------------------------------------------

    def call(self, run: Run, scope: Scope) -> Tensor | None:
        """What an item makes of what it reads."""
        call = run.item.call
        if isinstance(call, LayerCall):
            return self.layer(call, run, scope)
        if isinstance(call, JoinCall):
            return self.join(call, run, scope)
        first = len(self.assembly.layers)
        if isinstance(call, BlockCall):
            output = self.block(call, run, scope)
        elif isinstance(call, GroupCall):
            output = self.run(call.items, run.frame.inside(run))
        elif isinstance(call, Share):
            output = self.share(call, run)
        else:
            return UNKNOWN
        if not isinstance(call, Share):
            self.assembly.group(run.path, run.item.kind, 1, first)
        return output

    def layer(self, call: LayerCall, run: Run, scope: Scope) -> Tensor:
        """A layer of its own."""
        fields = call.fields
        if run.repetition == 0 and run.item.first:
            fields = {**fields, **run.item.first}
        layer = scope.bind(call.layer, fields, run.item.span)
        return self.assembly.add(layer, (self.read(run),), run, run.path)

    def read(self, run: Run) -> Tensor:
        """What an item reads. Raises InvalidValueError where several inputs leave it open."""
        if run.reads is not None:
            return run.reads
        message = f"this network has several inputs: which does `{run.item.kind}` read?"
        hint = f"`from: {next(iter(self.network.inputs))}`"
        self.diagnostics.error("CNN307", run.item.span, message, hint)
        raise InvalidValueError

    def block(self, call: BlockCall, run: Run, scope: Scope) -> Tensor | None:
        """A block: its own names, and nothing of its caller's."""
        block = self.network.blocks.get(call.block)
        if block is None:
            return UNKNOWN  # its definition is at fault
        if call.block in run.frame.blocks:
            message = f"the block `{call.block}` calls itself"
            notes = reversed(run.frame.calls)
            self.diagnostics.error("CNN507", run.item.span, message, "use `repeat`", notes)
            raise TooLargeError
        given = call.arguments
        if run.repetition == 0 and run.item.first:
            given = {**given, **run.item.first}
        names = dict(self.arguments)
        note = Note(f"in `{call.block}`, called here", run.item.span)
        frame = run.frame.of_block(call.block, note, names, run)
        inner = self.scope(frame, names, run.reads)
        sound = True
        for name, (_, default) in block.args.items():
            try:
                names[name] = scope.value(given[name]) if name in given else inner.value(default)
            except QUIET:
                sound = False
        if not sound:
            return UNKNOWN
        for name, node in block.let.items():
            names[name] = inner.value(node)
        return self.run(block.items, frame)

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
            message = f"`{item.kind}` has no branch left"
            notes = reversed(frame.calls)
            self.diagnostics.error("CNN303", item.span, message, "leave one in", notes)
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
        if branch.when is not None and not scope.condition(branch.when):
            return None
        if isinstance(branch.body, Scalar):
            return self.layer_named(branch.body, run.frame, run.names)
        first = len(self.assembly.layers)
        path = around.path + around.segment(branch.name)
        frame = run.frame.inside(run._replace(path=path))
        output = self.run(branch.body, frame)
        self.assembly.group(path, "branch", 1, first)
        return self.read(run) if output is None else output

    def share(self, call: Share, run: Run) -> Tensor | None:
        """An item that uses the weights of an earlier one: that item again, or one like it."""
        record = run.frame.record(call.name.text)
        if record is None or record.item is None:
            self.no_layer(call.name, run.frame)
            return UNKNOWN
        again = record.item if call.call is None else run.item._replace(call=call.call)
        names = record.names if call.call is None else run.names
        body = Item(again.kind, run.item.span, again.call, repeat=again.repeat, first=again.first)
        frame = run.frame.inside(run)
        originals = iter(self.assembly.layers[record.first : record.last])
        outer, self.assembly.originals = self.assembly.originals, originals
        self.repeated(body, frame, names, run.path)
        self.assembly.originals = outer
        return frame.current


def _nothing(name: str) -> None:
    """No layer is in reach."""
