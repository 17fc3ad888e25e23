"""Kernels forked from one process that has imported everything: the side of the command that asks
for them.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import analysis
from analysis.pipeline.zygote import READY

PATIENCE = 60.0
"""Seconds to wait for the imports, then for a fork."""

ENVIRONMENT = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "POLARS_MAX_THREADS": "1"}
"""One thread per kernel, as many kernels as cores."""

FIXED = {"PYTHONHASHSEED": "0", "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
"""All kernels share one hash seed, on purpose; the debugger says nothing of Python's frozen
modules."""


class ColdError(Exception):
    """Why a kernel cannot be forked."""


class ForkedKernel:
    """A kernel that the zygote forked, with the few things that `subprocess.Popen` would answer."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int, lease: socket.socket) -> None:
        self.pid, self._lease, self.returncode = pid, lease, None
        lease.setblocking(False)

    returncode: int | None

    def poll(self) -> int | None:
        """The exit code, or None while it runs; −9 when the zygote died with it."""
        if self.returncode is None:
            try:
                message = self._lease.recv(1024)
            except BlockingIOError:
                return None
            except OSError:
                message = b""
            self.returncode = json.loads(message)["exit"] if message else -9
            self._lease.close()
        return self.returncode

    def wait(self) -> int | None:
        """The exit code, or None while it runs (as `subprocess.Popen.poll`: nothing waits here)."""
        return self.poll()

    def send_signal(self, number: int) -> None:
        """Sends a signal to the kernel and all that it started."""
        if self.poll() is None:
            os.killpg(self.pid, number)

    def release(self) -> None:
        """Ends the lease, and with it the kernel."""
        self._lease.close()


class Zygote:
    """The one zygote of this process, started when first asked (or before, by who knows that it
    will be) and again when the library's sources have changed.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._source_stamps: tuple[tuple[str, int, int], ...] = ()
        self._cold: str | None = None
        self._is_ready = False

    def prepare(self) -> None:
        """Starts the zygote, which then imports while this process works; that it cannot is told
        to who asks for a kernel.
        """
        with self._lock, suppress(ColdError, OSError):
            if self._process is None:
                self._start(library_sources(), {**os.environ, **ENVIRONMENT})

    def dismiss(self) -> None:
        """Ends the zygote that nobody has asked for a kernel: it would import for seconds yet."""
        with self._lock:
            if self._process is not None and not self._is_ready:
                self._process.kill()
                self._process.wait()
                self._retire()

    def fork(self, arguments: list[str], *, env: dict[str, str], cwd: str) -> ForkedKernel:
        """A kernel of these arguments.

        Raises:
            ColdError: it cannot be forked here.

        """
        with self._lock:
            if self._cold is not None and (
                self._source_stamps == () or library_sources() == self._source_stamps
            ):
                raise ColdError(self._cold)
            try:
                return self._fork({"arguments": arguments, "env": env, "cwd": cwd})
            except (
                OSError,
                AttributeError,
            ) as error:  # no such call on this system, or the zygote is gone
                self._retire()
                raise ColdError(f"{type(error).__name__}: {error}") from None

    def _fork(self, request: dict[str, Any]) -> ForkedKernel:
        made_of = library_sources()
        is_gone = (
            self._requests is None or self._process is None or self._process.poll() is not None
        )
        if is_gone or made_of != self._source_stamps:
            self._start(made_of, request["env"])
        assert self._requests is not None
        self._wait_until_ready(self._requests)
        parent_end, child_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with child_end:
            socket.send_fds(self._requests, [json.dumps(request).encode()], [child_end.fileno()])
        parent_end.settimeout(PATIENCE)
        message = parent_end.recv(1024)
        if not message:
            raise OSError("the zygote did not fork")
        return ForkedKernel(json.loads(message)["pid"], parent_end)

    def _start(self, made_of: tuple[tuple[str, int, int], ...], env: dict[str, str]) -> None:
        if sys.platform != "linux":
            self._cold = f"kernels are not forked on {sys.platform}"
            raise ColdError(self._cold)
        self._retire()
        parent_end, child_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        environment = {
            name: value for name, value in env.items() if name != "PYTHONDONTWRITEBYTECODE"
        }
        with child_end:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "analysis.pipeline.zygote", str(child_end.fileno())],
                pass_fds=(child_end.fileno(),),
                env={**environment, **FIXED},
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        parent_end.settimeout(PATIENCE)
        self._source_stamps = made_of  # if it fails, then until these change
        self._requests, self._is_ready, self._cold = parent_end, False, None

    def _wait_until_ready(self, requests: socket.socket) -> None:
        answer = READY if self._is_ready else b""
        with suppress(TimeoutError):
            answer = answer or requests.recv(len(READY))
        if answer != READY:
            self._cold = "the zygote could not import what notebooks import"
            raise ColdError(self._cold)
        self._is_ready = True

    def _retire(self) -> None:
        """Asks for no more kernels; those that run end first."""
        if self._requests is not None:
            self._requests.close()
        self._requests = None


ZYGOTE = Zygote()


def library_sources() -> tuple[tuple[str, int, int], ...]:
    """The library's source files, with their times and sizes: a zygote holds modules of one state
    of them.
    """
    root = Path(analysis.__file__).parent
    states = ((path.as_posix(), path.stat()) for path in sorted(root.rglob("*.py")))
    return tuple((name, state.st_mtime_ns, state.st_size) for name, state in states)
