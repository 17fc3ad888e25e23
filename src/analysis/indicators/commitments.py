"""Commitments, one by one: what users perceive of each against its target, what is measured of it
against its norm, and what the two together say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import dataframely as dy
import polars as pl

from analysis.indicators.definitions import intervals_within, score_bounds
from analysis.indicators.management import Kept
from analysis.indicators.satisfaction import stored_cube
from analysis.inference import (
    LEVEL,
    TOTAL,
    Cube,
    Difference,
    DomainEstimates,
    PointEstimate,
    difference,
    group_means,
    mean,
)
from analysis.storage import as_figures, figure_key, make_table
from analysis.study import Claim, Commitment, Definition, Study

Reading = Literal["both", "measured", "perceived", "neither", "unclear", "unmeasured", "not_yet"]
"""Kept as measured and as perceived, by one of the two, by neither; not known; measured by nothing;
not in force yet."""

Side = Kept | Literal[""]
"""What one side says of a commitment; empty where nothing is declared of it."""

FEWEST_SITES = 3
"""Sites where a commitment is posted, and where it is not, for the two to be set side by side: the
share of fewer would be that of a site."""

POSTED, NOT_POSTED = "posted", "not_posted"


class Commitments(dy.Schema):
    """What is known of each commitment of a directorate at a wave.

    Attributes:
        part: What the row is:
            `perceived`: the indicator by which users perceive it, with its interval at
                1 − 5 % / family; word: `kept`, `not_kept` or `unclear` against its target, empty
                without one;
            `target`: from which value it counts as kept;
            `to_target`: how far the perceived value is from it, with the same interval;
            `posting` (category `posted`, `not_posted`): the same indicator where it is posted at
                the end of the wave, and where it is not yet;
            `posting_gap`: the first less the second, with its interval at 1 − 5 % / family: a
                description, and no effect; word: `above`, `below` or `none`;
            `sites` (category `posted`, `open`): how many there are;
            `reading`: no number; word: see `Reading`.
        definition: Of the indicator; the part, where there is none.
        family: How many commitments are judged, or have their sites compared, together; 1 of
            `posting`.
        counts: Unweighted answers of each level, worst first, of `posting`.
        made_from: Keys of the figures that it is computed from.

    """

    directorate = dy.String(primary_key=True)
    wave = dy.String(primary_key=True)
    commitment = dy.String(primary_key=True)
    part = dy.String(primary_key=True)
    category = dy.String(primary_key=True)
    definition = dy.String()
    definition_version = dy.String()
    kind = dy.String()
    unit = dy.String()
    item = dy.String(nullable=True)
    channels = dy.String()
    claim = dy.String()
    value = dy.Float64(nullable=True)
    se = dy.Float64(nullable=True)
    low = dy.Float64(nullable=True)
    high = dy.Float64(nullable=True)
    base = dy.Int64(min=0, nullable=True)
    df = dy.Int64(nullable=True)
    family = dy.Int64(min=1)
    word = dy.String()
    counts = dy.List(dy.Int64(min=0), nullable=True)
    made_from = dy.List(dy.String())
    simulated = dy.Bool()

    @classmethod
    def figures(cls, table: pl.DataFrame) -> pl.DataFrame:
        """`Figures`: one per row; the size of the family stands in `method`."""
        of_sites = pl.col("part").is_in(["posting", "posting_gap"])
        return as_figures(
            table.with_columns(
                indicator="commitment",
                breakdown=pl.when(of_sites | (pl.col("part") == "sites"))
                .then(pl.concat_str("part", "commitment", separator=":"))
                .otherwise(pl.lit(TOTAL)),
                method=pl.format("bonferroni {}", "family"),
            ),
            layer="commitments",
        )


def commitments(
    cubes: pl.DataFrame,
    estimates: pl.DataFrame,
    measured: pl.DataFrame | None,
    study: Study,
    *,
    directorate: str,
    wave: str,
    simulated: bool,
) -> pl.DataFrame:
    """The `Commitments` of a directorate at a wave.

    A commitment is kept as users perceive it where the whole interval of its indicator reaches its
    target, not kept where it lies below, unclear where the collection claims nothing on the level
    (C2, C3); the intervals are those of all commitments that are judged
    together, so that one in twenty directorates at most is told a false word.

    Args:
        cubes: `storage.Cubes` of the directorate and wave.
        estimates: `indicators.satisfaction.Estimates` of the same.
        measured: `indicators.Management` of the same; None where nothing is measured.
        study: Commitments, indicators, sites and waves.
        directorate, wave: Identifiers.
        simulated: Whether any answer comes from a simulated delivery.

    """
    primary = _primary_estimates(estimates, study)
    end = study.wave(wave).end
    compared = [
        commitment
        for commitment in study.commitments
        if commitment.perceived in primary and in_force(commitment, study, wave)
    ]
    judged = [commitment for commitment in compared if commitment.target is not None]
    families = {"judged": max(len(judged), 1), "compared": max(len(compared), 1)}
    posted_sets: dict[str, frozenset[str]] = {}
    rows: list[dict[str, Any]] = []
    for commitment in study.commitments:
        one = _Promise(study, commitment, directorate, wave, **families)
        perceived = primary.get(commitment.perceived or "")
        side: Side = ""
        if not in_force(commitment, study, wave):
            rows.append(one.row("reading", word="not_yet"))
            continue
        posted = frozenset(site for site, day in commitment.posted.items() if day <= end)
        rows += one.site_counts(posted)
        if perceived is not None:
            cube = stored_cube(cubes, perceived["channels"])
            assert cube is not None, "what has an estimate has a cube"
            found = list(one.perceived(cube, perceived))
            side = found[0]["word"]
            rows += found
            # Two sets of sites that differ by one would give that site's share away.
            if posted_sets.setdefault(str(perceived["item"]), posted) == posted:
                rows += one.posting(cube, perceived, posted)
        rows.append(one.reading(side, perceived, _measured_row(measured, commitment)))
    scope = {"directorate": directorate, "wave": wave, "simulated": simulated}
    return make_table([scope | row for row in rows], Commitments)


def in_force(commitment: Commitment, study: Study, wave: str) -> bool:
    """Whether a commitment has taken effect before a wave ends; one of unknown date has."""
    return commitment.since is None or commitment.since <= study.wave(wave).end


def reading(perceived: Side, measured: Side) -> Reading:
    """What the two sides of a commitment say together.

    >>> reading("kept", "kept"), reading("not_kept", "kept"), reading("unclear", "not_kept")
    ('both', 'measured', 'unclear')
    >>> reading("", "not_kept"), reading("", "")
    ('neither', 'unmeasured')
    """
    sides = {"perceived": perceived, "measured": measured}
    declared = [word for word in sides.values() if word]
    if not declared:
        return "unmeasured"
    kept = [name for name, word in sides.items() if word == "kept"]
    if len(kept) == len(sides):
        return "both"
    if kept:
        return "perceived" if kept == ["perceived"] else "measured"
    return "unclear" if "unclear" in declared else "neither"


def _primary_estimates(estimates: pl.DataFrame, study: Study) -> dict[str, dict[str, Any]]:
    """Indicator → its estimate over everybody, by its primary definition, where it has one."""
    keyed = estimates.filter(
        (pl.col("breakdown") == TOTAL) & pl.col("value").is_not_null()
    ).with_columns(key=figure_key(layer="estimates", against=None))
    first = {indicator.id: indicator.definitions[0] for indicator in study.indicators}
    return {
        row["indicator"]: row
        for row in keyed.iter_rows(named=True)
        if first.get(row["indicator"]) == row["definition"]
    }


def _measured_row(
    measured: pl.DataFrame | None, commitment: Commitment
) -> Mapping[str, Any] | None:
    """The row of what is measured of a commitment, against its norm; None where nothing is."""
    if measured is None or commitment.measured is None:
        return None
    found = measured.filter(indicator=commitment.measured, part="cohort").with_columns(
        definition="part", breakdown=pl.lit(TOTAL), kind=pl.lit("measure")
    )
    keyed = found.with_columns(key=figure_key(layer="management", against=None))
    return next(keyed.iter_rows(named=True), None)


@dataclass(frozen=True)
class _Promise:
    """One commitment of a directorate at a wave.

    Attributes:
        judged: How many commitments are judged together against their targets.
        compared: How many have their sites set side by side.

    """

    study: Study
    commitment: Commitment
    directorate: str
    wave: str
    judged: int
    compared: int

    @property
    def asking_sites(self) -> list[str]:
        """The sites that receive users during the wave, and ask them what it is followed by."""
        perceived = self.commitment.perceived or self.study.overall.id
        item = self.study.indicator(perceived).item
        return [site.id for site in self.study.open_sites(self.directorate, self.wave, item)]

    def site_counts(self, posted: frozenset[str]) -> Iterator[dict[str, Any]]:
        """How many sites post it as the wave ends, of how many that are open then."""
        end = self.study.wave(self.wave).end
        sites = self.study.directorate(self.directorate).sites
        at_end = {site.id for site in sites if site.open_on(end)}
        for category, count in ((POSTED, len(posted & at_end)), ("open", len(at_end))):
            yield self.row(
                "sites", category=category, kind="count", unit="sites", value=float(count)
            )

    def perceived(self, cube: Cube, estimate: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Its level and, where it has a target, that and the way to it."""
        definition = self.study.definition(estimate["definition"])
        target = _in_unit(self.commitment.target, definition)
        found = mean(cube, estimate["item"], scores=self._scores(definition))
        low, high = self._interval(found, definition)
        about = self._about(estimate)
        made_from = [estimate["key"]]
        value = float(found.value[0])
        word: Side = ""
        if target is not None:
            word = "unclear"
            if low is not None and high is not None and estimate["claim"] == Claim.ESTIMATE:
                word = "kept" if low >= target else "not_kept" if high < target else "unclear"
        level = {"value": value, "se": float(found.se[0]), "low": low, "high": high}
        counted = {"base": int(found.base[0]), "df": int(found.df[0]), "made_from": made_from}
        yield self.row("perceived", **about, **level, **counted, word=word)
        if target is None:
            return
        yield self.row("target", **about | {"kind": "norm", "definition": "target"}, value=target)
        distance = {
            name: None if bound is None else bound - target for name, bound in level.items()
        }
        yield self.row(
            "to_target",
            **about | {"kind": "difference", "unit": _difference_unit(definition)},
            **distance | {"se": level["se"]},
            **counted,
        )

    def posting(
        self, cube: Cube, estimate: dict[str, Any], posted: frozenset[str]
    ) -> Iterator[dict[str, Any]]:
        """The indicator where it is posted and where it is not yet; nothing where it is asked and
        answered in too few sites of one of the two.
        """
        by = next((one.id for one in self.study.breakdowns if one.by == "site"), None)
        if by not in cube.breakdowns:
            return
        assert by is not None
        base = cube.table(estimate["item"], by).counts.sum(axis=1)
        heard = {label for label, count in zip(cube.domains(by).labels, base, strict=True) if count}
        answered = [site for site in self.asking_sites if site in heard]
        groups = {
            POSTED: [site for site in answered if site in posted],
            NOT_POSTED: [site for site in answered if site not in posted],
        }
        if min(map(len, groups.values())) < FEWEST_SITES:
            return
        definition = self.study.definition(estimate["definition"])
        found = group_means(
            cube, estimate["item"], scores=self._scores(definition), by=by, groups=groups
        )
        left = int(estimate["base"]) - int(found.base.sum())
        if 0 < left < self.study.thresholds.suppressed_below:  # found by subtraction
            return
        about = self._about(estimate)
        bounds = _bounds(found, definition, 1 - LEVEL)
        keys = []
        for place, name in enumerate(groups):
            row = self.row(
                "posting",
                **about,
                category=name,
                value=float(found.value[place]),
                se=float(found.se[place]),
                low=bounds[place][0],
                high=bounds[place][1],
                base=int(found.base[place]),
                df=int(found.df[place]),
                family=1,
                counts=found.counts[place].tolist(),
            )
            keys.append(self._key(row))
            yield row
        variance = found.covariance[0, 0] + found.covariance[1, 1] - 2 * found.covariance[0, 1]
        gap = difference(
            PointEstimate(
                value=float(found.value[0] - found.value[1]),
                se=float(max(variance, 0.0) ** 0.5),
                df=int(found.df.min()),
            ),
            family=self.compared,
        )
        yield self.row(
            "posting_gap",
            **about | {"kind": "difference", "unit": _difference_unit(definition)},
            value=gap.value,
            se=gap.se,
            low=gap.low if gap.df > 0 else None,
            high=gap.high if gap.df > 0 else None,
            df=gap.df,
            family=self.compared,
            word=_gap_word(gap),
            made_from=keys,
        )

    def reading(
        self,
        perceived: Side,
        estimate: dict[str, Any] | None,
        measured: Mapping[str, Any] | None,
    ) -> dict[str, Any]:
        """What the two sides say together."""
        made_from = [] if estimate is None or not perceived else [estimate["key"]]
        other: Side = "" if measured is None else measured["word"]
        if measured is not None and measured["value"] is not None:
            made_from.append(measured["key"])
        return self.row("reading", word=reading(perceived, other), made_from=made_from)

    def row(self, part: str, **columns: Any) -> dict[str, Any]:
        """A row of `Commitments`, without its directorate and wave."""
        return {
            "commitment": self.commitment.id,
            "part": part,
            "category": TOTAL,
            "definition": part,
            "definition_version": "1.0",
            "kind": "reading",
            "unit": "reading",
            "item": None,
            "channels": "",
            "claim": Claim.ESTIMATE.value,
            **dict.fromkeys(("value", "se", "low", "high", "base", "df")),
            "family": self.judged,
            "word": "",
            "counts": None,
            "made_from": [],
            **columns,
        }

    def _about(self, estimate: dict[str, Any]) -> dict[str, Any]:
        """What is measured, of whom, as its estimate says."""
        names = ("definition", "definition_version", "kind", "unit", "item", "channels", "claim")
        return {name: estimate[name] for name in names}

    def _scores(self, definition: Definition) -> tuple[float, ...]:
        item = self.study.indicator(str(self.commitment.perceived)).item
        return definition.scores(len(self.study.scale(item).codes))

    def _interval(
        self, found: DomainEstimates, definition: Definition
    ) -> tuple[float | None, float | None]:
        """The interval at 1 − 5 % / family; none without a degree of freedom."""
        return _bounds(found, definition, 1 - LEVEL / self.judged)[0]

    def _key(self, row: dict[str, Any]) -> str:
        """The key of the figure that a row becomes."""
        scope = {"directorate": self.directorate, "wave": self.wave, "simulated": False}
        figures = Commitments.figures(make_table([scope | row], Commitments))
        return str(figures.item(0, "key"))


def _gap_word(gap: Difference) -> str:
    """Which of the two is higher, where the interval excludes 0."""
    if gap.df < 1:
        return ""
    return "above" if gap.low > 0 else "below" if gap.high < 0 else "none"


def _bounds(
    found: DomainEstimates, definition: Definition, confidence: float
) -> list[tuple[float | None, float | None]]:
    """The bounds of each domain; none without a degree of freedom."""
    intervals = intervals_within(found, score_bounds(definition), confidence=confidence)
    return [
        (float(low), float(high)) if freedom > 0 else (None, None)
        for low, high, freedom in zip(intervals.low, intervals.high, found.df, strict=True)
    ]


def _in_unit(target: float | None, definition: Definition) -> float | None:
    """A target as its parameter says it, in the unit of the figures."""
    return target if target is None or definition.kind == "mean" else target / 100


def _difference_unit(definition: Definition) -> str:
    return definition.unit if definition.kind == "mean" else "points"
