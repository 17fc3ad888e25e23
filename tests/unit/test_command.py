"""The command: each fault ends in one clear message, its own exit code, no traceback, nothing
half-written."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import nbformat
import pytest
from ruamel.yaml import YAML

from tests.conftest import ROOT, empty_workspace, observatoire


def tree(folder: Path) -> dict[str, bytes]:
    kept = ("data", "reports/editions", "reports/runs")
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for part in kept
        for path in sorted((folder / part).rglob("*"))
        if path.is_file()
    }


def raw(workspace: Path, name: str = "papier.csv") -> Path:
    return workspace / "data" / "raw" / "cd93" / "2026-2" / name


def alter(path: Path, old: str, new: str, encoding: str = "utf-8") -> None:
    text = path.read_bytes().decode(encoding)
    assert old in text
    path.write_bytes(text.replace(old, new, 1).encode(encoding))


def twice(workspace: Path) -> None:
    shutil.copytree(workspace / "data/raw/cd93/2026-2", workspace / "data/raw/cd93/again")
    alter(workspace / "data/raw/cd93/again/manifest.yml", "delivery: 2026-2", "delivery: again")


CASES: dict[str, tuple[Callable[[Path], object], tuple[str, ...], int, str]] = {
    "a missing raw file": (lambda w: raw(w).unlink(), ("run",), 4, "A raw file is missing"),
    "an altered raw file": (
        lambda w: raw(w).write_bytes(raw(w).read_bytes() + b"\n"),
        ("run",),
        4,
        "was altered",
    ),
    "an empty raw file": (lambda w: raw(w).write_bytes(b""), ("run",), 4, "A raw file is empty"),
    "one file in two manifests": (twice, ("run",), 4, "One file is registered twice"),
    "an unknown key": (
        lambda w: alter(w / "data/raw/cd93/2026-2/manifest.yml", "received:", "recieved:"),
        ("run",),
        3,
        "recieved",
    ),
    "a wave in a manifest that does not exist": (
        lambda w: alter(w / "data/raw/cd93/2026-2/manifest.yml", "wave: 2026-2", "wave: 2027-1"),
        ("check",),
        2,
        "2027-1",
    ),
    "a wave that does not exist": (
        lambda w: None,
        ("run", "--wave", "2027-1"),
        2,
        "Unknown wave: '2027-1'",
    ),
    "a path for a directorate": (
        lambda w: None,
        ("run", "--directorate", "../../etc"),
        2,
        "Unknown directorate",
    ),
    "a path for a study": (lambda w: None, ("run", "../../etc"), 2, "Unknown study"),
    "a duplicate key": (
        lambda w: alter(w / "params/cd93/study.yml", "language: fr", "language: fr\nlanguage: fr"),
        ("run",),
        3,
        "twice",
    ),
    "no simulation plan": (
        lambda w: (w / "params/cd93/simulation.yml").unlink(),
        ("simulate",),
        3,
        "no simulation plan",
    ),
    "simulated twice": (lambda w: None, ("simulate",), 4, "has deliveries already"),
    "no data": (lambda w: shutil.rmtree(w / "data"), ("run",), 10, "observatoire simulate cd93"),
    "a plan that cannot be read": (
        lambda w: alter(
            w / "notebooks/plan.yml",
            "per: [directorate, wave], reads",
            "per: [directorate, waves], reads",
        ),
        ("publish",),
        3,
        "plan.yml",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_fault_ends_in_one_message(workspace: Path, case: str) -> None:
    spoil, arguments, code, words = CASES[case]
    spoil(workspace)
    before = tree(workspace)
    done = observatoire(workspace, *arguments)
    assert done.returncode == code, done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert tree(workspace) == before


def test_a_margin_whose_category_nobody_has_names_it_and_the_other_scopes_are_done(
    workspace: Path,
) -> None:
    from ruamel.yaml import YAML

    path = workspace / "params/cd93/margins/2026-2.yml"
    content = YAML(typ="safe", pure=True).load(path)
    ages = content["margins"]["def"]["AGE"]
    ages["3"] -= 1
    ages["5"] = 1
    YAML(typ="safe", pure=True).dump(content, path)
    done = observatoire(workspace, "run", "--wave", "2026-2", "--keep-going")
    assert done.returncode == 7
    assert "The same in: 20_satisfaction def 2026-2." in done.stderr
    assert "No respondent stands in margin 'AGE', category 5" in done.stderr
    assert "observatoire run cd93 --directorate def --wave 2026-2" in done.stderr
    assert "Traceback" not in done.stderr
    made = workspace / "data/processed/cd93/estimates"
    assert (made / "directorate=dpaph/wave=2026-2/part-0.parquet").exists()
    assert not (made / "directorate=def").exists()


def test_a_second_run_has_nothing_to_do_and_status_says_so(workspace: Path) -> None:
    first = observatoire(workspace, "run", "--directorate", "def", "--wave", "2026-2")
    assert first.stdout.strip() == "2 notebooks ran, 0 were current."
    second = observatoire(workspace, "run", "--directorate", "def", "--wave", "2026-2")
    assert second.stdout.strip() == "0 notebooks ran, 2 were current."
    lines = observatoire(workspace, "status").stdout.splitlines()
    assert [line for line in lines if line.startswith("current")] == [
        "current  reading of deliveries",
        "current  10_collection def 2026-2",
        "current  20_satisfaction def 2026-2",
    ]
    assert len(lines) == 9
    alter(
        workspace / "params/cd93/questionnaire.yml",
        "short: Satisfaction globale",
        "short: Satisfaction",
    )
    lines = observatoire(workspace, "status").stdout.splitlines()
    assert [line for line in lines if line.startswith("current")] == [
        "current  reading of deliveries"  # answers are read by their own words, not by short names
    ]
    assert "stale    10_collection def 2026-2: cd93/questionnaire.yml changed" in lines
    alter(workspace / "params/cd93/questionnaire.yml", "label: Tout à fait", "label: Absolument")
    lines = observatoire(workspace, "status").stdout.splitlines()
    assert lines[0] == "stale    reading of deliveries: cd93/questionnaire.yml changed"


def test_what_is_run_can_be_chosen_forced_and_only_said(workspace: Path) -> None:
    scope = ("--directorate", "def", "--wave", "2026-2")
    said = observatoire(workspace, "run", "--dry-run", *scope)
    assert said.stdout.splitlines() == [
        "stale    10_collection def 2026-2: it never ran to its end",
        "stale    20_satisfaction def 2026-2: it never ran to its end",
    ]
    assert not (workspace / "reports" / "runs").exists()
    assert (
        observatoire(workspace, "run", "--only", "10_collection", *scope).stdout
        == "1 notebook ran, 0 were current.\n"
    )
    assert observatoire(workspace, "run", *scope).stdout == "1 notebook ran, 1 was current.\n"
    assert (
        observatoire(workspace, "run", "--force", *scope).stdout
        == "2 notebooks ran, 0 were current.\n"
    )
    assert observatoire(workspace, "run", "--force", "--dry-run", *scope).stdout.splitlines() == [
        "current  10_collection def 2026-2",
        "current  20_satisfaction def 2026-2",
    ]
    wrong = observatoire(workspace, "run", "--only", "10_colection")
    assert wrong.returncode == 2 and "did you mean '10_collection'?" in wrong.stderr
    part = next((workspace / "data/processed/cd93/estimates").rglob("*.parquet"))
    part.unlink()
    stale = observatoire(workspace, "run", "--dry-run", *scope).stdout
    table = "estimates/directorate=def/wave=2026-2/part-0.parquet"
    assert stale == f"stale    20_satisfaction def 2026-2: {table} was altered or removed\n"


def test_the_end_of_a_run_is_told(workspace: Path) -> None:
    teller = workspace / "tell.py"
    teller.write_text(
        "import os\nopen('told.json', 'w').write(os.environ['OBSERVATOIRE_OUTCOME'])",
        encoding="utf-8",
    )
    told = (
        "--on-success",
        f"{sys.executable} tell.py",
        "--on-failure",
        f"{sys.executable} tell.py",
    )
    scope = ("--directorate", "def", "--wave", "2026-2")
    assert observatoire(workspace, "run", *scope, *told).returncode == 0
    assert json.loads((workspace / "told.json").read_text()) == {
        "verb": "run",
        "study": "cd93",
        "ran": 2,
        "current": 0,
        "failed": False,
    }
    alter(workspace / "params/cd93/questionnaire.yml", "id: Q01", "id: Q01x")
    assert observatoire(workspace, "run", *scope, *told).returncode == 3
    outcome = json.loads((workspace / "told.json").read_text())
    assert outcome["failed"] is True and outcome["message"]
    lines = [
        json.loads(line)
        for line in (workspace / "reports/runs/cd93/journal.jsonl").read_text().splitlines()
    ]
    assert [line["title"] for line in lines] == [
        "10_collection def 2026-2",
        "20_satisfaction def 2026-2",
    ]
    (workspace / "told.json").unlink()
    assert (
        observatoire(workspace, "run", "--due", *told).returncode == 3
    )  # before anything is known of what is due
    assert json.loads((workspace / "told.json").read_text())["failed"] is True
    for target in ("no-such-command-here", " "):
        wrong = observatoire(workspace, "run", *scope, "--on-failure", target)
        assert (
            wrong.returncode == 3
            and "could not be told" in wrong.stderr
            and "no-such" not in wrong.stderr
        )


def test_nothing_is_due_while_every_field_is_open(workspace: Path) -> None:
    path = workspace / "params/cd93/waves.yml"
    later = re.sub(
        r"\b((?:start|end|publication): '?)20", r"\g<1>21", path.read_text(encoding="utf-8")
    )
    path.write_text(later, encoding="utf-8")
    done = observatoire(workspace, "run", "--due")
    assert (done.returncode, done.stdout) == (0, "Nothing is due.\n"), done.stderr
    assert observatoire(workspace, "run", "--due", "--wave", "2026-7").returncode == 2


def test_an_edition_is_due_on_its_day_and_not_before(workspace: Path) -> None:
    path, yaml = workspace / "params/cd93/waves.yml", YAML(typ="safe", pure=True)
    content = yaml.load(path)
    content["waves"][1]["publication"] = date(2126, 11, 16)
    yaml.dump(content, path)
    first = observatoire(workspace, "publish", "--due")
    assert first.returncode == 0 and first.stdout == "reports/editions/cd93/2026-1/v1.0.0\n", (
        first.stderr
    )
    assert observatoire(workspace, "publish", "--due").stdout == "Nothing is due.\n"
    both = observatoire(workspace, "publish", "--due", "--wave", "2026-1")
    assert both.returncode == 2 and "--due or --wave" in both.stderr
    lines = [
        json.loads(line)
        for line in (workspace / "reports/runs/cd93/journal.jsonl").read_text().splitlines()
    ]
    assert [(one["wave"], one["version"]) for one in lines if one["event"] == "edition"] == [
        ("2026-1", "1.0.0")
    ]


def test_two_commands_do_not_write_at_once_and_a_dead_one_holds_nothing(workspace: Path) -> None:
    holding = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys, time\nfrom pathlib import Path\nfrom analysis.operations.lock import "
            "locked\n"
            "from analysis.study import Workspace\nwith locked(Workspace(Path.cwd()), 'publish "
            "cd93'):\n"
            "    print('held', flush=True)\n    time.sleep(60)",
        ],
        cwd=workspace,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holding.stdout is not None and holding.stdout.readline() == "held\n"
    second = observatoire(workspace, "run")
    assert second.returncode == 11 and f"`publish cd93`, process {holding.pid}" in second.stderr
    left = workspace / "data" / "processed" / ".x.1.tmp"
    left.write_text("half")
    holding.kill()
    holding.wait()
    done = observatoire(
        workspace, "run", "--directorate", "def", "--wave", "2026-2", "--only", "10_collection"
    )
    assert done.returncode == 0, done.stderr
    assert not left.exists()


def test_an_edition_is_verified_from_raw_data_and_after_a_purge(workspace: Path) -> None:
    edition = observatoire(workspace, "publish").stdout.strip().splitlines()[-1]
    done = observatoire(workspace, "verify", edition)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Built again from raw data" in done.stdout and "by bytes: the same." in done.stdout
    page = workspace / edition / "_site" / "index.html"
    page.write_text(page.read_text(encoding="utf-8").replace("</h1>", "!</h1>"), encoding="utf-8")
    shutil.rmtree(workspace / "data" / "raw")
    done = observatoire(workspace, "verify", edition)
    assert done.returncode == 1 and "Built again from released tables" in done.stdout
    assert "1 differ: _site/index.html" in done.stdout
    manifest = workspace / edition / "edition.json"
    honest = manifest.read_text(encoding="utf-8")
    alter(manifest, '"simulated": true', '"simulated": false')
    assert (
        "2 differ: _site/index.html, edition.json: simulated"
        in observatoire(workspace, "verify", edition).stdout
    )
    alter(
        manifest, '"lock": "', '"lock": "0'
    )  # numbers and text then, but its own files are still those of its manifest
    (workspace / edition / "_site" / "index.docx").unlink()
    assert "_site/index.docx" in observatoire(workspace, "verify", edition).stdout
    manifest.write_text(
        honest.replace('"study": "cd93"', '"study": "../../outside"'), encoding="utf-8"
    )
    done = observatoire(workspace, "verify", edition)
    assert done.returncode == 2 and "Unknown study" in done.stderr
    manifest.write_text(honest.replace('"version": "1.0.0"', '"version": "../1"'), encoding="utf-8")
    assert observatoire(workspace, "verify", edition).returncode == 10
    manifest.write_text(honest, encoding="utf-8")
    shutil.rmtree(workspace / "data" / "processed" / "cd93" / "released")
    assert (
        "Built again from released tables" in observatoire(workspace, "verify", edition).stdout
    )  # those of the edition
    shutil.rmtree(workspace / "data" / "processed")
    done = observatoire(workspace, "verify", edition)
    assert done.returncode == 10 and "Neither raw data nor the released tables" in done.stderr
    done = observatoire(workspace, "verify", "notebooks")
    assert done.returncode == 10 and "is not an edition" in done.stderr


def test_an_edition_that_was_altered_is_not_taken_for_unchanged(workspace: Path) -> None:
    edition = workspace / observatoire(workspace, "publish").stdout.strip().splitlines()[-1]
    page = edition / "_site" / "index.html"
    page.unlink()
    done = observatoire(workspace, "publish")
    assert (
        done.returncode == 10 and "are not those that were frozen: _site/index.html" in done.stderr
    )
    for content in ("", "{}", "[]"):
        (edition / "edition.json").write_text(content, encoding="utf-8")
        done = observatoire(workspace, "publish")
        assert done.returncode == 10 and "manifest is damaged" in done.stderr


def test_what_is_changed_while_an_edition_is_made_stops_it(workspace: Path) -> None:
    """A publication notebook alters a table of the workshop, then a parameter, as an analyst might
    meanwhile."""
    notebook = workspace / "notebooks" / "publication" / "method.ipynb"
    content = nbformat.read(notebook, as_version=4)
    root = repr(str(workspace))
    for change in (
        f"(Path({root}) / "
        "'data/processed/cd93/estimates/directorate=def/wave=2026-2/part-0.parquet').touch(); "
        f"(Path({root}) / "
        "'data/processed/cd93/estimates/directorate=def/wave=2026-2/part-0.parquet').write_bytes(b'other')",
        f"file = Path({root}) / 'params/cd93/study.yml'; "
        "file.write_text(file.read_text().replace('decimals_from: 1000', 'decimals_from: 999'))",
    ):
        content.cells.append(nbformat.v4.new_code_cell(f"from pathlib import Path\n{change};"))
        notebook.write_text(nbformat.writes(content), encoding="utf-8")
        content.cells.pop()
        done = observatoire(workspace, "publish")
        assert done.returncode == 10 and "was changed while it was made" in done.stderr, done.stderr
        assert list((workspace / "reports/editions").rglob("edition.json")) == []


def test_before_anything_is_read_status_says_so(workspace: Path) -> None:
    shutil.rmtree(workspace / "data" / "processed")
    for verb in (("status",), ("run", "--dry-run")):
        done = observatoire(workspace, *verb)
        assert done.returncode == 0 and done.stdout.startswith(
            "stale    reading of deliveries: it was never read"
        ), done.stderr


def test_other_hidden_files_are_left_alone_and_ours_go(workspace: Path) -> None:
    theirs = [
        workspace / "data/raw/.Trash-1000/a.csv",
        workspace / "data/raw/.x.1.tmp/y",
        workspace / "data/raw/.mine.tmp",
    ]
    ours = [
        workspace / ".observatoire/cd93/.digests.json.1.tmp",
        workspace / "data/raw/.observatoire-x/file",
    ]
    for path in (*theirs, *ours):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    assert observatoire(workspace, "run", "--only", "10_collection", "--force").returncode == 0
    assert [path.exists() for path in theirs] == [True] * 3 and [
        path.exists() for path in ours
    ] == [False] * 2


def test_simulating_never_removes_a_file(workspace: Path) -> None:
    shutil.rmtree(workspace / "data" / "raw" / "cd93")
    waiting = workspace / "data" / "raw" / "cd93" / "2026-3" / "export.csv"
    waiting.parent.mkdir(parents=True)
    waiting.write_text("a;b\n1;2\n", encoding="utf-8")
    for arguments in (("simulate",), ("simulate", "--if-empty")):
        done = observatoire(workspace, *arguments)
        assert done.returncode == 4 and "no manifest describes" in done.stderr
    assert waiting.exists()


def test_an_open_wave_has_no_edition_yet(workspace: Path) -> None:
    alter(workspace / "params/cd93/waves.yml", "end: 2026-10-31", "end: 2099-10-31")
    alter(workspace / "params/cd93/waves.yml", "publication: 2026-11-16", "publication: 2099-11-16")
    done = observatoire(workspace, "publish", "--wave", "2026-2")
    assert done.returncode == 10 and "is not closed" in done.stderr


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
    assert "nhft" not in (edition / "data" / "resultats.csv").read_text(encoding="utf-8")
    assert not (edition / "direction-nhft.ipynb").exists()


def test_a_correction_may_hold_the_files_that_did_not_change(real: Path) -> None:
    draft = real.parent / "delivery.yml"
    assert observatoire(real, "register", "nhs_fft", str(draft)).returncode == 0
    alter(draft, "delivery: comments", "delivery: again\nreplaces: comments")
    done = observatoire(real, "register", "nhs_fft", str(draft))
    assert done.returncode == 0 and "40 rows received = 40 kept" in done.stderr, done.stderr
    lines = [
        json.loads(line)
        for line in (real / "reports/runs/nhs_fft/journal.jsonl").read_text().splitlines()
    ]
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
