"""Reading files that are not what they should be: no cell of theirs in a message, bounded memory,
nothing guessed."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.errors import IntakeError, ObservatoryError
from analysis.intake import Delivery, FileEntry, HarmonisedFile, Manifest, read_delivery_file
from analysis.intake.raw_table import BATCH
from analysis.intake.readers.kiosk import COLUMNS
from analysis.intake.readers.paper import several_ticks
from analysis.privacy import redact
from analysis.study import Scale, Study
from tests.conftest import ROOT

Read = Callable[..., HarmonisedFile]

HEADER = "N° fiche;Date;Code site;Saisi par;Q01;Q02;Q03;Q08;Q09;Q10;Q11;Q12;Q15;AGE;SEUL;Q18"
CANARY = "Dupont-Lajoie"
TOKEN = "tok3n4secret"


@pytest.fixture
def read(study: Study, tmp_path: Path) -> Read:
    """Writes a file of a channel of wave 2026-2 and receives it."""

    def do(
        content: str | bytes, reader: str = "paper", channel: str = "papier", **more: object
    ) -> HarmonisedFile:
        path = tmp_path / "raw.csv"
        path.write_bytes(
            content
            if isinstance(content, bytes)
            else content.encode("cp1252" if reader == "paper" else "utf-8")
        )
        entry = FileEntry.model_validate(
            {"path": "raw.csv", "reader": reader, "channel": channel, "wave": "2026-2", **more}
        )
        manifest = Manifest(delivery="d", received="2026-11-01", simulated=True, files=(entry,))
        found = read_delivery_file(Delivery(tmp_path, manifest), entry, study)
        assert found is not None
        return found

    return do


def form(number: int, *answers: str, site: str = "pmi-acacias") -> str:
    cells = [*answers, *["4"] * (8 - len(answers)), "1", "2", "1", ""]
    return f"{number};03/08/2026;{site};Mme X;{';'.join(cells)}"


def forms(*rows: str) -> str:
    return "\r\n".join([HEADER, *rows])


# --- two ticks, never a decimal -------------------------------------------------------------------


def test_a_whole_number_as_spreadsheets_write_it_is_that_number(read: Read) -> None:
    found = read(
        forms(
            *(
                form(n, cell)
                for n, cell in enumerate(["4,0", "4.0", "4", "2,4", "2/4", "5+1", "4 , 2"])
            )
        )
    )
    assert found.responses.sort("line")["Q01"].to_list() == [4, 4, 4, -3, -3, -3, -3]


def test_what_is_neither_a_level_nor_two_of_them_is_outside_the_scale(read: Read) -> None:
    rows = [form(n) for n in range(40)]
    for n, cell in enumerate(["4,5,", "7,2"]):
        found = read(forms(*rows[:-1], form(99 + n, cell)))
        assert found.refused["reason"].to_list() == ["Q01: answer outside its scale"]


@pytest.mark.parametrize(
    ("codes", "ticks", "none"),
    [
        (
            (1, 2, 3, 4, 5),
            ["2,4", "2, 4", "1/5", "1+2+3", "2-4", "2 et 4"],
            ["4,0", "4,4", "4", "0,4", "6,4", "4,", "4,0,2"],
        ),
        ((0, 1, 2, 3), ["1,3", "0/3", "3+0", "0,2"], ["3,0", "2,0", "2,2"]),
        ((0, 5, 10), ["5,10", "10/0"], ["10,0", "5,5", "1,0"]),
    ],
)
def test_two_ticks_are_two_levels_and_a_level_with_a_zero_is_a_decimal(
    codes: tuple[int, ...], ticks: list[str], none: list[str]
) -> None:
    levels = [{"code": code, "label": str(code)} for code in codes]
    pattern = several_ticks(
        Scale.model_validate({"id": "s", "label": "s", "kind": "ordinal", "levels": levels})
    )
    assert [cell for cell in ticks if not pattern.fullmatch(cell)] == []
    assert [cell for cell in none if pattern.fullmatch(cell)] == []


# --- what is asked and lacking --------------------------------------------------------------------


def test_a_question_that_the_export_lacks_is_an_error_unless_it_is_said(read: Read) -> None:
    content = "\r\n".join(
        ";".join(cell for place, cell in enumerate(line.split(";")) if place != 12)
        for line in forms(form(1)).splitlines()
    )
    assert "Q15" not in content
    with pytest.raises(IntakeError) as caught:
        read(content)
    assert "Channel papier asks Q15, and the file lacks it" in str(caught.value)
    assert "`absent: [Q15]`" in str(caught.value)
    found = read(content, absent=["Q15"])
    assert found.responses["Q15"].to_list() == [-1]
    with pytest.raises(IntakeError, match="Q15 is listed as absent, and is in the file"):
        read(forms(form(1)), absent=["Q15"])


def test_an_invited_channel_without_its_tokens_is_an_error_unless_it_is_said(
    read: Read, study: Study
) -> None:
    items = study.channel("invitation").items
    header = f"id,submitdate,startdate,datestamp,SITE,{','.join(items)}"
    row = "1,2026-08-03 10:00:00,2026-08-03 09:00:00,2026-08-03 10:00:00,pmi-acacias," + "," * (
        len(items) - 1
    )
    with pytest.raises(
        IntakeError, match="has no column 'token', and channel invitation is invited"
    ):
        read(f"{header}\n{row}\n", "limesurvey", "invitation")
    assert read(f"{header}\n{row}\n", "limesurvey", "invitation", absent=["token"]).receipt[
        "kept"
    ].to_list() == [1]


def test_the_generic_reader_wants_what_its_channel_asks_too(study: Study) -> None:
    from analysis.errors import ScopeError
    from analysis.intake import check_entry

    mapping = {
        "channel": {"value": "qr"},
        "day": {"column": "When", "shapes": [{"shape": "9", "formats": ["%d/%m/%Y"]}]},
        "items": {"Q01": {"column": "a", "values": {"x": 5}}},
    }
    entry = FileEntry.model_validate({"path": "a.csv", "reader": "delimited", "mapping": mapping})
    with pytest.raises(ScopeError, match=r"asks Q02, Q03, .* and the file lacks it"):
        check_entry(study, entry, "here")
    asked = [item for item in study.channel("qr").items if item != "Q01"]
    check_entry(study, entry.model_copy(update={"absent": tuple(asked)}), "here")


def test_a_file_whose_channels_are_in_a_column_lacks_nothing_that_they_ask(
    study: Study, tmp_path: Path
) -> None:
    mapping = {
        "channel": {"column": "ch"},
        "site": {"column": "s"},
        "day": {"column": "d", "shapes": [{"shape": "9999-99-99", "formats": ["%Y-%m-%d"]}]},
        "items": {"Q01": {"column": "a", "values": {"x": 5}}},
    }

    def receive_as(channel: str, **more: object) -> HarmonisedFile | None:
        (tmp_path / "a.csv").write_text(f"ch,s,d,a,t\n{channel},pmi-acacias,2026-08-03,x,t1\n")
        entry = FileEntry.model_validate(
            {"path": "a.csv", "reader": "delimited", "mapping": mapping, **more}
        )
        manifest = Manifest(delivery="d", received="2026-11-01", simulated=True, files=(entry,))
        return read_delivery_file(Delivery(tmp_path, manifest), entry, study)

    with pytest.raises(IntakeError, match=r"Channel qr asks Q02, Q03, .*and the file lacks it"):
        receive_as("qr")
    every = [item.id for item in study.questionnaire.items if item.id != "Q01"]
    found = receive_as("qr", absent=every)
    assert found is not None and found.receipt["kept"].to_list() == [1]
    with pytest.raises(IntakeError, match="is invited, and the mapping names no `respondent`"):
        receive_as("invitation", absent=every)
    found = receive_as("invitation", absent=[*every, "token"])
    assert found is not None and found.receipt["kept"].to_list() == [1]


def test_an_invited_channel_of_which_no_row_has_a_token_is_an_error(
    read: Read, study: Study
) -> None:
    items = study.channel("invitation").items
    header = (
        f"id,submitdate,startdate,datestamp,token,SITE,{','.join(items)},firstname,attribute_1,"
    )
    moment = "2026-08-03 10:00:00"
    row = f"1,{moment},{moment},{moment},{{}},pmi-acacias," + "," * (len(items) - 1) + ",Zoé,x,"
    with pytest.raises(IntakeError, match="No row has a token"):
        read(f"{header}\n{row.format('')}\n", "limesurvey", "invitation")
    found = read(f"{header}\n{row.format('t1')}\n", "limesurvey", "invitation")
    assert found.receipt["kept"].to_list() == [1] and "Zoé" not in str(found)


# --- the same row twice in a file -----------------------------------------------------------------


def test_a_form_entered_twice_is_a_duplicate_and_one_that_contradicts_it_is_refused(
    read: Read,
) -> None:
    rows = [form(n) for n in range(40)]
    found = read(forms(*rows, form(3), form(5, "1")))
    row = found.receipt.row(0, named=True)
    assert (row["received"], row["kept"], row["duplicates"], row["refused"]) == (42, 40, 1, 1)
    assert found.refused["reason"].to_list() == [
        "other answers than line 7 under the same N° fiche and Code site and Date"
    ]
    assert found.responses.filter(found.responses["line"] == 7)["Q01"].to_list() == [4]


def test_numbers_that_start_again_make_the_file_an_error(read: Read) -> None:
    with pytest.raises(IntakeError, match="10 of 20 rows say something else than one before"):
        read(forms(*(form(n % 10, "1" if n > 9 else "5") for n in range(20))))


def test_an_open_survey_keeps_one_row_of_each_response(read: Read, study: Study) -> None:
    items = study.channel("qr").items
    header = f"id,submitdate,startdate,datestamp,SITE,{','.join(items)}"
    first, last = "2026-08-03 10:00:00", "2026-08-03 10:09:00"
    half = f"1,,{first},{first},pmi-acacias," + "," * (len(items) - 1)
    whole = f"1,{last},{first},{last},pmi-acacias,Très satisfait(e)" + "," * (len(items) - 1)
    found = read(f"{header}\n{half}\n{whole}\n", "limesurvey", "qr")
    assert found.receipt["duplicates"].to_list() == [1]
    assert found.responses["Q01"].to_list() == [5]


def test_a_row_that_says_the_same_and_writes_something_else_is_not_lost(read: Read) -> None:
    rows = [form(n) for n in range(40)]
    found = read(forms(*rows, form(3) + "Un mot de plus"))
    row = found.receipt.row(0, named=True)
    assert (row["kept"], row["duplicates"], row["refused"]) == (40, 0, 1)


def test_days_and_sites_are_read_however_a_clerk_writes_them(read: Read) -> None:
    rows = [
        form(n).replace("03/08/2026", day)
        for n, day in enumerate(["3/8/2026", "03/8/2026", "3/08/2026"])
    ]
    assert read(forms(*rows)).responses["day"].n_unique() == 1


# --- receipts -------------------------------------------------------------------------------------


def test_the_receipt_counts_what_was_illegible_or_not_asked_of_each_item(read: Read) -> None:
    content = forms(form(1, "?"), form(2, "2,4"), form(3, "5"), form(4, "NC"))
    found = read(content)
    counts = {
        row["item"]: (row["kept"], row["illegible"], row["not_asked"])
        for row in found.items.iter_rows(named=True)
    }
    assert counts["Q01"] == (4, 2, 0) and counts["Q02"] == (4, 0, 0)
    lacking = "\r\n".join(
        ";".join(line.split(";")[:14] + line.split(";")[15:]) for line in content.splitlines()
    )
    found = read(lacking, absent=["SEUL"])
    counts = {
        row["item"]: (row["kept"], row["illegible"], row["not_asked"])
        for row in found.items.iter_rows(named=True)
    }
    assert counts["SEUL"] == (4, 0, 4)


# --- no cell in a message, no name in a record ----------------------------------------------------

LIME = "id,submitdate,lastpage,startlanguage,seed,startdate,datestamp,ipaddr,refurl,token,SITE,Q01"
LIME_ROW = (
    "1,2026-08-03 10:00:00,6,fr,1,2026-08-03 10:00:00,2026-08-03 "
    f"10:00:00,192.0.2.7,,{TOKEN},{CANARY},{CANARY}@exemple.fr"
)


@pytest.mark.parametrize(
    ("reader", "channel", "content"),
    [
        ("limesurvey", "invitation", f"{LIME_ROW}\n{LIME_ROW}\n"),
        ("limesurvey", "invitation", f"{LIME},{CANARY}\n{LIME_ROW},x\n"),
        ("limesurvey", "invitation", f"{LIME},Q02 {LIME_ROW}\n{LIME_ROW}\n"),
        ("limesurvey", "invitation", f'{LIME},"Q18\n{LIME_ROW}"\n{LIME_ROW},x\n'),
        ("limesurvey", "invitation", f"{LIME},{CANARY},{CANARY}\n{LIME_ROW},x,x\n"),
        ("limesurvey", "invitation", f"{LIME}\n{LIME_ROW}\n"),
        ("paper", "papier", f"1;03/08/2026;{CANARY};Mme {CANARY};5;4;{CANARY};{CANARY}"),
        ("paper", "papier", forms(form(1)).replace("Q18", CANARY)),
        ("paper", "papier", forms(*(form(n, CANARY) for n in range(9)))),
        ("paper", "papier", forms(*(form(n, site=CANARY) for n in range(9))) + f'\r\n"{CANARY}'),
        ("kiosk", "borne", f"{CANARY},b,c\n1,2,3\n"),
    ],
)
def test_no_cell_of_a_file_stands_in_a_message(
    read: Read, reader: str, channel: str, content: str
) -> None:
    with pytest.raises(ObservatoryError) as caught:
        read(content, reader, channel, absent=["token"] if reader == "x" else [])
    message = str(caught.value)
    assert not re.search(rf"{CANARY}|{TOKEN}|192\.0\.2\.7|exemple", message), message
    assert "Hint: " in message and caught.value.hint


def test_a_column_that_is_like_a_known_one_is_named_and_another_by_its_place(read: Read) -> None:
    with pytest.raises(IntakeError, match="Unknown column, in place 10") as caught:
        read(forms(form(1)).replace("Q10", "Q010"))
    assert "is it 'Q10' or 'Q01'?" in str(caught.value) and "Q010" not in str(caught.value)
    for header in (
        HEADER.replace("SEUL", "SEULLi Wu"),
        HEADER.replace("N° fiche", "N° ficheLi Wu"),
    ):
        with pytest.raises(IntakeError) as caught:  # a line end that was lost
            read(forms(form(1)).replace(HEADER, header))
        assert "Li Wu" not in str(caught.value)
    with pytest.raises(IntakeError, match="Unknown column, in place 16"):
        read(forms(form(1)).replace("Q18", "observations libres"))
    with pytest.raises(IntakeError, match="no column 'Code site'"):
        read(forms(form(1)).replace("Code site", "Lieu"))


def test_a_row_shifted_by_one_column_leaves_no_name_in_what_is_kept_of_it(read: Read) -> None:
    rows = [form(n) for n in range(40)]
    shifted = f"99;03/08/2026;pmi-acacias;;{CANARY};5;4;4;4;4;4;4;4;1;2;1"
    found = read(forms(*rows, shifted))
    assert found.refused["reason"].to_list() == ["Q01: answer outside its scale"]
    content = json.loads(found.refused["content"][0])
    assert (
        CANARY not in str(found.refused.to_dicts()) and content["Q02"] == 5 and "Q01" not in content
    )


# --- limits ---------------------------------------------------------------------------------------


def limited(code: str, *, mib: int) -> subprocess.CompletedProcess[str]:
    """Runs Python with so much memory beyond what importing the library takes; it is stopped if it
    hangs."""
    start = "\n".join(
        [
            "import resource, sys",
            "from pathlib import Path",
            "import numpy, polars, analysis.intake",
            "from analysis.errors import ObservatoryError",
            "held = int(Path('/proc/self/status').read_text().split('VmData:')[1].split()[0]) << "
            "10",
            f"resource.setrlimit(resource.RLIMIT_DATA, (held + ({mib} << 20),) * 2)",
        ]
    )
    return subprocess.run(
        [sys.executable, "-c", f"{start}\n{code}"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=ROOT,
    )


WIDE = """
from analysis.intake.mapping import Dialect
from analysis.intake.raw_table import DelimitedFile, Source
file = DelimitedFile.open(Source(Path({path!r}), "here"), Dialect(), [])
total = crooked = 0
for batch in file.batches(("c0", "c1")):
    total += len(batch.lines)
    crooked += len(batch.malformed)
