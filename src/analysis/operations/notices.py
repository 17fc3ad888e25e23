"""Pages that stand over editions, and what stands where one was withdrawn."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from analysis.editions.catalogue import EditionState
from analysis.editions.catalogue_page import CataloguePage
from analysis.editions.manifest import MANIFEST, read_manifest
from analysis.operations.context import Context
from analysis.publishing import fonts
from analysis.publishing.blocks import Part, escape_markdown
from analysis.publishing.rendering.embedded import render_alone
from analysis.publishing.wording.language import Language
from analysis.study.disk import writing
from analysis.study.files import FOLDER, open_to_readers
from analysis.study.languages import without_marks

THEME = "theme"
SITE = "_site"
TOMBSTONE = "withdrawn.json"
"""What says, in the place of an edition that was withdrawn, when and why."""


def epoch_of(day: date) -> int:
    """Midnight UTC of a day, in seconds."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


def copy_theme(context: Context, root: Path) -> None:
    """The theme of pages and their fonts, in a folder of them."""
    shutil.copytree(context.workspace.reports / THEME, root / THEME, dirs_exist_ok=True)
    fonts.write_web_fonts(root / THEME)


def leave_tombstones(context: Context, editions: Sequence[EditionState]) -> None:
    """Puts a tombstone in the place of each edition that was withdrawn, where none stands yet."""
    page = CataloguePage(context.study, editions)
    for edition in editions:
        place = context.workspace.editions(context.study.id, edition.wave) / edition.version.folder
        if edition.withdrawn is None or place.exists():
            continue
        with (
            writing("the tombstone", place.parent),
            tempfile.TemporaryDirectory(dir=place.parent, prefix=FOLDER) as temporary,
        ):
            built = Path(temporary) / "tombstone"
            (built / SITE).mkdir(parents=True)
            copy_theme(context, built / SITE)
            write_tombstone(context, page, edition, built / SITE, root=built / SITE, pages={})
            text = edition.withdrawn.model_dump_json(indent=1) + "\n"
            (built / TOMBSTONE).write_text(text, encoding="utf-8")
            open_to_readers(built)
            built.rename(place)


def write_tombstone(
    context: Context,
    page: CataloguePage,
    edition: EditionState,
    folder: Path,
    *,
    root: Path,
    pages: Mapping[str, Path],
) -> None:
    """Writes, for each page that an edition had, one that says that it was withdrawn.

    Args:
        context: Its study.
        page: It says so.
        edition: Which one.
        folder: Where its pages were.
        root: The folder of `theme/`.
        pages: Title → page, in the navigation.

    """
    assert edition.withdrawn is not None
    title = page.language.text("withdrawn_title")
    for name in _pages_of(context, edition):
        file = folder / name
        follows = None
        if edition.superseded_by is not None and root != folder:  # pages of a site stand together
            aim = folder.parent / edition.superseded_by.folder / "index.html"
            follows = os.path.relpath(aim, file.parent)
        render_study_page(
            context,
            file,
            title,
            page.tombstone(edition, follows),
            root=root,
            pages=pages,
            epoch=epoch_of(edition.withdrawn.day),
        )


def _pages_of(context: Context, edition: EditionState) -> list[str]:
    """The pages that an edition had; those of its tombstone, where its files were deleted since."""
    if (edition.folder / MANIFEST).exists():
        files = read_manifest(edition.folder).files
        names = [name.removeprefix(f"{SITE}/") for name in files if name.startswith(f"{SITE}/")]
    else:
        place = context.workspace.editions(context.study.id, edition.wave)
        stone = place / edition.version.folder / SITE
        names = [path.relative_to(stone).as_posix() for path in sorted(stone.rglob("*.html"))]
    return [name for name in names if name.endswith(".html")] or ["index.html"]


def render_study_page(
    context: Context,
    file: Path,
    title: str,
    parts: Sequence[Part],
    *,
    root: Path,
    pages: Mapping[str, Path],
    epoch: int,
) -> None:
    """Writes a page over a study's editions, in its main language; see `render_page`."""
    study, language = context.study, Language.of(context.study.language)
    texts = (study.title, study.subtitle, study.publisher, study.licence.name)
    site, subtitle, publisher, licence = (without_marks(language.typeset(text)) for text in texts)
    render_page(
        file,
        title,
        parts,
        language=language,
        root=root,
        site=site,
        subtitle=subtitle,
        publisher=publisher,
        licence=licence,
        pages=pages,
        epoch=epoch,
    )


def render_page(
    file: Path,
    title: str,
    parts: Sequence[Part],
    *,
    language: Language,
    root: Path,
    site: str,
    subtitle: str,
    publisher: str,
    licence: str,
    pages: Mapping[str, Path],
    epoch: int,
) -> None:
    """Writes a page of a site.

    Args:
        file: Where.
        title: At its head.
        parts: Its sections.
        language: Of its words.
        root: Folder of the site.
        site, subtitle, publisher, licence: What stands around it.
        pages: Title → page, in the navigation.
        epoch: Its date, in seconds.

    """
    file.parent.mkdir(parents=True, exist_ok=True)
    up = os.path.relpath(root, file.parent)
    body = "\n\n".join(part.markdown for part in parts) + "\n"
    metadata = {
        "title": escape_markdown(without_marks(title)),
        "lang": language.code,
        "root": "" if up == "." else f"{up}/",
        "author": escape_markdown(publisher),
        "description": escape_markdown(subtitle or title),
        "keywords": [],
        "date-of": datetime.fromtimestamp(epoch, UTC).date().isoformat(),
        "site-title": escape_markdown(site),
        "site-subtitle": escape_markdown(subtitle),
        "footer": escape_markdown(f"{publisher}. {language.text('licence', licence=licence)}"),
        "pages": [
            {
                "href": os.path.relpath(page, file.parent),
                "title": escape_markdown(name),
                **({"current": True} if page == file else {}),
            }
            for name, page in pages.items()
        ],
    }
    render_alone(body, file, metadata, epoch=epoch)
