"""Broken files, manifests, parameters and archives, drawn at random: python -m tests.faults.fuzzing
[CASES] [SEED]

Each case spoils something that is right, as people and programs spoil it, and hands it to the code
that must refuse or take it. What is checked of each: it ends in time and memory; what is raised is
one of our errors, with a hint, on lines a terminal can show; nothing is half-registered; the rows
that are taken add up; and none of the canaries that stand in the cells (a name, a token, an
address, a number) comes out in a message, the journal or a record.
"""

from __future__ import annotations

import io
import random
import re
import resource
import shutil
import signal
import sys
import tarfile
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from analysis.errors import ObservatoryError
from analysis.intake.readers.kiosk import COLUMNS
from analysis.operations.backup import backup, restore
from analysis.operations.check import check_study
from analysis.operations.context import Context
from analysis.operations.register import register_delivery
from analysis.study import Workspace, load_study
from tests.conftest import ROOT

NAME, TOKEN, MAIL, NUMBER = (
    "Zephyrine-Dupontel",
    "tk9canary7x",
    "canari@exemple.fr",
    "06 12 34 56 78",
)
CANARIES = re.compile(rf"{NAME}|{TOKEN}|{re.escape(MAIL)}|{NUMBER}", re.IGNORECASE)
REDACTED = re.compile(rf"{re.escape(MAIL)}|{NUMBER}")
"""What not even a text may hold; a name or a token that somebody writes in a text is found by
nobody."""

SECONDS, MEMORY = 30, 3 << 30
"""What one case may take, and all of them beyond what is imported, in bytes."""

SHARES = {"files": 0.62, "manifests": 0.13, "parameters": 0.15, "archives": 0.10}
NASTY = (
    "",
    "null",
    "~",
    "-1",
    "99999999999999999999",
    ".inf",
    ".nan",
    "1e400",
    "[]",
    "{}",
    "[[[[[[",
    "'",
    '"',
    "\t",
    "\x00",
    "../../etc/passwd",
    "/etc/passwd",
    "2024-02-30",
    "12:30",
    "0x41",
    "yes",
    "*a",
    "&a [*a]",
    "!!python/object:os.system x",
    "é" * 3_000,
    "\u202eabc",
    "😀",
    "a\nb: c",
    "<script>",
    "=1+1",
)


@dataclass
class Report:
    """What was tried, and what was wrong."""

    cases: Counter[str] = field(default_factory=Counter)
    taken: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)

    def wrong(self, kind: str, seed: str, what: str) -> None:
        self.violations.append(f"{kind}, case {seed}: {what}")


# --- what is right --------------------------------------------------------------------------------

PAPER = "N° fiche;Date;Code site;Saisi par;Q01;Q02;Q03;Q08;Q09;Q10;Q11;Q12;Q15;AGE;SEUL;Q18"
LIME = (
    "id,submitdate,lastpage,startlanguage,seed,startdate,datestamp,ipaddr,refurl,token,SITE,"
    "Q01,ACC[Q02],ACC[Q03],Q05,Q08,Q09,ACC[Q10],ACC[Q11],ACC[Q12],Q15,Q18,AGE,SEUL,interviewtime"
)
KIOSK = ",".join(COLUMNS)
TEXT = f"Je suis {NAME}, {MAIL}, {NUMBER}"


def paper() -> bytes:
    rows = [
        f"{n};{1 + n % 28:02d}/08/2026;pmi-acacias;{NAME};"
        f"{1 + n % 5};4;4;4;4;4;4;4;1;2;1;{TEXT if n % 3 else ''}"
        for n in range(30)
    ]
    return "\r\n".join([PAPER, *rows]).encode("cp1252")


def limesurvey() -> bytes:
    rows = []
    for n in range(30):
        moment = f"2026-08-{1 + n % 28:02d} 10:00:{n:02d}"
        answers = ["Très satisfait(e)", "Tout à fait", "Plutôt oui", *[""] * 7, f'"{TEXT}"', "", ""]
        system = [
            str(n),
            moment,
            "6",
            "fr",
            str(n * 7),
            moment,
            moment,
            "192.0.2.1",
            f"https://{NAME}.fr",
            f"{TOKEN}{n}",
        ]
        rows.append(",".join([*system, "pmi-acacias", *answers, "31.2"]))
    return ("\ufeff" + "\n".join([LIME, *rows]) + "\n").encode()


