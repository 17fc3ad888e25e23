"""Exchange with another body, as a person does it: its edition comes in, and remarks go out."""

from __future__ import annotations

import csv
import json
import shutil
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from ruamel.yaml import YAML

from analysis.editions.open_data import write_open_data
from analysis.publishing.edition import Edition
from analysis.storage import Released, read_table
from analysis.study import load_study
from tests.conftest import ROOT, alter, empty_workspace, journal, observatoire
from tests.packages import other_body
from tests.page_text import lines_of


def other_edition(workspace: Path, folder: Path, *, version: str = "1.0.0") -> Path:
    """The open data of an edition of a workspace, as another body would publish it."""
    study = load_study(workspace / "params" / "cd93")
    (edition,) = (workspace / "reports" / "editions" / "cd93" / "2026-2").glob("v1.0.0")
    released = read_table(edition / "released" / "public.parquet", Released, hint="")
    made = Edition(wave="2026-2", version=version, published=date(2026, 11, 14))
    write_open_data(released, other_body(study), made, folder)
    return folder


def test_a_page_compares_once_something_was_imported(unpublished: Path, tmp_path: Path) -> None:
    first = observatoire(unpublished, "publish")
    assert first.returncode == 0, first.stderr
    edition = unpublished / first.stdout.strip()
    page = edition / "_site" / "comparaison.html"
    assert not page.exists()
    assert json.loads((edition / "edition.json").read_text(encoding="utf-8"))["imported"] == {}
    sent = other_edition(unpublished, tmp_path / "sent")
    done = observatoire(unpublished, "exchange", "import", str(sent))
    assert done.returncode == 0, done.stderr
    assert "data/imported/cd93/voisin/2026-2/v1.0.0" in done.stdout
    refused = observatoire(unpublished, "publish")
    assert refused.returncode == 10 and "its content would change" in refused.stderr
    made = ["--wave", "2026-2", "--reason", "Un autre organisme a publié."]
    corrected = observatoire(unpublished, "correct", *made)
    assert corrected.returncode == 0, corrected.stderr
    edition = unpublished / corrected.stdout.strip().splitlines()[-1]
    text = "\n".join(lines_of(edition / "_site" / "comparaison.html"))
    assert "Département voisin (fictif)" in text and "Ce qui est mesuré de la même façon" in text
    manifest = json.loads((edition / "edition.json").read_text(encoding="utf-8"))
    assert list(manifest["imported"]) == ["voisin/2026-2/1.0.0"]
    again = observatoire(unpublished, "publish")
    assert again.returncode == 0 and "Nothing changed" in again.stdout, again.stderr
    newer = other_edition(unpublished, tmp_path / "newer", version="1.1.0")
    done = observatoire(unpublished, "exchange", "import", str(newer))
    assert "voisin/2026-2/1.1.0 replaces 1.0.0" in done.stdout
    listed = observatoire(unpublished, "exchange", "list").stdout.splitlines()
    assert len(listed) == 2 and "replaced by 1.1.0" in listed[0]
    verified = observatoire(unpublished, "verify", str(edition))
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert "Built again from raw data" in verified.stdout, "whatever was imported since"
    removed = observatoire(unpublished, "exchange", "remove", "voisin/2026-2/1.0.0")
    assert removed.returncode == 0, removed.stderr
    verified = observatoire(unpublished, "verify", str(edition))
    assert verified.returncode == 0, verified.stdout
    assert "Built again from released tables" in verified.stdout


def test_what_is_wrong_with_a_package_ends_in_its_message(workspace: Path, tmp_path: Path) -> None:
    for arguments, code, words in (
        (["import", str(tmp_path / "nowhere")], 4, "neither a folder nor a zip"),
        (["remove", "x/y/1.0.0"], 2, "Unknown imported edition"),
        (["hand-over", "caisse", "--wave", "2026-2"], 2, "No agreement is declared"),
    ):
        done = observatoire(workspace, "exchange", *arguments)
        assert done.returncode == code and words in done.stderr, done.stderr
        assert "Traceback" not in done.stderr
    assert observatoire(workspace, "exchange", "list").stdout == (
        "No edition of another body was imported.\n"
    )


# --- remarks --------------------------------------------------------------------------------------

WROTE = {
    1: "Write to ann@patients.example or call 06 12 34 56 78",
    2: "=HYPERLINK(ask)",
    6: "The other trust kept me waiting",
}
"""Row → what its person wrote; all others wrote the same."""

TO = {
    "id": "trust",
    "label": "Another trust (fictitious)",
    "agreement": "fictitious agreement 7",
    "until": "2099-12-31",
    "items": ["WHY"],
    "marked": {"item": "FFT", "levels": [5, 4]},
}


def recipients(workspace: Path, **changes: object) -> None:
    content = {"recipients": [{**TO, **changes}]}
    path = workspace / "params" / "nhs_fft" / "recipients.yml"
    with path.open("w", encoding="utf-8") as stream:
        YAML(typ="safe", pure=True).dump(content, stream)


