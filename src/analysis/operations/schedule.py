"""What starts runs by themselves: unit files for the calendar of a study's waves."""

from __future__ import annotations

import json
import shlex
from datetime import date, timedelta
from typing import Literal

from analysis.errors import ScopeError
from analysis.operations.context import Context

System = Literal["systemd", "cron", "gitlab", "kubernetes"]

HOUR = 6
"""Runs start at six in the morning, the day after a wave's field has closed, and on the day of its publication."""

NAME = 41
"""Characters of a study's name in Kubernetes: with a day after it, a CronJob may have 52."""


def schedule(context: Context, system: System, *, on_success: str | None = None, on_failure: str | None = None) -> dict[str, str]:
    """The files, by name, that make a system run what is due and publish it.

    They name the workspace's folder: they are made for a machine, and belong in no repository.

    Args:
        on_success, on_failure: Address or command that is told of each run's end.

    """
    study, folder = context.study.id, str(context.workspace.root)
    days = sorted({day for wave in context.study.waves for day in (wave.end + timedelta(days=1), wave.publication)})
    told = [
        part
        for option, target in (("--on-success", on_success), ("--on-failure", on_failure))
        if target
        for part in (option, target)
    ]
    verbs = [["run", study, "--due", "--keep-going", *told], ["publish", study, *told]]
    return _WRITERS[system](study, folder, days, verbs)


def _systemd(study: str, folder: str, days: list[date], verbs: list[list[str]]) -> dict[str, str]:
    starts = "\n".join(f"ExecStart={_quoted(folder)}/.venv/bin/observatoire {' '.join(map(_word, verb))}" for verb in verbs)
    calendar = "\n".join(f"OnCalendar={day.isoformat()} {HOUR:02d}:00:00" for day in days)
    return {
        f"observatoire-{study}.service": f"[Unit]\nDescription=Observatoire des usagers: {study}\n\n[Service]\nType=oneshot\n"
        f"WorkingDirectory={folder.replace('%', '%%')}\nUMask=0077\nNice=10\n{starts}\n",
        f"observatoire-{study}.timer": f"[Unit]\nDescription=Waves of {study}\n\n[Timer]\n{calendar}\nPersistent=true\n\n"
        "[Install]\nWantedBy=timers.target\n",
    }


def _cron(study: str, folder: str, days: list[date], verbs: list[list[str]]) -> dict[str, str]:
    work = " && ".join([shlex.join(["cd", folder]), *_shell(".venv/bin/observatoire", verbs)]).replace("%", r"\%")
    lines = [f"# {day.isoformat()}\n0 {HOUR} {day.day} {day.month} * {work}" for day in days]
    head = "# cron knows no years: in the others these lines find nothing due, and do nothing.\n"
    return {f"observatoire-{study}.cron": head + "\n".join(lines) + "\n"}


def _gitlab(study: str, folder: str, days: list[date], verbs: list[list[str]]) -> dict[str, str]:
    del folder  # the runner has its own copy; data/ and reports/ must be on a disk that it keeps
    plan = "\n".join(f"# 0 {HOUR} {day.day} {day.month} *   ({day.isoformat()})" for day in days)
    script = "\n".join(f"    - {json.dumps(line, ensure_ascii=False)}" for line in _shell(".venv/bin/observatoire", verbs))
    return {
        f"observatoire-{study}.gitlab-ci.yml": f"# Pipeline schedules to create (Build > Pipeline schedules):\n{plan}\n"
        f'{study}:\n  rules:\n    - if: $CI_PIPELINE_SOURCE == "schedule"\n  resource_group: {study}\n  script:\n'
        f"    - make .venv/base\n{script}\n"
    }


def _kubernetes(study: str, folder: str, days: list[date], verbs: list[list[str]]) -> dict[str, str]:
    del folder  # a volume, in the container
    name = f"observatoire-{study}".replace("_", "-")[:NAME].rstrip("-")
    command = json.dumps(["sh", "-c", " && ".join(_shell("observatoire", verbs))], ensure_ascii=False)
    jobs = [
        f"apiVersion: batch/v1\nkind: CronJob\nmetadata:\n  name: {name}-{day.isoformat()}\nspec:\n"
        f'  schedule: "0 {HOUR} {day.day} {day.month} *"\n  concurrencyPolicy: Forbid\n  jobTemplate:\n    spec:\n'
        f"      backoffLimit: 1\n      template:\n        spec:\n          restartPolicy: Never\n"
        f"          containers:\n            - name: observatoire\n              image: observatoire-usagers\n"
        f"              command: {command}\n              workingDir: /workspace\n"
        f"              volumeMounts: [{{name: workspace, mountPath: /workspace}}]\n"
        f"          volumes: [{{name: workspace, persistentVolumeClaim: {{claimName: {name}}}}}]\n"
        for day in days
    ]
    return {f"observatoire-{study}.kubernetes.yml": "---\n".join(jobs)}


def _shell(command: str, verbs: list[list[str]]) -> list[str]:
    """The lines of a shell."""
    return [shlex.join([command, *verb]) for verb in verbs]


def _word(text: str) -> str:
    """A word of a unit file: quoted, and without systemd's specifiers and variables."""
    if not text.isprintable():
        raise ScopeError("A target is one line of text.", where=repr(text))
    escaped = text.replace("\\", r"\\").replace('"', r"\"").replace("%", "%%").replace("$", "$$")
    return escaped if escaped.replace("-", "").replace("_", "").isalnum() else f'"{escaped}"'


def _quoted(path: str) -> str:
    """A path as the first word of a command in a unit file."""
    return path.replace("%", "%%").replace(" ", "\\x20")


_WRITERS = {"systemd": _systemd, "cron": _cron, "gitlab": _gitlab, "kubernetes": _kubernetes}
