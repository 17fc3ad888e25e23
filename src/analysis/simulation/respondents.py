"""Users with opinions, and those of them who answer.

Each wave, every site receives users whose latent opinion of an item is the sum of named effects;
the answers of *all* of them are drawn first (`population`), so that the truth of each figure is a
count, and the channels then sample them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
import scipy

from analysis.simulation.plan import SimulationPlan
from analysis.simulation.segments import SEGMENT, plant, unanswered
from analysis.storage import Dispositions
from analysis.study import Channel, Directorate, MissingKind, Site, Study, Wave

WEEKDAYS = 5


@dataclass(frozen=True)
class Simulation:
    """A simulated study.

    Attributes:
        population: One row per user and wave: directorate, wave, site, population, day, profile
            items, and the answer (code) that each closed item would get by the reference mode.
        answers: One row per answer given: `answer` (number), channel, directorate, wave, site,
            population, day, second (of the day), finished, one Int16 column of codes per closed
            item, text (or null).
        frames: One row per site, wave, channel and known profile whose users were drawn:
            directorate, wave, channel, site, the profile items that margins know, and the counts of
            `intake.frame.COUNTS`. People under constraint are left out.
        opinions: One row per site, wave, month (its first day) and closed item: directorate, wave,
            site, item, month, the users whom it concerns and their mean opinion, in the units of
            the plan.

    """

    population: pl.DataFrame
    answers: pl.DataFrame
    frames: pl.DataFrame
    opinions: pl.DataFrame

    def dispositions(self, directorate: str, wave: str) -> pl.DataFrame:
        """`storage.Dispositions` of a directorate and wave, as intake reads them from the frames
        of all channels.
        """
        if self.frames.is_empty():
            return Dispositions.create_empty()
        cells = self.frames.filter(directorate=directorate, wave=wave).drop("directorate", "wave")
        return cells.select(
            delivery=pl.lit(wave),
            file=pl.col("channel") + "-frame.csv",
            line=pl.int_range(pl.len()),
        ).hstack(cells)


def simulate_respondents(
    study: Study, plan: SimulationPlan, *, in_waves: Mapping[str, SimulationPlan] | None = None
) -> Simulation:
    """Simulates all waves of a study, in memory. The same plan gives the same answers.

    Args:
        study: Its waves, sites and channels.
        plan: Of users and channels; seed and site effects are its own in every wave.
        in_waves: Wave → the plan of its users and channels, where it differs: users who are others
            than before, a channel that grows.

    """
    rng = np.random.default_rng(plan.seed)
    site_effects = {
        site.id: float(rng.normal(0, plan.spread.site)) + plan.openings.get(site.id, 0.0)
        for directorate in study.directorates
        for site in directorate.sites
    }
    populations, answers, frames, opinions = [], [], [], []
    for wave in study.waves:
        in_wave = (in_waves or {}).get(wave.id, plan)
        for directorate in study.directorates:
            for site in directorate.sites:
                if site.open_during(wave):
                    effect = site_effects[site.id]
                    users = _Users(study, in_wave, directorate, site, wave, effect, rng)
                    populations.append(users.population())
                    opinions.append(users.opinions())
                    answers += [
                        users.answer(study.channel(channel)) for channel in directorate.channels
                    ]
                    frames += users.frames
    population = pl.concat(populations, how="diagonal_relaxed")
    responses = pl.concat(
        [part for part in answers if part is not None and part.height], how="diagonal_relaxed"
    )
    responses = responses.with_columns(
        pl.col(pl.Int16).fill_null(study.missing[MissingKind.NOT_ASKED])
    )
    return Simulation(
        population,
        responses.sort("day", "second", maintain_order=True).with_row_index("answer", offset=1),
        pl.concat(frames, how="diagonal_relaxed") if frames else pl.DataFrame(),
        pl.concat(opinions),
    )


class _Users:
    """The users of one site in one wave."""

    def __init__(
        self,
        study: Study,
        plan: SimulationPlan,
        directorate: Directorate,
        site: Site,
        wave: Wave,
        site_effect: float,
        rng: np.random.Generator,
    ) -> None:
        self.study, self.plan, self.directorate, self.site, self.wave, self.rng = (
            study,
            plan,
            directorate,
            site,
            wave,
            rng,
        )
        self.frames: list[pl.DataFrame] = []
        self.item_opinions: dict[str, np.typing.NDArray[np.float64]] = {}
        self.closed = [
            item.id for item in study.questionnaire.items if study.scale(item.id).kind != "text"
        ]
        days = np.arange(
            np.datetime64(max(wave.start, site.opened or wave.start)),
            np.datetime64(min(wave.end, site.closed or wave.end)) + 1,
        )
        days = days[np.is_busday(days)]
        self.n = max(12, round(plan.users[site.kind] * len(days) / 128 * rng.uniform(0.85, 1.15)))
        indices = np.sort(rng.integers(0, len(days), self.n))
        self.days = days[indices]
        self.profile = {
            item: rng.choice(
                list(shares), size=self.n, p=np.array(list(shares.values())) / sum(shares.values())
            )
            for item, shares in plan.profiles[directorate.id].items()
        }
        self.planted = plant(
            study,
            plan,
            directorate=directorate.id,
            about=f"{site.id} {wave.id}",
            users=self.n,
        )
        self.profile |= self.planted.answers
        day_effect = rng.normal(0, plan.spread.day, len(days))[indices]
        person = rng.normal(0, plan.spread.person, self.n)
        years = (self.days - np.datetime64(study.waves[0].start)).astype(float) / 365.25
        months = self.days.astype("datetime64[M]").astype(int) % 12 + 1
        season = plan.season.amplitude * np.cos(2 * np.pi * (months - plan.season.best_month) / 12)
        self.opinion = (
            plan.directorates[directorate.id] + site_effect + day_effect + person + season
        )
        self.years = years
        self.opinion += plan.trend_per_year * years
        self.known_opinion = np.zeros(self.n)  # what margins tell of it
        for item, effects in plan.profile_effects.items():
            if item in self.profile:
                effect = np.array([effects[value] for value in self.profile[item]])
                self.opinion += effect
                self.known_opinion += effect if item in plan.margins else 0.0
        self.noise = {
            item: rng.normal(0, plan.spread.item, self.n)
            for item in self.closed
            if item in plan.items
        }
        self.concerned = {
            item: rng.random(self.n) >= share for item, share in plan.missing.not_concerned.items()
        }

    def opinion_on(self, item: str) -> np.typing.NDArray[np.float64]:
        """Each user's opinion on an item."""
        if item not in self.item_opinions:
            own = self.plan.items[item] + self.plan.item_trends.get(item, 0.0) * self.years
            self.item_opinions[item] = (
                self.opinion + own + self._commitments(item) + self.noise[item]
            )
        return self.item_opinions[item]

    def levels(self, item: str, mode: float) -> np.typing.NDArray[np.int16]:
        """The level each user would choose, in a mode of that effect."""
        latent = self.opinion_on(item) + mode
        codes = np.array(self.study.scale(item).codes, dtype=np.int16)
        result: np.typing.NDArray[np.int16] = codes[np.digitize(latent, self.plan.cuts[len(codes)])]
        if item in self.concerned:
            result = np.where(
                self.concerned[item], result, self._missing(MissingKind.NOT_CONCERNED)
            )
        return result

    def population(self) -> pl.DataFrame:
        """Everybody, with the answers of the reference mode."""
        answers = {item: self.levels(item, 0.0) for item in self._items_asked(self.plan.items)}
        kinds = {SEGMENT: self.planted.segment} if len(self.planted.segment) else {}
        return pl.DataFrame(
            {**self._labels(np.arange(self.n)), **kinds, **self._int16(self.profile), **answers}
        )

    def opinions(self) -> pl.DataFrame:
        """The mean opinion on each item, month by month, of those whom it concerns."""
        months, rank = np.unique(self.days.astype("datetime64[M]"), return_inverse=True)
        items, everyone = self._items_asked(self.plan.items), np.ones(self.n, dtype=bool)
        users, totals = np.zeros((2, len(items), len(months)))
        for place, item in enumerate(items):
            concerned = self.concerned.get(item, everyone)
            for into, weights in ((users, concerned), (totals, concerned * self.opinion_on(item))):
                into[place] = np.bincount(rank, weights=weights, minlength=len(months))
        known = users > 0
        about = {"directorate": self.directorate.id, "wave": self.wave.id, "site": self.site.id}
        return pl.DataFrame(
            {
                **{name: [value] * int(known.sum()) for name, value in about.items()},
                "item": np.repeat(items, len(months))[known.ravel()],
                "month": np.tile(months.astype("datetime64[D]"), len(items))[known.ravel()],
                "users": users[known].astype(np.int64),
                "opinion": totals[known] / users[known],
            }
        )

    def answer(self, channel: Channel) -> pl.DataFrame | None:
        """The answers that a channel collects here; None where it collects none."""
        respondents_by_mode = {
            "a_froid": lambda: self._survey_respondents(channel),
            "kiosk": self._kiosk_respondents,
            "paper": self._paper_respondents,
            "web": self._qr_respondents,
        }[channel.moment if channel.moment == "a_froid" else channel.mode]()
        if len(respondents_by_mode) == 0:
            return None
        mode = self.plan.modes[channel.id]
        columns: dict[str, np.typing.NDArray[np.int16]] = {}
        for item in self._items_asked(channel.items):
            column = self.profile[item] if item in self.profile else self.levels(item, mode)
            columns[item] = column[respondents_by_mode].astype(np.int16)
            if item in self.planted.answers:
                about = f"{channel.id} {self.site.id} {self.wave.id} {item}"
                silent = unanswered(self.plan, about=about, respondents=len(columns[item]))
                columns[item][silent] = self._missing(MissingKind.REFUSED)
        frame = {
            "channel": [channel.id] * len(respondents_by_mode),
            **self._labels(respondents_by_mode),
            "second": self.rng.integers(9 * 3600, 18 * 3600, len(respondents_by_mode)),
            "finished": np.ones(len(respondents_by_mode), dtype=bool),
        }
        if channel.mode != "kiosk":
            frame["finished"] = self._nonresponse(channel, columns, len(respondents_by_mode))
        if any(self.study.scale(item).kind == "text" for item in channel.items):
            frame["text"] = self._texts(columns, len(respondents_by_mode))
        return pl.DataFrame(
            {**frame, **columns}, schema_overrides={"text": pl.String} if "text" in frame else None
        )

    # --- who answers ------------------------------------------------------------------------------

    def _survey_respondents(self, channel: Channel) -> np.typing.NDArray[np.int64]:
        response = self.plan.response
        sampled = np.sort(self.rng.permutation(self.n)[: response.invited_per_site])
        propensity = response.intercept + response.by_opinion * self.known_opinion
        for item, effects in response.profile.items():
            if item in self.profile:
                propensity += np.array([effects[value] for value in self.profile[item]])
        answers: np.typing.NDArray[np.int64] = sampled[
            self.rng.random(len(sampled)) < scipy.special.expit(propensity[sampled])
        ]
        if channel.invited and self.site.population not in self.study.constrained():
            self.frames.append(self._frame(channel, sampled, answers))
        return answers

    def _frame(
        self,
        channel: Channel,
        sampled: np.typing.NDArray[np.int64],
        answers: np.typing.NDArray[np.int64],
    ) -> pl.DataFrame:
        """The register's cells of the site: its users, who was drawn, and what became of them. Its
        chance is its own: it leaves all answers as they are.
        """
        response = self.plan.response
        own = f"{channel.id} {self.site.id} {self.wave.id}".encode()
        draw = np.random.default_rng([self.plan.seed, 4, *own]).random(self.n)
        drawn, answered = (np.isin(np.arange(self.n), which) for which in (sampled, answers))
        silent = drawn & ~answered
        known = {item: self.profile[item] for item in self.plan.margins if item in self.profile}
        counts = {
            "population": np.ones(self.n, dtype=bool),
            "drawn": drawn,
            "answered": answered,
            "ineligible": silent & (draw < response.gone),
            "unknown": silent & (draw >= 1 - response.returned),
        }
        cell = ["directorate", "wave", "channel", "site", *known]
        people = pl.DataFrame({**self._int16(known), **counts}).with_columns(
            directorate=pl.lit(self.directorate.id),
            wave=pl.lit(self.wave.id),
            channel=pl.lit(channel.id),
            site=pl.lit(self.site.id),
        )
        return people.group_by(cell).agg(pl.sum(*counts).cast(pl.Int64)).sort(cell)

    def _paper_respondents(self) -> np.typing.NDArray[np.int64]:
        paper = self.plan.response.paper
        if self._site_rank(2) >= paper.sites_share:
            return np.empty(0, dtype=np.int64)
        days = np.unique(self.days)
        sampled = self.rng.choice(days, size=min(paper.days, len(days)), replace=False)
        present = np.flatnonzero(np.isin(self.days, sampled))
        rate = min(1.0, paper.per_day * len(sampled) / max(len(present), 1))
        return present[self.rng.random(len(present)) < rate]

    def _qr_respondents(self) -> np.typing.NDArray[np.int64]:
        qr = self.plan.response.qr
        rate = qr.rate * np.exp(-qr.discontent * self.opinion)
        return np.flatnonzero(self.rng.random(self.n) < rate)

    def _kiosk_respondents(self) -> np.typing.NDArray[np.int64]:
        kiosk = self.plan.response.kiosk
        if (
            self.site.population
            or self.site.kind not in kiosk.kinds
            or self._site_rank(3) >= kiosk.sites_share
        ):
            return np.empty(0, dtype=np.int64)
        return np.flatnonzero(self.rng.random(self.n) < kiosk.rate)

    def _site_rank(self, salt: int) -> float:
        """A fixed number in [0, 1) per site: the same sites have paper, or a kiosk, in every
        wave.
        """
        return float(np.random.default_rng([self.plan.seed, salt, *self.site.id.encode()]).random())

    # --- what they leave out ----------------------------------------------------------------------

    def _nonresponse(
        self, channel: Channel, columns: dict[str, np.typing.NDArray[np.int16]], n: int
    ) -> np.typing.NDArray[np.bool_]:
        """Puts missing codes in place of answers; returns who finished."""
        missing = self.plan.missing
        opinions = [item for item in columns if self.study.item(item).role != "profile"]
        for item in opinions:
            draw = self.rng.random(n)
            columns[item] = np.where(
                draw < missing.dont_know, self._missing(MissingKind.DONT_KNOW), columns[item]
            )
            refused = (draw >= missing.dont_know) & (draw < missing.dont_know + missing.refused)
            columns[item] = np.where(refused, self._missing(MissingKind.REFUSED), columns[item])
        if channel.mode == "paper":
            for item in opinions:
                spoiled = self.rng.random(n) < missing.illegible
                columns[item] = np.where(
                    spoiled, self._missing(MissingKind.ILLEGIBLE), columns[item]
                )
        finished = np.ones(n, dtype=bool)
        if channel.mode == "web":
            finished = self.rng.random(n) >= missing.abandons
            stop = self.rng.integers(1, len(opinions) + 1, n)
            for rank, item in enumerate(opinions):
                dropped_out = ~finished & (stop <= rank)
                columns[item] = np.where(
                    dropped_out, self._missing(MissingKind.ABANDONED), columns[item]
                )
        return finished

    def _texts(self, columns: dict[str, np.typing.NDArray[np.int16]], n: int) -> list[str | None]:
        """A sentence on one asked theme, in line with the answer; now and then a trap."""
        plan = self.plan.verbatims
        themes = [theme for theme in plan.themes if theme.item in columns]
        speaks, which, trap = (
            self.rng.random(n),
            self.rng.integers(0, max(len(themes), 1), n),
            self.rng.random(n),
        )
        texts: list[str | None] = []
        for row in range(n):
            if not themes or speaks[row] >= plan.rate:
                texts.append(None)
            elif trap[row] < 0.03:
                texts.append(plan.traps[int(trap[row] / 0.03 * len(plan.traps))])
            else:
                theme = themes[int(which[row])]
                code, levels = int(columns[theme.item][row]), self.study.scale(theme.item).codes
                texts.append(theme.good if code in levels[-2:] else theme.bad)
        return texts

    # --- small parts ------------------------------------------------------------------------------

    def _items_asked(self, items: dict[str, float] | tuple[str, ...]) -> list[str]:
        """The closed items among `items` that these users may be asked."""
        special = next(
            (
                population
                for population in self.study.populations
                if population.id == self.site.population
            ),
            None,
        )
        return [
            item
            for item in items
            if item in self.closed
            and self.study.asks(item, self.directorate.id)
            and (
                special is None
                or item in (special.items or ())
                or self.study.item(item).role == "profile"
            )
        ]

    def _commitments(self, item: str) -> np.typing.NDArray[np.float64]:
        """What the commitments that are posted here do to the opinion on an item."""
        plan, effect = self.plan.commitments, np.zeros(self.n)
        for commitment in self.study.commitments:
            size = plan.effects.get(commitment.id, {}).get(item, 0.0)
            if size and self.site.id in commitment.posted:
                since = (self.days - np.datetime64(commitment.posted[self.site.id])).astype(float)
                effect += size * np.clip(since / plan.ramp_days, 0, 1)
        return effect

    def _labels(self, rows: np.typing.NDArray[np.int64]) -> dict[str, object]:
        default = self.study.populations[0].id
        return {
            "directorate": [self.directorate.id] * len(rows),
            "wave": [self.wave.id] * len(rows),
            "site": [self.site.id] * len(rows),
            "population": [self.site.population or default] * len(rows),
            "day": pl.Series(self.days[rows].astype("datetime64[D]")),
        }

    def _missing(self, kind: MissingKind) -> np.int16:
        return np.int16(self.study.missing[kind])

    @staticmethod
    def _int16(
        columns: dict[str, np.typing.NDArray[np.int64]],
    ) -> dict[str, np.typing.NDArray[np.int16]]:
        return {name: values.astype(np.int16) for name, values in columns.items()}