def kiosk() -> bytes:
    rows = [
        f"{TOKEN}{n},{NAME},2026-08-03T10:{n:02d}:00,s,pmi-acacias,{n % 4},false,p,physical,T"
        for n in range(30)
    ]
    return "\n".join([KIOSK, *rows]).encode()


FORMATS: dict[str, tuple[Callable[[], bytes], str]] = {
    "paper": (paper, "papier"),
    "limesurvey": (limesurvey, "qr"),
    "kiosk": (kiosk, "borne"),
}


def manifest(reader: str, channel: str) -> str:
    return (
        "delivery: d\nreceived: 2026-11-01\nsimulated: true\nfiles:\n"
        f"  - path: raw.csv\n    reader: {reader}\n    channel: {channel}\n    wave: 2026-2\n"
    )


# --- how it is spoilt -----------------------------------------------------------------------------


def spoil_file(content: bytes, drawn: random.Random) -> bytes:
    """One to three accidents that happen to files."""
    for _ in range(drawn.randint(1, 3)):
        content = drawn.choice(ACCIDENTS)(content, drawn)
    return content


def _lines(content: bytes) -> list[bytes]:
    return content.splitlines(keepends=True) or [b""]


def _no_header(content: bytes, _: random.Random) -> bytes:
    return b"".join(_lines(content)[1:])


def _joined_header(content: bytes, drawn: random.Random) -> bytes:
    lines = _lines(content)
    return (
        lines[0].rstrip(b"\r\n") + drawn.choice([b"", b",", b";", b'"', b" "]) + b"".join(lines[1:])
    )


def _cut(content: bytes, drawn: random.Random) -> bytes:
    return content[: drawn.randrange(len(content) + 1)]


def _bytes(content: bytes, drawn: random.Random) -> bytes:
    spoilt = bytearray(content or b"x")
    for _ in range(drawn.randint(1, 20)):
        spoilt[drawn.randrange(len(spoilt))] = drawn.randrange(256)
    return bytes(spoilt)


def _inserted(content: bytes, drawn: random.Random) -> bytes:
    place = drawn.randrange(len(content) + 1)
    what = drawn.choice(
        [
            b'"',
            b"\x00",
            b"\n",
            b"\r",
            b";",
            b",",
            b"\xff",
            b"=cmd|x",
            NAME.encode(),
            TOKEN.encode(),
            b"\xef\xbb\xbf",
        ]
    )
    return content[:place] + what * drawn.choice([1, 1, 2, 5000]) + content[place:]


def _cells(content: bytes, drawn: random.Random) -> bytes:
    """A canary in cells of one column, or of all."""
    separator = b";" if content.count(b";") > content.count(b",") else b","
    lines = _lines(content)
    column, share = drawn.randrange(20), drawn.choice([0.05, 0.3, 1.0])
    value = drawn.choice([NAME, TOKEN, MAIL, NUMBER, "4,0", "2,4", "9", "", "31/02/2026"]).encode()
    for number in range(drawn.choice([0, 1]), len(lines)):
        cells = lines[number].split(separator)
        if column < len(cells) - 1 and drawn.random() < share:
            cells[column] = value
            lines[number] = separator.join(cells)
    return b"".join(lines)


def _shifted(content: bytes, drawn: random.Random) -> bytes:
    """Rows of the right width whose cells stand one further."""
    separator = b";" if content.count(b";") > content.count(b",") else b","
    lines = _lines(content)
    for number in range(1, len(lines)):
        if drawn.random() < 0.2:
            cells = lines[number].rstrip(b"\r\n").split(separator)
            place = drawn.randrange(len(cells))
            cells = [*cells[:place], NAME.encode(), *cells[place:-1]]
            lines[number] = separator.join(cells) + b"\n"
    return b"".join(lines)


