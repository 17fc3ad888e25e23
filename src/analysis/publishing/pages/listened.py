"""What the first page says of devices that listen, with the way to the page that says more."""

from __future__ import annotations

from analysis.publishing.blocks import (
    Block,
    Link,
    Part,
    block,
    heading,
    link_line,
    paragraph,
)
from analysis.publishing.pages import convergence, flows, observatory
from analysis.publishing.pages.page import Page
from analysis.publishing.pages.practices import OBSERVATORY, published_elsewhere


def findings(page: Page) -> Block:
    """What goes badly by any device, what nobody hears, where devices contradict each other, what
    is to be looked at, which counts broke, who is asked twice; nothing where the study declares no
    device.
    """
    if page.study.listening is None:
        return block("listened")
    text = page.language.text
    broken = flows.broken(page)
    told: list[Part] = [
        paragraph(convergence.bad_head(page)),
        *observatory.named(page, convergence.going_badly(page)),
        paragraph(observatory.coverage_head(page)),
        *observatory.named(page, observatory.moments(page, "silent")),
        *observatory.thin(page),
        *observatory.unread(page),
        paragraph(convergence.contradictions_head(page)),
        *observatory.named(page, convergence.contradictory(page)),
        paragraph(convergence.signals_head(page)),
        *observatory.named(page, convergence.to_look_at(page)),
        paragraph(flows.breaks_head(page, broken)),
        *observatory.named(
            page, [(product.id, flow.name(page.language)) for product, flow, _ in broken]
        ),
        paragraph(observatory.collisions_head(page)),
    ]
    links = [Link(text("listened_more"), f"{OBSERVATORY}.html"), *published_elsewhere(page)]
    return block("listened", heading(text("listened_head")), *told, link_line(links))
