"""An edition's page, opened by a publication notebook: it can only read what was released."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from analysis.publishing.edition import read_note
from analysis.publishing.imported import ImportedFigures
from analysis.publishing.pages.page import Page
from analysis.publishing.released import ReleasedFigures
from analysis.publishing.wording.language import Language
from analysis.publishing.wording.sentences import Wording
from analysis.storage import Imported, Released, read_table
from analysis.study import Workspace, open_study
from analysis.study.kinds import LanguageCode


def open_edition(
    study: str, *, wave: str, directorate: str | None = None, language: LanguageCode | None = None
) -> Page:
    """Opens a page of the edition of a wave, for the public.

    Args:
        study: Identifier, as in `params/`.
        wave: Whose edition it is.
        directorate: Of a page that is about one.
        language: One of the study's; its main one by default.

    Raises:
        ScopeError: no such study, wave, directorate or language.
        NotReadyError: nothing has been released for this wave.

    """
    workspace = Workspace.find(Path.cwd())
    seen = open_study(workspace, study).for_pages(wave)
    loaded = seen.in_language(language or seen.language)
    period = loaded.wave(wave)
    hint = f"`observatoire publish {study} --wave {wave}` releases figures."
    released = read_table(workspace.released(loaded.id, period.id), Released, hint=hint)
    edition = read_note(workspace.released(loaded.id, period.id), period)
    return Page(
        study=loaded,
        wave=period,
        figures=ReleasedFigures(released, loaded),
        wording=Wording(
            loaded,
            Language.of(loaded.language),
            period,
            published=edition.published,
            provisional=edition.provisional,
        ),
        open_directorate=loaded.directorate(directorate) if directorate else None,
        folder=_images_folder(workspace, loaded.id),
        edition=edition,
    )


def open_comparison(study: str, *, wave: str, language: LanguageCode | None = None) -> Page:
    """Opens the page of the edition of a wave that shows the figures of other bodies beside its
    own; arguments and errors as `open_edition`.

    Raises:
        NotReadyError: no edition of another body was imported.

    """
    page = open_edition(study, wave=wave, language=language)
    path = Workspace.find(Path.cwd()).compared(page.study.id, page.wave.id)
    hint = "`observatoire exchange import FOLDER` imports the edition of another body."
    return replace(page, imported=ImportedFigures(read_table(path, Imported, hint=hint)))


def _images_folder(workspace: Workspace, study: str) -> Path:
    """Where a page's images go: beside its notebook where a publication runs it, else aside, so
    that a person who runs one in JupyterLab leaves nothing among the notebooks.
    """
    current = Path.cwd()
    return current if current.is_relative_to(workspace.runs(study)) else workspace.notes / "preview"
