"""Labels and tables that nobody foresaw: the page is right, on a screen, on paper and in a word
processor, or nothing is made and the message says which source."""

from __future__ import annotations

import html
import re
import zipfile
from pathlib import Path

import pypdf
import pytest

from analysis.errors import RenderingError
from analysis.publishing import charts
from analysis.publishing.blocks import (
    Block,
    block,
    callout,
    fact_list,
    figure_notes,
    heading,
    image,
    paragraph,
    table,
)
from analysis.publishing.fonts import missing_characters
from analysis.publishing.rendering import embedded
from analysis.publishing.rendering.embedded import EmbeddedRenderer
from analysis.publishing.rendering.quarto import QuartoRenderer
from analysis.publishing.sheets import Rows
from analysis.publishing.wording.language import Language
from analysis.publishing.wording.sentences import Sentence
from analysis.study import Study
from tests.one_page import EDITION, project_of

FRENCH = Language.of("fr")

LABELS = {
    "html": "<script>alert(1)</script><b onclick=x>gras</b> &amp; &lt;i&gt;",
    "typst": '#text(fill: red)[rouge] #import "x" @fig-x $ x^2 $ <label>',
    "latex": r"\textbf{gras} \input{/etc/passwd} $\frac{1}{2}$ 100\% ~ \\",
    "markdown": "# Titre **gras** [lien](https://x.example) ![](y.png) `code` | a | ::: {.x}",
    "quarto": "{{< include /etc/passwd >}} {python} @tbl-index --- ``` [^1]",
    "braces": "{=html} {.narrow} {#fig-z} $$ %%% ''' \"\"\"",
    "emoji": "Très bien 😀 ☺",
    "right to left": "استقبال الزوار في المركز",
    "long": "Un libellé sans fin " * 500,
    "one word": "x" * 2_000,
}


def page_of(label: str, folder: Path) -> Block:
    """A section in which a label stands wherever one can."""
    folder.mkdir(parents=True)
    charts.save(
        folder / "figures",
        "mine",
        title=label,
        description=label,
        height=lambda sheet: 1.0 + Rows([label[:120]], sheet, 0.5).height,
        mark=None,
        draw=lambda axes: charts.ranges(
            axes,
            labels=[label[:120]],
            means=[0.5],
            low=[0.4],
            high=[0.6],
            write=FRENCH.percent,
            label=label[:120],
        ),
    )
    svg = (folder / "figures" / "mine.svg").read_text(encoding="utf-8")
    return block(
        "mine",
        heading(Sentence(label, "head")),
        paragraph(Sentence(label, "told")),
        callout(label, label),
        image("mine", alt=label, caption=label, svg=svg),
        figure_notes(FRENCH, lecture=Sentence(label, "lecture"), field=label, source=label),
        table("mine", columns={"Nom": [label], "Nombre": ["1"]}, caption=label, numeric=["Nombre"]),
        fact_list(FRENCH, {"Nom": label, label: "fin"}),
    )


def squeezed(text: str) -> str:
    """A text without spaces, nor the hyphens that lines are broken with."""
    return re.sub(r"[\s\u00ad\u200b-\u200f]+", "", text)


