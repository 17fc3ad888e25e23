"""Progress: plain lines where nobody looks, a bar with what runs under it on a terminal."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys

from analysis.operations.progress import Progress

SCRIPT = """
import time
from analysis.operations.progress import Progress
with Progress(print, "notebooks", 2) as progress:
    progress.show("a", "reads the deliveries")
    progress.show("b", "counts")
    time.sleep(0.3)
    progress.step("a")
    time.sleep(0.3)
    progress.step("b")
print("end")
"""


def test_elsewhere_than_on_a_terminal_each_step_is_a_line() -> None:
    said: list[str] = []
    with Progress(said.append, "notebooks", 2) as progress:
        progress.show("a", "reads the deliveries")
        progress.step("a")
        progress.step("b")
    assert said == ["notebooks 1/2: a", "notebooks 2/2: b"]


def test_on_a_terminal_what_runs_stands_under_the_bar_and_all_of_it_goes() -> None:
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "80", "LINES": "20"}
    subprocess.run(
        [sys.executable, "-c", SCRIPT],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=environment,
        check=True,
    )
    os.close(theirs)
    seen = ""
    while True:
        try:
            seen += os.read(ours, 65536).decode()
        except OSError:  # its other end is closed, and all was read
            break
    os.close(ours)
    frames = [
        re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", frame) for frame in re.split(r"(?=notebooks )", seen)
    ]
    assert any(
        "0/2" in one and "a · reads the deliveries" in one and "b · counts" in one for one in frames
    )
    assert any("1/2" in one and "b · counts" in one and "a · " not in one for one in frames)
    assert seen.rstrip().endswith("end")
    assert "notebooks 1/2: a" not in seen
