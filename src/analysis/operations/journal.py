"""The journal of a study's runs: one JSON object per line, without personal data; and who is told
of their end.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import urllib.request
from datetime import UTC, datetime
from http.client import HTTPException
from typing import Any

from analysis.errors import ScopeError
from analysis.study.disk import writing
from analysis.study.files import PRIVATE_FILE, make_private_folder
from analysis.study.workspace import Workspace

PATIENCE = 10


class Journal:
    """Appends lines to `reports/runs/<study>/journal.jsonl`."""

    def __init__(self, workspace: Workspace, study: str) -> None:
        self._path, self._study = workspace.runs(study) / "journal.jsonl", study

    def note(self, event: str, **details: object) -> None:
        """One line: when, what, and its details."""
        line = {
            "time": datetime.now(tz=UTC).isoformat(timespec="milliseconds"),
            "study": self._study,
            "event": event,
            **details,
        }
        make_private_folder(self._path.parent)
        with writing("the journal", self._path.parent):
            descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, PRIVATE_FILE)
            with os.fdopen(descriptor, "a", encoding="utf-8") as stream:
                stream.write(json.dumps(line, ensure_ascii=False) + "\n")

    def lines(self, event: str) -> list[dict[str, Any]]:
        """The lines of an event, in their order; none where nothing was noted."""
        if not self._path.exists():
            return []
        text = self._path.read_text(encoding="utf-8")
        lines = [json.loads(line) for line in text.splitlines()]
        return [line for line in lines if line["event"] == event]


def notify(target: str, outcome: dict[str, object]) -> None:
    """Tells the end of a run: posts JSON to an address, or starts a command with it in
    OBSERVATOIRE_OUTCOME.

    Raises:
        ScopeError: the address or the command did not take it, whatever it answered; neither is
            shown.

    """
    text = json.dumps(outcome, ensure_ascii=False)
    try:
        if target.startswith(("https://", "http://")):
            request = urllib.request.Request(  # noqa: S310 - the scheme has just been checked
                target,
                data=text.encode(),
                headers={"Content-Type": "application/json"},
                method="POST",
            )
            with urllib.request.urlopen(request, timeout=PATIENCE):  # noqa: S310 - as above
                return
        command = shlex.split(target)
        if not command:
            raise ValueError("no command")
        environment = {**os.environ, "OBSERVATOIRE_OUTCOME": text}
        subprocess.run(command, env=environment, check=True, timeout=PATIENCE)
    except (OSError, ValueError, HTTPException, subprocess.SubprocessError) as error:
        reason = (
            error.strerror
            if isinstance(error, OSError) and error.strerror
            else type(error).__name__
        )
        raise ScopeError(
            f"The end of the run could not be told: {reason}.",
            hint=(
                "see --on-success and --on-failure; what they name is not shown here, since it "
                "can be a secret."
            ),
        ) from None
