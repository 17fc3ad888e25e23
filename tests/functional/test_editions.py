"""Editions: on their day, verified, never taken for unchanged, stopped by what changes then."""

from __future__ import annotations

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
    content["waves"][1]["publication"] = date(2126, 11, 16)
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
    text = manifest.read_text(encoding="utf-8")
    digit = re.search(r'"lock": "(.)', text)
    assert digit is not None
    other = "1" if digit[1] == "0" else "0"
    # Numbers and text then, but its own files are still those of its manifest.
    manifest.write_text(text.replace(digit[0], digit[0][:-1] + other), encoding="utf-8")
    (workspace / edition / "_site" / "index.docx").unlink()
    assert "_site/index.docx" in observatoire(workspace, "verify", edition).stdout
    for name, code in (("../../outside", 10), ("outside", 2)):
        text = honest.replace('"study": "cd93"', f'"study": "{name}"')
        manifest.write_text(text, encoding="utf-8")
        done = observatoire(workspace, "verify", edition)
        assert done.returncode == code and "Traceback" not in done.stderr, done.stderr
    assert "Unknown study: 'outside'" in done.stderr
    manifest.write_text(honest.replace('"version": "1.0.0"', '"version": "../1"'), encoding="utf-8")
    assert observatoire(workspace, "verify", edition).returncode == 10
    manifest.write_text(honest, encoding="utf-8")
    for place in ("data/processed", "reports/runs"):
        shutil.rmtree(workspace / place)
    said = observatoire(workspace, "verify", edition).stdout
    assert "Built again from released tables" in said, "those that lie in the edition"
    shutil.rmtree(workspace / edition / RELEASED)
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
        "file.write_text(file.read_text().replace('caution_below: 100', 'caution_below: 99'))",
    ):
        content.cells.append(nbformat.v4.new_code_cell(f"from pathlib import Path\n{change};"))
        notebook.write_text(nbformat.writes(content), encoding="utf-8")
        content.cells.pop()
        done = observatoire(workspace, "publish")
        assert done.returncode == 10 and "was changed while it was made" in done.stderr, done.stderr
        assert list((workspace / "reports/editions").rglob("edition.json")) == []
