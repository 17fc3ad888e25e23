"""Counts and observations of simulated devices as the exports that real tools give."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np
import polars as pl
import xlsxwriter

from analysis.simulation.flow_plan import FlowPlan, GridPlan, GridTask
from analysis.simulation.plan import SimulationPlan
from analysis.simulation.raw_file import RawFile
from analysis.study import Study, Wave
from analysis.study.listening import Device
from analysis.study.months import first_of_month

ANSWERED_IN = 5
"""Days in which a message is answered in time."""

OPEN, CLOSED = 9, 18
"""Hours of a call centre."""

Rows = Iterable[Sequence[object]]


@dataclass(frozen=True)
class Written:
    """A table as a tool writes it."""

    header: list[str]
    rows: Rows
    encoding: str
    delimiter: str

    @property
    def content(self) -> bytes:
        """The bytes of its file; behind a byte-order mark where the encoding has one."""
        stream = io.StringIO()
        stream.write("\ufeff" if self.encoding == "utf-16-le" else "")
        writer = csv.writer(stream, delimiter=self.delimiter, lineterminator="\r\n")
        writer.writerow(self.header)
        writer.writerows(self.rows)
        return stream.getvalue().encode(self.encoding)


@dataclass(frozen=True)
class _Counted:
    """What a device counted in the months of a file.

    Attributes:
        counts: Columns series, directorate, month, count.
        flow: Its plan.

    """

    counts: pl.DataFrame
    flow: FlowPlan

    @property
    def places(self) -> dict[tuple[str, bool], str]:
        """Product, and whether after its place changed its number → how the tool calls the
        place.
        """
        products = self.counts["directorate"].unique(maintain_order=True).to_list()
        places = {(product, False): f"{100 + n}" for n, product in enumerate(products)}
        again = [(n, p) for n, p in enumerate(products) if p in self.flow.renumbered]
        return places | {(product, True): f"{200 + n}" for n, product in again}

    def place(self, product: str, month: date) -> str:
        """How the tool calls the place of a product in a month."""
        since = self.flow.renumbered.get(product)
        return self.places[product, since is not None and month >= first_of_month(since)]

    def by_month(self) -> list[dict[str, Any]]:
        """A row per product and month, with a column per series."""
        wide = self.counts.pivot("series", index=["directorate", "month"], values="count")
        missing = [
            pl.lit(0, dtype=pl.Int64).alias(name)
            for name in self.flow.series
            if name not in wide.columns
        ]
        return wide.with_columns(*missing).sort("month", "directorate").to_dicts()


def write_flows(
    flows: pl.DataFrame, study: Study, plan: SimulationPlan, wave: Wave
) -> list[RawFile]:
    """A file per device of what it counted since the wave before, in its tool's format."""
    files = []
    for name, flow in plan.flows.items():
        waves = study.waves_until(wave.id)
        start = flow.first if len(waves) == 1 else waves[-2].end + timedelta(days=1)
        months = pl.col("month").is_between(first_of_month(start), first_of_month(wave.end))
        counted = flows.filter(months, pl.col("device") == name)
        if counted.is_empty():
            continue
        rng = np.random.default_rng([plan.seed, wave.start.toordinal(), *name.encode()])
        device = _Counted(counted, flow)
        content = _FORMATS[flow.reader](device, rng).content
        last = first_of_month(wave.end, before=-1) - timedelta(days=1)
        table: dict[str, Any] = {
            "device": name,
            "products": {place: product for (product, _), place in sorted(device.places.items())},
            "series": {series.counts: key for key, series in flow.series.items()},
        }
        if flow.reader in ("calls", "tickets", "polls", "experiences"):
            table["covers"] = {"start": first_of_month(start), "end": last}
        if flow.reader == "tickets":
            table["within_days"] = ANSWERED_IN
        files.append(RawFile(f"{name}.csv", content, flow.reader, None, described={"flow": table}))
    return files


_MATOMO = {
    "visits": "Visites",
    "searches": "Recherches",
    "searches_without_result": "Recherches sans résultat",
}


def _matomo(device: _Counted, rng: np.random.Generator) -> Written:
    """UTF-16, headers in French, unique visitors that must not be added up."""
    series = {key: _MATOMO[one.counts] for key, one in device.flow.series.items()}
    header = ["Mois", "Site", "Visiteurs uniques", *series.values()]
    rows = [
        [
            f"{row['month']:%Y-%m}",
            device.place(row["directorate"], row["month"]),
            int(next(iter(row[key] or 0 for key in series)) * rng.uniform(0.55, 0.65)),
            *("" if row[key] is None else row[key] for key in series),
        ]
        for row in device.by_month()
    ]
    return Written(header, rows, encoding="utf-16-le", delimiter="\t")


