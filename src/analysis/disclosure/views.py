"""The internal view: what an analyst sees of figures that have not been released, marked so that no
page takes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

INTERNAL_MARK = "observatoire-internal-view"
"""Stands in every output of an internal view; every renderer refuses a notebook that holds it."""

WATERMARK = "Vue interne – ne pas diffuser"


@dataclass(frozen=True)
class InternalView:
    """HTML (a table, an SVG figure) under the watermark of the internal view."""

    html: str

    def _repr_mimebundle_(self, **_: object) -> tuple[dict[str, str], dict[str, str]]:
        html = (
            f'<div class="{INTERNAL_MARK}" style="border-left:6px solid #b34000;padding:.3em .8em">'
            '<p style="color:#b34000;margin:.2em 0">'
            f"<strong>{escape(WATERMARK)}</strong></p>{self.html}</div>"
        )
        return {"text/html": html, "text/plain": f"{WATERMARK} [{INTERNAL_MARK}]"}, {}
