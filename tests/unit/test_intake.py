"""Reading raw files: each real flaw has its test, and each bad file its message."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from inline_snapshot import snapshot

from analysis.errors import IntakeError, ObservatoryError, RawDataError
from analysis.intake import (
    Delivery,
    FileEntry,
    HarmonisedFile,
    Manifest,
    check_file,
    read_delivery_file,
)
from analysis.privacy import redact, redact_all
from analysis.study import Study

Read = Callable[..., HarmonisedFile]


@pytest.fixture
def read(study: Study, tmp_path: Path) -> Read:
    """Writes bytes as a raw file and receives it; what its header lacks is declared absent, unless
    `absent` says otherwise."""

    def do(
        content: str | bytes, reader: str, channel: str, wave: str = "2026-2", **more: Any
    ) -> HarmonisedFile:
        path = tmp_path / "raw.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        scope = {} if reader == "delimited" else {"channel": channel, "wave": wave}
        header = path.read_bytes().split(b"\n")[0].decode("utf-8", "replace")
        asked = [*study.channel(channel).items, "token"]
        missing = [item for item in asked if not re.search(rf"\b{item}\b", header)]
        if reader == "delimited":
            missing = [item for item in asked if item not in more["mapping"]["items"]]
        more = more if reader == "kiosk" else {"absent": missing, **more}
        entry = FileEntry.model_validate({"path": "raw.csv", "reader": reader, **scope, **more})
        manifest = Manifest.model_validate(
            {
                "delivery": "d",
                "received": "2026-11-01",
                "simulated": True,
                "files": [entry.model_dump()],
            }
        )
        found = read_delivery_file(Delivery(tmp_path, manifest), entry, study)
        assert found is not None
        return found

    return do


def receipt(found: HarmonisedFile) -> tuple[int, int, int, int]:
    row = found.receipt.row(0, named=True)
    return row["received"], row["kept"], row["refused"], row["duplicates"]


# --- LimeSurvey -----------------------------------------------------------------------------------

LIME = (
    "\ufeffid,submitdate,lastpage,startlanguage,seed,startdate,datestamp,ipaddr,refurl,token,"
    "SITE,Q01,ACC[Q03],Q18,groupTime1"
)


def lime(*rows: str) -> str:
    return "\r\n".join([LIME, *rows]) + "\r\n"


def test_limesurvey_maps_labels_whatever_their_direction_accents_or_spaces(read: Read) -> None:
    found = read(
        lime(
            "1,2026-08-03 10:00:00,6,fr,1,2026-08-03 09:50:00,2026-08-03 "
            "10:00:00,192.0.2.1,,t1,pmi-acacias,"
            'Très  satisfait(e),Tout à fait,"Bien, merci",3',
            "2,2026-08-04 10:00:00,6,fr,1,2026-08-04 09:50:00,2026-08-04 "
            "10:00:00,192.0.2.1,,t2,pmi-acacias,"
            "PLUTÔT PAS SATISFAIT(E),N/A,,3",
        ),
        "limesurvey",
        "invitation",
    )
    assert found.responses["Q01"].to_list() == [5, 2]
    assert found.responses["Q03"].to_list() == [5, -1]
    assert found.responses["directorate"].to_list() == ["def", "def"]
    assert found.verbatims["text"].to_list() == ["Bien, merci"]
    assert receipt(found) == (2, 2, 0, 0)


def test_limesurvey_tells_no_answer_from_abandon(read: Read) -> None:
    found = read(
        lime(
            "1,2026-08-03 10:00:00,6,fr,1,x,2026-08-03 10:00:00,,,t1,pmi-acacias,,Tout à fait,,3",
            "2,,3,fr,1,x,2026-08-04 10:00:00,,,t2,pmi-acacias,,,,3",
        ),
        "limesurvey",
        "invitation",
    )
    assert found.responses.sort("line")["Q01"].to_list() == [99, -2]


def test_limesurvey_keeps_the_last_entry_of_a_token_and_refuses_tests(read: Read) -> None:
    found = read(
        lime(
            "0,2026-06-28 10:00:00,6,fr,1,x,2026-06-28 10:00:00,,,t0,pmi-acacias,Très "
            "satisfait(e),,,3",
            "1,,3,fr,1,x,2026-08-03 09:00:00,,,t1,pmi-acacias,,,,3",
            "2,2026-08-03 10:00:00,6,fr,1,x,2026-08-03 10:00:00,,,t1,pmi-acacias,Très "
            "satisfait(e),,,3",
        ),
        "limesurvey",
        "invitation",
    )
    assert receipt(found) == (3, 1, 1, 1)
    assert found.responses["Q01"].to_list() == [5]
    assert found.refused["reason"].to_list() == ["date outside the wave's field"]


def test_an_unknown_column_is_named_with_the_nearest(read: Read) -> None:
    with pytest.raises(IntakeError) as caught:
        read(lime().replace("Q01", "Q010") + "1" + "," * 14 + "\r\n", "limesurvey", "invitation")
    assert "Unknown column, in place 12" in str(caught.value)
    assert "is it 'Q10' or 'Q01'?" in str(caught.value)


# --- paper ----------------------------------------------------------------------------------------

PAPER = "N° fiche;Date;Code site;Saisi par;Q01;Q02;AGE;Q18"


def paper(*rows: str) -> bytes:
    return "\r\n".join([PAPER, *rows]).encode("cp1252")


def test_paper_reads_codes_signs_and_double_ticks(read: Read) -> None:
    found = read(
        paper(
            "1;03/08/2026;pmi-acacias;Mme X;5;NC;2;Été",
            "2;03/08/2026;pmi-acacias;Mme X;2,4;NSP;2;",
            "3;03/08/2026;pmi-acacias;Mme X;;?;2;",
        ),
        "paper",
        "papier",
    )
    assert found.responses.sort("line").select("Q01", "Q02").rows() == [(5, 97), (-3, 98), (99, -3)]
    assert found.verbatims["text"].to_list() == ["Été"]


def test_each_refused_row_has_its_line_its_reason_and_no_name(read: Read) -> None:
    found = read(
        paper(
            "1;03/08/2026;pmi-acacias;Mme X;5;4;2;",
            "2;03/08/2026;nulle-part;Mme X;5;4;2;appelez le 06 12 34 56 78",
            "3;31/02/2026;pmi-acacias;Mme X;5;4;2;",
            "4;03/08/2026;pmi-acacias;Mme X;9;4;2;",
            "5;03/08/2026;pmi-acacias;Mme X;5",
        ),
        "paper",
        "papier",
    )
    assert receipt(found) == (5, 1, 4, 0)
    assert found.refused.select("line", "reason").rows() == snapshot(
        [
            (3, "unknown site"),
            (4, "unreadable date"),
            (5, "Q01: answer outside its scale"),
            (6, "5 cells where the header has 8"),
        ]
    )
    content = [json.loads(text) for text in found.refused["content"]]
    assert content == [
        {"AGE": 2, "Q01": 5, "Q02": 4, "day": "2026-08-03"},
        {"AGE": 2, "Q01": 5, "Q02": 4, "site": "pmi-acacias"},
        {"AGE": 2, "Q02": 4, "day": "2026-08-03", "site": "pmi-acacias"},
        {},
    ]
    assert not any("Mme X" in text for text in found.refused["content"])


def test_a_mapping_at_fault_is_an_error_not_a_heap_of_refused_rows(read: Read) -> None:
    rows = [
        f"{number};03/08/2026;pmi-acacias;X;{9 if number < 5 else 4};4;2;" for number in range(20)
    ]
    with pytest.raises(IntakeError) as caught:
        read(paper(*rows), "paper", "papier")
    assert str(caught.value) == snapshot(
        """\
