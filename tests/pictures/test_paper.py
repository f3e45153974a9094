"""Pictures on paper and in pixels: their text is that of the SVG, their size what is asked for."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, get_args
from xml.etree import ElementTree

import pypdfium2
import pytest
import reportlab
from PIL import Image
from pypdfium2.raw import FPDF_PAGEOBJ_TEXT

from cnncalc import text
from cnncalc.analysis import Summary, analyze
from cnncalc.language.load import load
from cnncalc.report.picture import pdf_fonts
from cnncalc.report.picture.bars_style import bars_style
from cnncalc.report.picture.field_style import field_style
from cnncalc.report.picture.graph_style import graph_style
from cnncalc.report.picture.lettering import SIZES, width
from cnncalc.report.picture.looks import LIGHT
from cnncalc.report.picture.marks import Letters, Look, Picture, Rectangle, flat
from cnncalc.report.picture.to_pdf import LARGEST, to_pdf
from cnncalc.report.picture.to_png import to_png
from cnncalc.report.picture.to_svg import to_svg
from cnncalc.report.picture.to_tikz import to_tikz
from cnncalc.report.picture.volumes_style import volumes_style
from cnncalc.report.picture.window_style import window_style
from cnncalc.report.picture.wish import Wish
from tests.analysis.specs import graph_of
from tests.inside import inside
from tests.output.hostile import EVERY, TEXTS
from tests.pictures.drawn import NAMESPACE

Style = Callable[[Summary], Picture]
DRAWN: list[tuple[Style, str]] = [
    *((graph_style, name) for name in ("resnet18", "unet", "googlenet", "vit_b16", "yolo11n")),
    *((volumes_style, name) for name in ("alexnet", "unet", "inception_naive")),
    *((field_style, name) for name in ("resnet18", "audio_m5")),
    *((bars_style, name) for name in ("vgg16", "densenet121")),
    *((window_style, name) for name in ("lenet5", "dcgan_generator")),
]
POINT = 0.75


class Words(NamedTuple):
    """A line of text in a PDF, and what it takes of the page from the left, in points."""

    text: str
    left: float
    right: float
    embedded: bool


def words(pdf: bytes) -> Iterator[Words]:
    with pypdfium2.PdfDocument(pdf) as document:
        assert len(document) == 1
        page = document[0]
        for each in page.get_objects(filter=[FPDF_PAGEOBJ_TEXT], textpage=page.get_textpage()):
            left, _, right, _ = each.get_bounds()
            shown = " ".join(each.extract().split())  # as an SVG shows it
            yield Words(shown, left, right, each.get_font().is_embedded)


def size(pdf: bytes) -> tuple[float, float]:
    """Of the page, in points."""
    with pypdfium2.PdfDocument(pdf) as document:
        found: tuple[float, float] = document[0].get_size()
        return found


def pixels(png: bytes) -> Any:
    return Image.open(io.BytesIO(png)).convert("RGB")


@pytest.mark.parametrize(("style", "name"), DRAWN)
def test_its_text_is_that_of_the_svg(style: Style, name: str) -> None:
    """In its order, in fonts that the file holds, each where it was laid out and as wide."""
    picture = style(analyze(load(name)))
    found = list(words(to_pdf(picture)))
    svg = ElementTree.fromstring(to_svg(picture))
    texts = [" ".join((one.text or "").split()) for one in svg.iter(f"{NAMESPACE}text")]
    assert [one.text for one in found] == texts
    assert all(one.embedded for one in found)
    marks = [one for one in flat(picture.shapes) if isinstance(one, Letters)]
    for one, mark in zip(found, marks, strict=True):
        room = width(mark.text, mark.look)
        left = mark.x - {"start": 0, "middle": room / 2, "end": room}[mark.anchor]
        assert left * POINT - 1 < one.left < one.right < (left + room) * POINT + 1


@pytest.mark.parametrize(
    ("style", "name"), [each for each in DRAWN if each[0] in (graph_style, bars_style)]
)
def test_its_boxes_are_where_they_were_laid_out(style: Style, name: str) -> None:
    """In their colours: a pixel just within the upper edge of each that is no line."""
    picture = style(analyze(load(name)))
    image = pixels(to_png(picture, dpi=2 * 96))
    assert image.size == pytest.approx((2 * picture.width, 2 * picture.height), abs=1)
    filled = {look: fill for look, (fill, _) in LIGHT.boxes.items() if fill != "none"}
    for one in flat(picture.shapes):
        if isinstance(one, Rectangle) and one.look in filled and one.width > 6:
            fill = filled[one.look]
            place = round(2 * (one.x + one.width / 2)), round(2 * (one.y + 2))
            assert image.getpixel(place) == tuple(bytes.fromhex(fill[1:])), one


def test_every_look_is_drawn() -> None:
    """A rectangle of each, the paper's apart, is seen."""
    looks = [one for one in get_args(Look) if one not in ("paper", *SIZES)]
    marks = [Rectangle(30 * n + 5, 5, 20, 20, look) for n, look in enumerate(looks)]
    image = pixels(to_png(Picture(30 * len(looks), 30, "looks", tuple(marks)), dpi=96))
    for number in range(len(looks)):
        assert len(image.crop((30 * number, 0, 30 * number + 30, 30)).getcolors()) > 1


