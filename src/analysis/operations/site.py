"""What one puts on a web server: every version of every edition, under an index and addresses that
stay; made from the frozen folders, which it leaves as they are.
"""

from __future__ import annotations

import html
import os
import re
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from analysis.editions.catalogue import EditionState, latest
from analysis.editions.catalogue_page import CataloguePage
from analysis.editions.dcat import DESCRIPTION
from analysis.editions.difference_page import DifferencePage, difference_table
from analysis.editions.manifest import MANIFEST, read_manifest
from analysis.errors import NotReadyError
from analysis.operations.building import short_titles
from analysis.operations.compare import difference_of
from analysis.operations.context import Context
from analysis.operations.freezing import known_editions
from analysis.operations.notices import (
    THEME,
    copy_theme,
    epoch_of,
    render_page,
    render_study_page,
    write_tombstone,
)
from analysis.publishing import rendering
from analysis.publishing.blocks import (
    Link,
    Part,
    callout,
    escape_markdown,
    heading,
    link_line,
    paragraph,
)
from analysis.publishing.wording.language import Language
from analysis.study.disk import writing
from analysis.study.files import FOLDER, open_to_readers
from analysis.study.languages import without_marks

MARK = ".observatoire-site"
"""Names what this has put in a folder: nothing else in it is replaced."""

LATEST = "latest"

BANNER = Path(rendering.__file__).parent / "banner.css"
"""How the line looks that says that a version is superseded, whatever the theme of its time."""

_BODY = re.compile(r"""<body[^>]*>(?:\s*<a class="skip"[^>]*>[^<]*</a>)?""")
"""Where pages begin; what leads over all else stays the first link in them."""


def assemble_site(contexts: Sequence[Context], destination: Path) -> Path:
    """Writes the site of some studies, whole: what was there of it before is replaced.

    Args:
        contexts: The studies, in one workspace.
        destination: A folder that does not exist, is empty, or holds such a site.

    Raises:
        NotReadyError: it holds something else, or no study has an edition.

    """
    destination = destination.absolute()
    if destination.is_file() or destination == Path.cwd():
        raise NotReadyError(
            "A site is assembled in a folder of its own.",
            where=str(destination),
            hint="name another one: --into FOLDER.",
        )
    if others := _not_of_a_site(destination):
        raise NotReadyError(
            f"This folder holds something else than a site of editions: {', '.join(others[:5])}.",
            where=str(destination),
            hint="name another folder, or move it away: a site is replaced whole.",
        )
    destination.parent.mkdir(parents=True, exist_ok=True)
    with (
        writing("the site", destination.parent),
        tempfile.TemporaryDirectory(dir=destination.parent, prefix=FOLDER) as temporary,
    ):
        built = Path(temporary) / "site"
        built.mkdir()
        studies = [_StudySite(context, known_editions(context), built) for context in contexts]
        studies = [study for study in studies if study.editions]
        if not studies:
            raise NotReadyError(
                "No study has an edition yet.",
                where=str(contexts[0].workspace.root.name),
                hint="`observatoire publish` makes one.",
            )
        for study in studies:
            study.write()
        _write_front(studies, built)
        names = sorted(path.name for path in built.iterdir())
        (built / MARK).write_text("\n".join([*names, ""]), encoding="utf-8")
        open_to_readers(built)
        former = Path(temporary) / "former"
        if destination.exists():
            destination.rename(former)
        built.rename(destination)
    return destination


def _not_of_a_site(folder: Path) -> list[str]:
    """What lies in a folder and no site that was assembled there has put in it."""
    if not folder.exists():
        return []
    mark = folder / MARK
    ours = {MARK, *(mark.read_text(encoding="utf-8").split("\n") if mark.exists() else ())}
    return sorted(path.name for path in folder.iterdir() if path.name not in ours)


