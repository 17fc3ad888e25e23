"""Backups: what comes back is what was written, and no archive reaches outside the folder it is
restored into."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import random
import shutil
import signal
import stat
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from analysis.errors import NotReadyError, ObservatoryError, RawDataError
from analysis.operations.backup import BLOCK, folders_open_to_others, restore_backup, write_backup
from analysis.operations.lock import workspace_lock
from analysis.study import Workspace
from tests.conftest import ROOT

Member = tuple[tarfile.TarInfo, bytes]


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    root = tmp_path / "workspace"
    for name, text in (
        ("params/s/study.yml", "id: s"),
        ("data/raw/s/d/a.csv", "1;2"),
        ("reports/runs/s/journal.jsonl", "{}"),
        ("notebooks/plan.yml", "notebooks: []"),
        ("requirements.lock", "x"),
    ):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def content(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def plain(name: str, data: bytes = b"x") -> Member:
    member = tarfile.TarInfo(name)
    member.size = len(data)
    return member, data


def special(name: str, kind: bytes, target: str = "") -> Member:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    return member, b""


def archive(path: Path, *members: Member, listed: object = None) -> Path:
    """An archive of some members, with an honest list of its plain files unless another is
    given."""
    if listed is None:
        listed = {
            one.name: hashlib.sha256(data).hexdigest() for one, data in members if one.isreg()
        }
    members = (*members, plain("contents.json", json.dumps(listed).encode()))
    with tarfile.open(path, "w:gz", format=tarfile.PAX_FORMAT) as written:
        for member, data in members:
            written.addfile(member, io.BytesIO(data))
    return path


# --- there and back -------------------------------------------------------------------------------


def test_what_comes_back_is_what_was_written_for_its_owner_alone(
    workspace: Path, tmp_path: Path
) -> None:
    written = write_backup(Workspace(workspace), tmp_path / "b.tar.gz")
    assert written.left_out == () and stat.S_IMODE((tmp_path / "b.tar.gz").stat().st_mode) == 0o600
    expected = content(workspace)
    assert (
        restore_backup(tmp_path / "b.tar.gz", tmp_path / "back")
        == written.files
        == len(expected)
        == 5
    )
    assert content(tmp_path / "back") == expected
    modes = {
        stat.S_IMODE(path.stat().st_mode)
        for path in (tmp_path / "back").rglob("*")
        if path.is_file()
    }
    assert modes == {0o600} and stat.S_IMODE((tmp_path / "back").stat().st_mode) == 0o700
    with pytest.raises(NotReadyError, match="not empty"):
        restore_backup(tmp_path / "b.tar.gz", tmp_path / "back")
    with pytest.raises(NotReadyError, match="exists already"):
        write_backup(Workspace(workspace), tmp_path / "b.tar.gz")
    with pytest.raises(NotReadyError, match="no such folder"):
        write_backup(Workspace(workspace), tmp_path / "no" / "b.tar.gz")
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_it_comes_back_where_a_person_stands(
    workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_backup(Workspace(workspace), tmp_path / "b.tar.gz")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert restore_backup(tmp_path / "b.tar.gz", Path()) == 5
    assert content(tmp_path / "here") == content(workspace)


def test_a_backup_that_lies_in_the_workspace_does_not_hold_itself(
    workspace: Path, tmp_path: Path
) -> None:
    count = write_backup(Workspace(workspace), workspace / "reports" / "b.tar.gz").files
    assert restore_backup(workspace / "reports" / "b.tar.gz", tmp_path / "back") == count == 5


def test_folders_on_another_disk_are_held_and_other_links_are_left_out_and_told(
    workspace: Path, tmp_path: Path
) -> None:
    (workspace / "data").rename(tmp_path / "elsewhere")
    (workspace / "data").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "secret").write_text("of somebody else")
    (workspace / "data" / "raw" / "s" / "d" / "link.csv").symlink_to(tmp_path / "secret")
    (workspace / "params" / "s" / "more").symlink_to(tmp_path)
    os.mkfifo(workspace / "reports" / "pipe")
    written = write_backup(Workspace(workspace), tmp_path / "b.tar.gz")
    assert sorted(written.left_out) == ["data/raw/s/d/link.csv", "params/s/more", "reports/pipe"]
    assert restore_backup(tmp_path / "b.tar.gz", tmp_path / "back") == 5
    assert not (tmp_path / "back" / "data").is_symlink()
    assert (tmp_path / "back" / "data" / "raw" / "s" / "d" / "a.csv").read_text() == "1;2"


def test_it_needs_nothing_that_an_older_python_lacks(
    workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Debian 12's own Python has no filters of extraction."""
    write_backup(Workspace(workspace), tmp_path / "b.tar.gz")
    for name in ("data_filter", "tar_filter", "fully_trusted_filter"):
        monkeypatch.delattr(tarfile, name)
    for name in ("extractall", "extract"):
        monkeypatch.delattr(tarfile.TarFile, name)
    assert restore_backup(tmp_path / "b.tar.gz", tmp_path / "back") == 5


