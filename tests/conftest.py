"""What tests share: the reference data beside the project, the study, and a small study published
once per session."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from analysis.operations.context import Context
from analysis.operations.simulate import simulate_study, write_margins
from analysis.storage import layers_from
from analysis.study import Study, Workspace, load_study
from tests.forked import run_forked

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
WAVES = ("2026-1", "2026-2")
DAY = "2026-11-16"
"""The day that editions bear which are compared, or read word by word."""
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
COMMAND = [sys.executable, "-c", "from analysis.cli import main; main()"]
PATIENCE = 600
"""Seconds that a command may take."""

Command = Callable[..., subprocess.CompletedProcess[str]]


def shared(*parts: str) -> Path:
    """A file of the reference data; the test is skipped where it is not present."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"the reference data {'/'.join(parts)} is not beside the project")
    return path


@pytest.fixture(scope="session")
def study() -> Study:
    return load_study(ROOT / "params" / "cd93")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("chromium is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


def empty_workspace(folder: Path) -> Path:
    """A workspace with the project's notebooks and theme, and no study."""
    (folder / "params").mkdir(parents=True)
    (folder / "reports").mkdir()
    shutil.copytree(
        ROOT / "notebooks",
        folder / "notebooks",
        ignore=shutil.ignore_patterns(".ipynb_checkpoints"),
    )
    shutil.copytree(ROOT / "reports" / "theme", folder / "reports" / "theme")
    shutil.copyfile(ROOT / "reports" / "_quarto.yml", folder / "reports" / "_quarto.yml")
    shutil.copyfile(ROOT / "requirements.lock", folder / "requirements.lock")
    return folder


def small_workspace(folder: Path, *, one_site_in: int = 5, promises: bool = True) -> Path:
    """A workspace whose cd93 study has its last two waves and about a fifth of its open sites; with
    its commitments and management figures, or without.
    """
    empty_workspace(folder)
    params = folder / "params" / "cd93"
    shutil.copytree(ROOT / "params" / "cd93", params)
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    waves = yaml.load(params / "waves.yml")
    waves["waves"] = [one for one in waves["waves"] if one["id"] in WAVES]
    units = yaml.load(params / "directorates.yml")
    kept: set[str] = set()
    for unit in units["directorates"]:
        unit["sites"] = [
            one
            for place, one in enumerate(unit["sites"])
            if "closed" not in one
            and (place % one_site_in == 2 % one_site_in or "population" in one)
        ]
        kept |= {one["id"] for one in unit["sites"]}
    commitments = yaml.load(params / "commitments.yml")
    for one in commitments["commitments"]:
        posted = one.get("posted", {})
        one["posted"] = {site: day for site, day in posted.items() if site in kept}
    plan = yaml.load(params / "simulation.yml")
    plan["openings"] = {site: size for site, size in plan["openings"].items() if site in kept}
    if one_site_in > 1:  # enough kiosks for the flaws of their file to be few in it
        plan["response"]["kiosk"]["sites_share"] = 0.8
    if not promises:
        plan |= {"commitments": {"ramp_days": 1}, "management": {}}
        for name in ("commitments", "actions", "management"):
            (params / f"{name}.yml").unlink()
        study = (params / "study.yml").read_text(encoding="utf-8")
        without = study.replace("    exposure: visites\n", "")
        (params / "study.yml").write_text(without, encoding="utf-8")
    for name, content in (
        ("waves", waves),
        ("directorates", units),
        *((("commitments", commitments),) if promises else ()),
        ("simulation", plan),
    ):
        yaml.dump(content, params / f"{name}.yml")
    shutil.rmtree(params / "margins")
    for act in (write_margins, simulate_study):
        act(Context.open(Workspace(folder), "cd93", lambda line: None))
    return folder


def in_french(workspace: Path) -> Path:
    """A workspace whose cd93 study has the French of its texts alone, where one is given in both
    languages.
    """
    yaml = YAML(typ="safe", pure=True)
    yaml.width = 1000
    for path in (workspace / "params" / "cd93").rglob("*.yml"):
        content = french_of(yaml.load(path))
        if path.name == "study.yml":
            content["languages"] = ["fr"]
        yaml.dump(content, path)
    return workspace


def french_of(content: Any) -> Any:
    """Parameters with the French of their texts alone."""
    if isinstance(content, dict):
        if content.keys() == {"fr", "en"}:
            return content["fr"]
        return {key: french_of(value) for key, value in content.items()}
    return [french_of(one) for one in content] if isinstance(content, list) else content


def environment() -> dict[str, str]:
    """What the command is run with: bytecode is kept, and the embedded renderer makes the pages,
    whether Quarto is installed here or not."""
    shown = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**shown, "OBSERVATOIRE_RENDERER": "embedded"}


