"""Warm-forked kernels: nothing passes from one notebook to the next, and nothing outlives its
client."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError

from analysis.pipeline import forks, warm
from analysis.pipeline.kernels import LocalKernelManager

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only")


def shown(folder: Path, *sources: str) -> list[str]:
    """What each cell of a notebook prints, run in a kernel of its own."""
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source) for source in sources]
    )
    client = NotebookClient(
        notebook,
        kernel_name=warm.KERNEL,
        kernel_manager_class=LocalKernelManager,
        resources={"metadata": {"path": str(folder)}},
    )
    client.execute()
    return ["".join(output.get("text", "") for output in cell.outputs) for cell in notebook.cells]


SPOIL = """
import os, sys, random, matplotlib, numpy, polars, statistics
left_behind = 1
os.environ["LEFT"] = "x"
os.chdir("/")
sys.path.append("/left")
matplotlib.rcParams["lines.linewidth"] = 99
polars.Config.set_tbl_rows(3)
statistics.mean = None
numpy.random.seed(7); random.seed(7)
polars.DataFrame({"a": [1, 2]}).lazy().group_by("a").len().collect()
"""
LOOK = """
import os, sys, matplotlib, polars, statistics, threading
print("left_behind" in globals(), os.environ.get("LEFT"), os.getcwd(), "/left" in sys.path,
      statistics.mean is None, matplotlib.rcParams["lines.linewidth"],
      polars.Config.state().get("POLARS_FMT_MAX_ROWS"))
