"""The embedded renderer: pandoc and typst from PyPI wheels, on the same sources and the same
`_quarto.yml`.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typst

from analysis.errors import RenderingError
from analysis.publishing.rendering.lint import pandoc_json
from analysis.publishing.rendering.pages import QuartoPage, read_configuration, read_page
from analysis.publishing.rendering.pandoc import pandoc_path
from analysis.publishing.rendering.paper import with_row_headers
from analysis.publishing.rendering.word import finished_document
from analysis.publishing.wording.language import Language
from analysis.storage import sha256_bytes, sha256_file
from analysis.study.files import FOLDER, make_private_folder

HERE = Path(__file__).parent

HTML = (
    *("--to", "html5", "--template", str(HERE / "page.html")),
    *("--toc", "--toc-depth", "2", "--mathml", "--wrap", "none"),
)
"""What pandoc is told of a page in HTML."""

FORMATS = ("html", "pdf", "docx")
DAYS_KEPT = 30
_IMAGE = re.compile(r"\]\(figures/([\w-]+)\)")

AT_ONCE = 4
"""Pages that are rendered side by side, at most: pandoc takes 150 MiB for each."""


@dataclass(frozen=True)
class EmbeddedRenderer:
    """HTML, DOCX and PDF (PDF/A-2a and PDF/UA-1 at once) of each page.

    Attributes:
        kept: Folder of pages that were rendered before: one that is made of the same is not made
            again. None keeps none.

    """

    kept: Path | None = None

    @property
    def name(self) -> str:
        """Its name, with the versions of pandoc and typst."""
        versions = (importlib.metadata.version(package) for package in ("pypandoc_binary", "typst"))
        return "embedded pandoc {} typst {}".format(*versions)

    def render(self, project: Path, *, epoch: int) -> None:
        """Renders all pages of the project; see `Renderer.render`.

        Raises:
            DisclosureError: a page holds an internal view.
            RenderingError: a page holds what cannot be shown, or refers to a label that does not
                exist.

        """
        configuration = read_configuration(project)
        names = [project / name for name in configuration["project"]["render"]]
        with self._pool() as pool:
            pages = list(pool.map(read_page, names))
        site = project / str(configuration["project"]["output-dir"])
        shutil.rmtree(site, ignore_errors=True)
        site.mkdir()
        for folder in ("figures", "theme", *configuration["project"].get("resources", [])):
            if (project / folder).is_dir():
                shutil.copytree(project / folder, site / folder)
        titles = {
            Path(entry["href"]).stem: entry["text"]
            for entry in configuration["website"]["navbar"]["left"]
        }

        def render_one(page: QuartoPage) -> None:
            metadata = _metadata(page, titles, configuration)
            before = self._place(page, metadata, configuration, project, epoch)
            if before is not None and before.exists():
                os.utime(before)
                shutil.copytree(before, site, dirs_exist_ok=True)
                return
            with tempfile.TemporaryDirectory(dir=project, prefix=".render-") as temporary:
                _render_page(page, metadata, configuration, project, site, Path(temporary), epoch)
            if before is not None:
                _keep([site / f"{page.stem}.{suffix}" for suffix in FORMATS], before)

        if self.kept is not None:
            _forget_old(self.kept)
        with self._pool() as pool:
            for _ in pool.map(render_one, pages):
                pass

    @staticmethod
    def _pool() -> ThreadPoolExecutor:
        return ThreadPoolExecutor(min(AT_ONCE, os.cpu_count() or 1))

    def _place(
        self,
        page: QuartoPage,
        metadata: Mapping[str, Any],
        configuration: dict[str, Any],
        project: Path,
        epoch: int,
    ) -> Path | None:
        """Where a page is kept: by all that it is made of."""
        if self.kept is None:
            return None
        formats = configuration["format"]
        fonts = [project / path for path in formats["typst"]["font-paths"]]
        images = [project / "figures" / name for name in sorted(set(_IMAGE.findall(page.body)))]
        files = [
            *(HERE / name for name in ("page.html", "page.typ", "filter.lua")),
            project / formats["docx"]["reference-doc"],
            *(path for folder in fonts for path in sorted(folder.glob("*.ttf"))),
            *(image.with_suffix(suffix) for image in images for suffix in (".svg", ".png")),
        ]
        made_of = {
            "renderer": self.name,
            "epoch": epoch,
            "body": page.body,
            "metadata": metadata,
            "files": [(path.name, sha256_file(path)) for path in files if path.exists()],
        }
        digest = sha256_bytes(json.dumps(made_of, sort_keys=True).encode())
        return self.kept / digest


def _keep(files: Sequence[Path], place: Path) -> None:
    """Keeps the files of a page, whole or not at all."""
    make_private_folder(place.parent)
    with tempfile.TemporaryDirectory(dir=place.parent, prefix=FOLDER) as temporary:
        made = Path(temporary) / "page"
        made.mkdir()
        for file in files:
            shutil.copyfile(file, made / file.name)
        with suppress(OSError):  # another one kept it meanwhile
            made.rename(place)


def _forget_old(kept: Path) -> None:
    """Removes the pages that no edition has asked for in a while."""
    oldest = time.time() - DAYS_KEPT * 86_400
    for place in kept.iterdir() if kept.exists() else ():
        if place.stat().st_mtime < oldest:
            shutil.rmtree(place, ignore_errors=True)


def _render_page(
    page: QuartoPage,
    shown: Mapping[str, Any],
    configuration: dict[str, Any],
    project: Path,
    site: Path,
    temporary: Path,
    epoch: int,
) -> None:
    metadata = temporary / "metadata.json"
    metadata.write_text(json.dumps(shown, ensure_ascii=False), encoding="utf-8")
    common = _common(metadata)
    _write(page, [*common, *HTML, "--output", str(site / f"{page.stem}.html")], project, epoch)
    model = str(project / configuration["format"]["docx"]["reference-doc"])
    docx = ["--to", "docx", "--reference-doc", model]
    written = site / f"{page.stem}.docx"
    _write(page, [*common, *docx, "--output", str(written)], project, epoch)
    written.write_bytes(finished_document(written.read_bytes(), page.alternative_texts))
    source = project / f".{page.stem}.typ"
    try:
        template = ["--to", "typst", "--template", str(HERE / "page.typ"), "--wrap", "none"]
        _write(page, [*common, *template, "--output", str(source)], project, epoch)
        pdf = typst.compile(
            str(source),
            root=str(project),
            font_paths=[
                str(project / path) for path in configuration["format"]["typst"]["font-paths"]
            ],
            ignore_system_fonts=True,
            pdf_standards=["a-2a", "ua-1"],
            timestamp=datetime.fromtimestamp(epoch, UTC),
        )
    except typst.TypstError as error:
        raise RenderingError(
            f"typst could not make the PDF: {error}",
            where=page.stem,
            hint="the page's source is its notebook, under reports/runs/<study>/pages.",
        ) from None
    finally:
        source.unlink(missing_ok=True)
    (site / f"{page.stem}.pdf").write_bytes(with_row_headers(pdf))


def _common(metadata: Path) -> list[str]:
    """What pandoc is told of any page."""
    filters = ["--lua-filter", str(HERE / "filter.lua")]
    return ["--from", "json", "--metadata-file", str(metadata), *filters]


def _metadata(
    page: QuartoPage, titles: dict[str, str], configuration: dict[str, Any]
) -> dict[str, Any]:
    """What the templates show around a page's body."""
    language = Language.of(configuration["lang"])
    website = configuration["website"]
    simulated = bool(configuration.get("simulated"))
    return {
        "title": page.front["title"],
        **{name: configuration[name] for name in ("author", "subtitle", "description", "keywords")},
        "date-of": configuration["date"],
        "lang": language.code,
        "region": configuration["region"],
        "root": configuration.get("edition-root", ""),
        "site-title": website["title"],
        "site-subtitle": website["description"],
        "footer": website["page-footer"],
        "stem": page.stem,
        "mark": language.text("simulated_title") if simulated else "",
        "pages": [
            {
                "href": f"{stem}.html",
                "title": title,
                **({"current": True} if stem == page.stem else {}),
            }
            for stem, title in titles.items()
        ],
        **_words(language),
    }


