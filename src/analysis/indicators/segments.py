"""Users of a few kinds: latent classes of their answers, the same from wave to wave, and how large
each is among the users of each product.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import dataframely as dy
import numpy as np
import polars as pl

from analysis.errors import ScopeError
from analysis.indicators.satisfaction import finite_or_none
from analysis.indicators.segment_models import (
    PooledSamples,
    SegmentNames,
    chosen_model,
    segment_variances,
)
from analysis.indicators.weighting import WeightedSample
from analysis.inference import (
    DomainEstimates,
    LatentClasses,
    adjusted_rand,
    matching_classes,
    share_alike,
    share_intervals,
)
from analysis.inference.arrays import Floats, Ints
from analysis.storage import as_figures, make_table
from analysis.study import Study
from analysis.study.levels import levels_id
from analysis.study.profiles import Segments

STABLE_FROM = 0.8
"""Share of respondents in the same segment by two waves' models, from which segments last."""

MOST_MARKS = 2
"""Answers that a segment is said to be marked by, of different questions."""


class UserSegments(dy.Schema):
    """How large each segment is, per product and over all of them; how it answers; and what is
    known of the model.

    Attributes:
        directorate: Empty over all products, each of which counts alike.
        about: `share` of a segment; `answer`: the share of a level (`definition`) of an item in it;
            `model`: a number of the whole.
        against: The wave before, for what compares the two; else empty.
        definition: Of a model: how many `classes`, how many the criterion of this wave alone would
            choose (`bic_classes`), how clear they are (`entropy`: from 0 to 1), and how like those
            of the wave before: the share of respondents whom both models put in the same segment
            (`alike`), and the adjusted Rand index (`rand`).
        base: Respondents: of the product; expected in the segment, for its answers.
        word: `marks` an answer by which a segment is told: its interval is above that of each
            other segment. `stable` or `shifting`, of the share that is alike.

    """

    directorate = dy.String(primary_key=True)
    wave = dy.String(primary_key=True)
    about = dy.String(primary_key=True)
    segment = dy.String(primary_key=True)
    item = dy.String(primary_key=True)
    definition = dy.String(primary_key=True)
    label = dy.String()
    against = dy.String()
    channels = dy.String()
    claim = dy.String()
    value = dy.Float64(nullable=True)
    se = dy.Float64(nullable=True)
    low = dy.Float64(nullable=True)
    high = dy.Float64(nullable=True)
    base = dy.Int64(min=0, nullable=True)
    df = dy.Int64(nullable=True)
    word = dy.String()
    method = dy.String()
    simulated = dy.Bool()

    @classmethod
    def figures(cls, table: pl.DataFrame) -> pl.DataFrame:
        """`Figures`: shares by segment, and the numbers of the model. A segment is no group that
        anybody can be told to belong to: what counts is how many answers it was found from.
        """
        name, model = pl.col("definition"), pl.col("about") == "model"
        count = name.is_in(["classes", "bic_classes"])
        ratio = name.is_in(["entropy", "rand"])
        kind = pl.when(count).then(pl.lit("count")).when(ratio).then(pl.lit("ratio"))
        return as_figures(
            table.with_columns(
                directorate=pl.col("directorate").replace("", None),
                against=pl.col("against").replace("", None),
                item=pl.col("item").replace("", None),
                indicator=pl.when(pl.col("item") != "").then("item").otherwise(pl.lit("segments")),
                kind=kind.otherwise(pl.lit("share")),
                unit=kind.otherwise(pl.lit("share")),
                breakdown=pl.when(model).then(pl.lit("total")).otherwise(pl.lit("segment")),
                category=pl.when(model).then(pl.lit("total")).otherwise("segment"),
                category_label="label",
            ),
            layer="segments",
        )


def user_segments(
    samples: Mapping[str, Mapping[str, WeightedSample]],
    study: Study,
    *,
    wave: str,
    simulated: bool,
) -> pl.DataFrame:
    """The `UserSegments` of a wave.

    All products are looked at together: how a segment answers is the same in all of them, how large
    it is may differ. There are as many segments as Schwarz's criterion chooses in the first wave,
    and as many in each later one; those of a later wave are matched with those of the wave before,
    and keep their names.

    Args:
        samples: Wave → directorate → its reference sample; waves in the order of time, the last of
            them `wave`. Samples with too few answers to the items are left out; where the wave
            has no other, there are no segments.
        study: Its segments and thresholds.
        wave: Identifier.
        simulated: Whether answers are.

    Raises:
        ScopeError: the study declares no segments.
        InferenceError: too few respondents, or questions, for so many segments.

    """
    declared = _declared(study)
    pooled = [PooledSamples.of(name, samples[name], declared, study) for name in samples]
    pooled = [one for one in pooled if one.products]
    if not pooled or pooled[-1].wave != wave:
        return UserSegments.create_empty()
    first = chosen_model(pooled[0], declared)
    names = SegmentNames.of(first, declared, study)
    models = [names.in_order(first)]
    for one in pooled[1:]:
        model = one.fit(names.count)
        models.append(model.reordered(matching_classes(models[-1].answers, model.answers)))
    now, model = pooled[-1], models[-1]
    about = {"wave": wave, "simulated": simulated, "claim": now.claim}
    rows = [
        *_share_rows(now, model, names),
        *_model_rows(now, model, declared),
        *(row for pair in [*pairwise(pooled)][-1:] for row in _stability(*pair, *models[-2:])),
    ]
    return make_table([_EMPTY | about | row for row in rows], UserSegments)


