"""Editions: on their day, verified, never taken for unchanged, stopped by what changes then."""

from __future__ import annotations

import json
import re
import shutil
from datetime import date
from pathlib import Path

import nbformat
from ruamel.yaml import YAML

from analysis.editions.manifest import RELEASED
from tests.conftest import alter, journal, observatoire


def test_an_edition_is_due_on_its_day_and_not_before(workspace: Path) -> None:
    path, yaml = workspace / "params/cd93/waves.yml", YAML(typ="safe", pure=True)
    content = yaml.load(path)
    content["waves"][1] |= {
        "publication": date(2126, 11, 16),
        "next_publication": date(2127, 9, 13),
    }
    yaml.dump(content, path)
    first = observatoire(workspace, "publish", "--due")
    assert first.returncode == 0 and first.stdout == "reports/editions/cd93/2026-1/v1.0.0\n", (
        first.stderr
    )
    assert observatoire(workspace, "publish", "--due").stdout == "Nothing is due.\n"
    both = observatoire(workspace, "publish", "--due", "--wave", "2026-1")
    assert both.returncode == 2 and "--due or --wave" in both.stderr
    lines = journal(workspace, "cd93")
    assert [(one["wave"], one["version"]) for one in lines if one["event"] == "edition"] == [
        ("2026-1", "1.0.0")
    ]


def test_an_open_wave_has_no_edition_yet(workspace: Path) -> None:
    alter(workspace / "params/cd93/waves.yml", "end: 2026-10-31", "end: 2099-10-31")
    alter(workspace / "params/cd93/waves.yml", "publication: 2026-11-16", "publication: 2099-11-16")
    alter(
        workspace / "params/cd93/waves.yml",
        "next_publication: 2027-09-13",
        "next_publication: 2100-09-13",
    )
    done = observatoire(workspace, "publish", "--wave", "2026-2")
    assert done.returncode == 10 and "is not closed" in done.stderr


def test_a_wave_that_nobody_answered_is_named_with_its_study(workspace: Path) -> None:
    shutil.rmtree(workspace / "data/raw/cd93/2026-1")
    done = observatoire(workspace, "publish", "--wave", "2026-1")
    assert done.returncode == 10
    assert (
        "No notebook runs within any directorate × 2026-1 alone.\n  at: study cd93" in done.stderr
    )
    assert "somebody answered in dpaph 2026-2, def 2026-2" in done.stderr


def test_an_edition_is_verified_from_raw_data_and_after_a_purge(unpublished: Path) -> None:
    first = observatoire(unpublished, "publish", "--date", "2026-11-20")
    edition = first.stdout.strip().splitlines()[-1]
    done = observatoire(unpublished, "verify", edition)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Built again from raw data" in done.stdout and "by bytes: the same." in done.stdout
    page = unpublished / edition / "_site" / "index.html"
    page.write_text(page.read_text(encoding="utf-8").replace("</h1>", "!</h1>"), encoding="utf-8")
    shutil.rmtree(unpublished / "data" / "raw")
    manifest = unpublished / edition / "edition.json"
    honest = manifest.read_text(encoding="utf-8")
    register = unpublished / "reports/editions/cd93/register.jsonl"
    alter(manifest, '"simulated": true', '"simulated": false')
    done = observatoire(unpublished, "verify", edition)
    assert done.returncode == 10 and "is not the one that was frozen" in done.stderr
    assert f"at: {edition}/edition.json" in done.stderr
    kept = register.read_bytes()
    register.unlink()  # an edition that came from elsewhere
    shutil.rmtree(unpublished / "data" / "published")
    done = observatoire(unpublished, "verify", edition)
    assert done.returncode == 1 and "Built again from released tables" in done.stdout
    assert "2 differ: _site/index.html, edition.json: simulated" in done.stdout
    text = manifest.read_text(encoding="utf-8")
    digit = re.search(r'"lock": "(.)', text)
    assert digit is not None
    other = "1" if digit[1] == "0" else "0"
    # Numbers and text then, but its own files are still those of its manifest.
    manifest.write_text(text.replace(digit[0], digit[0][:-1] + other), encoding="utf-8")
    (unpublished / edition / "_site" / "index.docx").unlink()
    for place in ("data/processed", "reports/runs"):
        shutil.rmtree(unpublished / place)
    said = observatoire(unpublished, "verify", edition).stdout
    assert "Built again from released tables" in said, "those that lie in the edition"
    assert "_site/index.docx" in said
    for name, code in (("../../outside", 10), ("outside", 2)):
        text = honest.replace('"study": "cd93"', f'"study": "{name}"')
        manifest.write_text(text, encoding="utf-8")
        done = observatoire(unpublished, "verify", edition)
        assert done.returncode == code and "Traceback" not in done.stderr, done.stderr
    assert "Unknown study: 'outside'" in done.stderr
    manifest.write_text(honest.replace('"version": "1.0.0"', '"version": "../1"'), encoding="utf-8")
    assert observatoire(unpublished, "verify", edition).returncode == 10
    manifest.write_text(honest, encoding="utf-8")
    register.write_bytes(kept)
    shutil.rmtree(unpublished / edition / RELEASED)
    done = observatoire(unpublished, "verify", edition)
    assert done.returncode == 10 and "Neither raw data nor the released tables" in done.stderr
    done = observatoire(unpublished, "verify", "notebooks")
    assert done.returncode == 10 and "is not an edition" in done.stderr


