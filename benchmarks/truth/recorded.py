"""What is true of a simulated study.

The estimand is the finite population: the users of each wave, all of them, answering by the
reference mode. Where nothing changes by construction (`Scenario.still`), the users that a wave
happens to have differ a little from those of another: that is no change, and none may be announced.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from math import isclose
from typing import Any

import numpy as np
import polars as pl

from analysis.storage.figures import BETWEEN
from benchmarks.truth.population import (
    PERCENT,
    cohort_of,
    composition_of,
    measured,
    missing_months,
    share_of,
)
from benchmarks.truth.publication import Publication
from benchmarks.truth.service import ALIKE

Figure = Mapping[str, Any]
"""A row of `storage.Released`."""

CLOSE = 1e-9
"""How far apart, in share of them, numbers are that are the same."""

FAR = 0.6
"""From how far a site must be seen to be out of the ordinary: five standard deviations of the
others."""


class Truth:
    """The truth of a published study, asked for by what its figures are about."""

    def __init__(self, published: Publication) -> None:
        self._published = published
        self._scenario, self._study = published.scenario, published.study
        self._populations = {
            (str(directorate), str(wave)): users
            for (directorate, wave), users in published.simulation.population.group_by(
                "directorate", "wave"
            )
        }
        self._by = {breakdown.id: breakdown.by for breakdown in self._study.breakdowns}

    def value(self, figure: Figure, wave: str | None = None) -> float:
        """The true value of an estimate, or what it would be in another wave, over the users of its
        category, by the definition of the last wave.
        """
        users = self.users(figure["directorate"], wave or figure["wave"])
        if figure["breakdown"] != "total" and self._by[figure["breakdown"]] != "channel":
            by = pl.col(self._by[figure["breakdown"]])
            users = users.filter(by.cast(pl.String) == figure["category"])
        return self._share(users, figure["item"], figure["definition"])

    def users(self, directorate: str, wave: str) -> pl.DataFrame:
        """All users of a directorate in a wave."""
        return self._populations[directorate, wave]

    def _share(self, users: pl.DataFrame, item: str, definition: str) -> float:
        return share_of(users, item, definition, self._study)

    # --- changes ----------------------------------------------------------------------------------

    def compared(self, change: Figure) -> tuple[str, ...]:
        """The waves that a change is made of, by the table before the gate."""
        trend = change["kind"].endswith("trend")
        rows = self._published.changes.filter(
            (pl.col("directorate") == change["directorate"])
            & (pl.col("indicator") == change["indicator"])
            & ((pl.col("comparison") == "trend") == trend)
            & (pl.col("against") == change["against"])
        )
        keys = rows.get_column("compared").to_list()[0]
        return tuple(key.split("/")[2] for key in keys)

    def is_broken(self, change: Figure) -> bool:
        """Whether a change compares figures of two definitions."""
        return any(self._scenario.is_broken(wave) for wave in self.compared(change))

    def change(self, change: Figure) -> float:
        """The true change: the later wave less the earlier, or along a straight line."""
        waves = self.compared(change)
        if self._scenario.still and (self.same_season(change) or not self.seasons):
            return 0.0
        values = [self.value(change, wave) for wave in waves]
        if not change["kind"].endswith("trend"):
            return values[-1] - values[0]
        return _straight_line(
            [_middle(self._study.wave(wave).start, self._study.wave(wave).end) for wave in waves],
            values,
            [wave.rpartition("-")[2] for wave in waves],
        )

    @property
    def seasons(self) -> bool:
        """Whether the halves of a year differ by construction."""
        return self._scenario.plan.season.amplitude > 0

    def same_season(self, change: Figure) -> bool:
        """Whether a change is over whole years, or along waves season by season."""
        if change["kind"].endswith("trend"):
            return True
        return bool(change["against"].rpartition("-")[2] == change["wave"].rpartition("-")[2])

    # --- profiles, channels, sites ----------------------------------------------------------------

    def profile_gap(self, low: Figure, high: Figure) -> float:
        """How much more satisfied the users of one category are than those of another; 0 where
        they think alike by construction.
        """
        effects = self._scenario.plan.profile_effects[self._by[low["breakdown"]]]
        if len(set(effects.values())) == 1:
            return 0.0
        return self.value(high) - self.value(low)

    def is_apart(self, site: str) -> bool:
        """Whether a site was made unlike the others, by however little."""
        return site in self._scenario.apart

    def sites_differ(self, directorate: str, kind: str) -> bool:
        """Whether the sites of a kind were made to differ at all."""
        spread = self._scenario.plan.spread.site > ALIKE
        return spread or any(self.is_apart(site) for site in self._compared(directorate, kind))

    def far_sites(self, directorate: str, kind: str) -> list[str]:
        """Those of a kind that are compared and were made far from the others."""
        apart = self._scenario.apart
        compared = self._compared(directorate, kind)
        return [site for site in compared if abs(apart.get(site, 0.0)) >= FAR]

    def deviation(self, directorate: str, kind: str) -> float:
        """The standard deviation of the sites of a kind that are compared: of each, the mean over
        the waves that are pooled of its difference from the share of all users.
        """
        item = self._study.overall.item
        definition = self._study.overall.definitions[0]
        own = self._published.sites.filter(directorate=directorate)
        first = self._study.wave(str(own.item(0, "since"))).start
        apart: dict[str, list[float]] = {}
        for wave in self._study.waves:
            if wave.start < first:
                continue
            users = self.users(directorate, wave.id)
            all_users = self._share(users, item, definition)
            for site in self._compared(directorate, kind):
                of_site = users.filter(pl.col("site") == site)
                if of_site.height:
                    difference = self._share(of_site, item, definition) - all_users
                    apart.setdefault(site, []).append(difference)
        return float(np.std([np.mean(values) for values in apart.values()], ddof=1))

    def _compared(self, directorate: str, kind: str) -> list[str]:
        """The sites of a kind that are compared, by the table before the gate."""
        rows = self._published.sites.filter(directorate=directorate, role="site", site_kind=kind)
        return rows.get_column("category").to_list()

    def lower_channel(self, one: str, other: str) -> str | None:
        """The channel whose answers are less favourable by construction; None where neither is."""
        plan = self._scenario.plan
        discontent = {"qr": plan.response.qr.discontent}
        heard = {name: plan.modes[name] - discontent.get(name, 0.0) for name in (one, other)}
        return None if heard[one] == heard[other] else min(heard, key=lambda name: heard[name])

    # --- directorates, and who they are -----------------------------------------------------------

    def standing(self, gap: Figure) -> float:
        """How far one directorate is above another; 0 where they are alike by construction."""
        if self._scenario.alike:
            return 0.0
        first, second = gap["category"].split(BETWEEN)
        return self.value(_total(gap) | {"directorate": first}) - self.value(
            _total(gap) | {"directorate": second}
        )

    def composition(self, part: Figure) -> float:
        """What of a change comes of other users, or (`within`) of the same ones thinking
        otherwise.
        """
        by = self._by[part["breakdown"]]
        before, after = (
            self.users(part["directorate"], wave) for wave in (part["against"], part["wave"])
        )
        found = composition_of(before, after, by, part["item"], part["definition"], self._study)
        if part["category"] == "composition":
            return found
        whole = [self._share(users, part["item"], part["definition"]) for users in (before, after)]
        return whole[1] - whole[0] - found

    def users_change(self, part: Figure) -> bool:
        """Whether users are others than in the wave that is compared with, by construction."""
        before, after = (
            self._scenario.plan_of(wave).profiles[part["directorate"]][self._by[part["breakdown"]]]
            for wave in (part["against"], part["wave"])
        )
        return before != after

    def missing_from_answers(self, directorate: str) -> dict[tuple[str, str], tuple[float, float]]:
        """Variable and category → its share of the reference sample, and of the users, of the last
        wave: sites are left out.
        """
        channels = [one.id for one in self._study.reference_channels(directorate)]
        scope = {"directorate": directorate, "wave": self._scenario.wave}
        users = self.users(directorate, self._scenario.wave)
        answers = self._published.simulation.answers.filter(
            pl.col("channel").is_in(channels), **scope
        )
        known = self._study.margin(self._scenario.wave, directorate)
        return {
            (variable, category): (
                float((answers[variable].cast(pl.String) == category).mean() or 0),
                float((users[variable].cast(pl.String) == category).mean() or 0),
            )
            for variable, categories in known.items()
            if variable != "site"
            for category in categories
        }

    # --- commitments ------------------------------------------------------------------------------

    def above_target(self, commitment: str, directorate: str) -> float | None:
        """How far the true value of a commitment's indicator is above its target; None without
        one.
        """
        one = self._study.commitment(commitment)
        if one.target is None or one.perceived is None:
            return None
        indicator = self._study.indicator(one.perceived)
        users = self.users(directorate, self._scenario.wave)
        true = self._share(users, indicator.item, indicator.definitions[0])
        return true - one.target / PERCENT

    def is_promised(self, commitment: str) -> bool:
        """Whether it is in force by the end of the wave."""
        since = self._study.commitment(commitment).since
        return since is None or since <= self._study.wave(self._scenario.wave).end

    def posting_sites(self, commitment: str, directorate: str) -> tuple[list[str], list[str]]:
        """The sites that post a commitment at the end of the wave, and those that do not."""
        end = self._study.wave(self._scenario.wave).end
        posted = self._study.commitment(commitment).posted
        sites = [site.id for site in self._study.directorate(directorate).sites]
        own = [site for site in sites if site in posted and posted[site] <= end]
        return own, [site for site in sites if site not in own]

    def posting(self, figure: Figure) -> float:
        """The true value where a commitment is posted, and where it is not."""
        sites = self.posting_sites(figure["indicator"], figure["directorate"])
        chosen = sites[0 if figure["category"] == "posted" else 1]
        users = self.users(figure["directorate"], figure["wave"])
        own = users.filter(pl.col("site").is_in(chosen))
        return self._share(own, figure["item"], figure["definition"])

    def posting_gap(self, figure: Figure) -> float:
        """The true gap between the two."""
        posted, other = (
            self.posting({**figure, "category": name}) for name in ("posted", "not_posted")
        )
        return posted - other

    # --- management -------------------------------------------------------------------------------

    def is_met(self, indicator: str, directorate: str, wave: str = "") -> bool | None:
        """Whether what was truly measured, before it was rounded, meets its norm; None where a
        month was not delivered, or there is no norm. Of the last wave, where none is named.
        """
        one = self._study.management_indicator(indicator)
        if directorate not in one.norm:
            return None
        months = cohort_of(self._study, wave or self._scenario.wave, one)
        true = measured(self._whole(self._published.exact, directorate), one, months)
        if true is None:
            return None
        norm = one.norm[directorate] / (PERCENT if one.unit == "share" else 1)
        lower = one.orientation == "lower_is_better"
        return isclose(true, norm, rel_tol=CLOSE) or (true < norm) == lower

    def delivered(self, figure: Figure) -> float | None:
        """What the figures that were delivered make of a figure on management: over the cohort, in
        a month, announced, the norm, or how far from it.
        """
        name, unit, part = figure["indicator"], figure["directorate"], figure["definition"]
        one = self._study.management_indicator(name)
        norm = one.norm.get(unit)
        if norm is not None and one.unit == "share":
            norm /= PERCENT
        if part == "norm":
            return norm
        months = cohort_of(self._study, figure["wave"], one)
        if part == "month":
            months = [date.fromisoformat(f"{figure['category']}-01")]
        told = self._study.management_indicator(str(one.announced)) if part == "announced" else one
        value = measured(self._whole(self._published.measures, unit), told, months)
        if part != "relative" or value is None or norm is None:
            return value
        better = (norm - value) / norm
        return better if one.orientation == "lower_is_better" else -better

    def not_delivered(self, figure: Figure) -> list[date]:
        """The months of a figure's cohort in which something is missing."""
        one = self._study.management_indicator(figure["indicator"])
        months = cohort_of(self._study, figure["wave"], one)
        if figure["definition"] == "announced":
            one = self._study.management_indicator(str(one.announced))
        own = self._whole(self._published.measures, figure["directorate"])
        return missing_months(own, one, months)

    def related(self, indicator: str) -> int:
        """Whether sites that measure better were made to be better perceived (1), worse (−1), or
        neither.
        """
        made = self._scenario.plan.management[indicator].per_unit
        one = self._study.management_indicator(indicator)
        sign = -1 if one.orientation == "lower_is_better" else 1
        return int(np.sign(sign * made))

    @staticmethod
    def _whole(measures: pl.DataFrame, directorate: str) -> pl.DataFrame:
        """The figures of a whole directorate."""
        return measures.filter(directorate=directorate, site="")


def _total(figure: Figure) -> dict[str, Any]:
    """A figure's columns, as if it were about everybody."""
    return {**figure, "breakdown": "total", "category": "total"}


def _middle(start: date, end: date) -> float:
    """The middle of a field, in years."""
    return (start.toordinal() + end.toordinal()) / 2 / 365.25


def _straight_line(times: Sequence[float], values: Sequence[float], seasons: list[str]) -> float:
    """The change from the first to the last time by least squares, with a level for each season."""
    levels = sorted(set(seasons))
    design = np.array(
        [
            [time, *(float(season == level) for level in levels)]
            for time, season in zip(times, seasons, strict=True)
        ]
    )
    slope = np.linalg.lstsq(design, np.array(values), rcond=None)[0][0]
    return float(slope * (max(times) - min(times)))
