"""What is right, and the accidents that happen to it: to files, manifests, parameters and archives,
drawn at random."""

from __future__ import annotations

import io
import random
import re
import tarfile
import zipfile
from collections.abc import Callable

import xlsxwriter

from analysis.intake.readers.kiosk import COLUMNS

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


Accident = Callable[[bytes, random.Random], bytes]


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


FIGURES = (
    ("Tableau de bord", *[""] * 7),
    ("Indicateur", "Unité", "Direction", "juil.-26", "août-26", "sept.-26", "Cumul", "Suivi par"),
    ("Visites", "nombre", "DPAPH", "1 200", "900", "1 100", "3200", NAME),
    ("", "", "DEF", "800", "n.d.", "700", "", TOKEN),
    ("", "", "Ensemble", "2000", "", "1800", "", ""),
    ("Décroché", "%", "DPAPH", "68,3 %", "0.7", "71 %", "", MAIL),
    ("Appels", "nombre", "DPAPH", "100", "100", "100", "300", ""),
    ("Attente", "minutes", "DPAPH", "12,5", "14", "13,1", "", ""),
    (TEXT, *[""] * 7),
)


def figures() -> bytes:
    return "\n".join(",".join(f'"{cell}"' for cell in row) for row in FIGURES).encode()


def workbook() -> bytes:
    built = io.BytesIO()
    with xlsxwriter.Workbook(built, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Suivi")
        for number, row in enumerate(FIGURES):
            for column, cell in enumerate(row):
                if cell.isdecimal():
                    sheet.write_number(number, column, int(cell))
                elif cell:
                    sheet.write_string(number, column, cell)
    return built.getvalue()


FORMATS: dict[str, tuple[Callable[[], bytes], str]] = {
    "paper": (paper, "papier"),
    "limesurvey": (limesurvey, "qr"),
    "kiosk": (kiosk, "borne"),
    "measures": (figures, ""),
    "workbook": (workbook, "Suivi"),
}
"""Format → what makes a file of it, and its channel, or the sheet of its table."""


def manifest(reader: str, channel: str) -> str:
    if reader in ("measures", "workbook"):
        return _measures_manifest(channel)
    return (
        "delivery: d\nreceived: 2026-11-01\nsimulated: true\nfiles:\n"
        f"  - path: raw.csv\n    reader: {reader}\n    channel: {channel}\n    wave: 2026-2\n"
    )


def _measures_manifest(sheet: str) -> str:
    return (
        "delivery: d\nreceived: 2026-11-01\nsimulated: true\nfiles:\n"
        "  - path: raw.csv\n    reader: measures\n    measures:\n"
        f"      - header: 2\n{f'        sheet: {sheet}' if sheet else ''}\n"
        "        indicator: Indicateur\n        unit: Unité\n        directorate: Direction\n"
        "        total: Cumul\n        ignored: [Suivi par]\n        totals: [Ensemble]\n"
        "        indicators: {Visites: visites, Décroché: taux_decroche, Appels: appels, "
        "Attente: attente_moyenne}\n"
        '        units: {nombre: count, "%": share, minutes: minutes}\n'
    )


# --- how it is spoilt -----------------------------------------------------------------------------


def spoil_file(content: bytes, drawn: random.Random) -> bytes:
    """One to three accidents that happen to files."""
    for _ in range(drawn.randint(1, 3)):
        act = drawn.choice(ACCIDENTS)
        if content.startswith(b"PK") and drawn.random() < 0.8:
            content = _member(content, act, drawn)
        else:
            content = act(content, drawn)
    return content


def _member(content: bytes, act: Accident, drawn: random.Random) -> bytes:
    """An accident to one member of an archive, or its cells, whose texts a canary takes."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = {member.filename: archive.read(member) for member in archive.infolist()}
    except Exception:  # spoilt beyond an archive
        return act(content, drawn)
    name = drawn.choice([*members, *[one for one in members if "sheet1" in one] * 5])
    if drawn.random() < 0.5:
        texts = re.findall(rb">[^<>]+<", members[name]) or [b">x<"]
        value = drawn.choice([NAME, MAIL, "n.d.", "-4", "0.5", "1e9", "999999", ""]).encode()
        members[name] = members[name].replace(drawn.choice(texts), b">" + value + b"<")
    else:
        members[name] = act(members[name], drawn)
    built = io.BytesIO()
    with zipfile.ZipFile(built, "w", drawn.choice([0, zipfile.ZIP_DEFLATED])) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return built.getvalue()


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
