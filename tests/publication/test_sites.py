"""Nobody finds out who is who among the sites of an edition, with their list in hand: in any file.
What would give them away is found by the same attack."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import polars as pl
import pytest
import typst
from matplotlib.axes import Axes

from analysis.publishing import charts
from analysis.study import Workspace, open_study
from benchmarks.site_attack import Attack, KnownSites, attack, known_sites, old_funnel, successes
from benchmarks.traces import read, read_edition
from tests.conftest import WAVES, in_french, observatoire, small_workspace


@pytest.fixture(scope="module")
def all_sites(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace of an edition with all the open sites, so that they are compared."""
    folder = in_french(small_workspace(tmp_path_factory.mktemp("sites"), one_site_in=1))
    done = observatoire(folder, "publish")
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def edition(all_sites: Path) -> Path:
    return all_sites / "reports" / "editions" / "cd93" / WAVES[-1] / "v1.0.0"


@pytest.fixture(scope="module")
def known(all_sites: Path) -> list[KnownSites]:
    workspace = Workspace(all_sites)
    return known_sites(workspace, open_study(workspace, "cd93"), WAVES[-1])


def names_of(known: list[KnownSites]) -> list[str]:
    return [f"{one.title} {len(one.ids)}" for one in known]


def test_the_attacker_knows_every_site_that_answered(known: list[KnownSites]) -> None:
    assert names_of(known) == [
        "DPAPH 21",
        "DPAPH antenne 20",
        "DEF 42",
        "DEF crèche 18",
        "DEF pmi 24",
    ]


@pytest.fixture(scope="module")
def attacks(edition: Path, known: list[KnownSites]) -> list[Attack]:
    """What was found in each file of the edition."""
    return [attack(content, known) for content in read_edition(edition)]


def test_no_file_of_an_edition_tells_who_is_who(edition: Path, attacks: list[Attack]) -> None:
    kinds = {found.kind for found in attacks}
    assert {
        ".svg",
        ".png",
        ".pdf",
        ".docx",
        ".html",
        ".ipynb",
        ".csv",
        ".parquet",
        ".xlsx",
    } <= kinds
    page = (edition / "_site" / "direction-def.html").read_text(encoding="utf-8")
    assert "selon les sites" in page, "sites are written of"
    assert successes(attacks) == []


def test_the_funnel_as_it_once_was_gives_all_sites_away(
    attacks: list[Attack], known: list[KnownSites]
) -> None:
    """In an SVG, in a PDF, among all the files of the edition."""
    for sites in known:
        image = old_funnel(sites)
        page = '#set page(width: 20cm, height: 12cm)\n#image(bytes(sys.inputs.svg), format: "svg")'
        pdf = typst.compile(page.encode(), sys_inputs={"svg": image.decode()})
        for name, data in (("old.svg", image), ("old.pdf", pdf)):
            found = attack(read(name, data), known)
            best = max(found.matches, key=lambda match: match.recovered)
            assert (best.recovered, best.sites) == (len(sites.ids), len(sites.ids)), name
            assert any(name in line for line in successes([*attacks, found])), name


def test_exact_sizes_and_shuffled_dots_give_sites_away_too(known: list[KnownSites]) -> None:
    """Dots in no order, but at the effective size of each: whoever knows the sizes finds them."""
    sites = next(one for one in known if len(one.ids) == 42)
    order = [(5 * place + 3) % 42 for place in range(42)]

    def draw(axes: Axes) -> None:
        axes.scatter(sites.sizes[order, 0], sites.results[order, 0])

    (image,) = charts.images((".svg",), height=3.6, mark=None, draw=draw)
    matches = attack(read("sizes.svg", image), known).matches
    assert max(match.recovered for match in matches) > 20


def test_rows_of_sites_are_found_by_name_and_by_result(
    edition: Path, known: list[KnownSites], tmp_path: Path
) -> None:
    """A released table as it once was, and one without names whose rows stand in their order."""
    public = pl.read_parquet(edition / "released" / "public.parquet", hive_partitioning=False)
    sites = next(one for one in known if len(one.ids) == 24)
    rows = pl.concat([public.head(1)] * 24).with_columns(
        layer=pl.lit("estimates"),
        breakdown=pl.lit("site"),
        category=pl.Series(sites.ids),
        value=pl.Series(sites.results[:, 1]),
    )
    for name, frame in (
        ("named", rows),
        ("numbered", rows.with_columns(category=pl.Series(map(str, range(24))))),
        ("rounded", rows.with_columns(pl.col("value").round(3), category=pl.lit("x"))),
    ):
        path = tmp_path / f"{name}.parquet"
        frame.write_parquet(path)
        found = attack(read(path.name, path.read_bytes()), known)
        assert (len(found.named), len(found.results)) == {
            "named": (24, 24),
            "numbered": (0, 24),
            "rounded": (0, 0),
        }[name]
        assert max(match.recovered for match in found.matches) == 24
        assert successes([found])


def test_a_name_is_found_inside_a_docx_and_an_image(
    edition: Path, known: list[KnownSites], tmp_path: Path
) -> None:
    copied = Path(shutil.copy(edition / "_site" / "direction-def.docx", tmp_path / "copy.docx"))
    assert attack(read(copied.name, copied.read_bytes()), known).named == frozenset()
    with zipfile.ZipFile(copied, "a") as archive:
        archive.writestr("docProps/note.xml", "<x>PMI des Iris</x>")
    assert attack(read(copied.name, copied.read_bytes()), known).named == {"pmi-iris"}
    image = (edition / "figures" / "sites-def.svg").read_bytes()
    assert attack(read("image.svg", image), known).named == frozenset()
    labelled = image.replace(b"</svg>", b"<desc>creche-abeilles</desc></svg>")
    assert attack(read("image.svg", labelled), known).named == {"creche-abeilles"}
