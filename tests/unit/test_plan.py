"""The plan: which notebooks run per what, in which order, and what of it is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from analysis.errors import NotReadyError, ParameterError
from analysis.operations.run import Selection
from analysis.pipeline.jobs import Job, Paths, topological_levels
from analysis.pipeline.plan import (
    PlannedPage,
    SeenStudy,
    is_applicable,
    load_notebook_plan,
    plan_jobs,
)
from analysis.publishing.pages import audiences, colophon, department, practices
from analysis.storage import LAYERS
from analysis.study import Study, Workspace
from analysis.study.scope import Scope
from tests.conftest import empty_workspace

SCOPES = (Scope("dpaph", "2026-1"), Scope("dpaph", "2026-2"), Scope("def", "2026-2"))


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A workspace where somebody answered in three scopes; there is a cube per directorate."""
    monkeypatch.setitem(LAYERS, "cube", replace(LAYERS["cube"], axes=("directorate",)))
    made = Workspace(empty_workspace(tmp_path / "w"))
    for scope in SCOPES:
        part = made.table("cd93", "responses", scope)
        part.parent.mkdir(parents=True)
        part.touch()
    return made


def planned(workspace: Workspace, *lines: str) -> None:
    """Writes a plan, and notebooks of its names."""
    text = "".join(f"  - {{{line}}}\n" for line in lines)
    (workspace.notebooks / "plan.yml").write_text(f"notebooks:\n{text}", encoding="utf-8")
    for line in lines:
        name = line.split("id: ")[1].split(",")[0]
        (workspace.notebooks / "workshop" / f"{name}.ipynb").touch()


BOTH = "folder: workshop, per: [directorate, wave]"
LEVELS = (
    "id: c, folder: workshop, per: [], reads: [answers, cube]",
    "id: b, folder: workshop, per: [directorate], reads: [estimates], writes: [cube]",
    f"id: a, {BOTH}, reads: [responses, refused], writes: [estimates, answers]",
)


def test_pages_lead_to_each_other_by_the_names_that_the_plan_gives_them(tmp_path: Path) -> None:
    plan = load_notebook_plan(Workspace(empty_workspace(tmp_path / "w")))
    names = {one.id: one.page.name for one in plan.notebooks if one.page is not None}
    assert (
        names
        | {
            "method": colophon.METHOD,
            "practices": practices.PAGE,
            "observatory": practices.OBSERVATORY,
            "audiences": audiences.PAGE,
            "director": department.PRODUCT,
            "department": department.DEPARTMENT,
        }
        == names
    )


def test_publishing_asks_for_the_notebooks_that_make_tables(tmp_path: Path, study: Study) -> None:
    workspace = Workspace(empty_workspace(tmp_path / "w"))
    part = workspace.table("cd93", "responses", SCOPES[0])
    part.parent.mkdir(parents=True)
    part.touch()
    jobs = plan_jobs(workspace, SeenStudy(study), load_notebook_plan(workspace))
    making = {job.source.stem for job in jobs if Selection(making=True)(job)}
    assert {job.source.stem for job in jobs} - making == {"00_start"}


def test_the_plan_names_notebooks_that_exist(tmp_path: Path, study: Study) -> None:
    workspace = Workspace(empty_workspace(tmp_path / "w"))
    plan = load_notebook_plan(workspace)
    assert [one.id for one in plan.notebooks] == [
        "00_start",
        "10_collection",
        "15_quality",
        "20_satisfaction",
        "30_commitments",
        "50_change",
        "52_standings",
        "55_management",
        "83_profiles",
        "85_listening",
        "synthesis",
        "observatory",
        "practices",
        "audiences",
        "department",
        "director",
        "commitments",
        "directorate_commitments",
        "cards",
        "management",
        "comparison",
        "method",
    ]
    with pytest.raises(NotReadyError, match="has no answers yet"):
        plan_jobs(workspace, SeenStudy(study), plan)
    (workspace.notebooks / "workshop" / "10_collection.ipynb").unlink()
    with pytest.raises(ParameterError, match="does not exist"):
        load_notebook_plan(workspace)


