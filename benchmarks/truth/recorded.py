"""What is true of a simulated study.

The estimand is the finite population: the users of each wave, all of them, answering by the
reference mode. Where nothing changes by construction (`Scenario.still`), the users that a wave
happens to have differ a little from those of another: that is no change, and none may be announced.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from benchmarks.truth.publication import Publication
from benchmarks.truth.scenarios import ALIKE

Figure = Mapping[str, Any]
"""A row of `storage.Released`."""

FAR = 0.6
"""From how far a site must be seen to be out of the ordinary: five standard deviations of the
others."""


class Truth:
    """The truth of a published study, asked for by what its figures are about."""

    def __init__(self, published: Publication) -> None:
        self._published = published
        self._scenario, self._study = published.scenario, published.study
        self._populations = {
            str(wave): users for (wave,), users in published.simulation.population.group_by("wave")
        }
        self._by = {breakdown.id: breakdown.by for breakdown in self._study.breakdowns}

    def value(self, figure: Figure, wave: str | None = None) -> float:
        """The true value of an estimate, or what it would be in another wave, over the users of its
        category, by the definition of the last wave.
        """
        users = self._populations[wave or figure["wave"]]
        if figure["breakdown"] != "total" and self._by[figure["breakdown"]] != "channel":
            by = pl.col(self._by[figure["breakdown"]])
            users = users.filter(by.cast(pl.String) == figure["category"])
        return self._share(users, str(figure["item"]), str(figure["definition"]))

    def _share(self, users: pl.DataFrame, item: str, definition: str) -> float:
        codes = self._study.scale(item).codes
        if definition.startswith("P"):
            scores = [float(f"P{code}" == definition) for code in codes]
        else:
            scores = list(self._study.definition(definition).scores(len(codes)))
        answers = users.get_column(item).to_numpy()
        counts = np.array([float((answers == code).sum()) for code in codes])
        return float(counts @ scores / counts.sum())

    # --- changes ----------------------------------------------------------------------------------

    def compared(self, change: Figure) -> tuple[str, ...]:
        """The waves that a change is made of, by the table before the gate."""
        trend = change["kind"].endswith("trend")
        rows = self._published.changes.filter(
            (pl.col("indicator") == change["indicator"])
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

    def sites_differ(self, kind: str) -> bool:
        """Whether the sites of a kind were made to differ at all."""
        spread = self._scenario.plan.spread.site > ALIKE
        return spread or any(self.is_apart(site) for site in self._compared(kind))

    def far_sites(self, kind: str) -> list[str]:
        """Those of a kind that are compared and were made far from the others."""
        apart = self._scenario.apart
        return [site for site in self._compared(kind) if abs(apart.get(site, 0.0)) >= FAR]

    def deviation(self, kind: str) -> float:
        """The standard deviation of the sites of a kind that are compared: of each, the mean over
        the waves that are pooled of its difference from the share of all users.
        """
        item = self._study.overall.item
        definition = self._study.overall.definitions[0]
        since = str(self._published.sites.item(0, "since"))
        first = self._study.wave(since).start
        apart: dict[str, list[float]] = {}
        for wave, users in self._populations.items():
            if self._study.wave(wave).start < first:
                continue
            all_users = self._share(users, item, definition)
            for site in self._compared(kind):
                own = users.filter(pl.col("site") == site)
                if own.height:
                    difference = self._share(own, item, definition) - all_users
                    apart.setdefault(site, []).append(difference)
        return float(np.std([np.mean(values) for values in apart.values()], ddof=1))

    def _compared(self, kind: str) -> list[str]:
        """The sites of a kind that are compared, by the table before the gate."""
        rows = self._published.sites.filter(role="site", site_kind=kind)
        return rows.get_column("category").to_list()

    def lower_channel(self, one: str, other: str) -> str | None:
        """The channel whose answers are less favourable by construction; None where neither is."""
        plan = self._scenario.plan
        discontent = {"qr": plan.response.qr.discontent}
        heard = {name: plan.modes[name] - discontent.get(name, 0.0) for name in (one, other)}
        return None if heard[one] == heard[other] else min(heard, key=lambda name: heard[name])


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