print(polars.DataFrame({"a": [1, 2]}).lazy().group_by("a").len().collect().height)
"""


def test_nothing_of_a_notebook_reaches_the_next(tmp_path: Path) -> None:
    shown(tmp_path, SPOIL)
    assert shown(tmp_path, LOOK)[0].splitlines() == [
        f"False None {tmp_path} False False 1.5 None",
        "2",
    ]
    assert shown(tmp_path, SPOIL, LOOK)[1].splitlines()[0] == "True x / True True 99.0 3"


def test_each_kernel_has_its_own_randomness_and_one_hash_seed(tmp_path: Path) -> None:
    draw = "import random, numpy\nprint(random.random(), numpy.random.random(), hash('a'), sep='|')"
    first, second = (shown(tmp_path, draw)[0].strip().split("|") for _ in range(2))
    assert first[0] != second[0] and first[1] != second[1]
    assert first[2] == second[2]


def test_what_a_person_keeps_for_ipython_reaches_no_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    startup = tmp_path / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "00.py").write_text("mine = 1", encoding="utf-8")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    assert shown(tmp_path, "print('mine' in globals())") == ["False\n"]


def test_a_figure_is_shown(tmp_path: Path) -> None:
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell("import matplotlib.pyplot as p\np.plot([1, 2]);")]
    )
    NotebookClient(
        notebook, kernel_name=warm.KERNEL, kernel_manager_class=LocalKernelManager
    ).execute()
    assert "image/png" in notebook.cells[0].outputs[-1]["data"]


def test_a_kernel_that_ends_is_seen_with_its_code(tmp_path: Path) -> None:
    with pytest.raises(DeadKernelError):
        shown(tmp_path, "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)")
    forked = forks.ZYGOTE.fork(["--version"], env=dict(os.environ), cwd=str(tmp_path))
    assert _until(lambda: forked.poll() is not None) and forked.returncode == 0
    killed = forks.ZYGOTE.fork(
        ["-f", str(tmp_path / "k.json")], env=dict(os.environ), cwd=str(tmp_path)
    )
    killed.send_signal(signal.SIGKILL)
    assert _until(lambda: killed.poll() is not None) and killed.returncode == -signal.SIGKILL


CLIENT = """
import json, os, sys, time
from analysis.pipeline import forks
forked = forks.ZYGOTE.fork(["-f", sys.argv[1]], env=dict(os.environ), cwd=".")
print(json.dumps([forked.pid, forks.ZYGOTE._process.pid]), flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("victim", ["client", "zygote"])
def test_no_kernel_and_no_zygote_outlives_its_client(tmp_path: Path, victim: str) -> None:
    client = subprocess.Popen(
        [sys.executable, "-c", CLIENT, str(tmp_path / "k.json")], stdout=subprocess.PIPE, text=True
    )
    assert client.stdout is not None
    kernel, zygote = json.loads(client.stdout.readline())
    assert _alive(kernel) and _alive(zygote)
    os.kill(client.pid if victim == "client" else zygote, signal.SIGKILL)
    if victim == "zygote":
        assert _until(lambda: not _alive(kernel))
        client.kill()
    client.wait()
    assert _until(lambda: not _alive(kernel) and not _alive(zygote))


def test_where_it_cannot_fork_the_kernel_is_cold_and_one_line_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    refusing = forks.Zygote()
    refusing._cold = "kernels are not forked here"
    monkeypatch.setattr(warm, "ZYGOTE", refusing)
    monkeypatch.setattr(warm.WarmProvisioner, "_warned", False)
    with caplog.at_level(logging.WARNING):
        first, second = (shown(tmp_path, "print(1 + 1, hash('a'))") for _ in range(2))
    assert first == second and first[0].startswith("2 ")  # cold ones share the hash seed too
    assert [record.getMessage() for record in caplog.records].count(
        "Kernels start cold, which takes a few seconds each: kernels are not forked here."
    ) == 1


def test_a_change_of_the_library_makes_another_zygote(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = forks.Zygote()
    options = {"env": dict(os.environ), "cwd": str(tmp_path)}
    first = one.fork(["-f", str(tmp_path / "a.json")], **options)
    before = one._process
    monkeypatch.setattr(forks, "library_sources", lambda: (("changed", 1, 1),))
    second = one.fork(["-f", str(tmp_path / "b.json")], **options)
    assert before is not None and one._process is not before
    assert _alive(first.pid) and before.poll() is None  # it ends with its last kernel
    first.release()
    assert _until(lambda: before.poll() is not None)
    second.release()
    one._retire()


def test_who_knows_that_kernels_will_be_asked_for_waits_for_no_import(tmp_path: Path) -> None:
    one = forks.Zygote()
    one.prepare()
    prepared = one._process
    assert prepared is not None and not one._is_ready
    one.prepare()
    forked = one.fork(["-f", str(tmp_path / "k.json")], env=dict(os.environ), cwd=str(tmp_path))
    assert one._process is prepared and _alive(forked.pid)
    forked.release()
    one._retire()
    assert _until(lambda: prepared.poll() is not None)


def test_one_that_nobody_asked_ends_and_is_started_again_by_who_does(tmp_path: Path) -> None:
    one = forks.Zygote()
    one.prepare()
    prepared = one._process
    assert prepared is not None and prepared.poll() is None
    one.dismiss()
    assert prepared.poll() is not None, "it would import for seconds yet"
    forked = one.fork(["-f", str(tmp_path / "k.json")], env=dict(os.environ), cwd=str(tmp_path))
    one.dismiss()
    assert one._process is not prepared and _alive(forked.pid), "a kernel was asked for"
    forked.release()
    one._retire()


def _alive(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return "State:\tZ" not in status


def _until(true: object, seconds: float = 10) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():  # type: ignore[operator]
            return True
        time.sleep(0.02)
    return False


def test_a_kernel_takes_with_it_what_it_started(tmp_path: Path) -> None:
    start = (
        "import subprocess\nwith open('pid', 'w') as f: f.write(str(subprocess.Popen(['sleep', "
        "'77']).pid))"
    )
    with pytest.raises(DeadKernelError):
        shown(tmp_path, start, "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)")
    started = int((tmp_path / "pid").read_text())
    assert _until(
        lambda: (
            not Path(f"/proc/{started}").exists()
            or "Z" in Path(f"/proc/{started}/stat").read_text().split()[2]
        )
    )


DAEMON = """
import os, subprocess, sys
started = subprocess.Popen(["sleep", "78"], start_new_session=True)
code = (
    "import subprocess; quiet = {'stdout': subprocess.DEVNULL, 'stderr': subprocess.DEVNULL}; "
    "print(subprocess.Popen(['sleep', '79'], start_new_session=True, **quiet).pid)"
)
told = {"capture_output": True, "text": True}
orphan = subprocess.run([sys.executable, "-c", code], start_new_session=True, **told).stdout
with open("pids", "w") as written:
    written.write(f"{started.pid} {orphan}")
"""


@pytest.mark.parametrize("end", ["1", "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"])
def test_what_a_notebook_started_in_a_session_of_its_own_ends_with_it(
    tmp_path: Path, end: str
) -> None:
    with suppress(DeadKernelError):
        shown(tmp_path, DAEMON, end)
    numbers = (tmp_path / "pids").read_text().split()
    assert len(numbers) == 2
    for number in numbers:
        assert _until(lambda number=number: not Path(f"/proc/{number}").exists()), (
            "it is dead, and waited for"
        )


def test_what_one_kernel_started_outlives_another(tmp_path: Path) -> None:
    """A kernel's end takes its own orphans, not what a living one has started."""
    for name in "ab":
        (tmp_path / name).mkdir()
    arguments = ["-f", str(tmp_path / "k.json"), "--transport=ipc", f"--ip={tmp_path}/k"]
    living = forks.ZYGOTE.fork(arguments, env=dict(os.environ), cwd=str(tmp_path))
    shown(tmp_path / "a", DAEMON, "1")
    assert living.poll() is None
    living.release()


def test_two_events_of_one_moment_end_one_kernel_and_no_other(tmp_path: Path) -> None:
    arguments = [
        ["-f", str(tmp_path / f"{name}.json"), "--transport=ipc", f"--ip={tmp_path}/{name}"]
        for name in "ab"
    ]
    first, second = (
        forks.ZYGOTE.fork(one, env=dict(os.environ), cwd=str(tmp_path)) for one in arguments
    )
    assert forks.ZYGOTE._process is not None
    zygote = forks.ZYGOTE._process.pid
    os.kill(zygote, signal.SIGSTOP)
    os.kill(first.pid, signal.SIGKILL)
    first.release()
    time.sleep(0.2)
    os.kill(zygote, signal.SIGCONT)
    time.sleep(0.5)
    assert second.poll() is None and forks.ZYGOTE._process.poll() is None
    second.release()