def test_a_notebook_reads_all_the_scopes_that_it_does_not_run_per(
    workspace: Workspace, study: Study
) -> None:
    planned(workspace, *LEVELS)
    jobs = plan_jobs(workspace, SeenStudy(study), load_notebook_plan(workspace))
    assert sorted(job.title for job in jobs) == [
        "a def 2026-2",
        "a dpaph 2026-1",
        "a dpaph 2026-2",
        "b def",
        "b dpaph",
        "c",
    ]
    by_title = {job.title: job for job in jobs}

    def names(paths: tuple[Path, ...]) -> list[str]:
        return [
            path.relative_to(workspace.root / "data/processed/cd93").as_posix() for path in paths
        ]

    b = by_title["b dpaph"]
    assert b.parameters == {"study": "cd93", "directorate": "dpaph"} and b.scopes == SCOPES[:2]
    assert names(b.reads) == [
        f"estimates/directorate=dpaph/wave={wave}/part-0.parquet" for wave in ("2026-1", "2026-2")
    ]
    assert names(b.writes) == ["cube/directorate=dpaph/part-0.parquet"]
    assert b.output == workspace.runs("cd93") / "dpaph" / "b.ipynb"
    assert names(by_title["a def 2026-2"].reads) == [
        "responses/directorate=def/wave=2026-2/part-0.parquet",
        "refused/part-0.parquet",
    ]
    assert len(by_title["c"].reads) == 3 + 2 and by_title["c"].parameters == {"study": "cd93"}
    assert Job.from_json(b.to_json(workspace.root), Paths(workspace.root), {}) == b


def test_jobs_come_after_those_whose_tables_they_read(workspace: Workspace, study: Study) -> None:
    planned(workspace, *LEVELS)
    ranks = topological_levels(
        plan_jobs(workspace, SeenStudy(study), load_notebook_plan(workspace))
    )
    assert [sorted(job.title for job in rank) for rank in ranks] == [
        ["a def 2026-2", "a dpaph 2026-1", "a dpaph 2026-2"],
        ["b def", "b dpaph"],
        ["c"],
    ]
    assert [[job.title for job in rank] for rank in topological_levels(ranks[2])] == [["c"]]


def test_a_notebook_of_many_scopes_is_wanted_where_all_of_them_are(
    workspace: Workspace, study: Study
) -> None:
    planned(workspace, *LEVELS)
    jobs = plan_jobs(workspace, SeenStudy(study), load_notebook_plan(workspace))

    def titles(selection: Selection) -> list[str]:
        return sorted(job.title for job in jobs if selection(job))

    assert titles(Selection(directorate="dpaph")) == ["a dpaph 2026-1", "a dpaph 2026-2", "b dpaph"]
    assert titles(Selection(waves=("2026-2",))) == ["a def 2026-2", "a dpaph 2026-2", "b def"]
    assert titles(Selection(notebooks=("b", "c"))) == ["b def", "b dpaph", "c"]
    assert len(titles(Selection())) == len(jobs)


HISTORY = (
    f"id: h, {BOTH}, reads: [responses], history: [estimates]",
    f"id: a, {BOTH}, reads: [responses], writes: [estimates]",
    "id: g, folder: workshop, per: [wave], history: [responses]",
)


def test_a_notebook_with_a_history_reads_every_wave_up_to_its_own(
    workspace: Workspace, study: Study
) -> None:
    planned(workspace, *HISTORY)
    jobs = plan_jobs(workspace, SeenStudy(study), load_notebook_plan(workspace))
    by_title = {job.title: job for job in jobs}

    def read(title: str, layer: str) -> list[str]:
        folder = workspace.processed("cd93", layer)
        return [
            path.parent.relative_to(folder).as_posix()
            for path in by_title[title].inputs
            if path.is_relative_to(folder)
        ]

    first, second = "directorate=dpaph/wave=2026-1", "directorate=dpaph/wave=2026-2"
    assert read("h dpaph 2026-1", "estimates") == [first]
    assert read("h dpaph 2026-2", "estimates") == [first, second]
    assert read("h dpaph 2026-2", "responses") == [second]
    assert read("h def 2026-2", "estimates") == ["directorate=def/wave=2026-2"]
    assert read("g 2026-1", "responses") == [first]
    assert read("g 2026-2", "responses") == [first, second, "directorate=def/wave=2026-2"]
    ranks = [[job.title for job in rank] for rank in topological_levels(jobs)]
    assert {title[0] for title in ranks[1]} == {"h"} and len(ranks) == 2
    chains = {past.chain.name: past.chain for job in jobs for past in job.history}
    assert set(chains) == {"estimates dpaph", "estimates def", "responses"}
    for job in jobs:
        assert Job.from_json(job.to_json(workspace.root), Paths(workspace.root), chains) == job
    chosen = [job.title for job in jobs if Selection(waves=("2026-2",))(job)]
    assert "h dpaph 2026-2" in chosen and "g 2026-2" in chosen, "history selects nothing"


