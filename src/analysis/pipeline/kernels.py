"""Kernels that say nothing on the terminal and listen on no port."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from queue import Empty
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.manager import AsyncKernelManager

ANSWER, ECHO = 1.0, 0.1
"""Seconds to wait for an answer, then for its end to be told to all, before asking again: a first one may be told before
we listen."""


class LocalKernelClient(AsyncKernelClient):
    """A client that is ready when its kernel is: jupyter_client's own waits 0.2 s more for silence."""

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Waits until the kernel has answered on both channels, so that nothing it shows is lost.

        Raises:
            RuntimeError: it died, or did not answer in time.

        """
        end = None if timeout is None else time.monotonic() + timeout
        while True:
            asked = self.kernel_info()
            try:
                reply = await self.get_shell_msg(timeout=ANSWER)
                while not _is_idle(await self.get_iopub_msg(timeout=ECHO), asked):
                    pass
            except Empty:
                if not await self.is_alive():
                    raise RuntimeError("The kernel died before it was ready.") from None
                if end is not None and time.monotonic() > end:
                    raise RuntimeError(f"The kernel was not ready in {timeout:g} seconds.") from None
            else:
                self._handle_kernel_info_reply(reply)
                return


def _is_idle(message: dict[str, Any], asked: str) -> bool:
    """Whether a message says that what was asked is done."""
    answers = message["parent_header"].get("msg_id") == asked
    return bool(answers and message["msg_type"] == "status" and message["content"]["execution_state"] == "idle")


class LocalKernelManager(AsyncKernelManager):
    """A kernel on sockets of its own folder: ipykernel warns of unencrypted TCP, and parallel starts race for ports."""

    def __init__(self, **settings: Any) -> None:
        self._place = Path(tempfile.mkdtemp(prefix="kernel-"))
        sockets = {"transport": "ipc", "ip": str(self._place / "s"), "connection_file": str(self._place / "kernel.json")}
        super().__init__(**{**sockets, "client_factory": LocalKernelClient, **settings})

    async def _async_pre_start_kernel(self, **options: Any) -> tuple[list[str], dict[str, Any]]:
        options["extra_arguments"] = ["--HistoryManager.enabled=False"]  # what ran is in the executed notebook, and nowhere else
        command, options = await super()._async_pre_start_kernel(**options)
        return command, {**options, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}

    async def _async_cleanup_resources(self, restart: bool = False) -> None:
        await super()._async_cleanup_resources(restart)
        if not restart:
            shutil.rmtree(self._place, ignore_errors=True)
