"""The demonstration study through the pipeline: overhead per notebook, nothing to do, memory per
kernel.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from ruamel.yaml import YAML

from analysis.publishing.rendering.embedded import EmbeddedRenderer
from analysis.publishing.rendering.pages import CONFIGURATION
from benchmarks.record import Record, best_of

ROOT = Path(__file__).resolve().parents[1]
STUDY = "cd93"
SCOPES = 100
PAGES = 40
COLD = 4
"""Notebooks that the shell loop runs: one after another, each takes as long as the last."""


def measure() -> list[Record]:
    """Records taken through the command, in a temporary workspace."""
    with tempfile.TemporaryDirectory() as place:
        workspace = Path(place)
        for name in ("params", "notebooks", "reports/theme"):
            shutil.copytree(ROOT / name, workspace / name)
        for name in ("requirements.lock", "reports/_quarto.yml"):
            shutil.copyfile(ROOT / name, workspace / name)
        simulated = _timed(workspace, "simulate", STUDY)
        wall = _timed(workspace, "run", STUDY)
        records = [
            json.loads(path.read_text())
            for path in (workspace / "reports" / "runs").rglob("*.record.json")
        ]
        around = median(
            one["seconds"] - one["work"] for one in records
        )  # the first ones wait for the one import
        work = sum(one["work"] for one in records)
        imports = _imports()
        published = _timed(workspace, "publish", STUDY)
        again = _timed(workspace, "publish", STUDY)
        nothing = best_of(5, lambda: _timed(workspace, "run", STUDY))
        cold = _shell_loop(workspace)
        memory = _memory(workspace)
        rendered = _render(workspace)
        pages = len(list((workspace / "reports" / "runs" / STUDY / "pages").rglob("*.record.json")))
    count, workers = len(records), os.cpu_count() or 1
    return [
        Record("simulate and read the demonstration study", 1, simulated),
        Record(
            "run its workshop notebooks",
            count,
            wall,
            "papermill commands, one by one",
            cold * count,
        ),
        Record(
            "run its workshop notebooks",
            count,
            wall,
            "floor: own work, one import",
            work / workers + imports,
        ),
        Record(
            "time around a notebook's own work, median",
            count,
            around,
            "its own work",
            work / count,
            memory,
        ),
        Record("publish it, its pages", pages, published),
        Record("publish it again, nothing changed", count + pages, again, "publish it", published),
        Record("run it, nothing to do, Python's start included", count, nothing),
        Record(f"render {PAGES} pages, embedded renderer", PAGES, rendered),
        *_nothing_to_do(),
    ]


def _timed(workspace: Path, *arguments: str) -> float:
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, "-c", "from analysis.cli import main; main()", *arguments],
        cwd=workspace,
        check=True,
        capture_output=True,
    )
    return time.perf_counter() - start


def _render(workspace: Path) -> float:
    """Seconds that the pages of the edition take to be rendered, and as many copies of them as
    make `PAGES`.
    """
    (edition,) = (workspace / "reports" / "editions" / STUDY).glob("*/v1.0.0")
    project = workspace / "many"
    shutil.copytree(edition, project)
    path, yaml = project / CONFIGURATION, YAML()
    configuration = yaml.load(path)
    names = configuration["project"]["render"]
    copies = [(names[place % len(names)], f"copy-{place}.ipynb") for place in range(PAGES)]
    for name, copy in copies:
        shutil.copyfile(project / name, project / copy)
    configuration["project"]["render"] = [copy for _, copy in copies]
    configuration["website"]["navbar"]["left"] = [
        {"href": copy, "text": copy} for _, copy in copies
    ]
    yaml.dump(configuration, path)
    start = time.perf_counter()
    EmbeddedRenderer().render(project, epoch=0)
    return time.perf_counter() - start


def _imports() -> float:
    """Seconds of the imports that a notebook needs."""
    code = (
        "from analysis.pipeline.zygote import PRELOAD\nimport importlib\nfor one in PRELOAD: "
        "importlib.import_module(one)"
    )
    return best_of(
        2, lambda: subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    )


def _shell_loop(workspace: Path) -> float:
    """Seconds per notebook of papermill's own command, with a cold kernel each."""
    source = workspace / "notebooks" / "workshop"
    start = time.perf_counter()
    for wave in ("2025-1", "2025-2"):
        for name in ("10_collection", "20_satisfaction"):
            subprocess.run(
                [
                    sys.executable,
                    "-m",
                    "papermill",
                    f"{name}.ipynb",
                    str(workspace / "out.ipynb"),
                    "-k",
                    "python3",
                    "-p",
                    "study",
                    STUDY,
                    "-p",
                    "directorate",
                    "def",
                    "-p",
                    "wave",
                    wave,
                ],
                cwd=source,
                check=True,
                capture_output=True,
            )
    return (time.perf_counter() - start) / COLD


