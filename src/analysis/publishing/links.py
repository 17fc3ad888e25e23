"""Ways from a page to many others: a list of links, a table whose rows lead somewhere."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from html import escape, unescape

from analysis.publishing.blocks import Link, Part, escape_markdown

_ROW = re.compile(r'(<th\b[^>]*\bscope="row"[^>]*>)([^<]*)</th>')


def link_list(links: Sequence[Link]) -> Part:
    """A list of links, one a line."""
    lines = [f"- [{escape_markdown(link.text)}]({link.target})" for link in links]
    items = "".join(f"<li>{escape(link.text)}</li>" for link in links)
    return Part(markdown="\n".join(lines), html=f"<ul>{items}</ul>")


def with_row_links(part: Part, addresses: Mapping[str, str]) -> Part:
    """A table, the headers of some of whose rows lead somewhere.

    Args:
        part: The table.
        addresses: Text of a row's header → where it leads.

    """

    def linked(found: re.Match[str]) -> str:
        address = addresses.get(unescape(found[2]))
        return f'{found[1]}<a href="{address}">{found[2]}</a></th>' if address else found[0]

    return replace(part, markdown=_ROW.sub(linked, part.markdown))
