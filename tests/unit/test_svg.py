"""An image of a page is read without being seen: title, description, text, and its own fonts."""

from __future__ import annotations

import base64
import re
import xml.etree.ElementTree as ET
from io import BytesIO
from pathlib import Path

from fontTools.ttLib import TTFont
from matplotlib.axes import Axes

from analysis.publishing import charts

SVG = "{http://www.w3.org/2000/svg}"
ODD = "Été « 12 % » & <b>"


def saved(folder: Path, *, text: str = ODD) -> str:
    """An image with a text in regular, bold and italic letters."""

    def draw(axes: Axes) -> None:
        axes.text(0.1, 0.1, text)
        axes.text(0.1, 0.5, "gras", fontweight="bold")

    about = {"title": "Titre & <fin>", "description": "De 1 à « 2 »."}
    charts.save(folder, "mine", **about, height=lambda _: 2.0, mark="simulées", draw=draw)
    return (folder / "mine.svg").read_text(encoding="utf-8")


def faces(svg: str) -> dict[tuple[str, str, str], set[int]]:
    """Family, weight and style of each font that an image brings, and its characters."""
    found = {}
    for family, weight, style, data in re.findall(
        r"font-family:'([^']*)';font-weight:(\w+);font-style:(\w+);src:url\([^,]*,([^)]*)\)", svg
    ):
        font = TTFont(BytesIO(base64.b64decode(data)))
        found[family, weight, style] = set(font.getBestCmap())
    return found


def test_an_image_has_a_title_a_description_and_text_that_is_text(tmp_path: Path) -> None:
    root = ET.fromstring(saved(tmp_path))
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None and title.text == "Titre & <fin>"
    assert description is not None and description.text == "De 1 à « 2 »."
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    assert ODD in [one.text for one in root.iter(f"{SVG}text")]


def sizes(svg: str) -> list[float]:
    """Of each text of an image, its size in pixels where a unit of the image is one."""
    styles = re.findall(r'<text style="([^"]*)"', svg)
    return [float(size) for style in styles for size in re.findall(r"([\d.]+)px", style)]


def test_an_image_for_phones_is_as_wide_as_their_screen_and_is_read_there(tmp_path: Path) -> None:
    page = saved(tmp_path)
    phone = (tmp_path / "mine-narrow.svg").read_text(encoding="utf-8")
    assert ' viewBox="0 0 288 144"' in phone and ' viewBox="0 0 518.4 144"' in page
    assert len(sizes(phone)) == len(sizes(page)) > 2
    assert min(sizes(phone)) >= 11 and min(sizes(page)) < 11, "the mention is small on a page"
    assert not (tmp_path / "mine-narrow.png").exists()


def test_an_image_brings_the_characters_of_its_texts_in_each_weight(tmp_path: Path) -> None:
    found = faces(saved(tmp_path, text="Été العربية"))
    regular = found["Source Sans Pro", "normal", "normal"]
    assert set(map(ord, "Été")) <= regular and not set(map(ord, "العربية")) & regular
    assert set(map(ord, "العربية")) <= found["DejaVu Sans", "normal", "normal"]
    assert set(map(ord, "gras")) <= found["Source Sans Pro", "bold", "normal"]
    assert set(map(ord, "simulées")) <= found["Source Sans Pro", "normal", "italic"]
    assert ("DejaVu Sans", "bold", "normal") not in found, "nothing is lacking in bold"


def test_the_same_image_is_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert saved(tmp_path / "a") == saved(tmp_path / "b") != saved(tmp_path / "a", text="x")