def _memory(workspace: Path) -> float:
    """MiB that a forked kernel has of its own (what it shares with the zygote left out), after a
    notebook's work.
    """
    code = (
        "import polars, analysis.workbench as w\n"
        "scope = w.open_scope('cd93', directorate='def', wave='2026-2')\nscope.satisfaction()\n"
        "text = open('/proc/self/smaps_rollup').read()\n"
        "print(sum(int(line.split()[1]) for line in text.splitlines() if "
        "line.startswith('Private_')) / 1024)"
    )
    script = (
        "import sys, nbformat\nfrom nbclient import NotebookClient\nfrom analysis.pipeline.kernels "
        "import LocalKernelManager\n"
        "from analysis.pipeline.warm import KERNEL\n"
        "n = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(sys.argv[1])])\n"
        "NotebookClient(n, kernel_name=KERNEL, kernel_manager_class=LocalKernelManager).execute()\n"
        "print(n.cells[0].outputs[-1]['text'])"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script, code],
        cwd=workspace,
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stdout)


def _nothing_to_do() -> list[Record]:
    """The decision for 100 scopes, after Python's start, beside snakemake's on the same graph where
    it is installed.
    """
    with tempfile.TemporaryDirectory() as place:
        script = Path(place) / "decide.py"
        script.write_text(DECIDE, encoding="utf-8")
        done = subprocess.run(
            [sys.executable, str(script), place, str(SCOPES)],
            capture_output=True,
            text=True,
            check=True,
        )
        ours = float(done.stdout.splitlines()[-1])
        theirs = _snakemake(Path(place) / "snake")
    return [
        Record(
            "decide that nothing is to do",
            SCOPES,
            ours,
            "snakemake, whole" if theirs else "",
            theirs,
        )
    ]


DECIDE = """
import subprocess, sys, json
from pathlib import Path
root, scopes = Path(sys.argv[1]) / "w", int(sys.argv[2])
made = '''
import sys
from pathlib import Path
from analysis.pipeline.staleness import BuildState
from analysis.pipeline.jobs import Job
from analysis.study.scope import Scope
from analysis.study.workspace import Workspace
root, scopes = Path(sys.argv[1]), int(sys.argv[2])
(root / "params" / "s").mkdir(parents=True)
(root / "params" / "s" / "study.yml").write_text("id: s")
(root / "notebooks" / "workshop").mkdir(parents=True)
(root / "notebooks" / "plan.yml").write_text("notebooks: []")
(root / "requirements.lock").write_text("")
source = root / "notebooks" / "workshop" / "n.ipynb"
source.write_text('{"cells": []}')
books, jobs = BuildState(Workspace(root), "s"), []
for number in range(scopes):
    part = books.workspace.table("s", "responses", Scope(f"d{number}", "w"))
    part.parent.mkdir(parents=True)
    part.write_text("r")
    out = root / "reports" / "runs" / "s" / f"d{number}" / "w" / "n.ipynb"
    out.parent.mkdir(parents=True)
    out.write_text("{}")
    parameters = {"study": "s", "directorate": f"d{number}", "wave": "w"}
    jobs.append(Job("n", source, out, source.parent, parameters, (part,), ()))
books.record_intake(books.intake_inputs({}))
books.record_jobs(jobs, {}, books.jobs_fingerprint())
import json
from analysis.pipeline.ledger import output_digests
for task in books.tasks(jobs):
    outputs = output_digests(task.job, books.digests)
    task.job.record.write_text(json.dumps({"made_of": task.fingerprint, "outputs": outputs}))
'''
decide = '''
import sys, time
start = time.perf_counter()
from pathlib import Path
from analysis.operations.run import Selection, cached_run_plan
from analysis.study.workspace import Workspace
agenda = cached_run_plan(Workspace(Path(sys.argv[1])), "s", Selection())
assert agenda is not None and not agenda.intake_reasons and not agenda.stale, agenda
assert len(agenda.tasks) == int(sys.argv[2]), agenda
print(time.perf_counter() - start)
'''
arguments = [str(root), str(scopes)]
subprocess.run([sys.executable, "-c", made, *arguments], check=True)
import time; time.sleep(2.5)
options = {"check": True, "capture_output": True, "text": True}
command = [sys.executable, "-c", decide, *arguments]
times = [float(subprocess.run(command, **options).stdout) for _ in range(6)]
print(min(times[1:]))
"""


def _snakemake(place: Path) -> float | None:
    """Seconds of a call of snakemake that has nothing to do for as many outputs."""
    if shutil.which("snakemake") is None:
        return None
    place.mkdir()
    (place / "in").mkdir()
    for number in range(SCOPES):
        (place / "in" / f"{number}.txt").write_text("r", encoding="utf-8")
    rules = f"rule all:\n    input: expand('out/{{n}}.txt', n=range({SCOPES}))\n"
    rules += (
        "rule one:\n    input: 'in/{n}.txt'\n    output: 'out/{n}.txt'\n"
        "    shell: 'cp {input} {output}'\n"
    )
    (place / "Snakefile").write_text(rules, encoding="utf-8")

    def call() -> None:
        subprocess.run(
            ["snakemake", "--cores", "2", "--quiet"], cwd=place, check=True, capture_output=True
        )

    call()
    return best_of(3, call)