def _column(content: bytes, drawn: random.Random) -> bytes:
    """A column that is gone, twice there, or new."""
    separator = b";" if content.count(b";") > content.count(b",") else b","
    place, act = drawn.randrange(25), drawn.choice(["gone", "twice", "new"])
    lines = []
    for number, line in enumerate(_lines(content)):
        cells = line.rstrip(b"\r\n").split(separator)
        if act == "gone":
            del cells[place : place + 1]
        elif act == "twice":
            cells += cells[place : place + 1]
        else:
            cells.insert(place, (b"observations" if number == 0 else NAME.encode()))
        lines.append(separator.join(cells))
    return b"\n".join(lines)


def _rows(content: bytes, drawn: random.Random) -> bytes:
    lines = _lines(content)
    head, body = lines[:1], lines[1:]
    act = drawn.choice(["twice", "shuffled", "none", "blank", "many"])
    body = {
        "twice": body + body,
        "shuffled": drawn.sample(body, len(body)),
        "none": [],
        "blank": [b"\n", *body, b";;;\n", b"   \n"],
        "many": body * 20,
    }[act]
    return b"".join(head + body)


def _encoding(content: bytes, drawn: random.Random) -> bytes:
    text = content.decode("utf-8", "replace")
    return text.encode(
        drawn.choice(["utf-16", "cp1252", "utf-8", "utf-8-sig", "latin-1"]), "replace"
    )


def _separator(content: bytes, drawn: random.Random) -> bytes:
    return content.replace(drawn.choice([b";", b","]), drawn.choice([b"\t", b"|", b";", b","]))


def _wide(content: bytes, drawn: random.Random) -> bytes:
    lines = _lines(content)
    more = b",".join(b"x%d" % n for n in range(drawn.choice([50, 6_000])))
    return lines[0].rstrip(b"\r\n") + b"," + more + b"\n" + b"".join(lines[1:])


ACCIDENTS = (
    _no_header,
    _joined_header,
    _cut,
    _bytes,
    _inserted,
    _cells,
    _cells,
    _shifted,
    _shifted,
    _column,
    _column,
    _rows,
    _encoding,
    _separator,
    _wide,
)


def spoil_yaml(text: str, drawn: random.Random) -> str:
    """A line that is gone, twice there, moved in, or has another value."""
    lines = text.splitlines()
    for _ in range(drawn.randint(1, 3)):
        if not lines:
            break
        place = drawn.randrange(len(lines))
        act = drawn.choice(["gone", "twice", "in", "value", "value", "value", "key", "cut"])
        line = lines[place]
        if act == "gone":
            del lines[place]
        elif act == "twice":
            lines.insert(place, line)
        elif act == "in":
            lines[place] = " " * drawn.randint(1, 4) + line
        elif act == "key":
            lines[place] = line.replace("e", "ee", 1)
        elif act == "cut":
            lines[place] = line[: drawn.randrange(len(line) + 1)]
        else:
            before, sign, _ = line.partition(": ")
            lines[place] = before + (sign or ": ") + drawn.choice(NASTY)
    return "\n".join(lines) + "\n"


def spoil_archive(content: bytes, drawn: random.Random) -> bytes:
    if drawn.random() < 0.5:
        return _bytes(content, drawn) if drawn.random() < 0.7 else _cut(content, drawn)
    built = io.BytesIO()
    with tarfile.open(fileobj=built, mode="w:gz") as archive:
        for _ in range(drawn.randint(1, 5)):
            name = drawn.choice(
                [
                    "a",
                    "data/a",
                    "../a",
                    "/etc/a",
                    "contents.json",
                    "a" * 300,
                    "./a",
                    "a/../../b",
                    "",
                    "data",
                ]
            )
            member = tarfile.TarInfo(name)
            member.type = drawn.choice([b"0", b"0", b"1", b"2", b"3", b"5", b"6", b"S", b"x", b"L"])
            member.linkname = drawn.choice(["", "..", "/etc/passwd", "a"])
            data = drawn.choice([b"", b"{}", b"null", b"[" * 5_000, b"x" * 1_000])
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return built.getvalue()


# --- one case -------------------------------------------------------------------------------------


