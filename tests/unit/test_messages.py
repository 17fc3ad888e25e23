"""Messages of what is not ready: what is missing, where, and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from inline_snapshot import snapshot

from analysis.errors import NotReadyError
from analysis.operations.context import Context
from analysis.operations.release import _release
from analysis.operations.run import Selection, make_run_plan
from analysis.study import Study, Workspace
from analysis.study.scope import Scope
from tests.conftest import empty_workspace


@pytest.fixture
def context(tmp_path: Path, study: Study) -> Context:
    """A study that somebody answered in three scopes."""
    workspace = Workspace(empty_workspace(tmp_path / "w"))
    for scope in (Scope("dpaph", "2026-1"), Scope("dpaph", "2026-2"), Scope("def", "2026-2")):
        part = workspace.table("cd93", "responses", scope)
        part.parent.mkdir(parents=True)
        part.touch()
    return Context(workspace, study, lambda line: None)


def refusal(context: Context, selection: Selection) -> str:
    with pytest.raises(NotReadyError) as caught:
        make_run_plan(context, selection)
    return str(caught.value)


def test_a_scope_in_which_nothing_runs_is_named_beside_those_that_were_answered(
    context: Context,
) -> None:
    assert refusal(context, Selection(directorate="def", waves=("2026-1",))) == snapshot(
        "No notebook runs within def × 2026-1 alone.\n"
        "  at: study cd93, notebooks/plan.yml\n\n"
        "Hint: somebody answered in dpaph 2026-1, dpaph 2026-2, def 2026-2: register the delivery "
        "of other scopes first. A notebook that reads more than this runs with all that it reads."
    )
    assert "within any directorate × 2025-1, 2025-2 alone" in refusal(
        context, Selection(waves=("2025-1", "2025-2"))
    )
    assert "within def × 2026-1 × 20_satisfaction alone" in refusal(
        context, Selection("def", ("2026-1",), ("20_satisfaction",))
    )


def test_a_wave_that_nobody_answered_is_named_with_its_study(context: Context) -> None:
    waves = context.study.waves
    with pytest.raises(NotReadyError) as caught:
        _release(context, waves[0], waves)
    assert str(caught.value) == snapshot(
        "Nobody answered in wave 2024-1 of study cd93.\n"
        "  at: data/processed/cd93/responses\n\n"
        "Hint: register its delivery first: `observatoire register cd93 DRAFT.yml`."
    )
