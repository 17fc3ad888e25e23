"""What the files of an edition hold that could be sites: texts, and series of marks or of rows."""

from __future__ import annotations

import html
import json
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import matplotlib.image
import numpy as np
import numpy.typing as npt
import polars as pl
import pypdf
from pypdf.generic import ContentStream
from scipy import ndimage

Points = npt.NDArray[np.float64]
SVG = "{http://www.w3.org/2000/svg}"
XLINK = "{http://www.w3.org/1999/xlink}href"
FONTS, OFFICE = {".ttf", ".woff2"}, {".docx", ".xlsx"}
TEXTS = {".svg", ".html", ".json", ".csv", ".ipynb", ".jsonld", ".yml", ".xml", ".css", ".rels"}


@dataclass(frozen=True)
class Trace:
    """A series of things that look alike, in the order of the file.

    Attributes:
        where: The file, and the place in it.
        points: (N, D) coordinates of marks, or numbers of rows.

    """

    where: str
    points: Points


@dataclass(frozen=True)
class Content:
    """What one file holds."""

    file: str
    kind: str
    text: str
    traces: tuple[Trace, ...]


def read_edition(folder: Path) -> list[Content]:
    """Every file of an edition, fonts left out; an office document is read as its parts."""
    files = sorted(
        path for path in folder.rglob("*") if path.is_file() and path.suffix not in FONTS
    )
    return [read(str(path.relative_to(folder)), path.read_bytes()) for path in files]


def read(name: str, data: bytes) -> Content:
    """What one file holds, by the end of its name."""
    suffix = Path(name).suffix
    if suffix in OFFICE:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            parts = [read(f"{name}:{part}", archive.read(part)) for part in archive.namelist()]
        text = "\n".join(part.text for part in parts)
        return Content(name, suffix, text, tuple(trace for part in parts for trace in part.traces))
    if suffix == ".pdf":
        return _pdf(name, data)
    if suffix == ".parquet":
        frame = pl.read_parquet(BytesIO(data), hive_partitioning=False)
        return _table(name, suffix, frame.rename(CSV_COLUMNS, strict=False), data)
    if suffix == ".csv":
        frame = pl.read_csv(data, infer_schema_length=None).rename(CSV_COLUMNS, strict=False)
        return _table(name, suffix, frame, data)
    if suffix == ".png":
        return Content(name, suffix, data.decode("latin-1"), tuple(_png_marks(name, data)))
    text = data.decode("utf-8", errors="replace")
    if suffix == ".ipynb":
        text = "\n".join(_strings(json.loads(text)))
    if suffix in TEXTS:
        text = html.unescape(text)
    images = re.findall(r"<svg\b.*?</svg>", text, flags=re.DOTALL)
    traces = [trace for image in images for trace in _svg_marks(name, image)]
    return Content(name, suffix, text, (*traces, *_html_rows(name, text)))


