"""Files of counts, with the flaws of the tools that they come from: what they become, month by
month, and each of their faults by line and column.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from analysis.errors import IntakeError, ObservatoryError, RawDataError, ScopeError
from analysis.intake import FileEntry, Manifest
from analysis.intake.deliveries import check_entry
from analysis.intake.flows.counting import FlowFile
from analysis.intake.flows.gathered import DeliveredFlow, gather_flows
from analysis.intake.flows.mapping import FlowTable
from analysis.intake.raw_table import Source
from analysis.intake.readers import READERS
from analysis.study import Study
from tests.unit.test_listening import device, listened

RECEIVED = date(2026, 11, 20)
"""The last wave of the study ends on 31 October 2026."""


def read(
    study: Study,
    folder: Path,
    reader: str,
    text: str,
    *,
    encoding: str = "utf-8",
    received: date = RECEIVED,
    **table: Any,
) -> FlowFile:
    path = folder / "export.csv"
    path.write_bytes(text.encode(encoding))
    flow = FlowTable.model_validate({"device": "visits", "product": "dpaph", **table})
    open_file = READERS[reader].read
    assert open_file is not None
    found = open_file(Source(path, "d/export.csv", flow=flow, received=received), study)
    assert isinstance(found, FlowFile)
    return found


def counts(file: FlowFile, series: str = "visits") -> dict[str, int]:
    """Month → count of a series."""
    rows = file.counts.filter(series=series)
    return {f"{month:%Y-%m}": count for month, count in rows.select("month", "count").iter_rows()}


# --- Matomo ---------------------------------------------------------------------------------------


MATOMO = (
    "\ufeffdate\tnb_uniq_visitors\tnb_visits\tnb_actions\n2026-08\t{}\t1204\t9\n2026-09\t3\t80\t9\n"
)


@pytest.mark.parametrize(
    "text",
    [
        MATOMO.format(7),
        "\ufeffDate\tVisiteurs uniques\tVisites\tTaux de rebond\naoût 2026\t7\t1 204\t33 %\n"
        "septembre 2026\t3\t80\t40 %\n",
        "\ufeffDate\tUnique visitors\tVISITS\nAugust 2026\t7\t1204\nSept 2026\t3\t80\n",
    ],
)
def test_visits_are_read_in_utf_16_with_headers_of_any_language(
    study: Study, tmp_path: Path, text: str
) -> None:
    found = read(study, tmp_path, "matomo", text, encoding="utf-16-le", series={"visits": "visits"})
    assert counts(found) == {"2026-08": 1204, "2026-09": 80}
    assert found.counts["wave"].unique().to_list() == ["2026-2"]
    assert found.counts["line"].to_list() == [2, 3]


def test_a_file_in_another_encoding_says_which(study: Study, tmp_path: Path) -> None:
    with pytest.raises(IntakeError, match="not encoded in utf-8") as caught:
        (tmp_path / "x.csv").write_bytes(MATOMO.format(7).encode("utf-16-le"))
        flow = FlowTable.model_validate(
            {"device": "visits", "product": "dpaph", "series": {"visits": "visits"}}
        )
        source = Source(tmp_path / "x.csv", "d/x.csv", flow=flow, received=RECEIVED)
        open_file = READERS["monthly"].read
        assert open_file is not None
        open_file(source, study)
    assert "utf-16-le" in str(caught.value.hint)


def test_a_month_that_stands_twice_is_refused(study: Study, tmp_path: Path) -> None:
    text = MATOMO.format(7) + "août 2026\t7\t1204\t9\n"
    with pytest.raises(IntakeError, match="This row stands in line 2 too") as caught:
        read(study, tmp_path, "matomo", text, encoding="utf-16-le", series={"visits": "visits"})
    assert str(caught.value.where) == "d/export.csv, line 4"


def test_a_site_that_changed_its_number_is_one_product(study: Study, tmp_path: Path) -> None:
    """In the month of the change both numbers counted: their visits add up."""
    text = "\ufeffdate\tidsite\tnb_visits\n2026-08\t12\t50\n2026-08\t47\t30\n2026-09\t47\t90\n"
    table = {"product": None, "products": {"12": "dpaph", "47": "dpaph"}}
    found = read(
        study, tmp_path, "matomo", text, encoding="utf-16-le", series={"visits": "visits"}, **table
    )
    assert counts(found) == {"2026-08": 80, "2026-09": 90}
    table["products"] = {"12": "dpaph"}
    with pytest.raises(IntakeError, match="does not know this place") as caught:
        read(study, tmp_path, "matomo", text, encoding="utf-16-le", series={"visits": "v"}, **table)
    assert str(caught.value.where) == "d/export.csv, line 3, column idsite"
    left = {**table, "other_products": ["47"]}
    found = read(
        study, tmp_path, "matomo", text, encoding="utf-16-le", series={"visits": "visits"}, **left
    )
    assert counts(found) == {"2026-08": 50}


def test_a_month_that_is_not_over_is_left_out(study: Study, tmp_path: Path) -> None:
    about: dict[str, Any] = {"encoding": "utf-16-le", "series": {"visits": "visits"}}
    for received, expected in (
        (date(2026, 9, 30), {"2026-08": 1204}),
        (date(2026, 10, 1), {"2026-08": 1204, "2026-09": 80}),
    ):
        found = read(study, tmp_path, "matomo", MATOMO.format(7), received=received, **about)
        assert counts(found) == expected
        assert found.left_out == (
            {} if len(expected) == 2 else {"month that the file tells in part only": 1}
        )
    late = MATOMO.format(7).replace("2026-09", "2026-11")
    found = read(study, tmp_path, "matomo", late, received=date(2026, 12, 9), **about)
    assert found.left_out == {"after the last wave": 1} and counts(found) == {"2026-08": 1204}


@pytest.mark.parametrize(
    ("change", "what", "where"),
    [
        (("1204", "12,04"), "This is no count", "line 2, column nb_visits"),
        (("1204", "-3"), "This is no count", "line 2, column nb_visits"),
        (("2026-08", "T3 2026"), "This is no time", "line 2, column date"),
        (("2026-08", "02/08/2026"), "This is no time", "line 2, column date"),
        (("nb_actions", "Jeanne"), "Unknown column, in place 4", "column 4"),
        (("nb_visits", "nb_visites"), "no column 'nb_visits'", ""),
        (("2026-08\t", ""), "3 cells where the header has 4", "line 2"),
    ],
)
def test_what_the_format_does_not_know_is_refused_and_not_quoted(
    study: Study, tmp_path: Path, change: tuple[str, str], what: str, where: str
) -> None:
    text = MATOMO.format(7).replace(*change, 1)
    with pytest.raises(IntakeError) as caught:
        read(study, tmp_path, "matomo", text, encoding="utf-16-le", series={"visits": "visits"})
    assert what in caught.value.what
    assert where in str(caught.value.where) and "Jeanne" not in str(caught.value)


def test_unique_visitors_are_no_series(study: Study, tmp_path: Path) -> None:
    with pytest.raises(IntakeError, match="Unknown count of this format"):
        read(
            study,
            tmp_path,
            "matomo",
            MATOMO.format(7),
            encoding="utf-16-le",
            series={"nb_uniq_visitors": "visits"},
        )


# --- call centres ---------------------------------------------------------------------------------


CALLS = "Intervalle;File;Présentés;Décrochés;Durée moyenne\n"
OCTOBER = {"covers": {"start": "2026-10-01", "end": "2026-10-31"}}


def test_intervals_add_up_to_months_and_the_hour_of_autumn_comes_twice(
    study: Study, tmp_path: Path
) -> None:
    lines = ["24/10/2026 02:30;A;5;4;27:10:00"]
    lines += ["25/10/2026 02:30;A;3;3;00:01:00"] * 2
    lines += ["25/10/2026 03:00;A;2;1;"]
    series = {"offered": "calls", "answered": "replies"}
    about: dict[str, Any] = {"encoding": "cp1252", "series": series, **OCTOBER}
    found = read(study, tmp_path, "calls", CALLS + "\n".join(lines) + "\n", **about)
    assert counts(found, "calls") == {"2026-10": 13} and counts(found, "replies") == {"2026-10": 11}
    with pytest.raises(IntakeError, match="stands in line 2 too"):
        read(study, tmp_path, "calls", CALLS + "\n".join([*lines, lines[0]]) + "\n", **about)
    with pytest.raises(IntakeError, match="stands in line 3 too"):
        read(study, tmp_path, "calls", CALLS + "\n".join([*lines, lines[1]]) + "\n", **about)


def test_a_month_that_is_covered_in_part_is_left_out(study: Study, tmp_path: Path) -> None:
    text = CALLS + "15/09/2026 10:00;A;9;9;\n01/10/2026 10:00;A;5;5;\n01/11/2026 10:00;A;1;1;\n"
    about: dict[str, Any] = {"encoding": "cp1252", "series": {"offered": "calls"}}
    covers = {"start": "2026-09-10", "end": "2026-10-31"}
    found = read(study, tmp_path, "calls", text, covers=covers, **about)
    assert counts(found, "calls") == {"2026-10": 5}
    assert found.left_out == {
        "row outside of the days that the file covers": 1,
        "month that the file tells in part only": 1,
    }
    with pytest.raises(IntakeError, match="does not say which days"):
        read(study, tmp_path, "calls", text, **about)


# --- requests, sales, polls, experiences ----------------------------------------------------------


TICKETS = (
    "id,created_at,first_reply_at,subject\n"
    "1,2026-09-02 10:00:00,2026-09-04 09:00:00,Jeanne\n"
    "2,2026-09-30 10:00:00,2026-10-09 09:00:00,x\n"
    "3,2026-10-05 10:00:00,,x\n"
    "4,2026-10-05 10:00:00,2026-10-06 10:00:00,x\n"
)
SERIES = {"received": "messages", "answered_in_time": "replies"}


def test_requests_that_may_still_be_answered_in_time_are_censored(
    study: Study, tmp_path: Path
) -> None:
    """Of October, an answer in five days can come until 5 November."""
    about: dict[str, Any] = {
        "series": SERIES,
        "within_days": 5,
        "covers": {"start": "2026-08-01", "end": "2026-10-31"},
    }
    late = read(study, tmp_path, "tickets", TICKETS, received=date(2026, 11, 6), **about)
    assert counts(late, "messages") == {"2026-08": 0, "2026-09": 2, "2026-10": 2}
    assert counts(late, "replies") == {"2026-08": 0, "2026-09": 1, "2026-10": 1}
    soon = read(study, tmp_path, "tickets", TICKETS, received=date(2026, 11, 5), **about)
    assert counts(soon, "messages") == {"2026-08": 0, "2026-09": 2, "2026-10": 2}
    assert counts(soon, "replies") == {"2026-08": 0, "2026-09": 1}
    twice = TICKETS + TICKETS.splitlines()[1] + "\n"
    with pytest.raises(IntakeError, match="stands in line 2 too"):
        read(study, tmp_path, "tickets", twice, **about)
    with pytest.raises(IntakeError, match="in how many days an answer is in time"):
        read(study, tmp_path, "tickets", TICKETS, **(about | {"within_days": None}))
    with pytest.raises(IntakeError, match="Unknown count of this format: 'solved'"):
        read(study, tmp_path, "tickets", TICKETS, **(about | {"series": {"solved": "messages"}}))
    before = TICKETS.replace("2026-10-06", "2026-10-04")
    with pytest.raises(IntakeError, match="no time after that of the request") as caught:
        read(study, tmp_path, "tickets", before, **about)
    assert str(caught.value.where) == "d/export.csv, line 5, column first_reply_at"


def test_months_of_products_are_read_by_the_names_of_the_manifest(
    study: Study, tmp_path: Path
) -> None:
    text = "Mois;Produit;Ventes au numéro;Abonnés\nsept. 2026;Revue;12;1 000\nsept. 2026;Livre;3;\n"
    found = read(
        study,
        tmp_path,
        "monthly",
        text,
        product=None,
        products={"revue": "dpaph"},
        other_products=["Livre"],
        series={"ventes au numero": "sales", "Abonnés": "subscribers"},
    )
    assert counts(found, "sales") == {"2026-09": 12}
    assert counts(found, "subscribers") == {"2026-09": 1000}


def test_votes_are_counted_by_option(study: Study, tmp_path: Path) -> None:
    text = "date,poll,option,votes\n2026-09-03,1,Oui,40\n2026-09-03,1,Non,9\n2026-09-20,2,Oui,2\n"
    found = read(
        study,
        tmp_path,
        "polls",
        text,
        series={"oui": "useful"},
        covers={"start": "2026-09-01", "end": "2026-10-31"},
    )
    assert counts(found, "useful") == {"2026-09": 42, "2026-10": 0}
    assert found.left_out == {"row of a category that is not followed": 1}


@pytest.mark.parametrize(
    ("option", "is_refused"), [("Utille", True), ("Utiles", True), ("Oui", False), ("Utile", False)]
)
def test_an_option_that_is_misspelt_in_the_manifest_is_no_month_of_nothing(
    study: Study, tmp_path: Path, option: str, is_refused: bool
) -> None:
    text = f"date,poll,option,votes\n2026-09-03,1,{option},40\n2026-09-03,1,Sans avis,9\n"
    about = {
        "series": {"Utile": "useful"},
        "covers": {"start": "2026-09-01", "end": "2026-10-31"},
    }
    if not is_refused:
        found = read(study, tmp_path, "polls", text, **about)
        voted = 40 if option == "Utile" else 0
        assert counts(found, "useful") == {"2026-09": voted, "2026-10": 0}
        return
    with pytest.raises(ObservatoryError, match="No row is of 'Utile'") as caught:
        read(study, tmp_path, "polls", text, **about)
    assert option not in str(caught.value), "no cell of the file is told"


def test_experiences_are_counted_by_feeling_whatever_their_headers_accents(
    study: Study, tmp_path: Path
) -> None:
    text = (
        "ID Experience;Ecrit le;Titre;Description;Ressenti usager;Intitulé typologie 1\n"
        "8;03/10/2026;Bravo;Jeanne;Positif;x\n9;04/10/2026;;;Négatif;x\n"
    )
    found = read(study, tmp_path, "experiences", text, series={"négatif": "bad"}, **OCTOBER)
    assert counts(found, "bad") == {"2026-10": 1}


# --- what a manifest says -------------------------------------------------------------------------


def entry(**flow: Any) -> dict[str, Any]:
    table = {"device": "visits", "product": "dpaph", "series": {"visits": "visits"}, **flow}
    return {"path": "export.csv", "reader": "matomo", "flow": table}


FAULTS: tuple[tuple[Mapping[str, Any], str], ...] = (
    ({"product": None}, "give either one `product`"),
    ({"products": {"a": "dpaph"}}, "give either one `product`"),
    ({"product": None, "products": {"A": "dpaph", "a ": "dpaph"}}, "a place stands twice"),
    ({"series": {"visits": "x", "actions": "x"}}, "a series comes from one column"),
    ({"series": {}}, "at least 1"),
)


@pytest.mark.parametrize(("flow", "what"), FAULTS)
def test_a_manifest_that_contradicts_itself_is_refused(flow: Mapping[str, Any], what: str) -> None:
    with pytest.raises(ValidationError, match=what):
        FileEntry.model_validate(entry(**flow))


def test_a_flow_goes_with_the_readers_of_counts() -> None:
    with pytest.raises(ValidationError, match="with the readers of counts"):
        FileEntry.model_validate({"path": "x.csv", "reader": "matomo"})
    with pytest.raises(ValidationError, match="with the readers of counts"):
        FileEntry.model_validate(entry() | {"reader": "kiosk", "channel": "a", "wave": "b"})
    with pytest.raises(ValidationError, match="has no channel, wave"):
        FileEntry.model_validate(entry() | {"wave": "2026-2"})


def test_a_device_that_does_not_count_is_never_given_counts(study: Study) -> None:
    visits = device("visits", series=[{"id": "visits", "label": "x"}])
    asked = device("post", regime="sample", family="consultation")
    known = listened(study, visits, asked)
    check_entry(known, FileEntry.model_validate(entry()), "m")
    for change, what in (
        ({"device": "post"}, "brings no counts: its regime is 'sample'"),
        ({"device": "visit"}, "Unknown device"),
        ({"product": "def"}, "Unknown product of visits"),
        ({"series": {"visits": "views"}}, "Unknown series of visits"),
    ):
        with pytest.raises(ScopeError, match=what):
            check_entry(known, FileEntry.model_validate(entry(**change)), "m")
    with pytest.raises(ScopeError, match="declares no device that counts"):
        check_entry(study, FileEntry.model_validate(entry()), "m")


# --- several files --------------------------------------------------------------------------------


def delivered(name: str, received: date, flow: FlowFile, file: str = "a.csv") -> DeliveredFlow:
    return DeliveredFlow(name, name, received, file, flow)


def test_the_last_delivery_of_a_month_counts(study: Study, tmp_path: Path) -> None:
    about: dict[str, Any] = {"encoding": "utf-16-le", "series": {"visits": "visits"}}
    first = read(study, tmp_path, "matomo", MATOMO.format(7), **about)
    other = read(study, tmp_path, "matomo", MATOMO.format(7).replace("1204", "1300"), **about)
    files = [delivered("b", date(2026, 9, 9), first), delivered("a", date(2026, 11, 9), other)]
    for order in (files, files[::-1]):
        gathered = gather_flows(order)
        assert gathered.table["count"].to_list() == [1300, 80]
        assert gathered.table["delivery"].to_list() == ["a", "a"]
        assert (gathered.repeated, gathered.revised) == (2, {"a": 1})


def test_a_month_in_two_files_of_a_delivery_is_refused(study: Study, tmp_path: Path) -> None:
    about: dict[str, Any] = {"encoding": "utf-16-le", "series": {"visits": "visits"}}
    file = read(study, tmp_path, "matomo", MATOMO.format(7), **about)
    day = date(2026, 11, 9)
    with pytest.raises(RawDataError, match="2026-08 of visits of dpaph stands in two") as caught:
        gather_flows([delivered("a", day, file), delivered("a", day, file, "b.csv")])
    assert str(caught.value.where) == "a: a.csv, line 2 = b.csv, line 2"


def test_a_manifest_of_counts_is_written_as_it_was_read() -> None:
    content = {
        "delivery": "d",
        "received": RECEIVED,
        "simulated": True,
        "files": [entry(covers={"start": date(2026, 9, 1), "end": date(2026, 9, 30)})],
    }
    manifest = Manifest.model_validate(content)
    assert Manifest.model_validate(manifest.registered_content()) == manifest
