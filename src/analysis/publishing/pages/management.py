"""The page of those who manage: each of their figures beside what users perceive of the same."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.publishing.blocks import (
    Block,
    Part,
    block,
    callout,
    escape_markdown,
    figure_notes,
    heading,
    paragraph,
    table,
)
from analysis.publishing.pages.page import Page
from analysis.publishing.wording.management import (
    Measured,
    all_measured,
    cohort_text,
    correlation_bounds,
    correlation_reading,
    indicator_name,
    management_title,
    measured_value,
    source_of,
)
from analysis.publishing.wording.sentences import (
    join_notes,
    lower_first,
    sign_notes,
    upper_first,
)


def figures(page: Page) -> Block:
    """Every figure of each directorate: its value, norm, partner, cases and source."""
    wording, text = page.wording, page.language.text
    found = all_measured(page.wording, page.figures)
    if not found:
        return block("management")
    parts: list[Part | None] = [heading(management_title(wording, found))]
    for directorate in page.study.directorates:
        own = [one for one in found if one.directorate == directorate]
        if own:
            parts.append(_table(page, own))
    notes = [
        text("management_note_partner"),
        text("management_note_cohort"),
        text("note_so_none"),
    ]
    if any(one.cohort.value is None and not one.cohort.hidden for one in found):
        notes.append(text("note_nd_measured"))
    note = sign_notes(wording, [one.cohort for one in found], *notes)
    parts.append(figure_notes(page.language, note=note, source=text("management_source")))
    return block("management", *parts)


def _table(page: Page, found: Sequence[Measured]) -> Part:
    """The figures of a directorate, with their partners, their cases and where they were read:
    those that have a norm or a partner first.
    """
    found = sorted(found, key=lambda one: one.norm is None and one.indicator.perceived is None)
    wording, text, formats = page.wording, page.language.text, page.wording.formats
    none = text("partner_none")
    columns = {
        text("column_measure"): [indicator_name(wording, one.indicator) for one in found],
        text("column_value"): [measured_value(wording, one) for one in found],
        text("column_norm"): [formats.bound(one.norm) if one.norm else none for one in found],
        text("column_partner"): [_partner(page, one) for one in found],
        text("column_cases"): [upper_first(cohort_text(wording, one.indicator)) for one in found],
        text("column_source"): [source_of(wording, one.cohort) or none for one in found],
    }
    acronym = found[0].directorate.acronym
    return table(
        f"gestion-{found[0].directorate.id}",
        columns=columns,
        caption=text("caption_management", field=acronym, wave=wording.wave_label()),
        numeric=list(columns)[1:3],
    )


def _partner(page: Page, one: Measured) -> str:
    """What users say of the same, by its own indicator."""
    text = page.language.text
    if one.indicator.perceived is None:
        return text("partner_none")
    name = page.wording.indicator(page.study.indicator(one.indicator.perceived))
    if one.perceived is None:
        asked = page.study.indicators_in_force(page.wave.id, one.directorate.id)
        hidden = any(indicator.id == one.indicator.perceived for indicator in asked)
        return text("partner_hidden", indicator=name) if hidden else text("partner_none")
    return text(
        "partner",
        indicator=name,
        value=page.wording.formats.with_unit(one.perceived),
        interval=page.wording.formats.interval(one.perceived),
    )


# --- from site to site ----------------------------------------------------------------------------


def between_sites(page: Page) -> Block:
    """Whether sites that measure better are better perceived, with the warning beside it."""
    related = [
        (one, one.correlation)
        for one in all_measured(page.wording, page.figures)
        if one.correlation is not None and not one.correlation.hidden
    ]
    if not related:
        return block("between-sites")
    wording, text, formats = page.wording, page.language.text, page.wording.formats
    adjusted = any(figure.family > 1 for _, figure in related)
    bounds = "column_adjusted" if adjusted else "column_interval_C1"
    columns = {
        text("column_measure"): [indicator_name(wording, one.indicator) for one, _ in related],
        text("column_perception"): [
            wording.indicator(page.study.indicator(str(one.indicator.perceived)))
            for one, _ in related
        ],
        upper_first(wording.unit): [one.directorate.acronym for one, _ in related],
        text("column_correlation"): [formats.value(figure) for _, figure in related],
        text(bounds): [correlation_bounds(wording, figure) for _, figure in related],
        text("column_sites"): [page.language.number(figure.size or 0) for _, figure in related],
    }
    return block(
        "between-sites",
        heading(text("between_sites_head")),
        *(paragraph(correlation_reading(wording, one)) for one, _ in related),
        callout(text("ecological_title"), text("ecological_text")),
        table(
            "correlations",
            columns=columns,
            caption=text("caption_correlations", wave=wording.wave_label()),
            numeric=list(columns)[3:],
        ),
        figure_notes(
            page.language,
            note=join_notes([text("correlation_note")]),
            source=text("management_source"),
        ),
    )


# --- what has no partner --------------------------------------------------------------------------


def alone(page: Page) -> Block:
    """What has no partner on the other side: measured and never perceived, perceived and never
    measured.
    """
    wording, text = page.wording, page.language.text
    paired = {one.perceived for one in page.study.management}
    measured = [
        lower_first(indicator_name(wording, one))
        for one in page.study.management
        if one.perceived is None
    ]
    perceived = [
        lower_first(wording.indicator(one))
        for one in page.study.indicators
        if one.headline and one.id not in paired and one.valid_on(page.wave.end)
    ]
    if not (measured or perceived):
        return block("alone")
    return block(
        "alone",
        heading(text("alone_head")),
        *(
            paragraph(escape_markdown(text(key, items=page.language.series(names))))
            for key, names in (("alone_measured", measured), ("alone_perceived", perceived))
            if names
        ),
    )
