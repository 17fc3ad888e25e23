"""The sections on the overall indicator of a wave: of all, by channel, by profile."""

from __future__ import annotations

from analysis.publishing.blocks import (
    Block,
    block,
    callout,
    figure_notes,
    heading,
    paragraph,
    table,
)
from analysis.publishing.pages.page import Page
from analysis.publishing.pages.tables import caption_of, counted_column, value_columns
from analysis.publishing.released import ReleasedFigure
from analysis.publishing.wording.gaps import channels_finding, gap_note, profiles_finding
from analysis.publishing.wording.sentences import field_text, lecture, sign_notes, source_text
from analysis.study import Claim


def banner(page: Page) -> Block:
    """The mention on each page made from simulated data; nothing otherwise."""
    if not page.figures.simulated:
        return block("banner")
    text, study = page.language.text, page.study
    places = [site.id != unit.id for unit in study.directorates for site in unit.sites]
    fictitious = [
        name
        for name, is_present in (
            ("answers", True),
            ("sites", any(places)),
            ("devices", study.listening is not None),
            ("commitments", bool(study.commitments)),
            ("management", bool(study.management)),
        )
        if is_present
    ]
    if len(fictitious) == 1:
        notice = text("simulated_answers_text")
    else:
        listed = page.language.listing([text(f"fictitious_{name}") for name in fictitious])
        notice = text("simulated_text", fictitious=listed)
    return block("banner", callout(text("simulated_title"), notice))


def channels(page: Page) -> Block:
    """What each channel hears, with what may be claimed of it; nothing where one is heard."""
    language, study = page.language, page.study
    breakdown = next(
        (breakdown.id for breakdown in study.breakdowns if breakdown.by == "channel"), None
    )
    if breakdown is None or len(page.directorate.channels) < 2:
        return block("channels")
    overall = study.item(study.overall.item)
    heard: dict[str, ReleasedFigure] = {}
    for figure in page.figures.primary(
        directorate=page.directorate.id, wave=page.wave.id, breakdown=breakdown
    ):
        asked = study.item(str(figure.item))
        if asked == overall or (asked.dimension and asked.dimension == overall.dimension):
            heard.setdefault(figure.category, figure)
    rows = [heard[name] for name in page.directorate.channels if name in heard]
    if len(rows) < 2:
        return block("channels")
    columns = {
        language.text("column_channel"): [page.wording.category(figure) for figure in rows],
        **counted_column(page, rows),
        **value_columns(page, rows),
        page.wording.base_heading: [_answers(page, figure) for figure in rows],
        language.text("column_claim"): [page.wording.claim(figure.claim) for figure in rows],
    }
    reference = study.reference_channels(page.directorate.id)
    note = language.text("note_channels")
    if len(reference) > 1:
        names = [language.quoted(language.typeset(channel.label)) for channel in reference]
        note = language.text("note_channels_together", channels=language.listing(names))
    caption = caption_of(page, "caption_channels")
    notes = [study.channel(figure.category).note or "" for figure in rows]
    gaps = page.figures.select(
        "gaps", directorate=page.directorate.id, wave=page.wave.id, breakdown=breakdown
    )
    return block(
        "channels",
        heading(channels_finding(page.wording, gaps, page.figures)),
        table("canaux", columns=columns, caption=caption, numeric=list(columns)[2:5]),
        figure_notes(
            language,
            lecture=lecture(page.wording, rows[::-1]),
            note=sign_notes(page.wording, rows, note, *notes, gap_note(page.wording, gaps)),
            source=source_text(page.wording),
        ),
    )


def _answers(page: Page, figure: ReleasedFigure) -> str:
    """The answers behind a figure; presses are called so."""
    if figure.claim != Claim.ALERT or figure.hidden or figure.base is None:
        return page.wording.formats.base(figure)
    return page.wording.answers(figure.base, figure.claim)


def profiles(page: Page) -> Block:
    """The overall indicator by profile."""
    language, study = page.language, page.study
    rows: list[ReleasedFigure] = []
    names: list[str] = []
    for breakdown in study.breakdowns:
        if breakdown.by not in ("channel", "site"):
            figures = page.figures.primary(
                directorate=page.directorate.id,
                wave=page.wave.id,
                breakdown=breakdown.id,
                indicator=study.overall.id,
            )
            rows += figures
            label = language.typeset(breakdown.label)
            names += [f"{label} – {page.wording.category(figure)}" for figure in figures]
    if not rows:
        return block("profiles")
    profiles_shown = {figure.breakdown for figure in rows}
    gaps = [
        gap
        for gap in page.figures.select("gaps", directorate=page.directorate.id, wave=page.wave.id)
        if gap.breakdown in profiles_shown
    ]
    head = heading(profiles_finding(page.wording, gaps, page.figures))
    if all(figure.hidden for figure in rows):
        return block("profiles", head, paragraph(language.text("profiles_hidden")))
    columns = {
        language.text("column_category"): names,
        **value_columns(page, rows),
        page.wording.base_heading: [page.wording.formats.base(figure) for figure in rows],
    }
    caption = caption_of(page, "caption_profiles", unit=page.wording.unit_of(rows[0]))
    return block(
        "profiles",
        head,
        table("profils", columns=columns, caption=caption, numeric=list(columns)[1:]),
        figure_notes(
            language,
            lecture=lecture(page.wording, rows),
            field=field_text(page.wording, page.directorate, rows[0].claim),
            note=sign_notes(page.wording, rows, gap_note(page.wording, gaps)),
            source=source_text(page.wording),
        ),
    )