def _strings(content: Any) -> Iterator[str]:
    """Every text of a JSON document."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, dict):
        for key, value in content.items():
            yield from (str(key), *_strings(value))
    elif isinstance(content, list):
        yield from ("".join(content),) if all(isinstance(x, str) for x in content) else ()
        for value in content:
            yield from _strings(value)


# --- tables ---------------------------------------------------------------------------------------

CSV_COLUMNS = {
    "direction": "directorate",
    "vague": "wave",
    "type": "kind",
    "ventilation": "breakdown",
    "valeur": "value",
}
GROUP = ("directorate", "wave", "indicator", "definition", "kind", "breakdown")


def _table(name: str, kind: str, frame: pl.DataFrame, data: bytes) -> Content:
    """A table of figures: its groups of rows that differ by their category alone, where they are
    broken down by something of sites.
    """
    strings = [frame.get_column(column) for column in frame.select(pl.col(pl.String)).columns]
    floats = [frame.get_column(column) for column in frame.select(pl.col(pl.Float64)).columns]
    words = [str(value) for column in strings for value in column.unique()]
    words += [f"{value:.15f}" for column in floats for value in column.drop_nulls()]
    text = "\n".join([data.decode("latin-1"), *words])
    numbers = [column for column in ("value", "base", "size") if column in frame.columns]
    keys = [column for column in GROUP if column in frame.columns and numbers]
    about_sites = frame.filter(pl.col("breakdown").str.contains("site")) if keys else frame
    traces = [
        Trace(
            f"{name}: {'/'.join(map(str, key))}",
            group.select(pl.col(numbers).cast(pl.Float64, strict=False)).to_numpy(),
        )
        for key, group in (about_sites.group_by(keys, maintain_order=True) if keys else ())
    ]
    return Content(name, kind, text, tuple(traces))


def _html_rows(name: str, text: str) -> Iterator[Trace]:
    """The rows of each table of a page, by the first number of each of their cells."""
    for rank, found in enumerate(re.findall(r"<table\b.*?</table>", text, flags=re.DOTALL)):
        rows = [
            re.findall(r"<t[dh]\b[^>]*>(.*?)</t[dh]>", row, flags=re.DOTALL)
            for row in re.findall(r"<tr\b.*?</tr>", found, flags=re.DOTALL)[1:]
        ]
        if rows and len({len(row) for row in rows}) == 1:
            yield Trace(f"{name}: table {rank}", np.array([list(map(_number, r)) for r in rows]))


def _number(cell: str) -> float:
    match = re.search(r"-?\d+(?:[.,]\d+)?", re.sub(r"<[^>]*>", "", cell))
    return float(match.group().replace(",", ".")) if match else 0.0


# --- images ---------------------------------------------------------------------------------------


def _svg_marks(name: str, image: str) -> Iterator[Trace]:
    """The marks of an image: uses of one shape, circles, and paths of one shape; letters apart."""
    shapes: dict[str, list[tuple[float, float]]] = defaultdict(list)

    def visit(element: ElementTree.Element) -> None:
        if str(element.get("id", "")).startswith("text_"):
            return
        if element.tag == f"{SVG}use" and element.get("y") is not None:
            place = (float(element.get("x", 0)), float(element.get("y", 0)))
            shapes[str(element.get(XLINK))].append(place)
        elif element.tag == f"{SVG}circle":
            shapes["circle"].append((float(element.get("cx", 0)), float(element.get("cy", 0))))
        elif element.tag == f"{SVG}path":
            numbers = np.array(re.findall(r"-?\d+(?:\.\d+)?", element.get("d", "")), dtype=float)
            pairs = numbers[: len(numbers) // 2 * 2].reshape(-1, 2)
            if _is_convex(pairs):
                shapes[str(np.round(pairs - pairs[0], 1).tolist())].append(tuple(pairs[0]))
        for child in element:
            visit(child)

    visit(ElementTree.fromstring(image))
    for shape, places in shapes.items():
        yield Trace(f"{name}: {shape[:16]}", np.array(places))


def _png_marks(name: str, data: bytes) -> Iterator[Trace]:
    """Spots of one colour and about one size, in the order of the eye."""
    parts = np.round(255 * matplotlib.image.imread(BytesIO(data))[:, :, :3]).astype(int)
    pixels = parts @ [1 << 16, 1 << 8, 1]
    colours, counts = np.unique(pixels, return_counts=True)
    for colour in colours[np.argsort(-counts, kind="stable")[1:6]]:
        spots, number = ndimage.label(pixels == colour)
        if number == 0:
            continue
        sizes = np.bincount(spots.ravel())[1:]
        alike = np.flatnonzero(np.abs(sizes - np.median(sizes)) <= 0.3 * np.median(sizes)) + 1
        centres = ndimage.center_of_mass(spots > 0, spots, alike)
        yield Trace(f"{name}: #{colour:06x}", np.array(centres).reshape(-1, 2)[:, ::-1])


def _is_convex(points: Points) -> bool:
    """Whether a path turns one way all along, as marks do and few letters."""
    if len(points) < 3:
        return False
    along = np.diff(points, axis=0)
    along = along[np.abs(along).sum(axis=1) > 1e-9]
    turns = along[:-1, 0] * along[1:, 1] - along[:-1, 1] * along[1:, 0]
    turning = turns[np.abs(turns) > 1e-6]
    return len(turning) > 0 and bool((turning > 0).all() or (turning < 0).all())


# --- PDF ------------------------------------------------------------------------------------------


def _pdf(name: str, data: bytes) -> Content:
    """A PDF: its text, its content streams and metadata, and the paths of one shape."""
    reader = pypdf.PdfReader(BytesIO(data))
    texts = [str(reader.metadata), str(reader.xmp_metadata and reader.xmp_metadata.stream)]
    traces: list[Trace] = []
    for number, page in enumerate(reader.pages, start=1):
        texts.append(page.extract_text())
        contents = page.get_contents()
        if contents is not None:
            texts.append(contents.get_data().decode("latin-1"))
            traces += _pdf_marks(f"{name}: page {number}", ContentStream(contents, reader))
    return Content(name, ".pdf", "\n".join(texts), tuple(traces))


def _pdf_marks(where: str, stream: ContentStream) -> Iterator[Trace]:
    """The filled paths of one shape of a page, where the matrix in force puts them."""
    shapes: dict[str, list[Points]] = defaultdict(list)
    matrix, saved, path = np.eye(3), [], []
    for operands, operator in stream.operations:
        if operator == b"q":
            saved.append(matrix)
        elif operator == b"Q":
            matrix = saved.pop()
        elif operator == b"cm":
            a, b, c, d, e, f = map(float, operands)
            matrix = np.array([[a, b, 0], [c, d, 0], [e, f, 1]]) @ matrix
        elif operator in (b"m", b"l", b"c", b"re"):
            path += [float(number) for number in operands]
        elif operator in (b"f", b"f*", b"B", b"B*", b"b", b"b*", b"n", b"S", b"s"):
            pairs = np.array(path[: len(path) // 2 * 2]).reshape(-1, 2)
            if operator not in (b"n", b"S", b"s") and _is_convex(pairs):
                placed = np.c_[pairs, np.ones(len(pairs))] @ matrix
                shapes[str(np.round(placed - placed[0], 1).tolist())].append(placed[0, :2])
            path = []
    for shape, places in shapes.items():
        yield Trace(f"{where}: {shape[:16]}", np.array(places))
