"""The section on sites: how far those of each kind spread. None is named or drawn."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.publishing import charts
from analysis.publishing.blocks import (
    Block,
    Part,
    block,
    figure_notes,
    heading,
    paragraph,
    table,
)
from analysis.publishing.pages.page import Page
from analysis.publishing.pages.tables import caption_of
from analysis.publishing.released import ReleasedFigure
from analysis.publishing.sheets import Rows
from analysis.publishing.wording.sentences import (
    field_text,
    join_notes,
    source_text,
    upper_first,
)
from analysis.publishing.wording.sites import (
    SiteGroup,
    bounds_text,
    kind_name,
    p_text,
    site_groups,
    sites_outside,
    sites_reading,
    sites_title,
)

Ranged = tuple[SiteGroup, ReleasedFigure]
"""A kind of site whose sites differ, and the range of them."""


def sites(page: Page) -> Block:
    """How far the sites of each kind spread over the pooled waves, and how many are out of the
    ordinary; empty where no kind has enough of them.

    Only what is said of a kind stands here: of many sites together.
    """
    wording = page.wording
    groups = site_groups(wording, page.figures, page.directorate.id)
    if not groups:
        return block("sites")
    ranged = [(group, group.range) for group in groups if group.range is not None]
    parts: list[Part | None] = [heading(sites_title(wording, groups))]
    if ranged:
        parts.append(paragraph(sites_outside(wording, [group for group, _ in ranged])))
    parts += [paragraph(sites_reading(wording, group)) for group in groups if group.range is None]
    if ranged:
        parts.append(_chart(page, ranged))
    parts.append(
        figure_notes(
            page.language,
            lecture=sites_reading(wording, ranged[0][0]) if ranged else None,
            field=field_text(wording, page.directorate, groups[0].deviation.claim),
            note=_note(page, groups, differ=bool(ranged)),
            source=source_text(wording),
        )
    )
    if ranged:
        parts.append(_table(page, groups))
    return block("sites", *parts)


def _chart(page: Page, ranged: Sequence[Ranged]) -> Part:
    """A bar for each kind of site whose sites differ."""
    wording, language = page.wording, page.language
    names = [kind_name(wording, group.kind, full=True) for group, _ in ranged]
    said = [
        bounds_text(wording, "sites_alt_range", bounds, kind=name)
        for name, (_, bounds) in zip(names, ranged, strict=True)
    ]
    return page.chart_part(
        f"sites-{page.directorate.id}",
        lambda axes: charts.ranges(
            axes,
            labels=list(map(upper_first, names)),
            means=[bounds.shown_value for _, bounds in ranged],
            low=[bounds.low or 0 for _, bounds in ranged],
            high=[bounds.high or 0 for _, bounds in ranged],
            write=language.percent,
            label=language.text("axis_counted", counted=wording.counted(ranged[0][1])),
        ),
        alt=wording.said(
            "sites_alt",
            [bounds for _, bounds in ranged],
            ranges=upper_first(language.listing(said)),
        ),
        caption=caption_of(page, "sites_caption", waves=_waves_pooled(page, ranged[0][0])),
        height=lambda sheet: 0.9 + Rows(names, sheet, charts.RANGE).height,
    )


def _table(page: Page, groups: Sequence[SiteGroup]) -> Part:
    """What is known of each kind of site."""
    wording, text, number = page.wording, page.language.text, page.language.number
    formats, ns = wording.formats, text("sign_ns")
    columns = {
        text("sites_column_kind"): [
            upper_first(kind_name(wording, group.kind, full=True)) for group in groups
        ],
        text("column_sites"): [number(group.count("counted")) for group in groups],
        text("sites_column_range"): [
            bounds_text(wording, "sites_bounds", group.range) if group.range else ns
            for group in groups
        ],
        text("sites_column_deviation"): [formats.value(group.deviation) for group in groups],
        text(f"column_interval_{groups[0].deviation.claim}"): [
            formats.interval(group.deviation) for group in groups
        ],
        text("sites_column_p"): [p_text(wording, group.p) for group in groups],
        text("sites_column_outside"): [
            number(group.count("outside")) if group.range else ns for group in groups
        ],
    }
    return table(
        f"sites-{page.directorate.id}",
        columns=columns,
        caption=caption_of(page, "sites_caption_table", waves=_waves_pooled(page, groups[0])),
        numeric=list(columns)[1:],
    )


def _note(page: Page, groups: Sequence[SiteGroup], *, differ: bool) -> str:
    """What has to be known to read what is said of sites."""
    text, number = page.language.text, page.language.number
    enough = number(page.study.thresholds.sites_compared_from)
    notes = [text("sites_note_names", enough=enough)]
    left_out = sum(group.count("left_out") for group in groups)
    if left_out:
        notes.append(
            text(
                f"sites_note_left_out_{'one' if left_out == 1 else 'n'}",
                count=number(left_out),
                answers=page.wording.answers_noun(),
            )
        )
    notes.append(text("sites_note_value", waves=upper_first(_waves_pooled(page, groups[0]))))
    if differ:
        notes.append(text("sites_note_outside"))
    kinds = len(groups)
    family = text("sites_note_family", count=number(kinds)) if kinds > 1 else ""
    notes.append(text("sites_note_test", family=family))
    if differ and any(group.range is None for group in groups):
        notes.append(text("note_ns"))
    return join_notes(notes)


def _waves_pooled(page: Page, group: SiteGroup) -> str:
    """How many waves are pooled, in words."""
    count = int(group.deviation.method.rpartition(" ")[2])
    number = page.language.number(count)
    return page.language.text(f"waves_pooled_{1 if count == 1 else 'n'}", count=number)
