"""What those who manage the services measure, for the same cases as users speak of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

import dataframely as dy
import numpy as np
import polars as pl

from analysis.errors import InferenceError
from analysis.inference import LEVEL, TOTAL, UNKNOWN, rank_correlation
from analysis.storage import as_figures, figure_key, make_table
from analysis.storage.figures import PLACE, SOURCES
from analysis.study import Claim, ManagementIndicator, Study
from analysis.study.management import ADDITIVE, SCALE, as_written
from analysis.study.months import cohort_months

Part = Literal["cohort", "month", "norm", "announced", "relative", "correlation"]
Kept = Literal["kept", "not_kept", "unclear"]
"""On the good side of a bound, on the other one, or not known on which."""

MONTH: Literal["month"] = "month"


class Management(dy.Schema):
    """What is known of each management indicator of a directorate at a wave.

    Attributes:
        part: What the row is:
            `cohort`: the indicator over the cases of the wave's users; word: `kept` or `not_kept`
                against its norm, `unclear` where it is missing or as near to it as rounding goes,
                empty without a norm;
            `month`: the indicator in one month of the wave (category: `2026-07`);
            `norm`: the bound that was announced to the public;
            `announced`: what users were told of it, over the same cases;
            `relative`: by how much the cohort is better than the norm, in share of it;
            `correlation`: over the sites, with what users perceive, with its interval; word:
                `agree` where sites that measure better are better perceived, `disagree`, or `none`
                where the interval, at 1 − 5 % / family, holds 0.
        family: How many correlations of the directorate and wave are looked at together; 1 of any
            other part.
        value: In the unit, shares in [0, 1]; null where a month of it is missing, or no case.
        base: The smallest count that it is made of, or that a share leaves out, but 0; null where
            it is made of none. Of a correlation, null too: its sites are in `size`.
        missing: The months that are missing, joined by `+`.
        sources: Where it was read: delivery and file, sheet and row of each place (see
            `storage.figures.SOURCES`).
        made_from: Keys of the figures that it is computed from.

    """

    directorate = dy.String(primary_key=True)
    wave = dy.String(primary_key=True)
    indicator = dy.String(primary_key=True)
    part = dy.String(primary_key=True)
    category = dy.String(primary_key=True)
    unit = dy.String()
    item = dy.String(nullable=True)
    claim = dy.String()
    value = dy.Float64(nullable=True)
    low = dy.Float64(nullable=True)
    high = dy.Float64(nullable=True)
    size = dy.Float64(nullable=True)
    family = dy.Int64(min=1)
    base = dy.Int64(min=0, nullable=True)
    word = dy.String()
    missing = dy.String()
    sources = dy.String()
    made_from = dy.List(dy.String())
    simulated = dy.Bool()

    @classmethod
    def figures(cls, table: pl.DataFrame) -> pl.DataFrame:
        """`Figures`: one per row. In `method` stands where it was read or what is missing; of a
        correlation, the size of its family.
        """
        kinds = {"norm": "norm", "relative": "relative", "correlation": "correlation"}
        month = pl.col("part") == MONTH
        method = (
            pl.when(pl.col("part") == "correlation")
            .then(pl.format("bonferroni {}", "family"))
            .when(pl.col("missing") != "")
            .then(pl.format("missing {}", "missing"))
            .otherwise("sources")
        )
        return as_figures(
            table.with_columns(
                definition="part",
                kind=pl.col("part").replace_strict(kinds, default="measure"),
                breakdown=pl.when(month).then(pl.lit(MONTH)).otherwise(pl.lit(TOTAL)),
                method=method,
            ),
            layer="management",
        )


def management(
    measures: pl.DataFrame,
    estimates: pl.DataFrame,
    study: Study,
    *,
    directorate: str,
    wave: str,
    simulated: bool,
) -> pl.DataFrame:
    """The `Management` of a directorate at a wave.

    A measure over several months is the sum of what it counts, or its numerators by its
    denominators; without one of its months there is none. The cases are those of the users of the
    wave, by the declared cohort: they lie in the months of the field, or some months before.

    Args:
        measures: `storage.Measures` of the directorate, of this wave and those before.
        estimates: `indicators.satisfaction.Estimates` of the directorate and wave.
        study: Management indicators, sites and their kinds.
        directorate, wave: Identifiers.
        simulated: Whether the figures come from a simulated delivery.

    """
    overall = measures.filter(pl.col("site") == "")
    family = _correlations(study, directorate)
    rows: list[dict[str, Any]] = []
    for indicator in study.management:
        if directorate not in indicator.directorates:
            continue
        about = _Measure(study, indicator, directorate, wave)
        rows += about.rows(overall)
        rows += about.correlation(measures.filter(pl.col("site") != ""), estimates, family=family)
    scope = {"directorate": directorate, "wave": wave, "simulated": simulated}
    return make_table([scope | row for row in rows], Management)


def _correlations(study: Study, directorate: str) -> int:
    """How many correlations a directorate may have at a wave: one per indicator with a partner."""
    return sum(
        indicator.perceived is not None and directorate in indicator.directorates
        for indicator in study.management
    )


@dataclass(frozen=True)
class _Total:
    """An indicator over some months.

    Attributes:
        value: In its unit; None where a month is missing or nothing is counted.
        base: The smallest count behind it.
        missing: The months without a figure.
        sources: Where it was read.

    """

    value: float | None
    base: int | None
    missing: tuple[date, ...] = ()
    sources: str = ""


@dataclass(frozen=True)
class _Measure:
    """One management indicator of a directorate at a wave."""

    study: Study
    indicator: ManagementIndicator
    directorate: str
    wave: str

    @property
    def months(self) -> tuple[date, ...]:
        """The months whose cases are those of the wave's users."""
        return cohort_months(self.study.wave(self.wave), self.indicator.cohort)

    def rows(self, measures: pl.DataFrame) -> Iterator[dict[str, Any]]:
        """Its rows, but for its correlation."""
        cohort = self._over(measures, self.months)
        norm = self.indicator.norm_of(self.directorate)
        word = ""
        if norm is not None:
            word = "unclear" if cohort.value is None else self._kept(cohort.value, norm, measures)
        yield self._row("cohort", cohort, word=word)
        own = cohort_months(self.study.wave(self.wave), None)
        for month in own:
            found = self._over(measures, (month,))
            yield self._row(MONTH, found, category=f"{month:%Y-%m}")
        if self.indicator.announced is not None:
            told = self.study.management_indicator(self.indicator.announced)
            yield self._row("announced", over_months(measures, told, self.months))
        if norm is not None:
            yield self._row("norm", _Total(norm, None))
            if cohort.value is not None and norm:
                better = (norm - cohort.value) / norm
                if self.indicator.orientation == "higher_is_better":
                    better = -better
                key = self._key("cohort", "measure")
                yield self._row("relative", _Total(better, None), unit="share", made_from=[key])

    def _over(self, measures: pl.DataFrame, months: Sequence[date]) -> _Total:
        """The indicator over some months. A count that a share is made of is as small as what the
        share leaves out, which one finds by subtraction.
        """
        found = over_months(measures, self.indicator, months)
        if found.value is None or found.base is None:
            return found
        wholes = [
            _summed(measures.filter(indicator=share.of), months, "value").value
            for share in self.study.management
            if share.unit == "share" and share.numerator == self.indicator.id
        ]
        left = [round(whole - found.value) for whole in wholes if whole is not None]
        return replace(found, base=min([found.base, *(count for count in left if count > 0)]))

    def _kept(self, value: float, norm: float, measures: pl.DataFrame) -> Kept:
        """On which side of its norm a value is; not known where the rounding of the figures as they
        were delivered could have put it there.
        """
        if abs(value - norm) < rounding(measures, self.indicator, self.months):
            return "unclear"
        return "kept" if self.indicator.meets(value, norm) else "not_kept"

    def correlation(
        self, measures: pl.DataFrame, estimates: pl.DataFrame, *, family: int
    ) -> Iterator[dict[str, Any]]:
        """Its correlation over the sites with what users perceive, within kinds of site; nothing
        where too few sites have both, or one of the two is the same in all sites of each kind.
        """
        perceived = self._perceived_by_site(estimates)
        kinds = {site.id: site.kind for site in self.study.directorate(self.directorate).sites}
        pairs = [
            (kinds[site], measured.value, perceived[site]["value"])
            for site in perceived
            if site in kinds
            for measured in [over_months(measures.filter(site=site), self.indicator, self.months)]
            if measured.value is not None
        ]
        several = {kind for kind in kinds.values() if [pair[0] for pair in pairs].count(kind) > 1}
        pairs = [pair for pair in pairs if pair[0] in several]
        if len(pairs) < self.study.thresholds.sites_compared_from:
            return
        groups, x, y = zip(*pairs, strict=True)
        try:
            found = rank_correlation(
                np.array(x), np.array(y), groups=groups, confidence=1 - LEVEL / family
            )
        except InferenceError:  # fewer than it takes, or the same in all the sites of each kind
            return
        better = -1 if self.indicator.orientation == "lower_is_better" else 1
        signs = sorted(better * bound for bound in (found.low, found.high))
        word = "agree" if signs[0] > 0 else "disagree" if signs[1] < 0 else "none"
        yield self._row(
            "correlation",
            _Total(found.value, None),
            unit="correlation",
            item=self.study.indicator(str(self.indicator.perceived)).item,
            low=found.low,
            high=found.high,
            size=float(found.size),
            family=family,
            word=word,
        )

    def _perceived_by_site(self, estimates: pl.DataFrame) -> dict[str, dict[str, Any]]:
        """Site → its estimate of what users perceive, where enough answered."""
        if self.indicator.perceived is None:
            return {}
        perceived = self.study.indicator(self.indicator.perceived)
        by = [breakdown.id for breakdown in self.study.breakdowns if breakdown.by == "site"]
        found = estimates.filter(
            (pl.col("indicator") == perceived.id)
            & (pl.col("definition") == perceived.definitions[0])
            & pl.col("breakdown").is_in(by[:1])
            & (pl.col("category") != UNKNOWN)
            & (pl.col("base") >= self.study.thresholds.suppressed_below)
        )
        return {row["category"]: row for row in found.iter_rows(named=True)}

    def _key(self, part: Part, kind: str) -> str:
        """The key of the figure of one of its rows over everybody."""
        parts = pl.DataFrame({"directorate": [self.directorate]}).select(
            figure_key(
                layer="management",
                directorate=self.directorate,
                wave=self.wave,
                against=None,
                indicator=self.indicator.id,
                definition=part,
                kind=kind,
                breakdown=TOTAL,
                category=TOTAL,
            )
        )
        return str(parts.item())

    def _row(self, part: Part, found: _Total, **columns: Any) -> dict[str, Any]:
        """A row of `Management`, without its directorate and wave."""
        return {
            "indicator": self.indicator.id,
            "part": part,
            "category": TOTAL,
            "unit": self.indicator.unit,
            "item": None,
            "claim": Claim.ESTIMATE.value,
            "value": found.value,
            **dict.fromkeys(("low", "high", "size")),
            "family": 1,
            "base": found.base,
            "word": "",
            "missing": "+".join(f"{month:%Y-%m}" for month in found.missing),
            "sources": found.sources,
            "made_from": [],
            **columns,
        }


