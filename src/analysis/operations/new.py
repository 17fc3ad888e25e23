"""A new workspace: what the library brings, put where a person works."""

from __future__ import annotations

import shutil
from pathlib import Path

import analysis
from analysis.errors import ScopeError
from analysis.study.disk import writing

BROUGHT = ("notebooks", "params", "reports/theme", "reports/_quarto.yml", "requirements.lock")
"""What a workspace holds from the start: notebooks and their plan, the demonstration, the theme
and configuration of pages, and the versions of all packages."""

GIT_IGNORES = (
    "data/raw/*",
    "data/processed/*",
    "data/published/",
    "data/truth/",
    "reports/editions/",
    "reports/site/",
    "reports/runs/",
    ".observatoire/",
    ".ipynb_checkpoints/",
)
"""What holds answers, or can be made again."""


def new_workspace(folder: Path) -> list[str]:
    """Makes a workspace in a folder that does not exist yet, or is empty.

    Returns:
        What it holds now.

    Raises:
        ScopeError: something is there already.
        DiskError: the disk is full.

    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ScopeError(
            "Something is there already.",
            where=str(folder),
            hint="name a folder that does not exist yet: nothing is ever written over.",
        )
    source = bundled_folder()
    with writing("the workspace", folder.parent):
        for name in BROUGHT:
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if (source / name).is_dir():
                ignored = shutil.ignore_patterns(".ipynb_checkpoints", "__pycache__")
                shutil.copytree(source / name, target, ignore=ignored)
            else:
                shutil.copyfile(source / name, target)
        (folder / ".gitignore").write_text("\n".join(GIT_IGNORES) + "\n", encoding="utf-8")
    return [*BROUGHT, ".gitignore"]


def bundled_folder() -> Path:
    """The folder of the bundled notebooks and parameters: inside the installed library, or the
    clone it runs from.
    """
    library = Path(analysis.__file__).parent
    installed = library / "brought"
    return installed if installed.is_dir() else library.parents[1]
