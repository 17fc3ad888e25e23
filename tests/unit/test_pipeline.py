"""Plan, ledger and execution, with notebooks made for each behaviour."""

from __future__ import annotations

import gc
import hashlib
import json
import os
import shutil
import stat
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest

import analysis
from analysis.errors import NotebookError
from analysis.pipeline import kernels
from analysis.pipeline.execution import check_parameters, execute, local_pool
from analysis.pipeline.execution import run_notebook as run_job
from analysis.pipeline.failures import clean_notebook
from analysis.pipeline.kernels import Lease, make_socket_folder, sweep_sockets
from analysis.pipeline.ledger import (
    Digests,
    Snapshot,
    fingerprint_changes,
    fingerprint_of,
    library_digests,
    notebook_digest,
)
from analysis.pipeline.parameters import without_values
from analysis.pipeline.reach import INTAKE, NOTEBOOKS, packages_reached
from tests.unit.jobs import job, notebook, run, run_all, why


def test_a_run_leaves_a_clean_notebook_and_its_record(tmp_path: Path) -> None:
    made = tmp_path / "made.txt"
    name = "/".join(made.parts[-4:])
    one = job(
        tmp_path,
        'study = "a"',
        "from pathlib import Path\nPath('made.txt').write_text(study); study",
        writes=(made,),
    )
    assert run(one) is None
    assert made.read_text() == "x"
    executed = nbformat.read(one.output, as_version=4)
    assert executed.cells[-1].outputs[0]["data"]["text/plain"] == "'x'"
    assert [cell.id for cell in executed.cells] == ["cell-000", "cell-001", "cell-002"]
    assert "papermill" not in json.dumps(executed)
    assert str(tmp_path) not in one.output.read_text(encoding="utf-8")
    assert why(one) == []
    assert why(one, k="2", l="1") == ["k changed", "l is new"]
    made.write_text("altered")
    assert why(one) == [f"{name} was altered or removed"]
    made.unlink()
    assert why(one) == [f"{name} was altered or removed"]
    one.record.write_text("{")
    assert why(one) == ["it never ran to its end"]


def test_notebooks_side_by_side_each_work_in_their_own_folder(tmp_path: Path) -> None:
    jobs = []
    for name in "abcd":
        folder = tmp_path / name
        folder.mkdir()
        jobs.append(
            job(
                folder,
                'study = "a"',
                "import time\ntime.sleep(0.2)",
                f"open('{name}.txt', 'w').close()",
            )
        )
    outcomes = run_all(jobs, workers=4)
    assert [outcome.error for outcome in outcomes] == [None] * 4
    assert all((tmp_path / name / f"{name}.txt").exists() for name in "abcd")


def test_a_worker_ends_what_its_command_no_longer_holds_and_refuses_another_library(
    tmp_path: Path,
) -> None:
    one = job(tmp_path, 'study = "a"', "import time\ntime.sleep(60)")
    held = Lease(tmp_path / "lock", "me")
    refused = run_job(one, {"library study": "another"}, str, None, held)
    assert "the worker has another library" in str(refused.error)
    made = library_digests(packages_reached(NOTEBOOKS), Digests(tmp_path / "d.json"))
    held.path.write_text("me", encoding="utf-8")
    threading.Timer(3, held.path.write_text, ("another command",)).start()
    start = time.monotonic()
    assert "was stopped in cell [2]: the command that asked for it has ended" in str(
        run_job(one, made, str, None, held).error
    )
    assert time.monotonic() - start < 30


def test_a_scope_that_nobody_gives_is_refused(tmp_path: Path) -> None:
    one = job(tmp_path, 'study = "a"\ndirectorate = "b"\nwave = "c"', directorate="b")
    with pytest.raises(NotebookError, match="Nobody gives the parameter 'wave'"):
        check_parameters(one)


def test_a_parameter_that_the_cell_lacks_is_an_error(tmp_path: Path) -> None:
    one = job(tmp_path, 'study: str = "a"\ndirectorat: str = "b"', directorate="def")
    with pytest.raises(NotebookError, match="did you mean 'directorat'"):
        check_parameters(one)
    bare = notebook(tmp_path / "n.ipynb", "a = 1")
    text = bare.read_text().replace("parameters", "other")
    bare.write_text(text)
    with pytest.raises(NotebookError, match="0 cells are tagged"):
        check_parameters(one)


class Yielding:
    """Garbage that lets other threads in, whatever is made when it is collected."""

    def __init__(self) -> None:
        self.itself = self

    def __del__(self) -> None:
        time.sleep(0.0005)


def test_parameters_are_read_in_many_threads_at_once() -> None:
    often = gc.get_threshold()

    def read(_: int) -> str:
        Yielding()
        Yielding()
        return without_values("a = 1\n" * 50, ["b"])

    gc.set_threshold(10)
    try:
        with ThreadPoolExecutor(4) as pool:
            assert set(pool.map(read, range(400))) == {"a = 1\n" * 50}
    finally:
        gc.set_threshold(*often)


