"""Schedules: what is written for machines."""

from __future__ import annotations

import configparser
import re
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from analysis.errors import ScopeError
from analysis.operations.context import Context
from analysis.operations.schedule import schedule_files
from analysis.study import Workspace
from tests.conftest import ROOT


@pytest.fixture
def context() -> Context:
    return Context.open(Workspace(ROOT), "cd93", lambda line: None)


def test_systemd_looks_each_day(context: Context) -> None:
    files = schedule_files(context, "systemd")
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
            f"# {wave.id}: field until {wave.end}, publication planned on {wave.publication}\n"
            in service
        )


def test_cron_looks_each_day(context: Context) -> None:
    lines = [
        line
        for line in schedule_files(context, "cron")["observatoire-cd93.cron"].splitlines()
        if not line.startswith("#")
    ]
    assert len(lines) == 1 and lines[0].startswith("0 6 * * * cd ") and lines[0].count(" && ") == 2


def test_yaml_that_is_written_can_be_read(context: Context) -> None:
    yaml = YAML(typ="safe", pure=True)
    texts = {
        system: next(iter(schedule_files(context, system).values()))
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
    name = YAML(typ="safe", pure=True).load(
        next(iter(schedule_files(named, "kubernetes").values()))
    )["metadata"]["name"]
    assert re.fullmatch(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?", name) and len(name) <= 52


def test_targets_reach_the_command_as_they_were_given(context: Context) -> None:
    told = 'notify "it\'s done" 100% $HOME'
    expected = ["run", "cd93", "--due", "--keep-going", "--on-failure", told]
    written = {
        system: next(iter(schedule_files(context, system, on_failure=told).values()))
        for system in ("cron", "gitlab", "kubernetes")
    }
    line = written["cron"].splitlines()[-1].replace(r"\%", "%")
    assert shlex.split(line.split(" && ")[1])[1:] == expected
    yaml = YAML(typ="safe", pure=True)
    assert shlex.split(yaml.load(written["gitlab"])["cd93"]["script"][1])[1:] == expected
    pod = yaml.load(written["kubernetes"])["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    assert shlex.split(pod["containers"][0]["command"][2].split(" && ")[0])[1:] == expected
    service = schedule_files(context, "systemd", on_failure=told)["observatoire-cd93.service"]
    assert r'--on-failure "notify \"it' in service and '100%% $$HOME"' in service


@pytest.mark.parametrize("system", ["systemd", "cron", "gitlab", "kubernetes"])
@pytest.mark.parametrize("target", ["a\nExecStart=b", "a\r* * * * * rm", "a\x0bb", "a\u2028b"])
def test_no_target_becomes_a_second_line(context: Context, system: Any, target: str) -> None:
    with pytest.raises(ScopeError, match="not one line"):
        schedule_files(context, system, on_failure=target)


def test_no_folder_becomes_a_second_line(context: Context) -> None:
    elsewhere = replace(context, workspace=Workspace(Path("/srv/x\n* * * * * rm")))
    with pytest.raises(ScopeError, match="the workspace names is not one line"):
        schedule_files(elsewhere, "cron")
