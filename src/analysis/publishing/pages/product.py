"""Who the users of a product are, and how they are heard: what devices count, what was seen in
tests, what they all say together, and what each can tell.
"""

from __future__ import annotations

from collections.abc import Sequence

from analysis.publishing.blocks import Block, Fact, Link, block, fact_list, heading, link_line
from analysis.publishing.pages import audiences, convergence, flows, observatory, segments, sessions
from analysis.publishing.pages.page import Page
from analysis.publishing.pages.tables import told_levels
from analysis.publishing.released import ReleasedFigure, visible
from analysis.publishing.wording.sentences import Sentence, range_text, weakest_claim


def users(page: Page) -> Block:
    """All of it, as one section; nothing where the study declares neither profiles nor a device of
    the product.
    """
    sections = (
        who(page),
        flows.flows(page),
        sessions.observations(page),
        convergence.together(page),
        observatory.devices(page),
    )
    return block("users", *(part for section in sections for part in section.parts))


def who(page: Page) -> Block:
    """Who they are, a line per question, then per model; nothing where nothing of it is shown."""
    if page.study.profiles is None:
        return block("who")
    text, typeset = page.language.text, page.language.typeset
    asked = {item: _answers(page, item) for item in page.study.profiles.items}
    found = {
        **{typeset(page.study.item(item).short): one for item, one in asked.items()},
        text("who_groups"): _groups(page),
        text("who_far"): _far(page),
    }
    lines: dict[str, Fact] = {name: one for name, one in found.items() if one is not None}
    if not lines:
        return block("who")
    figures = page.figures.select("profiles", directorate=page.directorate.id, wave=page.wave.id)
    people = page.wording.people(weakest_claim(visible(figures)))
    return block(
        "who",
        heading(text("who_head", people=people)),
        fact_list(page.language, lines),
        link_line([Link(text("who_more"), f"{audiences.PAGE}.html")]),
    )


def _answers(page: Page, item: str) -> Sentence | None:
    """The answers to a question, the most frequent first; those that are rare together."""
    shares = {
        one.definition: one
        for one in visible(
            page.figures.select(
                "profiles", directorate=page.directorate.id, wave=page.wave.id, item=item
            )
        )
    }
    told = [
        (page.wording.answers_named(item, *part.levels), part.figure)
        for part in told_levels(page.study.scale(item).codes, shares)
        if part.figure is not None
    ]
    return _shares(page, told)


def _groups(page: Page) -> Sentence | None:
    """The groups that its users fall into, the largest first."""
    found = visible(segments.shares(page, page.directorate.id))
    named = [(page.language.quoted(segments.name(page, one)), one) for one in found]
    return _shares(page, named)


def _far(page: Page) -> Sentence | None:
    """How many are far from digital services."""
    declared = page.study.profiles.far_from_digital if page.study.profiles else None
    if declared is None:
        return None
    figure = page.figures.find(
        "profiles",
        directorate=page.directorate.id,
        wave=page.wave.id,
        item=declared.item,
        definition=audiences.far_definition(page, declared),
    )
    if figure is None or figure.hidden:
        return None
    formats = page.wording.formats
    bounds = range_text(page.wording, figure, formats.interval(figure))
    return page.wording.said("who_far_share", [figure], value=formats.value(figure), range=bounds)


def _shares(page: Page, told: Sequence[tuple[str, ReleasedFigure]]) -> Sentence | None:
    """Some named shares in a line, the largest first; None of none."""
    if not told:
        return None
    ranked = sorted(told, key=lambda one: -one[1].shown_value)
    value = page.wording.formats.value
    named = [
        page.language.text("segment_named", segment=name, value=value(one)) for name, one in ranked
    ]
    figures = [one for _, one in ranked]
    return page.wording.said("who_answers", figures, segments=page.language.listing(named))
