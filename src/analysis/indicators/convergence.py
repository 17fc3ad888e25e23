"""What devices of several families say of one thing, side by side: where they agree, where they
contradict each other, and where one is alone.

A count, a sample and an observation are never put into one number. Each says by its own rule what
it can: how good something is (`state`), which way it moved since a year before (`movement`), or
both; only these words are compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import dataframely as dy
import polars as pl

from analysis.indicators.listening import listening_of
from analysis.indicators.movements import key_of_year
from analysis.inference import TOTAL, PointEstimate, independent_difference
from analysis.storage import as_figures, figure_key, make_table
from analysis.study import Claim, Study
from analysis.study.listening import Device

State = Literal["good", "mixed", "poor", ""]
Movement = Literal["better", "steady", "worse", ""]
Verdict = Literal["same", "contrary", "steady", "apart", "alone", "silent"]
"""Of two families or more that can tell: `contrary` where one says good and another poor, or better
and worse; `same` where two say the same; `steady` where two look at movements, and nothing
moves; `apart` where they say neither the same nor the contrary. `alone` where one family can tell,
`silent` where none can."""

SIGNAL = "signal"


class Convergence(dy.Schema):
    """One row per product, dimension and device that is declared to tell something of it, and one
    for the dimension (`device` is empty).

    Attributes:
        family: Of the device; empty for the dimension.
        state, movement: What the device says; empty where it says nothing.
        verdict: Of the dimension; empty for a device.
        signal: Whether the dimension is to be looked at: a flow is seen to move while no sample is,
            or a sample while no flow is.
        made_from: Keys of the figures that were read: a word is shown where all of them are.

    """

    directorate = dy.String(primary_key=True)
    wave = dy.String(primary_key=True)
    dimension = dy.String(primary_key=True)
    device = dy.String(primary_key=True)
    family = dy.String()
    state = dy.String()
    movement = dy.String()
    verdict = dy.String()
    signal = dy.Bool()
    made_from = dy.List(dy.String())
    simulated = dy.Bool()

    @classmethod
    def figures(cls, table: pl.DataFrame) -> pl.DataFrame:
        """`Figures`: readings, a word each and no number: of a device its state and its movement
        (where it has them), of a dimension its verdict, and whether it is to be looked at.
        """
        device = pl.col("device") != ""
        parts = (
            ("state", device & (pl.col("state") != ""), pl.col("state")),
            ("movement", device & (pl.col("movement") != ""), pl.col("movement")),
            ("verdict", ~device, pl.col("verdict")),
            (SIGNAL, ~device & pl.col("signal"), pl.lit(SIGNAL)),
        )
        return as_figures(
            pl.concat(
                table.filter(condition).select(
                    *("directorate", "wave", "simulated", "made_from"),
                    indicator=pl.lit("convergence"),
                    definition=pl.lit(name),
                    kind=pl.lit("reading"),
                    unit=pl.lit("reading"),
                    breakdown="dimension",
                    category=pl.when(device).then("device").otherwise(pl.lit("total")),
                    claim=pl.lit(""),
                    value=pl.lit(None, dtype=pl.Float64),
                    word=word,
                )
                for name, condition, word in parts
            ).with_columns(
                category=pl.format("{}.{}", "breakdown", "category"),
                breakdown=pl.lit("dimension"),
            ),
            layer="convergence",
        )


@dataclass(frozen=True)
class Reading:
    """What one device says of a dimension of a product.

    Attributes:
        state, movement: Empty where it says nothing of it.
        made_from: Keys of the figures that it was read in.

    """

    state: State = ""
    movement: Movement = ""
    made_from: tuple[str, ...] = ()

    @property
    def tells(self) -> bool:
        """Whether it says anything."""
        return bool(self.state or self.movement)


def convergence(
    movements: pl.DataFrame,
    observations: pl.DataFrame,
    estimates: pl.DataFrame,
    study: Study,
    *,
    wave: str,
    simulated: bool,
) -> pl.DataFrame:
    """The `Convergence` of all products at a wave.

    Args:
        movements: `indicators.Movements` of the wave.
        observations: `indicators.Observations` of the wave.
        estimates: `indicators.Estimates` of this wave and those before.
        study: Devices, the rules by which they are read together, indicators.
        wave: Identifier.
        simulated: Whether any of these is.

    """
    listening = listening_of(study)
    before = study.compared_with(wave)
    readers = _Readers(movements, observations, estimates, study, wave, before.id if before else "")
    rows: list[dict[str, Any]] = []
    for product in listening.products:
        own = [device for device in listening.devices if product in device.products]
        for dimension in (dimension.id for dimension in study.questionnaire.dimensions):
            told = [
                (device, readers.read(device, product, dimension))
                for device in own
                if dimension in device.dimensions
            ]
            rows += [{"directorate": product, "dimension": dimension, **row} for row in _rows(told)]
    return make_table([{"wave": wave, "simulated": simulated, **row} for row in rows], Convergence)


def _rows(told: Sequence[tuple[Device, Reading]]) -> Iterator[dict[str, Any]]:
    """A row per device, and that of the dimension; none where no device is declared to tell."""
    for device, reading in told:
        yield {
            "device": device.id,
            "family": device.family,
            "state": reading.state,
            "movement": reading.movement,
            "verdict": "",
            "signal": False,
            "made_from": list(reading.made_from),
        }
    if told:
        yield {
            "device": "",
            "family": "",
            "state": "",
            "movement": "",
            "verdict": verdict(told),
            "signal": is_signal(told),
            "made_from": [key for _, reading in told for key in reading.made_from],
        }


def verdict(told: Sequence[tuple[Device, Reading]]) -> Verdict:
    """What devices say together of one dimension: see `Verdict`. Two devices of one family do not
    make it less alone.
    """
    speaking = [(device, reading) for device, reading in told if reading.tells]
    families = {device.family for device, _ in speaking}
    if len(families) < 2:
        return "alone" if families else "silent"
    pairs = [
        (one, other)
        for place, (first, one) in enumerate(speaking)
        for second, other in speaking[place + 1 :]
        if first.family != second.family
    ]
    if any(_contradict(one, other) for one, other in pairs):
        return "contrary"
    if any(_agree(one, other) for one, other in pairs):
        return "same"
    looked_at = [reading.movement for _, reading in speaking if reading.movement]
    both = any(one.movement and other.movement for one, other in pairs)
    return "steady" if both and set(looked_at) == {"steady"} else "apart"


def _contradict(one: Reading, other: Reading) -> bool:
    states, movements = {one.state, other.state}, {one.movement, other.movement}
    return states == {"good", "poor"} or movements == {"better", "worse"}


def _agree(one: Reading, other: Reading) -> bool:
    same_state = one.state == other.state and one.state in ("good", "poor")
    same_movement = one.movement == other.movement and one.movement in ("better", "worse")
    return same_state or same_movement


def is_signal(told: Sequence[tuple[Device, Reading]]) -> bool:
    """Whether one regime is seen to move, and another, which would tell, is not."""

    def moves(regime: str) -> set[bool]:
        return {
            reading.movement != "steady"
            for device, reading in told
            if device.regime == regime and reading.movement
        }

    flows, samples = moves("flow"), moves("sample")
    return bool(flows and samples) and (True in flows) != (True in samples)


@dataclass(frozen=True)
class _Readers:
    """How devices are read, by their regime."""

    movements: pl.DataFrame
    observations: pl.DataFrame
    estimates: pl.DataFrame
    study: Study
    wave: str
    before: str

    @property
    def family(self) -> int:
        """How many figures of samples are looked at together: what is said of them is counted over
        all products.
        """
        return sum(
            len(device.dimensions) * len(device.products)
            for device in listening_of(self.study).devices
            if device.channel
        )

    def read(self, device: Device, product: str, dimension: str) -> Reading:
        """What a device says of a dimension of a product."""
        if device.regime == "flow":
            return self._flow(device, product, dimension)
        if device.regime == "qualitative":
            return self._observed(device, product, dimension)
        return self._sample(device, product, dimension)

    def _flow(self, device: Device, product: str, dimension: str) -> Reading:
        """The movement of the series that speak of it; nothing where two say the contrary."""
        series = [
            one.id for one in device.series if one.dimension == dimension and one.better is not None
        ]
        years = self.movements.filter(
            pl.col("directorate") == product,
            pl.col("device") == device.id,
            pl.col("series").is_in(series),
            pl.col("part") == "year",
            pl.col("word") != "declared",
        )
        words = {str(word or "steady") for word in years["better"]}
        moved = words - {"steady"}
        if len(moved) > 1 or not words:
            return Reading()
        keys = tuple(years.select(key_of_year()).to_series())
        return Reading(movement=_movement(moved), made_from=keys)

    def _observed(self, device: Device, product: str, dimension: str) -> Reading:
        """The state that was seen in the sessions of the wave."""
        words = self.observations.filter(
            directorate=product, device=device.id, dimension=dimension
        )["word"]
        return Reading(state=_state(str(words.item()))) if words.len() else Reading()

    def _sample(self, device: Device, product: str, dimension: str) -> Reading:
        """The level of an estimate for users, and the movement of any; nothing of a device whose
        answers are in no channel, or too few to be told.
        """
        enough = pl.col("base") >= self.study.thresholds.fragile_below
        found = self._figures(device, product, dimension).filter(enough)
        now, then = (found.filter(wave=wave) for wave in (self.wave, self.before))
        if now.height != 1:
            return Reading()
        row = now.row(0, named=True)
        state: State = ""
        if row["claim"] == Claim.ESTIMATE and row["low"] is not None and row["unit"] == "share":
            state = listening_of(self.study).rules.level(row["low"], row["high"])
        keys = found.filter(pl.col("wave").is_in([self.wave, self.before])).select(
            figure_key(layer="estimates", against=None)
        )
        before = then.row(0, named=True) if then.height == 1 else None
        movement = self._moved(before, row, family=self.family) if before else ""
        return Reading(state, movement, tuple(keys.to_series()))

    def _moved(self, then: dict[str, Any], now: dict[str, Any], *, family: int) -> Movement:
        """Whether a figure moved by as much as the study declares, and more than samples do.

        Args:
            then, now: Rows of `Estimates`.
            family: How many such figures of all products are looked at together.

        """
        points = [
            PointEstimate(row["value"], row["se"], row["df"])
            for row in (then, now)
            if row["value"] is not None and row["se"] is not None
        ]
        if len(points) < 2 or now["definition_version"] != then["definition_version"]:
            return ""
        change = independent_difference(points[0], points[1], family=family)
        least = self.study.thresholds.practical_change / 100
        if change.low != change.low:  # without a degree of freedom, it has no bounds
            return ""
        if change.low <= 0 <= change.high or abs(change.value) < least:
            return "steady"
        return "better" if change.value > 0 else "worse"

    def _figures(self, device: Device, product: str, dimension: str) -> pl.DataFrame:
        """The figures by which a device speaks of a dimension: those of its channel, of the first
        indicator whose question is of the dimension.
        """
        items = [item.id for item in self.study.questionnaire.items if item.dimension == dimension]
        indicators = [one for one in self.study.indicators if one.item in items]
        by_channel = [one.id for one in self.study.breakdowns if one.by == "channel"]
        for indicator in indicators:
            found = self.estimates.filter(
                pl.col("directorate") == product,
                pl.col("indicator") == indicator.id,
                pl.col("definition") == indicator.definitions[0],
                pl.col("channels") == (device.channel or ""),
            )
            for breakdown in (TOTAL, *by_channel):
                rows = found.filter(breakdown=breakdown)
                if rows.height:
                    return rows
        return self.estimates.clear()


def _movement(moved: set[str]) -> Movement:
    return "better" if "better" in moved else "worse" if moved else "steady"


def _state(word: str) -> State:
    return "good" if word == "good" else "poor" if word == "poor" else "mixed"
