"""Room on the disk: asked for, and told in one message where it ran out, whatever library met
it."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from analysis.errors import DiskError
from analysis.study import disk
from analysis.study.disk import is_full, require_room, writing
from analysis.study.files import write_atomically, write_whole


def chained(cause: Exception) -> Exception:
    error = RuntimeError("the font could not be read")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "full"),
    [
        (OSError(errno.ENOSPC, "x"), True),
        (OSError(errno.EDQUOT, "x"), True),
        (OSError(errno.EACCES, "x"), False),
        (RuntimeError("pandoc: a.html: resource exhausted (No space left on device)"), True),
        (RuntimeError("parquet: Io error: No space left on device (os error 28)"), True),
        (chained(OSError(errno.ENOSPC, "x")), True),
        (chained(ValueError("x")), False),
        (None, False),
    ],
)
def test_a_full_disk_is_known_by_its_number_its_words_or_what_came_before(
    error: Exception | None, full: bool
) -> None:
    assert is_full(error) is full


def test_what_is_missing_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "_free_bytes", lambda folder: 3 << 20)
    require_room("the delivery", tmp_path, 3 << 20)
    with pytest.raises(DiskError) as caught:
        require_room("the delivery", tmp_path / "not" / "yet", 10 << 20)
    assert (
        "the delivery could not be written; it needs about 10 MiB, 3 MiB are free: 7 MiB are "
        "missing." in str(caught.value)
    )
    assert f"at: {tmp_path}\n" in str(caught.value)


def test_other_faults_pass(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="other"), writing("a file", tmp_path):
        raise ValueError("other")
    with pytest.raises(DiskError, match="a file could not be written"), writing("a file", tmp_path):
        raise OSError(errno.ENOSPC, "x")


def test_what_is_half_written_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a" / "b.txt"
    write_whole(path, "before")

    def fails(self: Path, content: bytes) -> None:
        self.open("wb").write(content[:2])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", fails)
    with pytest.raises(DiskError, match=r"b\.txt could not be written"):
        write_atomically(path, b"after")
    assert path.read_text() == "before" and [one.name for one in path.parent.iterdir()] == ["b.txt"]
    assert path.stat().st_mode & 0o777 == 0o600 and path.parent.stat().st_mode & 0o777 == 0o700
