"""Who is told of the end of a run: whatever takes it, the real fault is told and no address is
shown."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from analysis.errors import ScopeError
from analysis.operations.journal import Journal, notify
from analysis.study import Workspace

ANSWERS = {
    "garbage": b"\x00\xff garbage\r\n\r\n",
    "nothing": b"",
    "an endless header": b"HTTP/1.1 200 OK\r\nX: " + b"a" * 100_000,
    "too many headers": b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 500,
    "a length that is none": b"HTTP/1.1 302 Found\r\nLocation: http://[::1/hushhush\r\n\r\n",
    "a redirection to a file": b"HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\n\r\n",
    "a refusal": b"HTTP/1.1 500 hushhush\r\n\r\n",
}


@pytest.fixture(params=list(ANSWERS))
def address(request: pytest.FixtureRequest) -> Iterator[str]:
    """Where something listens that answers what is no answer."""
    server = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        connection, _ = server.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(ANSWERS[request.param])

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.getsockname()[1]}/hushhush"
    server.close()
    thread.join(5)


def test_whatever_a_webhook_answers_is_one_error_that_does_not_show_it(address: str) -> None:
    with pytest.raises(ScopeError) as caught:
        notify(address, {"failed": True})
    assert "could not be told" in str(caught.value) and "hushhush" not in str(caught.value)


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1:1/a hushhush",
        "http://hushhush host/",
        "http://127.0.0.1:99999/hushhush",
        "http://[::1/hushhush",
        "http:///hushhush",
        "https://127.0.0.1:1/hushhush\r\nX: y",
        "no-such-command-hushhush",
        "'unclosed hushhush",
        " ",
        "/etc/hushhush",
    ],
)
def test_a_target_that_cannot_be_reached_is_one_error_that_does_not_show_it(target: str) -> None:
    with pytest.raises(ScopeError) as caught:
        notify(target, {"failed": True})
    assert "could not be told" in str(caught.value) and "hushhush" not in str(caught.value)


def test_a_line_of_the_journal_is_one_line_for_its_owner(tmp_path: Path) -> None:
    Journal(Workspace(tmp_path), "s").note("reading", text="a\nb\u2028c")
    path = tmp_path / "reports/runs/s/journal.jsonl"
    assert path.stat().st_mode & 0o777 == 0o600 and path.parent.stat().st_mode & 0o777 == 0o700
    lines = path.read_text(encoding="utf-8").split("\n")
    assert len(lines) == 2 and json.loads(lines[0])["text"] == "a\nb\u2028c"
