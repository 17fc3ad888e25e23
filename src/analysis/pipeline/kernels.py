"""Kernels that say nothing on the terminal and listen on no port."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from jupyter_client.manager import AsyncKernelManager


class LocalKernelManager(AsyncKernelManager):
    """A kernel on sockets of its own folder: ipykernel warns of unencrypted TCP, and parallel starts race for ports."""

    def __init__(self, **settings: Any) -> None:
        self._place = Path(tempfile.mkdtemp(prefix="kernel-"))
        sockets = {"transport": "ipc", "ip": str(self._place / "s"), "connection_file": str(self._place / "kernel.json")}
        super().__init__(**{**sockets, **settings})

    async def _async_pre_start_kernel(self, **options: Any) -> tuple[list[str], dict[str, Any]]:
        command, options = await super()._async_pre_start_kernel(**options)
        return command, {**options, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}

    async def _async_cleanup_resources(self, restart: bool = False) -> None:
        await super()._async_cleanup_resources(restart)
        if not restart:
            shutil.rmtree(self._place, ignore_errors=True)
