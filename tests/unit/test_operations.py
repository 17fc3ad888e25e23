"""Schedules, backups, the container's recipe: what is written for machines."""

from __future__ import annotations

import configparser
import json
import os
import re
import shlex
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from analysis.errors import ScopeError
from analysis.operations.context import Context
from analysis.operations.schedule import schedule
from analysis.study import Workspace
from tests.conftest import ROOT, observatoire


@pytest.fixture
def context() -> Context:
    return Context.open(Workspace(ROOT), "cd93", lambda line: None)


def test_systemd_looks_each_day(context: Context) -> None:
    files = schedule(context, "systemd")
    timer = configparser.ConfigParser(strict=False)
    timer.read_string(files["observatoire-cd93.timer"])
    assert timer["Timer"] == {"oncalendar": "*-*-* 06:00:00", "persistent": "true"}
    service = files["observatoire-cd93.service"]
    starts = [
        line.split("/.venv/bin/observatoire ")[1]
        for line in service.splitlines()
        if line.startswith("ExecStart=")
    ]
    assert (
        starts == ["run cd93 --due --keep-going", "publish cd93 --due"] and "UMask=0077" in service
    )
    for wave in context.study.waves:
        assert (
            f"# {wave.id}: field until {wave.end}, publication on {wave.publication}\n" in service
        )


def test_cron_looks_each_day(context: Context) -> None:
    lines = [
        line
        for line in schedule(context, "cron")["observatoire-cd93.cron"].splitlines()
        if not line.startswith("#")
    ]
    assert len(lines) == 1 and lines[0].startswith("0 6 * * * cd ") and lines[0].count(" && ") == 2


def test_yaml_that_is_written_can_be_read(context: Context) -> None:
    yaml = YAML(typ="safe", pure=True)
    texts = {
        system: next(iter(schedule(context, system).values()))
        for system in ("gitlab", "kubernetes")
    }
    job = yaml.load(texts["gitlab"])["cd93"]
    assert job["script"][-1].endswith("publish cd93 --due") and job["variables"] == {
        "GIT_CLEAN_FLAGS": "none"
    }
    daily = yaml.load(texts["kubernetes"])
    assert (daily["kind"], daily["spec"]["schedule"], daily["spec"]["concurrencyPolicy"]) == (
        "CronJob",
        "0 6 * * *",
        "Forbid",
    )
    assert str(ROOT) not in "".join(texts.values())


def test_names_are_those_that_kubernetes_takes(context: Context) -> None:
    long = {"id": "a_long_name_of_a_study_" + "x" * 15 + "_y"}
    named = replace(context, study=context.study.model_copy(update=long))
    name = YAML(typ="safe", pure=True).load(next(iter(schedule(named, "kubernetes").values())))[
        "metadata"
    ]["name"]
    assert re.fullmatch(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?", name) and len(name) <= 52


def test_the_command_writes_the_files(workspace: Path) -> None:
    done = observatoire(workspace, "schedule", "--systemd", "--cron", "--output", "units")
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in (workspace / "units").iterdir()) == [
        "observatoire-cd93.cron",
        "observatoire-cd93.service",
        "observatoire-cd93.timer",
    ]
    assert observatoire(workspace, "schedule").returncode == 2


def test_the_command_tells_what_it_left_out_and_what_others_can_read(
    workspace: Path, tmp_path: Path
) -> None:
    (workspace / "data" / "raw").chmod(0o755)
    assert "data/raw can be read by every user" in observatoire(workspace, "check").stderr
    (workspace / "params" / "link").symlink_to(tmp_path)
    done = observatoire(workspace, "backup", str(tmp_path / "b.tar.gz"))
    assert done.returncode == 0 and "not followed: params/link" in done.stderr
    back = observatoire(workspace, "restore", str(tmp_path / "b.tar.gz"), str(tmp_path / "back"))
    assert back.returncode == 0 and back.stdout == done.stdout
    done = observatoire(workspace, "backup", str(tmp_path / "no" / "b.tar.gz"))
    assert done.returncode == 10 and "There is no such folder" in done.stderr


def recipe() -> list[tuple[str, str]]:
    """The steps of the Containerfile: an instruction, and what it is given."""
    lines = (ROOT / "Containerfile").read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    return [
        (line.split(None, 1)[0], line.split(None, 1)[1])
        for line in lines
        if line and not line.startswith("#")
    ]


