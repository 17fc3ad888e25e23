"""What every section of a page starts from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from matplotlib.axes import Axes

from analysis.errors import ScopeError
from analysis.publishing import charts
from analysis.publishing.blocks import IMAGES_FOLDER, Block, Part, block
from analysis.publishing.blocks import image as figure_part
from analysis.publishing.edition import Edition
from analysis.publishing.imported import ImportedFigures
from analysis.publishing.released import ReleasedFigures
from analysis.publishing.sheets import Height
from analysis.publishing.wording.language import Language
from analysis.publishing.wording.sentences import Sentence, Wording
from analysis.study import Directorate, Study, Wave


@dataclass(frozen=True)
class Page:
    """A page of an edition. Sections are functions of it; they show released figures only.

    Attributes:
        study, wave: What the edition is about.
        figures: The released figures of the edition.
        wording: How they are said.
        open_directorate: The directorate of the page, where it has one.
        folder: Where its images are written.
        edition: Which edition it is a page of; None of one that is not.
        imported: The figures of other bodies, on the page that compares; None elsewhere.

    """

    study: Study
    wave: Wave
    figures: ReleasedFigures
    wording: Wording
    open_directorate: Directorate | None
    folder: Path
    edition: Edition | None = None
    imported: ImportedFigures | None = None

    @property
    def language(self) -> Language:
        """How numbers and phrases are written."""
        return self.wording.language

    @property
    def directorate(self) -> Directorate:
        """The directorate that the page is about.

        Raises:
            ScopeError: it is about none.

        """
        if self.open_directorate is None:
            raise ScopeError(
                "This page is about no directorate.",
                hint="open it with one: open_edition(study, wave=wave, directorate=directorate).",
            )
        return self.open_directorate

    @property
    def image_mark(self) -> str | None:
        """The mention inside an image made from simulated data."""
        imported = self.imported is not None and self.imported.simulated
        simulated = self.figures.simulated or imported
        return self.language.text("simulated_mark") if simulated else None

    def chart(
        self,
        name: str,
        draw: Callable[[Axes], None],
        *,
        alt: str,
        caption: str,
        height: float = 3.0,
    ) -> Block:
        """A chart drawn by hand, as a block of the page.

        Args:
            name: Of the image, unique in the edition: small letters, digits and hyphens.
            draw: Draws on the axes it is given; colours and fonts are those of the edition.
            alt: What the figure shows, in words, with the number that matters.
            caption: Under it.
            height: In inches.

        >>> page.chart("mine", lambda axes: axes.plot([1, 2]), alt="…", caption="…")
        ... # doctest: +SKIP

        """
        return block(
            name, self.chart_part(name, draw, alt=alt, caption=caption, height=lambda _: height)
        )

    def chart_part(
        self,
        name: str,
        draw: Callable[[Axes], None],
        *,
        alt: str | Sentence,
        caption: str,
        height: Height,
    ) -> Part:
        """A chart as a part of a block; arguments as `chart`, its height being that of a sheet."""
        images = self.folder / IMAGES_FOLDER
        described = alt.text if isinstance(alt, Sentence) else alt
        charts.save(
            images,
            name,
            title=caption,
            description=described,
            height=height,
            mark=self.image_mark,
            draw=draw,
        )
        svg = (images / f"{name}.svg").read_text(encoding="utf-8")
        return figure_part(name, alt=alt, caption=caption, svg=svg)
