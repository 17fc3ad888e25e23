"""Ways in which the input of a wave goes wrong, each with what has to come of it: an error that
names it, or a sentence on the first screen of the pages.
"""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

STUDY, WAVE, BEFORE = "cd93", "2026-2", "2026-1"
SITE = "antenne-cedre"
FRAME = "invitation-frame.csv"
ENCODINGS = {"papier.csv": ("cp1252", ";")}
DAYS = {"invitation.csv": "datestamp", "qr.csv": "datestamp", "papier.csv": "Date"}
SITES = {
    "invitation.csv": "SITE",
    "qr.csv": "SITE",
    "papier.csv": "Code site",
    "borne.csv": "experiencePointId",
}

Row = dict[str, str]


class Victim:
    """A workspace whose last wave is about to be registered.

    Attributes:
        root: The workspace.
        incoming: Where the files of the delivery lie.
        manifest: Its draft.

    """

    def __init__(self, root: Path) -> None:
        self.root, self.incoming = root, root / "incoming"
        self._yaml = YAML(typ="safe", pure=True)
        self._yaml.default_flow_style = False
        self.manifest: dict[str, Any] = self._yaml.load(self.incoming / "manifest.yml")
        for entry in self.manifest["files"]:
            del entry["sha256"]

    @property
    def raw(self) -> Path:
        """The registered deliveries."""
        return self.root / "data" / "raw" / STUDY

    def entry(self, file: str) -> dict[str, Any]:
        """What the draft says of a file."""
        entries: list[dict[str, Any]] = self.manifest["files"]
        return next(entry for entry in entries if entry["path"] == file)

    def leave_out(self, file: str) -> None:
        """Takes a file out of the delivery."""
        self.manifest["files"].remove(self.entry(file))

    def rows(self, file: str, change: Callable[[list[Row]], list[Row]]) -> None:
        """Rewrites the rows of a file; a column that no row has any more goes."""
        encoding, delimiter = ENCODINGS.get(file, ("utf-8-sig", ","))
        path = self.incoming / file
        text = path.read_bytes().decode(encoding)
        reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
        rows = change(list(reader))
        names = list(rows[0]) if rows else list(reader.fieldnames or ())
        with path.open("w", encoding=encoding, newline="") as stream:
            writer = csv.DictWriter(stream, names, delimiter=delimiter)
            writer.writeheader()
            writer.writerows(rows)

    def each(self, file: str, change: Callable[[Row, int], object]) -> None:
        """Changes each row of a file in place, given its number."""

        def changed(rows: list[Row]) -> list[Row]:
            for number, row in enumerate(rows):
                change(row, number)
            return rows

        self.rows(file, changed)

    def keep(self, file: str, wanted: Callable[[Row, int], bool]) -> None:
        """Keeps some rows of a file."""
        self.rows(file, lambda rows: [row for n, row in enumerate(rows) if wanted(row, n)])

    def params(self, name: str, change: Callable[[Any], object]) -> None:
        """Changes a parameter file in place."""
        path = self.root / "params" / STUDY / f"{name}.yml"
        content = self._yaml.load(path)
        change(content)
        self._yaml.dump(content, path)

    def draft(self) -> Path:
        """Writes the draft."""
        path = self.incoming / "draft.yml"
        self._yaml.dump(self.manifest, path)
        (self.incoming / "manifest.yml").unlink(missing_ok=True)
        return path


Damage = Callable[[Victim], object]


@dataclass(frozen=True)
class Sabotage:
    """A way to go wrong.

    Attributes:
        name: In words.
        before: What is done before the delivery is registered.
        after: What is done once it is.
        refused: What the error says; empty where it is no error.
        told: The flag that the first screen tells; empty where it is refused.

    """

    name: str
    before: Damage = lambda _: None
    after: Damage = lambda _: None
    refused: str = ""
    told: str = ""


def _answers(row: Row) -> list[str]:
    """The columns of questions of a LimeSurvey row."""
    return [name for name in row if name.startswith(("Q", "ACC["))]


def _without(column: str) -> Callable[[Row, int], object]:
    return lambda row, _: row.pop(column)


def _set(column: str, value: str, *, every: int = 1) -> Callable[[Row, int], object]:
    """Writes a value in a column of every n-th row."""

    def change(row: Row, number: int) -> None:
        if number % every == 0:
            row[column] = value

    return change


def _iso(day: str) -> str:
    """A day as files write it, as year, month and day."""
    return "-".join(reversed(day.split("/"))) if "/" in day else day[:10]


def _until(day: str, *files: str) -> Damage:
    def cut(victim: Victim) -> None:
        for file in files:
            column = DAYS.get(file, "localTime")
            victim.keep(file, lambda row, _, column=column: _iso(row[column]) <= day)

    return cut


def _without_sites(pick: Callable[[str], bool]) -> Damage:
    def cut(victim: Victim) -> None:
        for file, column in SITES.items():
            victim.keep(file, lambda row, _, column=column: not pick(row[column]))

    return cut