class _TooLong(BaseException):
    """A case that did not end in time."""


def _alarm(*_: object) -> None:
    raise _TooLong


def attempt(report: Report, kind: str, seed: str, act: Callable[[], object]) -> bool | None:
    """Runs a case: True where it was taken, False where it was refused as it should be, None where
    it was wrong."""
    signal.alarm(SECONDS)
    try:
        act()
    except ObservatoryError as error:
        message = str(error)
        if CANARIES.search(message):
            report.wrong(kind, seed, f"a cell stands in the message: {message[:300]}")
        if message.count("Hint: ") != 1 + _count(error) or not error.hint.strip():
            report.wrong(kind, seed, f"a message has no hint: {message[:300]}")
        if not all(
            line.isprintable()
            for line in message.replace("\u202f", " ").replace("\xa0", " ").split("\n")
        ):
            report.wrong(kind, seed, f"a message holds what cannot be seen: {message[:300]!r}")
        return False
    except _TooLong:
        report.wrong(kind, seed, f"it did not end within {SECONDS} s")
        return None
    except BaseException as error:
        report.wrong(kind, seed, f"{type(error).__name__}: {str(error)[:300]}")
        return None
    finally:
        signal.alarm(0)
    return True


def _count(error: ObservatoryError) -> int:
    return sum(1 + _count(one) for one in error.others)


@dataclass
class Place:
    """Where cases are tried: a workspace whose study is loaded once."""

    root: Path
    context: Context
    told: list[str]

    @classmethod
    def make(cls, root: Path) -> Place:
        for name in ("params/cd93", "notebooks"):
            shutil.copytree(ROOT / name, root / name)
        shutil.copyfile(ROOT / "requirements.lock", root / "requirements.lock")
        told: list[str] = []
        return cls(root, Context.open(Workspace(root), "cd93", told.append), told)

    def clear(self) -> None:
        self.told.clear()
        for name in ("data", "reports", "draft"):
            shutil.rmtree(self.root / name, ignore_errors=True)
        (self.root / "draft").mkdir()


def try_delivery(
    report: Report, place: Place, kind: str, seed: str, content: bytes, text: str
) -> None:
    """Registers a delivery that is spoilt, and looks at everything that came of it."""
    place.clear()
    draft = place.root / "draft" / "manifest.yml"
    draft.write_text(text, encoding="utf-8", errors="replace")
    (place.root / "draft" / "raw.csv").write_bytes(content)
    taken = attempt(report, kind, seed, lambda: register_delivery(place.context, draft))
    report.taken[kind] += taken is True
    raw = place.context.workspace.raw("cd93")
    registered = [path.name for path in raw.iterdir()] if raw.exists() else []
    if taken is not True and registered:
        report.wrong(kind, seed, f"refused, and yet something is registered: {registered}")
    told = "\n".join(place.told)
    journal = place.root / "reports/runs/cd93/journal.jsonl"
    told += journal.read_text(encoding="utf-8") if journal.exists() else ""
    if CANARIES.search(told):
        report.wrong(kind, seed, f"a cell is told: {told[:300]}")
    for path in (place.root / "data" / "processed").rglob("*.parquet"):
        table = pl.read_parquet(path, hive_partitioning=False)
        layer = path.relative_to(place.root / "data/processed/cd93").parts[0]
        pattern = REDACTED if layer == "verbatims" else CANARIES
        columns = ["text"] if layer == "verbatims" else table.columns
        if pattern.search(str(table.select(columns).rows())):
            report.wrong(kind, seed, f"a cell stands in {layer}")
        if (
            layer == "receipts"
            and table.select(
                (
                    pl.col("received") != pl.col("kept") + pl.col("refused") + pl.col("duplicates")
                ).any()
            ).item()
        ):
            report.wrong(kind, seed, "rows are lost")


