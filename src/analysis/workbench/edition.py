"""An edition's page, opened by a publication notebook: it can only read what was released."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from analysis.errors import ScopeError
from analysis.publishing.blocks import Block
from analysis.publishing.pages import method, results, sites
from analysis.publishing.wording.language import Language
from analysis.publishing.wording.sentences import Voice
from analysis.storage import Collection, Released, read_table
from analysis.study import Directorate, Workspace, open_study


@dataclass(frozen=True)
class EditionPage:
    """The sections a page may show; each is a `Block` of Markdown.

    Attributes:
        voice: Study, language, wave and released figures.
        collection: `storage.Collection`, released.
        directorate: The directorate of the page, where it has one.
        folder: Where its figures are written.

    """

    voice: Voice
    collection: pl.DataFrame
    directorate: Directorate | None
    folder: Path

    def banner(self) -> Block:
        return results.banner(self.voice)

    def summary(self) -> Block:
        return results.summary(self.voice)

    def overview(self) -> Block:
        return results.overview(self.voice, self._directorate(), self.folder)

    def headline(self) -> Block:
        return results.headline(self.voice, self._directorate())

    def trend(self) -> Block:
        return results.trend(self.voice, self._directorate(), self.folder)

    def trends(self) -> Block:
        """The trend of every directorate."""
        return Block(
            "\n\n".join(
                results.trend(self.voice, one, self.folder, titled=True).markdown
                for one in self.voice.study.directorates
            )
        )

    def channels(self) -> Block:
        return results.channels(self.voice, self._directorate())

    def profiles(self) -> Block:
        return results.profiles(self.voice, self._directorate())

    def sites(self) -> Block:
        return sites.sites(self.voice, self._directorate(), self.folder)

    def collected(self) -> Block:
        return method.collected(self.voice, self.collection)

    def weighting(self) -> Block:
        return method.weighting(self.voice, self.collection)

    def reading_guide(self) -> Block:
        return method.reading_guide(self.voice)

    def privacy(self) -> Block:
        return method.privacy(self.voice)

    def _directorate(self) -> Directorate:
        if self.directorate is None:
            raise ScopeError(
                "This page is about no directorate.",
                hint="open it with one: open_edition(study, wave=wave, directorate=directorate).",
            )
        return self.directorate


def open_edition(study: str, *, wave: str, directorate: str | None = None) -> EditionPage:
    """Opens a page of the edition of a wave, for the public.

    Raises:
        ScopeError: no such study, wave or directorate.
        NotReadyError: nothing has been released for this wave.

    """
    workspace = Workspace.find(Path.cwd())
    loaded = open_study(workspace, study).seen_on_pages(wave)
    period = loaded.wave(wave)
    folder = workspace.processed(loaded.id, "released") / f"wave={period.id}"
    hint = f"`observatoire publish {study} --wave {wave}` releases figures."
    released = read_table(folder / "public.parquet", Released, hint=hint)
    gathered = read_table(folder / "collection.parquet", Collection, hint=hint)
    voice = Voice(loaded, Language.of(loaded.language), period, released)
    return EditionPage(
        voice, gathered, loaded.directorate(directorate) if directorate else None, Path.cwd()
    )