def _rename(old: str, new: str) -> Damage:
    """Renames a column of the QR file."""
    return lambda victim: victim.rows(
        "qr.csv",
        lambda rows: [
            {new if name == old else name: cell for name, cell in row.items()} for row in rows
        ],
    )


def _bytes(file: str, change: Callable[[bytes], bytes]) -> Damage:
    def rewrite(victim: Victim) -> None:
        path = victim.incoming / file
        path.write_bytes(change(path.read_bytes()))

    return rewrite


def _entry(file: str, **values: object) -> Damage:
    return lambda victim: victim.entry(file).update(values)


def _absent(victim: Victim) -> None:
    victim.each("qr.csv", _without("Q01"))
    victim.entry("qr.csv")["absent"] = ["Q01"]


def _swapped(victim: Victim) -> None:
    def swap(row: Row, _: int) -> None:
        row["Q01"], row["AGE"] = row["AGE"], row["Q01"]

    victim.each("qr.csv", swap)


def _best_gone(victim: Victim) -> None:
    def lower(row: Row, _: int) -> None:
        if row["Q01"] == "5":
            row["Q01"] = "4"

    victim.each("papier.csv", lower)


def _shifted(victim: Victim) -> None:
    """Codes from 0 instead of 1."""

    def shift(row: Row, _: int) -> None:
        if row["Q01"].isdigit():
            row["Q01"] = str(int(row["Q01"]) - 1)

    victim.each("papier.csv", shift)


def _of_before(victim: Victim) -> None:
    shutil.copyfile(victim.raw / BEFORE / "qr.csv", victim.incoming / "qr.csv")


def _twice(victim: Victim) -> None:
    shutil.copyfile(victim.incoming / "qr.csv", victim.incoming / "qr2.csv")
    victim.manifest["files"].append({**victim.entry("qr.csv"), "path": "qr2.csv"})


def _silent_site(victim: Victim) -> None:
    """No answer of a site, and margins that are not by site."""
    _without_sites(lambda site: site == SITE)(victim)
    _margins(lambda margins: margins["dpaph"].pop("site"))(victim)


def _margins(change: Callable[[Any], object], wave: str = WAVE) -> Damage:
    return lambda victim: victim.params(f"margins/{wave}", lambda file: change(file["margins"]))


def _without_margins(victim: Victim) -> None:
    (victim.root / "params" / STUDY / "margins" / f"{WAVE}.yml").unlink()


def _item(item: str, **values: object) -> Damage:
    def change(content: Any) -> None:
        next(one for one in content["items"] if one["id"] == item).update(values)

    return lambda victim: victim.params("questionnaire", change)


def _end(day: str) -> Damage:
    from datetime import date

    def change(content: Any) -> None:
        content["waves"][-1].update(end=date.fromisoformat(day))

    return lambda victim: victim.params("waves", change)


FILES = ("invitation.csv", "qr.csv", "papier.csv", "borne.csv")