print(total, crooked)
"""


def test_a_wide_header_over_short_rows_takes_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    path.write_text(",".join(f"c{n}" for n in range(4_900)) + "\n" + "1,2\n" * 150_000)
    done = limited(WIDE.format(path=str(path)), mib=300)
    assert done.stdout.split() == ["0", "150000"], done.stderr[-500:]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (
            ",".join(f"c{n}" for n in range(5_001)) + "\n1\n",
            "has 5001 columns, and 5000 are read at most",
        ),
        ("a;b\n" + "x" * (5 << 20), "A line is longer than 4 MiB"),
        ("x" * (5 << 20), "A line is longer than 4 MiB"),
        (
            ",".join(COLUMNS) + '\n"' + "x\n" * (1 << 20),
            "not well delimited: field larger than field limit",
        ),
    ],
)
def test_the_limits_of_a_file_are_said(read: Read, content: str, words: str) -> None:
    with pytest.raises(IntakeError, match=re.escape(words)):
        read(content, "kiosk", "borne")


def test_rows_are_the_same_whatever_batch_they_fall_in(read: Read) -> None:
    rows = [form(n, str(1 + n % 5)) for n in range(2 * BATCH + 3)]
    found = read(forms(*rows))
    assert found.responses.sort("line")["Q01"].to_list() == [1 + n % 5 for n in range(len(rows))]
    assert found.responses.sort("line")["line"].to_list() == list(range(2, len(rows) + 2))


LETTERS = 1 << 20


@pytest.mark.parametrize(
    "text",
    [
        "a" * LETTERS,
        "a@" * (LETTERS // 2),
        "a.b" * (LETTERS // 3),
        "1." * (LETTERS // 2),
        "01" * (LETTERS // 2),
        "+33" * (LETTERS // 3),
        "1 " * (LETTERS // 2),
        "0" + " " * LETTERS,
        "www." * (LETTERS // 4),
    ],
    ids=lambda text: text[:4],
)
def test_no_text_of_a_mebibyte_hangs_the_redaction(text: str) -> None:
    """Quadratic patterns take hours here; each of ours enters a run of characters once."""
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from analysis.privacy import redact; print(len(redact(sys.stdin.read())))",
        ],
        input=text,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert int(done.stdout) == len(redact(text))
