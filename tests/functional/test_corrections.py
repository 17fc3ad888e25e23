"""An edition corrected as a person would, then corrected again, compared and withdrawn: what was
frozen stays, and every version says what became of it."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.conftest import alter, observatoire, small_workspace
from tests.in_browser import accessibility_faults

FIRST, WAVE = "2026-11-25", "2026-2"
REASON = "Quarante réponses étaient comptées deux fois."


def said(workspace: Path, *arguments: str) -> str:
    """What a command prints, which must not fail."""
    done = observatoire(workspace, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def redelivered(workspace: Path, name: str, replaces: str, *, without: int) -> Path:
    """A draft that replaces a delivery, its last invited answers left out."""
    source, folder = workspace / "data/raw/cd93" / WAVE, workspace.parent / name
    yaml = YAML(typ="safe", pure=True)
    manifest = yaml.load(source / "manifest.yml")
    folder.mkdir()
    for entry in manifest["files"]:
        entry.pop("sha256")
        shutil.copyfile(source / entry["path"], folder / entry["path"])
    if without:
        rows = (folder / "invitation.csv").read_bytes().split(b"\n")
        (folder / "invitation.csv").write_bytes(b"\n".join([*rows[: -without - 1], b""]))
    manifest |= {"delivery": name, "replaces": replaces}
    with (folder / "draft.yml").open("w", encoding="utf-8") as stream:
        yaml.dump(manifest, stream)
    return folder / "draft.yml"


@pytest.fixture(scope="module")
def corrected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace in which 1.0.0 was corrected for its data, and that for a text."""
    folder = tmp_path_factory.mktemp("corrected")
    workspace = small_workspace(folder / "workspace", promises=False)
    said(workspace, "publish", "--date", FIRST)
    shutil.copytree(edition(workspace, "1.0.0"), folder / "first")
    said(workspace, "register", "cd93", str(redelivered(workspace, "again", WAVE, without=0)))
    assert "Nothing changed" in said(workspace, "publish"), "the same bytes under another name"
    assert "nothing to correct" in said(workspace, *correction())
    said(workspace, "register", "cd93", str(redelivered(workspace, "fewer", "again", without=40)))
    proposed = said(workspace, *correction(), "--propose")
    assert "1.0.0 → 2.0.0" in proposed and list_of(workspace) == [("1.0.0", "definitive")]
    frozen = observatoire(workspace, "publish")
    assert frozen.returncode == 10, "its notebooks are current by now, and it is not"
    assert "`observatoire correct`" in frozen.stderr
    made = said(workspace, *correction())
    assert made.endswith(f"1.0.0 → 2.0.0\nreports/editions/cd93/{WAVE}/v2.0.0\n")
    assert "major: " in made and "at the head: " in made
    alter(workspace / "params/cd93/study.yml", 'direction par direction"', 'unité par unité"')
    text = said(workspace, *correction(reason="Le sous-titre change."))
    assert text.startswith("patch: no figure changes") and "2.0.0 → 2.0.1" in text
    return workspace


def correction(*, reason: str = REASON) -> tuple[str, ...]:
    return ("correct", "--wave", WAVE, "--reason", reason)


def edition(workspace: Path, version: str) -> Path:
    return workspace / "reports/editions/cd93" / WAVE / f"v{version}"


def list_of(workspace: Path) -> list[tuple[str, str]]:
    known = json.loads(said(workspace, "editions", "--json"))
    return [(one["version"], one["state"]) for one in known]


def test_what_was_frozen_stays_byte_for_byte(corrected: Path) -> None:
    assert files(edition(corrected, "1.0.0")) == files(corrected.parent / "first")
    frozen = [path for path in edition(corrected, "1.0.0").rglob("*") if path.is_file()]
    assert {path.stat().st_mode & 0o777 for path in frozen} == {0o444}
    states = [("1.0.0", "superseded"), ("2.0.0", "superseded"), ("2.0.1", "definitive")]
    assert list_of(corrected) == states
    manifest = json.loads((edition(corrected, "2.0.0") / "edition.json").read_text("utf-8"))
    about = [manifest[name] for name in ("supersedes", "reason", "status", "planned")]
    assert about == ["1.0.0", REASON, "definitive", "2026-11-16"]
    assert f"{WAVE}/1.0.0" in manifest["linked"]
    assert manifest["deliveries"] == ["2026-1", "fewer"]
    page = (edition(corrected, "2.0.0") / "_site/index.html").read_text("utf-8")
    assert "Édition corrigée" in page and REASON.rstrip(".") in page
    assert "Édition corrigée" not in (edition(corrected, "1.0.0") / "_site/index.html").read_text()


