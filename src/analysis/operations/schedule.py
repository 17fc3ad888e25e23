"""What starts runs by themselves: unit files that do each day what the calendar of a study's waves
makes due.
"""

from __future__ import annotations

import json
import shlex
from typing import Literal

from analysis.errors import ScopeError, quoted
from analysis.operations.context import Context

System = Literal["systemd", "cron", "gitlab", "kubernetes"]

HOUR = 6
"""Each day at six in the morning: a delivery may come late, what is kept too long must go, and
crontabs know no years."""

NAME = 52
"""Characters that a CronJob's name may have."""


def schedule_files(
    context: Context,
    system: System,
    *,
    on_success: str | None = None,
    on_failure: str | None = None,
) -> dict[str, str]:
    """The files, by name, that make a system run and publish what is due, each day.

    They name the workspace's folder, and whom to tell: they are made for a machine, and belong in
    no repository.

    Args:
        on_success, on_failure: Address or command that is told of each run's end.

    Raises:
        ScopeError: a target, or the workspace's folder, is more than one line of text.

    """
    study, folder = context.study.id, str(context.workspace.root)
    options = (("--on-success", on_success), ("--on-failure", on_failure))
    for name, text in (*options, ("the workspace", folder)):
        if text is not None and not text.isprintable():
            raise ScopeError(
                f"What {name} names is not one line of text.",
                where=quoted(text) if name == "the workspace" else name,
                hint=(
                    "it holds a line feed or another control character: a second line would be a "
                    "command of its own."
                ),
            )
    notifications = [part for option, target in options if target for part in (option, target)]
    verbs = [
        ["run", study, "--due", "--keep-going", *notifications],
        ["publish", study, "--due", *notifications],
    ]
    days = "".join(
        f"# {period.id}: field until {period.end}, publication planned on {period.publication}\n"
        for period in context.study.waves
    )
    return {name: days + text for name, text in _WRITERS[system](study, folder, verbs).items()}


def _systemd(study: str, folder: str, verbs: list[list[str]]) -> dict[str, str]:
    starts = "\n".join(
        f"ExecStart={_quoted(folder)}/.venv/bin/observatoire {' '.join(map(_word, verb))}"
        for verb in verbs
    )
    return {
        f"observatoire-{study}.service": "[Unit]\n"
        f"Description=Observatoire des usagers: {study}\n\n"
        "[Service]\nType=oneshot\n"
        f"WorkingDirectory={folder.replace('%', '%%')}\nUMask=0077\nNice=10\n{starts}\n",
        f"observatoire-{study}.timer": f"[Unit]\nDescription=Waves of {study}\n\n[Timer]\n"
        f"OnCalendar=*-*-* {HOUR:02d}:00:00\n"
        "Persistent=true\n\n[Install]\nWantedBy=timers.target\n",
    }


def _cron(study: str, folder: str, verbs: list[list[str]]) -> dict[str, str]:
    work = " && ".join(
        [shlex.join(["cd", folder]), *_shell(".venv/bin/observatoire", verbs)]
    ).replace("%", r"\%")
    return {f"observatoire-{study}.cron": f"0 {HOUR} * * * {work}\n"}


def _gitlab(study: str, folder: str, verbs: list[list[str]]) -> dict[str, str]:
    del folder  # the runner has its own copy
    script = "\n".join(
        f"    - {json.dumps(line, ensure_ascii=False)}"
        for line in _shell(".venv/bin/observatoire", verbs)
    )
    return {
        f"observatoire-{study}.gitlab-ci.yml": "# Create a pipeline schedule "
        "(Build > Pipeline schedules): "
        f"0 {HOUR} * * *\n"
        "# The runner must keep data/ and reports/ between its jobs: on a disk of its own, and "
        "never cleaned.\n"
        f'{study}:\n  rules:\n    - if: $CI_PIPELINE_SOURCE == "schedule"\n'
        f"  resource_group: {study}\n"
        f"  variables: {{GIT_CLEAN_FLAGS: none}}\n  script:\n    - make .venv/base\n{script}\n"
    }


def _kubernetes(study: str, folder: str, verbs: list[list[str]]) -> dict[str, str]:
    del folder  # a volume, in the container
    name = f"observatoire-{study}".replace("_", "-")[:NAME].rstrip("-")
    command = json.dumps(
        ["sh", "-c", " && ".join(_shell("observatoire", verbs))], ensure_ascii=False
    )
    return {
        f"observatoire-{study}.kubernetes.yml": "apiVersion: batch/v1\nkind: CronJob\n"
        f"metadata:\n  name: {name}\nspec:\n"
        f'  schedule: "0 {HOUR} * * *"\n  concurrencyPolicy: Forbid\n  jobTemplate:\n    spec:\n'
        f"      backoffLimit: 1\n      template:\n        spec:\n          restartPolicy: Never\n"
        "          containers:\n            - name: observatoire\n              image: "
        "observatoire-usagers\n"
        f"              command: {command}\n              workingDir: /workspace\n"
        f"              volumeMounts: [{{name: workspace, mountPath: /workspace}}]\n"
        f"          volumes: [{{name: workspace, persistentVolumeClaim: {{claimName: {name}}}}}]\n"
    }


def _shell(command: str, verbs: list[list[str]]) -> list[str]:
    """The lines of a shell."""
    return [shlex.join([command, *verb]) for verb in verbs]


def _word(text: str) -> str:
    """A word of a unit file: quoted, and without systemd's specifiers and variables."""
    escaped = text.replace("\\", r"\\").replace('"', r"\"").replace("%", "%%").replace("$", "$$")
    return escaped if escaped.replace("-", "").replace("_", "").isalnum() else f'"{escaped}"'


def _quoted(path: str) -> str:
    """A path as the first word of a command in a unit file."""
    return path.replace("%", "%%").replace(" ", "\\x20")


_WRITERS = {"systemd": _systemd, "cron": _cron, "gitlab": _gitlab, "kubernetes": _kubernetes}