def try_parameters(report: Report, folder: Path, seed: str, drawn: random.Random) -> None:
    """Loads a small study of which one file is spoilt."""
    source = ROOT / "tests" / "acceptance" / "nhs_fft"
    names = ["study.yml", "questionnaire.yml", "waves.yml", "directorates.yml", "indicators.yml"]
    place = folder / "params" / "nhs_fft"
    shutil.rmtree(folder, ignore_errors=True)
    place.mkdir(parents=True)
    for name in names:
        shutil.copyfile(source / name, place / name)
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    for name in drawn.sample(names, drawn.randint(1, 2)):
        text = spoil_yaml((source / name).read_text(encoding="utf-8"), drawn)
        (place / name).write_text(text, encoding="utf-8", errors="replace")
    if drawn.random() < 0.1:
        plan = folder / "notebooks" / "plan.yml"
        plan.write_text(
            spoil_yaml(plan.read_text(encoding="utf-8"), drawn), encoding="utf-8", errors="replace"
        )
    taken = attempt(report, "parameters", seed, lambda: check_study(Workspace(folder), "nhs_fft"))
    report.taken["parameters"] += taken is True


def try_archive(report: Report, folder: Path, seed: str, content: bytes) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "in").mkdir(parents=True)
    (folder / "spoilt").write_bytes(content)
    taken = attempt(
        report, "archives", seed, lambda: restore(folder / "spoilt", folder / "in" / "back")
    )
    report.taken["archives"] += taken is True
    names = sorted(path.name for path in folder.iterdir())
    left = sorted(path.name for path in (folder / "in").iterdir())
    if names != ["in", "spoilt"] or left != (["back"] if taken else []):
        report.wrong("archives", seed, f"something else lies there: {names} {left}")


def fuzz(cases: int, seed: int, tell: Callable[[str], None]) -> Report:
    """Tries so many cases, the same ones for the same seed."""
    report = Report()
    signal.signal(signal.SIGALRM, _alarm)
    with tempfile.TemporaryDirectory() as name:
        place = Place.make(Path(name) / "workspace")
        honest = _honest_archive(Path(name))
        for kind, share in SHARES.items():
            for number in range(round(cases * share)):
                label = f"{seed}/{kind}/{number}"
                drawn = random.Random(label)
                reader = drawn.choice(list(FORMATS))
                make, channel = FORMATS[reader]
                if kind == "files":
                    try_delivery(
                        report,
                        place,
                        kind,
                        label,
                        spoil_file(make(), drawn),
                        manifest(reader, channel),
                    )
                elif kind == "manifests":
                    try_delivery(
                        report,
                        place,
                        kind,
                        label,
                        make(),
                        spoil_yaml(manifest(reader, channel), drawn),
                    )
                elif kind == "parameters":
                    try_parameters(report, Path(name) / "small", label, drawn)
                else:
                    try_archive(report, Path(name) / "archive", label, spoil_archive(honest, drawn))
                report.cases[kind] += 1
                if report.cases.total() % 250 == 0:
                    tell(f"{report.cases.total()} cases, {len(report.violations)} violations")
    return report


def _honest_archive(folder: Path) -> bytes:
    root = folder / "honest"
    for name in ("params/s/study.yml", "data/raw/s/d/a.csv", "requirements.lock"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(TEXT)
    backup(Workspace(root), folder / "honest.tar.gz")
    return (folder / "honest.tar.gz").read_bytes()


def main() -> int:
    """Prints what was tried and every violation; 1 where there is one."""
    cases = int(sys.argv[1]) if len(sys.argv) > 1 else 3_000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    load_study(ROOT / "params" / "cd93")
    held = (
        int(Path("/proc/self/status").read_text(encoding="utf-8").split("VmData:")[1].split()[0])
        << 10
    )
    resource.setrlimit(resource.RLIMIT_DATA, (held + MEMORY, held + MEMORY))
    start = time.monotonic()
    report = fuzz(cases, seed, lambda line: print(line, flush=True))
    for violation in report.violations[:50]:
        print(f"VIOLATION {violation}")
    tried = ", ".join(
        f"{count} {kind} ({report.taken[kind]} taken)" for kind, count in report.cases.items()
    )
    print(f"{tried}: {len(report.violations)} violations, {time.monotonic() - start:.0f} s")
    return 1 if report.violations else 0


if __name__ == "__main__":
    sys.exit(main())
