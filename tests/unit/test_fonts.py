"""Labels that people write: long ones, other alphabets, signs that no font has."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from analysis.errors import RenderingError
from analysis.publishing import charts, fonts
from analysis.publishing.likert import LikertPanel, likert, likert_height
from analysis.publishing.sheets import PAGE, PHONE, Rows, Sheet, wrapped
from analysis.study import Study

LONG = (
    "Avez-vous été accueilli(e) avec bienveillance et respect par chacun des agents que vous avez "
    "rencontrés ce jour-là"
)


def panel(*labels: str, level: str = "Oui") -> LikertPanel:
    """Questions of five levels, each answered as often."""
    parts = [((rank, rank), 0.2) for rank in range(5)]
    return LikertPanel(
        levels=[level, "b", "c", "d", "e"],
        labels=labels,
        shares=[parts] * len(labels),
        counted=["40"] * len(labels),
    )


def drawn(label: str, *, level: str = "Oui", sheet: Sheet = PAGE) -> bytes:
    panels = [panel(label, "b", level=level)]
    (image,) = charts.images(
        (".svg",),
        height=likert_height(panels, sheet),
        mark="données simulées",
        sheet=sheet,
        draw=lambda axes: likert(axes, panels, write=str),
    )
    return image


@pytest.mark.parametrize("sheet", [PAGE, PHONE])
@pytest.mark.parametrize(
    "label", ["Bien 😀", "الاستقبال", "x" * 90, LONG, "Été", "\N{SOFT HYPHEN}a", "a\u202fb"]
)
def test_a_label_of_any_length_or_alphabet_is_drawn_without_a_warning(
    label: str, sheet: Sheet
) -> None:
    assert fonts.missing_characters(label) == ""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        image, other = drawn(label, sheet=sheet), drawn(label, level=label, sheet=sheet)
    assert image != drawn("autre", sheet=sheet) and other != image and image.startswith(b"<?xml")


def test_a_label_that_no_font_has_is_named() -> None:
    with pytest.raises(RenderingError) as caught:
        drawn("Accueil 🦄")
    assert "A label holds '🦄'" in str(caught.value) and "'Accueil 🦄'" in str(caught.value)


def test_the_face_of_pages_keeps_what_browsers_do_unasked(tmp_path: Path) -> None:
    fonts.write_web_fonts(tmp_path)
    for file in (fonts.FACE_FILES[0], *tmp_path.glob("*.woff2")):
        font = TTFont(file)
        kept = {one.FeatureTag for one in font["GSUB"].table.FeatureList.FeatureRecord}
        assert {"liga", "frac"} <= kept and "kern" in {
            one.FeatureTag for one in font["GPOS"].table.FeatureList.FeatureRecord
        }
        assert ("smcp" in kept) == (file.suffix == ".ttf"), "small capitals are on request"
        widths = {font["hmtx"].metrics[font.getBestCmap()[ord(one)]][0] for one in "0123456789"}
        assert len(widths) == 1, "figures stand below one another in tables"


def test_labels_that_leave_no_room_are_told_and_the_longest_named() -> None:
    with pytest.raises(RenderingError, match="no room for its labels") as caught:
        charts.images(
            (".svg",),
            height=0.4,
            mark=None,
            draw=lambda axes: likert(axes, [panel(LONG)], write=str),
        )
    assert "Avez-vous" in str(caught.value)


def test_a_long_label_stands_on_several_lines_each_short_enough() -> None:
    lines = wrapped(LONG).splitlines()
    assert " ".join(lines) == LONG and max(map(len, lines)) <= PAGE.label and len(lines) > 2
    long, short = (Rows([label], PAGE, 0.5).height for label in (LONG, "a"))
    assert long > short == 0.5


def test_on_a_phone_a_label_stands_over_its_mark_and_rows_do_not_overlap() -> None:
    rows = Rows(["a", LONG, "b"], PHONE, 0.5)
    lines = wrapped(LONG, PHONE.label).count("\n") + 1
    assert lines == 3 and rows.row_height == pytest.approx(0.5 + lines * 0.19)
    assert list(rows.middles(2)) == pytest.approx([2.25 + 2 * 1.07, 2.25 + 1.07, 2.25])
    beside = Rows(["a", LONG, "b"], PAGE, 0.5)
    assert beside.mark == beside.row_height and rows.mark == 0.5


def renamed(study: Study, label: str) -> Study:
    return study.model_copy(update={"title": label})


def test_a_study_is_told_which_of_its_texts_cannot_be_shown(study: Study) -> None:
    assert fonts.unprintable_texts(study) == []
    found = fonts.unprintable_texts(renamed(study, "Baromètre 中"))
    assert [(one.where, "U+4E2D" in one.what) for one in found] == [("cd93, title", True)]


@pytest.mark.parametrize(
    "sign", ["\uf0b7", "\ufeff", "\x07", "\x7f", "\x1b", "\u202e", "\u2028", "\x1c"]
)
def test_what_pdf_refuses_is_told_before_the_work(study: Study, sign: str) -> None:
    assert fonts.missing_characters(f"a{sign}b") == sign
    assert len(fonts.unprintable_texts(renamed(study, f"Baromètre{sign}"))) == 1


def test_a_second_face_travels_with_the_editions_that_need_it_only(study: Study) -> None:
    assert fonts.font_files(study) == fonts.FACE_FILES
    assert fonts.font_files(renamed(study, "استقبال")) == (*fonts.FACE_FILES, *fonts.FALLBACK_FILES)
    assert all(Path(path).exists() for path in fonts.FALLBACK_FILES)
