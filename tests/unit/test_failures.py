"""Notebooks that do not come to their end: what is told of them, what is kept, and nothing more."""

from __future__ import annotations

import json
import stat
from concurrent.futures import Executor, Future
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
import pytest

from analysis.operations.run import _is_lost
from analysis.pipeline.execution import Outcome, execute
from analysis.pipeline.jobs import Job
from analysis.pipeline.ledger import Fingerprint
from tests.unit.jobs import job, notebook, run, run_all, why


def test_a_failure_says_scope_cell_cause_and_command_and_keeps_the_notebook(tmp_path: Path) -> None:
    one = job(tmp_path, 'study = "a"\nwave = "w"', "1 / 0", wave="2026-2")
    error = run(one)
    assert error is not None
    assert "n here failed in cell [2]: ZeroDivisionError: division by zero" in str(error)
    assert "observatoire run x --wave 2026-2" in str(error)
    assert (tmp_path / "out" / "failed" / "n.ipynb").exists()
    assert not one.output.exists() and not one.record.exists()
    assert list((tmp_path / "out").glob(".*")) == []


def test_a_cell_is_numbered_as_the_analyst_sees_it(tmp_path: Path) -> None:
    """Among the code cells of the notebook that hold code: texts, empty cells and the cell of
    parameters that a run puts in are none."""
    one = job(tmp_path, 'study = "a"', "", "1", "x = 2\n1 / 0", "3")
    content = nbformat.read(one.source, as_version=4)
    content.cells.insert(0, nbformat.v4.new_markdown_cell("# A title"))
    content.cells.insert(3, nbformat.v4.new_markdown_cell("Then this"))
    one.source.write_text(nbformat.writes(content), encoding="utf-8")
    error = run(one)
    assert error is not None and "n here failed in cell [3]: ZeroDivisionError" in str(error)
    record = json.loads((tmp_path / "out" / "failed" / "n.json").read_text(encoding="utf-8"))
    assert record["cell"] == 3


def test_a_kernel_that_dies_is_told_like_any_failure(tmp_path: Path) -> None:
    error = run(
        job(tmp_path, 'study = "a"', "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)")
    )
    assert error is not None
    assert (
        "n here failed in cell [2]: DeadKernelError: its kernel died; it may have wanted more than "
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


class Losing(Executor):
    """A scheduler that cancels a job, lost the worker of another and keeps a third for ever."""

    def submit(self, work: Any, /, *arguments: Any, **_: Any) -> Future[Any]:
        future: Future[Any] = Future()
        if arguments[0].title == "a":
            future.cancel()
            future.set_running_or_notify_cancel()
        elif arguments[0].title == "b":
            future.set_exception(RuntimeError("KilledWorker"))
        elif arguments[0].title == "c":
            future.set_result(Outcome(arguments[0], 1.0, None))
        return future


@pytest.fixture
def jobs(tmp_path: Path) -> list[tuple[Job, Fingerprint]]:
    found: list[tuple[Job, Fingerprint]] = []
    for name in "abcd":
        (tmp_path / name).mkdir()
        found.append((replace(job(tmp_path / name, 'study = "a"'), title=name), {}))
    return found


def test_what_a_scheduler_loses_has_failed(jobs: list[tuple[Job, Fingerprint]]) -> None:
    told: list[str] = []

    def done(outcome: Outcome) -> None:
        told.append(outcome.job.title)

    outcomes = execute(
        jobs, pool=Losing(), redact=str, done=done, is_lost=lambda: len(told) == len(jobs) - 1
    )
    errors = {outcome.job.title: str(outcome.error) for outcome in outcomes}
    assert "the scheduler is gone" in errors["a"] and "the scheduler is gone" in errors["d"]
    assert "its worker was lost (RuntimeError)" in errors["b"] and errors["c"] == "None"
    assert sorted(told) == list("abcd")


def test_a_scheduler_that_is_gone_is_given_nothing_more(
    jobs: list[tuple[Job, Fingerprint]],
) -> None:
    class Refusing(Losing):
        def submit(self, work: Any, /, *arguments: Any, **_: Any) -> Future[Any]:
            raise AssertionError("nobody would answer")

    told: list[Outcome] = []
    outcomes = execute(jobs, pool=Refusing(), redact=str, done=told.append, is_lost=lambda: True)
    assert told == outcomes and {one.cause for one in outcomes} == {"the scheduler is gone"}
    assert len(outcomes) == len(jobs)


@pytest.mark.parametrize(
    ("status", "link", "lost"),
    [
        ("running", SimpleNamespace(closed=lambda: False), False),
        ("running", SimpleNamespace(closed=lambda: True), True),
        ("running", None, True),
        ("connecting", None, False),
        ("closing", None, True),
        ("closed", None, True),
    ],
)
def test_a_client_has_lost_its_scheduler_once_their_link_is_closed(
    status: str, link: object, lost: bool
) -> None:
    """While it looks for another, it has not."""
    assert _is_lost(SimpleNamespace(status=status, scheduler_comm=link)) is lost


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
        and record["cell"] == 3
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
        ("{}[bytes.fromhex('4475706f6e74').decode()]", "KeyError, whose text is kept apart"),
        ("{}['nothing']", "KeyError: 'nothing'"),
        (
            "import polars\npolars.DataFrame({'a': ['Dupont']}).select('nothing')",
            'ColumnNotFoundError: unable to find column "nothing"',
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
            "was stopped in cell [2]: it took more than 3 seconds",
        ),
        (
            "held = []\nwhile True: held.append(bytearray(10_000_000))",
            {"memory_mib": 300},
            "300 MiB of memory",
        ),
        (
            "while True: print('x' * 1000)",
            {},
            "was stopped in cell [2]: it showed more than 16 MiB",
        ),
    ],
)
def test_a_notebook_is_stopped_at_its_limits(
    tmp_path: Path, source: str, limits: dict[str, int], words: str
) -> None:
    error = run(replace(job(tmp_path, 'study = "a"', source), **limits))
    assert error is not None and words in str(error)
    record = json.loads((tmp_path / "out" / "failed" / "n.json").read_text(encoding="utf-8"))
    assert record["cell"] == 2 and (tmp_path / "out" / "failed" / "n.ipynb").exists()
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