# --- archives of others ---------------------------------------------------------------------------


def chain(outside: Path) -> list[Member]:
    """Long links within one another, at whose end a resolved path is cut short: the pattern of
    CVE-2025-4517."""
    members, steps = [], "abcdefghijklmnop"
    folder = "d" * 247
    path = ""
    for step in steps:
        members.append(special(path + folder, tarfile.DIRTYPE))
        members.append(special(path + step, tarfile.SYMTYPE, folder))
        path += folder + "/"
    through = "/".join(steps) + "/" + "l" * 254
    members.append(special(through, tarfile.SYMTYPE, "../" * len(steps)))
    members.append(
        special("escape", tarfile.SYMTYPE, through + "/../../..")
    )  # a temporary folder, `place`, and out
    members.append(special("hard", tarfile.LNKTYPE, f"escape/{outside.name}"))
    members.append(plain("hard", b"overwritten"))
    return members


HOSTILE: dict[str, Callable[[Path], list[Member]]] = {
    "a chain of long links": chain,
    "a name above": lambda _: [plain("../outside")],
    "a name above, further in": lambda _: [plain("data/../../outside")],
    "an absolute name": lambda outside: [plain(str(outside))],
    "a link": lambda outside: [
        special("data", tarfile.SYMTYPE, str(outside.parent)),
        plain("data/outside"),
    ],
    "a hard link": lambda outside: [special("data", tarfile.LNKTYPE, str(outside))],
    "a loop of links": lambda _: [
        special("a", tarfile.SYMTYPE, "b"),
        special("b", tarfile.SYMTYPE, "a"),
        plain("a/c"),
    ],
    "a fifo": lambda _: [special("data", tarfile.FIFOTYPE)],
    "a device": lambda _: [special("data", tarfile.CHRTYPE)],
    "one name twice": lambda _: [plain("a", b"1"), plain("a", b"2")],
    "a file and a folder of one name": lambda _: [plain("a"), plain("a/b")],
    "an empty part": lambda _: [plain("a//b")],
    "a dot": lambda _: [plain("./a")],
    "an empty name": lambda _: [plain("")],
    "a name too long": lambda _: [plain("a" * 300)],
    "a folder": lambda _: [special("data", tarfile.DIRTYPE)],
}


def test_the_chain_of_links_is_a_real_attack(tmp_path: Path) -> None:
    """On a Python whose filter it passes, it overwrites a file outside; ours does not depend on
    which one that is."""
    (tmp_path / "outside").write_text("mine")
    source, place = (
        archive(tmp_path / "evil.tar.gz", *chain(tmp_path / "outside")),
        tmp_path / "a" / "b" / "c",
    )
    place.mkdir(parents=True)
    with tarfile.open(source) as opened, suppress(OSError, tarfile.TarError):
        opened.extractall(place, filter="fully_trusted")
    assert (tmp_path / "outside").read_text() == "overwritten"


@pytest.mark.parametrize("case", list(HOSTILE))
def test_nothing_outside_the_folder_is_touched(tmp_path: Path, case: str) -> None:
    outside = tmp_path / "outside"
    outside.write_text("mine")
    source = archive(tmp_path / "evil.tar.gz", *HOSTILE[case](outside))
    with pytest.raises(RawDataError) as caught:
        restore_backup(source, tmp_path / "place" / "back")
    assert "evil.tar.gz" in str(caught.value) or "not what was written" in str(caught.value)
    assert outside.read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["evil.tar.gz", "outside", "place"]
    assert list((tmp_path / "place").iterdir()) == []


@pytest.mark.parametrize(
    "listed",
    [
        [],
        "x",
        3,
        {"a": 3},
        {},
        {"a": "0" * 64},
        {"a": hashlib.sha256(b"x").hexdigest(), "b": "0" * 64},
    ],
    ids=str,
)
def test_what_its_list_does_not_say_is_refused(tmp_path: Path, listed: object) -> None:
    with pytest.raises(RawDataError):
        restore_backup(archive(tmp_path / "b.tar.gz", plain("a"), listed=listed), tmp_path / "back")
    assert not (tmp_path / "back").exists()


@pytest.mark.parametrize("text", ["null", "[" * 100_000, "{", "", '{"a": ' * 100_000])
def test_a_list_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    source = tmp_path / "b.tar.gz"
    with tarfile.open(source, "w:gz") as written:
        for member, data in (plain("a"), plain("contents.json", text.encode())):
            written.addfile(member, io.BytesIO(data))
    with pytest.raises(RawDataError, match="no backup, or it is damaged"):
        restore_backup(source, tmp_path / "back")