def _words(language: Language) -> dict[str, str]:
    """The words that templates show around a page."""
    shown = ("skip", "nav", "formats", "data", "workbook", "contents", "figure", "table")
    return {f"label-{name}": language.text(name) for name in shown}


def render_alone(body: str, destination: Path, metadata: Mapping[str, Any], *, epoch: int) -> None:
    """Renders a page that stands over editions, with the template and theme of theirs.

    Args:
        body: Quarto Markdown.
        destination: Where its HTML is written.
        metadata: What the template shows around it: `title`, `lang`, `root` (the way to the folder
            of `theme/`), `author`, `description`, `site-title`, `site-subtitle`, `footer`, `pages`.
        epoch: Its date, in seconds.

    Raises:
        RenderingError: pandoc refused it.

    """
    language = Language.of(metadata["lang"])
    with tempfile.TemporaryDirectory(dir=destination.parent, prefix=".render-") as temporary:
        file = Path(temporary) / "metadata.json"
        file.write_text(
            json.dumps({**metadata, **_words(language)}, ensure_ascii=False), encoding="utf-8"
        )
        page = QuartoPage(destination.stem, {}, body, pandoc_json(body, destination.name))
        arguments = [*_common(file), *HTML, "--output", str(destination)]
        _write(page, arguments, destination.parent, epoch)


def _write(page: QuartoPage, arguments: Sequence[str], folder: Path, epoch: int) -> None:
    """Writes a page in a format: of what was understood of it when it was checked, so that what is
    shown is what was looked at.
    """
    done = subprocess.run(
        [pandoc_path(), *arguments, "--fail-if-warnings"],
        input=page.understood,
        cwd=folder,
        text=True,
        encoding="utf-8",
        capture_output=True,
        check=False,
        env={**os.environ, "SOURCE_DATE_EPOCH": str(epoch)},
    )
    if done.returncode != 0:
        raise RenderingError(
            f"pandoc could not render the page: {done.stderr.strip()[-600:]}",
            where=page.stem,
            hint="the page's source is its notebook, under reports/runs/<study>/pages.",
        )
