"""How the users of a product are heard: what devices count, what was seen in tests, what they all
say together, and what each can tell.
"""

from __future__ import annotations

from analysis.publishing.blocks import Block, block
from analysis.publishing.pages import convergence, flows, observatory
from analysis.publishing.pages.page import Page


def listening(page: Page) -> Block:
    """All of it, as one section; nothing where the study declares no device of the product."""
    sections = (
        flows.flows(page),
        convergence.observations(page),
        convergence.together(page),
        observatory.devices(page),
    )
    return block("listening", *(part for section in sections for part in section.parts))