@pytest.mark.parametrize(
    ("version", "subtitle"),
    [
        ("1.0.0", 'direction par direction"'),
        pytest.param("2.0.0", 'direction par direction"', marks=pytest.mark.long),
        pytest.param("2.0.1", 'unité par unité"', marks=pytest.mark.long),
    ],
)
def test_a_version_is_made_again_to_the_byte(corrected: Path, version: str, subtitle: str) -> None:
    """Of the deliveries that it had, whatever replaced them since; and of its texts."""
    study = corrected / "params/cd93/study.yml"
    last = study.read_text(encoding="utf-8")
    alter(study, 'unité par unité"', subtitle)
    told = said(corrected, "verify", str(edition(corrected, version)))
    study.write_text(last, encoding="utf-8")
    assert "Built again from raw data" in told and "by bytes: the same." in told


def test_an_altered_reason_is_found(corrected: Path) -> None:
    manifest = edition(corrected, "2.0.0") / "edition.json"
    honest = manifest.read_bytes()
    alter(manifest, "comptées deux fois", "comptées trois fois")
    done = observatoire(corrected, "verify", str(manifest.parent))
    manifest.write_bytes(honest)
    assert done.returncode == 10
    assert f"at: reports/editions/cd93/{WAVE}/v2.0.0/edition.json" in done.stderr


def test_a_comparison_lists_what_changed_and_why(corrected: Path) -> None:
    found = json.loads(said(corrected, "diff", f"{WAVE}/1.0.0", f"{WAVE}/2.0.0", "--json"))
    assert found["size"] == "major"
    causes = {cause for one in found["figures"] for cause in one["causes"]}
    assert causes <= {"data", "disclosure"} and "data" in causes
    by_key = {one["key"]: one for one in found["figures"]}
    key = "answers/{}/2026-2/-/answers/count/count/channel/invitation"
    both = [by_key[key.format(unit)] for unit in ("dpaph", "def")]
    assert all(one["difference"] < 0 for one in both)
    assert -40 <= sum(one["difference"] for one in both) <= -30, "some were refused before"
    assert not any("/2026-1/" in key and key.startswith("estimates") for key in by_key)
    was, now = (by_key[key.format("dpaph")][side]["value"] for side in ("before", "after"))
    told = [(one["page"], one["kind"], one["before"], one["after"]) for one in found["sentences"]]
    counts = (f"{was:.0f} répondants", f"{now:.0f} répondants")
    assert ("direction-dpaph", "text", *counts) in told
    assert ("methode", "text", *counts) not in told
    whole = json.loads(said(corrected, "diff", f"{WAVE}/1.0.0", f"{WAVE}/2.0.1", "--json"))
    assert whole["figures"] == found["figures"], (
        "a text changed since: what made figures so did not"
    )
    same = json.loads(said(corrected, "diff", f"{WAVE}/2.0.0", f"{WAVE}/2.0.1", "--json"))
    assert same["figures"] == [] == same["sentences"] and same["size"] == "patch"
    done = observatoire(corrected, "diff", f"{WAVE}/1.0.0", f"{WAVE}/1.0.0")
    assert done.returncode == 2 and "compared with itself" in done.stderr
    done = observatoire(corrected, "diff", f"{WAVE}/1.0.0", f"{WAVE}/9.0.0")
    assert done.returncode == 2 and "Unknown edition" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--wave", WAVE, "--reason", " "), "The reason is empty"),
        (("--wave", WAVE, "--reason", "a\nb"), "more than one line"),
        (("--wave", WAVE, "--reason", "é" * 501), "longer than 500"),
        (("--wave", WAVE, "--reason", "🦄"), "no font"),
        (("--wave", WAVE, "--reason", "x", "--date", "2026-11-24"), "cannot bear the date"),
        (("--wave", "2026-1", "--reason", "x"), "no final edition to correct"),
        (("--wave", "2031-1", "--reason", "x"), "Unknown wave"),
    ],
)
def test_a_correction_that_cannot_be_is_refused(
    corrected: Path, arguments: tuple[str, ...], words: str
) -> None:
    before = files(corrected / "reports/editions")
    done = observatoire(corrected, "correct", *arguments)
    assert done.returncode in (2, 10) and words in done.stderr, done.stderr
    assert files(corrected / "reports/editions") == before


