"""What weakens the results: on the first screen of each page, in full on that of method."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.publishing.blocks import Block, Part, block, callout
from analysis.publishing.pages.page import Page
from analysis.publishing.wording.quality import flag_sentence, flag_sentences, flags_of
from analysis.publishing.wording.sentences import Sentence, upper_first

MOST_ON_FIRST_SCREEN = 3


def weaknesses(page: Page) -> Block:
    """That the edition is provisional, and the gravest of what weakens the page's results; nothing
    where nothing does.
    """
    sentences = _sentences(page)
    shown = sentences[:MOST_ON_FIRST_SCREEN]
    left = len(sentences) - len(shown)
    if left == 1:
        shown.append(page.wording.said("quality_more_one"))
    elif left:
        count = upper_first(page.language.count(left))
        shown.append(page.wording.said("quality_more_n", count=count))
    return _block(page, shown)


def in_full(page: Page) -> Block:
    """That the edition is provisional, and all that weakens the results of the wave."""
    return _block(page, _sentences(page))


def _block(page: Page, sentences: Sequence[Sentence]) -> Block:
    title = page.language.text("quality_title")
    box = callout(title, *sentences) if sentences else None
    return block("quality", _provisional(page), box)


def _sentences(page: Page) -> list[Sentence]:
    """What weakens the results that the page shows, gravest first."""
    unit = page.open_directorate
    found = flags_of(page.figures, page.wording, directorate=unit.id if unit else None)
    if unit is None and len(page.study.directorates) > 1:
        return flag_sentences(page.wording, found)
    return [flag_sentence(page.wording, flags) for flags in found]


def _provisional(page: Page) -> Part | None:
    """That the field was not over, or that answers are still awaited."""
    if not page.wording.provisional:
        return None
    language, wave = page.language, page.wave
    said = page.wording.said(
        "provisional_text", end=language.day(wave.end), day=language.day(wave.publication)
    )
    return callout(language.text("provisional_title"), said)