def _calls(device: _Counted, rng: np.random.Generator) -> Written:
    """Half hours of working days; durations beyond a day; the hour that comes twice in autumn."""
    names = {one.counts: key for key, one in device.flow.series.items()}
    header = ["Intervalle", "File", "Présentés", "Décrochés", "Durée moyenne"]
    rows: list[list[object]] = []
    for row in device.by_month():
        starts = _half_hours(row["month"])
        shares = np.full(len(starts), 1 / len(starts))
        offered, answered = (
            rng.multinomial(row[names[name]] or 0, shares) for name in ("offered", "answered")
        )
        place = device.place(row["directorate"], row["month"])
        rows += [
            [f"{start:%d/%m/%Y %H:%M}", place, int(a), int(b), f"{24 + int(a) % 9}:05:00"]
            for start, a, b in zip(starts, offered, answered, strict=True)
        ]
    return Written(header, rows, encoding="cp1252", delimiter=";")


def _half_hours(month: date) -> list[datetime]:
    days = (first_of_month(month, before=-1) - month).days
    starts = [
        datetime.combine(month + timedelta(days=day), time(hour, minute))
        for day in range(days)
        for hour in range(OPEN, CLOSED)
        for minute in (0, 30)
        if (month + timedelta(days=day)).weekday() < 5
    ]
    if month.month == 10:
        last = max(day for day in range(25, 32) if date(month.year, 10, day).weekday() == 6)
        starts += [datetime(month.year, 10, last, 2, 30)] * 2  # noqa: DTZ001 - local times
    return starts


def _tickets(device: _Counted, rng: np.random.Generator) -> Written:
    """A row per message, with a person in its subject; some are not answered yet."""
    names = {one.counts: key for key, one in device.flow.series.items()}
    header = ["id", "created_at", "first_reply_at", "queue", "subject"]
    rows: list[list[object]] = []
    for row in device.by_month():
        place = device.place(row["directorate"], row["month"])
        minutes = (first_of_month(row["month"], before=-1) - row["month"]).days * 24 * 60
        received, in_time = row[names["received"]] or 0, row[names["answered_in_time"]] or 0
        for number in range(received):
            created = datetime.combine(row["month"], time.min) + timedelta(
                minutes=int(rng.integers(0, minutes))
            )
            wait = rng.uniform(0.1, 4.9) if number < in_time else rng.uniform(5.1, 30)
            answered = number < in_time or rng.uniform() < 0.8
            reply = f"{created + timedelta(days=float(wait)):%Y-%m-%d %H:%M:%S}" if answered else ""
            name = f"{place}-{row['month']:%y%m}-{number}"
            subject = "Rappelez prenom.nom@exemple.invalid"
            rows.append([name, f"{created:%Y-%m-%d %H:%M:%S}", reply, place, subject])
    return Written(header, rows, encoding="utf-8", delimiter=",")


def _monthly(device: _Counted, _rng: np.random.Generator) -> Written:
    """Months by their French names, thousands apart by a narrow space."""
    header = ["Mois", "Produit", *(one.counts for one in device.flow.series.values())]
    rows = [
        [
            f"{row['month']:%m/%Y}",
            device.place(row["directorate"], row["month"]),
            *(
                "" if row[key] is None else f"{row[key]:,}".replace(",", "\u202f")
                for key in device.flow.series
            ),
        ]
        for row in device.by_month()
    ]
    return Written(header, rows, encoding="utf-8", delimiter=";")


def _polls(device: _Counted, rng: np.random.Generator) -> Written:
    """A poll a week, each with its options."""
    header = ["date", "account", "poll", "option", "votes"]
    rows: list[list[object]] = []
    for row in device.by_month():
        place = device.place(row["directorate"], row["month"])
        for key, series in device.flow.series.items():
            votes = rng.multinomial(row[key] or 0, [0.25] * 4)
            rows += [
                [row["month"] + timedelta(days=7 * week), place, week, series.counts, int(count)]
                for week, count in enumerate(votes)
            ]
    rows = [[when, place, f"{when:%y%m}{week}", *rest] for when, place, week, *rest in rows]
    return Written(header, rows, encoding="utf-8", delimiter=",")


