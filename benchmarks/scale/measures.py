"""What each step of a study of some size takes, measured in a process of its own: seconds of
processors, so that other work on the machine is not counted, and memory.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from analysis.editions.catalogue import catalogue
from analysis.editions.catalogue_page import CataloguePage
from analysis.editions.register import Act, Register
from analysis.operations.context import Context
from analysis.operations.receive import read_new_deliveries
from analysis.operations.run import Selection, cached_run_plan, workshop_jobs
from analysis.study import load_study
from benchmarks.large import memory_field
from benchmarks.scale.edition import (
    build,
    earlier_editions,
    open_page,
    read_figures,
    released_of,
)
from benchmarks.scale.layers import COMMAND, fill
from benchmarks.scale.workspace import ROOT, STUDY, Size, make_workspace

T = TypeVar("T")

SETTLING = 2.5
"""Seconds after which the digest of a file that was just written is kept."""

Measures = dict[str, float]
"""What was measured → seconds, or how much of what its name says."""


def measure(size: Size) -> Measures:
    """The measures of a size, taken in a process of its own."""
    arguments = [str(size.products), str(size.waves)]
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "benchmarks.scale.measures", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    found: Measures = json.loads(done.stdout.splitlines()[-1])
    return found


def steps(size: Size, place: Path) -> Iterator[tuple[str, float]]:
    """Each measure, in the order of the work."""
    workspace = make_workspace(place / "workspace", size)
    study, seconds = _timed(lambda: load_study(workspace.study(STUDY)))
    yield "load and check the parameters", seconds
    context = Context(workspace, study, lambda _: None)
    yield "read the deliveries", _timed(lambda: read_new_deliveries(context))[1]
    fill(context, size)
    jobs, seconds = _timed(lambda: workshop_jobs(context))
    yield "list the notebooks", seconds
    time.sleep(SETTLING)
    cached_run_plan(workspace, STUDY, Selection())
    plan, seconds = _timed(lambda: cached_run_plan(workspace, STUDY, Selection()))
    assert plan is not None and len(plan.tasks) == len(jobs) and not plan.stale, plan
    yield "decide that nothing is to do", seconds
    for verb in ("status", "run"):
        yield f"`{verb}`, nothing to do, whole command", _of_command(workspace.root, verb)
    before = memory_field("VmRSS")
    figures, seconds = _timed(lambda: read_figures(context))
    yield "open the tables of an edition", seconds
    alone, seconds = _timed(lambda: released_of(context, figures, None))
    yield "release it, the first", seconds
    kept = earlier_editions(figures, alone, size.wave_ids)
    released, seconds = _timed(lambda: released_of(context, figures, kept))
    yield "release it beside those of all waves before", seconds
    yield "figures", figures.height
    yield "MiB of a release", memory_field("VmHWM") - before
    page = open_page(context, released, place / "pages")
    built, seconds = _timed(lambda: build(context, page, place / "pages"))
    yield "its first page, that on method, its navigation", seconds
    yield "links of the navigation", built.bar
    yield "charts of the first page", built.charts
    yield "KiB of the first page", built.size / 1024
    yield "index of editions, one per wave", _timed(lambda: _index(context))[1]


def _index(context: Context) -> None:
    """Registers an edition of each wave, and writes the index over them."""
    register = Register(context.workspace, STUDY)
    register.path.parent.mkdir(parents=True, exist_ok=True)
    context.workspace.published(STUDY).mkdir(parents=True, exist_ok=True)
    for wave in context.study.waves:
        about = {"wave": wave.id, "version": "1.0.0", "day": wave.publication}
        register.add(Act(act="published", manifest="0" * 64, **about))
    editions = catalogue(context.workspace, STUDY)
    CataloguePage(context.study, editions).index(editions[-1], {})


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    """What some work gives, and the seconds of processors that it takes."""
    start = time.process_time()
    found = work()
    return found, time.process_time() - start


def _of_command(folder: Path, verb: str) -> float:
    """The seconds of processors of a command."""

    def used() -> float:
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        return children.ru_utime + children.ru_stime

    start = used()
    subprocess.run([*COMMAND, verb, STUDY], cwd=folder, check=True, capture_output=True)
    return used() - start


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        asked = Size(products=int(sys.argv[1]), waves=int(sys.argv[2]))
        print(json.dumps(dict(steps(asked, Path(temporary)))))
