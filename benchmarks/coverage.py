"""How often 95 % intervals hold the truth: python -m benchmarks.coverage [DRAWS]

Samples of site-days (clusters within sites) are drawn again and again from a finite population
whose shares are known: shares plain and raked; then small samples, of 40 to 100 answers in 6 to 10
clusters, with the difference of two waves, the share of one site and a median.
"""

from __future__ import annotations

import sys

import numpy as np
import polars as pl

from analysis.inference import (
    Design,
    PointEstimate,
    Survey,
    build_cube,
    independent_difference,
    mean,
    rake,
    share_intervals,
)
from analysis.inference.quantiles import quantiles

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


Truths = dict[str, tuple[float, float]]
"""What an interval is of → its bounds less the truth: it holds where 0 lies between them."""


def small_sample(
    rng: np.random.Generator, whole: pl.DataFrame, *, clusters: int, size: int
) -> Truths:
    """The intervals of one sample of `clusters` days of two sites, of about `size` answers in all,
    and of another sample drawn as it is.
    """
    samples = []
    for _ in range(2):
        days = whole["day"].unique().to_numpy().reshape(2, -1)
        chosen = np.concatenate([rng.choice(row, clusters // 2, replace=False) for row in days])
        met = whole.filter(pl.col("day").is_in(chosen))
        samples.append(met.sample(min(size, met.height), seed=int(rng.integers(1 << 30))))
    cubes = [
        build_cube(one, DESIGN, items={"y": (1, 2)}, breakdowns={"site": "site"}) for one in samples
    ]
    shares = [mean(cube, "y", scores=(0, 1)) for cube in cubes]
    truth = float((whole["y"] == 2).mean())
    bounds = share_intervals(shares[0])
    points = [
        PointEstimate(float(one.value[0]), float(one.se[0]), int(one.df[0])) for one in shares
    ]
    apart = independent_difference(points[0], points[1])
    by_site = share_intervals(mean(cubes[0], "y", scores=(0, 1), by="site"))
    of_site = float((whole.filter(site=0)["y"] == 2).mean())
    median = quantiles(Survey.of(samples[0], DESIGN), "wait", p=(0.5,), method="xlogit")
    middle = float(whole["wait"].median())  # type: ignore[arg-type]
    return {
        "share": (bounds.low[0] - truth, bounds.high[0] - truth),
        "difference of two waves": (apart.low, apart.high),
        "share of a site": (by_site.low[0] - of_site, by_site.high[0] - of_site),
        "median": (median.low[0] - middle, median.high[0] - middle),
    }


def print_small(draws: int) -> None:
    """Prints, for small samples, how often each kind of interval holds its truth, and how often it
    has no bounds.
    """
    rng = np.random.default_rng(12)
    for clusters, size in ((6, 40), (6, 100), (10, 40), (10, 100)):
        for level in (0.3, 1.6):
            whole = population(rng, sites=2, days=200, per_day=20, level=level)
            waits = rng.gamma(2, 10, whole.height) + rng.normal(0, 4, 400)[whole["day"].to_numpy()]
            whole = whole.with_columns(w=pl.lit(1.0), wait=pl.Series(waits))
            held: dict[str, list[bool]] = {}
            none: dict[str, int] = {}
            for _ in range(draws):
                found = small_sample(rng, whole, clusters=clusters, size=size)
                for name, (low, high) in found.items():
                    if np.isnan(low) or np.isnan(high):
                        none[name] = none.get(name, 0) + 1
                    held.setdefault(name, []).append(not (low > 0 or high < 0))
            said = ", ".join(
                f"{name} {100 * np.mean(values):.1f} %"
                + (f" ({100 * none[name] / draws:.1f} % without a bound)" if name in none else "")
                for name, values in held.items()
            )
            print(f"{size} answers, {clusters} clusters, level {level}: {said}", flush=True)


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
    print_small(draws)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else DRAWS)
