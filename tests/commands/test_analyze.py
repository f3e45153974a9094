"""`cnncalc analyze`: its formats, its folding, its options, and what it loads."""

from __future__ import annotations

import csv
import io
import json
import math
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from cnncalc import analyze, load
from cnncalc.analysis import Summary
from cnncalc.report.table.columns import COLUMNS, SHOWN
from cnncalc.report.table.outline import depths, outline
from cnncalc.report.table.table import table
from cnncalc.report.table.to_csv import to_csv
from cnncalc.report.table.to_json import document
from cnncalc.report.table.to_markdown import to_markdown
from cnncalc.report.table.to_text import to_text
from cnncalc.zoo import networks
from tests.commands.conftest import ROOT, Run
from tests.sampled import of_the_zoo

SPECS = [str(path.relative_to(ROOT)) for path in networks().values()]
RESNET = "specs/resnet/resnet50.yaml"
LENET = "specs/lenet/lenet5.yaml"


@pytest.fixture(params=of_the_zoo(SPECS), name="summary", scope="module")
def _summary(request: pytest.FixtureRequest) -> Summary:
    return analyze(load(ROOT / request.param))


FIELDS = {"spec", "name", "input", "output", "output_name", "batch", "totals", "layers"}
TOTALS = {"layers", "params", "trainable", "buffers", "macs", "flops", "receptive_field"}
LAYER = {
    "path", "kind", "inputs", "output", "params", "trainable", "macs", "flops",
    "receptive_field", "stride", "offset", "global", "line",
}  # fmt: skip


class TestJson:
    """The contract of the JSON document."""

    def test_fields(self, cnncalc: Run) -> None:
        found = json.loads(cnncalc("analyze", RESNET, "--format", "json").stdout)
        assert found.keys() >= FIELDS
        assert found["totals"].keys() >= TOTALS
        assert all(layer.keys() >= LAYER for layer in found["layers"])

    def test_resnet50(self, cnncalc: Run) -> None:
        found = json.loads(cnncalc("analyze", RESNET, "--format", "json").stdout)
        assert found["spec"] == RESNET
        assert (found["name"], found["batch"]) == ("ResNet-50", 1)
        assert (found["input"], found["output"]) == ([3, 224, 224], [1000])
        # torchvision's weights table; 53 batch norms keep mean, variance and a counter
        norms = 64 + 3 * (64 + 64 + 256) + 4 * (128 + 128 + 512) + 6 * (256 + 256 + 1024)
        norms += 3 * (512 + 512 + 2048) + 256 + 512 + 1024 + 2048
        assert found["totals"]["params"] == found["totals"]["trainable"] == 25_557_032
        assert found["totals"]["buffers"] == 2 * norms + 53
        assert found["totals"]["macs"] == 4_089_184_256
        assert found["totals"]["receptive_field"] == [427, 427]
        assert found["totals"]["layers"] == len(found["layers"])

    def test_layer(self, cnncalc: Run) -> None:
        found = json.loads(cnncalc("analyze", RESNET, "--format", "json").stdout)
        layers = {layer["path"]: layer for layer in found["layers"]}
        conv = layers["stage1.0.residual.conv_bn.conv"]
        assert conv["kind"] == "conv"
        assert (conv["inputs"], conv["output"]) == ([[64, 56, 56]], [64, 56, 56])
        assert conv["params"] == conv["trainable"] == 64 * 64
        assert conv["macs"] == 64 * 56 * 56 * 64
        assert conv["flops"] == 2 * conv["macs"]
        assert conv["receptive_field"] == [7 + (3 - 1) * 2] * 2
        assert (conv["stride"], conv["offset"]) == ([2 * 2] * 2, [-3 - 2] * 2)
        assert conv["global"] is False
        assert layers["linear"]["global"] is True
        assert layers["linear"]["receptive_field"] is None

    def test_totals_are_the_sums_of_the_layers(self, summary: Summary) -> None:
        found = document(summary, outline(summary, None))
        for key in ("params", "trainable", "buffers", "macs", "flops", "activations"):
            assert found["totals"][key] == sum(layer[key] for layer in found["layers"]), key

    def test_several_specs_are_a_list(self, cnncalc: Run) -> None:
        found = json.loads(cnncalc("analyze", LENET, RESNET, "--format", "json").stdout)
        assert [one["spec"] for one in found] == [LENET, RESNET]

    def test_several_inputs_are_named(self, cnncalc: Run) -> None:
        spec = "input: {a: 1x8x8, b: 2x8x8}\nlayers:\n  - concat: [a, b]\n"
        found = json.loads(cnncalc("analyze", "-", "--format", "json", stdin=spec).stdout)
        assert found["input"] == {"a": [1, 8, 8], "b": [2, 8, 8]}


