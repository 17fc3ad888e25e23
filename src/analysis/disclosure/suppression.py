"""Suppression over all the figures of an edition at once.

Readings of a distribution come first. Primary suppression follows the table of thresholds, and
hides a cell whose primary reading would show a small group. Then the complements: where the
categories of a table add up to a published total, no hidden category may be found by subtraction.
Then the readings of one distribution: together they give its level counts back, so the levels of a
cell with a small one are told in groups, in as many categories as keep a group's levels from being
found by subtraction, and a reading that tells more than the groups is hidden. Counts and shares
that are no reading follow the thresholds and the complements of their table. A figure made
from others is shown only where all of them are. Last, what names a site is left out of what the
public gets.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Any

import numpy as np
import polars as pl

from analysis.disclosure.earlier import Earlier, Past
from analysis.disclosure.policy import Audience, Status, status_of_base
from analysis.disclosure.sites import names_a_site
from analysis.storage import Figures, Released
from analysis.storage.figures import NUMBERS
from analysis.study import Definition, Study, Thresholds
from analysis.study.levels import Group, level_groups, levels_id

TOTAL = "total"
CELL = ("directorate", "wave", "item", "channels", "breakdown", "category")
COUNTED_TABLE = ("layer", "directorate", "wave", "indicator", "definition", "breakdown")
COUNTED_KINDS = ("count", "share", "measure")
MEASURE = "measure"
"""A figure of those who manage: of whole services, so that no base makes it fragile."""

FigureRow = Mapping[str, Any]
"""A row of `storage.Figures`."""


def release(
    figures: pl.DataFrame,
    study: Study,
    *,
    audience: Audience,
    published: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """What an audience may see of all the figures of an edition.

    Args:
        figures: `storage.Figures` of every layer, directorate and wave of the edition.
        study: Thresholds, definitions and sensitive questions.
        audience: Who reads it.
        published: `storage.Published` of earlier editions, one after the other: what they hid and
            what is hidden here is found from none of them together.

    Returns:
        `storage.Released`: the same figures by key; hidden ones without number or word. Those of
        one site are not handed to the public at all: a key names it.

    """
    Figures.validate(figures)
    rows = list(figures.iter_rows(named=True))
    status = dict.fromkeys((row["key"] for row in rows), Status.SHOWN)
    direct = [row for row in rows if row["counts"] is not None]
    earlier = Earlier.of(published, figures, at_least=study.thresholds.suppressed_below)
    status |= _measure_status(direct, study, audience, earlier)
    status |= _status_of_counts(
        [row for row in rows if _has_counts(row)], study.thresholds, audience, earlier
    )
    _hide_derived([row for row in rows if row["made_from"]], status)
    statuses = [status[row["key"]] for row in rows]
    hidden = pl.Series([cell_status.hidden for cell_status in statuses], dtype=pl.Boolean)
    released = figures.with_columns(
        pl.Series("status", [cell_status.value for cell_status in statuses], dtype=pl.String),
        *(pl.when(~hidden).then(pl.col(name)).alias(name) for name in NUMBERS),
    )
    released = released.with_columns(
        base=pl.when(pl.col("kind") != MEASURE).then(pl.col("base")),  # it counts no answers
        word=pl.when(hidden).then(pl.lit("")).otherwise(pl.col("word")),
        audience=pl.lit(audience.value),
    )
    if audience is Audience.PUBLIC:
        released = released.filter(~names_a_site(study))
    return Released.validate(released.select(Released.column_names()).sort("key"))


def _measure_status(
    rows: Sequence[FigureRow], study: Study, audience: Audience, earlier: Earlier
) -> dict[str, Status]:
    """Key → status, for the measures (shares, means, balances) of distributions."""
    thresholds = study.thresholds
    cells: dict[Key, _Cell] = {}
    for row in rows:
        cell = cells.setdefault(_key(row), _Cell(row["base"], row["counts"]))
        cell.measures.setdefault(row["definition"], Status.SHOWN)
        cell.scores[row["definition"]] = _scores(row, study)
        if row["kind"] == "level_share":
            cell.levels.add(row["definition"])
        cell.recall(row, earlier)
    for key, cell in cells.items():
        cell.status = _cell_status(key, cell, study, audience)
    tables = _tables(cells)
    for total_key, table in tables:
        sensitive = study.item(total_key[CELL.index("item")]).sensitive
        sides = partial(_smaller_sides, study, total_key) if sensitive else _no_sides
        _keep_hidden(table, thresholds)
        total = cells[total_key]
        if not _hide_complements(table, thresholds, sides) and not total.known:
            total.status = Status.SUPPRESSED
    for key, cell in cells.items():
        scores = [primary.scores(len(cell.counts)) for primary in _primaries(study, key)[:1]]
        alike = scores[0] if scores else [0.0] * len(cell.counts)
        cell.groups = level_groups(cell.counts, alike, at_least=thresholds.suppressed_below)
        for group in cell.known_groups():
            cell.join(group)
    for total_key, table in tables:
        _join_groups(cells[total_key], table, at_least=thresholds.suppressed_below)
    for key, cell in cells.items():
        _hide_measures(cell, _primaries(study, key), thresholds)
    for total_key, table in tables:
        _hide_lone_measures(cells[total_key], table)
    return {row["key"]: cells[_key(row)].measures[row["definition"]] for row in rows}


def _has_counts(row: FigureRow) -> bool:
    """Whether a figure counts people and is not a measure of a distribution."""
    return row["counts"] is None and row["base"] is not None and row["kind"] in COUNTED_KINDS


def _status_of_counts(
    rows: Sequence[FigureRow], thresholds: Thresholds, audience: Audience, earlier: Earlier
) -> dict[str, Status]:
    """Key → status, for counts, shares and measures by category. Those on bases under the
    threshold are hidden; where that hides one category of a table alone, a second is hidden too,
    since the first could be found by subtraction. An empty category is no secret.
    """
    tables: dict[Key, list[_Cell]] = {}
    for row in sorted(rows, key=lambda row: (row["base"], row["category"])):
        cell = _Cell(row["base"], [], name=row["key"])
        if row["kind"] == MEASURE and cell.base >= thresholds.suppressed_below:
            cell.status = Status.SHOWN
        elif cell.base:
            cell.status = status_of_base(cell.base, thresholds, audience)
        cell.recall(row, earlier)
        if cell.secret and not cell.status.hidden:
            cell.status = Status.SUPPRESSED
        tables.setdefault(tuple(str(row[name]) for name in COUNTED_TABLE), []).append(cell)
    for table in tables.values():
        _keep_hidden(table, thresholds)
        _hide_complements(table, thresholds, _no_sides)
    return {cell.name: cell.status for table in tables.values() for cell in table}


def _hide_derived(rows: Sequence[FigureRow], status: dict[str, Status]) -> None:
    """Sets the status of figures derived from others to that of the first hidden one, however long
    the chain; a figure missing from the edition counts as hidden.
    """
    while True:
        newly_hidden = {}
        for row in rows:
            if status[row["key"]].hidden:
                continue
            parts = [status.get(part, Status.UNAVAILABLE) for part in row["made_from"]]
            hidden = next((part for part in parts if part.hidden), None)
            if hidden is not None:
                newly_hidden[row["key"]] = hidden
        if not newly_hidden:
            return
        status.update(newly_hidden)


# --- cells ----------------------------------------------------------------------------------------

Key = tuple[str, ...]


@dataclass
class _Cell:
    """One cell of a table.

    Attributes:
        base: Unweighted answers.
        counts: Those of each level, worst first.
        status: Of the cell.
        measures: Definition → status.
        scores: Definition → what it counts for each level; None where the study does not say.
        levels: The definitions that are shares of levels.
        known: The definitions that an earlier edition showed.
        secret: Those that earlier editions hid, and none showed.
        past: Earlier edition → what it made of it.
        groups: The levels that are told together.

    """

    base: int
    counts: Sequence[int]
    status: Status = Status.SHOWN
    name: str = ""
    measures: dict[str, Status] = field(default_factory=dict)
    scores: dict[str, Sequence[float] | None] = field(default_factory=dict)
    levels: set[str] = field(default_factory=set)
    known: set[str] = field(default_factory=set)
    secret: set[str] = field(default_factory=set)
    past: dict[str, Past] = field(default_factory=dict)
    groups: list[Group] = field(default_factory=list)

    def recall(self, row: FigureRow, earlier: Earlier) -> None:
        """Notes what earlier editions made of one of its figures."""
        key, definition = row["key"], row["definition"]
        if earlier.is_known(key):
            self.known.add(definition)
        elif earlier.is_secret(key):
            self.secret.add(definition)
        if definition not in self.levels:
            for edition, past in earlier.of_figure(key).items():
                self.past.setdefault(edition, past)

    @property
    def was_hidden(self) -> bool:
        """Whether earlier editions hid all of it."""
        return not self.known and bool(self.secret) and self.secret >= set(self.scores)

    def hidden_in(self, edition: str) -> bool:
        """Whether an earlier edition hid it, as it is today."""
        past = self.past.get(edition)
        return past is not None and past.same and past.status.hidden and past.base != 0

    def known_groups(self) -> list[Group]:
        """The groups of levels that an earlier edition told together, and not apart."""
        found = []
        for name in sorted(self.known & self.levels):
            scores = self.scores[name] or []
            ranks = [rank for rank, score in enumerate(scores) if score]
            apart = any(
                other in self.secret and self._lies_in(other, ranks) for other in self.levels
            )
            if len(ranks) > 1 and apart:
                found.append((ranks[0], ranks[-1]))
        return found

    def _lies_in(self, name: str, ranks: Sequence[int]) -> bool:
        scores = self.scores[name] or []
        return all(rank in ranks for rank, score in enumerate(scores) if score)

    def hides(self, group: Group) -> bool:
        """Whether nothing that it shows tells the levels of a group apart."""
        return self.status.hidden or any(
            first <= group[0] and group[1] <= last for first, last in self.groups
        )

    def tells_groups_only(self, definition: str) -> bool:
        """Whether a measure tells no more than how many answers each group has."""
        scores = self.scores[definition]
        if scores is None:
            return len(self.groups) == len(self.counts)
        return all(len(set(scores[first : last + 1])) == 1 for first, last in self.groups)

    def tells(self, group: Group) -> bool:
        """Whether the measures that it may show give the answers of a group of levels, beside its
        base.
        """
        shown = {
            tuple(scores)
            for name, scores in self.scores.items()
            if scores is not None and self.tells_groups_only(name)
        }
        return _give(frozenset(shown), len(self.counts), group)

    def join(self, group: Group) -> None:
        """Tells the levels of a group together, with those that are told with one of them."""
        parts = [part for part in self.groups if part[0] <= group[1] and group[0] <= part[1]]
        kept = [part for part in self.groups if part not in parts]
        self.groups = sorted([*kept, (parts[0][0], parts[-1][1])])

    def smaller_side(self, primary: Definition) -> int:
        """The unweighted answers on the smaller side of a share."""
        favourable = sum(self.counts[len(self.counts) - (primary.top or 0) :])
        return min(favourable, self.base - favourable)


@lru_cache(maxsize=1 << 16)  # cells are many, and the measures of questions few
def _give(measures: frozenset[tuple[float, ...]], levels: int, group: Group) -> bool:
    """Whether measures (the score of each level) give the answers of a group of levels, beside the
    base.
    """
    sought = [float(group[0] <= rank <= group[1]) for rank in range(levels)]
    known = np.array([[1.0] * levels, *sorted(measures)])
    return bool(np.linalg.matrix_rank(np.vstack([known, sought])) == np.linalg.matrix_rank(known))


def _key(row: FigureRow) -> Key:
    return tuple(str(row[name]) for name in CELL)


def _scores(row: FigureRow, study: Study) -> Sequence[float] | None:
    """What the definition of a measure counts for each level; None where the study does not say."""
    levels = len(row["counts"])
    if row["kind"] == "level_share":
        codes = study.scale(row["item"]).codes
        groups = [(first, last) for first in range(levels) for last in range(first, levels)]
        named = {levels_id(codes, group): group for group in groups}
        first, last = named[row["definition"]]
        return [float(first <= rank <= last) for rank in range(levels)]
    known = {definition.id: definition for definition in study.definitions}
    definition = known.get(row["definition"])
    return None if definition is None else definition.scores(levels)


def _primaries(study: Study, key: Key) -> list[Definition]:
    """The primary definitions of the indicators of a cell's item, in the study's order."""
    item = key[CELL.index("item")]
    return [
        study.definition(indicator.definitions[0])
        for indicator in study.indicators
        if indicator.item == item
    ]


def _cell_status(key: Key, cell: _Cell, study: Study, audience: Audience) -> Status:
    """What the base allows, whether a share would show a small group on one of its sides, and
    whether earlier editions hid it.
    """
    thresholds = study.thresholds
    status = status_of_base(cell.base, thresholds, audience)
    if status.hidden:
        return status
    small = _has_small_side(_smaller_sides(study, key, [cell]), thresholds)
    return Status.SUPPRESSED if small or cell.was_hidden else status


def _smaller_sides(study: Study, key: Key, cells: Sequence[_Cell]) -> list[int]:
    """The answers on the smaller side of each primary share, over some cells of an item together;
    those that are no secret, 0 where the item is not sensitive, are left out.
    """
    together = _Cell(
        base=sum(cell.base for cell in cells),
        counts=[sum(counts) for counts in zip(*(cell.counts for cell in cells), strict=True)],
    )
    sides = [
        together.smaller_side(primary)
        for primary in _primaries(study, key)
        if primary.kind == "top_share"
    ]
    sensitive = study.item(key[CELL.index("item")]).sensitive
    return [side for side in sides if side > 0 or sensitive]


def _no_sides(_cells: Sequence[_Cell]) -> list[int]:
    """Of what has no secret sides."""
    return []


def _has_small_side(sides: Sequence[int], thresholds: Thresholds) -> bool:
    return any(side < thresholds.suppressed_below for side in sides)


def _tables(cells: dict[Key, _Cell]) -> list[tuple[Key, list[_Cell]]]:
    """Keys of published totals, each with the cells that add up to it: the categories of a
    breakdown of the same channels and item.
    """
    tables: dict[Key, list[_Cell]] = {}
    for key, cell in cells.items():
        *table, breakdown, _ = key
        if breakdown != TOTAL and (*table, TOTAL, TOTAL) in cells:
            tables.setdefault((*table, breakdown), []).append(cell)
    return [((*key[:-1], TOTAL, TOTAL), table) for key, table in tables.items()]


def _keep_hidden(table: list[_Cell], thresholds: Thresholds) -> None:
    """Hides cells of other answers than an earlier edition hid, where to show them would tell what
    they were: the others being the same, by how much they grew is known.
    """
    for edition in sorted({edition for cell in table for edition in cell.past}):
        shown = [
            cell
            for cell in table
            if not cell.status.hidden
            and (past := cell.past.get(edition)) is not None
            and past.status.hidden
            and not past.same
        ]
        were = sum(cell.past[edition].base or 0 for cell in shown)
        if shown and (len(shown) < 2 or were < thresholds.suppressed_below):
            for cell in shown:
                cell.status = Status.SUPPRESSED


def _hide_complements(
    table: list[_Cell],
    thresholds: Thresholds,
    smaller_sides: Callable[[Sequence[_Cell]], list[int]],
) -> bool:
    """Hides the smallest shown cells until no hidden cell can be found by subtracting the shown
    ones from the total, nor a small group in the hidden cells together, where `smaller_sides`
    counts the answers on their sides: those of a sensitive question. What an earlier edition showed
    hides nothing, and what one hid together is known together. Gives whether that is enough, or is
    all that can be done without such cells.
    """
    while True:
        unknown = [cell for cell in table if cell.base > 0 and not cell.known]
        hidden = [cell for cell in unknown if cell.status.hidden]
        editions = {edition for cell in table for edition in cell.past}
        since = [[cell for cell in hidden if not cell.hidden_in(edition)] for edition in editions]
        published = sorted(
            (cell for cell in unknown if not cell.status.hidden), key=lambda cell: cell.base
        )
        enough = all(
            len(together) >= 2
            and sum(cell.base for cell in together) >= thresholds.suppressed_below
            and not _has_small_side(smaller_sides(together), thresholds)
            for together in filter(None, [hidden, *since])
        )
        if not hidden or enough or not published:
            return not hidden or enough or not editions
        published[0].status = Status.SUPPRESSED


# --- readings -------------------------------------------------------------------------------------


def _join_groups(total: _Cell, table: list[_Cell], *, at_least: int) -> None:
    """Tells the levels that one category tells together in others too, the smallest first, until
    none of those that the total tells apart can be found by subtraction, nor holds a few answers in
    the categories that hide it.
    """
    hidden = [(cell, group) for cell in table for group in cell.groups if group[0] < group[1]]
    while hidden:
        _, group = hidden.pop()
        apart = [part for part in total.groups if group[0] <= part[0] and part[1] <= group[1]]
        if total.hides(group) or not apart:
            continue
        while others := [cell for cell in table if cell.base > 0 and not cell.hides(group)]:
            hiding = [cell for cell in table if cell.base > 0 and cell.hides(group)]
            together = [
                sum(sum(cell.counts[first : last + 1]) for cell in hiding)
                for first, last in apart
                if any(total.counts[first : last + 1])
                and all(cell.tells((first, last)) for cell in (total, *others))
            ]
            if len(hiding) > 1 and all(count >= at_least for count in together):
                break
            smallest = min(others, key=lambda cell: cell.base)
            smallest.join(group)
            hidden += [(smallest, part) for part in smallest.groups if part[0] < part[1]]


def _hide_measures(cell: _Cell, primaries: list[Definition], thresholds: Thresholds) -> None:
    """Sets the status of each measure of a cell: shown where it tells no more than the groups of
    its levels; of a small base, the first primary one alone.
    """
    exempt = {primary.id for primary in primaries[:1]}  # none: a question that no indicator follows
    for name in cell.measures:
        status = Status.SUPPRESSED if name in cell.secret else cell.status
        if not status.hidden and name not in exempt:
            if cell.base < thresholds.fragile_below or not cell.tells_groups_only(name):
                status = Status.SUPPRESSED
            elif name in cell.levels and cell.base < thresholds.caution_below:
                status = Status.UNAVAILABLE
        cell.measures[name] = status


def _hide_lone_measures(total: _Cell, table: list[_Cell]) -> None:
    """Hides a measure in a second category where it is hidden in one category alone and shown for
    the total.
    """
    for name, status in total.measures.items():
        unknown = [cell for cell in table if cell.base > 0 and name not in cell.known]
        hidden = [cell for cell in unknown if cell.measures.get(name, Status.SHOWN).hidden]
        published = [
            cell for cell in unknown if not cell.measures.get(name, Status.UNAVAILABLE).hidden
        ]
        if not status.hidden and len(hidden) == 1 and published:
            min(published, key=lambda cell: cell.base).measures[name] = Status.SUPPRESSED
