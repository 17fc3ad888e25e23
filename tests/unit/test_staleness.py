"""What makes which notebook stale, and why in words: by what it sees, never by what else changed.

Most runs are pretended: each job's files and record are written as if it had run.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
import pytest
from ruamel.yaml import YAML

import analysis
from analysis.errors import NotebookError
from analysis.operations.context import Context
from analysis.operations.receive import read_new_deliveries
from analysis.operations.run import Selection, cached_run_plan, make_run_plan
from analysis.pipeline.execution import NOTHING
from analysis.pipeline.jobs import Job
from analysis.pipeline.ledger import (
    Digests,
    Snapshot,
    fingerprint_changes,
    fingerprint_of,
    notebook_digest,
    output_digests,
    shared_fingerprint,
)
from analysis.pipeline.parameters import check_parameters
from analysis.pipeline.plan import load_notebook_plan
from analysis.pipeline.reach import packages_reached
from analysis.pipeline.staleness import RunPlan, plain_reasons
from analysis.pipeline.zygote import PRELOAD
from analysis.study import Workspace
from analysis.study.yaml_reader import read_yaml
from analysis.workbench import open_scope
from tests.conftest import ROOT, french_of

STUDY = "cd93"
NOTEBOOKS = ("10_collection", "20_satisfaction")


def plan_of(place: Workspace) -> RunPlan:
    return make_run_plan(Context.open(place, STUDY, lambda line: None), Selection())


def pretend_run(place: Workspace) -> None:
    """Writes what the stale jobs would have: an output, tables, a record."""
    for task in plan_of(place).stale:
        for path in (task.job.output, *task.job.writes):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"what {task.job.title} makes", encoding="utf-8")
        outputs = output_digests(task.job, Digests(NOTHING))
        record = json.dumps({"made_of": task.fingerprint, "outputs": outputs})
        task.job.record.write_text(record, encoding="utf-8")


def stale(place: Workspace) -> dict[str, list[str]]:
    """What is stale, with the reasons that a person reads."""
    found = plan_of(place)
    told = {task.job.title: plain_reasons(task.reasons) for task in found.stale}
    return ({"reading": plain_reasons(found.intake_reasons)} if found.intake_reasons else {}) | told


def plan_titles(*scopes: str) -> list[str]:
    """As the plan orders them: scope by scope."""
    return [f"{notebook} {scope}" for scope in scopes for notebook in NOTEBOOKS]


def jobs_of(*scopes: str) -> list[str]:
    return sorted(plan_titles(*scopes))


def _apart(content: Any) -> None:
    """Two notebooks that read answers only, so that what a change reaches is its own doing."""
    content["notebooks"] = [one for one in content["notebooks"] if one["id"] in NOTEBOOKS]
    content["notebooks"][1]["reads"] = ["responses"]


@pytest.fixture
def place(workspace: Path, small: Path) -> Workspace:
    """A workspace with commitments where everything is current."""
    made = Workspace(workspace)
    for name in ("commitments.yml", "actions.yml", "management.yml"):
        content = french_of(read_yaml(small / "params" / STUDY / name))
        YAML(typ="safe", pure=True).dump(content, made.params / STUDY / name)
    rewrite(made, "plan.yml", _apart)
    read_new_deliveries(Context.open(made, STUDY, lambda line: None))
    pretend_run(made)
    assert stale(made) == {}
    return made


def rewrite(place: Workspace, file: str, change: Callable[[Any], object]) -> None:
    """Changes what a parameter file says, or by which notebooks run."""
    path = (place.notebooks if file == "plan.yml" else place.params / STUDY) / file
    content = read_yaml(path)
    change(content)
    YAML(typ="safe", pure=True).dump(content, path)


ALL = jobs_of("dpaph 2026-1", "dpaph 2026-2", "def 2026-1", "def 2026-2")
DEF, DEF_2 = jobs_of("def 2026-1", "def 2026-2"), jobs_of("def 2026-2")
SECOND = jobs_of("dpaph 2026-2", "def 2026-2")


def _site(directorate: int) -> Callable[[Any], object]:
    return lambda c: c["directorates"][directorate]["sites"][0].update(label="Ailleurs (fictif)")


def _move_one(content: Any) -> None:
    ages = content["margins"]["def"]["AGE"]
    ages["1"], ages["2"] = ages["1"] + 1, ages["2"] - 1


CHANGES: dict[str, tuple[str, Callable[[Any], object], list[str], bool]] = {
    "a contact": ("study.yml", lambda c: c.update(contact="Une autre mission"), [], False),
    "a title": ("study.yml", lambda c: c.update(title="Un autre titre"), [], False),
    "a day of publication": (
        "waves.yml",
        lambda c: c["waves"][1].update(publication="2027-01-04"),
        [],
        False,
    ),
    "a rule of retention": ("retention.yml", lambda c: c.update(failed_notebooks=7), [], False),
    "a commitment that no notebook requires": (
        "commitments.yml",
        lambda c: c["commitments"][0].update(label="Autre promesse"),
        [],
        False,
    ),
    "a threshold": (
        "study.yml",
        lambda c: c["thresholds"].update(practical_change=4.0),
        ALL,
        False,
    ),
    "a definition": ("indicators.yml", lambda c: c["definitions"][0].update(top=1), ALL, False),
    "a claim": ("study.yml", lambda c: c["channels"][1].update(claim="C3"), ALL, False),
    "a label of a site": ("directorates.yml", _site(1), DEF, False),
    "a label of a wave": (
        "waves.yml",
        lambda c: c["waves"][1].update(label="Second semestre"),
        SECOND,
        False,
    ),
    "a margin": ("margins/2026-2.yml", _move_one, DEF_2, False),
    "the field of a wave": (
        "waves.yml",
        lambda c: c["waves"][0].update(start="2025-12-31"),
        ALL,
        True,
    ),
    "how a question is worded": (
        "questionnaire.yml",
        lambda c: c["items"][0].update(wording="Autrement dit ?"),
        ALL,
        False,
    ),
    "an answer, as exports word it": (
        "questionnaire.yml",
        lambda c: c["scales"][0]["levels"][0].update(label="Pas du tout, non"),
        ALL,
        True,
    ),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_of_parameters_runs_what_is_made_of_it_and_says_why(
    place: Workspace, what: str
) -> None:
    file, change, titles, read_again = CHANGES[what]
    rewrite(place, file, change)
    found = stale(place)
    because = [f"{STUDY}/{file} changed"]
    assert found == dict.fromkeys(titles, because) | ({"reading": because} if read_again else {})


def test_comments_and_the_order_of_keys_run_nothing(place: Workspace) -> None:
    for path in (place.params / STUDY).rglob("*.yml"):
        text = path.read_text(encoding="utf-8")
        path.write_text(f"# new\n\n{text}# more\n", encoding="utf-8")
    assert cached_run_plan(place, STUDY, Selection()) is None, "the list of jobs is made anew"
    assert stale(place) == {}
    assert cached_run_plan(place, STUDY, Selection()) is not None


def test_deciding_that_nothing_changed_parses_nothing(place: Workspace) -> None:
    shutil.rmtree(place.notes / STUDY)
    plan_of(place)
    code = (
        "import sys\nfrom pathlib import Path\nfrom analysis.operations.run import Selection, "
        "cached_run_plan\nfrom analysis.study.workspace import Workspace\n"
        f"plan = cached_run_plan(Workspace(Path({str(place.root)!r})), 'cd93', Selection())\n"
        "print(plan.intake_reasons, plan.stale, len(plan.tasks), "
        "sorted({'pydantic', 'ruamel', 'polars'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[] [] 8 []\n"


def test_a_notebook_that_requires_commitments_runs_again_when_they_change(
    place: Workspace,
) -> None:
    rewrite(place, "plan.yml", lambda c: c["notebooks"][1].update(requires=["commitments"]))
    added = [f"{STUDY}/commitments.yml is new"]
    assert stale(place) == {title: added for title in ALL if title.startswith("20")}
    pretend_run(place)
    rewrite(place, "commitments.yml", lambda c: c["commitments"][0].update(label="Autrement"))
    assert stale(place) == {}, "no notebook prints what it is called"
    rewrite(place, "commitments.yml", lambda c: c["commitments"][0].update(target=42))
    assert set(stale(place)) == {title for title in ALL if title.startswith("20")}


def test_a_plan_is_kept_only_of_the_study_that_lies_there(place: Workspace) -> None:
    context = Context.open(place, STUDY, lambda line: None)
    rewrite(place, "indicators.yml", lambda c: c["definitions"][0].update(top=1))
    assert make_run_plan(context, Selection()).stale == []  # it was opened before
    assert cached_run_plan(place, STUDY, Selection()) is None
    assert sorted(stale(place)) == ALL


def test_a_scope_is_opened_with_what_its_jobs_depend_on(
    place: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(place.notebooks / "workshop")
    asked = {one.id: (*one.requires, *one.sees) for one in load_notebook_plan(place).notebooks}
    for task in plan_of(place).tasks:
        scope, requires = task.job.scopes[0], asked[task.job.title.split()[0]]
        assert scope.directorate is not None and scope.wave is not None
        opened = open_scope(
            STUDY, directorate=scope.directorate, wave=scope.wave, requires=requires
        )
        assert opened.study.part_digests() == task.job.study_parts
        assert opened.provenance.study_digest == opened.study.digest


# --- notebooks ------------------------------------------------------------------------------------


def in_parameters_cell(place: Workspace, old: str, new: str) -> None:
    path = place.notebooks / "workshop" / "20_satisfaction.ipynb"
    content = nbformat.read(path, as_version=4)
    cell = next(one for one in content.cells if "parameters" in one.metadata.get("tags", []))
    assert old in cell.source
    cell.source = cell.source.replace(old, new)
    path.write_text(nbformat.writes(content), encoding="utf-8")


def test_a_value_left_in_the_parameters_cell_runs_nothing(place: Workspace) -> None:
    in_parameters_cell(place, 'directorate: str = "dpaph"', 'directorate: str = "def"  # mine')
    assert stale(place) == {}
    in_parameters_cell(place, 'wave: str = "2026-2"', 'wave: str = "2026-2"\ntop: int = 5')
    because = ["notebook 20_satisfaction changed"]
    assert stale(place) == {title: because for title in ALL if title.startswith("20")}
    pretend_run(place)
    in_parameters_cell(place, "top: int = 5", "top: int = 6")  # a value that no run replaces
    assert len(stale(place)) == 4


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ('wave = "a"', 'wave = "b"', True),
        ('wave: str = "a"', "wave: str", True),
        ('wave: str = "a"', 'wave: object = "a"', False),
        ('wave = "a"', 'wave = "b" + "c"', False),
        ('wave = "a"\ntitle = "of " + wave', 'wave = "b"\ntitle = "of " + wave', False),
        ('wave = "a"\nimport os', 'wave = "b"\nimport os', True),
        ('wave = "a"\nimport os', 'wave = "a"\nimport sys', False),
        ('wave = "a"', 'other = "a"', False),
        ('wave = other = "a"', 'wave = other = "b"', False),
        ("wave = (", "wave = [", False),
    ],
)
def test_what_counts_of_a_parameters_cell(tmp_path: Path, one: str, other: str, same: bool) -> None:
    digests = []
    for name, source in (("one", one), ("other", other)):
        cell = nbformat.v4.new_code_cell(source, metadata={"tags": ["parameters"]})
        path = tmp_path / f"{name}.ipynb"
        path.write_text(nbformat.writes(nbformat.v4.new_notebook(cells=[cell])), encoding="utf-8")
        digests.append(notebook_digest(path, ("wave",)))
    assert (digests[0] == digests[1]) is same


def test_a_notebook_opens_no_more_than_the_plan_says(tmp_path: Path) -> None:
    cells = [
        nbformat.v4.new_code_cell('study = "a"', metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell('%time\nscope = w.open_scope(study, requires=["commitments"])'),
    ]
    source = tmp_path / "n.ipynb"
    source.write_text(nbformat.writes(nbformat.v4.new_notebook(cells=cells)), encoding="utf-8")
    job = Job("n", source, tmp_path / "o.ipynb", tmp_path, {"study": "a"}, (), ())
    with pytest.raises(NotebookError, match="opens commitments, and plan"):
        check_parameters(job)
    check_parameters(replace(job, study_parts={"commitments.yml": "digest"}))
    cells[1].source = "open_scope(study, requires=names)"
    source.write_text(nbformat.writes(nbformat.v4.new_notebook(cells=cells)), encoding="utf-8")
    with pytest.raises(NotebookError, match="is not written out"):
        check_parameters(job)


# --- the library ----------------------------------------------------------------------------------


@pytest.fixture
def library_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the library, which digests are made of from now on."""
    root = tmp_path / "library" / "analysis"
    shutil.copytree(
        Path(analysis.__file__).parent, root, ignore=shutil.ignore_patterns("__pycache__")
    )
    monkeypatch.setattr(analysis, "__file__", str(root / "__init__.py"))
    yield root
    packages_reached.cache_clear()


