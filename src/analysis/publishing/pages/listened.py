"""What the first page says of devices that listen, with the way to the page that says more."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.publishing.blocks import (
    Block,
    Fact,
    Link,
    Part,
    block,
    fact_list,
    heading,
    link_line,
    paragraph,
)
from analysis.publishing.pages import convergence, flows, observatory
from analysis.publishing.pages.page import Page
from analysis.publishing.pages.practices import OBSERVATORY, published_elsewhere
from analysis.publishing.wording.sentences import upper_first

MOST_NAMED = 8
"""Points that the first page names: of more, it says how many."""


def findings(page: Page) -> Block:
    """What nobody hears, where devices contradict each other, what is to be looked at, which counts
    broke, who is asked twice; nothing where the study declares no device.
    """
    if page.study.listening is None:
        return block("listened")
    text = page.language.text
    broken = flows.broken(page)
    told: list[Part] = [
        paragraph(observatory.coverage_head(page)),
        *observatory.thin(page),
        *observatory.unread(page),
        paragraph(convergence.contradictions_head(page)),
        *_named(page, convergence.contradictory(page)),
        paragraph(convergence.signals_head(page)),
        *_named(page, convergence.to_look_at(page)),
        paragraph(flows.breaks_head(page, broken)),
        *_named(page, [(product.id, flow.name(page.language)) for product, flow, _ in broken]),
        paragraph(observatory.collisions_head(page)),
    ]
    links = [Link(text("listened_more"), f"{OBSERVATORY}.html"), *published_elsewhere(page)]
    return block("listened", heading(text("listened_head")), *told, link_line(links))


def _named(page: Page, found: Sequence[tuple[str, str]]) -> list[Part]:
    """Products, each with what it is about; nothing where there are more than a reader looks
    through.
    """
    if not 0 < len(found) <= MOST_NAMED:
        return []
    about: dict[str, list[str]] = {}
    for product, what in found:
        name = page.study.directorate(product).acronym
        about.setdefault(name, []).append(upper_first(what))
    facts: dict[str, Fact] = {
        name: page.language.series(list(dict.fromkeys(whats))) for name, whats in about.items()
    }
    return [fact_list(page.language, facts)]
