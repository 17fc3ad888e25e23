"""Who listens to whom: what is declared, the calendar, and the page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from ruamel.yaml import YAML

from analysis.errors import ParameterError
from analysis.indicators import collisions, poolings
from analysis.indicators.listening import ListeningMap
from analysis.publishing.edition import Edition
from analysis.publishing.pages import observatory
from analysis.study import Study, load_study
from analysis.study.listening import Device, Listening
from analysis.study.yaml_reader import read_yaml
from tests.conftest import ROOT
from tests.released import page, row
from tests.unit.test_pages import lines

WAVE = "2026-2"
"""Of July to October 2026."""


def device(name: str, **changes: Any) -> dict[str, Any]:
    """A device of dpaph that counts, all the time, at one moment."""
    return {
        "id": name,
        "label": name.title(),
        "family": "feedback",
        "regime": "flow",
        "owner": "Service",
        "products": ["dpaph"],
        "moments": ["read"],
        "audiences": ["people"],
        "says": "x",
        "cannot": "y",
        "rhythm": "continuous",
        "tool": name,
        **changes,
    }


def survey(name: str, *periods: tuple[str, str], **changes: Any) -> dict[str, Any]:
    """A device that asks people in some periods."""
    about = {"family": "consultation", "regime": "sample", "rhythm": "annual", "asks": True}
    when = [{"start": start, "end": end} for start, end in periods]
    return device(name, **about | changes, requests=500, cost=900, periods=when)


def listened(study: Study, *devices: dict[str, Any], **changes: Any) -> Study:
    """The study with these devices on dpaph, read by people and firms, at two moments."""
    content = {
        "moments": [{"id": name, "label": name.title()} for name in ("read", "act")],
        "audiences": [{"id": name, "label": name.title()} for name in ("people", "firms")],
        "products": {
            "dpaph": {"users": 9, "audiences": ["people", "firms"], "moments": ["read", "act"]},
            "def": {"users": 9, "audiences": ["people"], "moments": ["act"]},
        },
        "devices": list(devices),
        **changes,
    }
    return study.model_copy(update={"listening": Listening.model_validate(content)})


# --- the calendar ---------------------------------------------------------------------------------

FIRST = survey("first", ("2026-08-01", "2026-08-10"))


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ("2026-08-05", "2026-08-20", 0),
        ("2026-08-20", "2026-08-25", 10),
        ("2026-11-07", "2026-11-20", 89),
        ("2026-11-08", "2026-11-20", None),
        ("2026-05-04", "2026-05-10", None),
    ],
)
def test_one_audience_asked_twice_within_the_declared_time(
    study: Study, start: str, end: str, days: int | None
) -> None:
    """90 days; what ended before the wave is past."""
    found = collisions(
        listened(study, FIRST, survey("second", (start, end))), wave=WAVE, simulated=True
    )
    expected = [] if days is None else [("dpaph", "first", "second", days)]
    assert found.select("directorate", "first", "second", "days").rows() == expected


def test_a_device_that_asks_all_the_time_collides_with_every_other(study: Study) -> None:
    always = device("always", family="consultation", regime="sample", asks=True, requests=9)
    found = collisions(listened(study, FIRST, always), wave=WAVE, simulated=True)
    assert found.select("first", "second", "days").rows() == [("first", "always", 0)]
    waiting = device("waiting", family="consultation", regime="sample")
    assert collisions(listened(study, FIRST, waiting), wave=WAVE, simulated=True).is_empty()


def test_devices_collide_on_an_audience_and_a_product_that_they_share(study: Study) -> None:
    now = ("2026-08-05", "2026-08-20")
    for other in (
        survey("second", now, audiences=["firms"]),
        survey("second", now, products=["def"]),
        device("second"),
    ):
        assert collisions(listened(study, FIRST, other), wave=WAVE, simulated=True).is_empty()
    both = survey("second", now, audiences=["firms", "people"])
    wide = survey("first", now, audiences=["people", "firms"])
    assert collisions(listened(study, wide, both), wave=WAVE, simulated=True)[
        "audience"
    ].to_list() == ["people", "firms"]


def test_devices_with_like_questions_and_two_tools_could_be_one(study: Study) -> None:
    asked = {"dimensions": ["global", "effort", "info"]}
    one = survey("one", ("2026-08-01", "2026-08-02"), **asked)
    like = survey("like", ("2026-09-01", "2026-09-02"), dimensions=["global", "effort"])
    like |= {"requests": 200, "cost": 5000}

    def spared(*devices: dict[str, Any]) -> list[tuple[Any, ...]]:
        found = poolings(listened(study, *devices), wave=WAVE, simulated=True)
        return found.select("first", "second", "products", "requests", "cost").rows()

    assert spared(one, like) == [("one", "like", ["dpaph"], 200, 900)]
    for change in (
        {"dimensions": ["global"]},
        {"tool": "one"},
        {"audiences": ["firms"]},
        {"products": ["def"]},
        {"family": "feedback"},
    ):
        assert spared(one, like | change) == []


# --- what is declared -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"owner": None}, "owner"),
        ({"asks": True}, "says how many in a year"),
        ({"requests": 3}, "says how many in a year"),
        ({"channel": "qr"}, "never merged with a flow"),
        ({"regime": "sample", "series": [{"id": "a", "label": "a"}]}, "only a flow counts series"),
        ({"periods": [{"start": "2026-01-01", "end": "2026-01-02"}]}, "all the time"),
        (
            {
                "rhythm": "annual",
                "periods": [
                    {"start": "2026-01-01", "end": "2026-01-09"},
                    {"start": "2026-01-09", "end": "2026-01-12"},
                ],
            },
            "do not overlap",
        ),
        (
            {"rhythm": "once", "periods": [{"start": "2026-01-02", "end": "2026-01-01"}]},
            "ends after it has begun",
        ),
    ],
)
def test_a_device_that_cannot_be_is_refused(changes: dict[str, Any], words: str) -> None:
    assert Device.model_validate(device("fine")).periods_in(date(2020, 1, 1), date(2020, 1, 2))
    with pytest.raises(ValidationError, match=words):
        Device.model_validate(device("bad", **changes))


def _series(change: dict[str, Any]) -> Callable[[Any], None]:
    """Changes the last series of the visits: searches without a result, of all searches."""

    def apply(content: Any) -> None:
        visits = next(one for one in content["devices"] if one["id"] == "visites")
        visits["series"][-1].update(change)

    return apply


def _break(change: dict[str, Any]) -> Callable[[Any], None]:
    def apply(content: Any) -> None:
        visits = next(one for one in content["devices"] if one["id"] == "visites")
        visits["breaks"][0].update(change)

    return apply


def _quotation(change: dict[str, Any]) -> Callable[[Any], None]:
    return lambda content: content["quotations"][0].update(change)


def _device(change: dict[str, Any]) -> Callable[[Any], None]:
    return lambda content: content["devices"][0].update(change)


@pytest.mark.parametrize(
    ("file", "change", "place", "words"),
    [
        ("listening", lambda c: c["devices"][0].pop("owner"), "devices.0.owner", "owner"),
        (
            "listening",
            lambda c: c["devices"].append(dict(c["devices"][0])),
            "listening.yml, devices",
            "declared 2 times",
        ),
        ("listening", _device({"moments": ["rever"]}), "devices.barometre.moments", "rever"),
        ("listening", _device({"audiences": ["tous"]}), "devices.barometre.audiences", "tous"),
        ("listening", _device({"dimensions": ["prix"]}), "barometre.dimensions", "prix"),
        ("listening", _device({"channel": "fax"}), "devices.barometre.channel", "fax"),
        ("listening", _series({"of": "sans-resultat"}), "sans-resultat.of", "sans-resultat"),
        ("listening", _series({"of": "appels"}), "series.sans-resultat.of", "appels"),
        ("listening", _series({"dimension": "global"}), "sans-resultat.dimension", "global"),
        ("listening", _series({"id": "visites"}), "visites.series", "declared 2 times"),
        ("listening", _break({"series": ["vue"]}), "devices.visites.breaks", "vue"),
        ("listening", _break({"products": ["allo"]}), "devices.visites.breaks", "allo"),
        ("listening", _quotation({"device": "test"}), "quotations.0.device", "test"),
        ("listening", _quotation({"product": "allo"}), "quotations.0.product", "allo"),
        ("listening", _quotation({"device": "avis"}), "quotations.0.device", "Nobody is quoted"),
        ("listening", _device({"products": ["droit"]}), "barometre.products", "droit"),
        (
            "listening",
            _device({"products": ["circulaires"]}),
            "barometre.channel",
            "does not ask the users of circulaires",
        ),
        (
            "listening",
            lambda c: c["products"].pop("balo"),
            "listening.yml, products",
            "how 'balo' is used",
        ),
        (
            "directorates",
            lambda c: next(one for one in c["directorates"] if one["id"] == "balo").pop("parent"),
            "balo.parent",
            "'balo' has no department",
        ),
    ],
)
def test_a_fault_of_a_file_is_named_with_its_place(
    tmp_path: Path, file: str, change: Callable[[Any], Any], place: str, words: str
) -> None:
    folder = tmp_path / "dila"
    folder.mkdir()
    for path in (ROOT / "params" / "dila").glob("*.yml"):
        (folder / path.name).write_bytes(path.read_bytes())
    content = read_yaml(folder / f"{file}.yml")
    change(content)
    YAML(typ="safe", pure=True).dump(content, folder / f"{file}.yml")
    with pytest.raises(ParameterError) as caught:
        load_study(folder)
    assert place in str(caught.value) and words in str(caught.value)
    assert "\nHint: " in str(caught.value)


# --- the page -------------------------------------------------------------------------------------


def reading(category: str, family: str, said: str, about: str = "moment") -> dict[str, Any]:
    return row(
        layer="listening",
        indicator="listening",
        item=None,
        definition=family or about,
        kind="reading",
        unit="reading",
        breakdown=about,
        category=category,
        word=said,
        **dict.fromkeys(("value", "low", "high", "base")),
    )


def total(category: str, count: float) -> dict[str, Any]:
    return row(
        layer="listening",
        directorate=None,
        indicator="listening",
        item=None,
        definition=category,
        kind="count",
        unit="count",
        breakdown="total",
        category=category,
        value=count,
        **dict.fromkeys(("low", "high", "base")),
    )


def test_the_page_says_who_listens_and_whom_nobody_hears(study: Study) -> None:
    listening = listened(study, device("visits"))
    rows = [
        reading("read", "feedback", "covered"),
        reading("read", "consultation", "thin"),
        reading("read", "mobilisation", "piled_up"),
        *(
            reading("act", family, "silent")
            for family in ("feedback", "consultation", "mobilisation")
        ),
        reading("firms", "", "silent", "audience"),
        reading("people", "", "covered", "audience"),
        *(total("silent", 1.0), total("thin", 0.0), total("moments", 3.0)),
        *(total("unreached", 2.0), total("audiences", 3.0)),
    ]
    opened = page(listening, *rows, directorate=None)
    found = lines(observatory.coverage(opened))
    assert found[0] == "## Un moment d’usage sur 3 n’est écouté par aucun dispositif"
    assert found[1] == "- **DPAPH :** Act", "the moments are named"
    assert [one for one in found if "|" in one] == [
        "Direction|Read|Act|",
        "DPAPH|R (C) M+|–|",
        "DEF|||",
    ]
    thin = [one | {"value": 2.0} if one["definition"] == "thin" else one for one in rows]
    found = lines(observatory.coverage(page(listening, *thin, directorate=None)))
    assert found[2] == (
        "À 2 moments d’usage, un dispositif au moins est déclaré, mais presque rien n’en est "
        "parvenu à l’observatoire depuis un an."
    )
    found = lines(observatory.unreached(opened))
    unheard = "## 2 publics sur 3 ne sont entendus par aucun dispositif"
    assert found[0] == f"{unheard} dont les résultats nous parviennent"
    assert [one for one in found if "|" in one] == ["Direction|Publics|", "DPAPH|Firms|"]


def test_the_page_says_who_is_asked_twice_and_what_could_be_one(study: Study) -> None:
    listening = listened(study, FIRST, survey("second", ("2026-08-05", "2026-08-20")))

    def pair(layer: str, category: str, value: float, **about: Any) -> dict[str, Any]:
        return row(
            layer=layer,
            indicator=layer.removesuffix("s"),
            item=None,
            definition="first+second",
            kind="count",
            breakdown="spared",
            category=category,
            value=value,
            **dict.fromkeys(("low", "high", "base")),
            **about,
        )

    rows = [
        pair("collisions", "people", 12.0, unit="days"),
        pair("poolings", "requests", 500.0, unit="people", directorate=None),
        pair("poolings", "cost", 900.0, unit="euros", directorate=None),
    ]
    opened = page(listening, *rows, directorate=None)
    found = lines(observatory.calendar(opened))
    assert found[0] == "## Un public est sollicité par deux dispositifs en moins de 90 jours"
    when = "du 1ᵉʳ août au 10 août 2026, puis du 5 août au 20 août 2026"
    assert f"DPAPH|First|Second|People|12 jours|{when}|" in found
    sooner = pair("collisions", "firms", 3.0, unit="days", directorate="def")
    both = lines(observatory.calendar(page(listening, *rows, sooner, directorate=None)))
    days = [one.split("|")[4] for one in both if one.count("|") == 6][1:]
    assert days == ["3 jours", "12 jours"], "the nearest first"
    found = lines(observatory.poolings(opened))
    assert "First|Second|DPAPH|500|900|" in found
    nobody = page(listening, row(), directorate=None)
    assert lines(observatory.calendar(nobody)) == [
        "## Personne n’est sollicité deux fois en moins de 90 jours"
    ]
    assert observatory.poolings(nobody).markdown == ""


@pytest.mark.parametrize(
    ("periods", "said"),
    [
        ((("2026-05-01", "2026-05-20"), ("2027-05-03", "2027-05-21")), "du 3 mai au 21 mai 2027"),
        ((("2026-10-12", "2026-11-06"),), "en cours, jusqu’au 6 novembre 2026"),
        ((("2026-05-01", "2026-05-20"),), "à fixer"),
        ((), "en continu"),
    ],
)
def test_the_calendar_says_when_a_device_listens_next(
    study: Study, periods: tuple[tuple[str, str], ...], said: str
) -> None:
    """On the last day of the wave, 31 October 2026."""
    known = listened(study, survey("post", *periods) if periods else device("post"))
    found = lines(observatory.devices(page(known, row(), directorate=None)))
    (line,) = (one for one in found if one.startswith("Post|People"))
    assert line.split("|")[3] == said
    edition = Edition(wave=WAVE, version="1.0.0", published=date(2026, 11, 16))
    later = replace(page(known, row(), directorate=None), edition=edition)
    (line,) = (one for one in lines(observatory.devices(later)) if one.startswith("Post|People"))
    assert line.split("|")[3] == (said if "en cours" not in said else "à fixer")
    ended = survey("post", ("2026-05-01", "2026-05-20"), rhythm="once")
    once = page(listened(study, ended), row(), directorate=None)
    (line,) = (one for one in lines(observatory.devices(once)) if one.startswith("Post|People"))
    assert line.split("|")[3] == "–"


def test_a_product_shows_its_own_devices(study: Study) -> None:
    listening = listened(study, device("visits"), device("calls", products=["def"]))
    found = lines(observatory.devices(page(listening, row())))
    assert found[0] == "## Comment ses usagers sont écoutés"
    assert [one for one in found if "|" in one][1:] == [
        "Visits|remontée d’information|Service|x|y|"
    ]
    assert observatory.devices(page(study, row())).markdown == ""


def test_a_map_without_rows_has_figures_of_the_same_shape() -> None:
    assert ListeningMap.figures(ListeningMap.create_empty()).is_empty()
