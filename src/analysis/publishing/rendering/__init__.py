"""From an edition's project to pages: Quarto where it is found, the embedded renderer otherwise, by one interface."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Protocol

from analysis.publishing.rendering.embedded import EmbeddedRenderer
from analysis.publishing.rendering.quarto import QuartoRenderer

__all__ = ["EmbeddedRenderer", "QuartoRenderer", "Renderer", "find_renderer"]


class Renderer(Protocol):
    """Renders a Quarto website project whose notebooks are executed already."""

    @property
    def name(self) -> str:
        """Name and version: an edition's manifest records it."""
        ...

    def render(self, project: Path, *, epoch: int) -> None:
        """Writes `_site/` in the project: HTML, PDF and DOCX of each page. `epoch` dates them, in seconds."""
        ...


def find_renderer() -> Renderer:
    """Quarto when it is on the PATH, else the embedded renderer."""
    quarto = shutil.which("quarto")
    return QuartoRenderer(Path(quarto)) if quarto else EmbeddedRenderer()