def over_months(
    measures: pl.DataFrame, indicator: ManagementIndicator, months: Sequence[date]
) -> _Total:
    """An indicator over some months of one place.

    Args:
        measures: `storage.Measures` of the place.
        indicator: Delivered, or computed from two counts that are.
        months: Their first days.

    """
    if not indicator.delivered:
        above, below = (
            _summed(measures.filter(indicator=name), months, "value")
            for name in (str(indicator.numerator), str(indicator.of))
        )
        return _ratio(above, below, indicator)
    own = measures.filter(indicator=indicator.id)
    if indicator.unit == ADDITIVE:
        return _summed(own, months, "value")
    return _ratio(_summed(own, months, "numerator"), _summed(own, months, "denominator"), indicator)


def rounding(
    measures: pl.DataFrame, indicator: ManagementIndicator, months: Sequence[date]
) -> float:
    """By how much the rounding of its months as they were delivered may move an indicator, at most.
    Counts are exact, and what is computed from two of them.

    Args:
        measures: `storage.Measures` of the place.
        indicator: A management indicator.
        months: Their first days.

    """
    own = measures.filter(
        (pl.col("indicator") == indicator.id) & pl.col("month").is_in(list(months))
    )
    return max(own["half"], default=0.0)


def _summed(own: pl.DataFrame, months: Sequence[date], column: str) -> _Total:
    """The sum of a column of one indicator over some months."""
    rows = {row["month"]: row for row in own.iter_rows(named=True)}
    missing = tuple(month for month in months if month not in rows or rows[month][column] is None)
    places = dict.fromkeys(
        PLACE.join((f"{row['delivery']}/{row['file']}", row["sheet"], str(row["line"])))
        for month in months
        if (row := rows.get(month)) is not None
    )
    sources = SOURCES.join(places)
    if missing:
        return _Total(None, None, missing, sources)
    total = float(sum(rows[month][column] for month in months))
    return _Total(total, round(total), (), sources)


def _ratio(above: _Total, below: _Total, indicator: ManagementIndicator) -> _Total:
    """One sum by another; none where one of the two is missing or nothing is counted."""
    missing = tuple(sorted({*above.missing, *below.missing}))
    sources = SOURCES.join(dict.fromkeys(filter(None, (above.sources, below.sources))))
    if above.value is None or not below.value:
        return _Total(None, None if missing else below.base, missing, sources)
    counts = [round(below.value)]
    if indicator.unit in SCALE:
        counts.append(round(above.value))
    if indicator.unit == "share":  # what it leaves out is counted by subtraction
        counts.append(round(below.value - above.value))
    return _Total(
        as_written(SCALE.get(indicator.unit, 1.0) * above.value / below.value),
        min((count for count in counts if count > 0), default=0),
        missing,
        sources,
    )
