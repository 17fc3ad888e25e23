"""An edition as its readers get it: in a browser, on paper, as data; and the same bytes each
time."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path
from typing import Any

import polars as pl
import pypdf
import pytest

from analysis.errors import DisclosureError, RenderingError
from analysis.publishing.rendering.embedded import EmbeddedRenderer
from tests.conftest import DAY, observatoire, small_workspace
from tests.in_browser import accessibility_faults
from tests.publication.published_pages import FIGURES, NO_TABLE, PAGES, SHORT_FOOT


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_without_an_error_or_another_host_and_passes_axe(
    published: Path, browser: Any, name: str
) -> None:
    page = browser.new_page(viewport={"width": 1200, "height": 900}, bypass_csp=True)
    faults: list[str] = []
    hosts: list[str] = []
    page.on("console", lambda message: faults.append(message.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", lambda request: hosts.append(request.url))
    page.goto((published / "_site" / f"{name}.html").as_uri())
    violations = accessibility_faults(page)
    broken = page.evaluate("[...document.images].filter(i => !i.naturalWidth).map(i => i.src)")
    page.set_viewport_size({"width": 320, "height": 640})
    page.wait_for_function("[...document.images].every(i => i.currentSrc.includes('-narrow'))")
    drawn = page.evaluate("[...document.images].map(i => [i.currentSrc, i.width])")
    top = page.evaluate("document.querySelector('h2').getBoundingClientRect().top")
    overflow = page.evaluate("document.documentElement.scrollWidth")
    page.close()
    assert faults == []
    assert [url for url in hosts if not url.startswith(("file:", "data:"))] == []
    assert broken == []
    assert violations == []
    assert overflow <= 320, "the page reflows at 320 px"
    assert top < 640, "the first finding stands on the first screen of a phone"
    assert len(drawn) == len(FIGURES[name])
    for address, width in drawn:
        image = published / "_site" / "figures" / address.split("/")[-1]
        assert image.name.endswith("-narrow.svg")
        assert smallest_text(image, width) >= 11
        wide = image.with_name(image.name.replace("-narrow", ""))
        assert smallest_text(wide, width) < 11, "drawn for a page, it is not read on a phone"


@pytest.mark.parametrize("name", PAGES)
def test_addresses_within_a_page_are_the_same_in_each_language_and_hold_no_figure(
    published: Path, name: str
) -> None:
    """They do not follow from words, nor from the figures in them."""
    found = {}
    for folder in ("", "en/"):
        text = html(published, f"{folder}{name}")
        headings = re.findall(r'<h[23] id="([^"]+)"', text)
        assert len(headings) == len(re.findall(r"<h[23]\b", text)) > 0
        titles = re.findall(r'<h2 id="([^"]+)"', text)
        assert re.findall(r'<a href="#([^"]+)"\s+id="toc-', text) == titles
        found[folder] = headings
    assert found[""] == found["en/"]
    assert [one for one in found[""] if re.search(r"\d{2}|[^a-z0-9_-]", one)] == []


def smallest_text(image: Path, width: float) -> float:
    """The height of the smallest letters of an image that is shown at a width, in pixels."""
    svg = image.read_text(encoding="utf-8")
    (own,) = re.findall(r'viewBox="0 0 ([\d.]+) ', svg)
    sizes = re.findall(r'<text style="[^"]*?([\d.]+)px', svg)
    return width / float(own) * min(map(float, sizes))


def html(published: Path, name: str) -> str:
    return (published / "_site" / f"{name}.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_says_it_is_simulated_has_one_title_and_numbered_tables(
    published: Path, name: str
) -> None:
    text = html(published, name)
    assert "Données simulées" in text
    assert text.count("<h1") == 1
    assert re.findall(r"Tableau (\d+)</span>", text) == [
        str(n) for n in range(1, text.count("<table") + 1)
    ]
    labelled = re.findall(r'<table aria-labelledby="(tbl-[\w-]+-caption)"', text)
    assert len(labelled) == text.count("<table")
    outside = re.findall(r'<figcaption id="(tbl-[\w-]+-caption)">', text)
    assert outside == labelled, "a caption does not scroll with its table"
    assert (text.count("<table") > 0) == (name not in NO_TABLE)
    identifiers = re.findall(r'\bid="([^"]+)"', text)
    assert len(identifiers) == len(set(identifiers))
    assert not re.search(
        r"(?<![a-z])nan(?![a-z])|None|inf\b|\{\w+\}",
        re.sub(r"<[^>]+>", " ", text).split("</style>")[-1],
    )


@pytest.mark.parametrize("name", PAGES)
def test_each_figure_has_its_alternative_text_and_stands_in_the_pdf(
    published: Path, name: str
) -> None:
    text = html(published, name)
    images = re.findall(r'<img src="([^"]+)" alt="([^"]*)"', text)
    assert text.count("<img") == len(images) == text.count("<picture>")
    assert [source for source, _ in images] == [f"figures/{one}.svg" for one in FIGURES[name]]
    assert [alt for _, alt in images if len(alt) <= 40 or not re.search(r"\d", alt)] == []
    for source, _ in images:
        drawn = (published / "_site" / source).read_text(encoding="utf-8")
        assert drawn.count("<path") > 10, "it is drawn, not empty"
    reader = pypdf.PdfReader(published / "_site" / f"{name}.pdf")
    printed = "".join(page.extract_text() for page in reader.pages)
    numbers = [int(number) for number in re.findall(r"Figure\s(\d)", printed)]
    assert sorted(set(numbers)) == list(range(1, len(images) + 1))
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert reader.trailer["/Root"]["/Lang"] == "fr-FR"
    metadata = reader.trailer["/Root"]["/Metadata"].get_data().decode("utf-8")
    assert "pdfuaid:part" in metadata and "pdfaid:conformance" in metadata
    tree = str(_kinds(reader.trailer["/Root"]["/StructTreeRoot"]))
    assert tree.count("/Figure") == len(images)
    assert tree.count("/Table'") == text.count("<table")


def _kinds(node: Any, depth: int = 0) -> list[Any]:
    """The kinds of a PDF's structure elements."""
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        return [kind for one in node for kind in _kinds(one, depth + 1)]
    if not isinstance(node, dict):
        return []
    own = [node["/S"]] if "/S" in node else []
    return own + (_kinds(node["/K"], depth + 1) if "/K" in node else [])