@dataclass(frozen=True)
class _StudySite:
    """The part of a site that is of one study."""

    context: Context
    editions: list[EditionState]
    root: Path

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return self.root / self.context.study.id

    @property
    def page(self) -> CataloguePage:
        """Its index and notices."""
        return CataloguePage(self.context.study, self.editions)

    def latest(self) -> EditionState | None:
        """The edition that readers are led to: of the last wave that has a final one, else a
        provisional one.
        """
        for provisional in (False, True):
            for wave in reversed(self.context.study.waves):
                if found := latest(self.editions, wave.id, provisional=provisional):
                    return found
        return None

    def write(self) -> None:
        """Writes it: every version, the latest of each wave, what compares them, the index."""
        self.folder.mkdir()
        for edition in self.editions:
            self._write_edition(edition)
        for wave in {edition.wave for edition in self.editions}:
            found = latest(self.editions, wave, provisional=False) or latest(
                self.editions, wave, provisional=True
            )
            if found is not None:
                _copy(found.folder / "_site", self.folder / wave / LATEST)
        found = self.latest()
        if found is not None:
            self._write_latest(found)
        pages = self._write_differences()
        name = self.page.language.typeset(without_marks(self.context.study.title))
        title = self.page.language.text("editions_of", title=name)
        self._write_page("index.html", title, [*self._mark(), *self.page.index(found, pages)])

    def _write_latest(self, edition: EditionState) -> None:
        """Copies the edition that readers are led to, one folder nearer to the index: what its data
        say came before it lies one folder further.
        """
        place = self.folder / LATEST
        _copy(edition.folder / "_site", place)
        for file in place.rglob(DESCRIPTION):
            text = file.read_text(encoding="utf-8")
            file.write_text(text.replace('"../../v', f'"../../{edition.wave}/v'), encoding="utf-8")

    def _mark(self) -> list[Part]:
        """That figures are simulated, where those of an edition are."""
        known = [one.folder for one in self.editions if (one.folder / MANIFEST).exists()]
        if not any(read_manifest(folder).simulated for folder in known):
            return []
        text = self.page.language.text
        return [callout(text("simulated_title"), text("made_of_simulated"))]

    def _write_edition(self, edition: EditionState) -> None:
        place = self.folder / edition.wave / edition.version.folder
        if edition.withdrawn is not None:
            pages = {self.page.language.text("editions_title"): self.folder / "index.html"}
            write_tombstone(self.context, self.page, edition, place, root=self.root, pages=pages)
            return
        _copy(edition.folder / "_site", place)
        if edition.state == "superseded":
            for file in place.rglob("*.html"):
                self._announce(file, place, edition)

    def _announce(self, file: Path, place: Path, edition: EditionState) -> None:
        """Says at the head of a page that its edition is superseded, and leads to the same page of
        the one that readers are sent to; in the language of the page.
        """
        name = file.relative_to(place)
        codes = [code for code in self.context.study.languages if code == name.parts[0]]
        language = Language.of(codes[0]) if codes else self.page.language
        follower = edition.superseded_by
        said = html.escape(language.text("superseded_alone"))
        if follower is not None:
            other = self.context.workspace.editions(self.context.study.id, edition.wave)
            there = other / follower.folder / "_site" / name
            aim = place.parent / follower.folder / (name if there.exists() else "index.html")
            address = html.escape(os.path.relpath(aim, file.parent), quote=True)
            link = html.escape(language.text("superseded_link", version=str(follower)))
            banner = language.text("superseded_banner", version=str(follower))
            said = f'{html.escape(banner)} <a href="{address}">{link}</a>'
        box = f'<aside class="superseded" lang="{language.code}"><p>{said}</p></aside>'
        style = os.path.relpath(self.root / THEME / BANNER.name, file.parent)
        sheet = f'<link rel="stylesheet" href="{html.escape(style, quote=True)}">\n</head>'
        content = file.read_text(encoding="utf-8").replace("</head>", sheet, 1)
        file.write_text(
            _BODY.sub(lambda found: found[0] + "\n" + box, content, count=1), encoding="utf-8"
        )

    def _write_differences(self) -> dict[str, str]:
        """Compares each version with the one before it, and the latest edition of each wave with
        that of the wave before; gives the titles of these pages and where they lie.
        """
        text, pages = self.page.language.text, {}
        for before, after in self._pairs():
            if before.wave == after.wave:
                title = text(
                    "difference_versions",
                    before=str(before.version),
                    after=str(after.version),
                    wave=self.page.wave(after.wave),
                )
            else:
                labels = {"before": before.wave, "after": after.wave}
                waves = {name: self.page.wave(wave) for name, wave in labels.items()}
                title = text("difference_waves", **waves)
            name = f"differences-{before.wave}-{before.version}-{after.wave}-{after.version}"
            found = difference_of(self.context, before, after)
            page = DifferencePage(
                self.context.study,
                found,
                same_wave=before.wave == after.wave,
                titles=short_titles(self.context, self.context.study.language),
            )
            self._write_page(f"{name}.html", title, page.parts(f"{name}.csv"))
            difference_table(found).write_csv(self.folder / f"{name}.csv", line_terminator="\n")
            pages[title] = f"{name}.html"
        return pages

    def _pairs(self) -> list[tuple[EditionState, EditionState]]:
        shown = [one for one in self.editions if one.withdrawn is None]
        versions = [
            pair
            for wave in self.context.study.waves
            for pair in pairwise(one for one in shown if one.wave == wave.id)
        ]
        lasts = [
            found
            for wave in self.context.study.waves
            if (found := latest(self.editions, wave.id, provisional=False))
        ]
        return [*versions[::-1], *list(pairwise(lasts))[::-1]]

    def _write_page(self, name: str, title: str, parts: Sequence[Part]) -> None:
        """A page that stands over editions, in the study's main language."""
        pages = {self.page.language.text("editions_title"): self.folder / "index.html"}
        file = self.folder / name
        render_study_page(
            self.context, file, title, parts, root=self.root, pages=pages, epoch=self.epoch
        )

    @property
    def identity(self) -> tuple[str, str]:
        """Who publishes it, and under which licence."""
        study, typeset = self.context.study, self.page.language.typeset
        return without_marks(typeset(study.publisher)), without_marks(typeset(study.licence.name))

    def entry(self) -> list[Part]:
        """What stands of it on the page over all studies: what it is, whose, and the ways to it."""
        study, language = self.context.study, self.page.language
        found, place = self.latest(), self.context.study.id
        title, subtitle = (
            without_marks(language.typeset(text)) for text in (study.title, study.subtitle)
        )
        links = [Link(language.text("editions_all"), f"{place}/index.html")]
        if found is not None:
            said = language.text("editions_latest", wave=self.page.wave(found.wave))
            links.insert(0, Link(said, f"{place}/{LATEST}/index.html"))
        return [
            heading(title),
            paragraph(escape_markdown(f"{subtitle}. {self.identity[0]}.")),
            link_line(links),
        ]

    @property
    def epoch(self) -> int:
        """The date of its pages: that of the last act, never the present."""
        acts = [act for one in self.editions for act in (one.published, one.withdrawn) if act]
        return max(epoch_of(act.day) for act in acts)


def _write_front(studies: Sequence[_StudySite], root: Path) -> None:
    """The theme that pages share, and the page that leads to each study."""
    for study in studies:
        copy_theme(study.context, root)
    shutil.copyfile(BANNER, root / THEME / BANNER.name)
    first = studies[0]
    language = first.page.language
    told = [study.identity for study in studies]
    render_page(
        root / "index.html",
        language.text("editions_studies"),
        [part for study in studies for part in study.entry()],
        language=language,
        root=root,
        site=language.text("editions_title"),
        subtitle="",
        publisher=language.series(list(dict.fromkeys(publisher for publisher, _ in told))),
        licence=language.series(list(dict.fromkeys(licence for _, licence in told))),
        pages={},
        epoch=max(study.epoch for study in studies),
    )


def _copy(site: Path, place: Path) -> None:
    """A copy of the pages of an edition, which can be written: frozen files cannot."""
    shutil.copytree(site, place, copy_function=shutil.copyfile)
