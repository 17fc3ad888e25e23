"""How often 95 % intervals hold the truth: python -m benchmarks.coverage [DRAWS]

Samples of site-days (clusters within sites) are drawn again and again from a finite population
whose shares are known.
"""

from __future__ import annotations

import sys

import numpy as np
import polars as pl

from analysis.inference import Design, build_cube, mean, rake, share_intervals

DRAWS = 1000
DESIGN = Design(weights="w", strata=("site",), clusters=("day",))


def population(
    rng: np.random.Generator, *, sites: int, days: int, per_day: int, level: float
) -> pl.DataFrame:
    """Users of `sites` sites over `days` days each, some days better than others."""
    site = np.repeat(np.arange(sites), days * per_day)
    day = np.repeat(np.arange(sites * days), per_day)
    good = rng.normal(level, 0.5, sites * days)[day] + rng.normal(0, 1, len(day)) > 0
    return pl.DataFrame(
        {
            "site": site,
            "day": day,
            "sex": rng.integers(0, 2, len(day)).astype(str),
            "y": good.astype(int) + 1,
        }
    )


def coverage(
    rng: np.random.Generator, *, sampled: int, level: float, calibrated: bool, draws: int
) -> float:
    """The share of draws whose interval holds the population's share, with `sampled` days a
    site.
    """
    whole = population(rng, sites=6, days=120, per_day=9, level=level)
    truth = float((whole["y"] == 2).mean())
    totals = {str(key): float(count) for key, count in whole.group_by("sex").len().iter_rows()}
    days = np.arange(6 * 120).reshape(6, 120)
    held = 0
    for _ in range(draws):
        chosen = np.concatenate([rng.choice(row, sampled, replace=False) for row in days])
        sample = whole.filter(pl.col("day").is_in(chosen)).with_columns(w=pl.lit(120 / sampled))
        made = rake(sample, margins={"sex": totals}, weights="w") if calibrated else None
        cube = build_cube(sample, DESIGN, items={"y": (1, 2)}, calibration=made)
        found = share_intervals(mean(cube, "y", scores=(0, 1)))
        held += bool(found.low[0] <= truth <= found.high[0])
    return held / draws


def main(draws: int) -> None:
    """Prints one line per case, with its Monte-Carlo error."""
    rng = np.random.default_rng(11)
    error = 1.96 * (0.95 * 0.05 / draws) ** 0.5
    print(f"{draws} draws; nominal 95 %, Monte-Carlo error ± {100 * error:.1f} points")
    for level in (0.3, 1.6):
        for sampled in (2, 8):
            for calibrated in (False, True):
                share = coverage(
                    rng, sampled=sampled, level=level, calibrated=calibrated, draws=draws
                )
                print(
                    f"level {level}, {sampled} days a site, "
                    f"{'raked' if calibrated else 'plain':5}: {100 * share:.1f} %"
                )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else DRAWS)
