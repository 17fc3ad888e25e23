"""Of the people who were drawn, how many answered: rates by hand, and what is hidden of them."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from analysis.disclosure import Audience, release
from analysis.indicators import Answers, Participation, participation
from analysis.publishing.pages.participation import participation as section
from analysis.storage import Dispositions, Figures, make_table
from analysis.study import MissingKind, Study
from tests.released import HIDDEN, page, row
from tests.unit.test_pages import lines

ASKED = ("Q01", "Q02", "AGE")


def responses(study: Study, complete: int, partial: int, constrained: int = 0) -> pl.DataFrame:
    """Respondents of the invitation: some break off at the second question, some are under
    constraint."""
    abandoned = study.missing[MissingKind.ABANDONED]
    second = [4] * complete + [abandoned] * partial + [4] * constrained
    count = len(second)
    return pl.DataFrame(
        {
            "channel": ["invitation"] * count,
            "population": ["generale"] * (complete + partial) + ["protection"] * constrained,
            "Q01": [5] * count,
            "Q02": second,
            "AGE": [2] * count,
        }
    )


def dispositions(*samples: tuple[str, int, int], unknown: int = 0) -> pl.DataFrame:
    rows = [
        {
            "delivery": f"d{number}",
            "file": "a.csv",
            "line": 0,
            "channel": channel,
            "drawn": drawn,
            "ineligible": ineligible,
            "unknown": unknown,
        }
        for number, (channel, drawn, ineligible) in enumerate(samples)
    ]
    return make_table(rows, Dispositions)


def table(study: Study, found: pl.DataFrame, samples: pl.DataFrame) -> pl.DataFrame:
    return participation(found, samples, study, directorate="def", wave="2026-2", simulated=True)


def figures(measured: pl.DataFrame) -> pl.DataFrame:
    """The figures of both layers: the answers, and what is made of them."""
    answers = measured.select(
        *("directorate", "wave", "channel", "channel_label", "claim", "answers", "simulated")
    )
    return pl.concat([Answers.figures(answers), Participation.figures(measured)])


def by_definition(frame: pl.DataFrame, column: str) -> dict[str, Any]:
    mine = frame.filter(pl.col("layer") == "participation")
    return dict(mine.select("definition", column).iter_rows())


def test_rates_are_those_of_the_standard_definitions(study: Study) -> None:
    """I = 150, P = 30; 500 drawn, of whom 20 are not eligible: RR1 = 150/480, RR2 = 180/480."""
    measured = table(study, responses(study, 150, 30, 40), dispositions(("invitation", 500, 20)))
    found = by_definition(figures(measured), "value")
    assert found == {
        "drawn": 500,
        "ineligible": 20,
        "partial": 30,
        "complete": 150,
        "RR1": pytest.approx(0.3125),
        "RR2": pytest.approx(0.375),
    }


def test_who_is_not_known_to_be_eligible_is_counted_in_part_or_not_at_all(study: Study) -> None:
    """Of 480, 80 are unknown; of the others 400 are eligible and 20 not: e = 400/420, so that
    RR3 = 150/(400 + 80 e), and RR5 = 150/400."""
    samples = dispositions(("invitation", 500, 20), unknown=80)
    found = by_definition(figures(table(study, responses(study, 150, 30), samples)), "value")
    likely = 400 + 80 * 400 / 420
    assert found == {
        "drawn": 500,
        "ineligible": 20,
        "unknown": 80,
        "eligible": pytest.approx(400 / 420),
        "partial": 30,
        "complete": 150,
        "RR1": pytest.approx(150 / 480),
        "RR2": pytest.approx(180 / 480),
        "RR3": pytest.approx(150 / likely),
        "RR4": pytest.approx(180 / likely),
        "RR5": pytest.approx(150 / 400),
        "RR6": pytest.approx(180 / 400),
    }
    one_more = dispositions(("invitation", 500, 20), unknown=81)
    other = by_definition(figures(table(study, responses(study, 150, 30), one_more)), "value")
    same = {name for name in found if found[name] == pytest.approx(other[name], abs=1e-12)}
    assert same == {"drawn", "ineligible", "partial", "complete", "RR1", "RR2"}


@pytest.mark.parametrize(
    ("complete", "partial", "drawn", "ineligible"),
    [(151, 30, 500, 20), (150, 31, 500, 20), (150, 30, 501, 20), (150, 30, 500, 21)],
)
def test_one_more_of_anything_gives_other_rates(
    study: Study, complete: int, partial: int, drawn: int, ineligible: int
) -> None:
    sample = dispositions(("invitation", drawn, ineligible))
    found = by_definition(
        figures(table(study, responses(study, complete, partial), sample)), "value"
    )
    assert found["RR2"] != pytest.approx(0.375)


def test_samples_of_several_files_of_a_channel_add_up(study: Study) -> None:
    samples = dispositions(("invitation", 300, 10), ("invitation", 200, 10))
    (found,) = table(study, responses(study, 150, 30), samples).iter_rows(named=True)
    assert (found["drawn"], found["ineligible"]) == (500, 20)


def test_without_a_break_off_on_record_the_two_rates_are_not_told_apart(study: Study) -> None:
    measured = table(study, responses(study, 180, 0), dispositions(("invitation", 480, 0)))
    assert set(by_definition(figures(measured), "value")) == {"drawn", "RR2"}


def test_nobody_says_how_many_were_drawn(study: Study) -> None:
    assert table(study, responses(study, 150, 30), dispositions()).is_empty()
    assert Participation.figures(Participation.create_empty()).is_empty()


# --- the gate -------------------------------------------------------------------------------------


def statuses(study: Study, complete: int, partial: int, drawn: int) -> dict[str, str]:
    measured = table(
        study, responses(study, complete, partial), dispositions(("invitation", drawn, 0))
    )
    frame = Figures.validate(figures(measured))
    return by_definition(release(frame, study, audience=Audience.PUBLIC), "status")


def test_all_is_shown_of_a_large_sample(study: Study) -> None:
    assert set(statuses(study, 400, 120, 1500).values()) == {""}


def test_a_small_number_of_break_offs_is_not_told_by_the_two_rates(study: Study) -> None:
    """RR1 and RR2 times the number drawn would give the 4 of them."""
    found = statuses(study, 400, 4, 1500)
    assert {name for name, status in found.items() if status == "s"} == {
        "partial",
        "complete",
        "RR1",
    }
    assert found["RR2"] == found["drawn"] == ""


def test_a_rate_does_not_tell_a_number_of_answers_that_is_hidden(study: Study) -> None:
    """8 answers are too few: RR2 times the number drawn would give them."""
    found = statuses(study, 8, 0, 900)
    assert found == {"drawn": "", "RR2": "s"}


# --- the page -------------------------------------------------------------------------------------


def measure(definition: str, value: float | None, **about: Any) -> dict[str, Any]:
    """A released row of the layer."""
    is_rate = definition.startswith("RR")
    found = {
        "layer": "participation",
        "indicator": "participation",
        "item": None,
        "definition": definition,
        "kind": "share" if is_rate else "count",
        "unit": "share" if is_rate else "people" if definition == "drawn" else "answers",
        "breakdown": "channel",
        "category": "invitation",
        "category_label": "Enquête sur invitation",
        "value": value,
        "base": None,
        "low": None,
        "high": None,
        **about,
    }
    return row(**found | (HIDDEN if value is None else {}))


def test_the_section_says_what_is_known_and_signs_the_rest(study: Study) -> None:
    rows = [
        *(measure(name, value) for name, value in (("drawn", 3100), ("complete", 1011))),
        *(
            measure(name, value)
            for name, value in (("partial", 58), ("RR1", 0.326), ("RR2", 0.345))
        ),
        measure("drawn", 900, directorate="def"),
        measure("RR2", None, directorate="def"),
    ]
    found = lines(section(page(study, *rows, directorate=None)))
    assert found[0] == "## Combien de personnes invitées ont répondu"
    assert [one for one in found if "|" in one] == [
        "Qui a été invité|Échantillon tiré|Réponses complètes|Réponses partielles|Taux RR1|"
        "Taux RR2|",
        "DPAPH – Enquête sur invitation|3 100|1 011|58|33 %|35 %|",
        "DEF – Enquête sur invitation|900|nd|nd|nd|s|",
    ]
    note = next(one for one in found if one.startswith("**Note"))
    assert "American Association for Public Opinion Research" in note
    assert "il n’y a pas de taux de réponse" in note and "s = non diffusé" in note


def test_a_study_that_invites_nobody_has_no_section(study: Study) -> None:
    assert section(page(study, row(), directorate=None)).markdown == ""
