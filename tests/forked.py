"""The command in a process that is forked from one which has imported what it imports: as in a new
process, a second or two sooner, some hundreds of times."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

PARENT = multiprocessing.get_context("forkserver")
PARENT.set_forkserver_preload(["tests.preloaded"])
NAMES = ("stdout", "stderr")


def run_forked(
    arguments: Sequence[str], *, cwd: Path, env: Mapping[str, str], timeout: float
) -> subprocess.CompletedProcess[str]:
    """Runs the command to its end, or kills it and raises `subprocess.TimeoutExpired`."""
    with tempfile.TemporaryDirectory() as folder:
        told = [Path(folder) / name for name in NAMES]
        process = PARENT.Process(target=_as_command, args=(arguments, cwd, dict(env), told))
        process.start()
        process.join(timeout)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired(list(arguments), timeout)
        out, err = (path.read_text(encoding="utf-8") for path in told)
        return subprocess.CompletedProcess(list(arguments), process.exitcode, out, err)


def _as_command(
    arguments: Sequence[str], cwd: Path, env: Mapping[str, str], told: Sequence[Path]
) -> None:
    """Becomes the command, in the child."""
    for number, path in enumerate(told, start=1):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT)
        os.dup2(descriptor, number)
        os.close(descriptor)
    os.environ.clear()
    os.environ.update(env)
    os.chdir(cwd)
    sys.argv = ["observatoire", *arguments]
    from analysis.cli import main

    main()
