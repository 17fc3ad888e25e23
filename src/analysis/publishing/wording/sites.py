"""The sentences on sites: how far they spread, whether more than by chance, and how many are out of
the ordinary. None of them is told from the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.publishing.released import ReleasedFigure, ReleasedFigures, visible
from analysis.publishing.wording.sentences import Sentence, Wording

LEAST_P = 0.001
LEAST_BOUND = 0.01
"""The smallest bound of a deviation that is said: a point."""


@dataclass(frozen=True)
class SiteGroup:
    """What is released of the sites of one kind.

    Attributes:
        kind: Its identifier.
        deviation, p: Standard deviation between sites, and the p-value of its test.
        range: Mean of the sites and bounds between which nine in ten lie; None where the test shows
            no difference.
        counts: `counted`, `left_out` and, where sites differ, `outside`.

    """

    kind: str
    deviation: ReleasedFigure
    p: ReleasedFigure
    range: ReleasedFigure | None
    counts: dict[str, ReleasedFigure]

    def count(self, name: str) -> int:
        """A number of sites."""
        return int(self.counts[name].shown_value)


def site_groups(wording: Wording, figures: ReleasedFigures, directorate: str) -> list[SiteGroup]:
    """The kinds of site of a directorate that are compared, in the study's order."""
    about = {"directorate": directorate, "wave": wording.wave.id}
    order = {kind.id: rank for rank, kind in enumerate(wording.study.site_kinds)}
    counts = visible(figures.select("sites", **about, kind="count"))
    groups = []
    for deviation in visible(figures.select("sites", **about, kind="deviation")):
        kind = deviation.category
        p = figures.find("sites", **about, kind="p_value", category=kind)
        assert p is not None, "the gate hides neither of the two"
        parts = [(figure.category.rpartition("*"), figure) for figure in counts]
        groups.append(
            SiteGroup(
                kind=kind,
                deviation=deviation,
                p=p,
                range=figures.find("sites", **about, kind="limit", category=kind),
                counts={name: figure for (owner, _, name), figure in parts if owner == kind},
            )
        )
    return sorted(groups, key=lambda group: order.get(group.kind, len(order)))


def sites_title(wording: Wording, groups: Sequence[SiteGroup]) -> Sentence:
    """The title: the range of each kind of site whose sites differ; where none do, that chance
    explains as much.
    """
    ranges = [(group, group.range) for group in groups if group.range is not None]
    if not ranges:
        figures = [group.deviation for group in groups]
        return wording.said("sites_title_chance", figures, indicator=wording.subject)
    parts = [
        bounds_text(wording, "sites_range_of", bounds, kind=kind_name(wording, group.kind))
        if wording.study.site_kinds
        else bounds_text(wording, "sites_range", bounds)
        for group, bounds in ranges
    ]
    return wording.said(
        "sites_title",
        [bounds for _, bounds in ranges],
        indicator=wording.subject,
        ranges=wording.language.listing(parts),
    )


def sites_outside(wording: Wording, groups: Sequence[SiteGroup]) -> Sentence:
    """How many sites are out of the ordinary, among those of the kinds whose sites differ."""
    count = sum(group.count("counted") for group in groups)
    outside = sum(group.count("outside") for group in groups)
    number = wording.language.number
    return wording.said(
        f"sites_outside_{'none' if outside == 0 else 'one' if outside == 1 else 'n'}",
        [group.counts[name] for group in groups for name in ("counted", "outside")],
        count=number(count),
        outside=number(outside),
    )


def sites_reading(wording: Wording, group: SiteGroup) -> Sentence:
    """How far the sites of a kind spread; where chance explains as much, that and nothing more."""
    language, formats = wording.language, wording.formats
    figures = [group.deviation, group.p]
    parts = {"kind": kind_name(wording, group.kind), "p": p_text(wording, group.p)}
    if group.range is None:
        figures.append(group.counts["counted"])
        parts["count"] = language.number(group.count("counted"))
        high = group.deviation.high or 0.0
        if high < LEAST_BOUND:  # answers more alike than chance makes them bound nothing
            return wording.said("sites_chance_alone", figures, **parts)
        bound = formats.number(high, group.deviation)
        return wording.said("sites_chance", figures, bound=bound, **parts)
    return wording.said(
        "sites_reading",
        [group.range, *figures],
        mean=language.percent(group.range.shown_value),
        deviation=formats.value(group.deviation),
        **parts,
        **_bounds(wording, group.range),
    )


def bounds_text(wording: Wording, rule: str, bounds: ReleasedFigure, **parts: str) -> str:
    """The bounds between which nine sites in ten lie, in the words of a phrase of the catalogue."""
    return wording.language.text(rule, **_bounds(wording, bounds), **parts)


def kind_name(wording: Wording, kind: str, *, full: bool = False) -> str:
    """What the sites of a kind are called, in the plural: in short, or in full."""
    declared = next((known for known in wording.study.site_kinds if known.id == kind), None)
    if declared is None:
        return wording.language.text("sites_many")
    return wording.language.typeset(declared.label if full else declared.short or declared.label)


def p_text(wording: Wording, p: ReleasedFigure) -> str:
    """A p-value to two decimals, three under a hundredth; never 0."""
    language, value = wording.language, p.shown_value
    if value < LEAST_P:
        return language.text("sites_p_under", value=language.number(LEAST_P, decimals=3))
    decimals = 3 if value < 0.01 else 2
    return language.text("sites_p", value=language.number(value, decimals=decimals))


def _bounds(wording: Wording, bounds: ReleasedFigure) -> dict[str, str]:
    percent = wording.language.percent
    return {"low": percent(bounds.low or 0), "high": percent(bounds.high or 0)}
