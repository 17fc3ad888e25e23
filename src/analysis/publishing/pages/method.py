"""The page on method: what was collected, who answered, how to read, what is not published."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.publishing.arrangement import are_many
from analysis.publishing.blocks import (
    Block,
    Part,
    block,
    escape_markdown,
    figure_notes,
    heading,
    paragraph,
    table,
)
from analysis.publishing.pages.page import Page
from analysis.publishing.pages.tables import unit_tables
from analysis.publishing.released import ReleasedFigure
from analysis.publishing.wording.sentences import (
    join_with_signs,
    lower_first,
    source_text,
    upper_first,
)
from analysis.study import Channel, Claim, Directorate, QualityFlag
from analysis.study.kinds import COMMON, INDEPENDENT

UNKNOWN = "unknown"


def collection(page: Page) -> Block:
    """Answers received by channel, over the directorates: a column for each; for many, a row."""
    language, study = page.language, page.study
    counts = {
        (figure.category, figure.directorate): figure
        for figure in page.figures.select("answers", wave=page.wave.id)
    }
    categories = {category for category, _ in counts}
    used = [channel for channel in study.channels if channel.id in categories]
    by_unit = {
        unit.acronym: [_count(page, counts.get((channel.id, unit.id))) for channel in used]
        for unit in study.directorates
    }
    columns = {
        language.text("column_channel"): [language.typeset(channel.label) for channel in used],
        **({} if are_many(study) else by_unit),
        language.text("column_claim"): [
            _claims(page, channel, [counts.get((channel.id, one.id)) for one in study.directorates])
            for channel in used
        ],
    }
    caption = language.text(
        "caption_collection", answers=page.wording.base_heading, wave=page.wording.wave_label()
    )
    numeric = [name for name in columns if name in by_unit]
    shown_cells = [cell for column in (*columns.values(), *by_unit.values()) for cell in column]
    return block(
        "collected",
        heading(language.text("method_collection_head")),
        table("collecte", columns=columns, caption=caption, numeric=numeric),
        *(_collected_by_unit(page, used, by_unit, caption) if are_many(study) else ()),
        figure_notes(
            language,
            note=join_with_signs(language, shown_cells, []),
            source=source_text(page.wording),
        ),
    )


def _collected_by_unit(
    page: Page, used: Sequence[Channel], by_unit: dict[str, list[str]], caption: str
) -> list[Part]:
    """The same, a row per directorate that anybody answered in."""
    none = page.language.text("sign_so")
    units = [
        unit
        for unit in page.study.directorates
        if any(one != none for one in by_unit[unit.acronym])
    ]
    columns = {upper_first(page.wording.unit): [unit.acronym for unit in units]}
    for place, channel in enumerate(used):
        name = page.language.typeset(channel.label)
        columns[name] = [by_unit[unit.acronym][place] for unit in units]
    return unit_tables(page, "collecte-de", columns, units, caption=caption)


def _claims(page: Page, channel: Channel, figures: Sequence[ReleasedFigure | None]) -> str:
    """What may be said of the answers of a channel in this edition, with the reason that the study
    gives where that is what it claims; of the directorates apart where they differ.
    """
    by_claim: dict[str, list[str]] = {}
    for directorate, figure in zip(page.study.directorates, figures, strict=True):
        if figure is not None:
            by_claim.setdefault(figure.claim, []).append(directorate.acronym)
    said = []
    for claim, names in sorted(by_claim.items()):
        text = page.wording.claim(claim)
        if claim == channel.claim:
            text = f"{text} ({page.language.typeset(channel.claim_reason)})"
        if len(by_claim) > 1:
            listed = page.wording.named_or_counted(names)
            text = page.language.text("titled", directorate=listed, text=text)
        said.append(text)
    return page.language.text("method_claims").join(said)


def weighting(page: Page) -> Block:
    """What weights each directorate's answers have in this edition; who answers against who is
    served, before raking, where they were raked.
    """
    language = page.language
    tables: list[Part] = []
    cells: list[str] = []
    for directorate in () if are_many(page.study) else page.study.directorates:
        columns = _margin_columns(page, directorate)
        if columns is None:
            continue
        caption = language.text(
            "caption_margins", field=directorate.acronym, wave=page.wording.wave_label()
        )
        name = f"marges-{directorate.id}"
        tables.append(table(name, columns=columns, caption=caption, numeric=list(columns)[1:]))
        cells += [cell for column in columns.values() for cell in column]
    said = _weighted_or_not(page)
    if said and are_many(page.study):
        said.append(language.text("method_margins_elsewhere", unit=page.wording.unit))
    if not said and not tables:
        return block("weighting")
    notes = figure_notes(
        language,
        note=join_with_signs(language, cells, _margin_notes(page)),
        source=source_text(page.wording),
    )
    return block(
        "weighting",
        heading(language.text("method_weights_head")),
        *(paragraph(text) for text in said),
        *tables,
        notes if tables else None,
    )


def _weighted_or_not(page: Page) -> list[str]:
    """Whether the answers of the headline figures of directorates were weighted in this edition: of
    each, or of many together.
    """
    language, many = page.language, are_many(page.study)
    alike: dict[tuple[str, ...], list[str]] = {}
    for directorate in page.study.directorates:
        about = {"directorate": directorate.id, "wave": page.wave.id}
        if not page.figures.select("answers", **about):
            continue
        weighted = page.figures.select("weighting", **about)
        raked = any(figure.definition == "iterations" for figure in weighted)
        key = "method_weighted" if raked else "method_framed" if weighted else "method_unweighted"
        channels = page.study.reference_channels(directorate.id) if weighted else ()
        listed = language.listing(
            [language.quoted(language.typeset(channel.label)) for channel in channels]
        )
        start = _base_weights(page, channels, directorate.id) if weighted else ""
        apart = "" if many else directorate.id
        alike.setdefault((apart, key, listed, start), []).append(directorate.acronym)
    return [
        escape_markdown(
            language.text(key, directorate=page.wording.named_or_counted(names), channels=listed)
            + start
        )
        for (_, key, listed, start), names in alike.items()
    ]


def _base_weights(page: Page, channels: tuple[Channel, ...], directorate: str) -> str:
    """What the weights of a directorate start from, and that its strata are finite; nothing where
    they start from 1.
    """
    language = page.language
    if any(channel.sampling.population is None for channel in channels):
        return ""
    about = {"wave": page.wave.id, "directorate": directorate}
    missing = page.figures.select(
        "quality_flags", **about, indicator=QualityFlag.FRAME_MISSING.value
    )
    classes = dict.fromkeys(
        name
        for channel in channels
        for name in channel.sampling.response_classes
        if channel.sampling.population == "frame" and not missing
    )
    named = [
        language.text("method_class_site")
        if name == "site"
        else language.text(
            "method_class_item",
            question=language.quoted(lower_first(language.typeset(page.study.item(name).short))),
        )
        for name in classes
    ]
    start = language.text("method_frame", classes=language.listing(named)) if named else ""
    return start + language.text("method_population")


def reading_guide(page: Page) -> Block:
    """How to read a result, and the definitions in force."""
    language, definitions = page.language, page.study.definitions
    columns = {
        language.text("column_definition"): [definition.id for definition in definitions],
        language.text("column_version"): [definition.version for definition in definitions],
        language.text("column_meaning"): [
            language.typeset(definition.label) for definition in definitions
        ],
    }
    return block(
        "reading_guide",
        heading(language.text("method_reading_head")),
        *(paragraph(text) for text in _how_to_read(page)),
        table("definitions", columns=columns, caption=language.text("caption_definitions")),
        figure_notes(language, source=source_text(page.wording)),
    )


def privacy(page: Page) -> Block:
    """What is not published, and who is never asked."""
    language = page.language
    constrained = [
        population.label for population in page.study.populations if population.constrained
    ]
    listed = language.listing([lower_first(label) for label in constrained])
    return block(
        "privacy",
        heading(language.text("method_privacy_head")),
        paragraph(_thresholds(page)),
        paragraph(language.text("method_constrained", populations=escape_markdown(listed)))
        if constrained
        else None,
    )


def _margin_notes(page: Page) -> list[str]:
    """Where the known totals come from, and what weighting does with them."""
    text = page.language.text
    file = page.study.margins.get(page.wave.id)
    source = page.language.typeset(file.source) if file is not None else ""
    sources = [text("note_margins_source", source=source)] if source else []
    return [*sources, text("note_margins"), text("note_gap_margins")]


def _how_to_read(page: Page) -> list[str]:
    """How to read the intervals of the estimates, and the variability of the trends, that the
    edition shows.
    """
    shown_claims = {figure.claim for figure in page.figures.select("estimates", wave=page.wave.id)}
    claims = [Claim.ESTIMATE] if Claim.ESTIMATE in shown_claims else []
    claims += [Claim.TREND] if shown_claims - {Claim.ESTIMATE} else []
    everyone = escape_markdown(page.wording.people(Claim.ESTIMATE))
    texts = [page.language.text(f"method_reading_{claim}", everyone=everyone) for claim in claims]
    methods = {
        change.method.rpartition(" ")[2]
        for change in page.figures.select("changes", wave=page.wave.id)
        if change.word
    }
    if methods:
        texts.append(page.language.text("method_changes"))
    if INDEPENDENT in methods:
        texts.append(page.language.text("method_waves_independent"))
    if COMMON in methods:
        texts.append(page.language.text("method_waves_common"))
    return texts


def _thresholds(page: Page) -> str:
    """From how many answers a result is shown, and how."""
    language, thresholds = page.language, page.study.thresholds
    answers = escape_markdown(page.wording.answers_noun())

    def between(key: str, first: int, below: int) -> str:
        if first == below:
            return ""
        first_written, last = language.number(first), language.number(below - 1)
        return language.text(key, first=first_written, last=last, answers=answers)

    return language.text(
        "method_thresholds",
        suppressed=language.number(thresholds.suppressed_below),
        answers=answers,
        unavailable=between(
            "method_unavailable", thresholds.suppressed_below, thresholds.fragile_below
        ),
        caution=between("method_caution", thresholds.fragile_below, thresholds.caution_below),
    )


def _margin_columns(page: Page, directorate: Directorate) -> dict[str, list[str]] | None:
    """The margins of a directorate, sites left out; None where it was not weighted."""
    language = page.language
    figures = {
        (figure.breakdown, figure.category, figure.definition): figure
        for figure in page.figures.select("margins", directorate=directorate.id, wave=page.wave.id)
        if figure.breakdown != "site"
    }
    categories = sorted({(variable, category) for variable, category, _ in figures})
    if not categories:
        return None
    absent = {
        category: language.text("sign_so" if category[1] == UNKNOWN else "sign_s")
        for category in categories
    }

    def cell(category: tuple[str, str], definition: str) -> str:
        figure = figures.get((*category, definition))
        if figure is None or figure.hidden:
            return absent[category] if definition != "sample_share" else language.text("sign_s")
        return page.wording.formats.value(figure)

    names = [
        f"{language.typeset(page.study.item(variable).short)} – "
        f"{page.wording.category(figures[variable, category, 'sample_share'])}"
        for variable, category in categories
    ]
    return {
        language.text("column_category"): names,
        language.text("column_sample"): [cell(row, "sample_share") for row in categories],
        language.text("column_frame"): [cell(row, "frame_share") for row in categories],
        language.text("column_gap"): [cell(row, "gap") for row in categories],
    }


def _count(page: Page, figure: ReleasedFigure | None) -> str:
    """A number of answers, or of presses, which are named; a sign where a directorate does not use
    the channel.
    """
    if figure is None:
        return page.language.text("sign_so")
    if figure.hidden or figure.unit != "presses":
        return page.wording.formats.value(figure)
    return page.wording.answers(int(figure.shown_value), figure.claim)
