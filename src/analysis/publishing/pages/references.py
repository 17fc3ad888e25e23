"""The sections on what others published: beside a result where it is comparable, and why not
elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence

from analysis.publishing.blocks import (
    Block,
    Fact,
    Link,
    Part,
    block,
    fact_list,
    figure_notes,
    heading,
    paragraph,
    table,
)
from analysis.publishing.pages.page import Page
from analysis.publishing.released import TOTAL, ReleasedFigure
from analysis.publishing.wording.identity import (
    asked_of,
    context_value,
    reason_apart,
    reference_title,
    reference_value,
)
from analysis.publishing.wording.reading import side_of
from analysis.publishing.wording.sentences import (
    Sentence,
    sign_notes,
    source_text,
    upper_first,
)
from analysis.study import Directorate, Reference
from analysis.study.references import Difference, Published


def comparable(page: Page, figure: ReleasedFigure) -> list[Reference]:
    """What others published of the same as a figure of the page's directorate, counted alike."""
    return [
        reference
        for reference in page.study.references
        if (reference.indicator, reference.definition) == (figure.indicator, figure.definition)
        and reference.is_about(page.directorate.id)
        and not _differences(page, reference, page.directorate)
    ]


def beside(page: Page) -> Block:
    """The comparable references of a directorate's indicators, each beside its result; nothing
    where there are none. Both numbers stand as they were published.
    """
    language, wording = page.language, page.wording
    found = [(one, _measured(page, one, page.directorate)) for one in page.study.references]
    pairs = [(reference, figure) for reference, figure in found if figure is not None]
    if not pairs:
        return block("references")
    figures = [figure for _, figure in pairs]
    columns = {
        language.text("column_indicator"): [
            wording.indicator(page.study.indicator(figure.indicator)) for figure in figures
        ],
        language.text("column_here"): [
            wording.formats.flagged_value(figure, beside=figures) for figure in figures
        ],
        language.text("column_elsewhere"): [
            reference_value(wording, reference) for reference, _ in pairs
        ],
        language.text("column_reference"): [
            reference_title(wording, reference) for reference, _ in pairs
        ],
        language.text("column_population"): [
            language.typeset(reference.population.label) for reference, _ in pairs
        ],
        language.text("column_confidence"): _confidence(
            page, [reference for reference, _ in pairs]
        ),
    }
    return block(
        "references",
        heading(
            wording.said("references_head" if len(pairs) == 1 else "references_head_n", figures)
        ),
        table(
            "references",
            columns=columns,
            caption=language.text(
                "caption_references",
                field=page.directorate.acronym,
                wave=wording.wave_label(),
            ),
            numeric=list(columns)[1:3],
        ),
        figure_notes(
            language,
            note=sign_notes(wording, figures, language.text("note_references")),
            source=source_text(wording),
        ),
        _sources(page, [reference for reference, _ in pairs]),
    )


def over_products(page: Page) -> Block:
    """Each reference that compares, with the products whose results stand above it, below it, and
    on neither side beyond chance; nothing where none compares.
    """
    language, wording = page.language, page.wording
    parts: list[Part] = []
    kept: list[Reference] = []
    shown: list[ReleasedFigure] = []
    for reference in page.study.references:
        sides: dict[str, list[ReleasedFigure]] = {}
        for product in page.study.directorates:
            figure = _measured(page, reference, product)
            side = "" if figure is None else side_of(figure, reference)
            if figure is not None and side:
                sides.setdefault(side, []).append(figure)
        if not sides:
            continue
        kept.append(reference)
        shown += [figure for figures in sides.values() for figure in figures]
        facts: dict[str, Fact] = {
            language.text("column_indicator"): wording.indicator(
                page.study.indicator(reference.indicator)
            ),
            language.text("column_population"): language.typeset(reference.population.label),
            language.text("column_counts"): language.typeset(
                page.study.definition(reference.definition).label
            ),
        }
        title = language.text(
            "reference_published",
            reference=reference_title(wording, reference),
            value=reference_value(wording, reference),
        )
        parts += [
            heading(title, level=3, anchor=f"reference-{reference.id}"),
            fact_list(language, facts),
            *(
                paragraph(_named(page, side, sides[side]))
                for side in ("above", "near", "below")
                if side in sides
            ),
        ]
    if not kept:
        return block("references")
    note = sign_notes(wording, shown, language.text("note_references"), language.text("note_sides"))
    return block(
        "references",
        heading(language.text("references_over_head")),
        *parts,
        figure_notes(language, note=note, source=source_text(wording)),
        _sources(page, kept),
    )


