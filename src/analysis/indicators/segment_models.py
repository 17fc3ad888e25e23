"""The latent-class models of the users of all products: pooled, named, matched from wave to wave,
with variances that hold the designs of the samples.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from analysis.indicators.weighting import WeightedSample
from analysis.inference import (
    NO_ANSWER,
    LatentClasses,
    Survey,
    best_assignment,
    fit_latent_classes,
    latent_scores,
)
from analysis.inference.arrays import Floats, Ints
from analysis.study import Claim, Study
from analysis.study.profiles import Segments

SEED = 1974
"""Of the points that the search for segments starts from; the year of Goodman's paper on it."""

LEAST_CHANCE = 1e-6
"""The chance of an answer that a class never gives, when names are matched."""


@dataclass(frozen=True)
class PooledSamples:
    """The respondents of all products in a wave.

    Attributes:
        wave: Identifier.
        products: Directorate → its sample.
        items, codes: What segments are told apart by, and the levels of each.
        answers: (n, J) ranks of levels, product after product.
        groups: (n,) the product of each.
        weights: (n,) as they are in its sample.

    """

    wave: str
    products: Mapping[str, WeightedSample]
    items: tuple[str, ...]
    codes: tuple[tuple[int, ...], ...]
    answers: Ints
    groups: Ints
    weights: Floats

    @classmethod
    def of(
        cls, wave: str, samples: Mapping[str, WeightedSample], declared: Segments, study: Study
    ) -> PooledSamples:
        """The samples of a wave in which enough people answered one of the items."""
        codes = tuple(study.scale(item).codes for item in declared.items)
        ranked = {
            name: _ranks(sample.frame, declared.items, codes) for name, sample in samples.items()
        }
        least = study.thresholds.fragile_below
        kept = [
            name
            for name, ranks in ranked.items()
            if ((ranks != NO_ANSWER).any(axis=1)).sum() >= least
        ]
        none = np.empty((0, len(codes)), dtype=np.int64)
        sizes = [len(ranked[name]) for name in kept]
        weights = [
            samples[name].frame.get_column(str(samples[name].design.weights)).to_numpy()
            for name in kept
        ]
        return cls(
            wave=wave,
            products={name: samples[name] for name in kept},
            items=declared.items,
            codes=codes,
            answers=np.vstack([none, *(ranked[name] for name in kept)]),
            groups=np.repeat(np.arange(len(kept)), sizes),
            weights=np.concatenate([np.empty(0), *weights]),
        )

    @property
    def claim(self) -> str:
        """What may be claimed of all of them together."""
        return Claim.weakest([sample.claim for sample in self.products.values()]).value

    def fit(self, classes: int) -> LatentClasses:
        """The model of so many classes."""
        return fit_latent_classes(
            self.answers,
            [len(codes) for codes in self.codes],
            classes=classes,
            seed=SEED,
            weights=self.weights,
            groups=self.groups,
        )


def _ranks(frame: pl.DataFrame, items: Sequence[str], codes: Sequence[Sequence[int]]) -> Ints:
    """(n, J) the rank of each answer among the levels of its item; `NO_ANSWER` where it is none."""
    columns = [
        frame.get_column(item).replace_strict(
            {code: rank for rank, code in enumerate(levels)},
            default=NO_ANSWER,
            return_dtype=pl.Int64,
        )
        if item in frame.columns
        else pl.repeat(NO_ANSWER, frame.height, dtype=pl.Int64, eager=True)
        for item, levels in zip(items, codes, strict=True)
    ]
    return np.column_stack([column.to_numpy() for column in columns])


def chosen_model(pooled: PooledSamples, declared: Segments) -> LatentClasses:
    """The model of the smallest criterion, of those that are declared."""
    models = [pooled.fit(classes) for classes in range(declared.least, declared.most + 1)]
    return min(models, key=lambda model: model.bic)


@dataclass(frozen=True)
class SegmentNames:
    """What the segments are called: identifiers and labels, and which class of the first wave each
    is.
    """

    ids: tuple[str, ...]
    labels: tuple[str, ...]
    classes: tuple[int, ...]

    @classmethod
    def of(cls, model: LatentClasses, declared: Segments, study: Study) -> SegmentNames:
        """Names are given to the classes that most likely answer as they say; classes without
        declared names are numbered, the largest first.
        """
        if not declared.names:
            numbers = tuple(str(place + 1) for place in range(model.classes))
            return cls(ids=numbers, labels=numbers, classes=tuple(range(model.classes)))
        chances = [
            [
                _log_chance(model, declared, study, label, answers=name.answers)
                for name in declared.names
            ]
            for label in range(model.classes)
        ]
        named = best_assignment(-np.array(chances))
        order = sorted(range(model.classes), key=lambda label: named[label])
        names = [declared.names[named[label]] for label in order]
        return cls(
            ids=tuple(name.id for name in names),
            labels=tuple(name.label for name in names),
            classes=tuple(order),
        )

    @property
    def count(self) -> int:
        """How many segments there are."""
        return len(self.ids)

    def in_order(self, model: LatentClasses) -> LatentClasses:
        """The model of the first wave, its classes in the order of names."""
        return model.reordered(self.classes)


def _log_chance(
    model: LatentClasses,
    declared: Segments,
    study: Study,
    label: int,
    *,
    answers: Mapping[str, int],
) -> float:
    """The mean log chance of some answers in a class."""
    chances = [
        model.answers[declared.items.index(item)][label, study.scale(item).codes.index(level)]
        for item, level in answers.items()
    ]
    return float(np.log(np.maximum(chances, LEAST_CHANCE)).mean())


@dataclass(frozen=True)
class SegmentVariances:
    """Of the estimates of a model: shares by product (G, C), over all (C,), answers J times (C, K);
    `df` (G,) of the sample of each product.
    """

    shares: Floats
    everywhere: Floats
    answers: tuple[Floats, ...]
    df: Ints


def segment_variances(pooled: PooledSamples, model: LatentClasses) -> SegmentVariances:
    """Samples of products are independent: the variances of their parts of each score add up."""
    scores = latent_scores(model, pooled.answers, pooled.groups)
    n, (products, classes) = len(pooled.answers), model.shares.shape
    columns = np.hstack(
        [
            scores.shares.reshape(n, -1),
            scores.shares.mean(axis=1),
            *(table.reshape(n, -1) for table in scores.answers),
        ]
    )
    total, freedom = np.zeros(columns.shape[1]), []
    for place, sample in enumerate(pooled.products.values()):
        own = pooled.groups == place
        survey = Survey.of(sample.frame, sample.design, calibration=sample.calibration)
        scale = model.weights[own] / survey.sample.weights
        total += np.diagonal(survey.covariance(columns[own] * scale[:, None]))
        freedom.append(survey.df)
    sizes = [products * classes, classes, *(table.size for table in model.answers)]
    shares, everywhere, *answers = np.split(total, np.cumsum(sizes)[:-1])
    return SegmentVariances(
        shares=shares.reshape(products, classes),
        everywhere=everywhere,
        answers=tuple(
            part.reshape(table.shape) for part, table in zip(answers, model.answers, strict=True)
        ),
        df=np.array(freedom),
    )