class TestFolding:
    """A table folded at any depth has all the numbers."""

    def test_every_depth_adds_up(self, summary: Summary) -> None:
        whole = outline(summary, None)
        for depth in range(1, depths(summary) + 1):
            rows = [line.row for line in outline(summary, depth) if line.row]
            assert sum(row.params.total for row in rows) == summary.totals.params.total
            assert sum(row.ops.macs for row in rows) == summary.totals.ops.macs
            assert sum(row.layers for row in rows) == summary.totals.layers
        assert [line.path for line in whole if line.row] == [r.node.path for r in summary.rows]

    def test_printed_params_add_up(self, summary: Summary) -> None:
        for depth in (1, 2, None):
            text = to_text(table(summary, ("params", "activations"), depth))
            lines = text.split("\n\n")[0].splitlines()[2:]
            numbers = [re.findall(r"[\d,]{1,}(?=\s|$)", line)[-2:] for line in lines]
            counts = [
                int(pair[0].replace(",", ""))
                for line, pair in zip(lines, numbers, strict=True)
                if len(pair) == 2 and re.search(r"\d\s{2,}\d|\s{3,}\d", line)
            ]
            assert sum(counts[:-1]) == counts[-1] == summary.totals.params.total

    def test_heads_of_open_groups_have_no_numbers(self) -> None:
        lines = outline(analyze(load(ROOT / RESNET)), 2)
        heads = [(line.name, line.kind) for line in lines if line.row is None]
        assert ("stage3", "bottleneck x6") in heads

    def test_a_large_network_comes_folded(self, cnncalc: Run) -> None:
        text = cnncalc("analyze", RESNET).stdout
        assert "\nstage2 " in text
        assert "conv_2" not in text
        assert text.count("\n") < 40
        assert "folded: --depth 2 opens the parts, --depth all shows every layer" in text

    def test_a_small_one_does_not(self, cnncalc: Run) -> None:
        assert "folded" not in cnncalc("analyze", LENET).stdout

    def test_depth_all(self, cnncalc: Run) -> None:
        text = cnncalc("analyze", RESNET, "--depth", "all").stdout
        assert "\n    residual " in text
        assert "folded" not in text


