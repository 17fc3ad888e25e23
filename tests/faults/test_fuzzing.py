"""A few of the broken files, manifests, parameters and archives that `make fuzz` tries by
thousands."""

from __future__ import annotations

import pytest

from analysis.errors import IntakeError
from analysis.intake import harmonise
from analysis.intake.raw_table import DelimitedFile
from tests.faults.accidents import CANARIES, NAME
from tests.faults.fuzzing import fuzz


def test_what_is_broken_is_refused_or_taken_and_shows_nobody() -> None:
    report = fuzz(150, 5, lambda line: None)
    assert report.violations == []
    assert (
        set(report.cases) == {"files", "manifests", "parameters", "archives"}
        and report.cases.total() == 150
    )
    assert 5 < report.taken["files"] < report.cases["files"], "some are taken, and not all"


def test_a_message_that_quotes_a_column_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def leaks(self: DelimitedFile, *columns: str) -> None:
        if not set(columns) <= set(self.columns):
            raise IntakeError(f"No {columns} among {self.columns}", hint="look")

    monkeypatch.setattr(DelimitedFile, "require", leaks)
    assert [
        one for one in fuzz(150, 5, lambda line: None).violations if "stands in the message" in one
    ]


def test_a_record_that_holds_a_cell_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    refused = harmonise.__globals__["_refused_rows"]

    def leaks(rows: object, *rest: object) -> object:
        import polars as pl

        return refused(rows, *rest).with_columns(content=pl.lit(NAME))

    monkeypatch.setitem(harmonise.__globals__, "_refused_rows", leaks)
    found = fuzz(150, 5, lambda line: None).violations
    assert found and all("stands in refused" in one for one in found)
    assert CANARIES.search(NAME.upper())