SABOTAGES = (
    # --- files that cannot be read, or are not what they are said to be
    Sabotage("an empty file", _bytes("qr.csv", lambda _: b""), refused="file is empty"),
    Sabotage(
        "a file in another encoding",
        _bytes("invitation.csv", lambda text: text.decode("utf-8-sig").encode("cp1252", "replace")),
        refused="utf-8",
    ),
    Sabotage(
        "a file in UTF-16",
        _bytes("qr.csv", lambda text: text.decode("utf-8-sig").encode("utf-16")),
        refused="qr.csv",
    ),
    Sabotage("a column that is renamed", _rename("submitdate", "Date"), refused="submitdate"),
    Sabotage("a question by another name", _rename("Q01", "Q99"), refused="Unknown column"),
    Sabotage(
        "a question left out of the export",
        lambda victim: victim.each("qr.csv", _without("Q01")),
        refused="asks Q01",
    ),
    Sabotage("columns that are swapped", _swapped, refused="outside its scale"),
    Sabotage("codes that start from 0", _shifted, told="answer_unused"),
    Sabotage(
        "answers of another scale",
        lambda victim: victim.each("qr.csv", _set("Q01", "8 sur 10", every=3)),
        refused="outside its scale",
    ),
    Sabotage("a file read as another format", _entry("qr.csv", reader="paper"), refused="qr.csv"),
    Sabotage("a channel nobody declared", _entry("qr.csv", channel="qrcode"), refused="qrcode"),
    Sabotage("a wave nobody declared", _entry("qr.csv", wave="2026-3"), refused="2026-3"),
    Sabotage("a file delivered twice", _twice, refused="registered twice"),
    Sabotage(
        "tokens left out of the export",
        lambda victim: victim.each("invitation.csv", _without("token")),
        refused="token",
    ),
    Sabotage(
        "a file altered after it was registered",
        after=lambda victim: (victim.raw / WAVE / "qr.csv").write_bytes(b"id\n"),
        refused="altered",
    ),
    Sabotage(
        "a file that vanished",
        after=lambda victim: (victim.raw / WAVE / "qr.csv").unlink(),
        refused="missing",
    ),
    Sabotage("the file of another wave", _of_before, refused="registered twice"),
    # --- margins
    Sabotage(
        "margins of different sums",
        _margins(lambda margins: margins["dpaph"]["AGE"].update({"5": 9_999})),
        refused="different totals",
    ),
    Sabotage(
        "the margin of a site nobody declared",
        _margins(lambda margins: margins["dpaph"]["site"].update({"maison-sud": 10})),
        refused="maison-sud",
    ),
    Sabotage(
        "a margin without a category that is answered",
        _margins(
            lambda margins: margins["dpaph"]["AGE"].update(
                {"4": margins["dpaph"]["AGE"]["4"] + margins["dpaph"]["AGE"].pop("5")}
            )
        ),
        refused="AGE",
    ),
    Sabotage("a wave without its margins", _without_margins, told="margins_missing"),
    # --- sampling frames
    Sabotage(
        "a sampling frame that was left out",
        lambda victim: victim.leave_out(FRAME),
        told="frame_missing",
    ),
    Sabotage(
        "a sampling frame of a site nobody declared",
        lambda victim: victim.each(FRAME, _set("site", "ailleurs", every=50)),
        refused="no site of the directorate",
    ),
    Sabotage(
        "more answers than people drawn",
        lambda victim: victim.each(FRAME, _set("answered", "900", every=50)),
        refused="More came of the draw",
    ),
    Sabotage(
        "a cell of a sampling frame without a count",
        lambda victim: victim.each(FRAME, _set("drawn", "n.c.", every=50)),
        refused="no count",
    ),
    Sabotage(
        "a sampling frame that counts half of the answers",
        lambda victim: victim.each(FRAME, _set("answered", "1")),
        told="frame_answers",
    ),
    Sabotage(
        "a sampling frame of twice as many users",
        lambda victim: victim.each(
            FRAME, lambda row, _: row.update(population=str(2 * int(row["population"])))
        ),
        told="frame_margins",
    ),
    # --- questions
    Sabotage("a mandatory question that was not exported", _absent, told="not_asked"),
    Sabotage(
        "a question that changed", _item("Q01", changed="2026-07-01"), told="question_changed"
    ),
    Sabotage("an answer that is offered no more", _best_gone, told="answer_unused"),
    Sabotage(
        "a jump of don't know",
        lambda victim: victim.each("papier.csv", _set("Q01", "NSP", every=5)),
        told="dont_know",
    ),
    Sabotage(
        "a jump of missing answers",
        lambda victim: victim.each("papier.csv", _set("Q02", "", every=4)),
        told="no_reply",
    ),
    # --- answers that are missing
    Sabotage(
        "a file of headings alone",
        lambda victim: victim.keep("qr.csv", lambda *_: False),
        refused="no row",
    ),
    Sabotage(
        "a file that was not delivered",
        lambda victim: victim.leave_out("papier.csv"),
        told="channel_silent",
    ),
    Sabotage(
        "a delivery that vanished",
        after=lambda victim: shutil.rmtree(victim.raw / BEFORE),
        told="wave_missing",
    ),
    Sabotage(
        "dates of another year",
        lambda victim: victim.each(
            "borne.csv", lambda row, _: row.update(localTime="2062" + row["localTime"][4:])
        ),
        told="nothing_kept",
    ),
    Sabotage(
        "sites that are not written",
        lambda victim: victim.each("qr.csv", _set("SITE", "")),
        told="nothing_kept",
    ),
    Sabotage(
        "a file that is cut in the middle",
        _bytes("papier.csv", lambda text: text[: len(text) * 2 // 5]),
        told="channel_halved",
    ),
    Sabotage(
        "a channel that fell by half",
        lambda victim: victim.keep("qr.csv", lambda _, number: number % 3 == 0),
        told="channel_halved",
    ),
    Sabotage(
        "a directorate without answers",
        _without_sites(lambda site: site.startswith(("pmi", "creche", "protection"))),
        told="no_answers",
    ),
    Sabotage(
        "a site without answers that margins count",
        _without_sites(lambda site: site == SITE),
        refused="antenne-cedre",
    ),
    Sabotage("a site without answers", _silent_site, told="sites_silent"),
    Sabotage("a field cut short", _until("2026-10-31", *FILES), told="field_cut"),
    Sabotage("a channel that stops", _until("2026-10-15", "qr.csv"), told="field_cut"),
    Sabotage("a wave shorter than the one before", _end("2026-10-31"), told="field_shorter"),
    # --- rows that do not count
    Sabotage(
        "placeholder tokens",
        lambda victim: victim.each("invitation.csv", _set("token", "test", every=3)),
        told="duplicates",
    ),
    Sabotage(
        "a site nobody declared",
        lambda victim: victim.each("qr.csv", _set("SITE", "maison-sud", every=20)),
        told="undeclared",
    ),
    Sabotage(
        "dates that cannot be read",
        lambda victim: victim.each("papier.csv", _set("Date", "été", every=6)),
        told="refused",
    ),
)