def _experiences(device: _Counted, rng: np.random.Generator) -> Written:
    """A row per experience, with what nobody may read; headers as an earlier version wrote them."""
    header = ["ID Expérience", "Ecrit le", "Titre", "Description", "Pseudonyme usager"]
    header += ["Ressenti usager", "Intitulé Structure 1"]
    rows: list[list[object]] = []
    for row in device.by_month():
        place = device.place(row["directorate"], row["month"])
        for key, series in device.flow.series.items():
            for number in range(row[key] or 0):
                day = row["month"] + timedelta(days=int(rng.integers(0, 28)))
                name = f"{place}{row['month']:%y%m}{series.counts[:3]}{number}"
                text = '=HYPERLINK("x")'
                rows.append([name, f"{day:%d/%m/%Y}", "Merci", text, "N", series.counts, place])
    return Written(header, rows, encoding="utf-8", delimiter=";")


_Writer = Callable[[_Counted, np.random.Generator], Written]
_FORMATS: dict[str, _Writer] = {
    "matomo": _matomo,
    "calls": _calls,
    "tickets": _tickets,
    "monthly": _monthly,
    "polls": _polls,
    "experiences": _experiences,
}


# --- sessions -------------------------------------------------------------------------------------

GRID_HEADER = ("Participant", "Tâche", "Issue", "Thème", "Citation")
OUTCOMES = {"réussi seul": "done", "avec aide": "helped", "bloqué": "blocked"}


def write_grids(study: Study, plan: SimulationPlan, wave: Wave) -> list[RawFile]:
    """A workbook per device and product of the sessions that fall in a wave, or since the one
    before.
    """
    files = []
    for name, grid in plan.grids.items():
        assert study.listening is not None, "a plan of grids is checked against its devices"
        device = study.listening.device(name)
        days = _session_days(device, study, wave, each=grid.sessions)
        for product, tasks in grid.tasks.items() if days else ():
            rng = np.random.default_rng(
                [plan.seed, wave.start.toordinal(), *f"{name} {product}".encode()]
            )
            sessions = {f"{day:%Y-%m-%d}": day for day in days}
            content = _workbook([list(_session(tasks, grid, rng)) for _ in days], list(sessions))
            table = _grid_table(name, product, sessions, tasks)
            files.append(
                RawFile(f"{name}-{product}.xlsx", content, "grid", None, described={"grid": table})
            )
    return files


def _session_days(device: Device, study: Study, wave: Wave, *, each: int) -> list[date]:
    """The days of the sessions that belong to a wave: the first ones of each period."""
    waves = study.waves_until(wave.id)
    after = date.min if len(waves) == 1 else waves[-2].end
    return [
        period.start + timedelta(days=day)
        for period in device.periods
        if after < period.start <= wave.end
        for day in range(each)
    ]


def _session(
    tasks: Mapping[str, GridTask], grid: GridPlan, rng: np.random.Generator
) -> Iterable[list[str]]:
    """What each participant did, task after task."""
    words = {outcome: text for text, outcome in OUTCOMES.items()}
    for number in range(1, grid.participants + 1):
        for text, task in tasks.items():
            chance = rng.uniform()
            helped = chance < task.blocked + task.helped
            outcome = "blocked" if chance < task.blocked else "helped" if helped else "done"
            themes = list(task.themes) if outcome != "done" else []
            theme = themes[int(rng.integers(0, len(themes)))] if themes else ""
            yield [f"P{number}", text, words[outcome], theme, "« Je cherche »"]


def _workbook(sessions: Sequence[Sequence[Sequence[str]]], names: Sequence[str]) -> bytes:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False})
    book.set_properties({"created": datetime(2025, 1, 1)})  # noqa: DTZ001 - the same bytes
    for name, rows in zip(names, sessions, strict=True):
        sheet = book.add_worksheet(name)
        for place, row in enumerate([GRID_HEADER, *rows]):
            sheet.write_row(place, 0, row)
    book.close()
    return stream.getvalue()


def _grid_table(
    device: str, product: str, sessions: Mapping[str, date], tasks: Mapping[str, GridTask]
) -> dict[str, Any]:
    """What the manifest says of a workbook."""
    participant, task, outcome, theme, quotation = GRID_HEADER
    themes = {text: name for one in tasks.values() for text, name in one.themes.items()}
    return {
        "device": device,
        "product": product,
        "sessions": dict(sessions),
        "participant": participant,
        "task": task,
        "outcome": outcome,
        **({"theme": theme, "themes": themes} if themes else {}),
        "ignored": [quotation, *([] if themes else [theme])],
        "tasks": {t: {"id": one.id, "dimension": one.dimension} for t, one in tasks.items()},
        "outcomes": OUTCOMES,
    }