@pytest.fixture
def commented(tmp_path: Path) -> Path:
    """A workspace with forty people, of whom sixteen gave an answer that marks their remark."""
    workspace = empty_workspace(tmp_path / "w")
    source = ROOT / "tests" / "acceptance" / "nhs_fft"
    ignored = shutil.ignore_patterns("delivery.yml", "*.py", "__pycache__")
    shutil.copytree(source, workspace / "params" / "nhs_fft", ignore=ignored)
    shutil.copyfile(source / "delivery.yml", tmp_path / "delivery.yml")
    with (tmp_path / "comments.csv").open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(["Trust", "Respondent ID", "Date", "FFT categorical answer", "FFT answer"])
        for n in range(40):
            told = WROTE.get(n, f"A remark by somebody, {'abcdefghij'[n % 10]}{'klmn'[n // 10]}")
            rows.writerow(["NEAS", f"R{n}", "15/05/2022", 1 + n % 5, told])
    done = observatoire(workspace, "register", "nhs_fft", str(tmp_path / "delivery.yml"))
    assert done.returncode == 0, done.stderr
    recipients(workspace)
    return workspace


HAND_OVER = ("exchange", "hand-over", "trust", "--wave", "2022-q2")


def handed(workspace: Path) -> list[dict[str, str]]:
    """The rows of the only package."""
    (path,) = (workspace / "data" / "handed-over" / "nhs_fft").rglob("remarques.csv")
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_marked_remarks_are_handed_over_redacted_and_on_record(commented: Path) -> None:
    done = observatoire(commented, *HAND_OVER)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("16 remarks, sha256 ")
    rows = handed(commented)
    assert len(rows) == 16 and set(rows[0]) == {
        *("vague", "direction", "question", "remarque", "simule")
    }
    told = [row["remarque"] for row in rows]
    assert told == sorted(told, key=lambda text: text.removeprefix("'"))
    assert "The other trust kept me waiting" in told
    assert "Write to [courriel] or call [téléphone]" in told
    assert not any(text[0] in "=+-@" for text in told)
    place = commented / "data" / "handed-over" / "nhs_fft"
    (line,) = (place / "register.jsonl").read_text(encoding="utf-8").splitlines()
    assert {name: json.loads(line)[name] for name in ("recipient", "agreement", "count")} == {
        "recipient": "trust",
        "agreement": "fictitious agreement 7",
        "count": 16,
    }
    assert all(path.stat().st_mode & 0o077 == 0 for path in place.rglob("*"))
    logs = json.dumps(journal(commented, "nhs_fft")) + line + done.stdout + done.stderr
    assert not any(text.removeprefix("'") in logs for text in told)
    before = sorted((path, path.stat().st_mtime_ns) for path in place.rglob("*"))
    again = observatoire(commented, *HAND_OVER)
    assert again.returncode == 0 and "were handed over on" in again.stdout
    assert sorted((path, path.stat().st_mtime_ns) for path in place.rglob("*")) == before
    listed = observatoire(commented, "exchange", "handed-over").stdout
    assert "trust" in listed and "16 remarks" in listed and "fictitious agreement 7" in listed


def test_a_person_may_choose_and_few_are_not_counted_aloud(commented: Path, tmp_path: Path) -> None:
    recipients(commented, marked=None)
    refused = observatoire(commented, *HAND_OVER)
    assert (
        refused.returncode == 3 and "Nothing says which remarks concern 'trust'" in refused.stderr
    )
    table = next((commented / "data" / "processed" / "nhs_fft" / "verbatims").rglob("*.parquet"))
    texts = pl.read_parquet(table, hive_partitioning=False)
    chosen = texts.filter(pl.col("text").str.contains("HYPERLINK|waiting"))
    listed = tmp_path / "chosen.txt"
    names = chosen.get_column("response_id").to_list()
    listed.write_text("\n".join(["response_id", *names]) + "\n", encoding="utf-8")
    done = observatoire(commented, *HAND_OVER, "--list", str(listed))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("fewer than 11 remarks, sha256 ")
    told = [row["remarque"] for row in handed(commented)]
    assert told == ["'=HYPERLINK(ask)", "The other trust kept me waiting"]
    listed.write_text("response_id\n" + "0" * 20 + "\n", encoding="utf-8")
    done = observatoire(commented, *HAND_OVER, "--list", str(listed))
    assert done.returncode == 2 and "1 identifiers of the list are of no response" in done.stderr
    listed.write_text("someone\n", encoding="utf-8")
    done = observatoire(commented, *HAND_OVER, "--list", str(listed))
    assert done.returncode == 2 and "This list is none" in done.stderr


def test_nothing_is_handed_over_without_an_agreement_that_holds(commented: Path) -> None:
    recipients(commented, until="2020-01-01")
    done = observatoire(commented, *HAND_OVER)
    assert done.returncode == 10 and "ended on 2020-01-01" in done.stderr
    done = observatoire(commented, "exchange", "hand-over", "other", "--wave", "2022-q2")
    assert done.returncode == 2 and "Unknown recipient: 'other'" in done.stderr
    (commented / "params" / "nhs_fft" / "recipients.yml").unlink()
    done = observatoire(commented, *HAND_OVER)
    assert done.returncode == 2 and "No agreement is declared" in done.stderr
    assert not (commented / "data" / "handed-over").exists()


def test_a_register_that_was_changed_is_not_added_to(commented: Path) -> None:
    assert observatoire(commented, *HAND_OVER).returncode == 0
    register = commented / "data" / "handed-over" / "nhs_fft" / "register.jsonl"
    alter(register, '"count":16', '"count":15')
    done = observatoire(commented, "exchange", "handed-over")
    assert (
        done.returncode == 10 and "The register of what was handed over is damaged" in done.stderr
    )
