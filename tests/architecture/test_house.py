"""The house stands as its plan says."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from ruamel.yaml import YAML

from analysis.operations.check import SCHEMAS
from tests.conftest import ROOT, observatoire

SOURCES = sorted((ROOT / "src" / "analysis").rglob("*.py"))
NOTEBOOKS = sorted((ROOT / "notebooks").rglob("*.ipynb"))


def tracked() -> list[Path]:
    done = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        pytest.skip("not a git checkout")
    return [ROOT / line for line in done.stdout.splitlines() if (ROOT / line).is_file()]


def test_floors_are_kept() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "0 broken" in done.stdout, done.stdout


def test_no_module_passes_500_lines_and_their_median_is_near_120() -> None:
    lengths = sorted(
        len(path.read_text(encoding="utf-8").splitlines())
        for path in SOURCES
        if path.name != "__init__.py"
    )
    assert lengths[-1] <= 500
    assert 60 <= lengths[len(lengths) // 2] <= 160


def test_no_line_of_python_knows_a_study() -> None:
    names = {"cd93", "dila", "dpaph", "nhs_fft", "library_users"}
    found = {
        (path.name, name)
        for path in SOURCES
        for name in names
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(rf"\b{name}\b", line)
        and ">>>" not in line
        and '"""' not in line
        and "did you mean" not in line
        and "open_scope(" not in line
    }
    assert found == set()


def test_help_does_not_import_the_library() -> None:
    code = (
        "import sys; from analysis.cli import app; print(sorted({'polars', 'numpy', 'pydantic', "
        "'rich'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_environment_and_lock_agree() -> None:
    environment = YAML(typ="safe", pure=True).load(
        (ROOT / "environment.yml").read_text(encoding="utf-8")
    )
    pip = next(one["pip"] for one in environment["dependencies"] if isinstance(one, dict))
    assert pip == ["--requirement requirements.lock", "--editable ."]
    assert any(str(one).startswith("python=") for one in environment["dependencies"])
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pinned = {line.split("==")[0].lower() for line in lock.splitlines() if "==" in line}
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    block = project.split("dependencies = [", 1)[1].split("\n]", 1)[0]
    wanted = {
        re.split(r"[>=<]", line.strip().strip('",'))[0].lower()
        for line in block.splitlines()
        if line.strip()
    }
    assert wanted <= pinned
    assert "hatchling" in pinned


def test_every_pin_has_its_hash_and_the_locks_agree() -> None:
    base, dev = (
        (ROOT / name).read_text(encoding="utf-8")
        for name in ("requirements.lock", "requirements-dev.lock")
    )
    for lock in (base, dev):
        entries = re.split(r"\n(?=\S)", lock.strip())
        assert all("--hash=sha256:" in entry for entry in entries if "==" in entry)
    pins = [dict(re.findall(r"^([\w.-]+)==(\S+)", lock, re.MULTILINE)) for lock in (base, dev)]
    assert {
        name: version for name, version in pins[0].items() if pins[1].get(name) != version
    } == {}


def test_nothing_names_a_registry_or_a_machine() -> None:
    pattern = re.compile(
        r"pypi\.(?:org|python)|files\.pythonhosted|registry\.npmjs|deb\.debian\.org|/home/\w+/|/work/|/root/"
    )
    found = [
        (path.relative_to(ROOT).as_posix(), match[0])
        for path in tracked()
        if path != Path(__file__) and path.suffix not in (".ttf", ".png")
        for match in pattern.finditer(path.read_text(encoding="utf-8", errors="ignore"))
    ]
    assert found == []


def test_schemas_for_editors_are_those_of_the_models() -> None:
    for name, model in SCHEMAS.items():
        path = ROOT / "params" / "schemas" / f"{name}.schema.json"
        assert json.loads(path.read_text(encoding="utf-8")) == model.model_json_schema(), (
            f"run: observatoire check --write-schemas ({name})"
        )
    linked = list((ROOT / "params" / "cd93").rglob("*.yml"))
    for path in linked:
        first = path.read_text(encoding="utf-8").splitlines()[0]
        match = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
        assert match and (path.parent / match[1]).exists(), path.name


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_tell_the_story_and_no_more(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert len(code) <= 15
    assert sum("parameters" in cell.metadata.get("tags", []) for cell in code) == 1
    for place, cell in enumerate(notebook.cells):
        if cell.cell_type == "code":
            assert cell.outputs == [] and cell.execution_count is None
            assert len(cell.source.splitlines()) <= 12
            assert not re.search(
                r"^\s*(def|class|for|while)\b|:\.\d|round\(", cell.source, re.MULTILINE
            )
            assert notebook.cells[place - 1].cell_type == "markdown", (
                "each code cell has its sentence before it"
            )


def test_the_example_of_a_study_is_complete() -> None:
    done = observatoire(ROOT, "check", "cd93")
    assert done.returncode == 0, done.stderr
    assert "No fault found" in done.stdout


def test_documents_name_only_files_that_exist() -> None:
    documents = [
        ROOT / name for name in ("README.md", "LISEZMOI.md", "ARCHITECTURE.md", "GLOSSARY.md")
    ]
    for document in documents:
        text = document.read_text(encoding="utf-8")
        for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", text):
            assert (ROOT / link).exists(), f"{document.name} → {link}"


def test_the_glossary_pairs_the_words_that_the_parameters_use() -> None:
    glossary = (ROOT / "GLOSSARY.md").read_text(encoding="utf-8")
    english = set(re.findall(r"^\| `(\w+)` \|", glossary, re.MULTILINE))
    for word in (
        "wave",
        "directorate",
        "channel",
        "commitment",
        "claim",
        "margin",
        "base",
        "definition",
        "indicator",
        "edition",
    ):
        assert word in english
