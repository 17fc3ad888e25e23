"""Participation where anyone may answer: answers beside a count of the services, by hand."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from analysis.disclosure import Audience, release
from analysis.errors import ParameterError
from analysis.indicators import Answers, Exposure, exposure
from analysis.publishing.pages.response import exposed as section
from analysis.storage import Figures, Measures
from analysis.storage.figures import SHOWN
from analysis.study import Study, load_study
from tests.conftest import ROOT
from tests.released import page, row
from tests.unit.test_pages import lines

MONTHS = [date(2026, month, 1) for month in (7, 8, 9, 10)]
VISITS = [4000.0, 3000.0, 5000.0, 6000.0]


def measures(values: list[float | None], *, site: str = "") -> pl.DataFrame:
    rows = [
        {
            **dict.fromkeys(Measures.column_names()),
            "directorate": "def",
            "wave": "2026-2",
            "indicator": "visites",
            "site": site,
            "month": month,
            "value": value,
        }
        for month, value in zip(MONTHS, values, strict=True)
    ]
    return pl.DataFrame(rows, schema=Measures.create_empty().schema)


def table(study: Study, found: pl.DataFrame | None) -> pl.DataFrame:
    """250 answers by QR code and 90 by a kiosk; ten of the former are under constraint."""
    responses = pl.DataFrame(
        {
            "channel": ["qr"] * 260 + ["borne"] * 90,
            "population": ["generale"] * 250 + ["protection"] * 10 + ["generale"] * 90,
        }
    )
    return exposure(responses, found, study, directorate="def", wave="2026-2", simulated=True)


def test_answers_are_set_beside_the_visits_of_the_field(study: Study) -> None:
    found = table(study, pl.concat([measures(VISITS), measures([9.0] * 4, site="pmi-acacias")]))
    assert found.select("channel", "counted", "exposed", "answers").rows() == [
        ("qr", "visites", 18000, 250),
        ("papier", "visites", 18000, 0),
        ("borne", "visites", 18000, 90),
    ]
    figures = Exposure.figures(found).filter(channels="qr")
    assert figures.select("definition", "value", "base").rows() == [
        ("exposed", 18000, 18000),
        ("rate", pytest.approx(250 / 18000), 250),
    ]


@pytest.mark.parametrize(
    ("visits", "answered", "shown"), [(40, 30, True), (40, 10, False), (8, 300, False)]
)
def test_a_rate_is_shown_where_answers_and_visits_are(
    study: Study, visits: int, answered: int, shown: bool
) -> None:
    about = ("def", "2026-2", "qr", "x", "C2")
    counts = pl.DataFrame(
        [(*about, "visites", visits, answered, True)],
        schema=Exposure.create_empty().schema,
        orient="row",
    )
    answers = pl.DataFrame(
        [(*about, answered, True)], schema=Answers.create_empty().schema, orient="row"
    )
    figures = Figures.validate(pl.concat([Answers.figures(answers), Exposure.figures(counts)]))
    released = release(figures, study, audience=Audience.PUBLIC)
    (status,) = released.filter(layer="exposure", definition="rate")["status"]
    assert (status in SHOWN) == shown, status


def test_a_month_that_is_not_known_leaves_no_exposure(study: Study) -> None:
    assert table(study, measures([*VISITS[:3], None])).is_empty()
    assert table(study, measures(VISITS).filter(pl.col("month") != MONTHS[1])).is_empty()
    assert table(study, measures([0.0] * 4)).is_empty()
    assert table(study, None).is_empty() and table(study, measures(VISITS)).height == 3


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("exposure: visites", "exposure: delai_moyen", "channels.qr.exposure"),
        ("invited: true", "invited: true\n    exposure: visites", "counted where they are drawn"),
    ],
)
def test_an_exposure_is_a_count_of_a_channel_that_is_open(
    tmp_path: Path, old: str, new: str, words: str
) -> None:
    folder = Path(shutil.copytree(ROOT / "params" / "cd93", tmp_path / "cd93"))
    assert load_study(folder).channel("qr").exposure == "visites"
    content = (folder / "study.yml").read_text(encoding="utf-8")
    assert old in content
    (folder / "study.yml").write_text(content.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ParameterError) as caught:
        load_study(folder)
    assert words in str(caught.value)


def figure(definition: str, value: float, **about: Any) -> dict[str, Any]:
    found = {
        "layer": "exposure",
        "indicator": "visites",
        "item": None,
        "definition": definition,
        "kind": "share" if definition == "rate" else "count",
        "unit": "share" if definition == "rate" else "count",
        "breakdown": "channel",
        "category": "qr",
        "value": value,
        "low": None,
        "high": None,
        **about,
    }
    return row(**found)


def test_the_section_says_what_is_counted(study: Study) -> None:
    rows = [figure("exposed", 18000.0), figure("rate", 0.0139)]
    rows += [figure("exposed", 18000.0, category="borne")]
    found = lines(section(page(study, *rows, directorate=None)))
    assert [one for one in found if "|" in one] == [
        "Canal|Ce qui est compté|Nombre pendant le recueil|Part de réponses|",
        "DPAPH – QR code affiché|Visites reçues|18 000|1 %|",
    ]
    assert section(page(study, row(), directorate=None)).markdown == ""