def test_word_processors_get_each_page(published: Path) -> None:
    for name in PAGES:
        with zipfile.ZipFile(published / "_site" / f"{name}.docx") as document:
            images = [one for one in document.namelist() if one.startswith("word/media/")]
            assert len(images) == len(FIGURES[name])
            for image in images:
                assert document.read(image).startswith(b"\x89PNG") and image.endswith(".png")
                assert document.getinfo(image).file_size > 5_000, "it is drawn, not empty"


AUTHOR = "Département de la Seine-Saint-Denis"
NAMES = {
    "index": "Synthèse",
    "direction-dpaph": "Direction de la population âgée et des personnes handicapées (DPAPH)",
    "direction-def": "Direction de l’enfance et de la famille (DEF)",
    "engagements": "Engagements",
    "engagements-direction-dpaph": "Engagements, Direction de la population âgée et des personnes "
    "handicapées (DPAPH)",
    "engagements-direction-def": "Engagements, Direction de l’enfance et de la famille (DEF)",
    "cartes": "Cartes",
    "gestion": "Gestion et perception",
    "methode": "Méthode et lecture",
}


@pytest.mark.parametrize("name", PAGES)
def test_each_file_says_who_speaks_of_what_and_when(published: Path, name: str) -> None:
    text = html(published, name)
    assert f"<h1>{NAMES[name]}</h1>" in text
    assert f'<meta name="author" content="{AUTHOR}">' in text
    assert '<meta name="dcterms.date" content="2026-11-16">' in text
    about = pypdf.PdfReader(published / "_site" / f"{name}.pdf").metadata
    assert about is not None
    assert str(about.title).replace("'", "’") == NAMES[name]
    assert (about.author, about.creation_date_raw) == (AUTHOR, "D:20261116000000Z")
    assert NAMES["direction-def"].removesuffix(" (DEF)") in about.get("/Keywords", "")
    with zipfile.ZipFile(published / "_site" / f"{name}.docx") as document:
        core = document.read("docProps/core.xml").decode()
    assert f"<dc:title>{NAMES[name]}</dc:title><dc:creator>{AUTHOR}</dc:creator>" in core
    assert "2026-11-16T00:00:00Z</dcterms:created>" in core and "cp:keywords" in core


