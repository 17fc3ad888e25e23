"""Whether a job has anything to do: content hashes of all that can change its result."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path

import nbformat

import analysis
from analysis.pipeline.plan import Job

NOTEBOOK_CODE = (
    "errors", "study", "storage", "intake", "inference", "indicators", "disclosure", "publishing", "workbench",
)  # fmt: skip
"""The packages that a notebook's code can reach."""


@cache
def sources_digest(packages: tuple[str, ...]) -> str:
    """sha256 of the library's sources in some packages, names included."""
    root = Path(analysis.__file__).parent
    total = hashlib.sha256()
    for package in packages:
        single = root / f"{package}.py"
        paths = [single] if single.exists() else sorted(path for path in (root / package).rglob("*") if _is_source(path))
        for path in paths:
            total.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def _is_source(path: Path) -> bool:
    return path.is_file() and "__pycache__" not in path.parts


def notebook_digest(path: Path) -> str:
    """sha256 of a notebook's sources, kinds and tags; outputs, ids and other metadata do not count."""
    notebook = nbformat.read(path, as_version=4)
    cells = [[cell.cell_type, cell.source, cell.metadata.get("tags", [])] for cell in notebook.cells]
    return hashlib.sha256(json.dumps(cells, ensure_ascii=False).encode()).hexdigest()


def job_key(job: Job, *, study_digest: str, lock: Path) -> str:
    """What a job's result depends on: notebook, parameters, inputs, study, library, lock."""
    parts = {
        "notebook": notebook_digest(job.source),
        "parameters": job.parameters,
        "inputs": [_digest(path) for path in job.reads],
        "study": study_digest,
        "library": sources_digest(NOTEBOOK_CODE),
        "lock": _digest(lock),
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def is_current(job: Job, key: str) -> bool:
    """Whether the last run of a job had this key and its files are still as it left them."""
    if not job.record.exists() or not job.output.exists():
        return False
    record = json.loads(job.record.read_text(encoding="utf-8"))
    return bool(record["key"] == key and record["outputs"] == outputs_of(job))


def outputs_of(job: Job) -> dict[str, str]:
    """The digests of what a job made, by file name."""
    figures = sorted(job.figures.iterdir()) if job.figures and job.figures.exists() else ()
    return {path.name: _digest(path) for path in (job.output, *job.writes, *figures)}


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else "absent"