def test_a_site_leads_from_each_version_to_the_latest(corrected: Path) -> None:
    assert said(corrected, "site") == "reports/site/index.html\n"
    site = corrected / "reports/site/cd93"
    old = (site / WAVE / "v1.0.0/direction-dpaph.html").read_text("utf-8")
    assert 'href="../v2.0.1/direction-dpaph.html">lire la version 2.0.1</a>' in old
    english = (site / WAVE / "v1.0.0/en/direction-dpaph.html").read_text("utf-8")
    assert 'href="../../v2.0.1/en/direction-dpaph.html"' in english
    new = edition(corrected, "2.0.1") / "_site/index.html"
    for place in (f"{WAVE}/v2.0.1", f"{WAVE}/latest", "latest"):
        assert (site / place / "index.html").read_bytes() == new.read_bytes()
    front = (site.parent / "index.html").read_text("utf-8")
    assert "unité par unité. Département de la Seine-Saint-Denis.</p>" in front
    assert 'href="cd93/latest/index.html"' in front and 'href="cd93/index.html"' in front
    index = (site / "index.html").read_text("utf-8")
    for words in (
        "remplacée par la version 2.0.1",
        "définitive",
        REASON.rstrip("."),
        "16 novembre",
    ):
        assert words in index.replace("\u00a0", " "), words
    for place in (f"{WAVE}/v2.0.1", f"{WAVE}/latest", "latest"):
        described = (site / place / "data/dcat.jsonld").read_text("utf-8")
        (before,) = re.findall(r'previousVersion": \{\s+"@id": "([^"]+)"', described)
        assert (site / place / "data" / before).resolve() == site / WAVE / "v2.0.0/data"
        assert (site / place / "data" / before).is_dir()
    compared = (site / f"differences-{WAVE}-1.0.0-{WAVE}-2.0.0.html").read_text("utf-8")
    assert "Données simulées" in compared and "données" in compared
    table = (site / f"differences-{WAVE}-1.0.0-{WAVE}-2.0.0.csv").read_text("utf-8")
    assert len(table.splitlines()) > 100
    links = [
        (page, target)
        for page in site.rglob("*.html")
        for target in re.findall(r'href="([^"#]+)', page.read_text("utf-8"))
        if ":" not in target
    ]
    assert len(links) > 100
    assert [pair for pair in links if not (pair[0].parent / pair[1]).exists()] == []
    assert files(edition(corrected, "1.0.0")) == files(corrected.parent / "first")
    mine = site.parent / "CNAME"
    mine.write_text("usagers.example", encoding="utf-8")
    done = observatoire(corrected, "site")
    assert done.returncode == 10 and "than a site of editions: CNAME" in done.stderr
    assert mine.read_text(encoding="utf-8") == "usagers.example"
    mine.unlink()
    said(corrected, "site")
    kept = (site.parent / ".observatoire-site").read_bytes()
    (site.parent / ".observatoire-site").unlink()
    done = observatoire(corrected, "site")
    assert done.returncode == 10 and "cd93, index.html, theme" in done.stderr
    (site.parent / ".observatoire-site").write_bytes(kept)
    assert said(corrected, "site", "--into", "elsewhere/site").endswith(
        "elsewhere/site/index.html\n"
    )
    shutil.rmtree(corrected / "elsewhere")


