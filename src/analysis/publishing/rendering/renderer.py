"""Which renderer makes the pages of an edition: Quarto where it is found, else the embedded one,
by one interface.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from analysis.errors import RenderingError
from analysis.publishing.rendering.embedded import EmbeddedRenderer
from analysis.publishing.rendering.quarto import OLDEST, QuartoRenderer
from analysis.study.kinds import RendererName


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


def find_renderer(
    tell: Callable[[str], None], wanted: RendererName | None = None, *, kept: Path | None = None
) -> Renderer:
    """The renderer that is wanted; by default, Quarto when it is on the PATH and recent enough,
    else the embedded one.

    Args:
        tell: Is told why a Quarto that is there is not used.
        wanted: Which one.
        kept: Where the embedded one keeps pages.

    Raises:
        RenderingError: Quarto is wanted, and is not there or too old.

    """
    found = shutil.which("quarto")
    if wanted == "embedded" or (found is None and wanted is None):
        return EmbeddedRenderer(kept)
    if found is None:
        raise RenderingError(
            "Quarto is not on the PATH.",
            where="--renderer quarto",
            hint="install it, or leave the choice to the command.",
        )
    quarto = QuartoRenderer(Path(found))
    if quarto.version >= OLDEST:
        return quarto
    oldest = ".".join(map(str, OLDEST))
    old = f"{quarto.name} is older than {oldest}, which PDF/A and PDF/UA need"
    if wanted is not None:
        raise RenderingError(f"{old}.", where=found, hint="install a later one.")
    tell(f"{old}: the embedded renderer is used")
    return EmbeddedRenderer(kept)


def name_of(renderer: str) -> RendererName:
    """Which renderer a manifest names."""
    return "quarto" if renderer.startswith("quarto") else "embedded"