@pytest.mark.parametrize("suffix", ["html", "pdf", "docx"])
@pytest.mark.parametrize("name", SHORT_FOOT)
def test_a_page_with_little_room_leads_to_who_answers_for_it(
    published: Path, name: str, suffix: str
) -> None:
    text = re.sub(r"<[^>]+>", " ", texts_of(published / "_site" / f"{name}.{suffix}"))
    foot = " ".join(text.split()).rpartition("Prochaine édition")[2]
    assert re.search(r"Contact\s?:.*Licence\s?:.*Méthode\s?:", foot)


@pytest.mark.parametrize("suffix", ["html", "pdf", "docx"])
@pytest.mark.parametrize("name", [name for name in PAGES if name not in SHORT_FOOT])
def test_each_file_ends_with_who_answers_for_it(published: Path, name: str, suffix: str) -> None:
    text = re.sub(r"<[^>]+>", " ", texts_of(published / "_site" / f"{name}.{suffix}"))
    foot = " ".join(text.split()).rpartition("À propos de cette édition")[2]
    for fact in ("Éditeur", "Recueil", "Participation", "Contact", "Accessibilité", "Licence"):
        assert re.search(rf"{fact}\s?:", foot), fact
    assert "un taux de réponse de" in foot and "Non audité RGAA" in foot


@pytest.mark.parametrize("name", ["index", "engagements", "gestion", "methode"])
def test_a_short_name_is_expanded_before_it_is_used(published: Path, name: str) -> None:
    body = html(published, name).partition("<main")[2]
    text = re.sub(r"<nav.*?</nav>", "", body, flags=re.DOTALL)
    for short in ("DPAPH", "DEF"):
        before = re.split(rf"(?<!\w){short}(?!\w)", text)[0]
        assert before.endswith("("), f"{short} is first said in brackets, after its full name"


def rows_read(lecture: str, section: str) -> list[list[str]]:
    """The rows of a section that say what its lecture reads: value, interval where the table has
    them, answers, and the category."""
    value, category, interval, answers = re.fullmatch(
        r"\s*(\d+\u00a0%) des .*\((?:(.+?)\u00a0; )?\S+ semestre \d+"
        r"(?:\u00a0; [^\[]*(\[[^\]]*\]))?\u00a0; ([\d\u202f]+) (?:réponses|appuis)\)\.",
        lecture,
    ).groups()  # type: ignore[union-attr]
    rows = [
        re.findall(r"<t[dh][^>]*>([^<]*)</t", row)
        for row in re.findall(r"<tr.*?</tr>", section, re.DOTALL)
    ]
    with_intervals = any(cell.startswith("[") for cells in rows for cell in cells)
    return [
        cells
        for cells in rows
        if value in [cell.split("\u00a0(!")[0] for cell in cells]
        and answers in [cell.removesuffix(" appuis") for cell in cells]
        and (interval in cells or not with_intervals)
        and cells[0].endswith(category or "")
    ]


