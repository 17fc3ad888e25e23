"""Plan, ledger and execution, with notebooks made for each behaviour."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
import tempfile
import threading
import time
from concurrent.futures import Executor, Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
import pytest

import analysis
from analysis.errors import NotebookError
from analysis.pipeline import kernels
from analysis.pipeline.execution import Outcome, check_parameters, execute, local_pool
from analysis.pipeline.execution import run as run_job
from analysis.pipeline.failures import cleaned
from analysis.pipeline.jobs import Job
from analysis.pipeline.kernels import Lease, make_socket_folder, socket_folders, sweep_sockets
from analysis.pipeline.ledger import (
    Digests,
    changes,
    fingerprint_of,
    library,
    notebook_digest,
    stale_reasons,
)
from analysis.pipeline.reach import NOTEBOOKS, READING, packages_reached


def notebook(path: Path, *sources: str) -> Path:
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    cells[0].metadata["tags"] = ["parameters"]
    path.write_text(nbformat.writes(nbformat.v4.new_notebook(cells=cells)), encoding="utf-8")
    return path


def job(folder: Path, *sources: str, writes: tuple[Path, ...] = (), **parameters: str) -> Job:
    source = notebook(folder / "n.ipynb", *sources)
    return Job(
        "n here",
        source,
        folder / "out" / "n.ipynb",
        folder,
        {"study": "x", **parameters},
        (),
        writes,
    )


def run_all(jobs: list[Job], *, workers: int = 1, keep_going: bool = True) -> list[Outcome]:
    with local_pool(workers) as pool:
        made = [(one, {"k": "1"}) for one in jobs]
        outcomes = execute(
            made,
            pool=pool,
            redact=lambda text: text.replace("secret", "[x]"),
            done=lambda _: None,
            keep_going=keep_going,
        )
    assert [folder for owner, folder in socket_folders() if owner == os.getpid()] == []
    return outcomes


def run(one: Job) -> NotebookError | None:
    return run_all([one])[0].error


def why(one: Job, **made: str) -> list[str]:
    return stale_reasons(one, made or {"k": "1"}, Digests(one.folder / "digests.json"))


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


def test_a_kernel_that_dies_is_told_like_any_failure(tmp_path: Path) -> None:
    error = run(
        job(tmp_path, 'study = "a"', "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)")
    )
    assert error is not None
    assert (
        "n here failed in cell [3]: DeadKernelError: its kernel died; it may have wanted more than "
        "the 4096 MiB" in str(error)
    )
    assert list((tmp_path / "out").glob(".*")) == []


def test_a_notebook_that_does_not_write_what_the_plan_says_has_failed(tmp_path: Path) -> None:
    place = tmp_path / "estimates" / "directorate=a" / "wave=b" / "part-0.parquet"
    error = run(job(tmp_path, 'study = "a"', writes=(place,)))
    assert error is not None and "did not write estimates" in str(error)


def test_a_table_that_was_there_before_is_not_taken_for_the_notebook_s_own(tmp_path: Path) -> None:
    place = tmp_path / "estimates" / "directorate=a" / "wave=b" / "part-0.parquet"
    place.parent.mkdir(parents=True)
    write = f"from pathlib import Path\nPath({str(place)!r}).write_text('figures')"
    assert run(job(tmp_path, 'study = "a"', write, writes=(place,))) is None
    error = run(job(tmp_path, 'study = "a"', "1", writes=(place,)))
    assert error is not None and "did not write estimates" in str(error)
    assert why(job(tmp_path, 'study = "a"', "1", writes=(place,))) == ["it never ran to its end"]
    assert (
        run(job(tmp_path, 'study = "a"', write, writes=(place,))) is None
    )  # the same bytes, written again


def test_what_a_scheduler_loses_has_failed(tmp_path: Path) -> None:
    jobs = []
    for name in "abc":
        (tmp_path / name).mkdir()
        jobs.append((replace(job(tmp_path / name, 'study = "a"'), title=name), {}))

    class Losing(Executor):
        """A scheduler that is gone after it took the jobs, and a worker that was."""

        def submit(self, work: Any, /, *arguments: Any, **_: Any) -> Future[Any]:
            future: Future[Any] = Future()
            if arguments[0].title == "a":
                future.cancel()
                future.set_running_or_notify_cancel()
            elif arguments[0].title == "b":
                future.set_exception(RuntimeError("KilledWorker"))
            else:
                future.set_result(Outcome(arguments[0], 1.0, None))
            return future

    outcomes = execute(jobs, pool=Losing(), redact=str, done=lambda _: None)
    told = {outcome.job.title: str(outcome.error) for outcome in outcomes}
    assert (
        "the scheduler is gone" in told["a"]
        and "its worker was lost (RuntimeError)" in told["b"]
        and told["c"] == "None"
    )


def test_a_worker_ends_what_its_command_no_longer_holds_and_refuses_another_library(
    tmp_path: Path,
) -> None:
    one = job(tmp_path, 'study = "a"', "import time\ntime.sleep(60)")
    held = Lease(tmp_path / "lock", "me")
    refused = run_job(one, {"library study": "another"}, str, None, held)
    assert "the worker has another library" in str(refused.error)
    made = library(packages_reached(NOTEBOOKS), Digests(tmp_path / "d.json"))
    held.path.write_text("me", encoding="utf-8")
    threading.Timer(3, held.path.write_text, ("another command",)).start()
    start = time.monotonic()
    assert "was stopped in cell [3]: the command that asked for it has ended" in str(
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


def test_only_what_can_change_a_result_changes_what_it_is_made_of(tmp_path: Path) -> None:
    one = job(tmp_path, 'study = "a"', "1 + 1")
    digests = Digests(tmp_path / "digests.json")
    before = fingerprint_of(one, {"lock": "1"}, tmp_path, digests)
    loaded = nbformat.read(one.source, as_version=4)
    loaded.cells[1].id = "another"
    loaded.cells[1].execution_count = 7
    loaded.metadata["x"] = 1
    one.source.write_text(nbformat.writes(loaded), encoding="utf-8")
    assert fingerprint_of(one, {"lock": "1"}, tmp_path, digests) == before
    assert changes(before, fingerprint_of(one, {"lock": "2"}, tmp_path, digests)) == [
        "lock changed"
    ]
    digest = notebook_digest(one.source)
    loaded.cells[1].source = "1 + 22"
    one.source.write_text(nbformat.writes(loaded), encoding="utf-8")
    assert notebook_digest(one.source) != digest
    assert changes(before, fingerprint_of(one, {"lock": "1"}, tmp_path, digests)) == [
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


def test_a_failed_notebook_is_kept_without_what_it_showed_and_goes_when_mended(
    tmp_path: Path,
) -> None:
    one = job(tmp_path, 'study = "a"', "print('a secret answer')", "raise ValueError('my secret')")
    outcome = run_all([one])[0]
    assert outcome.error is not None and "ValueError, whose text is kept apart" in str(
        outcome.error
    )
    assert (
        "my" not in str(outcome.error) and "my" not in outcome.cause
    )  # an error may quote an answer
    failed = tmp_path / "out" / "failed"
    assert stat.S_IMODE(failed.stat().st_mode) == 0o700
    kept = (failed / "n.ipynb").read_text(encoding="utf-8")
    record = json.loads((failed / "n.json").read_text(encoding="utf-8"))
    assert (
        record["error"] == "ValueError"
        and record["cell"] == 4
        and record["again"].startswith("once mended")
    )
    assert record["message"] == "my [x]"
    assert "a [x] answer" in "".join(record["shown"]) and "secret" not in json.dumps(
        record["shown"]
    )
    assert '"output_type"' not in kept
    notebook(one.source, 'study = "a"', "1")
    assert run(one) is None
    assert not failed.exists()


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


CANARY = "Mme Dupont-Lajoie"


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (f"raise TypeError('{CANARY}')", "TypeError, whose text is kept apart"),
        (
            f"raise FileNotFoundError(2, 'no such', '{CANARY}')",
            "FileNotFoundError, whose text is kept apart",
        ),
        (f"raise OSError('{CANARY}')", "OSError, whose text is kept apart"),
        (f"raise NameError('{CANARY}')", "NameError, whose text is kept apart"),
        (f"raise KeyError('{CANARY}')", "KeyError, whose text is kept apart"),
        (
            f"class IntakeError(Exception): pass\nraise IntakeError('{CANARY}')",
            "IntakeError, whose text is kept apart",
        ),
        (
            f"from analysis.errors import IntakeError\nraise IntakeError('{CANARY}', hint='x')",
            "IntakeError, whose text is kept",
        ),
        (f"raise MemoryError('{CANARY}')", "MemoryError (a limit is set"),
        # A name that only the data holds, in the texts of Python and of this library.
        ("eval(bytes.fromhex('4475706f6e74').decode())", "NameError, whose text is kept apart"),
        ("getattr('', bytes.fromhex('4475706f6e74').decode())", "AttributeError, whose text is"),
        (
            "from analysis.errors import nearest\nfrom analysis.study import Workspace\n"
            "from pathlib import Path\n"
            "Workspace(Path('.')).study(bytes.fromhex('4475706f6e74').decode())",
            "ScopeError: Unknown study: a name that is kept apart.",
        ),
        ("polars", "NameError: name 'polars' is not defined"),
        (
            "import no_such_module_here",
            "ModuleNotFoundError: No module named 'no_such_module_here'",
        ),
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("''.nothing", "AttributeError: 'str' object has no attribute 'nothing'"),
        (
            "from analysis.study import Workspace\nfrom pathlib import "
            "Path\nWorkspace.find(Path('/'))",
            "ScopeError: No workspace here.",
        ),
    ],
)
def test_no_text_that_may_quote_an_answer_reaches_a_message_or_the_journal(
    tmp_path: Path, source: str, said: str
) -> None:
    outcome = run_all([job(tmp_path, 'study = "a"', source)])[0]
    assert outcome.error is not None and said in str(outcome.error) and said in outcome.cause
    assert "Dupont" not in str(outcome.error) and "Dupont" not in outcome.cause
    if "Dupont" in source or "fromhex" in source:
        assert "Dupont" in (tmp_path / "out" / "failed" / "n.json").read_text(encoding="utf-8"), (
            "its owner can read it"
        )


def test_failures_of_one_class_and_other_texts_are_told_apart(tmp_path: Path) -> None:
    places = [tmp_path / name for name in "abc"]
    for place in places:
        place.mkdir()
    texts = ("one", "one", "two")
    outcomes = [
        run_all([job(place, 'study = "a"', f"raise ValueError({text!r})")])[0]
        for place, text in zip(places, texts, strict=True)
    ]
    assert outcomes[0].group == outcomes[1].group != outcomes[2].group
    assert len({outcome.cause for outcome in outcomes}) == 1


@pytest.mark.parametrize(
    ("source", "limits", "words"),
    [
        (
            "import time\nwhile True: time.sleep(0.1)",
            {"seconds": 3},
            "was stopped in cell [3]: it took more than 3 seconds",
        ),
        (
            "held = []\nwhile True: held.append(bytearray(10_000_000))",
            {"memory_mib": 300},
            "300 MiB of memory",
        ),
        (
            "while True: print('x' * 1000)",
            {},
            "was stopped in cell [3]: it showed more than 16 MiB",
        ),
    ],
)
def test_a_notebook_is_stopped_at_its_limits(
    tmp_path: Path, source: str, limits: dict[str, int], words: str
) -> None:
    error = run(replace(job(tmp_path, 'study = "a"', source), **limits))
    assert error is not None and words in str(error)
    record = json.loads((tmp_path / "out" / "failed" / "n.json").read_text(encoding="utf-8"))
    assert record["cell"] == 3 and (tmp_path / "out" / "failed" / "n.ipynb").exists()
    assert "once mended: observatoire run x" in str(error)


def test_what_a_limit_of_memory_refuses_runs_within_it(tmp_path: Path) -> None:
    one = job(tmp_path, 'study = "a"', "held = [bytearray(10_000_000) for _ in range(40)]")
    refused = run(replace(one, memory_mib=300))
    assert refused is not None and "300 MiB of memory" in str(refused)
    assert run(replace(one, memory_mib=600)) is None


def test_after_a_failure_the_others_start_only_when_told_to(tmp_path: Path) -> None:
    jobs = []
    for name, source in (("a", "1 / 0"), ("b", "1"), ("c", "2"), ("d", "3")):
        (tmp_path / name).mkdir()
        jobs.append(job(tmp_path / name, 'study = "a"', source))
    assert len(run_all(jobs, keep_going=True)) == 4
    assert len(run_all(jobs, keep_going=False)) < 4


def test_cleaning_keeps_tags_and_drops_the_rest() -> None:
    cell = nbformat.v4.new_code_cell(
        "a = 1",
        metadata={"tags": ["parameters"], "execution": {"iopub.execute_input": "2026-01-01"}},
    )
    said = "/tmp/ipykernel_5553/12345.py:1: UserWarning: look\n"
    cell.outputs = [nbformat.v4.new_output("stream", name="stderr", text=said)]
    found = cleaned(nbformat.v4.new_notebook(cells=[cell], metadata={"papermill": {"duration": 3}}))
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
    assert set(packages_reached(READING, root)) == {
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
