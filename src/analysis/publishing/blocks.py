"""Blocks of a page as Quarto Markdown: a heading that says the finding, a figure or table, and how
to read it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

import polars as pl
from great_tables import GT

from analysis.publishing.wording.language import Language


@dataclass(frozen=True)
class Block:
    """A piece of a page; shown in a notebook as Markdown."""

    markdown: str

    def _repr_markdown_(self) -> str:
        return self.markdown


@dataclass(frozen=True)
class Reading:
    """What stands under every figure and table. An empty part is left out."""

    lecture: str = ""
    field: str = ""
    note: str = ""
    source: str = ""

    def markdown(self, language: Language) -> str:
        colon = "\u00a0:" if language.code == "fr" else ":"
        lines = [
            f"**{language.text(name)}{colon}** {plain(text)}"
            for name, text in (
                ("lecture", self.lecture),
                ("field", self.field),
                ("note", self.note),
                ("source", self.source),
            )
            if text
        ]
        return "\n\n".join(["::: {.reading}", *lines, ":::"]) if lines else ""


def heading(text: str, *, level: int = 2) -> str:
    """A heading, which says a finding."""
    return f"{'#' * level} {plain(text)}"


def figure(name: str, *, alt: str, caption: str) -> str:
    """A cross-referenced figure, whose image lies in `figures/`."""
    quoted = escape(alt, quote=True)
    image = f'![](figures/{name}.svg){{fig-alt="{quoted}"}}'
    return f"::: {{#fig-{name}}}\n\n{image}\n\n{plain(caption)}\n\n:::"


def table(
    name: str, *, columns: Mapping[str, Sequence[str]], caption: str, numeric: Sequence[str] = ()
) -> str:
    """A cross-referenced table of texts, its first column being the rows' headers.

    Args:
        columns: Header → cells.
        numeric: Headers of the columns to align right.

    """
    frame = pl.DataFrame({header: list(cells) for header, cells in columns.items()})
    first = frame.columns[0]
    html = (
        GT(frame, id=f"tbl-{name}", rowname_col=first)
        .tab_stubhead(first)
        .cols_align("right", columns=list(numeric))
        .cols_align("left", columns=[one for one in frame.columns[1:] if one not in numeric])
        .as_raw_html()
    )
    body = html[html.index("<table") : html.index("</table>") + len("</table>")]
    body = re.sub(r"\n+", "\n", body)
    return f"::: {{#tbl-{name}}}\n\n```{{=html}}\n{body}\n```\n\n{plain(caption)}\n\n:::"


def callout(title: str, text: str, *, kind: str = "warning") -> str:
    """A boxed note with a title."""
    return f'::: {{.callout-{kind} title="{escape(title, quote=True)}"}}\n\n{plain(text)}\n\n:::'


def plain(text: str) -> str:
    """A text from the parameters or the data, on one line, as Markdown that cannot be markup."""
    line = " ".join(re.split(r"[ \t\r\n]+", text))
    return re.sub(r"([\\`*_{}\[\]()<>#|~^$@&\-.'\"!+:=])", r"\\\1", line)


def join(*parts: str) -> Block:
    """Blocks one after the other; empty parts are left out."""
    return Block("\n\n".join(part for part in parts if part) + "\n")