@pytest.mark.parametrize("name", ["direction-dpaph", "direction-def"])
def test_each_lecture_reads_a_row_of_its_table(published: Path, name: str) -> None:
    checked = 0
    for section in re.split(r"<h2", html(published, name))[1:]:
        for lecture in re.findall(r"Lecture\s:</strong>(.*?)</p>", section, re.DOTALL):
            assert len(rows_read(lecture, section)) == 1, lecture
            value = re.search(r"\d+\u00a0%", lecture)
            assert value is not None
            assert rows_read(lecture.replace(value[0], "99\u00a0%", 1), section) == []
            checked += 1
    assert checked == 5


def test_open_data_agree_with_their_schema_and_hide_what_the_page_hides(published: Path) -> None:
    schema = json.loads((published / "data" / "schema.json").read_text(encoding="utf-8"))
    frame = pl.read_csv(published / "data" / "resultats.csv")
    assert frame.columns == [field["name"] for field in schema["fields"]]
    assert schema["primaryKey"] == ["cle"] and frame["cle"].n_unique() == frame.height
    limits = {one["name"]: one["constraints"] for one in schema["fields"] if "constraints" in one}
    for name, limit in limits.items():
        assert not limit.get("required") or frame[name].null_count() == 0, name
        found = set(frame[name].drop_nulls().to_list()) - {""}
        assert "enum" not in limit or found <= set(limit["enum"]), name
        if name in ("direction", "vague", "portee"):
            assert len(found) > 1, "a list that is too short would be seen"
    assert {"cle", "direction", "statut", "precision"} <= set(limits)
    hidden = frame.filter(pl.col("statut").is_in(["s", "nd"]))
    assert hidden.height > 0
    assert (
        hidden.select("valeur", "base", "borne_basse").null_count().sum_horizontal().item()
        == 3 * hidden.height
    )
    shown = frame.filter(~pl.col("statut").fill_null("").is_in(["s", "nd"]))
    assert shown.get_column("base").min() >= 30  # type: ignore[operator]
    assert frame.get_column("simule").unique().to_list() == [True]
    assert frame.filter(pl.col("ventilation") == "site").is_empty()


IN_TEXTS = ("alert(1)", "HYPERLINK")
"""Traps that a text may keep in the workshop, where it is only text."""
PERSONAL = ("06 00 00 00 00", "prenom.nom@", "123456789", "192.0.2.", "agent 3", "test0000000")
"""Traps that stay in raw files: a telephone, addresses, a file's number, a clerk, a token."""


def texts_of(path: Path) -> str:
    """What a reader of a file gets: its text, or that of its pages."""
    if path.suffix == ".pdf":
        return " ".join(page.extract_text() for page in pypdf.PdfReader(path).pages)
    if path.suffix in (".docx", ".xlsx"):
        with zipfile.ZipFile(path) as document:
            names = [name for name in document.namelist() if name.endswith((".xml", ".rels"))]
            return " ".join(document.read(name).decode("utf-8") for name in names)
    if path.suffix == ".parquet":
        return str(pl.read_parquet(path, hive_partitioning=False).to_dicts())
    return path.read_text(encoding="utf-8")


def test_the_traps_of_the_simulator_stand_in_raw_files_and_leave_nowhere(
    published: Path, small: Path
) -> None:
    raw = b"".join(path.read_bytes() for path in (small / "data" / "raw").rglob("*.csv"))
    traps = (*IN_TEXTS, *PERSONAL)
    assert [trap for trap in traps if trap.encode() not in raw] == [], "the trap is set"
    binary = (".png", ".ttf", ".woff2")
    files = [path for path in published.rglob("*") if path.is_file() and path.suffix not in binary]
    read = ".csv .docx .html .ipynb .json .jsonld .pdf .svg .yml"
    assert {path.suffix for path in files} >= set(read.split())
    for path in files:
        text = texts_of(path)
        assert [trap for trap in traps if trap in text] == [], path.name
    tables = list((small / "data" / "processed").rglob("*.parquet"))
    layers = {path.relative_to(small / "data/processed/cd93").parts[0] for path in tables}
    assert layers >= {"responses", "verbatims", "refused", "receipts"}
    for path in tables:
        text = texts_of(path)
        assert [trap for trap in PERSONAL if trap in text] == [], path
    kept = " ".join(texts_of(path) for path in tables if "verbatims" in path.parts)
    assert [trap for trap in IN_TEXTS if trap not in kept] == [], "only what is personal goes"
    assert "[téléphone]" in kept and "[courriel]" in kept and "[numéro]" in kept