def observatoire(workspace: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs the command in a workspace, as a person would: forked, or of the library that
    `PYTHONPATH` names."""
    env = environment()
    if "PYTHONPATH" not in env:
        return run_forked(arguments, cwd=workspace, env=env, timeout=PATIENCE)
    return subprocess.run(
        [*COMMAND, *arguments],
        cwd=workspace,
        env=env,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def started(workspace: Path, *arguments: str, **options: Any) -> subprocess.Popen[str]:
    """The command, started in a workspace and not waited for; `options` are those of `Popen`."""
    piped = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(
        [*COMMAND, *arguments],
        cwd=workspace,
        env=environment(),
        text=True,
        **{**piped, **options},
    )


def alter(path: Path, old: str, new: str, encoding: str = "utf-8") -> None:
    """Replaces the first place of a text in a file; it must be there."""
    text = path.read_bytes().decode(encoding)
    assert old in text
    path.chmod(path.stat().st_mode | 0o200)  # frozen files can be written by nobody
    path.write_bytes(text.replace(old, new, 1).encode(encoding))


def journal(workspace: Path, study: str) -> list[dict[str, Any]]:
    """The lines of a study's journal."""
    text = (workspace / "reports" / "runs" / study / "journal.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The small workspace, simulated; tests must not change it."""
    yield small_workspace(tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="session")
def published(small: Path) -> Path:
    """The edition of the small workspace's last wave."""
    done = observatoire(small, "publish", "--date", DAY)
    assert done.returncode == 0, done.stderr
    return small / done.stdout.strip().splitlines()[-1]


def after_its_edition(workspace: Path, edition: Path, folder: Path) -> Path:
    """A copy of a workspace after its edition, and without it: of what is published of it, only
    what is changed is made again.
    """
    assert edition.is_relative_to(workspace)
    copy = folder / "workspace"
    shutil.copytree(workspace, copy)
    for place in ("reports/editions", "data/published"):
        shutil.rmtree(copy / place)
    return copy


@pytest.fixture
def altered(small: Path, published: Path, tmp_path: Path) -> Path:
    """A copy of the small workspace after its edition that a test may spoil."""
    return after_its_edition(small, published, tmp_path)


@pytest.fixture(scope="session")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small workspace without commitments nor management figures, in one language: fewer pages
    to make.
    """
    return in_french(small_workspace(tmp_path_factory.mktemp("plain"), promises=False))


@pytest.fixture
def workspace(plain: Path, tmp_path: Path) -> Path:
    """A copy of the plain workspace that a test may spoil, as it is before anything has run."""
    copy = tmp_path / "workspace"
    processed = plain / "data" / "processed" / "cd93"
    ran = {
        plain: {".observatoire"},
        plain / "reports": {"editions", "runs"},
        processed: {layer.name for layer in layers_from("notebooks")},
    }
    shutil.copytree(plain, copy, ignore=lambda folder, _: ran.get(Path(folder), set()))
    return copy


@pytest.fixture(scope="session")
def published_once(plain: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The plain workspace after an edition, and without it: its notebooks are current, and the
    pages that were rendered are kept.
    """
    made = tmp_path_factory.mktemp("once") / "workspace"
    shutil.copytree(plain, made)
    done = observatoire(made, "publish")
    assert done.returncode == 0, done.stderr
    for place in ("reports/editions", "data/published"):
        shutil.rmtree(made / place)
    return made


@pytest.fixture
def unpublished(published_once: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may spoil: what is published of it is made in a moment."""
    copy = tmp_path / "unpublished"
    shutil.copytree(published_once, copy)
    return copy
