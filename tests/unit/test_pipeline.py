"""Plan, ledger and execution, with notebooks made for each behaviour."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest

from analysis.errors import NotebookError, NotReadyError, ParameterError
from analysis.pipeline import Job, execute, is_current, load_plan, plan_jobs
from analysis.pipeline.execution import check_parameters, cleaned
from analysis.pipeline.ledger import job_key, notebook_digest
from analysis.study import Study, Workspace
from tests.conftest import empty_workspace


def notebook(path: Path, *sources: str) -> Path:
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    cells[0].metadata["tags"] = ["parameters"]
    path.write_text(nbformat.writes(nbformat.v4.new_notebook(cells=cells)), encoding="utf-8")
    return path


def job(folder: Path, *sources: str, writes: tuple[Path, ...] = (), **parameters: str) -> Job:
    source = notebook(folder / "n.ipynb", *sources)
    return Job("n here", source, folder / "out" / "n.ipynb", folder, {"study": "x", **parameters}, (), writes)


def run(one: Job, key: str = "k") -> NotebookError | None:
    outcomes = execute([(one, key)], workers=1, done=lambda outcome: None)
    return outcomes[0].error


def test_a_run_leaves_a_clean_notebook_and_its_record(tmp_path: Path) -> None:
    made = tmp_path / "made.txt"
    one = job(tmp_path, 'study = "a"', "from pathlib import Path\nPath('made.txt').write_text(study); study", writes=(made,))
    assert run(one) is None
    assert made.read_text() == "x"
    executed = nbformat.read(one.output, as_version=4)
    assert executed.cells[-1].outputs[0]["data"]["text/plain"] == "'x'"
    assert [cell.id for cell in executed.cells] == ["cell-000", "cell-001", "cell-002"]
    assert "papermill" not in json.dumps(executed)
    assert str(tmp_path) not in one.output.read_text(encoding="utf-8")
    assert is_current(one, "k")
    assert not is_current(one, "other")
    made.write_text("altered")
    assert not is_current(one, "k")


def test_a_failure_says_scope_cell_cause_and_command_and_keeps_the_notebook(tmp_path: Path) -> None:
    one = job(tmp_path, 'study = "a"\nwave = "w"', "1 / 0", wave="2026-2")
    error = run(one)
    assert error is not None
    assert "n here failed in cell [3]: ZeroDivisionError: division by zero" in str(error)
    assert "observatoire run x --wave 2026-2" in str(error)
    assert (tmp_path / "out" / "failed" / "n.ipynb").exists()
    assert not one.output.exists() and not one.record.exists()
    assert list((tmp_path / "out").glob(".*")) == []


def test_notebooks_side_by_side_each_work_in_their_own_folder(tmp_path: Path) -> None:
    jobs = []
    for name in "abcd":
        folder = tmp_path / name
        folder.mkdir()
        jobs.append((job(folder, 'study = "a"', "import time\ntime.sleep(0.2)", f"open('{name}.txt', 'w').close()"), "k"))
    outcomes = execute(jobs, workers=4, done=lambda outcome: None)
    assert [outcome.error for outcome in outcomes] == [None] * 4
    assert all((tmp_path / name / f"{name}.txt").exists() for name in "abcd")


def test_a_kernel_that_dies_is_told_like_any_failure(tmp_path: Path) -> None:
    error = run(job(tmp_path, 'study = "a"', "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"))
    assert error is not None
    assert "n here could not be run: DeadKernelError" in str(error)
    assert list((tmp_path / "out").glob(".*")) == []


def test_a_notebook_that_does_not_write_what_the_plan_says_has_failed(tmp_path: Path) -> None:
    place = tmp_path / "estimates" / "directorate=a" / "wave=b" / "part-0.parquet"
    error = run(job(tmp_path, 'study = "a"', writes=(place,)))
    assert error is not None and "did not write estimates" in str(error)


def test_a_parameter_that_the_cell_lacks_is_an_error(tmp_path: Path) -> None:
    one = job(tmp_path, 'study: str = "a"\ndirectorat: str = "b"', directorate="def")
    with pytest.raises(NotebookError, match="did you mean 'directorat'"):
        check_parameters(one)
    bare = notebook(tmp_path / "n.ipynb", "a = 1")
    text = bare.read_text().replace("parameters", "other")
    bare.write_text(text)
    with pytest.raises(NotebookError, match="0 cells are tagged"):
        check_parameters(one)


def test_only_what_can_change_a_result_changes_its_key(tmp_path: Path) -> None:
    one = job(tmp_path, 'study = "a"', "1 + 1")
    lock = tmp_path / "lock"
    lock.write_text("a==1")
    key = job_key(one, study_digest="s", lock=lock)
    digest = notebook_digest(one.source)
    loaded = nbformat.read(one.source, as_version=4)
    loaded.cells[1].id = "another"
    loaded.cells[1].execution_count = 7
    loaded.metadata["x"] = 1
    one.source.write_text(nbformat.writes(loaded), encoding="utf-8")
    assert notebook_digest(one.source) == digest
    assert job_key(one, study_digest="s", lock=lock) == key
    assert job_key(one, study_digest="t", lock=lock) != key
    lock.write_text("a==2")
    assert job_key(one, study_digest="s", lock=lock) != key
    loaded.cells[1].source = "1 + 2"
    one.source.write_text(nbformat.writes(loaded), encoding="utf-8")
    assert notebook_digest(one.source) != digest


def test_cleaning_keeps_tags_and_drops_the_rest() -> None:
    cell = nbformat.v4.new_code_cell(
        "a = 1", metadata={"tags": ["parameters"], "execution": {"iopub.execute_input": "2026-01-01"}}
    )
    found = cleaned(nbformat.v4.new_notebook(cells=[cell], metadata={"papermill": {"duration": 3}}))
    assert found.cells[0].metadata == {"tags": ["parameters"]}
    assert list(found.metadata) == ["kernelspec"]


def test_the_plan_names_notebooks_that_exist(tmp_path: Path, study: Study) -> None:
    workspace = Workspace(empty_workspace(tmp_path / "w"))
    plan = load_plan(workspace)
    assert [one.id for one in plan.notebooks] == ["10_collection", "20_satisfaction", "synthesis", "director", "method"]
    with pytest.raises(NotReadyError, match="Nobody answered in dpaph"):
        plan_jobs(workspace, study, plan.notebooks[:2], directorates=study.directorates[:1], waves=study.waves)
    (workspace.notebooks / "workshop" / "10_collection.ipynb").unlink()
    with pytest.raises(ParameterError, match="does not exist"):
        load_plan(workspace)
