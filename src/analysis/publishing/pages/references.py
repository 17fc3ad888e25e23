"""The sections on what others published: beside a result where it is comparable, and why not
elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence

from analysis.publishing.blocks import (
    Block,
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
from analysis.publishing.wording.formats import same_measure
from analysis.publishing.wording.identity import (
    asked_of,
    context_value,
    reason_apart,
    reference_title,
    reference_value,
)
from analysis.publishing.wording.sentences import (
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
    pairs: list[tuple[Reference, ReleasedFigure]] = []
    for reference in page.study.references:
        if not reference.is_about(page.directorate.id) or _differences(
            page, reference, page.directorate
        ):
            continue
        figure = page.figures.find(
            "estimates",
            directorate=page.directorate.id,
            wave=page.wave.id,
            breakdown=TOTAL,
            indicator=reference.indicator,
            definition=reference.definition,
        )
        if figure is not None:
            pairs.append((reference, figure))
    if not pairs:
        return block("references")
    figures = [figure for _, figure in pairs]
    write = wording.formats.value if same_measure(figures) else wording.formats.with_unit
    columns = {
        language.text("column_indicator"): [
            wording.indicator(page.study.indicator(figure.indicator)) for figure in figures
        ],
        language.text("column_here"): [write(figure) for figure in figures],
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


def apart(page: Page) -> Block:
    """What others published and is compared in no directorate, and why: first of the same things,
    then of others. Nothing where there is none.
    """
    return block("references", *_not_compared(page), *_context(page))


def _not_compared(page: Page) -> list[Part]:
    """The references that are not compared in any directorate; nothing where all are."""
    language, wording = page.language, page.wording
    found: list[tuple[Reference, tuple[Difference, ...]]] = []
    for reference in page.study.references:
        per_directorate = [
            _differences(page, reference, directorate)
            for directorate in page.study.directorates
            if reference.is_about(directorate.id)
        ]
        if all(per_directorate):
            reasons = dict.fromkeys(reason for reasons in per_directorate for reason in reasons)
            found.append((reference, tuple(reasons)))
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
