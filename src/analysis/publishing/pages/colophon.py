"""Who publishes an edition, about whom and from when it is: a line at the head of each page, the
rest at its foot.
"""

from __future__ import annotations

from analysis.publishing.arrangement import are_many
from analysis.publishing.blocks import (
    Block,
    Fact,
    Link,
    Part,
    block,
    callout,
    fact_line,
    fact_list,
    heading,
    lead,
)
from analysis.publishing.pages.department import department_address
from analysis.publishing.pages.page import Page
from analysis.publishing.wording.identity import (
    answers_by_directorate,
    collected,
    next_edition,
    participation,
)
from analysis.publishing.wording.sentences import Sentence
from analysis.study import Claim, Directorate

METHOD = "methode"
"""The file of the page on method, as the plan of the notebooks names it."""

IN_SHORT = ("next", "contact", "address", "licence", "method")
"""What is said where there is little room."""


def head(page: Page, *, answers_elsewhere: bool = False) -> Block:
    """Who speaks, when it was collected, how many answered: one line. Where the page's title names
    no directorate, the line names each in full, with its short name, before any table does; unless
    `answers_elsewhere` on the page, beside these names.
    """
    wording = page.wording
    publisher = page.language.typeset(page.study.publisher)
    answers = None
    if not answers_elsewhere and not _about_many(page):
        answers = answers_by_directorate(
            wording, page.figures, _directorates(page), named=page.open_directorate is None
        )
    parts = [publisher, collected(wording), *([answers.text] if answers else [])]
    text = " ".join(f"{part.rstrip('.')}." for part in parts)
    line = lead(text, *([answers] if answers else []))
    notice = correction_notice(page) if _corrects(page) else None
    return block("head", notice, line, _way_up(page))


def _way_up(page: Page) -> Part | None:
    """The way from a product's page to that of its department; None where it has none."""
    unit = page.open_directorate
    if unit is None or unit.parent is None:
        return None
    department = page.study.directorate(unit.parent)
    link = Link(page.language.typeset(department.label), department_address(department))
    return fact_line(page.language, {page.language.text("fact_department"): link})


def _corrects(page: Page) -> bool:
    return page.edition is not None and page.edition.supersedes is not None


def correction_notice(page: Page) -> Part:
    """That an edition corrects another, which, and why."""
    edition, text = page.edition, page.language.text
    assert edition is not None and edition.supersedes is not None
    said = text(
        "corrected_text",
        version=edition.supersedes,
        reason=page.language.typeset(edition.reason).rstrip("."),
        signer=page.language.typeset(edition.signer),
    )
    return callout(text("corrected_title"), said, kind="note")


def foot(page: Page) -> Block:
    """What a reader may want to know of the edition and of who answers for it."""
    language = page.language
    named = {language.text(f"fact_{name}"): fact for name, fact in _facts(page).items()}
    return block("about", heading(language.text("about_head")), fact_list(language, named))


def foot_in_short(page: Page) -> Block:
    """The same where there is little room, in a line; the page on method, which it leads to, says
    the rest.
    """
    language, facts = page.language, _facts(page)
    facts["method"] = Link(language.text("method_page_rest"), f"{METHOD}.html")
    named = {language.text(f"fact_{name}"): facts[name] for name in IN_SHORT}
    return block("about", fact_line(language, named))


def _facts(page: Page) -> dict[str, Fact]:
    """What is known of an edition and of who answers for it, in the order of reading."""
    study, language, wording = page.study, page.language, page.wording
    address = study.contact_address
    return {
        "publisher": language.typeset(study.publisher),
        "mission": language.typeset(study.mission or ""),
        "population": _population(page),
        "field": language.period(page.wave.start, page.wave.end),
        "answers": _participation(page),
        "next": next_edition(wording),
        "contact": language.typeset(study.contact or ""),
        "address": Link(address, address if "://" in address else f"mailto:{address}")
        if address
        else None,
        "site": Link(study.landing_page, study.landing_page) if study.landing_page else None,
        "method": Link(language.text("method_page"), f"{METHOD}.html"),
        "accessibility": language.typeset(
            study.accessibility or language.text("accessibility_unaudited")
        ),
        "legal": language.typeset(study.legal_notice or ""),
        "licence": language.text("licence_name", licence=language.typeset(page.study.licence.name)),
    }


def _about_many(page: Page) -> bool:
    """Whether a page is about more units than can be named one by one: their answers are counted in
    a table on the page of method.
    """
    return page.open_directorate is None and are_many(page.study)


def _directorates(page: Page) -> list[Directorate]:
    """The directorates that a page is about: its own, or all of the study."""
    own = page.open_directorate
    return list(page.study.directorates) if own is None else [own]


def _population(page: Page) -> str:
    """Whom the results of a page are about, in the study's words."""
    claims = {
        channel.claim
        for directorate in _directorates(page)
        for channel in page.study.reference_channels(directorate.id)
    }
    people = [page.wording.people(claim) for claim in Claim if claim in claims]
    return page.language.listing(people)


def _participation(page: Page) -> Sentence | None:
    """How many answered, of how many, in each directorate of a page."""
    if _about_many(page):
        return None
    several = len(_directorates(page)) > 1
    said = [
        sentence
        for directorate in _directorates(page)
        if (sentence := participation(page.wording, page.figures, directorate, named=several))
    ]
    if not said:
        return None
    fewer = page.language.text("answers_fewer")
    return Sentence(
        text=" ".join([*(f"{sentence.text}." for sentence in said), fewer]),
        rule="+".join(dict.fromkeys(sentence.rule for sentence in said)),
        figures=tuple(key for sentence in said for key in sentence.figures),
    )