def test_the_recipe_of_the_container_is_well_formed() -> None:
    steps = recipe()
    known = {"FROM", "RUN", "WORKDIR", "COPY", "ENV", "USER", "ENTRYPOINT", "CMD"}
    assert {step for step, _ in steps} <= known and steps[0][0] == "FROM"
    assert ":" in steps[0][1] and not steps[0][1].endswith(":latest")
    users = [place for place, (step, _) in enumerate(steps) if step == "USER"]
    assert users and users[-1] > max(
        place for place, (step, _) in enumerate(steps) if step == "RUN"
    )
    assert json.loads(dict(steps)["CMD"]) == ["observatoire", "--help"]
    for step, rest in steps:
        if step == "RUN" and "apt-get install" in rest:
            assert (
                "--yes" in rest
                and "--no-install-recommends" in rest
                and "rm -rf /var/lib/apt/lists/*" in rest
            )


def test_the_commands_of_the_container_run_in_a_plain_folder(tmp_path: Path) -> None:
    """Its own copies, `make`, then the command found through its PATH; what needs the system's
    packages is left out."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("VIRTUAL_ENV", "PYTHONPATH")
    }
    environment["PATH"] = os.pathsep.join(
        part for part in environment["PATH"].split(os.pathsep) if ".venv" not in part
    )
    place = tmp_path
    for step, rest in recipe():
        if step == "WORKDIR":
            place = tmp_path / rest.lstrip("/")
            place.mkdir(parents=True, exist_ok=True)
        elif step == "COPY":
            *sources, target = rest.split()
            for source in sources:
                there = place / target / (source if (ROOT / source).is_file() else "")
                there.parent.mkdir(parents=True, exist_ok=True)
                (shutil.copyfile if (ROOT / source).is_file() else shutil.copytree)(
                    ROOT / source, there
                )
        elif step == "ENV":
            name, value = rest.split("=", 1)
            environment[name] = value.replace("$PATH", environment["PATH"]).replace(
                "/opt", f"{tmp_path}/opt", 1
            )
        elif step == "RUN" and rest.startswith("make"):
            done = subprocess.run(
                rest.split(),
                cwd=place,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
            if "No matching distribution" in done.stderr:
                pytest.skip("no registry answers here")
            assert done.returncode == 0, done.stderr
        elif step == "CMD":
            command = json.loads(rest)
            found = shutil.which(command[0], path=environment["PATH"])
            assert found is not None and Path(found).is_relative_to(tmp_path)
            done = subprocess.run(
                [found, *command[1:]], env=environment, capture_output=True, text=True, check=True
            )
            assert "publish" in done.stdout


def test_targets_reach_the_command_as_they_were_given(context: Context) -> None:
    told = 'notify "it\'s done" 100% $HOME'
    expected = ["run", "cd93", "--due", "--keep-going", "--on-failure", told]
    written = {
        system: next(iter(schedule(context, system, on_failure=told).values()))
        for system in ("cron", "gitlab", "kubernetes")
    }
    line = written["cron"].splitlines()[-1].replace(r"\%", "%")
    assert shlex.split(line.split(" && ")[1])[1:] == expected
    yaml = YAML(typ="safe", pure=True)
    assert shlex.split(yaml.load(written["gitlab"])["cd93"]["script"][1])[1:] == expected
    pod = yaml.load(written["kubernetes"])["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    assert shlex.split(pod["containers"][0]["command"][2].split(" && ")[0])[1:] == expected
    service = schedule(context, "systemd", on_failure=told)["observatoire-cd93.service"]
    assert r'--on-failure "notify \"it' in service and '100%% $$HOME"' in service


@pytest.mark.parametrize("system", ["systemd", "cron", "gitlab", "kubernetes"])
@pytest.mark.parametrize("target", ["a\nExecStart=b", "a\r* * * * * rm", "a\x0bb", "a\u2028b"])
def test_no_target_becomes_a_second_line(context: Context, system: Any, target: str) -> None:
    with pytest.raises(ScopeError, match="not one line"):
        schedule(context, system, on_failure=target)


def test_no_folder_becomes_a_second_line(context: Context) -> None:
    elsewhere = replace(context, workspace=Workspace(Path("/srv/x\n* * * * * rm")))
    with pytest.raises(ScopeError, match="the workspace names is not one line"):
        schedule(elsewhere, "cron")
