"""The house stands as its plan says."""

from __future__ import annotations

import ast
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
TESTS = sorted((ROOT / "tests").rglob("*.py"))
NOTEBOOKS = sorted((ROOT / "notebooks").rglob("*.ipynb"))


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


def test_no_file_of_tests_passes_500_lines() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in TESTS}
    assert len(lengths) > 40
    assert {path.name: length for path, length in lengths.items() if length > 500} == {}


def asked_for(tree: ast.AST) -> set[str]:
    """The fixtures that tests and fixtures ask for."""
    return {
        argument.arg
        for one in ast.walk(tree)
        if isinstance(one, ast.FunctionDef)
        and (
            one.name.startswith("test_")
            or any("fixture" in ast.unparse(decorator) for decorator in one.decorator_list)
        )
        for argument in ast.walk(one.args)
        if isinstance(argument, ast.arg)
    }


def reaching_the_command(source: str, starters: set[str]) -> set[str]:
    """The functions of a module that start the command, themselves or through others they call or
    take as fixtures."""
    reaching = set(starters)
    functions = {
        one.name: asked_for(ast.Module([one], []))
        | {node.id for node in ast.walk(one) if isinstance(node, ast.Name)} - _arguments(one)
        for one in ast.parse(source).body
        if isinstance(one, ast.FunctionDef)
    }
    while more := {name for name, used in functions.items() if used & reaching} - reaching:
        reaching |= more
    return reaching


def _arguments(function: ast.FunctionDef) -> set[str]:
    return {one.arg for one in ast.walk(function.args) if isinstance(one, ast.arg)}


def starts_the_command(source: str, forbidden: set[str]) -> set[str]:
    """What a module of tests imports or asks for that starts the command."""
    tree = ast.parse(source)
    own = {one.name for one in tree.body if isinstance(one, ast.FunctionDef)}
    imported = {
        f"{node.module}.{one.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for one in node.names
    } | {one.name for node in ast.walk(tree) if isinstance(node, ast.Import) for one in node.names}
    starting = r"(?:analysis\.cli|tests\.functional|tests\.forked)\b"
    rule = rf"{starting}|tests\.conftest(?:\.(?:{'|'.join(forbidden)}))?$"
    return ((asked_for(tree) - own) & forbidden) | {
        name for name in imported if re.match(rule, name)
    }


def test_unit_tests_do_not_start_the_command() -> None:
    shared = (ROOT / "tests" / "conftest.py").read_text(encoding="utf-8")
    forbidden = reaching_the_command(shared, {"COMMAND", "run_forked"})
    assert forbidden == {
        "COMMAND",
        "altered",
        "observatoire",
        "published",
        "published_once",
        "run_forked",
        "started",
        "unpublished",
    }
    found = {
        path.name: named
        for path in (ROOT / "tests" / "unit").glob("test_*.py")
        if (named := starts_the_command(path.read_text(encoding="utf-8"), forbidden))
    }
    assert found == {}
    for source in (
        "from tests.conftest import ROOT, observatoire",
        "from tests import conftest",
        "from tests.forked import run_forked",
        "from analysis import cli",
        "def test_a(published): pass",
        "import analysis.cli",
        "from analysis.cli.app import app",
    ):
        assert starts_the_command(source, forbidden)
    for source in (
        "def published(): pass\ndef test_a(published): 1",
        "from tests.conftest import ROOT\npublished = 1",
    ):
        assert starts_the_command(source, forbidden) == set()


def test_help_does_not_import_the_library() -> None:
    code = (
        "import sys; from analysis.cli import app; print(sorted({'polars', 'numpy', 'pydantic', "
        "'rich'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(("modules", "slow"), [("pages", False), ("rendering", True)])
def test_a_page_imports_no_renderer(modules: str, slow: bool) -> None:
    """Each page's kernel would import it anew, grammars of addresses and all: twice the time."""
    code = (
        f"import sys, pkgutil, importlib, analysis.publishing.{modules} as package\n"
        "for one in pkgutil.iter_modules(package.__path__, package.__name__ + '.'):\n"
        "    importlib.import_module(one.name)\n"
        "print(sorted({'nbformat', 'typst', 'pypdf'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == ("['nbformat', 'pypdf', 'typst']" if slow else "[]")


@pytest.mark.parametrize(
    ("module", "found"),
    [
        ("operations.publish", "[]"),
        ("operations.correct", "[]"),
        ("publishing.charts", "['matplotlib']"),
        ("indicators", "[]"),
        ("indicators, scipy.special", "['scipy.special']"),
        ("indicators, pandas", "['pandas']"),
    ],
)
def test_what_makes_editions_imports_no_drawing_and_no_statistics(module: str, found: str) -> None:
    """Kernels do both: the command would import them for seconds, to be refused for its wave."""
    code = (
        f"import sys, analysis.{module}\n"
        "parts = ('linalg', 'optimize', 'sparse', 'special', 'stats')\n"
        "slow = {'matplotlib', 'pandas', 'statsmodels', *(f'scipy.{one}' for one in parts)}\n"
        "print(sorted(slow & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == found


@pytest.mark.parametrize(("runs", "found"), [("main()", "[]"), ("", "['lark']")])
def test_the_command_builds_no_grammar_of_addresses(runs: str, found: str) -> None:
    """jsonschema would, as it is imported, for seconds of each command."""
    code = (
        "import sys; from analysis.cli import main; from contextlib import suppress\n"
        f"sys.argv = ['observatoire', '--help']\nwith suppress(SystemExit): {runs or 'pass'}\n"
        "import jsonschema; print(sorted({'lark'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == found


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


def test_schemas_for_editors_are_those_of_the_models() -> None:
    folder = ROOT / "params" / "schemas"
    assert {path.name for path in folder.iterdir()} == {f"{name}.schema.json" for name in SCHEMAS}
    for name, model in SCHEMAS.items():
        path = ROOT / "params" / "schemas" / f"{name}.schema.json"
        assert json.loads(path.read_text(encoding="utf-8")) == model.model_json_schema(), (
            f"run: observatoire check --write-schemas ({name})"
        )
    linked = [path for path in (ROOT / "params").rglob("*.yml") if path.parent != folder]
    assert len(linked) > 10
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


def test_each_notebook_of_the_plan_is_there() -> None:
    plan = YAML(typ="safe", pure=True).load(ROOT / "notebooks" / "plan.yml")
    planned = {f"{one['folder']}/{one['id']}" for one in plan["notebooks"]}
    assert len(planned) >= 5
    there = {path.relative_to(ROOT / "notebooks").with_suffix("").as_posix() for path in NOTEBOOKS}
    assert planned - there == set()


def test_the_example_of_a_study_is_complete() -> None:
    done = observatoire(ROOT, "check", "cd93")
    assert done.returncode == 0, done.stderr
    assert "No fault found" in done.stdout


def test_documents_name_only_files_that_exist() -> None:
    documents = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("data/*/*.md")]
    links = [
        (document.parent / link).resolve()
        for document in documents
        for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", document.read_text(encoding="utf-8"))
    ]
    assert len(links) > 10
    assert [str(link) for link in links if not link.exists()] == []
