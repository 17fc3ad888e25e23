"""What the first page says of devices that listen, with the way to the page that says more."""

from __future__ import annotations

from analysis.publishing.blocks import Block, Link, block, heading, link_line, paragraph
from analysis.publishing.pages import convergence, observatory
from analysis.publishing.pages.page import Page
from analysis.publishing.pages.practices import OBSERVATORY


def findings(page: Page) -> Block:
    """What nobody hears, where devices contradict each other, what is to be looked at, who is asked
    twice; nothing where the study declares no device.
    """
    if page.study.listening is None:
        return block("listened")
    text = page.language.text
    told = (
        observatory.coverage_head(page),
        convergence.contradictions_head(page),
        convergence.signals_head(page),
        observatory.collisions_head(page),
    )
    return block(
        "listened",
        heading(text("listened_head")),
        *(paragraph(one) for one in told),
        link_line([Link(text("listened_more"), f"{OBSERVATORY}.html")]),
    )
