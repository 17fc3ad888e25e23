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