def test_only_what_can_change_a_result_changes_what_it_is_made_of(tmp_path: Path) -> None:
    one = job(tmp_path, 'study = "a"', "1 + 1")
    digests = Snapshot(Digests(tmp_path / "digests.json"))
    before = fingerprint_of(one, {"lock": "1"}, tmp_path, digests)
    loaded = nbformat.read(one.source, as_version=4)
    loaded.cells[1].id = "another"
    loaded.cells[1].execution_count = 7
    loaded.metadata["x"] = 1
    one.source.write_text(nbformat.writes(loaded), encoding="utf-8")
    assert fingerprint_of(one, {"lock": "1"}, tmp_path, digests) == before
    assert fingerprint_changes(before, fingerprint_of(one, {"lock": "2"}, tmp_path, digests)) == [
        "lock changed"
    ]
    digest = notebook_digest(one.source)
    loaded.cells[1].source = "1 + 22"
    one.source.write_text(nbformat.writes(loaded), encoding="utf-8")
    assert notebook_digest(one.source) != digest
    assert fingerprint_changes(before, fingerprint_of(one, {"lock": "1"}, tmp_path, digests)) == [
        "notebook n changed"
    ]


def test_digests_are_read_again_when_a_file_is_new_and_not_when_it_is_as_it_was(
    tmp_path: Path,
) -> None:
    path, kept = tmp_path / "a", tmp_path / "digests.json"
    path.write_text("one")
    old = 1_700_000_000_000_000_000
    os.utime(path, ns=(old, old))
    digests = Digests(kept)
    first = digests.of(path)
    digests.save()
    assert first == hashlib.sha256(b"one").hexdigest() and digests.of(tmp_path / "none") == "absent"
    content = json.loads(kept.read_text())
    content[str(path)][-1] = "from the store"
    kept.write_text(json.dumps(content))
    assert Digests(kept).of(path) == "from the store"
    path.write_text("two")  # now: too young to be kept, whatever its size
    again = Digests(kept)
    assert again.of(path) == hashlib.sha256(b"two").hexdigest()
    again.save()
    assert json.loads(kept.read_text())[str(path)][-1] == "from the store"
    kept.write_text("not JSON")
    assert Digests(kept).of(path) == hashlib.sha256(b"two").hexdigest()


def test_nobody_can_block_a_run_by_taking_the_name_of_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(kernels, "LONGEST", 500)
    for name in (
        f"observatoire-{os.getuid()}",
        f"observatoire-{os.getpid()}",
        f"observatoire-{os.getpid()}-",
    ):
        (tmp_path / name).write_text("taken")
    one, two = make_socket_folder(), make_socket_folder()
    assert one != two and one.parent == tmp_path and stat.S_IMODE(one.stat().st_mode) == 0o700
    sweep_sockets()
    assert one.is_dir() and (tmp_path / f"observatoire-{os.getuid()}").exists()
    dead = tmp_path / "observatoire-999999999-abc"
    dead.mkdir()
    sweep_sockets()
    assert not dead.exists() and one.is_dir()


def test_cleaning_keeps_tags_and_drops_the_rest() -> None:
    cell = nbformat.v4.new_code_cell(
        "a = 1",
        metadata={"tags": ["parameters"], "execution": {"iopub.execute_input": "2026-01-01"}},
    )
    said = "/tmp/ipykernel_5553/12345.py:1: UserWarning: look\n"
    cell.outputs = [nbformat.v4.new_output("stream", name="stderr", text=said)]
    found = clean_notebook(
        nbformat.v4.new_notebook(cells=[cell], metadata={"papermill": {"duration": 3}})
    )
    assert found.cells[0].outputs[0].text == "the cell:1: UserWarning: look\n"
    assert found.cells[0].metadata == {"tags": ["parameters"]}
    assert list(found.metadata) == ["kernelspec"]


def test_what_runs_is_shown_by_the_texts_of_the_notebook(tmp_path: Path) -> None:
    one = job(tmp_path, 'study = "a"', "1")
    loaded = nbformat.read(one.source, as_version=4)
    texts = [nbformat.v4.new_markdown_cell(text) for text in ("# Title\nand more", "Then *this*")]
    loaded.cells = [texts[0], loaded.cells[0], texts[1], loaded.cells[1]]
    one.source.write_text(nbformat.writes(loaded), encoding="utf-8")
    shown: list[tuple[str, str]] = []
    with local_pool(1) as pool:
        execute(
            [(one, {})],
            pool=pool,
            redact=str,
            done=lambda _: None,
            show=lambda ran, what: shown.append((ran.title, what)),
        )
    assert shown == [("n here", "Title"), ("n here", "Then *this*")]


def test_what_a_notebook_comes_to_import_makes_it_stale(tmp_path: Path) -> None:
    """Package lists come from the imports: nobody has to remember a new one."""
    root = tmp_path / "analysis"
    shutil.copytree(Path(analysis.__file__).parent, root)
    before = packages_reached(NOTEBOOKS, root)
    assert before == packages_reached(NOTEBOOKS)
    assert {"workbench", "indicators", "inference", "storage", "study", "errors"} <= set(before)
    assert not {"simulation", "operations", "cli", "editions"} & set(before)
    assert set(packages_reached(INTAKE, root)) == {
        "intake",
        "storage",
        "study",
        "privacy",
        "errors",
    }
    (root / "newcomer").mkdir()
    (root / "newcomer" / "__init__.py").write_text("from analysis import simulation\n")
    with (root / "indicators" / "change.py").open("a") as stream:
        stream.write("\n\ndef later() -> None:\n    from analysis.newcomer import x\n")
    packages_reached.cache_clear()
    assert set(packages_reached(NOTEBOOKS, root)) == {
        *before,
        "newcomer",
        *packages_reached("simulation", root),
    }
