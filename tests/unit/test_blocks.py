"""Blocks of pages: what stands in them is text, whatever it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.errors import DisclosureError
from analysis.publishing.blocks import (
    SENTENCES,
    block,
    escape_markdown,
    figure_notes,
    heading,
    image,
    table,
)
from analysis.publishing.rendering.pages import read_page
from analysis.publishing.wording.language import Language
from analysis.publishing.wording.sentences import Sentence

FR = Language.of("fr")
NB = "\u00a0"

HOSTILE = '<script>alert(1)</script> =HYPERLINK("x") [a](javascript:b) `c` $d$ {e} @fig-x | *f*'


def test_a_hostile_text_is_only_text() -> None:
    assert "<script>" not in escape_markdown(HOSTILE)
    shown = table("x", columns={"A": [HOSTILE], "B": ["1"]}, caption=HOSTILE)
    drawn = image("x", alt=HOSTILE, caption="c", svg="<svg/>")
    titled = heading(HOSTILE)
    for part in (shown, drawn, titled):
        assert "<script>" not in part.html
    assert "<script>" not in shown.markdown and "<script>" not in titled.markdown
    assert 'fig-alt="&lt;script&gt;' in drawn.markdown


@pytest.mark.parametrize(
    "text",
    ["A\n\n:::\n\nB", "1. premier", "- un", "a -- b", "a...", "&lt;", '"x"', "@mdph", "x\\y"],
)
def test_a_text_comes_out_of_pandoc_as_it_went_in(text: str) -> None:
    import pypandoc

    out = pypandoc.convert_text(
        f"::: {{.reading}}\n{escape_markdown(text)}\n:::",
        "plain",
        format="markdown",
        extra_args=["--wrap=none"],
    )
    assert " ".join(out.split()) == " ".join(text.split())


def test_a_table_has_headers_for_its_rows_and_columns() -> None:
    html = table(
        "x", columns={"Canal": ["QR"], "Part": ["5 %"]}, caption="c", numeric=["Part"]
    ).markdown
    assert html.count('scope="col"') == 2
    assert html.count('scope="row"') == 1
    assert html.startswith("::: {#tbl-x}")
    assert "<style" not in html


def test_an_empty_reading_is_nothing() -> None:
    assert figure_notes(FR) is None
    found = figure_notes(FR, note="a")
    assert found is not None
    assert found.markdown == f"::: {{.reading}}\n\n**Note{NB}:** a\n\n:::"


def test_a_block_is_markdown_for_renderers_html_for_readers_and_says_its_sentences() -> None:
    said = Sentence("Une hausse", "change_up", ("a/b",))
    shown = block("trend", heading(said), None, figure_notes(FR, note="b"))
    bundle, _ = shown._repr_mimebundle_()
    assert (
        bundle["text/markdown"]
        == f"## Une hausse {{#trend}}\n\n::: {{.reading}}\n\n**Note{NB}:** b\n\n:::\n"
    )
    assert "<h2>Une hausse</h2>" in str(bundle["text/html"])
    assert bundle[SENTENCES] == [
        {
            "section": "trend",
            "place": "heading",
            "rule": "change_up",
            "figures": ["a/b"],
            "text": "Une hausse",
        }
    ]
    assert block("empty").markdown == ""


def test_an_internal_view_is_refused_by_every_renderer(tmp_path: Path) -> None:
    page = tmp_path / "p.ipynb"
    page.write_text('{"cells": [{"outputs": ["observatoire-internal-view"]}]}')
    with pytest.raises(DisclosureError, match="internal view"):
        read_page(page)
