"""Deliveries: registered in one transaction or not at all, told when they are not what they were,
counted once."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from ruamel.yaml import YAML

from analysis.errors import IntakeError, ObservatoryError, ParameterError, RawDataError
from analysis.intake import deliveries
from analysis.intake.raw_table import RawTable, Source
from analysis.intake.readers import READERS
from analysis.operations.check import check_study
from analysis.operations.context import Context
from analysis.operations.register import register_delivery
from analysis.study import Study, Workspace
from tests.conftest import ROOT

HEADER = "N° fiche;Date;Code site;Saisi par;Q01;Q02;Q03;Q08;Q09;Q10;Q11;Q12;Q15;AGE;SEUL;Q18"
Draft = Callable[..., Path]


def forms(first: int, last: int, *, level: int = 5, site: str = "pmi-acacias") -> str:
    rows = [f"{n};03/08/2026;{site};Mme X;{level};4;4;4;4;4;4;4;1;2;1;" for n in range(first, last)]
    return "\r\n".join([HEADER, *rows])


@pytest.fixture
def context(tmp_path: Path) -> Context:
    workspace = tmp_path / "workspace"
    for name in ("params/cd93", "notebooks"):
        shutil.copytree(ROOT / name, workspace / name)
    shutil.copyfile(ROOT / "requirements.lock", workspace / "requirements.lock")
    return Context.open(Workspace(workspace), "cd93", lambda line: None)


@pytest.fixture
def draft(tmp_path: Path) -> Draft:
    """Writes a draft manifest and its files, each of paper forms of wave 2026-2 unless told
    otherwise."""

    def write(
        name: str, files: dict[str, str], *, entry: dict[str, object] | None = None, **more: object
    ) -> Path:
        folder = tmp_path / "drafts" / name
        folder.mkdir(parents=True)
        for path, content in files.items():
            (folder / path).write_bytes(content.encode("cp1252"))
        entries = [
            {
                "path": path,
                "reader": "paper",
                "channel": "papier",
                "wave": "2026-2",
                **(entry or {}),
            }
            for path in files
        ]
        manifest = {
            "delivery": name,
            "received": "2026-11-01",
            "simulated": True,
            "files": entries,
            **more,
        }
        with (folder / "draft.yml").open("w", encoding="utf-8") as stream:
            YAML(typ="safe", pure=True).dump(manifest, stream)
        return folder / "draft.yml"

    return write


def kept(context: Context) -> int:
    tables = context.workspace.processed("cd93", "responses").rglob("*.parquet")
    return sum(pl.read_parquet(path, hive_partitioning=False).height for path in tables)


def raw(context: Context) -> list[str]:
    folder = context.workspace.raw("cd93")
    return (
        sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))
        if folder.exists()
        else []
    )


def refusal(context: Context, draft: Path) -> str:
    before = raw(context)
    with pytest.raises(ObservatoryError) as caught:
        register_delivery(context, draft)
    assert raw(context) == before, "nothing is copied unless all is right"
    return str(caught.value)


# --- one transaction ------------------------------------------------------------------------------


def test_a_typing_error_in_what_is_replaced_leaves_nothing_behind(
    context: Context, draft: Draft
) -> None:
    register_delivery(context, draft("first", {"a.csv": forms(0, 20)}))
    message = refusal(context, draft("second", {"a.csv": forms(0, 25)}, replaces="frist"))
    assert "Unknown delivery to replace: 'frist'" in message and "did you mean 'first'" in message
    assert kept(context) == 20
    shutil.rmtree(draft("x", {"a.csv": "x"}).parent.parent / "second")
    register_delivery(context, draft("second", {"a.csv": forms(0, 25)}, replaces="first"))
    assert kept(context) == 25
    assert [one.id for one in deliveries(context.workspace, context.study)] == ["second"]


def test_what_stands_once_is_replaced_once(context: Context, draft: Draft) -> None:
    register_delivery(context, draft("first", {"a.csv": forms(0, 20)}))
    register_delivery(context, draft("second", {"a.csv": forms(0, 25)}, replaces="first"))
    assert "replaced 2 times" in refusal(
        context, draft("third", {"a.csv": forms(0, 30)}, replaces="first")
    )
    register_delivery(context, draft("fourth", {"a.csv": forms(0, 30)}, replaces="second"))
    assert kept(context) == 30


def test_all_that_is_wrong_with_a_draft_is_told_at_once(context: Context, draft: Draft) -> None:
    path = draft(
        "first", {"a.csv": forms(0, 5), "b.csv": "", "c.csv": forms(5, 9)}, entry={"wave": "2027-1"}
    )
    (path.parent / "c.csv").unlink()
    message = refusal(context, path)
    assert message.count("Unknown wave: '2027-1'") == 3
    path.write_text(path.read_text(encoding="utf-8").replace("2027-1", "2026-2"), encoding="utf-8")
    message = refusal(context, path)
    assert "A raw file is empty" in message and "A raw file is missing" in message


def test_a_delivery_of_which_nothing_is_kept_is_refused(context: Context, draft: Draft) -> None:
    message = refusal(context, draft("first", {"a.csv": forms(0, 20, site="nulle-part")}))
    assert "Nothing of delivery 'first' is kept: unknown site (20)" in message


def test_a_draft_that_names_a_link_is_refused(
    context: Context, draft: Draft, tmp_path: Path
) -> None:
    path = draft("first", {"a.csv": forms(0, 20)})
    (path.parent / "a.csv").rename(tmp_path / "elsewhere.csv")
    (path.parent / "a.csv").symlink_to(tmp_path / "elsewhere.csv")
    assert "A raw file is a link" in refusal(context, path)


def test_what_is_registered_or_read_is_for_its_owner_alone(context: Context, draft: Draft) -> None:
    previous = os.umask(0o022)
    try:
        register_delivery(context, draft("first", {"a.csv": forms(0, 20)}))
    finally:
        os.umask(previous)
    data = context.workspace.root / "data"
    found = [
        data,
        *data.rglob("*"),
        context.workspace.runs("cd93"),
        *context.workspace.runs("cd93").rglob("*"),
    ]
    assert len(found) > 10
    for path in found:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_registering_reads_each_file_once(
    context: Context, draft: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    register_delivery(context, draft("first", {"a.csv": forms(0, 20)}))
    opened: list[str] = []
    reader = READERS["paper"]
    assert reader.read is not None

    def counted(source: Source, study: Study) -> RawTable:
        opened.append(source.where)
        return reader.read(source, study)  # type: ignore[misc]  # it is there, as was just said

    monkeypatch.setitem(READERS, "paper", replace(reader, read=counted))
    register_delivery(context, draft("second", {"a.csv": forms(20, 40), "b.csv": forms(40, 50)}))
    assert sorted(opened) == ["first/a.csv", "second/a.csv", "second/b.csv"] and kept(context) == 50


# --- the folder of raw data -----------------------------------------------------------------------


def spoil_copy(folder: Path) -> None:
    shutil.copytree(folder / "first", folder / "second")


def spoil_digest(folder: Path) -> None:
    path = folder / "first" / "manifest.yml"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(line for line in lines if "sha256" not in line), encoding="utf-8")


def spoil_link(folder: Path) -> None:
    path = folder / "first" / "a.csv"
    path.rename(folder.parent / "a.csv")
    path.symlink_to(folder.parent / "a.csv")


SPOILT: dict[str, tuple[Callable[[Path], object], str]] = {
    "one delivery in two folders": (spoil_copy, "lies in a folder of another name"),
    "no sha256": (spoil_digest, "A registered file has no sha256"),
    "a file that no manifest lists": (
        lambda folder: (folder / "first" / "notes.csv").write_text("x"),
        "no manifest lists: 'notes.csv'",
    ),
    "a folder without a manifest": (
        lambda folder: (folder / "other").mkdir(),
        "A folder has no manifest",
    ),
    "a file beside the deliveries": (
        lambda folder: (folder / "x.csv").write_text("x"),
        "This is no delivery: 'x.csv'",
    ),
    "a link": (spoil_link, "A raw file is a link"),
    "a folder that is a link": (
        lambda folder: (folder / "other").symlink_to(folder / "first"),
        "This is no delivery: 'other'",
    ),
    "a file that was altered": (
        lambda folder: (folder / "first" / "a.csv").write_text("x"),
        "was altered",
    ),
    "a manifest that is a link": (
        lambda folder: (
            (folder / "first" / "manifest.yml").rename(folder.parent.parent / "m.yml"),
            (folder / "first" / "manifest.yml").symlink_to(folder.parent.parent / "m.yml"),
        ),
        "A folder has no manifest",
    ),
    "a file almost like a file manager's": (
        lambda folder: (folder / ".DS_Store_names.csv").write_text("x"),
        "This is no delivery: '.DS_Store_names.csv'",
    ),
    "a folder named like a file manager's file": (
        lambda folder: (folder / ".DS_Store").mkdir(),
        "A folder has no manifest",
    ),
    "a manifest that is none": (
        lambda folder: (folder / "first" / "manifest.yml").write_text("["),
        "Not valid YAML",
    ),
}


@pytest.mark.parametrize("case", list(SPOILT))
def test_check_says_what_is_wrong_with_the_raw_data_and_nothing_is_read(
    context: Context, draft: Draft, case: str
) -> None:
    register_delivery(context, draft("first", {"a.csv": forms(0, 20)}))
    assert "1 deliveries. No fault found." in check_study(context.workspace, "cd93")
    spoil, words = SPOILT[case]
    spoil(context.workspace.raw("cd93"))
    for act in (
        lambda: check_study(context.workspace, "cd93"),
        lambda: deliveries(context.workspace, context.study),
    ):
        with pytest.raises(ObservatoryError) as caught:
            act()
        assert words in str(caught.value)


def test_what_lies_beside_the_studies_is_told(context: Context, draft: Draft) -> None:
    register_delivery(context, draft("first", {"a.csv": forms(0, 20)}))
    (context.workspace.root / "data" / "raw" / "export.csv").write_text("x")
    with pytest.raises(RawDataError, match=r"This is no study: 'export\.csv'"):
        check_study(context.workspace, "cd93")


def test_raw_data_that_are_no_folder_are_told(context: Context) -> None:
    raw_folder = context.workspace.raw("cd93")
    raw_folder.parent.mkdir(parents=True)
    raw_folder.symlink_to(context.workspace.root / "nowhere")
    with pytest.raises(RawDataError, match="is a link or a file"):
        check_study(context.workspace, "cd93")


def test_what_file_managers_leave_is_no_fault(context: Context, draft: Draft) -> None:
    register_delivery(context, draft("first", {"a.csv": forms(0, 20)}))
    for place in ("first", "."):
        (context.workspace.raw("cd93") / place / ".DS_Store").write_bytes(b"x")
    assert "No fault found." in check_study(context.workspace, "cd93")


def test_deliveries_that_replace_one_another_in_a_circle_are_told(
    context: Context, draft: Draft
) -> None:
    register_delivery(context, draft("first", {"a.csv": forms(0, 20)}))
    register_delivery(context, draft("second", {"a.csv": forms(0, 25)}, replaces="first"))
    path = context.workspace.raw("cd93") / "first" / "manifest.yml"
    path.write_text(path.read_text(encoding="utf-8") + "replaces: second\n", encoding="utf-8")
    with pytest.raises(RawDataError, match="in a circle"):
        deliveries(context.workspace, context.study)


def test_check_tells_every_fault_of_every_file(context: Context, draft: Draft) -> None:
    register_delivery(context, draft("first", {"a.csv": forms(0, 20)}))
    (context.workspace.raw("cd93") / "other").mkdir()
    plan = context.workspace.notebooks / "plan.yml"
    plan.write_text(
        plan.read_text(encoding="utf-8").replace("writes: [answers,", "writes: [receipts,"),
        encoding="utf-8",
    )
    simulation = context.workspace.study("cd93") / "simulation.yml"
    simulation.write_text(
        simulation.read_text(encoding="utf-8").replace("invitation:", "invitatoin:"),
        encoding="utf-8",
    )
    with pytest.raises(ParameterError) as caught:
        check_study(context.workspace, "cd93")
    message = str(caught.value)
    assert "writes 'receipts', which is read from deliveries" in message
    assert "Unknown channel: 'invitatoin'" in message and "A folder has no manifest" in message


# --- the same answers in another file -------------------------------------------------------------


def test_a_partial_export_and_then_the_full_one_do_not_count_twice(
    context: Context, draft: Draft
) -> None:
    register_delivery(context, draft("partial", {"a.csv": forms(0, 20)}))
    message = refusal(context, draft("full", {"b.csv": forms(0, 30)}))
    assert "20 answers stand in two files of channel papier, wave 2026-2" in message
    assert (
        "partial/a.csv, line 2 = full/b.csv, line 2" in message and "`replaces: partial`" in message
    )
    shutil.rmtree(draft("x", {"a.csv": "x"}).parent.parent / "full")
    register_delivery(context, draft("full", {"b.csv": forms(0, 30)}, replaces="partial"))
    assert kept(context) == 30


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\n3;", "\n 3;"),
        ("\n3;", "\n0003;"),
        ("\n3;", "\n3,0;"),
        (";pmi-acacias;", ";PMI-Acacias ;"),
        (";03/08/2026;", ";03/08/2026 ;"),
        (";03/08/2026;", ";3/8/2026;"),
    ],
)
def test_the_same_form_is_known_however_it_is_written(
    context: Context, draft: Draft, old: str, new: str
) -> None:
    register_delivery(context, draft("one", {"a.csv": forms(0, 20)}))
    again = forms(0, 4).replace(old, new)
    if old == "\n3;":
        again = "\n".join([HEADER, again.splitlines()[-1]])
    assert "answers stand in two files" in refusal(context, draft("two", {"a.csv": again}))


def test_what_cannot_be_written_is_not_registered(
    context: Context, draft: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    from analysis.operations import register

    def fails(*_: object) -> None:
        raise OSError(28, "No space left on device")

    path = draft("one", {"a.csv": forms(0, 20)})
    with monkeypatch.context() as patched:
        patched.setattr(register, "write_intake", fails)
        assert "what the deliveries hold could not be written" in refusal(context, path)
    register_delivery(context, path)
    assert kept(context) == 20


def test_a_delivery_of_archives_that_replaces_answers_takes_them_out(
    context: Context, draft: Draft
) -> None:
    register_delivery(context, draft("one", {"a.csv": forms(0, 20)}))
    register_delivery(context, draft("two", {"a.csv": forms(20, 50)}))
    entry = {"reader": "archive"}
    register_delivery(
        context, draft("three", {"a.csv": forms(20, 50)}, entry=entry, replaces="two")
    )
    assert kept(context) == 20


def test_other_answers_of_the_channel_and_wave_are_added(context: Context, draft: Draft) -> None:
    register_delivery(context, draft("one", {"a.csv": forms(0, 20)}))
    register_delivery(context, draft("two", {"a.csv": forms(20, 30)}))
    register_delivery(
        context, draft("three", {"a.csv": forms(0, 7, site="pmi-iris")})
    )  # another clerk's numbers
    assert kept(context) == 37


def test_two_files_of_one_delivery_are_compared_too(context: Context, draft: Draft) -> None:
    message = refusal(
        context, draft("one", {"a.csv": forms(0, 20), "b.csv": forms(19, 25, level=4)})
    )
    assert "1 answers stand in two files" in message and "leave one of the two out" in message


def limesurvey(*rows: tuple[int, str]) -> str:
    items = "Q01,Q02,Q03,Q05,Q08,Q09,Q10,Q11,Q12,Q15,Q18,AGE,SEUL"
    lines = [f"id,submitdate,lastpage,startlanguage,seed,startdate,datestamp,token,SITE,{items}"]
    for number, token in rows:
        moment = f"2026-08-03 10:{number % 60:02d}:00"
        lines.append(f"{number},{moment},6,fr,1,{moment},{moment},{token},pmi-acacias,{',' * 12}")
    return "\n".join(lines)


QR = {"reader": "limesurvey", "channel": "qr"}


def test_a_token_is_known_in_another_file_whatever_its_row_says(
    context: Context, draft: Draft
) -> None:
    register_delivery(context, draft("one", {"a.csv": limesurvey((1, "t1"), (2, "t2"))}, entry=QR))
    message = refusal(context, draft("two", {"a.csv": limesurvey((7, "t2"), (8, "t3"))}, entry=QR))
    assert "1 answers stand in two files of channel qr" in message and "t2" not in message


def test_a_number_that_another_survey_gave_at_another_moment_is_another_answer(
    context: Context, draft: Draft
) -> None:
    register_delivery(context, draft("one", {"a.csv": limesurvey((1, ""), (2, ""))}, entry=QR))
    later = limesurvey((1, ""), (2, "")).replace("2026-08-03", "2026-08-04")
    register_delivery(context, draft("two", {"a.csv": later}, entry=QR))
    assert kept(context) == 4
    again = limesurvey((1, ""), (2, ""), (3, ""))
    assert "2 answers stand in two files" in refusal(
        context, draft("three", {"a.csv": again}, entry=QR)
    )


def test_an_overlap_that_lies_there_already_is_found_when_deliveries_are_read(
    context: Context, draft: Draft
) -> None:
    from analysis.intake import read_deliveries

    register_delivery(context, draft("one", {"a.csv": forms(0, 20)}))
    register_delivery(context, draft("two", {"a.csv": forms(20, 40)}))
    found = deliveries(context.workspace, context.study)
    assert len(read_deliveries(found, context.study)) == 2
    (found[1].folder / "a.csv").write_bytes(forms(19, 40).encode("cp1252"))
    with pytest.raises((RawDataError, IntakeError), match="1 answers stand in two files"):
        read_deliveries(found, context.study)


# --- the receipts of a scope ----------------------------------------------------------------------


def by_scope(context: Context, layer: str) -> dict[str, list[tuple[object, ...]]]:
    """The first columns of a layer's tables: delivery, file, and what follows, by scope."""
    import polars as pl

    folder = context.workspace.processed("cd93", layer)
    return {
        path.parent.relative_to(folder).as_posix(): [
            row[:4] for row in pl.read_parquet(path, hive_partitioning=False).iter_rows()
        ]
        for path in sorted(folder.rglob("*.parquet"))
    }


