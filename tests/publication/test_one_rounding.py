"""No number of an edition is printed two ways: shares and differences of shares are whole numbers
in sentences, alternative texts, tables and figures; decimals stand in the open data.
"""

from __future__ import annotations

import html
import json
import re
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.page_text import lines_of

WRITTEN = re.compile(r"([+−]?\d+(?:[.,]\d+)?)[\u00a0 ](%|points?)")
LEVEL = re.compile(r"à 95[\u00a0 ]%")
"""The level of an interval, which is no figure."""


def whole(share: float) -> str:
    """A share in percent, rounded half away from zero."""
    rounded = Decimal(repr(100 * share)).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    return str(abs(rounded))


def unfounded(sentences: list[dict[str, Any]], released: pl.DataFrame) -> list[str]:
    """The numbers of sentences that are the rounding of no figure that they are made from, nor the
    practical threshold.
    """
    numbers = {
        row["key"]: {whole(row[side]) for side in ("value", "low", "high") if row[side] is not None}
        for row in released.iter_rows(named=True)
        if row["unit"] in ("share", "points")
    }
    found = []
    for sentence in sentences:
        allowed = {"5"}.union(*(numbers.get(key, set()) for key in sentence["figures"]))
        text = LEVEL.sub("", sentence["text"])
        found += [
            f"{written} in {sentence['rule']}: {sentence['text']}"
            for written, _ in WRITTEN.findall(text)
            if written.lstrip("+−") not in allowed
        ]
    return found


@pytest.fixture
def sentences(published: Path) -> list[dict[str, Any]]:
    read: list[dict[str, Any]] = json.loads((published / "sentences.json").read_bytes())
    return read


@pytest.fixture
def released(published: Path) -> pl.DataFrame:
    return pl.read_parquet(published / "released/public.parquet")


def test_every_number_of_a_sentence_is_one_of_its_figures_rounded_once(
    sentences: list[dict[str, Any]], released: pl.DataFrame
) -> None:
    assert unfounded(sentences, released) == []
    assert sum(bool(WRITTEN.search(sentence["text"])) for sentence in sentences) > 20


def test_a_number_that_is_not_its_figures_would_be_found(
    sentences: list[dict[str, Any]], released: pl.DataFrame
) -> None:
    moved = released.with_columns(pl.col("value") + 0.05)
    assert unfounded(sentences, moved)
    decimal = [{**sentences[0], "text": "65,2\u00a0% des usagers"}]
    assert unfounded(decimal, released)


def test_no_page_nor_figure_writes_a_share_with_decimals(published: Path) -> None:
    pages = sorted((published / "_site").glob("**/*.html"))
    texts = {page.name: "\n".join(lines_of(page)) for page in pages}
    texts |= {
        image.name: html.unescape("\n".join(re.findall(r"<text [^>]*>([^<]*)<", image.read_text())))
        for image in sorted((published / "figures").glob("**/*.svg"))
    }
    found = {
        name: [written for written, _ in WRITTEN.findall(text) if re.search("[.,]", written)]
        for name, text in texts.items()
    }
    assert {name: written for name, written in found.items() if written} == {}
    assert sum(len(WRITTEN.findall(text)) for text in texts.values()) > 100