@pytest.mark.parametrize("names", ["direction-dpaph", pytest.param("*", marks=pytest.mark.long)])
def test_pages_of_two_versions_and_what_stands_over_them_pass_axe(
    corrected: Path, browser: Any, tmp_path: Path, names: str
) -> None:
    said(corrected, "site", "--into", str(tmp_path / "site"))
    site = tmp_path / "site" / "cd93"
    pages = [
        *sorted((site / WAVE / "v1.0.0").glob(f"{names}.html")),
        *sorted((site / WAVE / "v2.0.0").glob(f"{names}.html")),
        *sorted(site.glob("*.html")),
        site.parent / "index.html",
    ]
    assert len(pages) > (10 if names == "*" else 4)
    page = browser.new_page(bypass_csp=True)
    found = {}
    for path in pages:
        page.goto(path.as_uri())
        found[path.relative_to(site.parent).as_posix()] = accessibility_faults(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path.name
        page.set_viewport_size({"width": 320, "height": 640})
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path.name
    page.close()
    assert {name: faults for name, faults in found.items() if faults} == {}


def test_what_a_stopped_command_left_is_finished_by_the_next(
    corrected: Path, tmp_path: Path
) -> None:
    """Stopped between the edition and the register; between the register and the tombstone."""
    copy = tmp_path / "workspace"
    shutil.copytree(corrected, copy, symlinks=True)
    register = copy / "reports/editions/cd93/register.jsonl"
    whole = register.read_bytes()
    register.write_bytes(b"".join(whole.splitlines(keepends=True)[:2]))
    gone = observatoire(copy, "editions")
    assert gone.returncode == 10 and "register of editions is damaged" in gone.stderr
    (copy / "data/published/cd93/register.end").write_text(
        hashlib.sha256(whole.splitlines()[1]).hexdigest(), encoding="utf-8"
    )  # as it was before the last line
    assert [name for name, _ in list_of(copy)] == ["1.0.0", "2.0.0", "2.0.1"]
    assert register.read_bytes() == whole
    for wave, version in (("2031-1", f"{WAVE}/2.0.0"), (WAVE, "9.0.0"), (WAVE, "")):
        other = ("withdraw", "--wave", wave, "--version", version, "--reason", "x")
        assert observatoire(copy, *other).returncode == 2
    planted = [
        copy / "reports/.observatoire-site",
        copy / f"reports/editions/cd93/{WAVE}/.observatoire-stone",
        copy / ".observatoire/cd93/rendered/.observatoire-page",
    ]
    for folder in planted:
        folder.mkdir(parents=True)
    said(copy, "editions")
    assert not any(folder.exists() for folder in planted), "what a killed command left"
    withdrawal = ("withdraw", "--wave", WAVE, "--version", "2.0.0", "--reason", "Un nom y était.")
    said(copy, *withdrawal)
    aside = copy / "reports/editions/cd93" / WAVE / "withdrawn/v2.0.0"
    assert files(aside) == files(edition(corrected, "2.0.0"))
    assert aside.parent.stat().st_mode & 0o077 == 0
    stone = edition(copy, "2.0.0")
    first = files(stone)
    assert "a été retirée" in first["_site/direction-dpaph.html"].decode()
    assert REASON.encode() not in b"".join(first.values())
    shutil.rmtree(stone)
    aside.rename(stone)  # as it was before its files were moved
    assert ("2.0.0", "withdrawn") in list_of(copy)
    assert files(stone) == first and files(aside) == files(edition(corrected, "2.0.0"))
    again = observatoire(copy, *withdrawal)
    assert again.returncode == 10 and "was withdrawn on" in again.stderr
    english = files(stone)["_site/en/index.html"].decode()
    assert "a été retirée" in english
    shutil.rmtree(aside)  # for good: it held personal data
    said(copy, "site")
    page = copy / f"reports/site/cd93/{WAVE}/v2.0.0/en/index.html"
    (link,) = re.findall(r'href="([^"]+)">Lire la version 2\.0\.1', page.read_text("utf-8"))
    assert (page.parent / link).exists()
    assert "a été retirée" in (copy / f"reports/site/cd93/{WAVE}/v2.0.0/index.html").read_text()
    said(copy, "withdraw", "--wave", WAVE, "--version", "2.0.1", "--reason", "Un nom encore.")
    late = observatoire(copy, "publish", "--wave", WAVE, "--provisional")
    assert late.returncode == 10 and "none is provisional after it" in late.stderr
    none = observatoire(copy, "publish", "--wave", WAVE)
    assert none.returncode == 10 and "was withdrawn: 2.0.1" in none.stderr
    alter(register, "comptées deux fois", "comptées trois fois")
    done = observatoire(copy, "editions")
    assert done.returncode == 10 and "register.jsonl, line 3" in done.stderr


@pytest.mark.long
def test_a_definition_is_told_from_data(corrected: Path, tmp_path: Path) -> None:
    """Some answers leave, and a top box takes one level less: what each of the two did is told."""
    copy = tmp_path / "workspace"
    shutil.copytree(corrected, copy, symlinks=True)
    draft = redelivered(copy, "least", "fewer", without=80)
    said(copy, "register", "cd93", str(draft))
    alter(copy / "params/cd93/indicators.yml", "top: 2", "top: 1")
    told = said(copy, *correction(reason="La définition change."))
    assert "definition " in told.splitlines()[0] and "data " in told.splitlines()[0]
    found = json.loads(said(copy, "diff", f"{WAVE}/2.0.1", f"{WAVE}/3.0.0", "--json"))
    causes = {one["key"]: one["causes"] for one in found["figures"]}
    shares = "estimates/dpaph/{}/-/satisfaction_globale/{}/{}/total/total"
    assert causes[shares.format("2026-2", "T2B", "share")] == ["definition", "data"]
    assert causes[shares.format("2026-1", "T2B", "share")] == ["definition"]
    assert causes[shares.format("2026-2", "M10", "mean")] == ["data"]
    assert shares.format("2026-1", "M10", "mean") not in causes
