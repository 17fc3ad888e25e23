"""Opens JupyterLab on the notebooks, on this machine only."""

from __future__ import annotations

import os
import subprocess
import sys

from analysis.errors import BusyError
from analysis.operations.context import Context
from analysis.operations.lock import workspace_lock
from analysis.operations.receive import read_new_deliveries


def open_lab(context: Context) -> int:
    """Brings in the deliveries, so that notebooks open at once, then starts JupyterLab on
    127.0.0.1; returns its exit code.
    """
    try:
        with workspace_lock(context.workspace, "lab"):
            read_new_deliveries(context)
    except BusyError as busy:
        context.tell(f"{busy.what} Deliveries are left as they are read.")
    environment = {
        name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"
    }
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "jupyterlab",
            "--ip=127.0.0.1",
            f"--notebook-dir={context.workspace.root}",
            "--LabApp.default_url=/lab/tree/notebooks/workshop/20_satisfaction.ipynb",
        ],
        env=environment,
        check=False,
    )
    return done.returncode
