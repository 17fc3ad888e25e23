"""The parameters cell of a notebook: what of it counts, and whether it has what a run gives."""

from __future__ import annotations

import ast
import threading
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from analysis.errors import NotebookError
from analysis.pipeline.sources import read_source
from analysis.study.scope import AXES, ON_REQUEST

if TYPE_CHECKING:
    from analysis.pipeline.jobs import Job

PARAMETERS = "parameters"
"""The tag of the cell."""

ONE_AT_A_TIME = threading.Lock()
"""Before 3.11.8, CPython counts the depth of what it parses in one place for all threads: two that
parse at once may be told « AST constructor recursion depth mismatch » (gh-106905)."""


def without_values(source: str, injected: Collection[str]) -> str:
    """The source of a parameters cell without the values that a run replaces by those it gives.

    A value that something else in the cell reads is kept: it is read before it is replaced.

    >>> print(without_values('wave: str = "2026-1"' + chr(10) + "top = 5", ["wave"]))
    wave: str
    top = 5
    """
    try:
        body = _parsed(source).body
    except SyntaxError:
        return source
    replaced = {
        index: name for index, node in enumerate(body) if (name := _constant_name(node)) in injected
    }
    read = {
        node.id
        for index, statement in enumerate(body)
        if index not in replaced
        for node in ast.walk(statement)
        if isinstance(node, ast.Name)
    }
    replaced = {index: name for index, name in replaced.items() if name not in read}
    if not replaced:
        return source
    return "\n".join(
        _declaration(node) if index in replaced else ast.unparse(node)
        for index, node in enumerate(body)
    )


def _parsed(source: str) -> ast.Module:
    """The statements of a source; SyntaxError where it is no Python."""
    with ONE_AT_A_TIME:
        return ast.parse(source)


def _constant_name(node: ast.stmt) -> str | None:
    """The one name that a statement declares or gives a constant; None for any other statement."""
    if isinstance(node, ast.Assign):
        target: ast.expr | None = node.targets[0] if len(node.targets) == 1 else None
    elif isinstance(node, ast.AnnAssign):
        target = node.target
    else:
        return None
    plain = node.value is None or isinstance(node.value, ast.Constant)
    return target.id if plain and isinstance(target, ast.Name) else None


def _declaration(node: ast.stmt) -> str:
    """A parameter with its annotation, and no value."""
    if isinstance(node, ast.AnnAssign):
        return f"{ast.unparse(node.target)}: {ast.unparse(node.annotation)}"
    assert isinstance(node, ast.Assign)
    return f"{ast.unparse(node.targets[0])} = ..."


def check_parameters(job: Job) -> None:
    """Refuses a parameters cell that lacks a parameter of its job (papermill only warns), or names
    a scope that nobody gives; and a notebook that asks for more of the study than plan.yml says.
    """
    cells = read_source(job.source).cells
    tagged = [cell for cell in cells if PARAMETERS in cell.metadata.get("tags", [])]
    if len(tagged) != 1:
        raise NotebookError(
            f"{len(tagged)} cells are tagged « parameters », one is needed.",
            where=job.source.name,
            hint=(
                "tag the first code cell: View → Cell toolbar → Tags, or the property inspector "
                "of JupyterLab."
            ),
        )
    try:
        body = _parsed(tagged[0].source).body
    except SyntaxError as error:
        raise NotebookError(
            f"The parameters cell is not Python: {error.msg}.",
            where=f"{job.source.name}, line {error.lineno}",
            hint="it holds assignments only.",
        ) from None
    declared = {
        target.id
        for node in body
        for target in (
            node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        )
        if isinstance(target, ast.Name)
    }
    for name in job.parameters:
        if name not in declared:
            raise NotebookError.unknown(
                "parameter", name, declared, where=f"{job.source.name}, parameters cell"
            )
    for name in sorted(set(AXES) & declared - set(job.parameters)):
        raise NotebookError(
            f"Nobody gives the parameter {name!r}: each run would take the one that the notebook "
            "names.",
            where=f"{job.source.name}, parameters cell",
            hint=f"plan.yml should run it per {name}, or the cell not name one.",
        )
    _check_requirements(job, [cell.source for cell in cells if cell.cell_type == "code"])


def _check_requirements(job: Job, sources: list[str]) -> None:
    """Refuses a notebook that opens more of the study than what decides whether it is stale."""
    for source in sources:
        for name in _requirements(source, job.source.name):
            if name in ON_REQUEST and f"{name}.yml" not in job.study_parts:
                raise NotebookError(
                    f"This notebook opens {name}, and plan.yml does not say so.",
                    where=job.source.name,
                    hint=f"name it there, `requires: [{name}]` (`sees`, where it can do without): "
                    "the notebook then runs again when it changes.",
                )


def _requirements(source: str, where: str) -> Iterator[str]:
    """What the calls of `open_scope` in a cell require of the study."""
    lines = [line for line in source.splitlines() if not line.lstrip().startswith(("%", "!"))]
    try:
        tree = _parsed("\n".join(lines))
    except SyntaxError:  # its run says so
        return
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or "open_scope" not in ast.unparse(node.func):
            continue
        for keyword in node.keywords:
            if keyword.arg == "requires":
                yield from _literal(keyword.value, where)


def _literal(value: ast.expr, where: str) -> list[str]:
    try:
        return list(map(str, ast.literal_eval(value)))
    except (ValueError, TypeError):
        raise NotebookError(
            "What open_scope requires is not written out.",
            where=where,
            hint='list the names themselves: open_scope(…, requires=["commitments"]).',
        ) from None