@pytest.mark.parametrize("form", ["svg", "tex", "pdf", "png"])
def test_width_holds(form: str, tmp_path: Path) -> None:
    file = tmp_path / f"net.{form}"
    ran = inside("draw", "lenet5", "--width", "84mm", "-o", str(file), folder=tmp_path)
    assert ran.returncode == 0
    inches = 84 / 25.4
    if form == "svg":
        root = ElementTree.fromstring(file.read_text(encoding="utf-8"))
        assert float(root.get("width", "").removesuffix("in")) == pytest.approx(inches, abs=1e-3)
        _, _, wide, high = map(float, root.get("viewBox", "").split())
        found = float(root.get("height", "").removesuffix("in"))
        assert found == pytest.approx(inches * high / wide, rel=1e-3)
    elif form == "pdf":
        assert size(file.read_bytes())[0] == pytest.approx(inches * 72)
    elif form == "png":
        with Image.open(file) as image:
            assert image.width == pytest.approx(inches * 192, abs=1)
            assert image.info["dpi"][0] == pytest.approx(192, abs=0.1)
    else:
        unit = float(file.read_text().partition("[x=")[2].partition("bp")[0])
        picture = graph_style(analyze(load("lenet5")))
        assert unit * picture.width == pytest.approx(inches * 72, abs=0.02)


def test_dpi_is_of_a_png(tmp_path: Path) -> None:
    options = ("draw", "lenet5", "--width", "2in", "--dpi", "300")
    assert inside(*options, "-o", "net.png", folder=tmp_path).returncode == 0
    with Image.open(tmp_path / "net.png") as image:
        assert image.width == 600


@pytest.mark.parametrize("write", [to_pdf, to_png])
def test_bytes_on_paper_are_the_same_each_time(write: Callable[[Picture], bytes]) -> None:
    first, second = (write(graph_style(analyze(load("googlenet")))) for _ in range(2))
    assert first == second


def test_a_page_is_no_larger_than_readers_open() -> None:
    summary = analyze(graph_of("input: 3x8x8\nlayers:\n  - relu: \n    repeat: 600\n"))
    picture = graph_style(summary, Wish(depth=99, unfold=True))
    assert picture.height * POINT > LARGEST
    assert max(size(to_pdf(picture))) == pytest.approx(LARGEST)


# -- other scripts, hostile texts -----------------------------------------------------------


def lettered(*texts: str) -> Picture:
    """A page of texts."""
    marks = [Letters(5, 20 * row + 20, each, "plain") for row, each in enumerate(texts)]
    wide = max(width(each, "plain") for each in texts) + 10
    return Picture(wide, 20 * len(texts) + 20, " ".join(texts), tuple(marks))


@pytest.mark.parametrize("hostile", [*TEXTS.values(), EVERY], ids=[*TEXTS, "every"])
def test_hostile_texts_are_text(hostile: str) -> None:
    """Every letter is there as it is, as an escape, or by its number, in the room that it has."""
    picture = lettered(hostile)
    shown = text.by_number(hostile, lambda letter: letter not in pdf_fonts.lacking(picture))
    found = list(words(to_pdf(picture)))
    assert "".join(one.text for one in found).replace(" ", "") == shown.replace(" ", "")
    assert max(one.right for one in found) < picture.width * POINT