def test_a_scope_has_the_receipts_of_the_files_that_serve_it(
    context: Context, draft: Draft
) -> None:
    both = forms(0, 20) + "\r\n" + "\r\n".join(forms(20, 31, site="antenne-orme").split("\r\n")[1:])
    wrong = forms(40, 43, site="nowhere")
    register_delivery(context, draft("first", {"a.csv": both, "b.csv": wrong}))
    scopes = ["directorate=def/wave=2026-2", "directorate=dpaph/wave=2026-2"]
    rows = [("first", "a.csv", 31, 31), ("first", "b.csv", 3, 0)]
    assert by_scope(context, "receipts") == dict.fromkeys(scopes, rows)
    refusals = [("first", "b.csv", "unknown site", 3)]
    assert by_scope(context, "refusals") == dict.fromkeys(scopes, refusals)
    items = by_scope(context, "item_receipts")[scopes[0]]
    assert ("first", "a.csv", "Q01", 31) in items
    before = {path: path.read_bytes() for path in processed(context)}

    early = forms(0, 15).replace("03/08/2026", "02/03/2026")
    register_delivery(context, draft("second", {"c.csv": early}, entry={"wave": "2026-1"}))
    earlier = by_scope(context, "receipts").pop("directorate=def/wave=2026-1")
    assert earlier == [("second", "c.csv", 15, 15)]
    assert {path: path.read_bytes() for path in before} == before
    register_delivery(context, draft("third", {"d.csv": forms(60, 70)}))
    assert len(by_scope(context, "receipts")[scopes[0]]) == 3
    assert len(by_scope(context, "receipts")[scopes[1]]) == 2, "it has no answer of the third"


def processed(context: Context) -> list[Path]:
    """The tables of all scopes; refused rows are one table per study."""
    tables = (context.workspace.root / "data" / "processed").rglob("*.parquet")
    return sorted(path for path in tables if path.parent.name != "refused")