def _named(page: Page, side: str, figures: Sequence[ReleasedFigure]) -> Sentence:
    """The products whose results stand on one side of a reference, the highest first."""
    ranked = sorted(figures, key=lambda one: -one.shown_value)
    named = [
        page.language.text(
            "segment_named",
            segment=page.study.directorate(str(one.directorate)).acronym,
            value=page.wording.formats.flagged_value(one),
        )
        for one in ranked
    ]
    return page.wording.said(f"products_{side}", ranked, products=page.language.listing(named))


def _measured(page: Page, reference: Reference, directorate: Directorate) -> ReleasedFigure | None:
    """A directorate's result that a reference may stand beside; None where it compares with none,
    or the result is not there.
    """
    if not reference.is_about(directorate.id) or _differences(page, reference, directorate):
        return None
    return page.figures.find(
        "estimates",
        directorate=directorate.id,
        wave=page.wave.id,
        breakdown=TOTAL,
        indicator=reference.indicator,
        definition=reference.definition,
    )


def apart(page: Page) -> Block:
    """What others published and is compared in no directorate, and why: first of the same things,
    then of others. Nothing where there is none.
    """
    return block("references", *_not_compared(page), *_context(page))


def _not_compared(page: Page) -> list[Part]:
    """The references that are not compared in any directorate, each with the reasons that hold in
    all of them, if any does; nothing where all are compared.
    """
    language, wording = page.language, page.wording
    found: list[tuple[Reference, tuple[Difference, ...]]] = []
    for reference in page.study.references:
        per_directorate = [
            _differences(page, reference, directorate)
            for directorate in page.study.directorates
            if reference.is_about(directorate.id)
        ]
        if all(per_directorate):
            reasons = list(dict.fromkeys(one for reasons in per_directorate for one in reasons))
            common = [
                one for one in reasons if all(one in reasons_of for reasons_of in per_directorate)
            ]
            found.append((reference, tuple(common or reasons)))
    if not found:
        return []
    definitions = [page.study.definition(reference.definition) for reference, _ in found]
    columns = {
        language.text("column_reference"): [
            reference_title(wording, reference) for reference, _ in found
        ],
        language.text("column_counts"): [
            upper_first(language.typeset(definition.label)) for definition in definitions
        ],
        language.text("column_population"): [
            asked_of(wording, reference) for reference, _ in found
        ],
        language.text("column_elsewhere"): [
            reference_value(wording, reference) for reference, _ in found
        ],
        language.text("column_reason"): [reason_apart(wording, reasons) for _, reasons in found],
        language.text("column_confidence"): _confidence(
            page, [reference for reference, _ in found]
        ),
    }
    return [
        heading(language.text("references_apart_head")),
        table(
            "references",
            columns=columns,
            caption=language.text("caption_references_apart"),
            numeric=[language.text("column_elsewhere")],
        ),
        _sources(page, [reference for reference, _ in found]),
    ]


def _context(page: Page) -> list[Part]:
    """What others published of other things; nothing where the study gives none."""
    language, wording, found = page.language, page.wording, page.study.context
    if not found:
        return []
    columns = {
        language.text("column_reference"): [reference_title(wording, one) for one in found],
        language.text("column_counts"): [
            upper_first(language.typeset(one.counts)) for one in found
        ],
        language.text("column_population"): [asked_of(wording, one) for one in found],
        language.text("column_elsewhere"): [context_value(wording, one) for one in found],
        language.text("column_context_reason"): [
            upper_first(language.typeset(one.reason)) for one in found
        ],
        language.text("column_confidence"): _confidence(page, found),
    }
    return [
        heading(language.text("context_head"), anchor="context"),
        table(
            "context",
            columns=columns,
            caption=language.text("caption_context"),
            numeric=[language.text("column_elsewhere")],
        ),
        paragraph(language.text("note_context")),
        _sources(page, found),
    ]


def _confidence(page: Page, references: Sequence[Published]) -> list[str]:
    """Whence the value of each reference is known, in words."""
    return [upper_first(page.language.text(f"confidence_{one.confidence}")) for one in references]


def _differences(
    page: Page, reference: Reference, directorate: Directorate
) -> tuple[Difference, ...]:
    """In what a reference is another measure than a directorate's."""
    study = page.study
    indicator = study.indicator(reference.indicator)
    return reference.differences(
        indicator,
        study.item(indicator.item),
        study.scale(indicator.item),
        study.reference_channels(directorate.id),
    )


def _sources(page: Page, references: Sequence[Published]) -> Part:
    """Where references were published: each source once, after the first that stands there."""
    typeset = page.language.typeset
    first: dict[tuple[str, str | None], Published] = {}
    for reference in references:
        first.setdefault((reference.source, reference.address), reference)
    return fact_list(
        page.language,
        {
            typeset(reference.label): typeset(source)
            if address is None
            else Link(typeset(source), address)
            for (source, address), reference in first.items()
        },
    )
