"""What `import cnncalc` offers besides reading a spec: commands as functions of values.

Each takes a graph that `cnncalc.load` gave, or what `load` takes, and returns a value. What a
function needs beyond the analysis is imported when it is called; torch by `lower`, `train`,
`verify` and ONNX alone.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Literal, overload

from cnncalc import analysis
from cnncalc.analysis import Summary
from cnncalc.language.given import (
    argument_texts,
    data_given,
    input_texts,
    kind,
    path_text,
    root_text,
)
from cnncalc.language.load import SpecError, load, source_of
from cnncalc.network.graph import Graph
from cnncalc.network.precision import AUTOCASTS, WIDTHS, Precision
from cnncalc.project import rooted
from cnncalc.whole_files import whole

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from cnncalc.analysis.memory import Optimizer
    from cnncalc.analysis.memory_use import Numbers, Use
    from cnncalc.checking.checker import Checker
    from cnncalc.diagnostics import Diagnostic
    from cnncalc.evaluation import Evaluation, Prediction
    from cnncalc.language.given import Argument, Shape
    from cnncalc.network.recipe import Recipe
    from cnncalc.report.comparison.comparison import Comparison
    from cnncalc.report.page.chapter import Chapter
    from cnncalc.runtime.lower import Module
    from cnncalc.runtime.trained.trained_network import TrainedNetwork
    from cnncalc.trained import Trained, TrainedPair
    from cnncalc.verification import Verification

Network = Graph | str | os.PathLike[str]
"""A graph, or what `load` takes: a path or a name of the zoo."""


def analyze(
    network: Network, batch: int = 1, dtype: str = "fp32", autocast: str | None = None
) -> Summary:
    """Every number of a network: shapes, params, operations, receptive fields.

    batch: operations and activations are for so many samples
    dtype: `fp32`, `bf16`, `fp16` or `int8`, for what is told in bytes
    autocast: `bf16` or `fp16` for the maps alone

    Shapes are channels first, without the batch axis; params, MACs and FLOPs are exact counts.
    Raises TypeError and ValueError for what is no network or no batch, SpecError as `load`.
    """
    if not isinstance(batch, int) or isinstance(batch, bool):
        raise TypeError(f"`batch` wants a whole number, got {kind(batch)}")
    if batch < 1:
        raise ValueError(f"`batch` wants a number of at least 1, got {batch}")
    for name, value, known in (("dtype", dtype, WIDTHS), ("autocast", autocast, AUTOCASTS)):
        if value not in known and (name, value) != ("autocast", None):
            raise ValueError(f"`{name}` wants one of {', '.join(known)}, got {value!r}")
    return analysis.analyze(_graph("analyze", network), batch, Precision(dtype, autocast))


def memory(
    network: Network,
    batch: int = 1,
    *,
    optimizer: Optimizer | None = "sgd",
    dtype: Numbers = "fp32",
    devices: int = 1,
    recompute: Sequence[str] = (),
    fits: int | str | None = None,
    autocast: str | None = None,
    ema: bool | None = None,
    accumulate: bool | None = None,
) -> Use:
    """What a network takes in a step of training, or in inference: `total` bytes, where, and what
    fits.

    optimizer: `sgd`, `momentum`, `adam` or `adamw`; None: inference
    dtype: `fp32`, `bf16` or `fp16`, of weights and all that is made of them
    devices: that train together, each with so large a batch
    recompute: groups that run again in the backward pass; `all` of them; those of its recipe where
        it names none, and `["none"]` names none
    fits: bytes that there are, or a text such as `24GiB`
    autocast: `bf16` or `fp16` for what PyTorch's autocast computes in it on a GPU, beside weights
        of fp32
    ema: whether running means of all weights are kept; accumulate: whether gradients of several
        batches are gathered; as its recipe has it where nobody says

    Raises TypeError and ValueError for what is none of these, SpecError as `load`.
    """
    from cnncalc.analysis.memory_use import Setup, conditions_of, use
    from cnncalc.network.figures import size_in_bytes

    graph = _graph("memory", network)
    limit = size_in_bytes(fits) if isinstance(fits, str) else fits
    if fits is not None and not limit:
        raise ValueError(f"`fits` wants bytes, or a size such as `24GiB`, got {fits!r}")
    again = tuple(recompute)
    asked = Setup(batch, optimizer, dtype, devices, again, autocast, ema, accumulate)
    return use(graph, conditions_of(graph, asked), limit)


def check(
    path: str | os.PathLike[str] | None = None,
    *,
    text: str | None = None,
    name: str = "<text>",
    args: Mapping[str, Argument] | None = None,
    input: Shape | Mapping[str, Shape] | None = None,  # noqa: A002 (as specs call it)
    root: str | os.PathLike[str] | None = None,
) -> list[Diagnostic]:
    """What `cnncalc check` finds in one spec or library of blocks: errors, what `expect` and the
    budgets of its project ask, advice on its design; nothing where it is sound.

    path: of a file, or a name of the zoo
    text: a spec in place of a file, which messages call `name`
    args, input, root: as `load` takes them; with other arguments or shapes, `expect` is not
        compared: it speaks of the spec's own

    Settings and comments hold as they do for the command. Raises TypeError, never SpecError.
    """
    if (path is None) == (text is None):
        raise TypeError("`check` wants a path, or a spec as `text`: one of them")
    from cnncalc.checking.checker import Checker
    from cnncalc.checking.policy import Policy

    checker = Checker(argument_texts(args), Policy(), input_texts(input))
    with rooted(root_text(root)):
        if text is not None:
            _check_text(text, name, checker)
        else:
            _check_file(path_text("check", path), checker)
        return [found for _, found in checker.findings(strict=False).each()]


def _check_text(text: str, name: str, checker: Checker) -> None:
    """As the file of that name is checked."""
    from cnncalc.diagnostics import Diagnostics

    diagnostics = Diagnostics()
    checker.text(name, source_of(text, name, diagnostics), diagnostics)


def _check_file(path: str, checker: Checker) -> None:
    """As the command does; but what is no spec is not passed over: it was taken for one."""
    from cnncalc.diagnostics import Diagnostics
    from cnncalc.language.text.files import read_file
    from cnncalc.path_texts import plain

    checker.check(path)
    if checker.named:
        diagnostics = Diagnostics()
        checker.text(path, read_file(plain(path), path, diagnostics, None), diagnostics)


def compare(
    first: Network, second: Network, /, *others: Network, layers: bool | None = None
) -> Comparison:
    """What is different between networks: totals side by side, and layer by layer.

    layers: whether each is compared with the first layer by layer; None: where there are two, and
        they share most of their layers

    Its `summaries` are the analyses of one sample, its `differences` the edits; as text it is what
    `cnncalc compare` prints. Raises TypeError, and SpecError as `load`.
    """
    from cnncalc.analysis.difference import layer_by_layer
    from cnncalc.report.comparison.comparison import side_by_side

    networks = (first, second, *others)
    summaries = tuple(analysis.analyze(_graph("compare", network)) for network in networks)
    return side_by_side(summaries, layer_by_layer(summaries, layers))


@overload
def export(network: Network, path: None = None, *, format: Literal["torch"] = "torch") -> str: ...


@overload
def export(
    network: Network,
    path: str | os.PathLike[str],
    *,
    format: Literal["torch", "onnx", "pt2"] = "torch",
    weights: str | os.PathLike[str] | None = None,
    map: str | os.PathLike[str] | None = None,
    preprocessing: bool = False,
) -> None: ...


def export(
    network: Network,
    path: str | os.PathLike[str] | None = None,
    *,
    format: Literal["torch", "onnx", "pt2"] = "torch",  # noqa: A002 (as the commands call it)
    weights: str | os.PathLike[str] | None = None,
    map: str | os.PathLike[str] | None = None,  # noqa: A002 (likewise)
    preprocessing: bool = False,
) -> str | None:
    """A network as PyTorch source that stands alone, or as a file that runs: of ONNX, or of
    `torch.export`.

    path: of a file that is written, over one that is there; without it, the source is returned
    format: `torch`; `onnx` and `pt2` take any batch, and want a path
    weights: a checkpoint, a saved `state_dict` or safetensors: its weights are in the file, which
        has freshly drawn ones without it, or beside the source, as `.safetensors`
    map: a file that says which tensor of it is which, as `cnncalc weights map` writes one
    preprocessing: whether the file normalises what it reads as the checkpoint's training did

    Raises TypeError and ValueError for other values, and for weights of another network, SpecError
    as `load`, OSError where the file cannot be written, ModuleNotFoundError where packages are
    missing, and RuntimeError where what was written does not run: then there is no file.
    """
    if format not in EXPORTS:
        raise ValueError(f"`format` wants torch, onnx or pt2, got {format!r}")
    if weights is not None and path is None:
        raise TypeError('`weights` are written beside the source: say where, `path="network.py"`')
    if format != "torch" and path is None:
        raise TypeError(f'`format="{format}"` writes a file: say which, `path="network.{format}"`')
    if map is not None and weights is None:
        raise TypeError("`map` says which tensor is which of `weights`: give both")
    if preprocessing and (weights is None or format == "torch"):
        raise TypeError("`preprocessing` wants `weights`, a checkpoint, and a format that runs")
    graph = _graph("export", network)
    given = _with_weights(graph, weights, map, preprocessing) if weights is not None else None
    if format != "torch":
        with _needing("export", "onnx" if format == "onnx" else "torch"):
            write = import_module(f"cnncalc.runtime.{EXPORTS[format]}")
        with whole(os.fspath(path or "")) as file:
            getattr(write, f"to_{format}")(graph, file, given)
        return None
    from cnncalc.lowering.source import source

    if path is None:
        return source(graph)
    with whole(os.fspath(path)) as file:
        file.write_text(source(graph), encoding="utf-8")
        if given:
            from cnncalc.runtime.weights.to_safetensors import to_safetensors

            to_safetensors(given.state_dict(), file.with_suffix(".safetensors"))
    return None


EXPORTS = {"torch": "", "onnx": "onnx.to_onnx", "pt2": "to_pt2"}
"""The formats, with the modules that write files."""


def _with_weights(
    graph: Graph,
    weights: str | os.PathLike[str],
    names: str | os.PathLike[str] | None,
    preprocessing: bool,
) -> Module:
    """The network with the weights of a file, by a map of names; behind the normalisation of their
    training. Raises TypeError, ValueError."""
    file = Path(path_text("export", weights))
    by = Path(path_text("export", names)) if names is not None else None
    with _needing("export", "torch"):
        from cnncalc.runtime.lower import lower as lowered
        from cnncalc.runtime.train.errors import TrainError
        from cnncalc.runtime.trained.preprocessed import preprocessed
        from cnncalc.runtime.weights.fitted_weights import UnfitError
        from cnncalc.runtime.weights.fitted_weights import whole as whole_of
    network = lowered(graph)
    try:
        whole_of(network, file, by).put_into(network)
        return preprocessed(network, graph, file) if preprocessing else network
    except (UnfitError, TrainError) as error:
        raise ValueError(str(error)) from None


@overload
def page(network: Network, path: None = None, *, batch: int = 1) -> str: ...


@overload
def page(network: Network, path: str | os.PathLike[str], *, batch: int = 1) -> None: ...


def page(
    network: Network, path: str | os.PathLike[str] | None = None, *, batch: int = 1
) -> str | None:
    """A network as a page of HTML that stands alone, as `cnncalc report` writes it.

    path: of a file that is written, over one that is there; without it, the page is returned
    batch: operations and activations are for so many samples

    Of a graph there are no findings of `check`, which reads specs. Raises TypeError and ValueError
    for other values, SpecError as `load`, OSError where the file cannot be written.
    """
    from cnncalc.report.page.to_html import to_html

    html = to_html(_chapter(network, batch))
    if path is None:
        return html
    with whole(os.fspath(path)) as file:
        file.write_text(html, encoding="utf-8", newline="")
    return None


def _chapter(network: Network, batch: int) -> Chapter:
    """A network for a page; of a spec with what is found in it. Raises as `page`."""
    from cnncalc.diagnostics import Diagnostics
    from cnncalc.report.page.chapter import Chapter
    from cnncalc.report.page.checked_chapter import checked_chapter

    summary = analyze(network, batch)
    if isinstance(network, Graph):
        return Chapter(summary)
    diagnostics = Diagnostics()
    found = checked_chapter(path_text("page", network), diagnostics, batch=batch)
    if found is None:
        raise SpecError(diagnostics)
    return found


def lower(network: Network, seed: int = 0, device: str = "cpu") -> Module:
    """A network as a PyTorch module, the one that its exported source defines.

    seed: its weights are drawn from it, the same on every run and device
    device: where it is made; on `meta` nothing is computed and no memory taken

    It takes a batch N x input and gives N x output; a dictionary where the spec has several
    outputs, the last layer's under `output`. Modules and parameters are named by the spec's paths.
    Raises TypeError, SpecError as `load`, ModuleNotFoundError where PyTorch is missing.
    """
    graph = _graph("lower", network)
    with _needing("lower", "torch"):
        from cnncalc.runtime.lower import lower as lowered
    return lowered(graph, seed, device)


def from_torch(
    module: Module,
    input: Shape | Sequence[Shape],  # noqa: A002 (as specs call it)
    name: str = "",
) -> Graph:
    """A PyTorch module as a graph: what it computes in inference, each of whose numbers was
    compared with the module's own.

    input: the shape that it reads, without a batch, `(3, 224, 224)`; of several, a list of them
    name: what the network is called; as the module's class, unless given

    The module is not changed, and nothing is computed with it. Raises ImportingError, whose
    `blockers` say where the module does what no layer does; ModuleNotFoundError where PyTorch is
    missing.
    """
    shapes = _shapes(input)
    with _needing("from_torch", "torch"):
        from cnncalc.runtime.importing.imported_model import of_module
    return of_module(module, shapes, name).graph


def from_onnx(
    path: str | os.PathLike[str],
    input: Shape | Sequence[Shape] | None = None,  # noqa: A002 (as specs call it)
    values: Mapping[str, Any] | None = None,
) -> Graph:
    """An ONNX file as a graph, each of whose numbers was compared with the file's own.

    input: the shape that it reads, without a batch, where the file leaves more open than that; of
        several inputs, a list of them
    values: of inputs that are always the same, by their names, which then are none

    Nothing in the file is run. Raises ReadError for a file that is none, ImportingError, whose
    `blockers` say which nodes do what no layer does; ModuleNotFoundError where `onnx` is missing.
    """
    shapes = [] if input is None else _shapes(input)
    with _needing("from_onnx", "onnx"):
        from cnncalc.runtime.importing.imported_model import of_onnx
    return of_onnx(os.fspath(path), shapes, values).graph


def _shapes(given: Shape | Sequence[Shape]) -> list[tuple[int, ...]]:
    """Each as sizes. Raises TypeError."""
    several = isinstance(given, list) and not all(isinstance(each, int) for each in given)
    found = []
    for shape in given if several else [given]:  # type: ignore[union-attr]
        text = input_texts(shape)[""]  # type: ignore[arg-type]
        found.append(tuple(int(size) for size in re.split("[x,]", text.strip("[]"))))
    return found


def verify(network: Network, *, device: str | None = None, field: bool = True) -> Verification:
    """Every number of a network held against PyTorch's: what was compared, and what differs.

    device: where the lowered network runs; by itself `cpu`, or `meta` where it is large
    field: whether receptive fields are compared, which takes longest

    Its `sound` says whether nothing differs. Raises TypeError, SpecError as `load`,
    ModuleNotFoundError where PyTorch is missing.
    """
    graph = _graph("verify", network)
    with _needing("verify", "torch"):
        from cnncalc.runtime.verify import verify as verified
    return verified(graph, device=device, field=field)


@overload
def train(
    network: Network,
    data: str | os.PathLike[str] | Mapping[str, Any] = "digits",
    *,
    discriminator: None = None,
    recipe: Mapping[str, Argument] | None = None,
    output: str | os.PathLike[str] | None = None,
    start: str | os.PathLike[str] | None = None,
    refit: bool = False,
    device: str = "auto",
) -> Trained: ...


@overload
def train(
    network: Network,
    data: str | os.PathLike[str] | Mapping[str, Any] = "digits",
    *,
    discriminator: Network,
    recipe: Mapping[str, Argument] | None = None,
    output: str | os.PathLike[str] | None = None,
    start: str | os.PathLike[str] | None = None,
    refit: bool = False,
    device: str = "auto",
) -> TrainedPair: ...


def train(
    network: Network,
    data: str | os.PathLike[str] | Mapping[str, Any] = "digits",
    *,
    discriminator: Network | None = None,
    recipe: Mapping[str, Argument] | None = None,
    output: str | os.PathLike[str] | None = None,
    start: str | os.PathLike[str] | None = None,
    refit: bool = False,
    device: str = "auto",
) -> Trained | TrainedPair:
    """A network trained by its recipe: the epochs, and how good the best one is; or a generator
    and a discriminator, trained against each other.

    data: a name or a path as `--data` takes it, or arrays by the names that an `.npz` file has
    discriminator: what a generator trains against
    recipe: fields in place of the spec's: `{"epochs": 5, "optimizer.momentum": 0.8}`; of the
        discriminator's, `{"discriminator.learning_rate": 1e-4}`
    output: the folder to write to; without it nothing is kept
    start: a file to take weights from: a checkpoint, a saved state_dict, safetensors
    refit: whether to fit once more from the beginning, on what was validated on, too, for as many
        steps as were best
    device: `cpu`, `cuda`, `cuda:1` or `auto`

    Nothing is printed; as text the value is what `cnncalc train` prints. Raises TypeError,
    SpecError as `load` and for a faulty recipe, ValueError where data, device and network do not go
    together, ModuleNotFoundError where a package is missing.
    """
    if not isinstance(device, str) or not re.fullmatch("auto|cpu|cuda(:[0-9]{1,3})?", device):
        raise ValueError(f"`device` wants auto, cpu, cuda or cuda:1, got {device!r}")
    graph = _graph("train", network)
    given, changes = data_given(data), argument_texts(recipe, "recipe")
    changed, opponent = _recipes(graph, discriminator, changes)
    with _needing("train", "train"):
        from cnncalc.runtime.train.engine import Opponent, Training
        from cnncalc.runtime.train.engine import train as trained
        from cnncalc.runtime.train.errors import TrainError
        from cnncalc.runtime.train.interruption import InterruptionError
    lines: list[str] = []
    with _folder(output) as folder:
        run = Training(
            data=given,
            folder=folder,
            start=Path(start) if start else None,
            refit=refit,
            device=device,
            opponent=Opponent(*opponent) if opponent else None,
            tell=lines.append,
            bar=False,
        )
        try:
            found = trained(graph, changed, run)
        except TrainError as error:
            raise ValueError(str(error)) from None
        except InterruptionError:
            raise KeyboardInterrupt from None
    if output:
        return found._replace(lines=tuple(lines))
    shown = tuple(line for line in lines if not line.startswith(("checkpoint: ", "drawn: ")))
    return found.forgotten()._replace(lines=shown)


def evaluate(
    checkpoint: str | os.PathLike[str],
    data: str | os.PathLike[str] | Mapping[str, Any] = "digits",
    *,
    part: Literal["train", "val", "test"] | None = None,
    device: str = "auto",
    ema: bool = True,
) -> Evaluation:
    """How well the network of a checkpoint does: loss, accuracy, each class, what was taken for
    what.

    data: as `train` takes it
    part: of the data; without it, what the network was not trained on
    device: `cpu`, `cuda`, `cuda:1` or `auto`
    ema: whether running means of the weights are taken, where there are any

    Raises TypeError; ValueError where checkpoint, data and device do not go together;
    ModuleNotFoundError where a package is missing.
    """
    path, given = Path(path_text("evaluate", checkpoint)), data_given(data)
    if part not in (None, "train", "val", "test"):
        raise ValueError(f"`part` wants train, val or test, got {part!r}")
    with _trained_network("evaluate", path, device, ema) as known:
        from cnncalc.runtime.trained.evaluate import evaluate as evaluated

        return evaluated(known, path, given, part)


def predict(
    checkpoint: str | os.PathLike[str],
    files: Sequence[str | os.PathLike[str]],
    *,
    top: int = 3,
    array: str | None = None,
    output: str | os.PathLike[str] | None = None,
    device: str = "auto",
    ema: bool = True,
) -> list[Prediction]:
    """What the network of a checkpoint says of each sample in some files, as values.

    files: images, folders of them, `.npz` and idx files
    top: how many of the likeliest classes are told
    array: which one of an `.npz` file that holds several
    output: a folder for the maps of a network that gives them, a file for each sample

    Raises as `evaluate`.
    """
    path = Path(path_text("predict", checkpoint))
    if isinstance(files, str | os.PathLike):
        files = [files]
    names = [path_text("predict", file) for file in files]
    if not isinstance(top, int) or top < 1:
        raise ValueError(f"`top` wants a number of at least 1, got {top!r}")
    with _trained_network("predict", path, device, ema) as known:
        from cnncalc.runtime.trained.predict import predict as predicted
        from cnncalc.runtime.trained.written_maps import Maps

        maps = Maps(Path(output), force=True) if output else None
        return predicted(known, names, top, array=array, maps=maps)


@contextmanager
def _trained_network(function: str, path: Path, device: str, ema: bool) -> Iterator[TrainedNetwork]:
    """The network of a checkpoint; what is wrong with it, or with what it is given within, is a
    ValueError."""
    with _needing(function, "train"):
        from cnncalc.runtime.train.errors import TrainError
        from cnncalc.runtime.trained.trained_network import trained_network
    try:
        with _needing(function, "train"):
            yield trained_network(path, device, ema)
    except TrainError as error:
        raise ValueError(str(error)) from None


def _recipes(
    graph: Graph, discriminator: Network | None, changes: Mapping[str, str]
) -> tuple[Recipe, tuple[Graph, Recipe] | None]:
    """The recipe, and a discriminator with its own. Raises TypeError, SpecError."""
    from cnncalc.diagnostics import Diagnostics
    from cnncalc.language.recipe.opponents import PREFIX, check_opponents, divided

    settings = [f"{name}={value}" for name, value in changes.items()]
    if discriminator is None:
        return _recipe(graph, settings), None
    settings, others = divided(settings)
    recipe, other = _recipe(graph, settings), _graph("train", discriminator)
    its_recipe, diagnostics = _recipe(other, others, PREFIX), Diagnostics()
    check_opponents(graph, recipe, other, its_recipe, diagnostics)
    if diagnostics.failed:
        raise SpecError(diagnostics)
    return recipe, (other, its_recipe)


def _recipe(graph: Graph, settings: list[str], owner: str = "") -> Recipe:
    """The spec's, with changes. Raises SpecError."""
    from cnncalc.diagnostics import Diagnostics
    from cnncalc.language.recipe.agreement import check_parts
    from cnncalc.language.recipe.training import overridden
    from cnncalc.network.recipe import Recipe

    diagnostics = Diagnostics()
    recipe = overridden(graph.recipe or Recipe(), settings, diagnostics, owner)
    check_parts(recipe, graph, diagnostics)
    if diagnostics.failed:
        raise SpecError(diagnostics)
    return recipe


@contextmanager
def _folder(output: str | os.PathLike[str] | None) -> Iterator[Path]:
    """The one to write to; without a name, one that does not last."""
    if output:
        yield Path(output)
        return
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        yield Path(folder)


def _graph(function: str, network: Network) -> Graph:
    """Raises TypeError, and SpecError as `load`."""
    if isinstance(network, Graph):
        return network
    if isinstance(network, str | os.PathLike):
        return load(network)
    raise TypeError(f"`{function}` wants a graph, a path or a name of the zoo, got {kind(network)}")


@contextmanager
def _needing(function: str, extra: str) -> Iterator[None]:
    """Imports that an extra brings; where it is missing, the error says how to get it."""
    try:
        yield
    except ModuleNotFoundError as error:
        message = f"`{function}` needs {error.name}: pip install 'cnncalc[{extra}]'"
        raise ModuleNotFoundError(message, name=error.name) from None
