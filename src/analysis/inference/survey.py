"""Estimates from rows, by the one chain of linearization: a score per row, summed to PSU, one
variance function.

For what a cube cannot answer: continuous variables, calibration on them, breakdowns nobody
declared. A missing value (NaN) zeroes the score of its variable; no row is ever dropped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from analysis.errors import InferenceError
from analysis.inference.calibration import Calibration
from analysis.inference.design import Design, Floats, Ints, Sample, grouped
from analysis.inference.joint import Joint
from analysis.inference.projection import Projection


@dataclass(frozen=True)
class Survey:
    """Rows with a design, and perhaps a calibration.

    Attributes:
        frame: n rows.
        sample: The design applied to them; its weights are the final ones.
        projection: What variances take away from scores, or None.

    """

    frame: pl.DataFrame
    sample: Sample
    projection: Projection | None

    @classmethod
    def of(
        cls, frame: pl.DataFrame, design: Design, *, calibration: Calibration | None = None
    ) -> Survey:
        """Applies a design to a frame."""
        sample = design.sample(frame)
        if calibration is None:
            return cls(frame, sample, None)
        if len(calibration.weights) != frame.height:
            raise InferenceError(
                "The calibration and the frame do not have the same rows.",
                hint="calibrate the design of this very frame.",
            )
        weighted = replace(sample, weights=calibration.weights)
        return cls(frame, weighted, calibration.projection)

    # --- estimates --------------------------------------------------------------------------------

    def mean(self, *columns: str, by: str | None = None) -> Joint:
        """Weighted means of columns, over everybody or by domain: names `domain` or `column`, or
        `column.domain`.

        Missing values: each column has its own base. (R's ``svymean(~a+b)`` drops the rows where
        either is missing: give it one column at a time to compare.)
        """
        return self._linear([self._ratio_of(column, None) for column in columns], columns, by)

    def ratio(self, numerator: str, denominator: str, *, by: str | None = None) -> Joint:
        """The ratio of two weighted totals, over the rows where both are known."""
        return self._linear(
            [self._ratio_of(numerator, denominator)], (f"{numerator}/{denominator}",), by
        )

    def total(self, *columns: str, by: str | None = None) -> Joint:
        """Weighted totals of columns; a missing value adds nothing."""
        return self._linear([(self.values(column), None) for column in columns], columns, by)

    def variance(self, column: str) -> Joint:
        """The population variance of a column (R's ``svyvar``, with its n / (n − 1))."""
        values = self.values(column)
        known = ~np.isnan(values)
        n = int(known.sum())
        mean = float(np.average(values[known], weights=self.sample.weights[known]))
        squares = (values - mean) ** 2 * n / (n - 1)
        scores, value = self.score(squares, np.ones(len(values)), np.ones(len(values), dtype=bool))
        return Joint((column,), np.array([value]), self.covariance(scores[:, None]), self.df)

    def design_effect(
        self, column: str, *, by: str | None = None, replacement: bool = False
    ) -> Floats:
        """R's ``deff`` of means: variance over that of simple random sampling of as many rows
        (without replacement from a population of Σw, unless `replacement`).
        """
        estimates = self.mean(column, by=by)
        values = self.values(column)
        result = []
        for place, inside in enumerate(self.domains(by).values()):
            here = inside & ~np.isnan(values)
            w, y, n = self.sample.weights[here], values[here], int(here.sum())
            spread = float(np.average((y - np.average(y, weights=w)) ** 2, weights=w)) * n / (n - 1)
            mass = float(w.sum())
            simple = spread / n if replacement else spread * (mass - n) / (mass * n)
            result.append(float(estimates.covariance[place, place]) / simple)
        return np.array(result)

    @property
    def df(self) -> int:
        """PSU − strata of the whole design."""
        return self.sample.psus - self.sample.units.strata

    def domain_df(self, by: str) -> dict[str, int]:
        """PSU − strata among those that hold each domain."""
        result = {}
        for name, inside in self.domains(by).items():
            psus = np.unique(self.sample.psu[inside])
            result[name] = len(psus) - len(np.unique(self.sample.units.stratum[psus]))
        return result

    # --- the chain --------------------------------------------------------------------------------

    def covariance(self, scores: Floats, domains: Sequence[Ints] | None = None) -> Floats:
        """The (K, K) covariance of estimates whose row scores, without weights, are `scores` (n,
        K).

        Args:
            domains: For the rule `average` only: the strata that hold the domain of each score.

        """
        residual = scores if self.projection is None else self.projection.residual(scores)
        sample = self.sample
        totals = grouped(sample.psu, residual * sample.weights[:, None], sample.psus)
        if domains is None or sample.units.lonely != "average":
            return sample.units.covariance(totals)
        plain = replace(sample.units, lonely="remove").covariance(totals)
        alone = sample.units.stratum_size == 1
        factor = np.sqrt(
            [len(strata) / max(len(strata) - int(alone[strata].sum()), 1) for strata in domains]
        )
        result: Floats = plain * np.outer(factor, factor)
        return result

    def _linear(
        self,
        variables: Sequence[tuple[Floats, Floats | None]],
        columns: Sequence[str],
        by: str | None,
    ) -> Joint:
        names, values, scores, strata, base = [], [], [], [], []
        for (numerator, denominator), column in zip(variables, columns, strict=True):
            for name, inside in self.domains(by).items():
                what = column if by is None else f"{column} in {by} = {name}"
                score, value = self.score(numerator, denominator, inside, what=what)
                scores.append(score)
                values.append(value)
                names.append(
                    column if by is None else name if len(columns) == 1 else f"{column}.{name}"
                )
                known = (
                    inside & ~np.isnan(numerator)
                    if denominator is None
                    else inside & ~np.isnan(numerator) & ~np.isnan(denominator)
                )
                base.append(int(known.sum()))
                strata.append(np.unique(self.sample.units.stratum[self.sample.psu[inside]]))
        spread = self.covariance(np.stack(scores, axis=1), strata)
        return Joint(
            tuple(names), np.array(values), spread, self.df, np.array(base, dtype=np.int64)
        )

    def score(
        self,
        numerator: Floats,
        denominator: Floats | None,
        inside: np.typing.NDArray[np.bool_],
        *,
        what: str = "what is asked",
    ) -> tuple[Floats, float]:
        """The linearized score of each row, and the estimate: a total, or a ratio where there is a
        denominator.

        Raises:
            InferenceError: no row has a value of `what`.

        """
        if denominator is None:
            values = np.where(inside, np.nan_to_num(numerator), 0.0)
            return values, float(values @ self.sample.weights)
        known = inside & ~np.isnan(numerator) & ~np.isnan(denominator)
        top, bottom = np.where(known, numerator, 0.0), np.where(known, denominator, 0.0)
        size = float(bottom @ self.sample.weights)
        if size == 0:
            raise InferenceError(
                f"No row has a value of {what}.",
                hint="leave this domain out, or declare it suppressed.",
            )
        value = float(top @ self.sample.weights) / size
        return (top - value * bottom) / size, value

    def _ratio_of(self, numerator: str, denominator: str | None) -> tuple[Floats, Floats | None]:
        values = self.values(numerator)
        return values, np.ones(len(values)) if denominator is None else self.values(denominator)

    def values(self, column: str) -> Floats:
        """A column as (n,) numbers, NaN where it has none."""
        if column not in self.frame.columns:
            raise InferenceError.unknown("column", column, self.frame.columns)
        return self.frame.get_column(column).cast(pl.Float64).fill_null(np.nan).to_numpy()

    def domains(self, by: str | None) -> Mapping[str, np.typing.NDArray[np.bool_]]:
        """Name → which rows are in the domain, in the sorted order of names."""
        if by is None:
            return {"total": np.ones(self.frame.height, dtype=bool)}
        labels = self.frame.get_column(by).cast(pl.String)
        return {
            name: (labels == name).fill_null(value=False).to_numpy()
            for name in labels.drop_nulls().unique().sort()
        }