def test_the_manifest_holds_the_digest_of_each_file(published: Path) -> None:
    import hashlib

    manifest = json.loads((published / "edition.json").read_text(encoding="utf-8"))
    assert (
        manifest["version"] == "1.0.0"
        and manifest["simulated"] is True
        and manifest["published"] == DAY
    )
    assert len(manifest["files"]) > 25
    for name, digest in manifest["files"].items():
        assert hashlib.sha256((published / name).read_bytes()).hexdigest() == digest


def test_published_again_nothing_changes(small: Path, published: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in published.rglob("*")}
    done = observatoire(small, "publish")
    assert done.returncode == 0
    assert "Nothing changed" in done.stdout
    assert {path: path.stat().st_mtime_ns for path in published.rglob("*")} == before
    assert "notebooks 1/" not in done.stderr and "pages 1/" not in done.stderr


@pytest.mark.long
def test_two_workspaces_make_the_same_bytes(published: Path, tmp_path: Path) -> None:
    other = small_workspace(tmp_path / "elsewhere" / "deeper")
    done = observatoire(other, "publish", "--workers", "1", "--date", DAY)
    assert done.returncode == 0, done.stderr
    again = other / done.stdout.strip().splitlines()[-1]
    names = sorted(
        path.relative_to(published).as_posix() for path in published.rglob("*") if path.is_file()
    )
    assert names == sorted(
        path.relative_to(again).as_posix() for path in again.rglob("*") if path.is_file()
    )
    assert [
        name for name in names if (published / name).read_bytes() != (again / name).read_bytes()
    ] == []


# --- renderers ------------------------------------------------------------------------------------


def spoil(project: Path, old: str, new: str) -> None:
    page = project / "index.ipynb"
    text = page.read_text(encoding="utf-8")
    assert old in text
    page.write_text(text.replace(old, new), encoding="utf-8")


def test_an_internal_view_is_refused(project: Path) -> None:
    spoil(
        project,
        "::: {.callout-warning",
        "<div class=observatoire-internal-view>\\n\\n::: {.callout-warning",
    )
    with pytest.raises(DisclosureError):
        EmbeddedRenderer().render(project, epoch=0)


def test_a_reference_to_nothing_is_refused(project: Path) -> None:
    spoil(project, "Aucune personne réelle", "Voir @fig-absente. Aucune personne réelle")
    with pytest.raises(RenderingError, match="a reference to 'fig-absente', which it lacks"):
        EmbeddedRenderer().render(project, epoch=0)


def test_a_reference_to_a_figure_is_a_link_with_its_number(project: Path) -> None:
    spoil(
        project,
        "Aucune personne réelle",
        "Voir @fig-tendances et @tbl-synthese. Aucune personne réelle",
    )
    EmbeddedRenderer().render(project, epoch=0)
    text = (project / "_site" / "index.html").read_text(encoding="utf-8")
    assert re.search(r'<a\s+href="#fig-tendances">Figure\s1</a>', text)
    assert re.search(r'<a\s+href="#tbl-synthese">Tableau\s1</a>', text)


def test_a_figure_without_alternative_text_is_refused(project: Path) -> None:
    text = (project / "index.ipynb").read_text(encoding="utf-8")
    (project / "index.ipynb").write_text(
        re.sub(r'fig-alt=\\"[^"]*\\"', 'fig-alt=\\"\\"', text), encoding="utf-8"
    )
    with pytest.raises(RenderingError, match="no alternative text"):
        EmbeddedRenderer().render(project, epoch=0)
