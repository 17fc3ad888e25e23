"""What every verb starts from: a workspace, a study in it, and where progress is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from analysis.errors import ScopeError
from analysis.study.workspace import Workspace

if TYPE_CHECKING:
    from analysis.pipeline.plan import SeenStudy
    from analysis.study import Study

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Context:
    """A workspace, one of its studies, and a function that shows a line of progress."""

    workspace: Workspace
    study: Study
    tell: Tell

    @classmethod
    def open(cls, workspace: Workspace, study: str, tell: Tell) -> Context:
        """A context on a study of a workspace.

        Raises:
            ScopeError: there is no such study.
            ParameterError: its files say what cannot be.

        """
        from analysis.study import open_study

        return cls(workspace, open_study(workspace, study), tell)

    @cached_property
    def seen(self) -> SeenStudy:
        """The study as its jobs see it."""
        from analysis.pipeline.plan import SeenStudy

        return SeenStudy(self.study)


def only_study(workspace: Workspace, study: str | None) -> str:
    """The study that was named, or the only one there is."""
    studies = workspace.studies()
    if study is not None:
        if study not in studies:
            raise ScopeError.unknown("study", study, studies)
        return study
    if len(studies) == 1:
        return studies[0]
    raise ScopeError(
        "Which study?", where=str(workspace.params), hint=f"name one of: {', '.join(studies)}."
    )
