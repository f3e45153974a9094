"""The `train` section of a spec -> a recipe; every fault of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from cnncalc.diagnostics import Diagnostics, Source, Span, did_you_mean, listed
from cnncalc.language.text import tree
from cnncalc.language.text.tree import Entry, Node, Scalar, absent, described
from cnncalc.language.values.scope import QUIET, Scope, whole_number
from cnncalc.language.values.values import YES_NO, Value
from cnncalc.layers.fields import FieldError, FieldType, Truth, shown
from cnncalc.network.recipe import (
    BALANCED,
    FACTORS,
    GROUPS,
    KINDS,
    PARTS,
    Augment,
    Factor,
    NamedPart,
    Plateau,
    Recipe,
    Sgd,
    Steps,
    field_types,
    kind_of,
)

ELSEWHERE = {
    "lr": "learning_rate",
    "batch_size": "batch",
    "accumulate_grad_batches": "accumulate",
    "gradient_accumulation_steps": "accumulate",
    "class_weight": "class_weights",
    "ema_decay": "ema",
    "model_ema_decay": "ema",
    "mixup_alpha": "mixup",
    "cutmix_alpha": "cutmix",
    "augmentation": "augment",
    "max_epochs": "epochs",
    "gradient_clip_val": "clip_norm",
    "random_state": "seed",
    "milestones": "after",
    "gamma": "factor",
    "eps": "epsilon",
    "alpha": "decay",
    "rho": "decay",
    "color": "colour",
    "normalize": "normalise",
    "normalization": "normalise",
    "skew": "shear",
    "time_stretch": "stretch",
    "pitch_shift": "pitch",
    "brightness": "shade",
    "max_steps": "steps",
    "gradient_checkpointing": "recompute",
    "activation_checkpointing": "recompute",
}
"""What other tools call the fields."""

_DATA = "`cnncalc train SPEC --data PATH` says which: a recipe goes with any data"
_CLASSES = "a recipe names its optimizer and schedule by `kind`: `optimizer: {kind: adamw}`"
_MIXED = "`augment: {mixup: 0.2, cutmix: 1}`"
_DEVICES = "`cnncalc train SPEC --device cuda` says where: a recipe goes with any machine"

_NAMED = {
    "rates": ("parts of the network", "encoder: 0.1"),
    "auxiliary": ("heads of the network", "aux: 0.3"),
    "class_weights": ("classes", "cat: 2, dog: 0.5"),
}
"""What has a number each, and an example."""

NOT_OF_A_RECIPE = {
    **dict.fromkeys(("data", "dataset", "data_dir", "train_data", "data_path", "root"), _DATA),
    **dict.fromkeys(("class_path", "init_args", "target", "_target_"), _CLASSES),
    **dict.fromkeys(("device", "devices", "accelerator", "gpus", "num_nodes"), _DEVICES),
    **dict.fromkeys(("mixup", "cutmix", "mixup_alpha", "cutmix_alpha"), _MIXED),
    "model": "the network is the spec that the recipe stands in",
    "discriminator": "`cnncalc train GENERATOR --discriminator SPEC`",
    "trainer": "its fields stand in `train` itself: `train: {epochs: 90}`",
    "fit": "its fields stand in `train` itself: `train: {epochs: 90}`",
    "metrics": "`watch: error` or `watch: loss`",
    "num_workers": "no field: images are read as fast as they are needed",
    "shuffle": "no field: training images are shuffled in each epoch",
}
"""What stands elsewhere, and where."""


def recipe_of(node: Node, diagnostics: Diagnostics) -> Recipe:
    """The recipe of a `train` section; what is wrong with it is reported, and left at its
    default."""
    if absent(node):
        return Recipe()
    if not isinstance(node, tree.Mapping):
        message = f"`train` wants a mapping, got {described(node)}"
        diagnostics.error("CNN204", node.span, message, "`train: {epochs: 10}`")
        return Recipe()
    return _RecipeReader(diagnostics).recipe(node, Recipe())


def overridden(
    recipe: Recipe, settings: Iterable[str], diagnostics: Diagnostics, owner: str = ""
) -> Recipe:
    """`recipe` with the fields of `--recipe FIELD=VALUE` in place of its own: `epochs=5`,
    `optimizer.momentum=0.8`; owner: what was typed before each field."""
    for setting in settings:
        path, equals, text = setting.partition("=")
        typed = owner + setting
        source = Source(f"--recipe {typed}", typed)
        value = tree.read(Source(f"--recipe {owner}{path}", text), diagnostics)
        whole = Span(source, 1, 1, 1, len(typed) + 1)
        if not equals or not path.strip():
            message = f"`--recipe` wants FIELD=VALUE, got `{setting}`"
            diagnostics.error("CNN251", whole, message, "`--recipe epochs=5`")
        elif value is not None or not text.strip():
            inner = value or Scalar("", whole)
            given = _nested(path.strip().split("."), inner, whole)
            recipe = _RecipeReader(diagnostics).recipe(given, recipe)
    return recipe


def _nested(names: list[str], value: Node, span: Span) -> tree.Mapping:
    """`optimizer.momentum` as mappings in each other; the paths of parts hold dots themselves."""
    first, *rest = names
    if rest and first in FACTORS:
        rest = [".".join(rest)]
    inner = _nested(rest, value, span) if rest else value
    return tree.Mapping(((Scalar(first, span), inner),), span)


class _RecipeReader:
    """Reads sections of a recipe."""

    def __init__(self, diagnostics: Diagnostics) -> None:
        self.diagnostics = diagnostics
        self.scope = Scope({}, None, lambda name: None, (), diagnostics)

    def recipe(self, node: tree.Mapping, base: Recipe) -> Recipe:
        """The recipe written at `node`; what it leaves out is as in `base`."""
        entries = self.entries(node, base._fields, "a recipe")
        types = field_types(Recipe)
        before = len(self.diagnostics)
        given: dict[str, Any] = {}
        for name, (_, value) in entries.items():
            found = self.field(name, value, base, types)
            if found is not None:
                given[name] = found
            elif _is_off(value) and getattr(Recipe(), name) is None:
                given[name] = None
        recipe = base._replace(**given)
        if len(self.diagnostics) == before:
            self.check(recipe, entries, node.span)
        return recipe

    def field(self, name: str, node: Node, base: Recipe, types: Mapping[str, FieldType]) -> Any:
        """A field's value; None, reported, where it has none."""
        if absent(node) or (getattr(Recipe(), name) is None and _is_off(node)):
            return None
        if name in KINDS:
            return self.kind(name, node, getattr(base, name))
        if name in GROUPS:
            return self.group(name, node, getattr(base, name) or GROUPS[name]())
        if name in PARTS:
            return self.parts(name, node)
        if name == "class_weights" and isinstance(node, Scalar):
            return self.balanced(node)
        if name in FACTORS:
            return self.factors(name, node, getattr(base, name))
        return self.value(name, node, types[name])

    def entries(self, node: tree.Mapping, known: Collection[str], owner: str) -> dict[str, Entry]:
        """The entries that are fields; the others are reported."""
        found = {key.text: (key, value) for key, value in node.entries if key.text in known}
        for key, value in node.entries:
            if key.text in known:
                continue
            from cnncalc.language.text.repair import repaired  # few specs are wrong

            word = ELSEWHERE.get(key.text)
            message = f"{owner} has no field `{key.text}`"
            if key.text in NOT_OF_A_RECIPE and word not in known:
                hint = NOT_OF_A_RECIPE[key.text]
                self.diagnostics.error("CNN251", key.span, message, hint)
                continue
            repair = repaired(key, value, known, found, self.diagnostics)
            hint = repair.hint if repair else f"it has {listed(known)}"
            if word in known and word not in found:
                hint = f"here it is called `{word}`"
            self.diagnostics.error("CNN251", key.span, message, hint)
        return found

    def value(self, name: str, node: Node, wanted: FieldType) -> Any:
        """A number, a truth, a word, a list of them."""
        try:
            value = self.scope.value(node)
        except QUIET:
            return None
        try:
            return wanted.accept(value)
        except FieldError as error:
            message = f"`{name}` {error.reason}"
            hint = _way_out(wanted, value, node, error)
            self.diagnostics.error("CNN252", node.span, message, hint)
            return None

    def kind(self, name: str, node: Node, base: Any) -> Any:
        """An optimizer or a schedule: a word, or a mapping with `kind` and its fields."""
        kinds = KINDS[name]
        entries = {key.text: (key, value) for key, value in _entries(node)}
        word = entries["kind"][1] if "kind" in entries else None
        word = node if isinstance(node, Scalar) else word
        kind = kind_of(base)
        if word is not None:
            kind = word.text if isinstance(word, Scalar) else ""
        if kind not in kinds or not isinstance(node, Scalar | tree.Mapping):
            at = word or node
            hint = self.diagnostics.did_you_mean(kind, kinds) or f"one of {listed(kinds)}"
            message = f"there is no {name} {described(at)}"
            self.diagnostics.error("CNN252", at.span, message, hint)
            return None
        start = base if kind == kind_of(base) else kinds[kind]()
        inner = tuple(entry for entry in _entries(node) if entry[0].text != "kind")
        return self.section(tree.Mapping(inner, node.span), start, f"`{kind}`")

    def group(self, name: str, node: Node, base: Any) -> Any:
        """Fields in a mapping, or the first one's value alone."""
        if isinstance(node, tree.Mapping):
            return self.section(node, base, f"`{name}`")
        if isinstance(base, Augment):
            message = f"`{name}` wants a mapping, got {described(node)}"
            hint = f"`{name}: {{flip: horizontal, crop: 4}}`"
            self.diagnostics.error("CNN252", node.span, message, hint)
            return None
        first = base._fields[0]
        found = self.value(name, node, field_types(type(base))[first])
        return None if found is None else base._replace(**{first: found})

    def section(self, node: tree.Mapping, base: Any, owner: str) -> Any:
        """Fields that hold one value each."""
        types = field_types(type(base))
        entries = self.entries(node, base._fields, owner)
        found = {
            name: self.value(name, value, types[name])
            for name, (_, value) in entries.items()
            if not absent(value)
        }
        return base._replace(**{name: value for name, value in found.items() if value is not None})

    def parts(self, name: str, node: Node) -> tuple[NamedPart, ...]:
        """A path, or a list of them."""
        nodes = node.items if isinstance(node, tree.Sequence) else (node,)
        found = [NamedPart(part.text, part.span) for part in nodes if isinstance(part, Scalar)]
        if len(found) < len(nodes):
            message = f"`{name}` wants parts of the network, got {described(node)}"
            self.diagnostics.error("CNN252", node.span, message, f"`{name}: [encoder]`")
        return tuple(found)

    def factors(self, name: str, node: Node, base: object) -> tuple[Factor, ...]:
        """Paths and numbers, beside those of `base`; one for each path: the last."""
        before = base if isinstance(base, tuple) else ()
        if not isinstance(node, tree.Mapping):
            of, example = _NAMED[name]
            message = f"`{name}` wants {of} and a number each"
            self.diagnostics.error("CNN252", node.span, message, f"`{name}: {{{example}}}`")
            return before
        values = [(key, self.value(key.text, value, FACTORS[name])) for key, value in node.entries]
        found = [Factor(key.text, v, key.span) for key, v in values if v is not None]
        return tuple({factor.path: factor for factor in (*before, *found)}.values())

    def balanced(self, node: Scalar) -> str | None:
        """The one word that class weights are."""
        if node.text == BALANCED:
            return BALANCED
        message = f"there are no `class_weights` {described(node)}"
        self.diagnostics.error("CNN252", node.span, message, "`balanced`, or `{cat: 2, dog: 0.5}`")
        return None

    # -- fields together --------------------------------------------------------------------

    def check(self, recipe: Recipe, entries: Mapping[str, Entry], span: Span) -> None:
        """Report what does not go together."""
        for name, message, hint in _clashes(recipe):
            at = entries[name][0].span if name in entries else span
            self.diagnostics.error("CNN253", at, message, hint)


