"""Notebooks that failed: their messages, what is stored of them, and how executed notebooks are
cleaned.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import nbformat

import analysis.errors
from analysis.errors import DiskError, NotebookError, ObservatoryError
from analysis.pipeline.jobs import Job
from analysis.pipeline.warm import KERNEL
from analysis.study.disk import disk_full_error, says_disk_full
from analysis.study.files import write_whole

Redact = Callable[[str], str]

MOST_KEPT = 20_000
"""Characters kept of what one cell of a failed notebook showed: its end."""

FULL = "the disk is full"

_NAMES_CODE = {
    "NameError": r"name '\w{1,40}' is not defined",
    "ModuleNotFoundError": r"No module named '[\w.]{1,80}'",
    "ImportError": r"cannot import name '\w{1,40}' from '[\w.]{1,80}'",
    "AttributeError": r"(?:'\w{1,40}' object|module '[\w.]{1,80}') has no attribute '\w{1,40}'",
    "ColumnNotFoundError": r"unable to find column \"\w{1,80}\"",
    "KeyError": r"'\w{1,80}'",
    "ZeroDivisionError": r"(?:float |integer )?(?:division|modulo)(?: or modulo)? by zero",
    "SyntaxError": r"invalid syntax",
    "IndentationError": r"(?:unexpected|expected an)[\w ']{0,40} indent(?:ed block)?[\w ']{0,60}",
}
"""What Python and Polars say of code: error → the beginning of its text, which quotes names of code
and no answer."""


@dataclass(frozen=True)
class Fault:
    """Why a notebook did not come to its end.

    Attributes:
        verb: What it did: `failed`, `was stopped`, `could not be run`.
        cell: Its number among the code cells of the analyst's notebook; None before the first.
        name, value: Class and text of the error; the text may quote an answer, and is kept with the
            notebook.
        said: What may stand in a message or a log: never an answer.
        traceback: As the kernel told it.

    """

    verb: str
    cell: int | None
    name: str
    value: str
    safe_message: str
    traceback: str = ""


def notebook_error_message(name: str, value: str, traceback: str, source: str) -> str:
    """The message for an error raised by a cell, safe for logs: the texts of this library, and
    those that quote code only.

    Args:
        name, value, traceback: As the kernel told them.
        source: The code of the notebook: a name that Python quotes is shown where it stands in it.

    A class named like one of ours is not ours: the innermost frame of the traceback must lie in the
    library.

    """
    if says_disk_full(value):
        return FULL
    is_library_error = isinstance(getattr(analysis.errors, name, None), type)
    if is_library_error and _innermost_file(traceback).startswith(
        str(Path(analysis.__file__).parent)
    ):
        unknown = re.match(
            r"(Unknown [\w ]+: )'([^']*)'", value
        )  # a name that a cell may have made
        if unknown is not None and unknown[2] not in source:
            return f"{name}: {unknown[1]}a name that is kept apart{value[unknown.end() :]}"
        return f"{name}: {value}"
    quoted_code = re.match(_NAMES_CODE.get(name, "(?!)"), value)
    if quoted_code is not None:
        names = re.findall(r"['\"]([\w.]+)['\"]", quoted_code[0])
        if all(part in source for quoted_name in names[-1:] for part in quoted_name.split(".")):
            return f"{name}: {quoted_code[0]}"
    return f"{name}, whose text is kept apart"


def process_error_message(error: BaseException) -> str:
    """The message for an error that this process met around a notebook, safe for logs."""
    if isinstance(error, ObservatoryError):
        return error.what
    if isinstance(error, OSError) and error.strerror:
        return f"{type(error).__name__}: {error.strerror}"
    return f"{type(error).__name__}, whose text is kept apart"


def _innermost_file(traceback: str) -> str:
    """The file of the last frame of a traceback of IPython's; empty where it is a cell, or cannot
    be told.
    """
    frames = re.findall(
        r"^(?:File (.+?):\d+|(?:Cell )?In ?\[)", without_colours(traceback), re.MULTILINE
    )
    return str(Path(frames[-1]).expanduser()) if frames and frames[-1] else ""


def _failed_path(job: Job) -> Path:
    """Where the notebook of a failed run is kept, until a run succeeds."""
    return job.output.parent / "failed" / job.output.name


def _path_in_reports(path: Path) -> str:
    """A path as a message shows it, from the folder `reports` on."""
    start = path.parts.index("reports") if "reports" in path.parts else -3
    return "/".join(path.parts[start:])


def discard_failed_notebook(job: Job) -> None:
    """Removes what was kept of an earlier failure."""
    path = _failed_path(job)
    path.unlink(missing_ok=True)
    path.with_suffix(".json").unlink(missing_ok=True)
    with suppress(OSError):  # other notebooks of this scope may be kept there, or none
        path.parent.rmdir()


def read_notebook(path: Path) -> nbformat.NotebookNode | None:
    """An executed notebook, where it was written."""
    try:
        notebook: nbformat.NotebookNode = nbformat.read(path, as_version=4)
    except (OSError, ValueError):
        return None
    return notebook


def save_failed_notebook(
    job: Job, notebook: nbformat.NotebookNode, fault: Fault, redact: Redact
) -> NotebookError | DiskError:
    """Keeps a failed notebook and its record, redacted, for its owner only; only texts are kept of
    what it showed.
    """
    texts = []
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            text = (
                "".join(output.get("traceback", []))
                or output.get("text")
                or output.get("data", {}).get("text/plain", "")
            )
            texts.append(redact(without_colours(text)[-MOST_KEPT:]))
        cell.pop("outputs", None)
        if cell.cell_type == "code":
            cell.outputs = []
    record = {
        "title": job.title,
        "parameters": job.parameters,
        "cell": fault.cell,
        "error": fault.name,
        "message": fault.value,
        "shown": texts,
        "traceback": redact(without_colours(fault.traceback)),
        "again": rerun_hint(job),
    }
    if fault.safe_message == FULL:
        return disk_full_error(f"what {job.title} makes", job.output.parent)
    path = _failed_path(job)
    location = "" if fault.cell is None else f" in cell [{fault.cell}]"
    what = f"{job.title} {fault.verb}{location}: {fault.safe_message}"
    try:
        write_whole(path, nbformat.writes(clean_notebook(notebook)) + "\n")
        write_whole(path.with_suffix(".json"), json.dumps(record, indent=1, ensure_ascii=False))
    except (OSError, DiskError):  # what failed is told all the same
        return NotebookError(what, hint=rerun_hint(job))
    return NotebookError(
        what, where=f"kept in {_path_in_reports(path)}, and .json", hint=rerun_hint(job)
    )


_CELL = re.compile(r"\S*ipykernel_\d+\S*\.py")
"""The file that a warning says it comes from: it names the process."""


def clean_notebook(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """An executed notebook without what differs from run to run: times, random ids, versions of the
    machine.
    """
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {
                "display_name": "Observatoire (Python 3)",
                "language": "python",
                "name": KERNEL,
            }
        }
    )
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number:03d}"
        for output in cell.get("outputs", []):
            if output.output_type == "stream":
                output.text = _CELL.sub("the cell", output.text)
        tags = cell.metadata.get("tags")
        cell.metadata = nbformat.from_dict({"tags": tags} if tags else {})
    return notebook


def rerun_hint(job: Job) -> str:
    """What to do once a notebook is mended."""
    scope = " ".join(
        f"--{key} {job.parameters[key]}" for key in ("directorate", "wave") if key in job.parameters
    )
    if job.figures is not None:  # a page
        return (
            f"once mended: observatoire publish {job.parameters['study']} --wave "
            f"{job.parameters['wave']}"
        )
    return f"once mended: observatoire run {job.parameters['study']} {scope}".rstrip()


def without_colours(cause: object) -> str:
    """An error's text without the colour codes of a terminal."""
    return re.sub(r"\x1b\[[0-9;]*m", "", str(cause)).strip()