def test_an_import_that_the_library_comes_to_have_makes_notebooks_stale(
    library_copy: Path, tmp_path: Path
) -> None:
    source = ROOT / "notebooks" / "workshop" / "20_satisfaction.ipynb"
    job = Job("n", source, tmp_path / "o.ipynb", tmp_path, {"study": "a"}, (), ())

    def made() -> dict[str, str]:
        packages_reached.cache_clear()
        digests = Snapshot(Digests(tmp_path / "digests.json"))
        return fingerprint_of(job, shared_fingerprint(ROOT, digests), ROOT, digests)

    before = made()
    assert "library simulation" not in before
    (library_copy / "simulation" / "truth.py").write_text("x = 1\n")
    assert fingerprint_changes(before, made()) == [], "nothing that a notebook reaches"
    with (library_copy / "indicators" / "change.py").open("a") as stream:
        stream.write("\n\ndef later() -> None:\n    from analysis.simulation import truth\n")
    found = fingerprint_changes(before, made())
    assert {"library indicators changed", "library simulation is new"} <= set(found)
    assert all(one.endswith("is new") for one in found if "indicators" not in one)


def test_what_a_notebook_imports_itself_counts_too(tmp_path: Path) -> None:
    """And what notebooks of the project import is what kernels are forked with."""
    for path in sorted((ROOT / "notebooks").rglob("*.ipynb")):
        text = "\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells)
        named = {line.split()[1] for line in text.splitlines() if line.startswith("from analysis")}
        assert named <= set(PRELOAD), path.name
    cell = nbformat.v4.new_code_cell("from analysis.simulation import simulate_respondents")
    source = tmp_path / "n.ipynb"
    source.write_text(nbformat.writes(nbformat.v4.new_notebook(cells=[cell])), encoding="utf-8")
    job = Job("n", source, tmp_path / "o.ipynb", tmp_path, {"study": "a"}, (), ())
    digests = Snapshot(Digests(tmp_path / "digests.json"))
    shared = shared_fingerprint(ROOT, digests)
    made = fingerprint_of(job, shared, ROOT, digests)
    more = {name for name in made.keys() - shared.keys() if name.startswith("library")}
    assert "library simulation" in more and "library workbench" in shared
