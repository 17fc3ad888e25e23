"""A change of a mean between two waves, told apart: other people, or other answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.inference.arrays import Floats
from analysis.inference.cube import Cube
from analysis.inference.waves import wave_totals


@dataclass(frozen=True)
class Decomposition:
    """A change of a mean between two waves, as the sum of two parts. `contrasts.difference` gives
    each its interval, from a `PointEstimate` of its value, standard error and `df`.

    Attributes:
        item, by: The item, and the breakdown in D domains.
        value, se: The change of the overall mean, after less before, in the unit of the scores.
        composition, composition_se: What comes of the domains' shares, had their means stayed.
        within, within_se: What comes of the domains' means, had their shares stayed.
        df: The smaller degrees of freedom of the two waves.
        shared: How many clusters were met in both waves; without one, they are independent.
        domains: D labels: those where somebody answered in one of the two waves.
        composition_by_domain: (D,) parts of `composition`, about the mean of the two waves: what a
            domain adds by being larger than before is positive where it is above that mean.
        within_by_domain: (D,) parts of `within`.

    """

    item: str
    by: str
    value: float
    se: float
    composition: float
    composition_se: float
    within: float
    within_se: float
    df: int
    shared: int
    domains: tuple[str, ...]
    composition_by_domain: Floats
    within_by_domain: Floats


def decompose(
    before: Cube, after: Cube, item: str, *, scores: Sequence[float] | None = None, by: str
) -> Decomposition:
    """Kitagawa's decomposition of a change of a mean or a share into composition and within-change.

    With p the weighted share of domain d among the valid answers of a wave, and m its weighted mean
    there: composition = Σ (p₂ − p₁)(m₁ + m₂) / 2, within = Σ (m₂ − m₁)(p₁ + p₂) / 2; they add up to
    the change. In the parts by domain, (m₁ + m₂) / 2 is less the overall mean of the two waves:
    their sum stays, since Σ (p₂ − p₁) is 0, and they do not depend on where the scores have their
    0.

    A domain that one wave alone has, or in which nobody answered in the other, has no mean there:
    it is given the mean of the wave that has it, so that it adds to composition only. Respondents
    without a value in the breakdown are left out of both waves, and of the overall means.

    Standard errors are of the delta method on the totals of both waves (`wave_totals`), which
    holds the shares' errors, and the covariance of clusters met in both.

    Args:
        before, after: The cubes of the two waves, calibrated or not.
        item: One of the items of both.
        scores: One score per level, worst level first; None for an amount.
        by: A breakdown that both declare.

    Raises:
        InferenceError: unknown item or breakdown, other levels in one wave than in the other, not
            one score per level, or nobody answered in a wave.

    Reference: Kitagawa (1955), Journal of the American Statistical Association 50.

    >>> import polars as pl
    >>> from analysis.inference import Design, build_cube
    >>> first, second = (
    ...     build_cube(pl.DataFrame({"age": list(ages), "y": y}), Design(), items={"y": (0, 1)},
    ...                breakdowns={"age": "age"})
    ...     for ages, y in (("ooyy", [1, 1, 1, 0]), ("oyyy", [1, 1, 0, 1]))
    ... )
    >>> found = decompose(first, second, "y", scores=(0, 1), by="age")
    >>> [round(part, 4) for part in (found.value, found.composition, found.within)]
    [0.0, -0.1042, 0.1042]

    """
    totals = wave_totals(before, after, item, scores=scores, by=by)
    shape = (2, len(totals.domains), 2)
    answered = totals.estimates.value.reshape(shape)[:, :, 1] != 0

    def parts(values: Floats) -> Floats:
        """Change, composition and within, from the 4 D totals."""
        shares, means = _shares_and_means(values.reshape(shape), answered)
        composition, within = _by_domain(shares, means)
        change = (shares * means).sum(axis=1) @ np.array([-1.0, 1.0])
        return np.stack([change, composition.sum(), within.sum()])

    found = totals.estimates.smooth(parts, ["change", "composition", "within"])
    shares, means = _shares_and_means(totals.estimates.value.reshape(shape), answered)
    composition, within = _by_domain(shares, means)
    kept = np.flatnonzero(answered.any(axis=0))
    value, composition_sum, within_sum = (float(part) for part in found.value)
    se, composition_se, within_se = (float(part) for part in found.se)
    return Decomposition(
        item=item,
        by=by,
        value=value,
        se=se,
        composition=composition_sum,
        composition_se=composition_se,
        within=within_sum,
        within_se=within_se,
        df=int(totals.estimates.df),
        shared=totals.shared,
        domains=tuple(totals.domains[rank] for rank in kept),
        composition_by_domain=composition[kept],
        within_by_domain=within[kept],
    )


def _shares_and_means(
    totals: Floats, answered: np.typing.NDArray[np.bool_]
) -> tuple[Floats, Floats]:
    """(2, D) shares of the domains among valid answers, and (2, D) their means, from sums of scores
    and of weights (2, D, 2); the mean of a domain where nobody `answered` (2, D) in a wave is that
    of the other wave, and 0 where nobody did in either.
    """
    scores, weights = totals[:, :, 0], totals[:, :, 1]
    shares = weights / weights.sum(axis=1, keepdims=True)
    means = scores / np.where(answered, weights, 1.0)
    return shares, np.where(answered, means, means[::-1])


def _by_domain(shares: Floats, means: Floats) -> tuple[Floats, Floats]:
    """(D,) composition and (D,) within, from shares and means (2, D)."""
    overall = (shares * means).sum() / 2
    composition = (shares[1] - shares[0]) * (means.sum(axis=0) / 2 - overall)
    within = (means[1] - means[0]) * shares.sum(axis=0) / 2
    return composition, within
