"""How often funnels speak wrongly, and rightly: python -m benchmarks.funnels [SETS]

Sets of sites are drawn again and again, measured with errors that are themselves estimated from few
clusters or many. Printed by number of sites, degrees of freedom and standard deviation between
ordinary sites: in which share of the sets an ordinary site is found out of the ordinary (5 % is
what limits are set to), and in which share a site 20 points below is found.
"""

from __future__ import annotations

import sys

import numpy as np

from analysis.inference import funnel
from analysis.inference.arrays import Floats

SETS = 400
SITES = (8, 15, 25, 40)
FREEDOM = (4, 10, 30)
DEVIATIONS = (0.0, 0.03, 0.07)
ERROR, SPREAD = 0.04, 0.3
"""Median standard error of a site, and the standard deviation of their logarithms."""
APART = 0.2


def outside(
    rng: np.random.Generator, *, sites: int, df: int, deviation: float, apart: float
) -> Floats:
    """(K,) +1, −1 or 0 of the sites of one set, the first of which is `apart` below the others."""
    errors = ERROR * np.exp(rng.normal(0, SPREAD, sites))
    values = 0.65 + rng.normal(0, deviation, sites) + rng.normal(0, errors)
    values[0] -= apart
    se = errors * np.sqrt(rng.chisquare(df, sites) / df)
    return funnel(values, se, np.full(sites, float(df))).outside


def main(sets: int) -> None:
    """Prints one line per case, with the Monte-Carlo error of its first column."""
    rng = np.random.default_rng(17)
    print("sites  df  deviation  wrongly  (± 2 s.d.)  rightly  wrongly beside it")
    for sites in SITES:
        for df in FREEDOM:
            for deviation in DEVIATIONS:
                case = {"sites": sites, "df": df, "deviation": deviation}
                alike = [outside(rng, **case, apart=0.0) for _ in range(sets)]  # type: ignore[arg-type]
                apart = [outside(rng, **case, apart=APART) for _ in range(sets)]  # type: ignore[arg-type]
                wrong = float(np.mean([one.any() for one in alike]))
                right = float(np.mean([one[0] < 0 for one in apart]))
                beside = float(np.mean([one[1:].any() for one in apart]))
                error = 2 * (wrong * (1 - wrong) / sets) ** 0.5
                print(
                    f"{sites:5}  {df:2}  {100 * deviation:9.0f}  {wrong:7.1%}  {error:10.1%}  "
                    f"{right:7.0%}  {beside:17.1%}",
                    flush=True,
                )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else SETS)
