"""Who is who: python -m benchmarks.site_attack [EDITION]

Plays, on every file of an edition, someone who holds the list of sites with the true result and
number of answers of each: looks for their names and their results, and matches each series of marks
or rows that is as long as a list of sites to it, in all the orders that the list has. By default
the latest edition of the demonstration, against the tables that it was made from; beside it, the
funnel as it was once drawn from the same sites, which gives all of them away.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from scipy import stats

from analysis.indicators.sites import POOLED_WAVES
from analysis.publishing import charts
from analysis.storage import LAYERS, read_table
from analysis.study import Study, Workspace, open_study
from analysis.study.scope import Scope
from benchmarks.traces import Content, Points, Trace, read, read_edition

STUDY = "cd93"
LEVEL = 0.01
"""How seldom the best of all the matches that were tried passes its limit by chance."""

FEWEST = 5
"""Sites of a list that is matched: of fewer, chance places all right too often."""

DIGITS = 8
"""Of a result, by which it is recognised in a text."""


@dataclass(frozen=True)
class KnownSites:
    """The sites of a kind, as the attacker knows them.

    Attributes:
        title: Whose they are.
        ids, labels: In the order of the parameters.
        results: (K, R) what each might be drawn by: its result, in several ways.
        sizes: (K, S) its answers, in all and in each wave.

    """

    title: str
    ids: tuple[str, ...]
    labels: tuple[str, ...]
    results: Points
    sizes: Points

    def orders(self) -> dict[str, list[int]]:
        """Every order that the list can be put in."""
        places = range(len(self.ids))
        orders = {
            "parameters": list(places),
            "identifiers": sorted(places, key=lambda place: self.ids[place]),
            "labels": sorted(places, key=lambda place: self.labels[place].casefold()),
        }
        for column in range(self.sizes.shape[1]):
            order = np.argsort(self.sizes[:, column], kind="stable").tolist()
            orders |= {f"size {column}": order, f"size {column}, falling": order[::-1]}
        return orders


@dataclass(frozen=True)
class Match:
    """The best match of a series to a list of sites.

    Attributes:
        where: The series.
        sites: How many sites there are.
        recovered: How many of them it places right.
        chance: How many a random match places right on average.
        tried: How many matches were tried.

    """

    where: str
    sites: int
    recovered: int
    chance: float
    tried: int

    def limit(self, tried: int) -> int:
        """How many sites the best of `tried` random matches places right, once in a hundred: those
        of one match are about a Poisson variable.
        """
        return int(stats.poisson.ppf(1 - LEVEL / tried, self.chance))


@dataclass(frozen=True)
class Attack:
    """What was found in one file.

    Attributes:
        file, kind: The file, and the end of its name.
        named: Sites whose identifier or name stands in it.
        results: Sites whose result stands in it, to eight digits.
        matches: Of the series as long as a list of sites.

    """

    file: str
    kind: str
    named: frozenset[str]
    results: frozenset[str]
    matches: tuple[Match, ...]


def successes(found: Sequence[Attack]) -> list[str]:
    """The files, or the series in them, that tell sites, where that is more than chance would."""
    tried = sum(match.tried for one in found for match in one.matches)
    told = [one.file for one in found if one.named or one.results]
    return told + [
        match.where
        for one in found
        for match in one.matches
        if match.recovered > match.limit(tried)
    ]


# --- what the attacker knows ----------------------------------------------------------------------


def known_sites(workspace: Workspace, study: Study, wave: str) -> list[KnownSites]:
    """The sites that answered, of each directorate, together and by kind, open ones alone and all:
    from the tables of the workshop.
    """
    known: dict[tuple[str, ...], KnownSites] = {}
    for directorate in study.directorates:
        facts = _facts(workspace, study, directorate.id, wave)
        answered = [site for site in directorate.sites if site.id in facts]
        open_now = {site.id for site in study.open_sites(directorate.id, wave, study.overall.item)}
        kinds = {site.kind for site in answered}
        for kind in (None, *sorted(kinds)):
            for closed_too in (False, True):
                chosen = [
                    site
                    for site in answered
                    if kind in (None, site.kind) and (closed_too or site.id in open_now)
                ]
                ids = tuple(site.id for site in chosen)
                if len(ids) < FEWEST:
                    continue
                known.setdefault(
                    ids,
                    KnownSites(
                        title=" ".join(
                            [directorate.acronym, *filter(None, [kind]), *["all"] * closed_too]
                        ),
                        ids=ids,
                        labels=tuple(site.label for site in chosen),
                        results=np.array([facts[name][0] for name in ids]),
                        sizes=np.array([facts[name][1] for name in ids]),
                    ),
                )
    return list(known.values())


Facts = tuple[list[float], list[float]]
"""What a site might be drawn by: its results, and its sizes, in several ways."""


def _facts(workspace: Workspace, study: Study, directorate: str, wave: str) -> dict[str, Facts]:
    """Site → as it is compared, its waves pooled, and now; its effective sample size, its answers
    in all, and those of each wave.
    """
    by_site = [breakdown.id for breakdown in study.breakdowns if breakdown.by == "site"]
    tables = []
    for period in study.waves_until(wave)[-POOLED_WAVES:]:
        path = workspace.table(study.id, "estimates", Scope(directorate, period.id))
        if path.exists():
            tables.append(read_table(path, LAYERS["estimates"].schema, hint=""))
    estimates = pl.concat(tables).filter(
        pl.col("breakdown").is_in(by_site)
        & (pl.col("indicator") == study.overall.id)
        & (pl.col("definition") == study.overall.definitions[0])
        & pl.col("value").is_not_null()
    )
    path = workspace.table(study.id, "sites", Scope(directorate, wave))
    compared = read_table(path, LAYERS["sites"].schema, hint="publish first.")
    shown = {row["category"]: row for row in compared.filter(role="site").iter_rows(named=True)}
    facts: dict[str, Facts] = {}
    for (name,), rows in estimates.group_by("category", maintain_order=True):
        values, bases = (rows.get_column(column).to_numpy() for column in ("value", "base"))
        waves = dict(rows.select("wave", "base").iter_rows())
        pooled = float(np.average(values, weights=bases))
        row = shown.get(str(name), {"value": pooled, "size": float(bases.sum())})
        sizes = [row["size"], float(bases.sum())]
        sizes += [float(waves.get(w, 0)) for w in sorted(set(estimates.get_column("wave")))]
        facts[str(name)] = ([row["value"], pooled, float(values[-1])], sizes)
    return facts


# --- the attack -----------------------------------------------------------------------------------


def attack(content: Content, known: Sequence[KnownSites]) -> Attack:
    """What one file tells of the sites."""
    text = content.text.casefold()
    named, results = set(), set()
    for sites in known:
        for place, (name, label) in enumerate(zip(sites.ids, sites.labels, strict=True)):
            plain = label.removesuffix("(fictif)").strip()
            if name.casefold() in text or plain.casefold() in text:
                named.add(name)
            numbers = (*sites.results[place], sites.sizes[place, 0])
            telling = [number for number in numbers if round(number, 3) != number]  # not 100 %
            if any(f"{number:.15f}"[: DIGITS + 2] in text for number in telling):
                results.add(name)
    matches = [
        best_match(trace, sites)
        for trace in content.traces
        for sites in known
        if len(trace.points) == len(sites.ids)
    ]
    found = (frozenset(named), frozenset(results))
    return Attack(content.file, content.kind, *found, tuple(matches))


def best_match(trace: Trace, sites: KnownSites) -> Match:
    """The match of the attacker's that places most sites right, beside random ones.

    A series may be in the order of the file or of one of its coordinates, and a site is placed
    right where its rank among the true results is that of its mark along another coordinate; marks
    at one coordinate share their ranks.
    """
    places = np.arange(len(sites.ids))
    best, tried = (0, 1.0), 0
    for along, table in _rank_tables(trace.points, sites.results):
        for marks in _mark_orders(trace.points, without=along):
            for order in _site_orders(sites, marks):
                recovered = int(table[places, order].sum())
                best = max(best, (recovered, float(table.mean(axis=1).sum())))
                tried += 1
    recovered, chance = best
    return Match(f"{trace.where}, {sites.title}", len(places), recovered, chance, tried)


def _rank_tables(points: Points, results: Points) -> list[tuple[int, np.typing.NDArray[np.bool_]]]:
    """Per coordinate, direction and result: (K, K) whether a mark may be a site."""
    tables = []
    for column in range(points.shape[1]):
        if len(np.unique(points[:, column])) < 2:
            continue
        for sign in (1, -1):
            marks = np.round(sign * points[:, column], 6)
            first = np.searchsorted(np.sort(marks), marks, side="left")
            last = np.searchsorted(np.sort(marks), marks, side="right")
            for result in results.T:
                rank = np.argsort(np.argsort(result, kind="stable"))
                held = (first[:, None] <= rank[None, :]) & (rank[None, :] < last[:, None])
                tables.append((column, held))
    return tables


def _mark_orders(points: Points, *, without: int) -> Iterator[list[int]]:
    """The orders of marks: that of the file, and those along the other coordinates."""
    yield list(range(len(points)))
    for column in range(points.shape[1]):
        if column != without:
            yield np.argsort(points[:, column], kind="stable").tolist()


def _site_orders(sites: KnownSites, marks: list[int]) -> Iterator[list[int]]:
    """Each order of the list, laid over an order of marks: the site of each mark of the file."""
    for order in sites.orders().values():
        laid = [0] * len(marks)
        for mark, site in zip(marks, order, strict=True):
            laid[mark] = site
        yield laid


def old_funnel(sites: KnownSites) -> bytes:
    """The funnel of these sites as it was once published: dots in the order of identifiers, at
    their exact results and sizes.
    """
    order = sites.orders()["identifiers"]

    def draw(axes: Axes) -> None:
        axes.scatter(sites.sizes[order, 0], 100 * sites.results[order, 0], s=46)

    (image,) = charts.images((".svg",), height=3.6, mark=None, draw=draw)
    return image


# --- the command ----------------------------------------------------------------------------------


def main(folder: Path | None) -> int:
    """Prints one line per kind of file, and the funnel as it once was; 1 where a site was found."""
    workspace = Workspace.find(Path.cwd())
    study = open_study(workspace, STUDY)
    editions = sorted((workspace.reports / "editions" / STUDY).glob("*/v*"))
    edition = folder or (editions[-1] if editions else None)
    if edition is None:
        print(f"no edition of {STUDY}: make publish")
        return 2
    wave = json.loads((edition / "edition.json").read_text(encoding="utf-8"))["wave"]
    known = known_sites(workspace, study, wave)
    print(f"{edition}; sites: {', '.join(f'{len(s.ids)} ({s.title})' for s in known)}")
    found = [attack(content, known) for content in read_edition(edition)]
    before = [(sites, attack(read("old.svg", old_funnel(sites)), known)) for sites in known]
    tried = sum(match.tried for one in found for match in one.matches)
    print(f"{tried} matches tried; beside what was recovered, what chance allows the best of them")
    print(
        f"{'files':<28} {'number':>6} {'named':>6} {'results':>8} {'series':>7} {'recovered':>15}"
    )
    for kind in sorted({one.kind for one in found}):
        _print_line(kind, [one for one in found if one.kind == kind], tried)
    for sites, one in before:
        _print_line(f"once: funnel, {sites.title}", [one], tried)
    told = successes(found)
    print("\n".join(told) if told else "no site was told")
    return int(bool(told))


def _print_line(name: str, found: Sequence[Attack], tried: int) -> None:
    matches = [match for one in found for match in one.matches]
    best = max(matches, key=lambda match: match.recovered - match.limit(tried), default=None)
    said = "-"
    if best is not None:
        said = f"{best.recovered} of {best.sites} ({best.limit(tried)})"
    named = len(frozenset().union(*(one.named for one in found)))
    results = len(frozenset().union(*(one.results for one in found)))
    print(f"{name:<28} {len(found):>6} {named:>6} {results:>8} {len(matches):>7} {said:>15}")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else None))
