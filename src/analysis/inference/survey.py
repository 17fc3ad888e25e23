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
from analysis.inference.arrays import Flags, Floats
from analysis.inference.calibration import Calibration
from analysis.inference.design import Design
from analysis.inference.joint import JointEstimates
from analysis.inference.projection import Projection
from analysis.inference.units import Sample

ALONE = "All units that were drawn are alone in their stratum: no variance can be estimated."


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
        cls,
        frame: pl.DataFrame,
        design: Design,
        *,
        calibration: Calibration | None = None,
        joint: Floats | None = None,
    ) -> Survey:
        """A design applied to a frame, with the weights of the calibration where there is one, and
        with the joint probabilities of its clusters where they are known (see `Design.sample`).

        Raises:
            InferenceError: the design refuses the rows, or the calibration is of others.

        """
        sample = design.sample(frame, joint=joint)
        if calibration is None:
            return cls(frame=frame, sample=sample, projection=None)
        if len(calibration.weights) != frame.height:
            raise InferenceError(
                "The calibration and the frame do not have the same rows.",
                hint="calibrate the design of this very frame.",
            )
        weighted = replace(sample, weights=calibration.weights)
        return cls(frame=frame, sample=weighted, projection=calibration.projection)

    # --- estimates --------------------------------------------------------------------------------

    def mean(self, *columns: str, by: str | None = None) -> JointEstimates:
        """Weighted means of columns, over everybody or by domain.

        Names are the columns over everybody, the domains for one column, `column.domain` for
        several.

        Missing values: each column has its own base. (R's ``svymean(~a+b)`` drops the rows where
        either is missing: give it one column at a time to compare.)
        """
        variables = [self._ratio_variable(column, None) for column in columns]
        return self._estimate(variables, columns, by)

    def ratio(self, numerator: str, denominator: str, *, by: str | None = None) -> JointEstimates:
        """The ratio of two weighted totals, over the rows where both are known."""
        variable = self._ratio_variable(numerator, denominator)
        return self._estimate([variable], (f"{numerator}/{denominator}",), by)

    def total(self, *columns: str, by: str | None = None) -> JointEstimates:
        """Weighted totals of columns; a missing value adds nothing."""
        return self._estimate([(self.values(column), None) for column in columns], columns, by)

    def variance(self, column: str) -> JointEstimates:
        """The population variance of a column (R's ``svyvar``, with its n / (n − 1)).

        Raises:
            InferenceError: fewer than two rows have a value.

        """
        values = self.values(column)
        answered = ~np.isnan(values)
        n = int((answered & (self.sample.weights > 0)).sum())
        if n < 2:
            raise InferenceError(
                f"Fewer than two rows have a value of {column}: it has no variance.",
                hint="all its answers are missing here: look at the filter, or at what was asked.",
            )
        mean = float(np.average(values[answered], weights=self.sample.weights[answered]))
        squares = (values - mean) ** 2 * n / (n - 1)
        scores, value = self.score(squares, np.ones(len(values)), np.ones(len(values), dtype=bool))
        return JointEstimates(
            names=(column,),
            value=np.array([value]),
            covariance=self.covariance(scores[:, None], answered[:, None]),
            df=self.df,
        )

    def design_effect(
        self, column: str, *, by: str | None = None, replacement: bool = False
    ) -> Floats:
        """(D,) R's ``deff`` of the mean of a column in each domain.

        It is the variance over that of simple random sampling of as many rows, without replacement
        from a population of Σw, unless `replacement`.
        """
        variance = np.diagonal(self.mean(column, by=by).covariance)
        values = self.values(column)
        simple = []
        for in_domain in self.domains(by).values():
            valid = in_domain & ~np.isnan(values)
            w, y, n = self.sample.weights[valid], values[valid], int(valid.sum())
            spread = float(np.average((y - np.average(y, weights=w)) ** 2, weights=w)) * n / (n - 1)
            mass = float(w.sum())
            simple.append(spread / n if replacement else spread * (mass - n) / (mass * n))
        effect: Floats = variance / np.array(simple)
        return effect

    @property
    def df(self) -> int:
        """PSU − strata of the whole design, among those that weigh anything."""
        return self.freedom(np.ones(self.frame.height, dtype=bool))

    def domain_df(self, by: str) -> dict[str, int]:
        """Domain → its degrees of freedom: PSU − strata among those that hold it."""
        return {name: self.freedom(inside) for name, inside in self.domains(by).items()}

    def freedom(self, rows: Flags) -> int:
        """PSU − strata among those that hold some rows (n,), those of weight 0 left out."""
        psus = np.unique(self.sample.psu[rows & (self.sample.weights > 0)])
        return len(psus) - len(np.unique(self.sample.units.stratum[psus]))

    # --- the chain --------------------------------------------------------------------------------

    def covariance(self, scores: Floats, inside: Flags | None = None) -> Floats:
        """The (K, K) covariance of estimates whose row scores, without weights, are `scores` (n,
        K).

        Args:
            scores: A row outside what is estimated scores 0.
            inside: (n, K) or (n, 1), the rows that each estimate is of; None: all rows. After
                calibration all are: the part that the margins explain is taken from everybody's
                score, inside a domain or not.

        Raises:
            InferenceError: of one of them no variance can be estimated.

        """
        result = self._covariance(scores, inside)
        if np.isnan(np.diagonal(result)).any():
            raise InferenceError(ALONE, hint="declare another rule for lonely strata.")
        return result

    def _covariance(self, scores: Floats, inside: Flags | None) -> Floats:
        """As `covariance`; NaN for those of which no variance can be estimated."""
        residual = scores if self.projection is None else self.projection.residual(scores)
        weighted = residual * self.sample.weights[:, None]
        return self.sample.covariance(weighted, inside if self.projection is None else None)

    def _estimate(
        self,
        variables: Sequence[tuple[Floats, Floats | None]],
        columns: Sequence[str],
        by: str | None,
    ) -> JointEstimates:
        """Ratios of (numerator, denominator), each (n,), or totals of those without a denominator,
        by domain; `columns` name them. A domain without a value has no number, one whose clusters
        are all lonely may have no error: each says why.

        Raises:
            InferenceError: no domain has a value, or none an error.

        """
        names, values, scores, inside, base, absent = [], [], [], [], [], {}
        for (numerator, denominator), column in zip(variables, columns, strict=True):
            for domain, in_domain in self.domains(by).items():
                what = column if by is None else f"{column} in {by} = {domain}"
                name = column if by is None else domain
                names.append(name if by is None or len(columns) == 1 else f"{column}.{domain}")
                answered = in_domain & ~np.isnan(numerator)
                if denominator is not None:
                    answered &= ~np.isnan(denominator)
                base.append(int((answered & (self.sample.weights > 0)).sum()))
                inside.append(answered)
                try:
                    score, value = self.score(numerator, denominator, in_domain, what=what)
                except InferenceError as error:
                    if by is None:
                        raise
                    score, value = np.full(len(numerator), np.nan), np.nan
                    absent[names[-1]] = error.what
                scores.append(score)
                values.append(value)
        if len(absent) == len(names):
            raise InferenceError(
                f"No row has a value of {' or '.join(columns)} in any {by}.",
                hint="all its answers are missing here: look at the filter, or at what was asked.",
            )
        covariance = self._covariance_of_known(np.stack(scores, axis=1), np.stack(inside, axis=1))
        unknown = np.isnan(np.diagonal(covariance))
        if unknown.all():
            raise InferenceError(ALONE, hint="declare another rule for lonely strata.")
        absent = {name: ALONE for name, out in zip(names, unknown, strict=True) if out} | absent
        return JointEstimates(
            names=tuple(names),
            value=np.array(values),
            covariance=covariance,
            df=self.df,
            base=np.array(base, dtype=np.int64),
            absent=absent,
        )

    def _covariance_of_known(self, scores: Floats, inside: Flags) -> Floats:
        """The (K, K) covariance of scores (n, K), NaN for those that are not known."""
        known: Flags = np.asarray(~np.isnan(scores).any(axis=0))
        result = np.full((len(known), len(known)), np.nan)
        result[np.ix_(known, known)] = self._covariance(scores[:, known], inside[:, known])
        return result

    def score(
        self,
        numerator: Floats,
        denominator: Floats | None,
        in_domain: Flags,
        *,
        what: str = "what is asked",
    ) -> tuple[Floats, float]:
        """(n,) linearized score of each row, without weights, and the estimate over the rows
        `in_domain` (n,): a total of the numerator (n,), or its ratio to the denominator (n,).

        Missing values: a row without one of the two scores 0.

        Raises:
            InferenceError: no row inside has a denominator, said to be that of `what`.

        """
        if denominator is None:
            values = np.where(in_domain, np.nan_to_num(numerator), 0.0)
            return values, float(values @ self.sample.weights)
        answered = in_domain & ~np.isnan(numerator) & ~np.isnan(denominator)
        top, bottom = np.where(answered, numerator, 0.0), np.where(answered, denominator, 0.0)
        size = float(bottom @ self.sample.weights)
        if size == 0:
            raise InferenceError(
                f"No row has a value of {what}.",
                hint="leave this domain out, or declare it suppressed.",
            )
        value = float(top @ self.sample.weights) / size
        return (top - value * bottom) / size, value

    def _ratio_variable(
        self, numerator: str, denominator: str | None
    ) -> tuple[Floats, Floats | None]:
        """(n,) numerator and (n,) denominator, which is 1 where there is no column."""
        values = self.values(numerator)
        return values, np.ones(len(values)) if denominator is None else self.values(denominator)

    def values(self, column: str) -> Floats:
        """A column as (n,) numbers, NaN where it has none.

        Raises:
            InferenceError: the frame does not have it.

        """
        if column not in self.frame.columns:
            raise InferenceError.unknown("column", column, self.frame.columns)
        return self.frame.get_column(column).cast(pl.Float64).fill_null(np.nan).to_numpy()

    def domains(self, by: str | None) -> Mapping[str, Flags]:
        """Domain → (n,) whether each row is in it, in the sorted order of domains.

        Without a column, everybody is in `total`.
        """
        if by is None:
            return {"total": np.ones(self.frame.height, dtype=bool)}
        labels = self.frame.get_column(by).cast(pl.String)
        return {
            name: (labels == name).fill_null(value=False).to_numpy()
            for name in labels.drop_nulls().unique().sort()
        }