class TestText:
    """What a person reads."""

    def test_lecture_modules(self, cnncalc: Run) -> None:
        specs = [
            f"specs/inception/inception_{name}.yaml" for name in ("naive", "bottleneck", "358m")
        ]
        text = cnncalc("analyze", *specs).stdout
        totals = re.findall(r"^total.* ([\d.]+ M)", text, re.MULTILINE)
        assert totals == ["854.2 M", "271.4 M", "358.1 M"]
        assert "358M comes out exactly for this one" in " ".join(text.split())

    def test_says_what_it_counts(self, cnncalc: Run) -> None:
        text = cnncalc("analyze", RESNET).stdout
        assert "params 25,557,032, all trainable; 53,173 buffers." in text
        assert "MACs 4,089,184,256: multiply-accumulates of conv, linear and matrix" in text

    def test_batch(self, cnncalc: Run) -> None:
        text = cnncalc("analyze", LENET, "--batch", "32").stdout
        assert f"MACs {32 * 416_520:,}" in text
        assert "a batch of 32 samples" in " ".join(text.split())

    def test_set(self, cnncalc: Run) -> None:
        text = cnncalc("analyze", RESNET, "--set", "classes=10").stdout
        assert f"params {25_557_032 - (2048 + 1) * 990:,}" in text

    def test_columns(self, cnncalc: Run) -> None:
        text = cnncalc("analyze", LENET, "--columns", "output,flops,weights").stdout
        head = text.splitlines()[1].split()
        assert head == ["layer", "output", "FLOPs", "weights"]

    @pytest.mark.parametrize(
        ("names", "head"),
        [
            ("+macts", "kind output params MACs macts field stride"),
            ("+macts,size", "kind output params MACs macts size field stride"),
            ("+macts,+centre", "kind output params MACs macts centre px field stride"),
            ("+memory", "kind output params MACs size bytes kept alive field stride"),
            ("+macs,bytes", "kind output params MACs bytes field stride"),
            ("memory", "size bytes kept alive"),
            ("receptive_field,centre", "field centre px"),
        ],
    )
    def test_columns_are_added(self, cnncalc: Run, names: str, head: str) -> None:
        text = cnncalc("analyze", LENET, "--columns", names).stdout
        assert text.splitlines()[1].split() == ["layer", *head.split()]

    def test_sorted(self, cnncalc: Run) -> None:
        text = cnncalc("analyze", RESNET, "--sort", "params", "--top", "3").stdout
        _, _, *lines = text.splitlines()[:5]
        paths = [line.split()[0] for line in lines]
        assert paths == [f"stage4.{i}.residual.conv_bn_2.conv" for i in range(3)]
        assert all(f" {512 * 512 * 3 * 3:,} " in line for line in lines)
        assert f"sorted by params: 3 of 174 lines, {3 * 512 * 512 * 9 / 25_557_032:.1%}" in text

    def test_sorted_parts(self, cnncalc: Run) -> None:
        text = cnncalc(
            "analyze", RESNET, "--sort", "macs", "--depth", "1", "--columns", "macs"
        ).stdout
        paths = [line.split()[0] for line in text.splitlines()[2:6]]
        assert paths == ["stage3", "stage2", "stage4", "stage1"]

    def test_the_top_is_by_macs(self, cnncalc: Run) -> None:
        found = json.loads(cnncalc("analyze", LENET, "--top", "2", "--format", "json").stdout)
        assert [layer["path"] for layer in found["layers"]] == ["C3", "C1"]
        assert found["totals"]["layers"] > 2

    @pytest.mark.parametrize(
        ("unit", "head", "params"),
        [
            ("1", "params MACs", "25,557,032 4,089,184,256"),
            ("M", "params M MACs M", "25.557 4,089.184"),
            ("G", "params G MACs G", "0.026 4.089"),
        ],
    )
    def test_units(self, cnncalc: Run, unit: str, head: str, params: str) -> None:
        text = cnncalc("analyze", RESNET, "--columns", "params,macs", "--unit", unit).stdout
        assert text.splitlines()[1].split() == ["layer", *head.split()]
        (total,) = (line for line in text.splitlines() if line.startswith("total"))
        assert total.split() == ["total", *params.split()]
        assert ("<0.001" in text) == (unit == "G")

    def test_bytes_at_a_batch_and_a_type(self, cnncalc: Run) -> None:
        options = ("--batch", "2", "--autocast", "bf16", "--format", "json", "--depth", "all")
        found = json.loads(cnncalc("analyze", LENET, *options).stdout)
        assert (found["batch"], found["dtype"], found["autocast"]) == (2, "fp32", "bf16")
        conv = found["layers"][0]
        maps = 2 * (math.prod(conv["inputs"][0]) + math.prod(conv["output"]))
        assert conv["bytes"] == 2 * maps + 4 * conv["params"]
        assert found["totals"]["size"] == 4 * found["totals"]["params"]

    def test_every_column_shows(self, summary: Summary) -> None:
        shown = table(summary, tuple(COLUMNS), None)
        assert {len(shown.cells(line)) for line in shown.lines} == {len(COLUMNS) + 1}

    def test_bars_without_unicode(self, process: Run) -> None:
        run = process("analyze", LENET, PYTHONIOENCODING="ascii")
        assert run.returncode == 0
        assert "#" in run.stdout

    def test_misaligned_and_unfitting_layers_are_said(self, cnncalc: Run) -> None:
        spec = (
            "input: 1x9x9\nlayers:\n"
            "  - {name: mix, add: {a: [{conv: {filters: 1, kernel: 2, padding: same}}],"
            " b: [identity]}}\n"
            "  - max_pool: 2\n"
        )
        text = cnncalc("analyze", "-", stdin=spec).stdout
        assert "`mix.add` joins branches centred 0.5 px apart" in text
        assert "`max_pool` never reads the last rows or columns" in text

    def test_a_field_that_may_be_smaller_is_said(self, cnncalc: Run) -> None:
        """Of 65 fields in one layer two neighbours are taken for one."""
        branches = (
            f"[{{conv: {{filters: 1, kernel: {2 * n + 1}, padding: half}}}}]" for n in range(65)
        )
        spec = f"input: 1x9\nlayers:\n  - concat: [{', '.join(branches)}]\n  - slice: {{stop: 1}}\n"
        text = cnncalc("analyze", "-", stdin=spec).stdout
        assert "at most: `slice` may see less" in text
        found = json.loads(cnncalc("analyze", "-", "--format", "json", stdin=spec).stdout)
        assert found["totals"]["at_most"]
        assert [row["path"] for row in found["layers"] if row["at_most"]] == ["slice"]

    def test_standard_input(self, cnncalc: Run) -> None:
        run = cnncalc("analyze", "-", stdin="input: 3\nlayers: [{linear: 2}]\n")
        assert "params 8, all trainable" in run.stdout  # 2 * 3 + 2


