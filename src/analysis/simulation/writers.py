"""A simulation as the raw exports that real tools give, flaws included.

Each writer uses the codes that stand beside its format's reader. It adds rows that intake must
refuse or count as duplicates, and says how many: that is part of the recorded truth.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
import polars as pl

from analysis.intake.frame import COUNTS, NEEDED, OUTCOMES
from analysis.intake.readers import FRAME, Reader, kiosk, limesurvey, paper
from analysis.simulation.flow_files import write_flows, write_grids
from analysis.simulation.flows import true_flows
from analysis.simulation.measures import true_measures
from analysis.simulation.plan import SimulationPlan
from analysis.simulation.raw_file import RawFile
from analysis.simulation.respondents import Simulation
from analysis.simulation.workbooks import management_workbook, workbook_mapping
from analysis.study import Channel, MissingKind, Study, Wave

MANAGEMENT_FILE = "gestion.xlsx"
BYTE_ORDER_MARK = "\ufeff"
TESTS, UNFINISHED, OFF_SCALE, UNKNOWN_SITES, BAD_DATES, MISUSES, BURSTS = 3, 12, 4, 2, 2, 25, 40


def write_wave(
    simulation: Simulation, study: Study, plan: SimulationPlan, wave: Wave
) -> list[RawFile]:
    """The raw exports of one wave: one file per channel, the frame of each whose users were drawn,
    the workbook of its management figures, and what devices counted and observed.
    """
    rng = np.random.default_rng([plan.seed, wave.start.toordinal()])
    answers = simulation.answers.filter(pl.col("wave") == wave.id)
    files = []
    for channel in study.channels:
        rows = answers.filter(pl.col("channel") == channel.id)
        if rows.is_empty():
            continue
        if channel.mode == "kiosk":
            files.append(_kiosk(rows, study, channel, rng))
        elif channel.mode == "paper":
            files.append(_paper(rows, study, channel, rng))
        else:
            files.append(_limesurvey(rows, study, channel, wave, rng))
        if channel.invited:
            files.append(_frame(simulation, channel, wave))
    figures = true_measures(simulation, study, plan)
    if not figures.is_empty():
        content = management_workbook(figures, study, plan, wave)
        mapping = workbook_mapping(study, plan)
        described = {"measures": [dict(sheet) for sheet in mapping]}
        files.append(RawFile(MANAGEMENT_FILE, content, "measures", None, described=described))
    files += write_flows(true_flows(study, plan), study, plan, wave)
    return files + write_grids(study, plan, wave)


def _frame(simulation: Simulation, channel: Channel, wave: Wave) -> RawFile:
    """The sampling frame of a channel; profile items that nobody of a directorate has are empty."""
    cells = simulation.frames.filter(channel=channel.id, wave=wave.id).drop("wave", "channel")
    items = [name for name in cells.columns if name not in (*NEEDED, *OUTCOMES)]
    table = cells.select("directorate", "site", *items, *COUNTS)
    return RawFile(f"{channel.id}-frame.csv", table.write_csv().encode(), FRAME, channel.id)


# --- LimeSurvey -----------------------------------------------------------------------------------


def _limesurvey(
    rows: pl.DataFrame, study: Study, channel: Channel, wave: Wave, rng: np.random.Generator
) -> RawFile:
    """A byte-order mark, array headings, an earlier unfinished entry for some tokens, tests before
    the launch.
    """
    invited = channel.invited
    items = [
        item for item in channel.items if item in rows.columns or study.scale(item).kind == "text"
    ]
    headings = [f"ACC[{item}]" if study.item(item).scale == "a5" else item for item in items]
    header = [
        *limesurvey.SYSTEM,
        *([limesurvey.TOKEN] if invited else []),
        limesurvey.SITE,
        *headings,
        "interviewtime",
    ]
    labels = {item: _labels(study, item) for item in items if study.scale(item).kind != "text"}
    records: list[list[str]] = []
    for number, row in enumerate(rows.iter_rows(named=True)):
        moment = datetime.combine(row["day"], datetime.min.time()) + timedelta(
            seconds=row["second"]
        )
        cells = [
            _mask(row["text"] or "")
            if study.scale(item).kind == "text"
            else labels[item][row[item]]
            for item in items
        ]
        token = [hashlib.sha256(f"{row['answer']}".encode()).hexdigest()[:12]] if invited else []
        if invited and number < UNFINISHED:
            left = [
                "" if study.item(item).role != "profile" else cell
                for item, cell in zip(items, cells, strict=True)
            ]
            earlier = _system_columns(len(records) + 1, moment - timedelta(hours=1), finished=False)
            records.append([*earlier, *token, row["site"], *left, "31.2"])
        system = _system_columns(len(records) + 1, moment, finished=row["finished"])
        records.append([*system, *token, row["site"], *cells, f"{rng.uniform(60, 900):.1f}"])
    launch = datetime.combine(wave.start, datetime.min.time())
    for number in range(TESTS):
        moment = launch - timedelta(days=number + 1)
        token = [f"test{number:08d}"] if invited else []
        cells = ["" for _ in items]
        records.insert(
            0, [*_system_columns(0, moment, finished=True), *token, rows["site"][0], *cells, "4.0"]
        )
    content = BYTE_ORDER_MARK + _delimited(header, records, ",")
    duplicates = min(UNFINISHED, rows.height) if invited else 0
    return RawFile(
        f"{channel.id}.csv", content.encode(), "limesurvey", channel.id, TESTS, duplicates
    )


def _system_columns(number: int, moment: datetime, *, finished: bool) -> list[str]:
    stamp = f"{moment:%Y-%m-%d %H:%M:%S}"
    start = f"{moment - timedelta(minutes=6):%Y-%m-%d %H:%M:%S}"
    return [
        str(number),
        stamp if finished else "",
        "6" if finished else "3",
        "fr",
        "1804289383",
        start,
        stamp,
        f"192.0.2.{number % 250}",
        "https://enquete.example.invalid/",
    ]


def _labels(study: Study, item: str) -> dict[int, str]:
    labels = {level.code: level.label for level in study.scale(item).levels}
    labels |= {code.code: code.label for code in study.questionnaire.missing}
    return labels | {
        **_codes_written(limesurvey.READER, study),
        study.missing[MissingKind.ABANDONED]: "",
        study.missing[MissingKind.REFUSED]: "",
    }


def _mask(text: str) -> str:
    """LimeSurvey's guard against formulas in spreadsheets."""
    return f"'{text}" if text.startswith("=") else text


