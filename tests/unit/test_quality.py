"""What weakens a wave, found in counts that are written by hand."""

from __future__ import annotations

from itertools import product

import polars as pl

from analysis.indicators import QualityFlags, quality_flags
from analysis.indicators.fieldwork import Fieldwork
from analysis.study import Study

CHANNELS = ("invitation", "qr", "papier", "borne")


def answered(scopes: list[tuple[str, str]]) -> pl.DataFrame:
    """Fieldwork in which each channel brought 200 answers to the last day, in some scopes."""
    rows = [
        (directorate, wave, measure, channel, "", value)
        for (directorate, wave), channel in product(scopes, CHANNELS)
        for measure, value in (("answers", 200), ("days_unused", 0))
    ]
    return pl.DataFrame(rows, schema=Fieldwork.create_empty().schema, orient="row")


def missing(study: Study, scopes: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Directorate and wave of what is said to be missing before the last wave."""
    table = quality_flags(answered(scopes), study, wave="2026-2", simulated=True)
    return list(
        table.filter(flag="wave_missing")
        .select("directorate", "against")
        .sort("against")
        .iter_rows()
    )


def test_each_wave_without_answers_is_a_flag_of_its_own(study: Study) -> None:
    waves = [wave.id for wave in study.waves]
    everything = [(name, wave) for name in ("dpaph", "def") for wave in waves]
    assert missing(study, everything) == []
    of_def = [("def", "2024-2"), ("def", "2025-1")]
    assert missing(study, [scope for scope in everything if scope not in of_def]) == of_def
    nobody = [scope for scope in everything if scope[1] not in ("2024-2", "2025-1")]
    assert missing(study, nobody) == [("", "2024-2"), ("", "2025-1")]


def test_flags_of_several_waves_are_figures_of_their_own(study: Study) -> None:
    scopes = [("dpaph", "2026-2"), ("def", "2026-2"), ("dpaph", "2024-1")]
    table = quality_flags(answered(scopes), study, wave="2026-2", simulated=True)
    figures = QualityFlags.figures(table).filter(indicator="wave_missing")
    assert figures["against"].to_list() == ["2024-2", "2025-1", "2025-2", "2026-1"]
    assert figures["key"].n_unique() == 4 and figures["directorate"].null_count() == 4


# --- sampling frames ------------------------------------------------------------------------------


def of_frame(
    study: Study, *, people: int = 0, kept: int = 200, answered: int = 200, **margins: int
) -> dict[str, tuple[float, float | None]]:
    """The flags of dpaph on frames and margins: what is observed, and beside what."""
    counts = [("answers", "invitation", "", kept), ("days_unused", "invitation", "", 0)]
    if people:
        counts.append(("frame_people", "invitation", "", people))
        counts.append(("frame_answered", "invitation", "", answered))
    counts += [("margin", "", name, 2) for name in margins]
    counts += [("margin_people", "", name, total) for name, total in margins.items()]
    now = [("dpaph", "2026-2", *one) for one in counts]
    before = [("dpaph", "2026-1", "margin", "", "site", 2)]
    rows = pl.DataFrame([*now, *before], schema=Fieldwork.create_empty().schema, orient="row")
    found = quality_flags(rows, study, wave="2026-2", simulated=True)
    about = ("unweighted", "margins_missing", "sizes_unknown")
    kept_flags = found.filter(
        pl.col("flag").is_in(about) | pl.col("flag").str.starts_with("frame_"), directorate="dpaph"
    )
    return {
        row["flag"]: (row["observed"], row["baseline"]) for row in kept_flags.iter_rows(named=True)
    }


def test_a_frame_that_agrees_with_answers_and_margins_is_no_flag(study: Study) -> None:
    assert of_frame(study, people=1000, site=1000, AGE=1000) == {}
    assert of_frame(study, people=1040, kept=185, site=1000) == {}, "within the tolerance"


def test_what_does_not_agree_with_a_frame_is_told_with_both_numbers(study: Study) -> None:
    found = of_frame(study, people=1100, kept=150, site=1000)
    assert found == {"frame_answers": (150, 200), "frame_margins": (1100, 1000)}


def test_a_frame_that_was_not_delivered_and_sizes_that_nothing_tells(study: Study) -> None:
    assert of_frame(study, site=1000) == {"frame_missing": (0, None)}
    assert of_frame(study, AGE=1000) == {"sizes_unknown": (0, None)}
    assert of_frame(study, people=1000, AGE=1000) == {}, "the frame tells them"
    assert set(of_frame(study, people=1000)) == {"margins_missing"}
    assert set(of_frame(study)) == {"unweighted", "frame_missing"}
