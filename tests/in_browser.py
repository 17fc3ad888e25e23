"""What a browser finds wrong in a page, at the widths of a phone, a tablet and a screen, in light
and in dark."""

from __future__ import annotations

from typing import Any

WIDTHS = (320, 768, 1280)

FAULTS_ALONE = {"resultTypes": ["violations"]}
"""Of what passes, axe then lists one element a rule: the same faults, in less than half of the
time."""


def accessibility_faults(page: Any) -> list[tuple[str, str]]:
    """The rules of axe that a page breaks, each with the first element that breaks it."""
    from axe_core_python.sync_playwright import Axe

    violations = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 640})
            violations += Axe().run(page, options=FAULTS_ALONE)["violations"]
    return [(one["id"], one["nodes"][0]["html"][:120]) for one in violations]
