"""Designs drawn at random, with what R's survey package and we are asked of each: strata of one to
six clusters, weights over three orders of magnitude and some of zero, empty domains, identifiers
used again in other strata, strata drawn whole, margins that hardly can be reached, constant
variables and others that nobody has a value of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
import polars as pl

from analysis.inference import Design, Survey, post_stratify, rake
from analysis.inference.arrays import Floats
from analysis.inference.calibration import (
    Calibration,
    linear_distance,
    logit_distance,
    raking_distance,
)
from analysis.inference.joint import JointEstimates
from analysis.inference.psychometrics import design_alpha
from tests.oracle import random_answers as ours
from tests.oracle.random_questions import (
    CALIBRATED,
    FITTED,
    LEVELS,
    NEAR_MEAN,
    RANKED,
    SADDLEPOINT,
    SINGULAR,
    TOLERANCE,
    Case,
    Question,
    asked,
)
from tests.oracle.random_stages import drawn_otherwise

# --- what is drawn --------------------------------------------------------------------------------

LONELY = ("adjust", "adjust", "average", "remove", "certainty", "fail")


def draw(number: int, seed: int) -> Case:
    """A design with all its questions."""
    rng = np.random.default_rng([seed, number])
    frame = _rows(rng)
    # R takes populations of 1 alone for sampling fractions, and stops.
    with_fpc = rng.random() < 0.4 and frame["big"].max() > 1  # type: ignore[operator]  # a number
    lonely = LONELY[rng.integers(len(LONELY))]
    design = Design(
        weights="w",
        strata=("h",),
        clusters=("k",),
        fpc="big" if with_fpc else None,
        lonely=lonely,  # type: ignore[arg-type]
        nest=True,
    )
    r_design = (
        "svydesign(id = ~k, strata = ~h, weights = ~w, "
        f"{'fpc = ~big, ' if with_fpc else ''}nest = TRUE, data = x)"
    )
    case = Case(number, frame, design, r_design, lonely)
    case.questions += [*_plain(case, rng), *_calibrated(case, rng), *drawn_otherwise(case)]
    return case


def _rows(rng: np.random.Generator) -> pl.DataFrame:
    """Rows in strata of one to six clusters; `big` is the number of clusters of a stratum."""
    strata = int(rng.integers(1, 7))
    rows: list[tuple[int, int, int]] = []
    for stratum in range(strata):
        clusters = int(rng.integers(1, 7))
        whole = rng.random() < 0.15
        size = clusters if whole else clusters + int(rng.integers(1, 40))
        for cluster in range(clusters):
            rows += [(stratum, cluster, size)] * int(rng.integers(1, 9))
    n = len(rows)
    h, k, big = (np.array(column) for column in zip(*rows, strict=True))
    cluster = h * 6 + k
    within = rng.integers(0, 3, n)
    drawn = [len(set(within[cluster == one].tolist())) for one in cluster]
    more = rng.integers(0, 9, strata * 6)[cluster] * (rng.random(strata * 6) < 0.9)[cluster]
    weights = np.exp(rng.normal(0, 1.7 if rng.random() < 0.3 else 0.4, n)).clip(0.03, 30)
    if rng.random() < 0.3:
        weights[rng.random(n) < 0.1] = 0
    if not weights.any():
        weights[0] = 1.0
    latent = rng.normal(size=n) + 0.4 * h + 0.5 * rng.normal(size=strata * 6)[h * 6 + k]

    def missing(values: Floats, share: float) -> list[float | None]:
        gone = rng.random(n) < share
        return [None if out else float(value) for value, out in zip(values, gone, strict=True)]

    groups = rng.choice(list("abcd"), n, p=[0.5, 0.3, 0.17, 0.03])
    y = missing(np.clip(np.round(3 + latent), 1, 5), 0.1)
    if rng.random() < 0.3:  # a domain in which nobody answers
        y = [None if group == "c" else value for value, group in zip(y, groups, strict=True)]
    return pl.DataFrame(
        {
            "h": h,
            "k": k,
            "big": big.astype(np.float64),
            "w": weights,
            "k2": within,
            "big2": drawn + more + 1.0 * (rng.random() < 0.9),
            "pi": rng.uniform(0.02, 0.98, strata * 6)[cluster],
            "y": y,
            "z": missing(np.round(20 + 6 * latent + rng.normal(0, 3, n), 2), 0.05),
            "s": missing((latent + rng.normal(size=n) > 0).astype(float), 0.05),
            "c": [2.0] * n,
            "never": pl.Series([None] * n, dtype=pl.Float64),
            "g": groups,
            "a": [None if rng.random() < 0.05 else f"a{v}" for v in rng.integers(0, 3, n)],
            "b": [f"b{int(v > 0) + int(v > 1.2)}" for v in latent + rng.normal(size=n)],
            "m": rng.choice(["m1", "m2"], n),
            "o": rng.choice(["o1", "o2", "o3"], n),
        }
    )


# --- what is asked --------------------------------------------------------------------------------


def _plain(case: Case, rng: np.random.Generator) -> Iterator[Question]:
    """Questions of a design as it is."""
    frame, design = case.frame, case.design

    def survey() -> Survey:
        return Survey.of(frame, design)

    def one(estimate: Callable[[Survey], JointEstimates]) -> Callable[[], ours.Answer]:
        return lambda: ours.all_of(estimate(survey()), df=False)

    for column in ("y", "z", "c", "never"):
        yield Question(
            "mean",
            f"mean {column}",
            f"known(svymean(~{column}, d, na.rm = TRUE))",
            asked(ours.mean_of, survey, column),
            empty=column == "never",
        )
    yield Question(
        "total",
        "total z",
        "known(svytotal(~z, d, na.rm = TRUE))",
        asked(ours.total_of, survey, "z"),
    )
    yield Question(
        "ratio",
        "ratio",
        "known(svyratio(~z, ~y, d, na.rm = TRUE))",
        one(lambda s: s.ratio("z", "y")),
    )
    yield Question(
        "variance",
        "variance z",
        "known(svyvar(~z, d, na.rm = TRUE))",
        one(lambda s: s.variance("z")),
    )
    yield Question("df", "df", "list(df = degf(d))", lambda: {"df": survey().df})
    yield from _domains(case, survey)
    for _ in range(2):
        rule = str(rng.choice(["math", "school", "shahvaish", *(f"hf{i}" for i in range(1, 10))]))
        method = str(rng.choice(["mean", "beta", "xlogit", "asin"]))
        p, column = float(rng.choice([0.1, 0.25, 0.5, 0.75, 0.9])), str(rng.choice(["y", "z"]))
        yield Question(
            "quantile",
            f"{rule} {method} {p} {column}",
            f'{{q <- svyquantile(~{column}, d, {p}, na.rm = TRUE, qrule = "{rule}", '
            f'interval.type = "{method}"); list(estimate = coef(q), ci_lower = confint(q)[1], '
            "ci_upper = confint(q)[2])}",
            asked(ours.quantile_of, survey, column, p, rule, method),
        )
    for method in ("logit", "beta", "mean", "asin", "xlogit"):
        yield Question(
            "share",
            f"share {method}",
            f'{{q <- svyciprop(~s, subset(d, !is.na(s)), method = "{method}"); '
            "list(estimate = coef(q), ci_lower = confint(q)[1], ci_upper = confint(q)[2])}",
            asked(ours.share_of, survey, method),
            FITTED if method == "logit" else TOLERANCE,
        )
    pairs, columns = frame.drop_nulls(["a", "b"]), ("a", "b")
    alone = any(pairs[one].n_unique() < frame[one].drop_nulls().n_unique() for one in columns)
    for method in ("F", "Chisq", "Wald", "adjWald", "saddlepoint"):
        yield Question(
            "independence",
            f"independence {method}",
            f'tested(svychisq(~a + b, d, statistic = "{method}"))',
            asked(ours.independence_of, survey, method),
            SADDLEPOINT if method == "saddlepoint" else TOLERANCE,
            known=LEVELS if alone else "",
            loose=NEAR_MEAN if method == "saddlepoint" else SINGULAR if "Wald" in method else None,
        )
    for family, response in (("gaussian", "z"), ("quasibinomial", "s"), ("quasipoisson", "y")):
        yield Question(
            "regression",
            f"{family}",
            f"{{f <- svyglm({response} ~ m + o, d, family = {family}(), "
            "control = glm.control(epsilon = 1e-14, maxit = 100)); "
            "list(estimate = coef(f), vcov = vcov(f), df = f$df.residual)}",
            asked(ours.regression_of, survey, frame, response, family.removeprefix("quasi")),
            FITTED,
        )
    for score in ("wilcoxon", "vanderWaerden", "median"):
        for group in ("m", "o"):  # of three groups, R swaps the names of its answer
            statistic = 'if (names(r$statistic) == "t") r$statistic else r$parameter / r$statistic'
            yield Question(
                "ranks",
                f"ranks {score} by {group}",
                f'{{r <- svyranktest(z ~ {group}, d, test = "{score}"); '
                f"list(estimate = {statistic}, p_value = r$p.value)}}",
                asked(ours.ranks_of, survey, group, score),
                known="" if frame["w"].min() else RANKED,
            )
    yield Question(
        "fit",
        "goodness of fit",
        "{f <- svygofchisq(~m, p = c(0.5, 0.5), d); list(estimate = f$statistic, "
        "df = f$parameter, p_value = f$p.value)}",
        lambda: ours.fit_of(survey(), "m"),
    )
    yield Question(
        "terms",
        "Wald of a term",
        "{r <- regTermTest(svyglm(z ~ m + o, d), ~o); "
        "list(estimate = r$Ftest, df = c(r$df, r$ddf), p_value = r$p)}",
        lambda: ours.term_of(survey(), frame),
    )
    for family, response in (("gaussian", "z"), ("quasibinomial", "s")):
        yield Question(
            "terms",
            f"likelihood ratio, {family}",
            f"{{model <- svyglm({response} ~ m + o, d, family = {family}(), "
            "control = glm.control(epsilon = 1e-14, maxit = 100)); "
            'r <- regTermTest(model, ~o, method = "LRT"); list(estimate = r$chisq, '
            "scales = sort(r$lambda), df = r$ddf, p_value = r$p)}",
            asked(ours.likelihood_of, survey, frame, response, family.removeprefix("quasi")),
            SADDLEPOINT,
            loose=NEAR_MEAN,
        )
    yield Question(
        "margins",
        "predictive margins",
        "{x$o <- factor(x$o); d$variables <- x; "
        "p <- svypredmeans(svyglm(z ~ y, d), ~o); i <- order(names(coef(p))); "
        "list(estimate = coef(p)[i], vcov = vcov(p)[i, i])}",
        lambda: ours.margins_of(survey(), frame),
    )
    yield Question(
        "alpha",
        "alpha",
        "list(estimate = 1 - svycralpha(~y + z + s, subset(d, !is.na(y) & !is.na(z) & !is.na(s))))",
        lambda: {"estimate": 1 - design_alpha(survey(), ["y", "z", "s"])},
    )
    yield Question(
        "replicates",
        "jackknife",
        '{options(survey.lonely.psu = "fail"); '
        'known(svymean(~y, as.svrepdesign(d, type = "JKn"), na.rm = TRUE))}',
        lambda: ours.jackknife_of(survey(), "y"),
    )


def _domains(case: Case, survey: Callable[[], Survey]) -> Iterator[Question]:
    """Estimates by domain, of rows and of the cube; one domain may be empty."""
    present = sorted(case.frame["g"].unique())
    for place, name in enumerate(present):
        inside = f'subset(d, g == "{name}")'
        answers = case.frame.filter((pl.col("g") == name) & (pl.col("w") > 0))["y"]
        empty = answers.null_count() == len(answers)
        yield Question(
            "domain mean",
            f"mean y in {name}",
            f"{{m <- svymean(~y, {inside}, na.rm = TRUE); list(estimate = coef(m), se = SE(m))}}",
            asked(ours.mean_in, survey, "y", place),
            empty=empty,
        )
        yield Question(
            "domain total",
            f"total z in {name}",
            f"{{m <- svytotal(~z, {inside}, na.rm = TRUE); list(estimate = coef(m), se = SE(m))}}",
            asked(ours.total_in, survey, "z", place),
        )
        yield Question(
            "domain df",
            f"df in {name}",
            f"list(df = degf({inside}))",
            asked(ours.df_in, survey, name),
        )
        if case.frame["w"].min() > 0:  # type: ignore[operator]  # a number
            yield Question(
                "cube",
                f"cube mean y in {name}",
                f"{{m <- svymean(~y, {inside}, na.rm = TRUE); "
                "list(estimate = coef(m), se = SE(m))}",
                partial(ours.cube_mean_of, case.frame, case.design, place),
                empty=empty,
            )
            yield Question(
                "cube",
                f"cube levels in {name}",
                f"{{m <- svymean(~factor(y, 1:5), subset({inside}, !is.na(y))); "
                "list(estimate = coef(m), se = SE(m))}",
                partial(ours.cube_levels_of, case.frame, case.design, place),
                empty=empty,
            )


def _calibrated(case: Case, rng: np.random.Generator) -> Iterator[Question]:
    """Questions of calibrated weights, to totals that are near those of the sample, or far. Of
    weights of zero R makes NaN, or a residual of its own (it divides by 1 there): not asked.
    """
    if case.frame["w"].min() == 0:
        return
    frame, far = case.frame, float(rng.choice([0.1, 0.1, 0.6, 1.5]))
    mass = {name: _totals(frame, name, rng, far) for name in ("m", "o")}
    scale = sum(mass["m"].values()) / sum(mass["o"].values())
    mass["o"] = {name: total * scale for name, total in mass["o"].items()}
    r_margins = {
        name: f"data.frame({name} = c({', '.join(repr(one) for one in totals)}), "
        f"Freq = c({', '.join(repr(one) for one in totals.values())}))".replace("'", '"')
        for name, totals in mass.items()
    }
    makers: dict[str, tuple[str, Callable[[], Calibration]]] = {
        "post-stratified": (
            f"postStratify(d, ~m, {r_margins['m']})",
            lambda: post_stratify(frame, by="m", totals=mass["m"], weights="w"),
        ),
        "raked": (
            f"rake(d, list(~m, ~o), list({r_margins['m']}, {r_margins['o']}), "
            "control = list(maxit = 1000, epsilon = 1e-13))",
            lambda: rake(frame, margins=mass, weights="w"),
        ),
    }
    levels = [f"m{name}" for name in sorted(mass["m"])[1:]]
    levels += [f"o{name}" for name in sorted(mass["o"])[1:]]
    numbers = [sum(mass["m"].values())]
    numbers += [mass[level[0]][level[1:]] for level in levels]
    population = ", ".join(
        f"{name} = {number!r}"
        for name, number in zip(["`(Intercept)`", *levels], numbers, strict=True)
    )
    for kind, distance in (
        ("linear", linear_distance()),
        ("raking", raking_distance()),
        ("logit", logit_distance((0.3, 3.0))),
    ):
        bounds = ", bounds = c(0.3, 3)" if kind == "logit" else ""
        makers[kind] = (
            f"calibrate(d, ~m + o, c({population}), calfun = '{kind}'{bounds}, "
            "maxit = 500, epsilon = 1e-13)",
            partial(ours.calibration_of, frame, levels, numbers, distance),
        )
    first = min(frame["g"])
    for kind, (r_call, make) in makers.items():

        def survey(make: Callable[[], Calibration] = make) -> Survey:
            return Survey.of(frame, case.design, calibration=make())

        yield Question(
            "calibrated",
            f"{kind}: mean y",
            f"known(svymean(~y, {r_call}, na.rm = TRUE))",
            asked(ours.mean_of, survey, "y"),
            CALIBRATED,
        )
        yield Question(
            "calibrated",
            f"{kind}: total z in {first}",
            f'{{m <- svytotal(~z, subset({r_call}, g == "{first}"), na.rm = TRUE); '
            "list(estimate = coef(m), se = SE(m))}",
            asked(ours.total_in, survey, "z", 0),
            CALIBRATED,
        )
        if kind in ("raked", "post-stratified"):
            yield Question(
                "calibrated cube",
                f"{kind}: cube mean y in {first}",
                f'{{m <- svymean(~y, subset({r_call}, g == "{first}"), na.rm = TRUE); '
                "list(estimate = coef(m), se = SE(m))}",
                partial(ours.calibrated_cube_mean_of, case.frame, case.design, make),
                CALIBRATED,
                frame.filter(g=first)["y"].is_null().all(),
            )


def _totals(
    frame: pl.DataFrame, name: str, rng: np.random.Generator, far: float
) -> dict[str, float]:
    """Totals of the categories of a margin, around those of the sample."""
    sums = frame.group_by(name).agg(pl.col("w").sum()).sort(name)
    moved = sums["w"].to_numpy() * np.exp(rng.normal(0, far, sums.height)) * 1.3
    return dict(zip(sums[name].to_list(), moved.round(6).tolist(), strict=True))
