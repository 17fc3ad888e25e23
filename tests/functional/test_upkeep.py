"""What keeps a workspace: schedules, backups, who is told of a fault."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import observatoire


def test_the_command_writes_the_files(workspace: Path) -> None:
    done = observatoire(workspace, "schedule", "--systemd", "--cron", "--output", "units")
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in (workspace / "units").iterdir()) == [
        "observatoire-cd93.cron",
        "observatoire-cd93.service",
        "observatoire-cd93.timer",
    ]
    assert observatoire(workspace, "schedule").returncode == 2


def test_the_command_tells_what_it_left_out_and_what_others_can_read(
    workspace: Path, tmp_path: Path
) -> None:
    (workspace / "data" / "raw").chmod(0o755)
    assert "data/raw can be read by every user" in observatoire(workspace, "check").stderr
    (workspace / "params" / "link").symlink_to(tmp_path)
    done = observatoire(workspace, "backup", str(tmp_path / "b.tar.gz"))
    assert done.returncode == 0 and "not followed: params/link" in done.stderr
    back = observatoire(workspace, "restore", str(tmp_path / "b.tar.gz"), str(tmp_path / "back"))
    assert back.returncode == 0 and back.stdout == done.stdout
    done = observatoire(workspace, "backup", str(tmp_path / "no" / "b.tar.gz"))
    assert done.returncode == 10 and "There is no such folder" in done.stderr


def test_the_real_fault_is_told_beside_a_target_that_cannot_be_reached(workspace: Path) -> None:
    path = workspace / "params/cd93/study.yml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("languages: [fr", "languages: [xx"),
        encoding="utf-8",
    )
    done = observatoire(workspace, "run", "--on-failure", "http://127.0.0.1:1/a hushhush")
    assert (
        done.returncode == 3
        and "study.yml, language" in done.stderr
        and "could not be told" in done.stderr
    )
    assert "hushhush" not in done.stderr and "Traceback" not in done.stderr
