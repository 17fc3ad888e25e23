"""Kernels that say nothing on the terminal, listen on no port, and are stopped at their limits."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty
from typing import Any, ClassVar
from weakref import WeakSet

import zmq
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.channels import AsyncZMQSocketChannel
from jupyter_client.manager import AsyncKernelManager

from analysis.pipeline.forks import ENVIRONMENT
from analysis.pipeline.jobs import Job

ANSWER, ECHO = 1.0, 0.1
"""Seconds to wait for an answer, then for its end to be told to all, before asking again: a first
one may be told before we listen."""

LONGEST = 60
"""Characters of a temporary folder in which the path of a socket finds place."""

LEASE = 1.0
"""Seconds between looks at whether the command that asked for a kernel is still there."""

RETRY = 5
"""Milliseconds after which a client tries again a socket that its kernel has not opened yet: ZeroMQ
waits 100 to 200."""

_RUNNING: WeakSet[LocalKernelManager] = WeakSet()

MOST_SHOWN = 16 << 20
"""Characters that a notebook may show: more is a loop that prints."""


@dataclass(frozen=True)
class Lease:
    """What a command holds while it works, in a file that the machines of its workers see too."""

    path: Path
    content: str

    def is_held(self) -> bool:
        """Whether the command is still at work, and no other."""
        try:
            return self.path.read_text(encoding="utf-8") == self.content
        except OSError:
            return False


SOCKETS = "observatoire-"
"""How the names of folders of sockets begin; the number of their process follows, then random
letters."""


def make_socket_folder() -> Path:
    """A new folder for one kernel's sockets, ours alone, whose name nobody can have taken before.

    It is short: the path of a socket may have 107 characters.
    """
    return Path(tempfile.mkdtemp(prefix=f"{SOCKETS}{os.getpid()}-", dir=_socket_base()))


def _socket_base() -> Path:
    base = Path(tempfile.gettempdir())
    return base if len(str(base)) <= LONGEST else Path("/tmp")  # noqa: S108 - folders in it are made by mkdtemp


def socket_folders() -> list[tuple[int, Path]]:
    """The folders of this user's sockets, each with the number of the process that made it."""
    folders = []
    for folder in _socket_base().glob(f"{SOCKETS}*-*"):
        owner, state = folder.name.removeprefix(SOCKETS).split("-")[0], folder.lstat()
        if owner.isdigit() and state.st_uid == os.getuid() and stat.S_ISDIR(state.st_mode):
            folders.append((int(owner), folder))
    return folders


def sweep_sockets() -> None:
    """Removes the sockets that processes which are no more have left."""
    for owner, folder in socket_folders():
        if not _alive(owner):
            shutil.rmtree(folder, ignore_errors=True)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


class _ObservedChannel(AsyncZMQSocketChannel):
    """A channel that passes each message to a callback of its client too."""

    on_message: Any = None

    async def get_msg(  # type: ignore[override]  # asynchronous, as its base is
        self, timeout: float | None = None
    ) -> dict[str, Any]:
        message = await super().get_msg(timeout)
        if self.on_message is not None:
            self.on_message(message)
        return message


class LocalKernelClient(AsyncKernelClient):
    """A client that is ready when its kernel is: jupyter_client's own waits 0.2 s more for
    silence.
    """

    shown_characters = 0

    def __init__(self, **settings: Any) -> None:
        super().__init__(**{**settings, "iopub_channel_class": _ObservedChannel})
        self.context.setsockopt(zmq.RECONNECT_IVL, RETRY)

    @property
    def iopub_channel(self) -> Any:
        """The channel of outputs, whose messages are counted."""
        channel = super().iopub_channel
        channel.on_message = self._count_shown
        return channel

    def _count_shown(self, message: dict[str, Any]) -> None:
        content = message["content"]
        texts = [content.get("text"), *(content.get("data") or {}).values()]
        self.shown_characters += sum(len(text) for text in texts if isinstance(text, str))
        if self.shown_characters > MOST_SHOWN and isinstance(self.parent, LocalKernelManager):
            self.parent.stop(f"it showed more than {MOST_SHOWN >> 20} MiB")

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
                    raise RuntimeError(
                        f"The kernel was not ready in {timeout:g} seconds."
                    ) from None
            else:
                self._handle_kernel_info_reply(reply)
                return


