"""From an edition's project to pages: Quarto where it is found, the embedded renderer otherwise, by
one interface.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from analysis.publishing.rendering.embedded import EmbeddedRenderer
from analysis.publishing.rendering.quarto import OLDEST, QuartoRenderer

__all__ = ["EmbeddedRenderer", "QuartoRenderer", "Renderer", "find_renderer"]


class Renderer(Protocol):
    """Renders a Quarto website project whose notebooks are executed already."""

    @property
    def name(self) -> str:
        """Name and version: an edition's manifest records it."""
        ...

    def render(self, project: Path, *, epoch: int) -> None:
        """Writes `_site/` in the project: HTML, PDF and DOCX of each page. `epoch` dates them, in
        seconds.
        """
        ...


def find_renderer(tell: Callable[[str], None]) -> Renderer:
    """Quarto when it is on the PATH and recent enough, else the embedded renderer.

    Args:
        tell: Is told why a Quarto that is there is not used.

    """
    found = shutil.which("quarto")
    if found is None:
        return EmbeddedRenderer()
    quarto = QuartoRenderer(Path(found))
    if quarto.version >= OLDEST:
        return quarto
    oldest = ".".join(map(str, OLDEST))
    tell(
        f"{quarto.name} is older than {oldest}, which PDF/A and PDF/UA need: the embedded renderer "
        "is used"
    )
    return EmbeddedRenderer()
