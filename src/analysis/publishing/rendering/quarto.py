"""Quarto, called as a command: nothing is executed again, and its failures are ours."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from analysis.errors import RenderingError
from analysis.publishing.rendering.pages import read_configuration, read_pages
from analysis.publishing.rendering.paper import with_row_headers
from analysis.publishing.rendering.word import finished_document

TIMEOUT = 900
_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_WARNING = re.compile(r"\bWARN(?:ING)?\b")
_HARMLESS = re.compile(r"verapdf is not installed")
"""A warning that says nothing of a page: its PDF is not checked by one more program."""

OLDEST = (1, 10, 17)
"""The first version that takes two PDF standards at once; before it, a PDF is not PDF/A and
PDF/UA."""


@dataclass(frozen=True)
class QuartoRenderer:
    """The `quarto` binary at a path."""

    binary: Path

    @cached_property
    def name(self) -> str:
        """Its name and version."""
        return f"quarto {self._run_quarto(['--version'], Path.cwd(), {}).stdout.strip()}"

    @property
    def version(self) -> tuple[int, ...]:
        """Its version as numbers; empty where it says none."""
        match = re.search(r"(\d+)\.(\d+)(?:\.(\d+))?", self.name)
        return tuple(int(part or 0) for part in match.groups()) if match else ()

    def render(self, project: Path, *, epoch: int) -> None:
        """Renders all formats of the project.

        Raises:
            DisclosureError: a page holds an internal view.
            RenderingError: a page holds what one renderer cannot show, or Quarto failed.

        """
        pages = read_pages(project)
        before = set(project.iterdir())
        try:
            epochs = {"SOURCE_DATE_EPOCH": str(epoch)}
            told = self._run_quarto(["render", str(project), "--no-execute"], project, epochs)
            self._check_warnings(told.stderr, project)
            site = project / read_configuration(project)["project"]["output-dir"]
            for page in pages:
                pdf, docx = (site / f"{page.stem}.{suffix}" for suffix in ("pdf", "docx"))
                pdf.write_bytes(with_row_headers(pdf.read_bytes()))
                docx.write_bytes(finished_document(docx.read_bytes(), page.alternative_texts))
        finally:
            self._remove_leftovers(before, project)

    @staticmethod
    def _check_warnings(told: str, project: Path) -> None:
        """Refuses what Quarto warns of: a page is right, or not published.

        Raises:
            RenderingError: the first warnings are named.

        """
        warnings = [
            line
            for line in _ANSI.sub("", told).splitlines()
            if _WARNING.search(line) and not _HARMLESS.search(line)
        ]
        if warnings:
            raise RenderingError(
                f"Quarto warns: {warnings[0].strip()}",
                where=project.name,
                hint="\n".join(warnings[1:6]) or "what it warns of would be wrong on a page.",
            )

    @staticmethod
    def _remove_leftovers(before: set[Path], project: Path) -> None:
        """Removes what Quarto leaves in a project beside its site: caches, a `.gitignore`."""
        site = str(read_configuration(project)["project"]["output-dir"])
        for path in set(project.iterdir()) - before:
            if path.name == site:
                continue
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()

    def _run_quarto(
        self, arguments: list[str], folder: Path, environment: dict[str, str]
    ) -> subprocess.CompletedProcess[str]:
        try:
            done = subprocess.run(
                [str(self.binary), *arguments],
                cwd=folder,
                env={**os.environ, **environment},
                timeout=TIMEOUT,
                capture_output=True,
                text=True,
                check=False,
            )
        except OSError as error:
            raise RenderingError(
                f"Quarto could not be started: {error.strerror}.",
                where=self.binary.name,
                hint=(
                    "mend its installation, or take it off the PATH: the embedded renderer makes "
                    "the same pages."
                ),
            ) from None
        except subprocess.TimeoutExpired:
            raise RenderingError(
                f"Quarto did not finish in {TIMEOUT} s.",
                where=str(folder),
                hint=(
                    "render with fewer pages, or take Quarto off the PATH: the embedded renderer "
                    "makes the same pages."
                ),
            ) from None
        if done.returncode != 0:
            raise RenderingError(
                f"Quarto failed (exit code {done.returncode}).",
                where=folder.name,
                hint=_ANSI.sub("", done.stderr).strip()[-1500:],
            )
        return done
