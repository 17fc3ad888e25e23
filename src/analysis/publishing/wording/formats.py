"""How figures are printed: by their kind and unit, never by a name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from analysis.disclosure import Status
from analysis.publishing.released import ReleasedFigure
from analysis.publishing.wording.language import MINUS, NO_BREAK, Language

SCORE = "score_"
"""How the unit of a mean, or of a difference of means, begins."""

MEASURES = ("share", "mean", "balance")
"""The kinds that a definition gives: each has words of its own in the catalogues."""

CHANGES = ("difference", "trend", "detectable", "detectable_trend")
"""The kinds of what changed from wave to wave."""

CORRELATION, RATIO = "correlation", "ratio"
"""The unit of a correlation of ranks."""

MEASURED = {"days": 0, "minutes": 0, "per_thousand": 1}
"""The units of those who manage that are said in words, with their decimals."""

SIZES = ("detectable", "detectable_trend", "deviation")
"""The kinds in points that have no sign."""

FLAGS = {Status.CAUTION: f"{NO_BREAK}(!)", Status.FRAGILE: f"{NO_BREAK}(!!)"}


class Measurable(Protocol):
    """Anything with a kind and a unit, which say how its numbers are printed: a released figure, or
    a row of a table.
    """

    @property
    def kind(self) -> str:
        """See `study.kinds`."""

    @property
    def unit(self) -> str:
        """See `study.kinds`."""


@dataclass(frozen=True)
class Measure:
    """A kind and a unit, without a figure."""

    kind: str
    unit: str


@dataclass(frozen=True)
class Axis:
    """How numbers of a kind and unit are drawn.

    Attributes:
        scale: What they are multiplied by.
        limits: The least and the largest that there may be, once multiplied.
        label: What the axis is called, with its unit.

    """

    scale: float
    limits: tuple[float, float]
    label: str


@dataclass(frozen=True)
class Formats:
    """How figures are printed in a language: shares and differences of shares as whole numbers,
    scores with one decimal, everywhere in an edition. Decimals stand in its open data.
    """

    language: Language

    def value(self, figure: ReleasedFigure) -> str:
        """A figure as it is printed, or the sign of what hides it."""
        if figure.hidden or figure.value is None:
            return self.sign(figure)
        return self.number(figure.value, figure)

    def number(self, value: float, figure: Measurable, *, decimals: int = 0) -> str:
        """A number of a figure's kind and unit; an analyst may ask for decimals, and scores have
        one at least.
        """
        language, unit = self.language, figure.unit
        if figure.kind in (*CHANGES, *SIZES):
            signed = (
                language.signed(value, decimals=1)
                if unit.startswith(SCORE)
                else language.points(value, decimals=decimals)
            )
            return signed.removeprefix("+") if figure.kind in SIZES else signed
        if unit in MEASURED:
            return self._measured(value, unit, decimals)
        if figure.kind == "relative":
            written = language.signed(100 * value, decimals=decimals) + f"{language.percent_space}%"
        elif unit == "share":
            written = language.percent(value, decimals=decimals)
        elif unit == "points":
            written = language.points(value, decimals=decimals)
        elif unit == CORRELATION:
            written = language.signed(value, decimals=2)
        elif unit == RATIO:
            written = language.number(value, decimals=2)
        else:
            score = unit.startswith(SCORE)
            written = language.number(value, decimals=max(1, decimals) if score else 0)
        return written

    def bound(self, figure: ReleasedFigure) -> str:
        """A target or a norm as it was set, with all of its decimals: three at most."""
        return self.number(figure.shown_value, figure, decimals=self._decimals_of(figure))

    def against(
        self, values: Sequence[float], bound: ReleasedFigure, figure: ReleasedFigure
    ) -> int:
        """How many decimals it takes to print some numbers beside a bound that is printed as it was
        set: see `apart`.
        """
        return self.apart(values, bound.shown_value, figure, least=self._decimals_of(bound))

    def _decimals_of(self, figure: ReleasedFigure) -> int:
        """How many decimals a number that somebody set has."""
        scaled = (100 if figure.unit in ("share", "points") else 1) * figure.shown_value
        return next((count for count in range(3) if round(scaled, count) == round(scaled, 9)), 3)

    def _measured(self, value: float, unit: str, decimals: int) -> str:
        """A number of days, of minutes, or per thousand, with what it counts."""
        number = self.language.number(value, decimals=max(decimals, MEASURED[unit]))
        size = abs(float(self._rounded(value, max(decimals, MEASURED[unit]))))
        one = size < 2 if self.language.code == "fr" else number == "1"
        return self.language.text(f"amount_{unit}_{'one' if one else 'many'}", value=number)

    def apart(
        self, values: Sequence[float], bound: float, figure: Measurable, *, least: int = 0
    ) -> int:
        """How many decimals, from `least` on, it takes to print some numbers on the side of a bound
        that they are on, above it, below it or on it: three at most.
        """
        scale = 100 if figure.unit in ("share", "points") else 1

        def sides(decimals: int) -> bool:
            told = [float(self._rounded(scale * value, decimals)) for value in (*values, bound)]
            return all(
                _side(shown, told[-1]) == _side(value, bound)
                for shown, value in zip(told, values, strict=False)
            )

        return next((decimals for decimals in range(least, 3) if sides(decimals)), 3)

    def _rounded(self, value: float, decimals: int) -> str:
        """A number as it is printed, for a computer."""
        number = self.language.number(value, decimals=decimals)
        return (
            number.replace(self.language.thousands, "")
            .replace(self.language.decimal, ".")
            .replace(MINUS, "-")
        )

    def with_unit(self, figure: ReleasedFigure, *, decimals: int = 0) -> str:
        """A figure as it is printed where no heading says its unit: a score with its maximum."""
        if figure.hidden or figure.value is None:
            return self.sign(figure)
        value = self.number(figure.value, figure, decimals=decimals)
        if not figure.unit.startswith(SCORE):
            return value
        return self.language.text("out_of", value=value, maximum=self._maximum(figure))

    def flagged_value(
        self, figure: ReleasedFigure, *, beside: Sequence[ReleasedFigure] = ()
    ) -> str:
        """The figure with the sign of its precision, and its unit, unless a heading says it: that
        of a column of figures which all have the same.
        """
        write = self.value if beside and same_measure(beside) else self.with_unit
        return write(figure) + FLAGS.get(figure.status, "")

    def measure(self, words: str, figure: ReleasedFigure, **parts: str) -> str:
        """The phrase for a kind of measure: `<words>_share`, `_mean` or `_balance` of the
        catalogue.
        """
        if figure.unit.startswith(SCORE):
            parts["maximum"] = self._maximum(figure)
        kind = figure.kind if figure.kind in MEASURES else "share"
        return self.language.text(f"{words}_{kind}", **parts)

    def heading(self, figures: Sequence[ReleasedFigure]) -> str:
        """The heading of a column of figures: what they are, where they are all the same."""
        if figures and same_measure(figures):
            return self.measure("column", figures[0])
        return self.language.text("column_result")

    def _maximum(self, figure: ReleasedFigure) -> str:
        return self.language.number(float(figure.unit.removeprefix(SCORE)))

    def interval(self, figure: ReleasedFigure) -> str:
        """The bounds of a figure, or a sign where there are none."""
        if figure.hidden:
            return self.sign(figure)
        if figure.low is None or figure.high is None:
            return self.language.text("sign_nd")
        return self.range(figure.low, figure.high, figure)

    def range(self, low: float, high: float, figure: Measurable, *, decimals: int = 0) -> str:
        """Two bounds of a kind and unit, in brackets, without their unit; scores have one
        decimal at least, correlations and ratios two.
        """
        if figure.unit in (CORRELATION, RATIO):
            return self.language.interval(low, high, decimals=max(2, decimals), scale=1)
        score = figure.unit.startswith(SCORE)
        return self.language.interval(
            low, high, decimals=max(1, decimals) if score else decimals, scale=1 if score else 100
        )

    def axis(self, figure: Measurable) -> Axis:
        """How numbers of a kind and unit are drawn."""
        text = self.language.text
        if figure.unit.startswith(SCORE):
            most = float(figure.unit.removeprefix(SCORE))
            if figure.kind == "difference":
                return Axis(1, (-most, most), text("axis_score_difference"))
            label = text("axis_mean", maximum=self.language.number(most))
            return Axis(1, (0, most), label)
        if figure.kind == "difference":
            return Axis(100, (-100, 100), text("axis_difference"))
        if figure.unit == "points":
            return Axis(100, (-100, 100), text("axis_balance"))
        if figure.kind == "level_share":
            return Axis(100, (0, 100), text("axis_level"))
        return Axis(100, (0, 100), text("axis_share"))

    def base(self, figure: ReleasedFigure) -> str:
        """The answers behind a figure, or the sign of what hides them."""
        if figure.hidden or figure.base is None:
            return self.sign(figure)
        return self.language.number(figure.base)

    def sign(self, figure: ReleasedFigure) -> str:
        """The sign of the status that hides a figure; the sign of « not available » where it is not
        hidden.
        """
        return self.language.text(f"sign_{figure.status if figure.hidden else 'nd'}")


def _side(value: float, bound: float) -> int:
    """1 above a bound, -1 below it, 0 on it."""
    return (value > bound) - (value < bound)


def same_measure(figures: Sequence[ReleasedFigure]) -> bool:
    """Whether figures are of one kind and unit: they stand under one heading, and can be ranked."""
    return len({(figure.kind, figure.unit) for figure in figures}) <= 1