class TestOtherFormats:
    """CSV and markdown."""

    def test_csv_is_exact(self, summary: Summary) -> None:
        text = to_csv([table(summary, ("kind", "params", "macs", "flops"), None)])
        rows = list(csv.DictReader(io.StringIO(text)))
        assert sum(int(row["params"]) for row in rows) == summary.totals.params.total
        assert sum(int(row["macs"]) for row in rows) == summary.totals.ops.macs
        assert sum(int(row["flops"]) for row in rows) == summary.totals.ops.flops
        assert [row["path"] for row in rows] == [row.node.path for row in summary.rows]

    def test_markdown_is_a_table(self, summary: Summary) -> None:
        text = to_markdown(table(summary, SHOWN, 1))
        rows = [line for line in text.splitlines() if line.startswith("|")]
        assert {line.replace("\\|", "").count("|") for line in rows} == {len(SHOWN) + 2}
        assert rows[-1].startswith("| total |")


class TestErrors:
    """Exit codes, and messages on standard error."""

    def test_unsound_spec(self, cnncalc: Run) -> None:
        run = cnncalc("analyze", "-", stdin="input: 3\nlayers: [{linaer: 2}]\n")
        assert run.returncode == 1
        assert run.stdout == ""
        assert "<stdin>:2:11: CNN201" in run.stderr
        assert "did you mean `linear`?" in run.stderr

    def test_sound_specs_are_still_shown(self, cnncalc: Run, tmp_path: Path) -> None:
        bad = tmp_path / "bad.yaml"
        bad.write_text("input: 3\n")
        run = cnncalc("analyze", str(bad), LENET)
        assert run.returncode == 1
        assert "LeNet-5" in run.stdout
        assert "CNN111" in run.stderr

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (["--depth", "0"], "--depth wants a number from 1, or `all`, got `0`"),
            (["--columns", "parms"], "there is no column `parms`; did you mean `params`?"),
            (["--format", "xml"], "--format wants one of text, json, csv, markdown, got `xml`"),
            (["--batch", "0"], "--batch wants a number of at least 1, got 0"),
            (["--set", "width"], "--set wants NAME=VALUE, got `width`"),
            (["--columns", "+"], "--columns wants names: kind, "),
            (["--columns", "+mact"], "there is no column `mact`; did you mean `macts`?"),
            (["--sort", "kind"], "--sort wants a column of numbers, got `kind`; columns: layers,"),
            (["--sort", "mac"], "there is no column `mac`; did you mean `macs`?"),
            (["--top", "0"], "--top wants a number of at least 1, got 0"),
            (["--unit", "m"], "--unit wants one of auto, 1, K, M, G, T, got `m`"),
            (["--dtype", "fp8"], "--dtype wants one of fp32, bf16, fp16, int8, got `fp8`"),
            (["--autocast", "fp32"], "--autocast wants one of bf16, fp16, got `fp32`"),
            (
                ["--autocast", "bf16", "--dtype", "fp16"],
                "--autocast wants weights of fp32, got --dtype fp16",
            ),
        ],
    )
    def test_wrong_usage(self, cnncalc: Run, arguments: list[str], message: str) -> None:
        run = cnncalc("analyze", LENET, *arguments)
        assert (run.returncode, run.stdout) == (2, "")
        assert message in run.stderr

    def test_unknown_option(self, cnncalc: Run) -> None:
        assert cnncalc("analyze", LENET, "--nope").returncode == 2

    def test_no_traceback_for_a_reader_that_leaves(self) -> None:
        command = (
            f"{sys.executable} -m cnncalc analyze {' '.join(SPECS[:12])} --depth all | head -1"
        )
        run = subprocess.run(
            command, shell=True, cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert run.stderr == ""
        assert run.stdout.count("\n") == 1

    def test_a_bug_of_ours_says_so(self) -> None:
        code = (
            "import cnncalc.commands.analyze as module\n"
            "def broken(*_): raise RuntimeError('planted')\n"
            "module.analyze = broken\n"
            "import sys; sys.argv = ['cnncalc', 'analyze', 'x']\n"
            "from cnncalc.cli import main; main()\n"
        )
        run = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=False
        )
        assert run.returncode == 3
        assert "this is a bug in cnncalc" in run.stderr

    def test_interrupted(self) -> None:
        code = (
            "import cnncalc.commands.analyze as module\n"
            "def interrupted(*_): raise KeyboardInterrupt\n"
            "module.analyze = interrupted\n"
            "import sys; sys.argv = ['cnncalc', 'analyze', 'x']\n"
            "from cnncalc.cli import main; main()\n"
        )
        run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
        assert run.returncode == 130