@pytest.mark.parametrize("name", LABELS)
def test_a_label_stands_as_it_is_written_wherever_it_stands(
    study: Study, tmp_path: Path, name: str
) -> None:
    label = LABELS[name].strip()
    assert missing_characters(label) == ""
    named = study.model_copy(update={"mission": label})  # its fonts are those that it asks for
    project = project_of(named, tmp_path, page_of(label, tmp_path / "run"), title=label)
    EmbeddedRenderer().render(project, epoch=EDITION.epoch)
    site = project / "_site"
    source = (site / "index.html").read_text(encoding="utf-8")
    body = source.partition("<main")[2]
    told = squeezed(html.unescape(re.sub(r"<[^>]+>", "", body)))
    assert told.count(squeezed(label)) >= 8, "at its heading, in a note, a cell, a caption, a list"
    for element in ("<script", "<b ", "<i>", "onclick=", '<a href="https://x', "<code"):
        written = body.replace(html.escape(label), "")
        assert element not in re.sub(r'(alt|aria-label|title)="[^"]*"', "", written), element
    with zipfile.ZipFile(site / "index.docx") as document:
        text = document.read("word/document.xml").decode("utf-8")
    plain = squeezed(html.unescape(re.sub(r"<[^>]+>", "", text)))
    assert plain.count(squeezed(label)) >= 8
    reader = pypdf.PdfReader(site / "index.pdf")
    printed = squeezed("".join(page.extract_text() for page in reader.pages))
    if name in ("html", "typst", "latex", "quarto", "braces"):
        assert printed.count(squeezed(label)[:20]) >= 6
    assert reader.root_object["/MarkInfo"]["/Marked"]
    assert (site / "figures" / "mine-narrow.svg").exists()


def test_a_table_of_three_hundred_rows_is_whole_and_its_head_is_on_each_sheet(
    study: Study, tmp_path: Path
) -> None:
    rows = [f"Ligne {place:03d}" for place in range(300)]
    columns = {"Nom de la ligne": rows, "Nombre": ["12 %"] * 300}
    shown = block("long", heading("Tout"), table("long", columns=columns, caption="Longue"))
    project = project_of(study, tmp_path, shown)
    EmbeddedRenderer().render(project, epoch=EDITION.epoch)
    site = project / "_site"
    pages = [page.extract_text() for page in pypdf.PdfReader(site / "index.pdf").pages]
    assert len(pages) > 3
    assert [one for text in pages for one in re.findall(r"Ligne \d{3}", text)] == rows
    assert all("Nom de la ligne" in text for text in pages if "Ligne" in text)
    assert "Longue" in pages[0] and "Ligne 000" in pages[0], "its caption stays with it"
    assert (site / "index.html").read_text(encoding="utf-8").count("Ligne ") == 300
    with zipfile.ZipFile(site / "index.docx") as document:
        text = document.read("word/document.xml").decode("utf-8")
    assert text.count("Ligne ") == 300 and text.count("<w:tblHeader") == 1


def test_a_label_that_no_font_has_is_refused_by_name(study: Study, tmp_path: Path) -> None:
    with pytest.raises(RenderingError, match="which no font of an edition has"):
        page_of("Accueil 🦄", tmp_path / "run")


def test_a_renderer_that_fails_in_the_middle_leaves_its_page_named(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = project_of(study, tmp_path, page_of("Bien", tmp_path / "run"))

    def broken(*_: object, **__: object) -> bytes:
        raise embedded.typst.TypstError("cannot go on", [], [])

    monkeypatch.setattr(embedded.typst, "compile", broken)
    with pytest.raises(RenderingError, match="typst could not make the PDF") as caught:
        EmbeddedRenderer(tmp_path / "kept").render(project, epoch=EDITION.epoch)
    assert caught.value.where == "index"
    assert not (tmp_path / "kept").exists(), "half a page is not kept"
    assert [path.name for path in project.iterdir() if path.name.startswith(".")] == []
    monkeypatch.undo()
    EmbeddedRenderer(tmp_path / "kept").render(project, epoch=EDITION.epoch)
    assert (project / "_site" / "index.pdf").exists()


def test_a_quarto_that_stops_in_the_middle_says_which_project(study: Study, tmp_path: Path) -> None:
    project = project_of(study, tmp_path, page_of("Bien", tmp_path / "run"))
    binary = tmp_path / "quarto"
    script = 'mkdir -p "$2/_site"; echo "index.html: no room" >&2; kill -9 $$'
    binary.write_text(f"#!/bin/sh\n{script}\n")
    binary.chmod(0o755)
    with pytest.raises(RenderingError, match="Quarto failed") as caught:
        QuartoRenderer(binary).render(project, epoch=0)
    assert "no room" in str(caught.value) and caught.value.where == "edition"