# --- paper ----------------------------------------------------------------------------------------


def _paper(rows: pl.DataFrame, study: Study, channel: Channel, rng: np.random.Generator) -> RawFile:
    """Two ticks, off-scale digits, a site nobody knows and a date nobody can read."""
    items = [
        item for item in channel.items if item in rows.columns or study.scale(item).kind == "text"
    ]
    header = [paper.NUMBER, paper.DAY, paper.SITE, paper.CLERK, *items]
    signs = {
        **_codes_written(paper.READER, study),
        study.missing[MissingKind.REFUSED]: "",
        study.missing[MissingKind.NOT_ASKED]: "",
    }
    records = []
    for number, row in enumerate(rows.iter_rows(named=True), start=1):
        cells = [
            (row["text"] or "")
            if study.scale(item).kind == "text"
            else _paper_entry(study, item, row[item], signs)
            for item in items
        ]
        records.append(
            [
                str(number),
                f"{row['day']:{paper.DAY_FORMAT}}",
                row["site"],
                f"agent {number % 7}",
                *cells,
            ]
        )
    spoiled = [
        list(records[int(index)])
        for index in rng.choice(len(records), OFF_SCALE + UNKNOWN_SITES + BAD_DATES)
    ]
    for number, record in enumerate(spoiled):
        if number < OFF_SCALE:
            record[4] = "9"
        elif number < OFF_SCALE + UNKNOWN_SITES:
            record[2] = "ancien-site"
        else:
            record[1] = "31/02/2024"
    content = _delimited(header, [*records, *spoiled], paper.DIALECT.delimiter)
    return RawFile(
        f"{channel.id}.csv", content.encode("cp1252", "replace"), "paper", channel.id, len(spoiled)
    )


def _paper_entry(study: Study, item: str, code: int, signs: dict[int, str]) -> str:
    """What an agent enters for an answer: where it is illegible, the two levels that were
    ticked.
    """
    if code == study.missing[MissingKind.ILLEGIBLE]:
        codes = study.scale(item).codes
        return f"{codes[0]},{codes[-1]}"
    return signs.get(code, str(code))


# --- kiosk ----------------------------------------------------------------------------------------


def _kiosk(rows: pl.DataFrame, study: Study, channel: Channel, rng: np.random.Generator) -> RawFile:
    """Children's bursts and presses that the kiosk itself flags."""
    item = channel.items[0]
    buttons = {code: index for index, code in enumerate(study.scale(item).codes)}
    presses: list[tuple[str, datetime, int, str]] = []
    last: dict[str, datetime] = {}
    for row in rows.sort("site", "day", "second").iter_rows(named=True):
        moment = datetime.combine(row["day"], datetime.min.time()) + timedelta(
            seconds=row["second"]
        )
        if row["site"] in last:
            moment = max(moment, last[row["site"]] + timedelta(seconds=2 * kiosk.BURST_SECONDS))
        last[row["site"]] = moment
        presses.append((row["site"], moment, buttons[row[item]], "false"))
    bursts = [presses[int(index)] for index in rng.choice(len(presses), BURSTS, replace=False)]
    presses += [
        (site, moment + timedelta(seconds=1), kiosk.FACES - 1, "false")
        for site, moment, _, _ in bursts
    ]
    midnight = datetime.combine(rows["day"].sort()[0], datetime.min.time())
    presses += [
        (
            rows["site"][0],
            midnight + timedelta(minutes=number),
            int(rng.integers(0, kiosk.FACES)),
            "true",
        )
        for number in range(MISUSES)
    ]
    presses.sort(key=lambda press: (press[1], press[0]))
    records = [
        [
            f"{number:08d}-0000-4000-8000-{number:012d}",
            f"k-{site}",
            f"{moment:{kiosk.TIME_FORMAT}}",
            "s1",
            site,
            str(button),
            misuse,
            "sortie",
            "physical",
            "SMILEY_TERMINAL",
        ]
        for number, (site, moment, button, misuse) in enumerate(presses)
    ]
    content = _delimited(list(kiosk.COLUMNS), records, ",")
    return RawFile(f"{channel.id}.csv", content.encode(), "kiosk", channel.id, BURSTS + MISUSES)


def _codes_written(reader: Reader, study: Study) -> dict[int, str]:
    """What a format writes for each missing code that it has a text for."""
    return {study.missing[kind]: text for kind, text in reader.codes.items()}


def _delimited(header: Sequence[str], records: Sequence[Sequence[str]], delimiter: str) -> str:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(records)
    return stream.getvalue()
