"""Schedules, backups, the container's recipe: what is written for machines."""

from __future__ import annotations

import configparser
import datetime
import re
import shutil
import stat
import subprocess
import tarfile
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from analysis.errors import NotReadyError, RawDataError
from analysis.operations.backup import backup, open_to_others, restore
from analysis.operations.context import Context
from analysis.operations.schedule import schedule
from analysis.study import Workspace
from tests.conftest import ROOT, observatoire


@pytest.fixture
def context() -> Context:
    return Context.open(Workspace(ROOT), "cd93", lambda line: None)


def days(context: Context) -> list[str]:
    ends = {wave.end + datetime.timedelta(days=1) for wave in context.study.waves}
    return [day.isoformat() for day in sorted(ends | {wave.publication for wave in context.study.waves})]


def test_systemd_runs_on_the_days_of_the_calendar(context: Context) -> None:
    files = schedule(context, "systemd")
    timer = configparser.ConfigParser(strict=False)
    calendar = re.findall(r"^OnCalendar=(\S+) 06:00:00$", files["observatoire-cd93.timer"], flags=re.MULTILINE)
    assert calendar == days(context)
    timer.read_string(files["observatoire-cd93.timer"])
    assert timer["Timer"]["Persistent"] == "true"
    service = files["observatoire-cd93.service"]
    assert service.count("ExecStart=") == 2 and "run cd93 --due --keep-going" in service and "UMask=0077" in service


def test_cron_has_a_line_per_day(context: Context) -> None:
    lines = [line for line in schedule(context, "cron")["observatoire-cd93.cron"].splitlines() if not line.startswith("#")]
    found = [tuple(map(int, line.split()[2:4])) for line in lines]
    assert found == [(int(day[8:]), int(day[5:7])) for day in days(context)]


@pytest.mark.parametrize("system", ["gitlab", "kubernetes"])
def test_yaml_that_is_written_can_be_read(context: Context, system: str) -> None:
    text = next(iter(schedule(context, system).values()))  # type: ignore[arg-type]
    documents = list(YAML(typ="safe", pure=True).load_all(text))
    if system == "gitlab":
        assert documents[0]["cd93"]["script"][-1].endswith("publish cd93")
    else:
        assert [one["kind"] for one in documents] == ["CronJob"] * len(days(context))
        assert all(re.fullmatch(r"[a-z0-9.-]{1,63}", one["metadata"]["name"]) for one in documents)
    assert str(ROOT) not in text


def test_the_command_writes_the_files(workspace: Path) -> None:
    done = observatoire(workspace, "schedule", "--systemd", "--cron", "--output", "units")
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in (workspace / "units").iterdir()) == [
        "observatoire-cd93.cron", "observatoire-cd93.service", "observatoire-cd93.timer",
    ]  # fmt: skip
    assert observatoire(workspace, "schedule").returncode == 2


def test_a_backup_comes_back_whole_and_is_for_its_owner_alone(workspace: Path, tmp_path: Path) -> None:
    target = tmp_path / "b.tar.gz"
    count = backup(Workspace(workspace), target)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert restore(target, tmp_path / "back") == count
    for path in (workspace / "data").rglob("*"):
        if path.is_file():
            assert (tmp_path / "back" / path.relative_to(workspace)).read_bytes() == path.read_bytes()
    assert observatoire(tmp_path / "back", "status").stdout == observatoire(workspace, "status").stdout
    with pytest.raises(NotReadyError, match="not empty"):
        restore(target, tmp_path / "back")
    with pytest.raises(NotReadyError, match="exists already"):
        backup(Workspace(workspace), target)


def test_a_damaged_or_forged_backup_is_refused(workspace: Path, tmp_path: Path) -> None:
    target = tmp_path / "b.tar.gz"
    backup(Workspace(workspace), target)
    half = tmp_path / "half.tar.gz"
    half.write_bytes(target.read_bytes()[:5000])
    with pytest.raises(RawDataError, match="no backup"):
        restore(half, tmp_path / "one")
    folder = tmp_path / "open"
    with tarfile.open(target) as archive:
        archive.extractall(folder, filter="data")
    (folder / "params" / "cd93" / "study.yml").write_text("other")
    with tarfile.open(tmp_path / "forged.tar.gz", "w:gz") as archive:
        archive.add(folder, arcname=".")
    with pytest.raises(RawDataError, match="not what was written"):
        restore(tmp_path / "forged.tar.gz", tmp_path / "two")
    (tmp_path / "evil").write_text("x")
    with tarfile.open(tmp_path / "evil.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "evil", arcname="../outside")
    with pytest.raises(RawDataError):
        restore(tmp_path / "evil.tar.gz", tmp_path / "three")
    assert not (tmp_path / "outside").exists()


def test_data_that_others_can_read_is_told(workspace: Path) -> None:
    (workspace / "data" / "raw").chmod(0o755)
    (workspace / "data" / "processed").chmod(0o700)
    assert open_to_others(Workspace(workspace)) == ["data/raw"]
    assert "data/raw can be read by every user" in observatoire(workspace, "check").stderr


def test_the_recipe_of_the_container_copies_and_runs_what_is_there(tmp_path: Path) -> None:
    lines = (ROOT / "Containerfile").read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    steps = [line.split(None, 1) for line in lines if line and not line.startswith("#")]
    known = {"FROM", "RUN", "WORKDIR", "COPY", "ENV", "USER", "ENTRYPOINT", "CMD"}
    assert {step for step, _ in steps} <= known and steps[0][0] == "FROM"
    assert "USER" in [step for step, _ in steps]
    for step, rest in steps:
        if step == "COPY":
            *sources, target = rest.split()
            for source in sources:
                place = tmp_path / target / (source if (ROOT / source).is_file() else "")
                place.parent.mkdir(parents=True, exist_ok=True)
                copy = shutil.copyfile if (ROOT / source).is_file() else shutil.copytree
                copy(ROOT / source, place)
    makes = [rest for step, rest in steps if step == "RUN" and rest.startswith("make")]
    assert makes == ["make .venv/base"]
    said = subprocess.run(["make", "-n", ".venv/base"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr
    assert "--require-hashes -r requirements.lock" in said.stdout
