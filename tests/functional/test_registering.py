"""Deliveries: registered whole or not at all, corrected, replaced."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.conftest import ROOT, alter, empty_workspace, journal, observatoire


@pytest.fixture
def real(tmp_path: Path) -> Path:
    """A workspace with the study of the acceptance test and a small file for it."""
    workspace = empty_workspace(tmp_path / "w")
    source = ROOT / "tests" / "acceptance" / "nhs_fft"
    shutil.copytree(
        source,
        workspace / "params" / "nhs_fft",
        ignore=shutil.ignore_patterns("delivery.yml", "*.py", "__pycache__"),
    )
    shutil.copyfile(source / "delivery.yml", tmp_path / "delivery.yml")
    rows = ["Trust,Respondent ID,Date,FFT categorical answer,FFT answer"]
    rows += [f"NEAS,R{n},15/05/2022,{1 + n % 5},ok" for n in range(40)]
    (tmp_path / "comments.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return workspace


def test_a_delivery_is_registered_whole_or_not_at_all(real: Path) -> None:
    draft, comments = real.parent / "delivery.yml", real.parent / "comments.csv"
    good = comments.read_bytes()
    comments.write_bytes(good.replace(b"FFT categorical answer", b"FFT"))
    done = observatoire(real, "register", "nhs_fft", str(draft))
    assert done.returncode == 5 and "no column 'FFT categorical answer'" in done.stderr
    assert not (real / "data" / "raw").exists()
    comments.write_bytes(good.replace(b",ok", ",caf\xe9".encode("cp1252")))
    done = observatoire(real, "register", "nhs_fft", str(draft))
    assert done.returncode == 5 and "not encoded in utf-8" in done.stderr
    comments.write_bytes(good)
    done = observatoire(real, "register", "nhs_fft", str(draft))
    assert done.returncode == 0, done.stderr
    assert "40 rows = 40 kept + 0 refused + 0 duplicates" in done.stderr
    again = observatoire(real, "register", "nhs_fft", str(draft))
    assert again.returncode == 4 and "registered already" in again.stderr
    alter(draft, "delivery: comments", "delivery: more")
    again = observatoire(real, "register", "nhs_fft", str(draft))
    assert again.returncode == 4 and "One file is registered twice" in again.stderr


def test_a_level_that_the_scale_lacks_is_refused_in_the_mapping(real: Path) -> None:
    draft = real.parent / "delivery.yml"
    alter(draft, '"5": 1', '"5": 7')
    done = observatoire(real, "register", "nhs_fft", str(draft))
    assert done.returncode == 2
    assert "'5' is mapped to 7, which its scale 'fft' lacks" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_correction_replaces_a_delivery_and_what_it_no_longer_holds_leaves(real: Path) -> None:
    draft, comments = real.parent / "delivery.yml", real.parent / "comments.csv"
    rows = comments.read_text(encoding="utf-8").splitlines()
    comments.write_text(
        "\n".join([*rows, *(f"NHFT,S{n},15/05/2022,{1 + n % 5},ok" for n in range(40))]) + "\n",
        encoding="utf-8",
    )
    assert observatoire(real, "register", "nhs_fft", str(draft)).returncode == 0
    assert observatoire(real, "run").returncode == 0
    comments.write_text("\n".join(rows) + "\n", encoding="utf-8")
    alter(draft, "delivery: comments", "delivery: corrected\nreplaces: nothing")
    done = observatoire(real, "register", "nhs_fft", str(draft))
    assert done.returncode == 4 and "Unknown delivery to replace: 'nothing'" in done.stderr
    shutil.rmtree(real / "data/raw/nhs_fft/corrected", ignore_errors=True)
    alter(draft, "replaces: nothing", "replaces: comments")
    done = observatoire(real, "register", "nhs_fft", str(draft))
    assert done.returncode == 0, done.stderr
    assert "40 rows received = 40 kept" in done.stderr
    done = observatoire(real, "publish")
    assert done.returncode == 0, done.stderr
    edition = real / done.stdout.strip().splitlines()[-1]
    told = (edition / "data" / "resultats.csv").read_text(encoding="utf-8").splitlines()
    assert [line for line in told if "nhft" in line and "/no_answers/" not in line] == []
    assert not (edition / "direction-nhft.ipynb").exists()


def test_a_correction_may_hold_the_files_that_did_not_change(real: Path) -> None:
    draft = real.parent / "delivery.yml"
    assert observatoire(real, "register", "nhs_fft", str(draft)).returncode == 0
    alter(draft, "delivery: comments", "delivery: again\nreplaces: comments")
    done = observatoire(real, "register", "nhs_fft", str(draft))
    assert done.returncode == 0 and "40 rows received = 40 kept" in done.stderr, done.stderr
    lines = journal(real, "nhs_fft")
    assert [(one["event"], one["received"], one["kept"]) for one in lines] == [
        ("reading", 40, 40)
    ] * 2


def test_a_correction_that_leaves_files_out_says_which(workspace: Path, tmp_path: Path) -> None:
    old, yaml = workspace / "data/raw/cd93/2026-2", YAML(typ="safe", pure=True)
    shutil.copyfile(old / "papier.csv", tmp_path / "papier.csv")
    content = yaml.load(old / "manifest.yml")
    left = [one["path"] for one in content["files"] if one["path"] != "papier.csv"]
    content["files"] = [one for one in content["files"] if one["path"] == "papier.csv"]
    yaml.dump({**content, "delivery": "2026-2-bis", "replaces": "2026-2"}, tmp_path / "m.yml")
    done = observatoire(workspace, "register", "cd93", str(tmp_path / "m.yml"))
    assert done.returncode == 0, done.stderr
    told = next(
        line for line in done.stderr.splitlines() if line.startswith("2026-2 is replaced whole")
    )
    assert told.split(": ")[1].split(", ") == left and len(left) > 2


def test_a_delivery_of_archives_alone_is_no_data(real: Path) -> None:
    draft = real.parent / "archive.yml"
    draft.write_text(
        "delivery: old\nreceived: 2022-11-01\nsimulated: false\nfiles:\n  - {path: comments.csv, "
        "reader: archive}\n",
        encoding="utf-8",
    )
    done = observatoire(real, "register", "nhs_fft", str(draft))
    assert done.returncode == 0, done.stderr
    done = observatoire(real, "run")
    assert done.returncode == 10 and "Traceback" not in done.stderr
