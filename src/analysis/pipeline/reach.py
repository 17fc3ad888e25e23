"""Which packages of the library others reach: what a result is made of beside its data.

Read from the import statements themselves, wherever they stand, so that a package that a notebook
comes to reach is never forgotten.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import analysis

_IMPORT = re.compile(r"^\s*(?:from|import)\s+analysis\.(\w+)", re.MULTILINE)
_IMPORT_FROM_ROOT = re.compile(r"^\s*from\s+analysis\s+import\s+([\w, ]+)", re.MULTILINE)

NOTEBOOKS = "workbench"
"""The package that every notebook is taken to import; what it imports beside is found in it."""

INTAKE = "intake"
"""The package that reads deliveries."""

PLANNING = "pipeline"
"""The package that lists jobs."""


def packages_imported(source: str) -> tuple[str, ...]:
    """The packages of the library that some Python imports itself, sorted.

    >>> packages_imported("from analysis.workbench import open_scope" + chr(10) + "import polars")
    ('workbench',)
    """
    modules = set(_IMPORT.findall(source))
    for names in _IMPORT_FROM_ROOT.findall(source):
        modules |= {module.split(" as ")[0].strip() for module in names.split(",")}
    return tuple(sorted(modules))


@cache
def packages_reached(package: str, root: Path | None = None) -> tuple[str, ...]:
    """A package of the library and all that it imports, directly or not, sorted.

    Args:
        package: Its name below `analysis`.
        root: Folder of the library; that of the one that runs by default.

    """
    root = root or Path(analysis.__file__).parent
    reached, pending = set[str](), [package]
    while pending:
        name = pending.pop()
        if name in reached:
            continue
        reached.add(name)
        single = root / f"{name}.py"
        for path in [single] if single.exists() else sorted((root / name).rglob("*.py")):
            pending += packages_imported(path.read_text(encoding="utf-8"))
    return tuple(sorted(reached))