def test_an_edition_that_was_altered_is_not_taken_for_unchanged(unpublished: Path) -> None:
    edition = unpublished / observatoire(unpublished, "publish").stdout.strip().splitlines()[-1]
    page = edition / "_site" / "index.html"
    page.unlink()
    done = observatoire(unpublished, "publish")
    assert (
        done.returncode == 10 and "are not those that were frozen: _site/index.html" in done.stderr
    )
    for content in ("", "{}", "[]"):
        (edition / "edition.json").write_text(content, encoding="utf-8")
        done = observatoire(unpublished, "publish")
        assert done.returncode == 10 and "manifest is damaged" in done.stderr


def test_what_is_changed_while_an_edition_is_made_stops_it(unpublished: Path) -> None:
    """A publication notebook alters a table of the workshop, then a parameter, as an analyst might
    meanwhile."""
    notebook = unpublished / "notebooks" / "publication" / "method.ipynb"
    content = nbformat.read(notebook, as_version=4)
    root = repr(str(unpublished))
    for change in (
        f"(Path({root}) / "
        "'data/processed/cd93/estimates/directorate=def/wave=2026-2/part-0.parquet').touch(); "
        f"(Path({root}) / "
        "'data/processed/cd93/estimates/directorate=def/wave=2026-2/part-0.parquet')"
        ".write_bytes(b'other')",
        f"file = Path({root}) / 'params/cd93/study.yml'; "
        "file.write_text(file.read_text().replace('caution_below: 100', 'caution_below: 99'))",
    ):
        content.cells.append(nbformat.v4.new_code_cell(f"from pathlib import Path\n{change};"))
        notebook.write_text(nbformat.writes(content), encoding="utf-8")
        content.cells.pop()
        done = observatoire(unpublished, "publish")
        assert done.returncode == 10 and "was changed while it was made" in done.stderr, done.stderr
        assert list((unpublished / "reports/editions").rglob("edition.json")) == []


def manifest(workspace: Path, edition: str) -> dict[str, object]:
    content: dict[str, object] = json.loads((workspace / edition / "edition.json").read_text())
    return content


def test_an_edition_bears_the_day_it_was_made_and_keeps_it(unpublished: Path) -> None:
    for day, code, what in (
        ("2126-01-01", 2, "that day is to come"),
        ("2026-10-31", 10, "is not closed on 2026-10-31: its field ends on 2026-10-31"),
        ("16/11/2026", 2, "is no day"),
    ):
        done = observatoire(unpublished, "publish", "--wave", "2026-2", "--date", day)
        assert done.returncode == code and what in done.stderr, done.stderr
    assert list((unpublished / "reports/editions").rglob("edition.json")) == []
    first = observatoire(unpublished, "publish", "--date", "2026-11-20")
    edition = first.stdout.strip().splitlines()[-1]
    assert manifest(unpublished, edition)["published"] == "2026-11-20"
    page = (unpublished / edition / "_site" / "index.html").read_text(encoding="utf-8")
    assert "Édition 1.0.0 du 20\u00a0novembre 2026" in page
    dcat = json.loads((unpublished / edition / "data" / "dcat.jsonld").read_text(encoding="utf-8"))
    assert dcat["dct:issued"]["@value"] == "2026-11-20" and "adms:versionNotes" not in dcat
    for asked in ((), ("--date", "2026-11-20")):  # by digests, then by building it again
        again = observatoire(unpublished, "publish", *asked)
        assert again.returncode == 0 and "Nothing changed" in again.stdout, again.stderr
        (unpublished / ".observatoire/cd93/editions.json").unlink()
    other = observatoire(unpublished, "publish", "--date", "2026-11-21")
    assert other.returncode == 10 and "bears the date 2026-11-20" in other.stderr


