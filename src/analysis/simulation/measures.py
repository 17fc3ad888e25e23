"""The true monthly figures of those who manage the services: they move with what users live
through.

What users say in a month is about cases of some months before; so the figure of a month is made
from the opinion of users that many months later.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from analysis.simulation.plan import ManagementSeries, SimulationPlan
from analysis.simulation.respondents import Simulation
from analysis.study import Directorate, ManagementIndicator, Study
from analysis.study.months import cohort_months

Floats = np.typing.NDArray[np.float64]
Counts = np.typing.NDArray[np.int64]

SCHEMA = {
    **dict.fromkeys(("indicator", "directorate", "site"), pl.String),
    "month": pl.Date,
    "value": pl.Float64,
}
LOWEST = 0.05
"""The part of its base below which no series falls."""

PERCENT = 100.0


def true_measures(simulation: Simulation, study: Study, plan: SimulationPlan) -> pl.DataFrame:
    """The delivered figures of management before they are rounded, those that are delivered as
    unavailable among them. The same plan gives the same figures.

    Returns:
        Columns indicator, directorate, site (empty for the whole directorate), month (its first
        day), value: counts are whole, shares in [0, 1]. A site has a row in the months in which it
        receives users; the value of a directorate is the sum of a count over its sites, and the
        mean of any other, weighted by the count that it is of.

    """
    months = sorted({month for wave in study.waves for month in cohort_months(wave, None)})
    delivered = [indicator for indicator in study.management if indicator.delivered]
    parts = []
    for directorate in study.directorates:
        users = _DirectorateUsers(simulation, study, directorate, months)
        counts: dict[str, Counts] = {}
        for indicator in sorted(delivered, key=lambda one: one.of is not None):
            if directorate.id in indicator.directorates:
                made = _series(indicator, users, study, plan, counts)
                parts.append(_table(indicator, users, made))
    return pl.concat(parts) if parts else pl.DataFrame(schema=SCHEMA)


@dataclass(frozen=True)
class _Series:
    """The values of an indicator in a directorate.

    Attributes:
        total: (M,) of the directorate.
        sites: (S, M) of its sites, NaN where there is none; None where it is not known by site.

    """

    total: Floats
    sites: Floats | None


class _DirectorateUsers:
    """How many users the sites of a directorate receive each month, and what they think."""

    def __init__(
        self, simulation: Simulation, study: Study, directorate: Directorate, months: list[date]
    ) -> None:
        self.id, self.months = directorate.id, months
        self.sites = [site.id for site in directorate.sites]
        self._opinions = simulation.opinions.filter(directorate=directorate.id)
        self._first_wave = study.waves[0].id
        received = (
            simulation.population.filter(directorate=directorate.id)
            .group_by("site", pl.col("day").dt.truncate("1mo").alias("month"))
            .len("users")
        )
        self.received = self._by_site(received, "users").astype(np.int64)  # (S, M)

    def _by_site(self, table: pl.DataFrame, column: str) -> Floats:
        """(S, M) a column of a table by site and month; 0 where it has no row."""
        places = {site: place for place, site in enumerate(self.sites)}
        ranks = {month: rank for rank, month in enumerate(self.months)}
        found = np.zeros((len(places), len(ranks)))
        for site, month, value in table.select("site", "month", column).iter_rows():
            found[places[site], ranks[month]] = value
        return found

    def opinions_later(self, item: str, months_later: int) -> tuple[Floats, Floats]:
        """(M,) and (S, M): what all users, and those of each site, think of an item that many
        months later, beside what all of them thought in the first wave.

        At the ends, it is the nearest month that is known; of sites that are not asked, what all
        think.
        """
        asked = self._opinions.filter(item=item)
        if asked.is_empty():
            return np.zeros(len(self.months)), np.zeros(self.received.shape)
        users, means = self._by_site(asked, "users"), self._by_site(asked, "opinion")
        first = asked.filter(wave=self._first_wave)
        start = float(np.average(first["opinion"], weights=first["users"]))
        whole = (users * means).sum(axis=0) / np.maximum(users.sum(axis=0), 1) - start
        everybody = self._later(whole, users.sum(axis=0) > 0, months_later)
        by_site = np.array(
            [
                self._later(row - start, known > 0, months_later) if known.any() else everybody
                for row, known in zip(means, users, strict=True)
            ]
        )
        return everybody, by_site

    def _later(
        self, values: Floats, known: np.typing.NDArray[np.bool_], months_later: int
    ) -> Floats:
        """(M,) the value of the known month that is nearest to that many months later."""
        numbers = np.array([12 * month.year + month.month for month in self.months])
        there = np.flatnonzero(known)
        apart = np.abs(numbers[there][None, :] - (numbers[:, None] + months_later))
        later: Floats = values[there[apart.argmin(axis=1)]]
        return later


def _series(
    indicator: ManagementIndicator,
    users: _DirectorateUsers,
    study: Study,
    plan: SimulationPlan,
    counts: dict[str, Counts],
) -> _Series:
    """The values of an indicator; a count by site is added to `counts`, (S, M), for what is of
    it.
    """
    series = plan.management[indicator.id]
    rng = np.random.default_rng([plan.seed, *f"{indicator.id} {users.id}".encode()])
    item = study.indicator(indicator.perceived or study.overall.id).item
    later = indicator.cohort.months_before if indicator.cohort else 0
    everybody, by_site = users.opinions_later(item, later)
    own = _own_course(series, users) + rng.normal(0, series.noise, len(users.months))
    base = series.base[users.id] / (PERCENT if indicator.unit == "share" else 1.0)
    most = 1.0 if indicator.unit == "share" else np.inf

    def values(opinion: Floats, moved: Floats) -> Floats:
        level = np.maximum(1.0 + series.per_unit * opinion + moved, LOWEST)
        return np.minimum(base * level, most)

    whole = values(everybody, own)
    if indicator.of is None:
        whole = np.rint(whole)
        if not series.by_site:
            return _Series(whole, None)
        counts[indicator.id] = shared_out(whole.astype(np.int64), users.received)
        return _Series(
            whole, np.where(users.received > 0, counts[indicator.id].astype(float), np.nan)
        )
    if not series.by_site:
        return _Series(whole, None)
    cases = counts[indicator.of].astype(float)
    sites = values(by_site, own + rng.normal(0, series.noise, by_site.shape))
    total = (sites * cases).sum(axis=0) / np.maximum(cases.sum(axis=0), 1)
    return _Series(total, np.where(cases > 0, sites, np.nan))


def _own_course(series: ManagementSeries, users: _DirectorateUsers) -> Floats:
    """(M,) what time alone adds to a series: its trend and its season."""
    start = users.months[0]
    years = np.array([(month - start).days / 365.25 for month in users.months])
    course: Floats = series.per_year.get(users.id, 0.0) * years
    if series.season is not None:
        since_best = np.array([month.month - series.season.best_month for month in users.months])
        course = course + series.season.amplitude * np.cos(2 * np.pi * since_best / 12)
    return course


def shared_out(totals: Counts, weights: Counts) -> Counts:
    """Whole numbers in proportion to weights, which add up to the totals: by largest remainders.

    Args:
        totals: (M,) not negative.
        weights: (S, M); a column of zeros is shared out evenly.

    Returns:
        (S, M)

    >>> shared_out(np.array([10]), np.array([[1], [1], [1]])).T
    array([[4, 3, 3]])

    """
    weights = np.where(weights.sum(axis=0) > 0, weights, 1)
    exact = totals * weights / weights.sum(axis=0)
    shares = np.floor(exact).astype(np.int64)
    left = totals - shares.sum(axis=0)
    order = np.argsort(shares - exact, axis=0, kind="stable")
    rank = np.argsort(order, axis=0, kind="stable")
    result: Counts = shares + (rank < left)
    return result


def _table(
    indicator: ManagementIndicator, users: _DirectorateUsers, series: _Series
) -> pl.DataFrame:
    """The values of an indicator as rows."""
    places: Mapping[str, Floats] = {"": series.total}
    if series.sites is not None:
        places = {**places, **dict(zip(users.sites, series.sites, strict=True))}
    rows = [
        (indicator.id, users.id, site, month, float(value))
        for site, values in places.items()
        for month, value in zip(users.months, values, strict=True)
        if not np.isnan(value)
    ]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")
