"""Questions of an analyst's own, answered from rows: one question of the questionnaire read by one
definition, crossed with whatever was asked, weighted, with the intervals of the design.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import dataframely as dy
import numpy as np
import polars as pl

from analysis.disclosure import Audience, status_of_base
from analysis.errors import ScopeError, nearest
from analysis.indicators import WeightedSample
from analysis.inference import (
    TOTAL,
    UNKNOWN,
    DomainEstimates,
    Survey,
    score_intervals,
    share_intervals,
)
from analysis.storage import make_table
from analysis.study import Study
from analysis.study.kinds import FigureKind

DOMAIN, SCORE = "_domain", "_score"
CROSSED = "*"
"""Between the names, and between the categories, of variables that are crossed."""


class Crosstab(dy.Schema):
    """One row per category of what a question is crossed with. Columns as in
    `indicators.Estimates`, so that it is shown, drawn and turned into figures alike; one more
    column per variable says its category in words.

    Attributes:
        indicator: The first indicator of the question, or the question itself where it has none.
        breakdown, category: Several variables and their categories are joined by `*`.
        status: What the base allows in an internal view: empty, `caution`, `fragile`, `s` (too
            small to be read) or `nd` (nobody answered).

    """

    directorate = dy.String()
    wave = dy.String()
    indicator = dy.String()
    definition = dy.String()
    definition_version = dy.String()
    kind = dy.String()
    unit = dy.String()
    item = dy.String()
    breakdown = dy.String()
    category = dy.String(primary_key=True)
    category_label = dy.String()
    channels = dy.String()
    claim = dy.String()
    value = dy.Float64(nullable=True)
    unweighted = dy.Float64(nullable=True)
    se = dy.Float64(nullable=True)
    low = dy.Float64(nullable=True)
    high = dy.Float64(nullable=True)
    base = dy.Int64(min=0)
    df = dy.Int64()
    design_effect = dy.Float64(nullable=True)
    method = dy.String()
    counts = dy.List(dy.Int64(min=0))
    status = dy.String()
    weights_id = dy.String()
    study_digest = dy.String()
    simulated = dy.Bool()


@dataclass(frozen=True)
class ItemScoring:
    """How the levels of a question become one number.

    Attributes:
        id, version: Of the definition.
        kind, unit: See `study.kinds`.
        scores: One per level, worst first.
        maximum: Of a mean; None for a share or a balance.

    """

    id: str
    version: str
    kind: FigureKind
    unit: str
    scores: tuple[float, ...]
    maximum: float | None = None


def survey_of(sample: WeightedSample, study: Study) -> Survey:
    """The respondents of a sample as rows to estimate from, with their design and calibration; an
    answer that is no level of its scale is null.
    """
    scales = {item.id: study.scale(item.id) for item in study.questionnaire.items}
    levels = [
        pl.when(pl.col(item).is_in(list(scale.codes))).then(pl.col(item)).alias(item)
        for item, scale in scales.items()
        if scale.kind != "text"
    ]
    return Survey.of(
        sample.frame.with_columns(levels), sample.design, calibration=sample.calibration
    )


def questions_asked(study: Study, sample: WeightedSample, directorate: str) -> pl.DataFrame:
    """One row per question that a sample of a directorate was asked.

    Returns:
        Columns id, role, wording, levels (labels, worst first) and definitions: those that its
        indicators are read by.

    """
    rows = [
        {
            "id": item.id,
            "role": item.role,
            "wording": item.wording,
            "levels": [level.label for level in study.scale(item.id).levels],
            "definitions": list(
                dict.fromkeys(
                    name
                    for indicator in study.indicators
                    if indicator.item == item.id
                    for name in indicator.definitions
                )
            ),
        }
        for item in study.questionnaire.items
        if _is_asked(study, item.id, sample, directorate)
    ]
    lists = pl.List(pl.String)
    schema = {"id": pl.String, "role": pl.String, "wording": pl.String}
    return pl.DataFrame(rows, schema={**schema, "levels": lists, "definitions": lists})


def crosstab(
    sample: WeightedSample,
    study: Study,
    *,
    item: str,
    definition: str,
    by: Sequence[str],
    unknown: str,
    about: Mapping[str, Any],
) -> pl.DataFrame:
    """The `Crosstab` of a question in a sample.

    Args:
        sample: Whose answers: its channels, claim and weights.
        study: Questions, definitions and thresholds.
        item: A closed question that the sample was asked.
        definition: One of the study's, or the share of one level: P1, P2, …
        by: Questions, declared breakdowns, `site` or `channel`; several are crossed, none is
            everybody.
        unknown: What the category of those who gave no answer is called.
        about: Directorate, wave, and whether the data is simulated.

    Raises:
        ScopeError: an unknown or unasked name; the nearest ones are proposed.

    """
    directorate = str(about["directorate"])
    _check_asked(study, item, sample, directorate)
    variables = {name: _variable_column(study, name, sample, directorate) for name in by}
    scoring = item_scoring(study, item, definition)
    codes = study.scale(item).codes
    if sample.frame.is_empty():
        return Crosstab.create_empty().with_columns(pl.lit("").alias(name) for name in by)
    survey = survey_of(sample, study)
    frame = survey.frame.with_columns(
        pl.col(item)
        .replace_strict(list(codes), list(scoring.scores), default=None, return_dtype=pl.Float64)
        .alias(SCORE),
        _crossed_category(list(variables.values())).alias(DOMAIN),
    )
    levels = [(pl.col(item) == code).sum().alias(str(code)) for code in codes]
    counts_by_domain = {row[0]: row[1:] for row in frame.group_by(DOMAIN).agg(levels).iter_rows()}
    answered = [name for name, counts in counts_by_domain.items() if sum(counts)]
    valid = frame.with_columns(pl.when(pl.col(DOMAIN).is_in(answered)).then(DOMAIN).alias(DOMAIN))
    measured = (
        _estimates_by_domain(replace(survey, frame=valid), scoring, counts_by_domain)
        if answered
        else {}
    )
    indicators = [indicator.id for indicator in study.indicators if indicator.item == item]
    recipe = {
        **about,
        "indicator": indicators[0] if indicators else item,
        "definition": scoring.id,
        "definition_version": scoring.version,
        "kind": scoring.kind,
        "unit": scoring.unit,
        "item": item,
        "breakdown": CROSSED.join(by) or TOTAL,
        "channels": sample.name,
        "claim": sample.claim.value,
        "weights_id": sample.weights_id,
        "study_digest": study.digest,
    }
    rows, words = [], []
    for category in _categories_in_order(study, list(variables.values()), counts_by_domain):
        labels = [
            unknown if part == UNKNOWN else study.category_label(variable, part)
            for variable, part in zip(variables.values(), category.split(CROSSED), strict=False)
        ]
        counts = counts_by_domain[category]
        numbers = measured.get(category, _EMPTY)
        status = status_of_base(sum(counts), study.thresholds, Audience.INTERNAL)
        rows.append(
            recipe
            | numbers
            | {
                "category": category,
                "category_label": ", ".join(labels) or TOTAL,
                "base": sum(counts),
                "counts": list(counts),
                "status": status.value,
            }
        )
        words.append(dict(zip(by, labels, strict=True)))
    table = make_table(rows, Crosstab)
    categories = pl.DataFrame(words, schema=dict.fromkeys(by, pl.String))
    position = table.columns.index("category_label") + 1
    before, after = table.columns[:position], table.columns[position:]
    return table.with_columns(categories.get_columns()).select(*before, *by, *after)


def item_scoring(study: Study, item: str, definition: str) -> ItemScoring:
    """The scoring of an item by a definition, or by the share of one level (P1, P2, …).

    Raises:
        ScopeError: there is no such definition, or the question's levels have no order.

    """
    scale = study.scale(item)
    levels = {f"P{code}": rank for rank, code in enumerate(scale.codes)}
    if definition in levels:
        scores = tuple(float(rank == levels[definition]) for rank in range(len(scale.codes)))
        return ItemScoring(definition, "1.0", "level_share", "share", scores)
    definitions = {definition.id: definition for definition in study.definitions}
    if definition not in definitions:
        raise ScopeError.unknown("definition", definition, [*definitions, *levels])
    if scale.kind == "nominal":
        raise ScopeError(
            f"The answers to {item} have no order: {definition} cannot read them.",
            hint=f"ask for the share of one of them: {', '.join(levels)}.",
        )
    declared = definitions[definition]
    return ItemScoring(
        declared.id,
        declared.version,
        declared.figure_kind,
        declared.unit,
        declared.scores(len(scale.codes)),
        declared.maximum,
    )


_EMPTY: dict[str, Any] = {
    "value": None,
    "unweighted": None,
    "se": None,
    "low": None,
    "high": None,
    "df": 0,
    "design_effect": None,
    "method": "",
}
"""What is measured where nobody answered."""


def _estimates_by_domain(
    survey: Survey, scoring: ItemScoring, counts_by_domain: Mapping[str, Sequence[int]]
) -> dict[str, dict[str, Any]]:
    """Domain → its estimates, for each domain in which somebody answered."""
    joint = survey.mean(SCORE, by=DOMAIN)
    df = survey.domain_df(DOMAIN)
    counts = np.array([counts_by_domain[name] for name in joint.names], dtype=np.int64)
    base = counts.sum(axis=1)
    estimates = DomainEstimates(
        item=SCORE,
        by=DOMAIN,
        domains=joint.names,
        value=joint.value,
        covariance=joint.covariance,
        base=base,
        counts=counts,
        weighted_base=np.full(len(base), np.nan),
        df=np.array([df[name] for name in joint.names], dtype=np.int64),
    )
    if scoring.unit == "share":
        intervals = share_intervals(estimates)
    else:
        bounds = (-1.0, 1.0) if scoring.maximum is None else (0.0, scoring.maximum)
        intervals = score_intervals(estimates, bounds=bounds)
    plain = counts @ np.array(scoring.scores) / base
    return {
        name: {
            "value": _finite_or_none(estimates.value[index]),
            "unweighted": float(plain[index]),
            "se": _finite_or_none(estimates.se[index]),
            "low": _finite_or_none(intervals.low[index]),
            "high": _finite_or_none(intervals.high[index]),
            "df": int(estimates.df[index]),
            "design_effect": _finite_or_none(intervals.design_effect[index]),
            "method": intervals.method,
        }
        for index, name in enumerate(estimates.domains)
    }


# --- what may be asked ----------------------------------------------------------------------------


def _check_asked(study: Study, item: str, sample: WeightedSample, directorate: str) -> None:
    """Refuses a question that is unknown, open, or that nobody of the sample was asked."""
    closed = [
        item.id
        for item in study.questionnaire.items
        if study.scale(item.id).kind != "text" and _is_asked(study, item.id, sample, directorate)
    ]
    if item in closed:
        return
    if study.scale(item).kind == "text":  # an unknown item ends here
        raise ScopeError(
            f"{item} is answered in people's own words.", hint=f"read scope.verbatims({item!r})."
        )
    raise ScopeError(
        f"{item} is not asked in {directorate} by {sample.name}.", hint=nearest(item, closed)
    )


def _is_asked(study: Study, item: str, sample: WeightedSample, directorate: str) -> bool:
    asked = any(item in channel.items for channel in sample.channels)
    return asked and study.asks(item, directorate)


def _variable_column(study: Study, name: str, sample: WeightedSample, directorate: str) -> str:
    """The column behind the name of a variable: a question, `site` or `channel`.

    Raises:
        ScopeError: it is neither that nor a declared breakdown.

    """
    declared = {breakdown.id: str(breakdown.by) for breakdown in study.breakdowns}
    column = declared.get(name, name)
    items = {item.id for item in study.questionnaire.items}
    if column not in ("site", "channel", *items):
        raise ScopeError.unknown("variable", name, ["site", "channel", *items, *declared])
    if column in items:
        _check_asked(study, column, sample, directorate)
    return column


# --- domains --------------------------------------------------------------------------------------


def _crossed_category(columns: Sequence[str]) -> pl.Expr:
    """The category of each row, those of crossed variables joined; an answer that is no level is
    unknown.
    """
    if not columns:
        return pl.lit(TOTAL)
    parts = [pl.col(name).cast(pl.String).fill_null(UNKNOWN) for name in columns]
    return pl.concat_str(parts, separator=CROSSED)


def _categories_in_order(study: Study, columns: Sequence[str], domains: Iterable[str]) -> list[str]:
    """Categories in the order of their scales, the unknown last."""
    observed = set(domains)
    if not columns:
        return sorted(observed)
    parts = [
        [*_categories(study, column, observed, position), UNKNOWN]
        for position, column in enumerate(columns)
    ]
    return [
        name
        for combination in itertools.product(*parts)
        if (name := CROSSED.join(combination)) in observed
    ]


def _categories(study: Study, column: str, domains: set[str], position: int) -> list[str]:
    if column in ("site", "channel"):
        return sorted({name.split(CROSSED)[position] for name in domains} - {UNKNOWN})
    return [str(code) for code in study.scale(column).codes]


def _finite_or_none(value: float) -> float | None:
    """The value as a float; None for NaN (no degree of freedom)."""
    return None if math.isnan(value) else float(value)