def test_what_is_no_file_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    for name in ("pipe", "loop", "none", "."):
        with pytest.raises(RawDataError, match="This is no file"):
            restore_backup(tmp_path / name, tmp_path / "back")


def test_a_header_that_claims_to_be_immense_is_refused(tmp_path: Path) -> None:
    header = tarfile.TarInfo("x")
    header.type, header.size = tarfile.XHDTYPE, 1 << 40
    with gzip.open(tmp_path / "b.tar.gz", "wb") as written:
        written.write(header.tobuf() + b"\0" * (2 * BLOCK))
    with pytest.raises(RawDataError, match="no backup"):
        restore_backup(tmp_path / "b.tar.gz", tmp_path / "back")


def test_an_archive_that_is_altered_anywhere_restores_nothing(
    workspace: Path, tmp_path: Path
) -> None:
    write_backup(Workspace(workspace), tmp_path / "b.tar.gz")
    honest, drawn = (tmp_path / "b.tar.gz").read_bytes(), random.Random(3)
    refused = 0
    for number in range(150):
        spoilt = bytearray(honest)
        if number % 3 == 0:
            del spoilt[drawn.randrange(len(spoilt)) :]
        for _ in range(number % 3):
            spoilt[drawn.randrange(10, len(spoilt))] = drawn.randrange(256)
        (tmp_path / "spoilt").write_bytes(spoilt)
        if bytes(spoilt) == honest:
            continue
        try:
            restore_backup(tmp_path / "spoilt", tmp_path / "back")
        except ObservatoryError:
            refused += 1
            assert not (tmp_path / "back").exists()
        else:  # a byte that means nothing, of the header of gzip or the padding of a member
            assert content(tmp_path / "back") == content(workspace)
            shutil.rmtree(tmp_path / "back")
    assert refused > 130


# --- killed ones ----------------------------------------------------------------------------------

KILLED = """
import os, signal, sys
from pathlib import Path
from analysis.operations import backup as module
from analysis.study import Workspace
def stop(*_):
    print("ready", flush=True)
    signal.pause()
{spoil}
{act}
"""


def killed(act: str, spoil: str) -> None:
    """Starts a backup or a restoring, and kills it in its middle."""
    code = KILLED.format(act=act, spoil=spoil)
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert process.stdout is not None and process.stdout.readline() == "ready\n"
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()


def hidden(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.startswith(".")]


def test_what_a_killed_backup_leaves_goes_with_the_next_command(
    workspace: Path, tmp_path: Path
) -> None:
    place = tmp_path / "elsewhere"
    place.mkdir()
    target = str(place / "b.tar.gz")
    act = f"module.write_backup(Workspace(Path({str(workspace)!r})), Path({target!r}))"
    killed(
        act, "write = module._write_archive\nmodule._write_archive = lambda *a: (write(*a), stop())"
    )
    assert len(hidden(place)) == 1, "the test kills it while personal data lies there"
    with workspace_lock(Workspace(workspace), "any other"):
        pass
    assert hidden(place) == []


def test_what_a_killed_restoring_leaves_goes_with_the_next_and_a_living_one_is_left_alone(
    workspace: Path, tmp_path: Path
) -> None:
    write_backup(Workspace(workspace), tmp_path / "b.tar.gz")
    place = tmp_path / "elsewhere"
    spoil = "read = module._read_archive\nmodule._read_archive = lambda *a: (read(*a), stop())"
    source, folder = str(tmp_path / "b.tar.gz"), str(place / "back")
    act = f"module.restore_backup(Path({source!r}), Path({folder!r}))"
    killed(act, spoil)
    assert len(hidden(place)) == 1
    living = subprocess.Popen(
        [sys.executable, "-c", KILLED.format(act=act, spoil=spoil)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert living.stdout is not None and living.stdout.readline() == "ready\n"
    assert len(hidden(place)) == 1, "the first one's is gone, the second's is there"
    restore_backup(tmp_path / "b.tar.gz", place / "other")
    assert len(hidden(place)) == 1 and living.poll() is None
    living.kill()
    living.wait()
    living.stdout.close()
    time.sleep(0.1)
    restore_backup(tmp_path / "b.tar.gz", place / "third")
    assert hidden(place) == []


def test_data_that_others_can_read_is_told(workspace: Path) -> None:
    for name, mode in (("data/raw", 0o755), ("reports/runs", 0o700)):
        (workspace / name).chmod(mode)
    assert folders_open_to_others(Workspace(workspace)) == ["data/raw"]
