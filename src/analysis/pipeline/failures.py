"""Notebooks that did not come to their end: what is told of them, what is kept, and how executed notebooks are cleaned."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import nbformat

import analysis.errors
from analysis.errors import NotebookError
from analysis.pipeline.jobs import Job
from analysis.pipeline.warm import KERNEL
from analysis.study.files import write_whole

Redact = Callable[[str], str]

MOST_KEPT = 20_000
"""Characters kept of what one cell of a failed notebook showed: its end."""

SAYABLE = (
    "Stopped", "DeadKernelError", "MemoryError", "OSError", "FileNotFoundError", "PermissionError", "NameError", "TypeError",
    "AttributeError", "ImportError", "ModuleNotFoundError", "SyntaxError", "IndentationError", "ZeroDivisionError",
)  # fmt: skip
"""Errors whose text names code, files or limits; that of another may quote an answer, and stays with the failed notebook."""


@dataclass(frozen=True)
class Fault:
    """Why a notebook did not come to its end.

    Attributes:
        verb: What it did: `failed`, `was stopped`, `could not be run`.
        cell: Number of the cell; None before the first.
        name, value: Class and text of the error; the text may quote an answer.
        traceback: As the kernel told it.

    """

    verb: str
    cell: int | None
    name: str
    value: str
    traceback: str = ""

    @property
    def said(self) -> str:
        """What may stand in a log: the texts of our own errors and of those that name code, never answers."""
        if self.name in SAYABLE or isinstance(getattr(analysis.errors, self.name, None), type):
            return self.value if self.name == "Stopped" else f"{self.name}: {self.value}"
        return f"{self.name}, whose text is kept apart"

    @property
    def cause(self) -> str:
        """What failures are grouped by."""
        return f"{self.said[:200]} [{hashlib.sha256(self.value.encode()).hexdigest()[:8]}]"


def _kept(job: Job) -> Path:
    """Where the notebook of a failed run is kept, until a run succeeds."""
    return job.output.parent / "failed" / job.output.name


def _seen(path: Path) -> str:
    """A path from the workspace's `reports` on."""
    start = path.parts.index("reports") if "reports" in path.parts else -3
    return "/".join(path.parts[start:])


def forget(job: Job) -> None:
    """Removes what was kept of an earlier failure."""
    kept = _kept(job)
    kept.unlink(missing_ok=True)
    kept.with_suffix(".json").unlink(missing_ok=True)
    with suppress(OSError):  # other notebooks of this scope may be kept there, or none
        kept.parent.rmdir()


def read_notebook(path: Path) -> nbformat.NotebookNode | None:
    """An executed notebook, where it was written."""
    try:
        notebook: nbformat.NotebookNode = nbformat.read(path, as_version=4)
    except (OSError, ValueError):
        return None
    return notebook


def keep(job: Job, notebook: nbformat.NotebookNode, fault: Fault, redact: Redact) -> NotebookError:
    """Keeps a failed notebook and its record, redacted, for its owner only; only texts are kept of what it showed."""
    texts = []
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            text = "".join(output.get("traceback", [])) or output.get("text") or output.get("data", {}).get("text/plain", "")
            texts.append(redact(plain(text)[-MOST_KEPT:]))
        cell.pop("outputs", None)
        if cell.cell_type == "code":
            cell.outputs = []
    record = {
        "title": job.title, "parameters": job.parameters, "cell": fault.cell, "error": fault.name, "message": fault.value,
        "shown": texts, "traceback": redact(plain(fault.traceback)), "again": again(job),
    }  # fmt: skip
    kept = _kept(job)
    place = "" if fault.cell is None else f" in cell [{fault.cell}]"
    what = f"{job.title} {fault.verb}{place}: {fault.said}"
    try:
        kept.parent.mkdir(exist_ok=True, mode=0o700)
        write_whole(kept, nbformat.writes(cleaned(notebook)) + "\n")
        write_whole(kept.with_suffix(".json"), json.dumps(record, indent=1, ensure_ascii=False))
    except OSError:  # a full disk, for instance: what failed is told all the same
        return NotebookError(what, hint=again(job))
    return NotebookError(what, where=f"kept in {_seen(kept)}, and .json", hint=again(job))


_CELL = re.compile(r"\S*ipykernel_\d+\S*\.py")
"""The file that a warning says it comes from: it names the process."""


def cleaned(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """An executed notebook without what differs from run to run: times, random ids, versions of the machine."""
    notebook.metadata = nbformat.from_dict(
        {"kernelspec": {"display_name": "Observatoire (Python 3)", "language": "python", "name": KERNEL}}
    )
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number:03d}"
        for output in cell.get("outputs", []):
            if output.output_type == "stream":
                output.text = _CELL.sub("the cell", output.text)
        tags = cell.metadata.get("tags")
        cell.metadata = nbformat.from_dict({"tags": tags} if tags else {})
    return notebook


def again(job: Job) -> str:
    """What to do once a notebook is mended."""
    scope = " ".join(f"--{key} {job.parameters[key]}" for key in ("directorate", "wave") if key in job.parameters)
    if job.figures is not None:  # a page
        return f"once mended: observatoire publish {job.parameters['study']} --wave {job.parameters['wave']}"
    return f"once mended: observatoire run {job.parameters['study']} {scope}".rstrip()


def plain(cause: object) -> str:
    """A cause without the colours of a terminal."""
    return re.sub(r"\x1b\[[0-9;]*m", "", str(cause)).strip()