def test_a_page_that_compares_is_there_where_something_was_imported(
    tmp_path: Path, study: Study
) -> None:
    plan = load_notebook_plan(Workspace(empty_workspace(tmp_path / "w")))
    with_others = {one.id for one in plan.notebooks if is_applicable(one, study, imported=True)}
    alone = {one.id for one in plan.notebooks if is_applicable(one, study)}
    assert with_others - alone == {"comparison"} and alone <= with_others


def test_a_page_has_a_title_in_the_language_of_its_study() -> None:
    page = PlannedPage(name="index", titles={"fr": "Synthèse"})
    assert page.title("fr") == "Synthèse"
    with pytest.raises(ParameterError, match="Page 'index' has no title in 'en'"):
        page.title("en")


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (
            (f"id: a, {BOTH}, writes: [cube]", f"id: b, {BOTH}, writes: [cube]"),
            "Notebook 'b' writes 'cube', as another does",
        ),
        ((f"id: a, {BOTH}, reads: [cube]",), "'a' reads 'cube', which none writes"),
        (
            (
                f"id: a, {BOTH}, reads: [cube], writes: [estimates]",
                f"id: b, {BOTH}, reads: [estimates], writes: [cube]",
            ),
            "wait for one another: (a → b → a|b → a → b)",
        ),
        ((f"id: a, {BOTH}, reads: [cube], writes: [cube]",), "wait for one another: a → a"),
        ((f"id: a, {BOTH}", f"id: a, {BOTH}"), "stands twice"),
        (
            ("id: a, folder: workshop, per: [directorate], history: [responses]",),
            "'a' has a history, and does not run per wave",
        ),
        (
            (f"id: a, {BOTH}, history: [refused]",),
            "'a' has a history of 'refused', of which there is none per wave",
        ),
        ((f"id: a, {BOTH}, history: [estimates]",), "'a' reads 'estimates', which none writes"),
        (
            (f"id: a, {BOTH}, history: [estimates], writes: [estimates]",),
            "wait for one another: a → a",
        ),
        (
            (f"id: a, {BOTH}, requires: [imported]",),
            "'a' is of the workshop, and names imported editions",
        ),
        (
            (f"id: a, {BOTH}, writes: [receipts]",),
            "writes 'receipts', which is read from deliveries",
        ),
    ],
)
def test_a_plan_that_cannot_be_run_is_refused(
    workspace: Workspace, lines: tuple[str, ...], words: str
) -> None:
    planned(workspace, *lines)
    with pytest.raises(ParameterError, match=words):
        load_notebook_plan(workspace)


def test_a_layer_is_written_per_what_the_registry_says(workspace: Workspace) -> None:
    planned(workspace, f"id: a, {BOTH}, reads: [responses], writes: [cube]")
    with pytest.raises(ParameterError, match="of which there is one per directorate") as caught:
        load_notebook_plan(workspace)
    assert "its `per` should be [directorate]" in str(caught.value)


def test_a_layer_that_no_registry_knows_is_answered_with_the_nearest(workspace: Workspace) -> None:
    planned(workspace, f"id: a, {BOTH}, reads: [responces]")
    with pytest.raises(ParameterError, match="did you mean 'responses'"):
        load_notebook_plan(workspace)