_EMPTY: dict[str, Any] = {
    **dict.fromkeys(
        ("directorate", "segment", "item", "definition", "label", "against", "channels"), ""
    ),
    **dict.fromkeys(("word", "method"), ""),
    **dict.fromkeys(("value", "se", "low", "high", "base", "df")),
}


def _declared(study: Study) -> Segments:
    if study.profiles is None or study.profiles.segments is None:
        raise ScopeError(
            f"Study {study.id!r} declares no segments.", hint="describe them in profiles.yml."
        )
    return study.profiles.segments


# --- figures --------------------------------------------------------------------------------------


def _share_rows(
    pooled: PooledSamples, model: LatentClasses, names: SegmentNames
) -> Iterator[dict[str, Any]]:
    """The share of each segment in each product and over all, and how segments answer; their
    variance is that of the designs of all the samples.
    """
    found = segment_variances(pooled, model)
    segments = list(zip(names.ids, names.labels, strict=True))
    respondents = np.bincount(pooled.groups[model.weights > 0])
    for place, (directorate, sample) in enumerate(pooled.products.items()):
        about = {"about": "share", "definition": "share", "directorate": directorate}
        about |= {"channels": sample.name, "claim": sample.claim.value}
        yield from _rows(
            about,
            segments,
            model.shares[place],
            found.shares[place],
            base=np.full(names.count, respondents[place]),
            df=found.df[place],
        )
    everywhere = {"about": "share", "definition": "share"}
    base = np.full(names.count, model.respondents)
    df = int(found.df.sum())
    shares = model.shares.mean(axis=0)
    yield from _rows(everywhere, segments, shares, found.everywhere, base=base, df=df)
    sizes = np.rint(model.class_sizes).astype(np.int64)
    answers = []
    for item, codes, table, variance in zip(
        pooled.items, pooled.codes, model.answers, found.answers, strict=True
    ):
        for rank in range(len(codes)):
            about = {"about": "answer", "item": item, "definition": levels_id(codes, (rank, rank))}
            answers.append(
                [*_rows(about, segments, table[:, rank], variance[:, rank], base=sizes, df=df)]
            )
    yield from _marked(answers)


def _rows(
    about: Mapping[str, Any],
    segments: Sequence[tuple[str, str]],
    values: Floats,
    variances: Floats,
    *,
    base: Ints,
    df: int,
) -> Iterator[dict[str, Any]]:
    """A row per segment, with Wilson's interval on the effective number of answers."""
    estimates = DomainEstimates(
        item=str(about.get("item", "")),
        by="segment",
        domains=tuple(name for name, _ in segments),
        value=values,
        covariance=np.diag(variances),
        base=base,
        counts=base[:, None],
        weighted_base=base.astype(np.float64),
        df=np.full(len(values), df),
    )
    intervals = share_intervals(estimates)
    for place, (segment, label) in enumerate(segments):
        yield {
            **about,
            "segment": segment,
            "label": label,
            "value": float(values[place]),
            "se": float(estimates.se[place]),
            "low": finite_or_none(intervals.low[place]),
            "high": finite_or_none(intervals.high[place]),
            "base": int(base[place]),
            "df": df,
            "method": intervals.method,
        }


def _marked(answers: Sequence[Sequence[dict[str, Any]]]) -> Iterator[dict[str, Any]]:
    """The rows of answers (of each level, one per segment), the marks of segments among them."""
    leads: dict[str, list[tuple[float, dict[str, Any]]]] = {}
    for rows in answers:
        for row in rows:
            others = [other for other in rows if other is not row]
            if row["low"] is not None and all(row["low"] > other["high"] for other in others):
                lead = row["value"] - max(other["value"] for other in others)
                leads.setdefault(row["segment"], []).append((lead, row))
    marks: set[tuple[str, str, str]] = set()
    for segment, found in leads.items():
        best: dict[str, str] = {}
        for _, row in sorted(found, key=lambda pair: -pair[0]):
            if len(best) < MOST_MARKS:
                best.setdefault(row["item"], row["definition"])
        marks |= {(segment, item, definition) for item, definition in best.items()}
    for rows in answers:
        for row in rows:
            is_mark = (row["segment"], row["item"], row["definition"]) in marks
            yield row | {"word": "marks" if is_mark else ""}


def _model_rows(
    pooled: PooledSamples, model: LatentClasses, declared: Segments
) -> Iterator[dict[str, Any]]:
    """How many classes there are, how many this wave alone would choose, and how clear they are."""
    chosen = chosen_model(pooled, declared).classes
    for name, value in (
        ("classes", float(model.classes)),
        ("bic_classes", float(chosen)),
        ("entropy", model.entropy),
    ):
        yield {"about": "model", "definition": name, "value": value}


def _stability(
    before: PooledSamples, now: PooledSamples, earlier: LatentClasses, later: LatentClasses
) -> Iterator[dict[str, Any]]:
    """Whether the respondents of a wave are in the same segments by its model and by that of the
    wave before.
    """
    known = list(before.products)
    same = np.array([known.index(name) if name in known else -1 for name in now.products])
    first = earlier.classify(now.answers, same[now.groups]).argmax(axis=1)
    second = later.posterior.argmax(axis=1)
    answered = later.weights > 0
    alike = share_alike(first[answered], second[answered], later.weights[answered])
    rand = adjusted_rand(first[answered], second[answered])
    about = {"about": "model", "against": before.wave}
    word = "stable" if alike >= STABLE_FROM else "shifting"
    base = later.respondents
    yield {**about, "definition": "alike", "value": alike, "base": base, "word": word}
    yield {**about, "definition": "rand", "value": rand}