@pytest.fixture
def no_fonts(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine without fonts."""
    monkeypatch.setattr(pdf_fonts, "FOLDERS", ())
    _forget()
    yield
    _forget()


def _forget() -> None:
    pdf_fonts._others.cache_clear()
    pdf_fonts._font.cache_clear()


SCRIPTS = {
    "größe ×": "größe ×",
    "свёртка": "[U+0441][U+0432][U+0451][U+0440][U+0442][U+043A][U+0430]",
    "層": "[U+5C64]",
    "층": "[U+CE35]",
    "طبقة": "[U+0637][U+0628][U+0642][U+0629]",
    "😀": "[U+1F600]",
}


@pytest.mark.usefixtures("no_fonts")
@pytest.mark.parametrize("script", SCRIPTS)
def test_letters_that_no_font_has_are_told_by_their_numbers(script: str) -> None:
    """In the room that their text was given: each of them has nearly two of their heights."""
    picture = lettered(script)
    (found,) = words(to_pdf(picture))
    assert found.text == SCRIPTS[script]
    assert found.right < (5 + width(script, "plain")) * POINT + 1
    assert pdf_fonts.lacking(picture) == ("" if script == "größe ×" else "".join(sorted(script)))


def test_letters_of_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What Vera lacks, a font of a known name sets; one that is broken is passed over."""
    vera = Path(reportlab.__file__).parent / "fonts" / "Vera.ttf"
    (tmp_path / "DejaVuSans.ttf").write_bytes(b"no font")
    (tmp_path / "ipag.ttf").write_bytes(vera.read_bytes())
    monkeypatch.setattr(pdf_fonts, "FOLDERS", (str(tmp_path),))
    _forget()
    assert [font.fontName for font in pdf_fonts._others()] == ["cnncalc-ipag"]
    monkeypatch.setattr(pdf_fonts, "APART", (range(0x40),))
    own = pdf_fonts._own("Vera")
    monkeypatch.setattr(pdf_fonts, "_has", lambda font, _: font is not own)
    assert pdf_fonts.runs("1", "plain") == [("cnncalc-ipag", "1")]
    _forget()


def test_a_letter_without_a_font_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("input: 3x8x8\nlayers:\n  - {name: طبقة, relu: }\n")
    ran = inside("draw", "a.yaml", "-o", "a.pdf", folder=tmp_path)
    assert ran.returncode == 0
    assert "no font here has بةطق: shown by their numbers" in ran.stderr


def test_latex_has_room_for_numbers() -> None:
    """`[U+5C64]` is wider than the room of what it stands for: its letters are smaller."""
    line = next(one for one in to_tikz(lettered("層")).splitlines() if r"\node" in one)
    height = float(line.partition(r"\fontsize{")[2].partition("bp")[0])
    assert height / (11 * POINT) == pytest.approx(
        width("層", "plain") / width("[U+5C64]", "plain"), abs=0.01
    )


# -- what is refused ------------------------------------------------------------------------

REFUSED = [
    (("--format", "pdf"), "--format pdf writes a file: -o network.pdf"),
    (("--dpi", "96", "-o", "a.svg"), "--dpi is how many pixels an inch has: --format png"),
    (("--dpi", "0", "-o", "a.png"), "--dpi wants a number of at least 1, got 0"),
    (("--width", "3in"), "--width is of a figure in a paper: --format pdf"),
    (("--dpi", "99999", "-o", "a.png"), "pixels are too many: a smaller --dpi or --depth"),
]


@pytest.mark.parametrize(("options", "message"), REFUSED)
def test_what_does_not_go_together(options: tuple[str, ...], message: str, tmp_path: Path) -> None:
    ran = inside("draw", "lenet5", *options, folder=tmp_path)
    assert ran.returncode == 2
    assert message in ran.stderr
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize(("form", "package"), [("pdf", "reportlab"), ("png", "pypdfium2")])
def test_a_missing_extra(
    form: str, package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("to_pdf", "to_png", "pdf_fonts"):
        monkeypatch.delitem(sys.modules, f"cnncalc.report.picture.{name}", raising=False)
    monkeypatch.setitem(sys.modules, package, None)
    ran = inside("draw", "lenet5", "-o", f"a.{form}", folder=tmp_path)
    assert ran.returncode == 2
    needs = f"--format {form} needs {package}: pip install 'cnncalc[pictures]'"
    assert needs in ran.stderr
