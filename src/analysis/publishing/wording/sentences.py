"""The sentences: each is made from released rows by rule, and says no more than they allow."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

from analysis.disclosure import Status
from analysis.indicators import Verdict, verdict
from analysis.inference import Difference, independent_difference
from analysis.publishing.wording.language import Language
from analysis.study import Claim, Directorate, Indicator, Study, Wave

Row = dict[str, Any]
"""One row of `storage.Released`."""
_SIGN = re.compile(r"(?:s|nd|so|n/a)\s?:")


@dataclass(frozen=True)
class Voice:
    """What a page speaks of, and how: the study, its language, the edition's wave and its released
    figures.
    """

    study: Study
    language: Language
    wave: Wave
    released: pl.DataFrame

    # --- finding rows -----------------------------------------------------------------------------

    def rows(
        self,
        *,
        directorate: str,
        breakdown: str = "total",
        indicator: str | None = None,
        definition: str | None = None,
        wave: str | None = None,
    ) -> list[Row]:
        """Released rows, in the study's order of indicators and in that of the categories."""
        chosen = self.released.filter(
            (pl.col("directorate") == directorate)
            & (pl.col("wave") == (wave or self.wave.id))
            & (pl.col("breakdown") == breakdown)
        )
        if indicator is not None:
            chosen = chosen.filter(pl.col("indicator") == indicator)
        rows = [row for row in chosen.iter_rows(named=True) if self._wanted(row, definition)]
        order = {one.id: place for place, one in enumerate(self.study.indicators)}
        return sorted(rows, key=lambda row: (order[row["indicator"]], row["category"]))

    def row(self, *, directorate: str, indicator: str, wave: str | None = None) -> Row | None:
        """The total of an indicator's primary definition, if it is there and shown."""
        found = self.rows(directorate=directorate, indicator=indicator, wave=wave)
        return next((row for row in found if not hidden(row)), None)

    def _wanted(self, row: Row, definition: str | None) -> bool:
        primary = self.study.indicator(row["indicator"]).definitions[0]
        return bool(row["definition"] == (definition or primary))

    @property
    def overall(self) -> Indicator:
        """The indicator that makes titles and trends: the first headline one."""
        return next(one for one in self.study.indicators if one.headline)

    @property
    def subject(self) -> str:
        """What the pages are about: the label of the indicator that makes titles and trends."""
        return self.language.typeset(self.overall.label)

    # --- small words ------------------------------------------------------------------------------

    def wave_label(self, wave: Wave | None = None) -> str:
        return self.language.typeset((wave or self.wave).label)

    def decimals(self, rows: list[Row]) -> int:
        """Decimals of the shares of rows printed together: one where every shown base allows it."""
        bases = [row["base"] for row in rows if not hidden(row)]
        return int(bool(bases) and min(bases) >= self.study.thresholds.decimals_from)

    def value(self, row: Row, *, beside: list[Row] | None = None) -> str:
        """The figure of a row as it is printed (beside others), or the sign of what hides it."""
        decimals = self.decimals(beside or [row])
        if hidden(row):
            return self.language.text(f"sign_{row['status']}")
        if row["kind"] == "mean":
            return self.language.number(row["value"], decimals=1)
        if row["kind"] == "balance":
            return self.language.points(row["value"], decimals=decimals)
        return self.language.percent(row["value"], decimals=decimals)

    def difference(self, value: float, row: Row, *, decimals: int) -> str:
        """A difference of two figures of a row's kind: of scores, or of shares in points."""
        if row["kind"] == "mean":
            return self.language.signed(value, decimals=1)
        return self.language.points(value, decimals=decimals)

    def flagged(self, row: Row, *, beside: list[Row]) -> str:
        """The figure with the sign of its precision."""
        flag = {Status.CAUTION: "\u00a0(!)", Status.FRAGILE: "\u00a0(!!)"}.get(
            Status(row["status"]), ""
        )
        return self.value(row, beside=beside) + flag

    def interval(self, row: Row, *, beside: list[Row] | None = None) -> str:
        if hidden(row):
            return self.value(row)
        if row["low"] is None:
            return self.language.text("sign_nd")
        mean = row["kind"] == "mean"
        decimals = 1 if mean else self.decimals(beside or [row])
        return self.language.interval(
            row["low"], row["high"], decimals=decimals, scale=1 if mean else 100
        )

    def answers(self, base: int) -> str:
        return self.language.text(
            "answers_1" if base == 1 else "answers_n", count=self.language.number(base)
        )

    def base(self, row: Row) -> str:
        return (
            self.language.text(f"sign_{row['status']}")
            if hidden(row)
            else self.language.number(row["base"])
        )

    def field(self, directorate: Directorate, claim: str) -> str:
        """Who the figures are about."""
        return self.language.text(
            "field_text",
            people=self.language.text(f"field_people_{claim}"),
            directorate=directorate.acronym,
            claim=self.language.text(f"claim_{claim}"),
        )

    def source(self) -> str:
        return self.language.text(
            "source_text",
            title=self.study.title,
            publisher=self.study.publisher,
            wave=self.wave_label(),
            day=self.language.day(self.wave.publication),
        )

    # --- sentences --------------------------------------------------------------------------------

    def lecture(self, rows: list[Row]) -> str:
        """The sentence that reads the first shown row of some rows aloud, as they are printed
        together.
        """
        row = next((one for one in rows if not hidden(one)), None)
        if row is None:
            return ""
        indicator, definition = (
            self.study.indicator(row["indicator"]),
            self.study.definition(row["definition"]),
        )
        claim = row["claim"]
        parts = {
            "wave": self.wave_label(self.study.wave(row["wave"])),
            "value": self.value(row, beside=rows),
            "people": self.language.text(f"people_{claim}"),
            "question": self.language.quoted(
                self.language.typeset(self.study.item(indicator.item).wording)
            ),
            "details": self._details(row, rows),
        }
        if definition.kind == "mean":
            parts["maximum"] = self.language.number(definition.maximum or 0)
        if definition.kind == "top_share":
            parts["answer"] = self._top(definition.top or 1)
        sentence = self.language.text(f"reading_{definition.kind}", **parts)
        if row["breakdown"] != "total":
            sentence = (
                self.language.text("reading_category", category=self.category(row)) + sentence
            )
        return sentence

    def _details(self, row: Row, rows: list[Row]) -> str:
        """The interval, where there is one, and the answers."""
        answers, interval = self.answers(row["base"]), self.interval(row, beside=rows)
        if row["low"] is None:
            return answers
        claim = row["claim"]
        return f"{self.language.text(f'range_{claim}', interval=interval)}, {answers}"

    def _top(self, count: int) -> str:
        if count == 1:
            return self.language.text("top_1")
        return self.language.text("top_n", count=self.language.count(count))

    def category(self, row: Row) -> str:
        if row["category"] == "unknown":
            return self.language.text("unknown_category")
        return self.language.typeset(row["category_label"])

    def change(self, directorate: str, indicator: str) -> tuple[Difference, Verdict, Wave] | None:
        """The change of an indicator since the wave before, and its word; None where either is not
        shown.
        """
        waves = self.study.waves_until(self.wave.id)
        if len(waves) < 2:
            return None
        after = self.row(directorate=directorate, indicator=indicator)
        before = self.row(directorate=directorate, indicator=indicator, wave=waves[-2].id)
        if before is None or after is None or None in (before["se"], after["se"]):
            return None
        difference = independent_difference(
            before["value"], before["se"], before["df"], after["value"], after["se"], after["df"]
        )
        threshold = self.study.thresholds.practical_change / 100 * self._range(after)
        word = verdict(difference, threshold=threshold)
        return None if word is None else (difference, word, waves[-2])

    def _range(self, row: Row) -> float:
        """What a threshold in percent is a share of: the whole of a share, or a mean's maximum."""
        if row["kind"] != "mean":
            return 1.0
        return self.study.definition(row["definition"]).maximum or 1.0

    def change_sentence(self, directorate: str, indicator: str) -> str:
        """The title of the trend."""
        found = self.change(directorate, indicator)
        if found is None:
            first = len(self.study.waves_until(self.wave.id)) < 2
            return self.language.text("change_first" if first else "change_unavailable")
        difference, word, before = found
        row = self.row(directorate=directorate, indicator=indicator)
        assert row is not None, "its change is known"
        sentence = self.language.text(
            f"change_{word}",
            indicator=self.language.typeset(self.study.indicator(indicator).label),
            change=self.difference(difference.value, row, decimals=1),
            before=self.wave_label(before),
            threshold=self.threshold(row),
        )
        if row["claim"] == Claim.ESTIMATE:
            return sentence
        return self.language.text(f"among_{row['claim']}", text=sentence[0].lower() + sentence[1:])

    def change_detail(self, directorate: str, indicator: str) -> str:
        found = self.change(directorate, indicator)
        if found is None:
            return ""
        difference = found[0]
        row = self.row(directorate=directorate, indicator=indicator)
        assert row is not None, "its change is known"
        scale = 1 if row["kind"] == "mean" else 100
        return self.language.text(
            "change_detail",
            change=self.difference(difference.value, row, decimals=1),
            interval=self.language.interval(
                difference.low, difference.high, decimals=1, scale=scale
            ),
            detectable=self.difference(difference.detectable, row, decimals=1).removeprefix("+"),
        )

    def threshold(self, row: Row | None = None) -> str:
        """The practical threshold of a change, in the unit of a row's figures (else in points)."""
        share = self.study.thresholds.practical_change / 100
        if row is None or row["kind"] != "mean":
            return self.language.points(share).removeprefix("+")
        return self.language.number(share * self._range(row), decimals=1)

    def overview(self, rows: list[Row]) -> str:
        """The finding on several indicators: which is perceived best, which worst."""
        shown = sorted((row for row in rows if not hidden(row)), key=lambda row: -row["value"])
        if len(shown) < 3:
            return self.language.text("finding_hidden")
        best, worst = (self.study.indicator(shown[place]["indicator"]).label for place in (0, -1))
        parts = [
            self.language.text(
                f"finding_best_{_apart(shown[1], shown[0])}", best=self.language.typeset(best)
            ),
            self.language.text(
                f"finding_worst_{_apart(shown[-1], shown[-2])}", worst=self.language.typeset(worst)
            ),
        ]
        return ", ".join(parts)

    def notes(self, rows: list[Row], *more: str) -> str:
        """The notes that a table's signs need, and no other."""
        signs = [Status(row["status"]) for row in rows]
        text, number, thresholds = self.language.text, self.language.number, self.study.thresholds
        notes = {
            Status.SUPPRESSED: text("note_s"),
            Status.UNAVAILABLE: text("note_nd"),
            Status.CAUTION: text("note_caution", count=number(thresholds.caution_below)),
            Status.FRAGILE: text("note_fragile", count=number(thresholds.fragile_below)),
        }
        return self.sentences([*more, *(note for sign, note in notes.items() if sign in signs)])

    def sentences(self, parts: list[str]) -> str:
        """Notes one after the other; a sign that a note explains keeps its case."""
        told = (part.rstrip(".") for part in parts if part)
        return " ".join(
            f"{part}." if _SIGN.match(part) else f"{part[0].upper()}{part[1:]}." for part in told
        )


def _apart(lower: Row, upper: Row) -> Literal["sole", "near"]:
    """Whether two figures have intervals that do not meet."""
    if lower["high"] is None or upper["low"] is None:
        return "near"
    return "sole" if lower["high"] < upper["low"] else "near"


def hidden(row: Row) -> bool:
    """Whether a released row shows no number."""
    return Status(row["status"]).hidden
