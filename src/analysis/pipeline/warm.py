"""Kernels forked from a process that has imported everything: a notebook pays for its own work
only.

`jupyter_client` finds the provisioner by its entry point `warm-fork`, which the kernel spec
`observatoire` names: papermill, nbclient and JupyterLab use it unchanged. Where it cannot work (not
Linux, no zygote), the kernel is a cold one.
"""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar

from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from analysis.pipeline.forks import FIXED, ZYGOTE, ColdError, ForkedKernel

KERNEL = "observatoire"
"""The kernel spec that the environment installs."""

LAUNCHER = ("-m", "ipykernel_launcher")


class WarmProvisioner(LocalProvisioner):
    """Launches kernels by fork; see the module."""

    _warned: ClassVar[bool] = False
    process: Any

    async def launch_kernel(self, cmd: list[str], **options: Any) -> Any:
        """Forks a kernel from the zygote; a cold one where that is not possible."""
        try:
            if tuple(cmd[1:3]) != LAUNCHER:
                raise ColdError(f"the kernel spec starts {' '.join(cmd[1:3])}")
            env = {**os.environ, **(options.get("env") or {})}
            cwd = str(options.get("cwd") or Path.cwd())
            forked = await asyncio.to_thread(ZYGOTE.fork, cmd[3:], env=env, cwd=cwd)
        except ColdError as reason:
            if not WarmProvisioner._warned:
                WarmProvisioner._warned = True
                self.log.warning("Kernels start cold, which takes a few seconds each: %s.", reason)
            return await super().launch_kernel(
                cmd, **{**options, "env": {**(options.get("env") or os.environ), **FIXED}}
            )
        self.process, self.pid, self.pgid, self.cwd = forked, forked.pid, forked.pid, cwd
        return self.connection_info

    async def kill(self, restart: bool = False) -> None:
        """Ends the kernel, and waits for its end for a second at most."""
        await super().kill(restart)
        with suppress(TimeoutError):  # the manager waits on, but looks only every 0.1 s
            await asyncio.wait_for(self.wait(), 1)

    async def wait(self) -> int | None:
        """Waits for the kernel's end, and gives its exit code."""
        if not isinstance(self.process, ForkedKernel):
            return await super().wait()
        while self.process.poll() is None:
            await asyncio.sleep(0.005)
        code, self.process = self.process.returncode, None
        return code

    async def cleanup(self, restart: bool = False) -> None:
        """Lets go of the kernel's lease, which ends it where it still runs."""
        if isinstance(self.process, ForkedKernel):
            self.process.release()
        await super().cleanup(restart)