def test_an_unfinished_field_has_provisional_editions_then_a_final_one(unpublished: Path) -> None:
    waves = unpublished / "params/cd93/waves.yml"
    alter(waves, "end: 2026-10-31", "end: 2099-10-31")
    alter(waves, "publication: 2026-11-16", "publication: 2099-11-16")
    alter(waves, "next_publication: 2027-09-13", "next_publication: 2100-09-13")
    provisional = ("publish", "--wave", "2026-2", "--provisional", "--date", "2026-11-20")
    early = observatoire(unpublished, *provisional[:-1], "2026-06-30")
    assert early.returncode == 2 and "the field begins on 2026-07-01" in early.stderr
    done = observatoire(unpublished, *provisional)
    edition = done.stdout.strip().splitlines()[-1]
    assert edition.endswith("v0.1.0"), done.stderr
    assert manifest(unpublished, edition)["provisional"] is True
    for name in ("index", "direction-def", "methode"):
        page = (unpublished / edition / "_site" / f"{name}.html").read_text(encoding="utf-8")
        assert "Édition provisoire 0.1.0 du 20\u00a0novembre 2026" in page, name
        assert "la fin du terrain est fixée au 31\u00a0octobre 2099" in page, name
        assert "semestre 2026\u00a0(p)" in page and "semestre 2024\u00a0(p)" not in page, name
        assert "avant la fin prévue du terrain" not in page, "it goes on"
    sentences = json.loads((unpublished / edition / "sentences.json").read_text(encoding="utf-8"))
    assert sum(one["rule"] == "provisional_text" for one in sentences) == 4
    dcat = json.loads((unpublished / edition / "data" / "dcat.jsonld").read_text(encoding="utf-8"))
    assert dcat["adms:versionNotes"][0]["@value"].startswith("Édition provisoire 0.1.0")
    assert "Nothing changed" in observatoire(unpublished, *provisional).stdout
    later = observatoire(unpublished, *provisional[:-1], "2026-11-21")
    assert later.stdout.strip().endswith("v0.2.0"), later.stderr
    alter(waves, "end: 2099-10-31", "end: 2026-10-31")
    alter(waves, "next_publication: 2100-09-13", "next_publication: 2027-09-13")
    alter(waves, "publication: 2099-11-16", "publication: 2026-11-16")
    final = observatoire(unpublished, "publish")
    assert final.stdout.strip().splitlines()[-1].endswith("2026-2/v1.0.0"), final.stderr
    after = observatoire(unpublished, *provisional)
    assert after.returncode == 10 and "has its final edition" in after.stderr


def test_what_weakens_a_wave_is_told_before_it_is_published(unpublished: Path) -> None:
    (unpublished / "params/cd93/margins/2026-2.yml").unlink()
    said = observatoire(unpublished, "check", "--wave", "2026-2")
    assert said.returncode == 0
    lines = said.stdout.splitlines()
    assert [line for line in lines if not line.startswith(" ")][:2] == ["dpaph:", "def:"]
    assert sum("weighted by the sampling frame alone" in line for line in lines) == 2
    found = json.loads(observatoire(unpublished, "check", "--wave", "2026-2", "--json").stdout)
    assert [(one["directorate"], one["flag"]) for one in found] == [
        ("dpaph", "margins_missing"),
        ("def", "margins_missing"),
    ]
    before = observatoire(unpublished, "check", "--wave", "2026-1").stdout
    assert "Nothing that is looked for weakens wave 2026-1." in before
    done = observatoire(unpublished, "publish")
    assert set(lines[:4]) <= set(done.stderr.splitlines())
    edition = unpublished / done.stdout.strip().splitlines()[-1]
    method = (edition / "_site" / "methode.html").read_text(encoding="utf-8")
    assert "redressées que sur la base de sondage" in method
    assert "ramenée à celle des fichiers de gestion" not in method
    assert "chaque réponse y vaut pour les personnes de même site" in method
    shutil.rmtree(unpublished / "data/raw/cd93/2026-1")
    gone = observatoire(unpublished, "check", "--wave", "2026-2").stdout
    assert "Delivery 2026-1 was read once, and its folder is gone" in gone
    assert "No answers were received for “1er semestre 2026”" in gone
