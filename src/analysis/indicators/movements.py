"""How the flows of a product moved: over the months of a wave, since a year before, and the month
in which one broke.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import dataframely as dy
import numpy as np
import polars as pl

from analysis.errors import InferenceError
from analysis.indicators.listening import listening_of
from analysis.inference import Difference, difference
from analysis.inference.arrays import Floats
from analysis.inference.series import YEAR, MonthlyFit, fit_months, mean_difference
from analysis.storage import as_figures, figure_key, make_table
from analysis.study import Study
from analysis.study.flows import Series
from analysis.study.listening import Device
from analysis.study.months import cohort_months, first_of_month

Part = Literal["total", "month", "year", "break"]
"""Over the months of the wave, of one month, against the same months a year before, or by how much
it broke in a month."""

Movement = Literal["up", "down", "steady", "declared"]

SMALLEST = 10
"""Things of a month, at the middle of a series: of fewer, a month is mostly chance."""


class Movements(dy.Schema):
    """One row per product, series and part.

    Attributes:
        device, series: Of `listening.yml`.
        part: See `Part`.
        month: Of a month or break, by its first day; the first of the wave otherwise.
        unit: `count`, or `share` where the series is followed as a part of another; of a year or
            break, `share` of a relative difference, or `points`.
        value: In its unit.
        base: The smallest count behind it.
        word: See `Movement`: of a year, whether it moved by as much as the study declares, and more
            than months do without a reason, at 1 − 5 % over all series of all products; of what is
            counted otherwise since, and of a break that the study declares, `declared`.
        better: What it says to users: `better`, `worse`, or empty where it moved neither way, or is
            neither good nor bad.
        p_value: Of a break that was found: how often chance finds one as large.

    """

    directorate = dy.String(primary_key=True)
    wave = dy.String(primary_key=True)
    device = dy.String(primary_key=True)
    series = dy.String(primary_key=True)
    part = dy.String(primary_key=True)
    month = dy.Date(primary_key=True)
    unit = dy.String()
    value = dy.Float64(nullable=True)
    base = dy.Int64(min=0, nullable=True)
    word = dy.String()
    better = dy.String()
    p_value = dy.Float64(nullable=True)
    simulated = dy.Bool()

    @classmethod
    def figures(cls, table: pl.DataFrame) -> pl.DataFrame:
        """`Figures`: one per row. A flow is counted whole: it has neither interval nor answers; a
        change is shown where what it is of is. In `method` stands what it says to users.
        """
        dated = pl.col("part").is_in(["month", "break"])
        moved = pl.col("part").is_in(["year", "break"])
        total = _key("total", pl.lit("measure"))
        return as_figures(
            table.select(
                *("directorate", "wave", "unit", "value", "word", "simulated"),
                indicator=_name(),
                definition="part",
                kind=pl.when(moved).then(_kind_moved()).otherwise(pl.lit("measure")),
                breakdown=pl.when(dated).then(pl.lit("month")).otherwise(pl.lit("total")),
                category=pl.when(dated)
                .then(pl.col("month").dt.strftime("%Y-%m"))
                .otherwise(pl.lit("total")),
                claim=pl.lit(""),
                base=pl.when(~moved).then("base"),
                method="better",
                made_from=pl.when(moved)
                .then(pl.concat_list(total))
                .otherwise(pl.lit([], dtype=pl.List(pl.String))),
            ),
            layer="movements",
        )


def key_of_year() -> pl.Expr:
    """The key of the figure that a row on a year becomes."""
    return _key("year", _kind_moved())


def _name() -> pl.Expr:
    return pl.format("{}.{}", "device", "series")


def _kind_moved() -> pl.Expr:
    """The kind of what moved: in points, or relative."""
    points = pl.col("unit") == "points"
    return pl.when(points).then(pl.lit("difference")).otherwise(pl.lit("relative"))


def _key(part: Part, kind: pl.Expr) -> pl.Expr:
    """The key of the figure of a part that is about the whole wave."""
    return figure_key(
        layer="movements",
        against=None,
        indicator=_name(),
        definition=part,
        kind=kind,
        breakdown="total",
        category="total",
    )


def movements(flows: pl.DataFrame, study: Study, *, wave: str, simulated: bool) -> pl.DataFrame:
    """The `Movements` of all products at a wave.

    Args:
        flows: `storage.Flows` of this wave and those before.
        study: Its devices, their breaks, and by how much a flow moves at least.
        wave: Identifier.
        simulated: Whether any of the counts is.

    """
    months = cohort_months(study.wave(wave), None)
    found = [
        flow
        for device in listening_of(study).devices
        for series in device.series
        for product in device.products
        if (flow := _flow(flows, study, device, series, product, months)) is not None
    ]
    rows = [row for flow in found for row in flow.rows(family=len(found))]
    return make_table([{"wave": wave, "simulated": simulated, **row} for row in rows], Movements)


@dataclass(frozen=True)
class _Flow:
    """A series of a product, over T months up to the end of a wave.

    Attributes:
        first: The first month.
        counts: (T,) NaN where a month is not known.
        whole: (T,) what it is a part of; None where it is followed as it is.
        wave_months: Indices of the months of the wave.
        moves_from: In percent, for counts; in points, for rates.

    """

    product: str
    device: Device
    series: Series
    first: date
    counts: Floats
    whole: Floats | None
    wave_months: tuple[int, ...]
    moves_from: float

    def rows(self, *, family: int) -> Iterator[dict[str, Any]]:
        """Its rows of `Movements`.

        Args:
            family: How many series of all products are looked at together.

        """
        about = {"directorate": self.product, "device": self.device.id, "series": self.series.id}
        for row in self._parts(family):
            yield about | {"word": "", "better": "", "p_value": None, "base": None} | row

    def _parts(self, family: int) -> Iterator[dict[str, Any]]:
        unit = "count" if self.whole is None else "share"
        for index in np.flatnonzero(np.isfinite(self._levels)).tolist():
            yield {
                "part": "month",
                "month": self._month(index),
                "unit": unit,
                "value": float(self._levels[index]),
                "base": self._base([index]),
            }
        total = self._level(self.wave_months)
        if total is None:
            return
        yield {
            "part": "total",
            "month": self._month(self.wave_months[0]),
            "unit": unit,
            "value": total,
            "base": self._base(self.wave_months),
        }
        fit = self._fit()
        if fit is not None:
            yield from self._breaks(fit)
            yield from self._year(fit, family)

    @property
    def _levels(self) -> Floats:
        """(T,) the counts, or rates, of months."""
        if self.whole is None:
            return self.counts
        with np.errstate(divide="ignore", invalid="ignore"):
            rates: Floats = self.counts / self.whole
        return np.where(self.whole > 0, rates, np.nan)

    @property
    def _scale(self) -> Floats:
        """(T,) where effects add up: logarithms of counts, log-odds of rates. Half a thing more on
        each side leaves none without a logarithm.
        """
        rest = np.ones_like(self.counts) if self.whole is None else self.whole - self.counts + 0.5
        scale: Floats = np.log((self.counts + 0.5) / rest)
        return np.where(np.isfinite(self._levels), scale, np.nan)

    def _level(self, months: Sequence[int]) -> float | None:
        """The count or rate of some months together, the mean of a stock; None where one is not
        known.
        """
        places = list(months)
        if not np.isfinite(self._levels[places]).all():
            return None
        if self.series.stock:
            return float(self.counts[places].mean())
        count = float(self.counts[places].sum())
        return count if self.whole is None else count / float(self.whole[places].sum())

    def _base(self, months: Sequence[int]) -> int:
        places = list(months)
        if self.series.stock:
            return int(self.counts[places].min())
        counts = [self.counts] if self.whole is None else [self.counts, self.whole]
        return int(min(part[places].sum() for part in counts))

    def _month(self, index: int) -> date:
        return first_of_month(self.first, before=-index)

    def _fit(self) -> MonthlyFit | None:
        """The series as a trend, a season and steps; None where it is too short, or too small."""
        known = self.counts[np.isfinite(self.counts)]
        if not known.size or float(np.median(known)) < SMALLEST:
            return None
        try:
            return fit_months(self._scale, first_month=self.first.month, declared=self._declared())
        except InferenceError:
            return None

    def _declared(self) -> list[int]:
        """The months in which the study says that what is counted changed."""
        days = self.device.breaks_of(self.series.id, self.product)
        indices = [(d.year - self.first.year) * YEAR + d.month - self.first.month for d in days]
        known = np.isfinite(self.counts)
        return [i for i in indices if 0 < i < len(known) and known[:i].any() and known[i:].any()]

    def _breaks(self, fit: MonthlyFit) -> Iterator[dict[str, Any]]:
        """Of those that lie in the twelve months that end with the wave."""
        declared = self._declared()
        for step in fit.steps:
            if step.index <= self.wave_months[-1] - YEAR:
                continue
            before = list(range(max(0, step.index - YEAR), step.index))
            level = float(np.nanmean(self._scale[before]))
            value = self._moved(level, level + step.size)
            known = step.index in declared
            if not known and abs(value) * 100 < self.moves_from:
                continue
            yield {
                "part": "break",
                "month": self._month(step.index),
                "unit": "share" if self.whole is None else "points",
                "value": value,
                "word": "declared" if known else ("up" if value > 0 else "down"),
                "better": "" if known else self._better(value),
                "p_value": None if known else step.p_value,
            }

    def _year(self, fit: MonthlyFit, family: int) -> Iterator[dict[str, Any]]:
        """The change since the same months a year before."""
        earlier = tuple(index - YEAR for index in self.wave_months)
        if earlier[0] < 0 or self._level(earlier) is None:
            return
        row = {
            "part": "year",
            "month": self._month(self.wave_months[0]),
            "unit": "share" if self.whole is None else "points",
        }
        if any(earlier[0] < index <= self.wave_months[-1] for index in self._declared()):
            yield row | {"value": None, "word": "declared"}
            return
        change = mean_difference(fit, self._scale, later=self.wave_months, earlier=earlier)
        now, then = self._level(self.wave_months), self._level(earlier)
        assert now is not None and then is not None, "both are known"
        value = now - then if self.whole is not None else now / then - 1 if then else None
        word = self._word(difference(change, family=family), value)
        better = "" if word == "steady" or value is None else self._better(value)
        yield row | {"value": value, "word": word, "better": better}

    def _word(self, change: Difference, value: float | None) -> Movement:
        """Whether a change is as large as the study declares, and larger than months are apart."""
        if value is None or abs(value) * 100 < self.moves_from or change.low <= 0 <= change.high:
            return "steady"
        return "up" if value > 0 else "down"

    def _moved(self, before: float, after: float) -> float:
        """From one level to another on the scale: relative for counts, in shares for rates."""
        if self.whole is None:
            return float(np.expm1(after - before))
        return float(1 / (1 + np.exp(-after)) - 1 / (1 + np.exp(-before)))

    def _better(self, value: float) -> str:
        if self.series.better is None:
            return ""
        return "better" if (value > 0) == (self.series.better == "high") else "worse"


def _flow(
    flows: pl.DataFrame,
    study: Study,
    device: Device,
    series: Series,
    product: str,
    months: Sequence[date],
) -> _Flow | None:
    """A series of a product up to the end of a wave; None where none of it was delivered."""
    own = flows.filter(
        pl.col("directorate") == product,
        pl.col("device") == device.id,
        pl.col("month") <= months[-1],
    )
    found = dict(own.filter(series=series.id).select("month", "count").iter_rows())
    if not found:
        return None
    first = min(found)
    size = (months[-1].year - first.year) * YEAR + months[-1].month - first.month + 1
    axis = [first_of_month(first, before=-index) for index in range(size)]
    whole = dict(own.filter(series=series.of or "").select("month", "count").iter_rows())
    places = {month: index for index, month in enumerate(axis)}
    if any(month not in places for month in months):
        return None
    rules = listening_of(study).rules
    is_rate = series.of is not None
    return _Flow(
        product=product,
        device=device,
        series=series,
        first=first,
        counts=np.array([found.get(month, np.nan) for month in axis], dtype=float),
        whole=np.array([whole.get(month, np.nan) for month in axis], dtype=float)
        if is_rate
        else None,
        wave_months=tuple(places[month] for month in months),
        moves_from=study.thresholds.practical_change if is_rate else rules.moves_from,
    )