def _is_idle(message: dict[str, Any], asked: str) -> bool:
    """Whether a message says that what was asked is done."""
    answers = message["parent_header"].get("msg_id") == asked
    return bool(
        answers
        and message["msg_type"] == "status"
        and message["content"]["execution_state"] == "idle"
    )


class LocalKernelManager(AsyncKernelManager):
    """A kernel on sockets of its own folder: ipykernel warns of unencrypted TCP, and parallel
    starts race for ports.
    """

    seconds: ClassVar[int | None] = None
    memory_mib: ClassVar[int | None] = None
    lease: ClassVar[Lease | None] = None
    stopped: ClassVar[str | None] = None
    """Why the kernel was stopped, if it was: papermill tells only that it died."""

    def __init__(self, **settings: Any) -> None:
        self._socket_folder = make_socket_folder()
        self._timer: asyncio.TimerHandle | None = None
        sockets = {
            "transport": "ipc",
            "ip": str(self._socket_folder / "s"),
            "connection_file": str(self._socket_folder / "kernel.json"),
        }
        super().__init__(**{**sockets, "client_factory": LocalKernelClient, **settings})
        _RUNNING.add(self)

    def stop(self, reason: str) -> None:
        """Kills the kernel, for a reason that is kept."""
        type(self).stopped = reason
        pid = getattr(self.provisioner, "pid", None)
        if pid:
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)

    async def _async_pre_start_kernel(self, **options: Any) -> tuple[list[str], dict[str, Any]]:
        options["extra_arguments"] = [
            "--HistoryManager.enabled=False"
        ]  # what ran is in the executed notebook, and nowhere else
        environment = {
            **(options.get("env") or os.environ),
            **ENVIRONMENT,
            "IPYTHONDIR": str(self._socket_folder / "ipython"),
        }
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # it would triple the imports
        command, options = await super()._async_pre_start_kernel(**{**options, "env": environment})
        return command, {**options, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}

    async def _async_post_start_kernel(self, **options: Any) -> None:
        await super()._async_post_start_kernel(**options)
        pid = getattr(self.provisioner, "pid", None)
        if pid and self.memory_mib is not None:
            _limit_memory(pid, self.memory_mib)
        if self.seconds is not None:
            reason = f"it took more than {self.seconds} seconds"
            self._timer = asyncio.get_running_loop().call_later(self.seconds, self.stop, reason)
        if self.lease is not None:
            self._look_at_lease(self.lease)

    def _look_at_lease(self, lease: Lease) -> None:
        if not lease.is_held():
            self.stop("the command that asked for it has ended")
        elif self in _RUNNING:
            asyncio.get_running_loop().call_later(LEASE, self._look_at_lease, lease)

    async def _async_cleanup_resources(self, restart: bool = False) -> None:
        if self._timer is not None:
            self._timer.cancel()
        await super()._async_cleanup_resources(restart)
        if not restart:
            _RUNNING.discard(self)
            shutil.rmtree(self._socket_folder, ignore_errors=True)

    # the name it is called by where a kernel died: the base binds its own
    cleanup_resources = _async_cleanup_resources


def stop_all(reason: str) -> None:
    """Kills the kernels that this process runs."""
    for manager in list(_RUNNING):
        manager.stop(reason)


def limited_manager(job: Job, lease: Lease | None) -> type[LocalKernelManager]:
    """A manager with the limits of a job (papermill takes a class, not an object)."""
    limits = {"seconds": job.seconds, "memory_mib": job.memory_mib, "lease": lease, "stopped": None}
    return type("JobKernelManager", (LocalKernelManager,), limits)


def _limit_memory(pid: int, mib: int) -> None:
    """Lets a process take so much memory beyond what it has; where limits of another process cannot
    be set, nothing.
    """
    try:
        import resource

        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
        data_size = int(status.split("VmData:")[1].split()[0]) << 10
        resource.prlimit(
            pid, resource.RLIMIT_DATA, (data_size + (mib << 20), data_size + (mib << 20))
        )
    except (ImportError, AttributeError, OSError, IndexError):
        return
