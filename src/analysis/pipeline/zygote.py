"""The process that kernels are forked from: it imports once what every notebook imports, and
computes nothing.

Started by `forks.Zygote` with one end of a socket. Each request carries the socket of a lease: over
it the kernel's process number and, later, its exit code are sent back. When the holder of a lease
dies, its kernel is killed; when the socket of requests closes, the process ends with its last
kernel; when it dies itself, so do its kernels.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import json
import os
import pkgutil
import random
import selectors
import signal
import socket
import sys
import time
from contextlib import suppress
from typing import Any, NoReturn

PRELOAD = (
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.debugger",
    "debugpy.server.api",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.logger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "numpy",
    "scipy.stats",
    "scipy.sparse",
    "statsmodels.genmod.families",
    "polars",
    "matplotlib.pyplot",
    "PIL.PngImagePlugin",
    "babel.numbers",
    "great_tables",
    "seaborn",
    "analysis.publishing.pages",
    "analysis.workbench",
)
"""Imported, never run: once polars has executed anything, its forked children wait for ever."""

WITH_ALL = ("analysis.publishing.pages",)
"""Packages whose modules are imported too: each page names its own."""

READY = b"ready"
LARGEST = 1 << 20
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36


def serve_requests() -> None:
    """Serves the requests of the socket whose number is the first argument."""
    requests = socket.socket(fileno=int(sys.argv[1]))
    os.environ["MPLBACKEND"] = (
        "module://matplotlib_inline.backend_inline"  # what a kernel would set before importing
    )
    for name in PRELOAD:
        module = importlib.import_module(name)
        if name in WITH_ALL:
            for one in pkgutil.iter_modules(module.__path__, f"{name}."):
                importlib.import_module(one.name)
    _adopt_orphans()
    gc.collect()
    gc.freeze()  # the pages of what is imported stay shared
    try:
        requests.send(READY)
    except OSError:
        return
    Server(requests).serve()


class Server:
    """Forks kernels and watches them, in one thread."""

    def __init__(self, requests: socket.socket) -> None:
        self._requests = requests
        self._watched = selectors.DefaultSelector()
        self._watched.register(requests, selectors.EVENT_READ)
        self._kernels: dict[
            int, tuple[int, socket.socket]
        ] = {}  # process number → its descriptor, its lease
        self._open = True

    def serve(self) -> None:
        """Until nobody asks any more and the last kernel has ended."""
        while self._open or self._kernels:
            for key, _ in self._watched.select():
                if key.fileobj is self._requests:
                    self._accept_request()
                elif key.data not in self._kernels:
                    continue  # buried by an earlier event of the same moment
                elif isinstance(key.fileobj, socket.socket):
                    _kill(key.data)  # the lease's holder is gone, or wants it to end
                    self._watched.unregister(key.fileobj)
                else:
                    self._reap(key.data)

    def _accept_request(self) -> None:
        message, descriptors, _, _ = socket.recv_fds(self._requests, LARGEST, 1)
        if not message:
            self._watched.unregister(self._requests)
            self._open = False
            return
        lease = socket.socket(fileno=descriptors[0])
        request = json.loads(message)
        zygote = os.getpid()
        number = os.fork()
        if number == 0:
            self._run_as_kernel(request, lease, zygote)
        descriptor = os.pidfd_open(number)
        self._kernels[number] = descriptor, lease
        self._watched.register(descriptor, selectors.EVENT_READ, number)
        self._watched.register(lease, selectors.EVENT_READ, number)

    def _reap(self, number: int) -> None:
        descriptor, lease = self._kernels.pop(number)
        _kill(number)  # with what it started: its number is its own until it has been waited for
        _, status = os.waitpid(number, 0)
        _kill_orphans(set(self._kernels))
        _tell(lease, {"exit": os.waitstatus_to_exitcode(status)})
        self._watched.unregister(descriptor)
        if lease in self._watched.get_map():
            self._watched.unregister(lease)
        os.close(descriptor)
        lease.close()

    def _run_as_kernel(
        self, request: dict[str, Any], lease: socket.socket, zygote: int
    ) -> NoReturn:
        """Turns the forked child into the kernel that was asked for."""
        try:
            os.setsid()  # signals to the kernel's group reach what it starts, and nothing else
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            _adopt_orphans()
            if os.getppid() != zygote:  # it died before that
                os._exit(1)
            _tell(lease, {"pid": os.getpid()})
            self._watched.close()
            for descriptor, other in self._kernels.values():
                os.close(descriptor)
                other.close()
            lease.close()
            self._requests.close()
            nowhere = os.open(os.devnull, os.O_RDWR)
            for stream in range(3):
                os.dup2(nowhere, stream)
            os.environ.clear()
            os.environ.update(request["env"])
            os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
            time.tzset()
            os.chdir(request["cwd"])
            random.seed()
            sys.modules["numpy"].random.seed()
            sys.argv = ["ipykernel_launcher", *request["arguments"]]
            sys.modules["ipykernel.kernelapp"].launch_new_instance(argv=request["arguments"])
        finally:
            os._exit(1 if sys.exc_info()[0] not in (None, SystemExit) else 0)


def _kill(number: int) -> None:
    """Kills a kernel with all that it started; or it alone, in the instant before it leads its
    group.
    """
    try:
        os.killpg(number, signal.SIGKILL)
    except (
        ProcessLookupError,
        PermissionError,
    ):  # the second: nothing is left of the group but the dead kernel itself
        with suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)  # not waited for yet: its number is its own


def _adopt_orphans() -> None:
    """What this process's descendants leave behind becomes its own, and not the system's.

    A kernel adopts what its notebook started, in a session of its own or not; when the kernel ends,
    the zygote does.
    """
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)


def _kill_orphans(kernels: set[int]) -> None:
    """Kills the children that are no kernels: what a notebook started in a session of its own has
    outlived it.

    The end of each may hand us its own children, so that we look again until there is none.
    """
    while orphans := _children() - kernels:
        for number in orphans:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(number, signal.SIGKILL)
            with suppress(ChildProcessError):
                os.waitpid(number, 0)


def _children() -> set[int]:
    """The numbers of this process's children; none where the system does not tell."""
    path = f"/proc/self/task/{os.getpid()}/children"
    with suppress(OSError, ValueError), open(path) as listed:  # noqa: PTH123
        return {int(number) for number in listed.read().split()}
    return set()


def _tell(lease: socket.socket, what: dict[str, int]) -> None:
    with suppress(OSError):  # its holder is gone, and the kernel with it
        lease.send(json.dumps(what).encode())


if __name__ == "__main__":
    serve_requests()
