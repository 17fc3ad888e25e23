"""Quarto, called as a command: nothing is executed again, and its failures are ours."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from analysis.errors import RenderingError
from analysis.publishing.rendering.pages import read_pages

TIMEOUT = 900


@dataclass(frozen=True)
class QuartoRenderer:
    """The `quarto` binary at a path."""

    binary: Path

    @cached_property
    def name(self) -> str:
        return f"quarto {self._call(['--version'], Path.cwd(), {}).strip()}"

    def render(self, project: Path, *, epoch: int) -> None:
        """Renders all formats of the project.

        Raises:
            DisclosureError: a page holds an internal view.
            RenderingError: a page holds what one renderer cannot show, or Quarto failed.

        """
        read_pages(project)
        self._call(["render", str(project), "--no-execute"], project, {"SOURCE_DATE_EPOCH": str(epoch)})

    def _call(self, arguments: list[str], folder: Path, environment: dict[str, str]) -> str:
        try:
            done = subprocess.run(
                [str(self.binary), *arguments], cwd=folder, env={**os.environ, **environment}, timeout=TIMEOUT,
                capture_output=True, text=True, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise RenderingError(f"Quarto did not finish in {TIMEOUT} s.", where=str(folder)) from None
        if done.returncode != 0:
            raise RenderingError(
                f"Quarto failed (exit code {done.returncode}).", where=folder.name, hint=done.stderr.strip()[-1500:]
            )
        return done.stdout
