"""Questions of the same rows as if they had been drawn in two stages, or with unequal
probabilities.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from analysis.inference import Design, Stage, Survey
from tests.oracle import random_answers as ours
from tests.oracle.random_questions import ALL_LONELY, EVERYBODY, FIRST, Case, Question, asked


def drawn_otherwise(case: Case) -> Iterator[Question]:
    """All of them."""
    yield from _stages(case)
    yield from _pairs(case)


def _stages(case: Case) -> Iterator[Question]:
    """Of two stages, and of clusters with unequal probabilities by Brewer's approximation."""
    clusters, strata = ("k",), ("h",)
    designs = {
        "two stages": (
            Design(
                weights="w",
                strata=strata,
                clusters=clusters,
                fpc="big",
                lonely=case.lonely,  # type: ignore[arg-type]
                nest=True,
                later=(Stage(fpc="big2", clusters=("k2",)),),
            ),
            "svydesign(id = ~k + k2, strata = ~h, weights = ~w, fpc = ~big + big2, nest = TRUE, "
            "data = x)",
        ),
        "unequal": (
            Design(
                weights="w",
                strata=strata,
                clusters=clusters,
                lonely=case.lonely,  # type: ignore[arg-type]
                nest=True,
                inclusion="pi",
            ),
            'svydesign(id = ~k, strata = ~h, weights = ~w, fpc = ~pi, pps = "brewer", '
            "nest = TRUE, data = x)",
        ),
    }
    if case.frame["big"].max() == 1:
        del designs["two stages"]
    for family, (design, r_design) in designs.items():

        def survey(design: Design = design) -> Survey:
            return Survey.of(case.frame, design)

        def known(column: str, inside: pl.Expr = EVERYBODY, family: str = family) -> str:
            """Why R may answer otherwise: some cluster holds nobody with a value, or strata of one
            cluster hold all that have one.
            """
            kept = case.frame.filter(inside & pl.col(column).is_not_null())
            clusters = (one.select("h", "k").n_unique() for one in (kept, case.frame))
            if family == "unequal" and len(set(clusters)) > 1:
                drawn = case.frame.group_by("h").agg(pl.col("k").n_unique())
                lonely = kept.join(drawn.filter(pl.col("k") > 1), on="h", how="semi").is_empty()
                return ALL_LONELY if lonely and case.lonely == "average" else FIRST
            return ""

        yield Question(
            family,
            f"{family}: mean y",
            f"known(svymean(~y, {r_design}, na.rm = TRUE))",
            asked(ours.mean_of, survey, "y"),
            known=known("y"),
        )
        yield Question(
            family,
            f"{family}: total z",
            f"known(svytotal(~z, {r_design}, na.rm = TRUE))",
            asked(ours.total_of, survey, "z"),
            known=known("z"),
        )
        for place, name in enumerate(sorted(case.frame["g"].unique())):
            yield Question(
                family,
                f"{family}: total z in {name}",
                f'{{m <- svytotal(~z, subset({r_design}, g == "{name}"), na.rm = TRUE); '
                "list(estimate = coef(m), se = SE(m))}",
                asked(ours.total_in, survey, "z", place),
                known=known("z", pl.col("g") == name),
            )


def _pairs(case: Case) -> Iterator[Question]:
    """Of rows of which pairs are told: by Hartley and Rao's approximation, and by a matrix. (Where
    two probabilities sum to 1 exactly, R takes the draws of the two for independent; of clusters of
    several rows it leaves none out.)
    """
    frame = case.frame.with_columns((1 / pl.col("pi")).alias("ipi"))
    rows = frame["pi"].to_numpy()
    apart = np.linspace(0.05, 0.6, frame.height)
    matrix = np.outer(rows, rows) * (1 - np.outer(apart, apart))
    np.fill_diagonal(matrix, rows)
    r_matrix = (
        "{a <- seq(0.05, 0.6, length.out = nrow(x)); "
        "j <- outer(x$pi, x$pi) * (1 - outer(a, a)); diag(j) <- x$pi; ppsmat(j, tolerance = 0)}"
    )
    drawn = {"weights": "ipi", "inclusion": "pi", "lonely": "adjust"}
    for estimator, short in (("horvitz-thompson", "HT"), ("yates-grundy", "YG")):
        ends = f'variance = "{short}", data = x)'
        surveys = {
            "Hartley-Rao": (
                Design(**drawn, strata=("h",), pairs="hartley-rao", estimator=estimator),  # type: ignore[arg-type]
                None,
                f"svydesign(id = ~1, strata = ~h, fpc = ~pi, pps = HR(), {ends}",
            ),
            "joint": (
                Design(**drawn, estimator=estimator),  # type: ignore[arg-type]
                matrix,
                f"svydesign(id = ~1, fpc = ~pi, pps = {r_matrix}, {ends}",
            ),
        }
        for name, (design, joint, r_design) in surveys.items():

            def survey(design: Design = design, joint: object = joint) -> Survey:
                return Survey.of(frame, design, joint=joint)  # type: ignore[arg-type]

            about = f"{name} {short}"
            yield Question(
                "pairs",
                f"{about}: mean y",
                f"known(svymean(~y, {r_design}, na.rm = TRUE))",
                asked(ours.mean_of, survey, "y"),
            )
            yield Question(
                "pairs",
                f"{about}: total z",
                f"known(svytotal(~z, {r_design}, na.rm = TRUE))",
                asked(ours.total_of, survey, "z"),
            )
            if "a" not in frame["g"]:
                continue
            yield Question(
                "pairs",
                f"{about}: total z in a",
                f'known(svytotal(~z, subset({r_design}, g == "a"), na.rm = TRUE))',
                asked(ours.first_total_of, survey, "z"),
            )