def _is_off(node: Node) -> bool:
    """Whether a field that has no default is taken back."""
    return isinstance(node, Scalar) and node.text == "none"


def _entries(node: Node) -> tuple[Entry, ...]:
    return node.entries if isinstance(node, tree.Mapping) else ()


def _way_out(wanted: FieldType, value: Value, node: Node, error: FieldError) -> str | None:
    """What to type instead of a value."""
    if isinstance(wanted, Truth):
        words = {"0": "false", "1": "true", **YES_NO}
        return f"`{words[shown(value)]}`" if shown(value) in words else error.hint
    if isinstance(value, str) and wanted.words:
        return did_you_mean(value, wanted.words)
    return whole_number(node, value) if "whole" in error.reason else error.hint


def _clashes(recipe: Recipe) -> Iterator[tuple[str, str, str]]:
    """Fields that do not go together: the field, the fact, the way out."""
    optimizer, schedule = recipe.optimizer, recipe.schedule
    if isinstance(optimizer, Sgd) and optimizer.nesterov and not optimizer.momentum:
        yield "optimizer", "`nesterov` needs a momentum", "`momentum: 0.9`"
    if isinstance(schedule, Steps) and not schedule.after:
        yield "schedule", "`steps` does not say after which epochs", "`after: [80, 120]`"
    loss = recipe.loss or "cross_entropy"
    if loss != "cross_entropy" and recipe.label_smoothing:
        yield "label_smoothing", f"`{loss}` has no labels to smooth", "leave `label_smoothing` out"
    if loss != "cross_entropy" and recipe.class_weights:
        yield "class_weights", f"`{loss}` has no classes to weigh", "leave `class_weights` out"
    for name in ("mixup", "cutmix"):
        if recipe.batch == 1 and getattr(recipe.augment, name):
            yield "batch", f"`{name}` mixes images of one batch, which has one", "`batch: 32`"
    if loss != "cross_entropy" and recipe.watch == "error":
        yield "watch", f"`{loss}` has no wrong answers to watch", "`watch: loss`"
    if not recipe.validation and isinstance(schedule, Plateau):
        yield "schedule", "`plateau` watches validation images", "`validation: 0.1`"
    if not recipe.validation and recipe.early_stopping:
        yield "early_stopping", "`early_stopping` watches validation images", "`validation: 0.1`"