class TestTerminal:
    """On a terminal the table has colour."""

    def run(self, **environment: str) -> str:
        screen, terminal = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-m", "cnncalc", "analyze", LENET],
            cwd=ROOT,
            stdout=terminal,
            env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "120", **environment},
        )
        os.close(terminal)
        output = b""
        while chunk := self.read(screen):
            output += chunk
        os.close(screen)
        assert process.wait() == 0
        return output.decode()

    @staticmethod
    def read(screen: int) -> bytes:
        try:
            return os.read(screen, 65536)
        except OSError:  # Linux says so when the other end is closed
            return b""

    def test_colour(self) -> None:
        text = self.run()
        assert "\x1b[36m" in text
        assert "61,706" in text

    def test_no_color(self) -> None:
        assert "\x1b[36m" not in self.run(NO_COLOR="1")


class TestStartUp:
    """The static path loads nothing heavy."""

    HEAVY = ("torch", "numpy", "pydantic", "rich", "dataclasses", "json", "csv", "decimal")

    def test_modules(self) -> None:
        code = (
            "import sys\n"
            f"sys.argv = ['cnncalc', 'analyze', {RESNET!r}]\n"
            "from cnncalc.cli import main\n"
            "try: main()\n"
            "except SystemExit as leaving: assert leaving.code == 0\n"
            "print('\\nLOADED', *sys.modules)\n"
        )
        run = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
        )
        loaded = set(run.stdout.rpartition("\nLOADED ")[2].split())
        assert "cnncalc.analysis.receptive" in loaded
        assert loaded.isdisjoint(self.HEAVY)


def test_version(process: Run) -> None:
    from cnncalc import __version__

    assert process("--version").stdout == f"cnncalc {__version__}\n"


def test_help_names_the_commands(cnncalc: Run) -> None:
    text = cnncalc("--help").stdout
    assert all(name in text for name in ("analyze", "explain", "calc", "--install-completion"))