5 of 20 rows have an answer outside its scale; first Q01: answer outside its scale.
  at: d/raw.csv, line 2

Hint: the mapping or questionnaire.yml is at fault: name these answers there.\
"""
    )


def test_the_wrong_encoding_is_named_with_its_line(read: Read) -> None:
    with pytest.raises(IntakeError, match="declared cp1252 but reads as utf-8"):
        read(paper("1;03/08/2026;pmi-acacias;X;5;4;2;Été").decode("cp1252"), "paper", "papier")
    with pytest.raises(IntakeError) as caught:
        read(
            paper("1;03/08/2026;pmi-acacias;X;5;4;2;Été"),
            "paper",
            "papier",
            dialect={"encoding": "utf-8", "delimiter": ";"},
        )
    assert "not encoded in utf-8" in str(caught.value)
    assert "line 1" in str(caught.value)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (PAPER, "a header and no row"),
        (PAPER.replace(";", ","), "separator"),
        (
            PAPER.replace("Q02", "Q01") + "\n1;03/08/2026;pmi-acacias;X;5;4;2;",
            "stands twice: 'Q01'",
        ),
        (
            PAPER.replace("Code site", "Site") + "\n1;03/08/2026;pmi-acacias;X;5;4;2;",
            "no column 'Code site'",
        ),
    ],
)
def test_a_file_that_is_no_such_export_is_refused(read: Read, content: str, words: str) -> None:
    with pytest.raises(IntakeError, match=words):
        read(content.encode("cp1252"), "paper", "papier")


def test_what_was_asked_under_constraint_is_refused(read: Read) -> None:
    found = read(
        paper("1;03/08/2026;protection-ancre;X;5;;2;", "2;03/08/2026;protection-ancre;X;;;2;"),
        "paper",
        "papier",
    )
    assert found.refused["reason"].to_list() == ["Q01 was asked to a population under constraint"]
    assert found.responses["population"].to_list() == ["protection"]


def test_a_shifted_row_leaves_no_name_anywhere(read: Read) -> None:
    shifted = [f"{n};03/08/2026;pmi-acacias;;Mme Dupont Josiane;5;4;2;" for n in range(3)]
    good = [f"{n};03/08/2026;pmi-acacias;X;5;4;2;" for n in range(3)]
    found = read(paper(*shifted, *good), "paper", "papier")
    assert receipt(found) == (6, 3, 3, 0)
    assert "Dupont" not in str(found.refused.to_dicts())
    named = read(paper("1;03/08/2026;pmi-acacias;X;Mme Dupont;4;2;", *good), "paper", "papier")
    assert named.refused["reason"].to_list() == ["Q01: answer outside its scale"]


def test_an_unclosed_quotation_mark_is_an_error_not_a_lost_file(read: Read) -> None:
    rows = [
        f"{n},2026-08-03 10:00:00,6,fr,1,x,2026-08-03 10:00:00,192.0.2.1,,t{n},pmi-acacias,,,ok,3"
        for n in range(9)
    ]
    rows[2] = rows[2].replace("ok", '"oups')
    with pytest.raises(IntakeError, match="not well delimited"):
        read(lime(*rows), "limesurvey", "invitation")


def test_blank_tokens_are_as_many_people(read: Read) -> None:
    rows = [
        f"{n},2026-08-03 10:00:00,6,fr,1,x,2026-08-03 10:00:00,,,,pmi-acacias,,,,3"
        for n in range(5)
    ]
    rows.append(rows[0].replace("0,", "5,", 1).replace(",,,,pmi", ",,,t5,pmi"))
    assert receipt(read(lime(*rows), "limesurvey", "invitation")) == (6, 6, 0, 0)


def test_a_finished_entry_comes_before_a_later_unfinished_one(read: Read) -> None:
    rows = [
        "1,2026-08-03 10:00:00,6,fr,1,x,2026-08-03 10:00:00,,,t1,pmi-acacias,Très satisfait(e),,,3",
        "2,,1,fr,1,x,2026-08-04 10:00:00,,,t1,pmi-acacias,,,,3",
    ]
    assert read(lime(*rows), "limesurvey", "invitation").responses["Q01"].to_list() == [5]


def test_an_item_in_two_columns_is_refused(read: Read) -> None:
    with pytest.raises(IntakeError, match="Item Q03 stands in two columns"):
        read(lime().replace("Q01", "Q03") + "1" + "," * 14 + "\r\n", "limesurvey", "invitation")


# --- kiosk ----------------------------------------------------------------------------------------

KIOSK = (
    "feedbackId,smileyId,localTime,surveyId,experiencePointId,"
    "buttonIndex,misuse,position,ui,smileyType"
)


def test_a_kiosk_refuses_misuse_and_bursts(read: Read) -> None:
    rows = [
        "a,k,2026-08-03T10:00:00,s,pmi-acacias,3,false,p,physical,T",
        "b,k,2026-08-03T10:00:02,s,pmi-acacias,3,false,p,physical,T",
        "c,k,2026-08-03T10:00:02,s,pmi-iris,0,false,p,physical,T",
        "d,k,2026-08-03T10:00:08,s,pmi-acacias,1,false,p,physical,T",
        "e,k,2026-08-03T23:00:00,s,pmi-acacias,3,True,p,physical,T",
    ]
    found = read("\n".join([KIOSK, *rows]), "kiosk", "borne")
    assert found.responses.sort("line")["Q01V"].to_list() == [4, 1, 2]
    assert found.refused["reason"].to_list() == [
        "burst: under 5 s after the press before",
        "misuse flagged by the kiosk",
    ]


def test_two_devices_of_one_place_and_a_press_after_a_misuse_are_no_bursts(read: Read) -> None:
    rows = [
        "a,k1,2026-08-03T10:00:00,s,pmi-acacias,3,false,p,physical,T",
        "b,k2,2026-08-03T10:00:01,s,pmi-acacias,3,false,p,physical,T",
        "c,k3,2026-08-03T10:00:00,s,pmi-acacias,3,true,p,physical,T",
        "d,k3,2026-08-03T10:00:02,s,pmi-acacias,3,false,p,physical,T",
    ]
    found = read("\n".join([KIOSK, *rows]), "kiosk", "borne")
    assert found.refused["reason"].to_list() == ["misuse flagged by the kiosk"]


# --- the generic reader ---------------------------------------------------------------------------

MAPPING = {
    "directorate": {"column": "Dir", "values": {"Autonomie": "dpaph"}},
    "channel": {"value": "qr"},
    "day": {
        "column": "When",
        "shapes": [{"shape": "99/99/9999", "formats": ["%d/%m/%Y", "%m/%d/%Y"]}],
    },
    "respondent": {"column": "Who", "keep": "first"},
    "items": {"Q01": {"column": "Score", "values": {"good": 5, "bad": 1}}},
}


def test_the_generic_reader_counts_ambiguous_dates_and_keeps_one_row_a_respondent(
    read: Read,
) -> None:
    rows = [
        "Dir,When,Who,Score",
        "Autonomie,03/08/2026,p1,good",
        "Autonomie,08/25/2026,p2,bad",
        "AUTONOMIE,05/09/2026,p1,bad",
        "Autonomie,5/9/2026,p3,bad",
        "Finances,03/08/2026,p4,good",
    ]
    found = read("\n".join(rows), "delimited", "qr", mapping=MAPPING)
    assert receipt(found) == (5, 2, 2, 1)
    assert found.receipt["ambiguous_dates"].to_list() == [3]
    assert found.responses.sort("line").select("wave", "Q01").rows() == [
        ("2026-2", 5),
        ("2026-2", 1),
    ]
    assert found.refused["reason"].to_list() == ["unreadable date", "unknown directorate"]


def test_a_line_feed_inside_a_cell_does_not_shift_lines(read: Read) -> None:
    found = read(
        'Dir,When,Who,Score\nAutonomie,03/08/2026,"p\n1",good\nAutonomie,nothing,p2,good\n',
        "delimited",
        "qr",
        mapping=MAPPING,
    )
    assert found.responses["line"].to_list() == [2]
    assert found.refused["line"].to_list() == [4]


def test_a_column_of_the_mapping_that_the_file_lacks_is_named(read: Read) -> None:
    with pytest.raises(IntakeError, match="no column 'Score'"):
        read(
            "Dir,When,Who,Scores\nAutonomie,03/08/2026,p1,good\n",
            "delimited",
            "qr",
            mapping=MAPPING,
        )


# --- files ----------------------------------------------------------------------------------------


def test_a_file_that_is_missing_empty_or_altered_is_named(tmp_path: Path) -> None:
    entry = FileEntry(path="a.csv", reader="archive", sha256="0" * 64)
    with pytest.raises(RawDataError, match="missing"):
        check_file(tmp_path / "a.csv", entry, "m")
    (tmp_path / "a.csv").write_text("")
    with pytest.raises(RawDataError, match="empty"):
        check_file(tmp_path / "a.csv", entry, "m")
    (tmp_path / "a.csv").write_text("x")
    with pytest.raises(RawDataError, match="altered"):
        check_file(tmp_path / "a.csv", entry, "m")


@pytest.mark.parametrize(
    "name", ["../a.csv", "/etc/passwd", "a/b.csv", ".hidden", "", "a\x00b", "manifest.yml"]
)
def test_a_manifest_cannot_name_a_path(name: str) -> None:
    with pytest.raises(ValueError, match="path"):
        FileEntry.model_validate({"path": name, "reader": "archive"})


def test_every_fault_of_intake_is_an_error_of_the_house() -> None:
    assert issubclass(IntakeError, ObservatoryError)
    assert issubclass(RawDataError, ObservatoryError)


# --- personal data --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("écrire à jean.dupont@exemple.fr vite", "écrire à [courriel] vite"),
        ("tel 06.12.34.56.78", "tel [téléphone]"),
        ("+33 6 12 34 56 78 merci", "[téléphone] merci"),
        ("nir 2 69 05 49 588 157 80", "nir [numéro]"),
        ("dossier 20241234", "dossier [numéro]"),
        ("voir https://exemple.fr/moi?id=3", "voir [lien]"),
        ("au +33 (0)6 12 34 56 78", "au [téléphone]"),
        ("06/12/34/56/78 ou 0033 6 12 34 56 78", "[téléphone] ou [téléphone]"),
        ("06  12  34  56  78", "[téléphone]"),
        ("nir 2 69 05 2A 588 157 80", "nir [numéro]"),
        ("depuis 192.0.2.44", "depuis [adresse]"),
        ("www.exemple.fr/moi", "[lien]"),
        ("HTTPS://exemple.fr/moi et WWW.exemple.fr", "[lien] et [lien]"),
        ("(06) 12 34 56 78 ou 06–12–34–56–78", "([téléphone] ou [téléphone]"),
        ("FR76 3000 6000 0112 3456 7890 189", "[numéro]"),
        ("le 12.03.2026, note 4.5", "le 12.03.2026, note 4.5"),
        ("attendu 45 minutes le 12/03/2026", "attendu 45 minutes le 12/03/2026"),
    ],
)
def test_redaction(text: str, expected: str) -> None:
    assert redact(text) == expected


def test_a_column_of_texts_is_redacted_as_each_of_them_is() -> None:
    texts = ["rien à dire", "tel 06.12.34.56.78", "", "écrire à a.b@exemple.fr", "été 45"]
    assert redact_all(pl.Series(texts)).to_list() == [redact(text) for text in texts]
    assert redact_all(pl.Series(texts))[1] == "tel [téléphone]"


def test_a_response_is_identified_by_nothing_of_the_respondent(read: Read) -> None:
    found = read(paper("1;03/08/2026;pmi-acacias;Mme X;5;4;2;"), "paper", "papier")
    assert set(found.responses.columns).isdisjoint({"token", "Saisi par", "ipaddr"})
    assert found.responses.select(pl.col("response_id").str.len_chars()).item() == 20
