"""`recipients.yml`: who may be given remarks, and what it may name."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from analysis.errors import ObservatoryError, ScopeError
from analysis.study import Study, load_study
from tests.conftest import ROOT

TO: dict[str, Any] = {
    "id": "voisin",
    "label": "Organisme voisin (fictif)",
    "agreement": "convention fictive 7",
    "until": "2099-12-31",
    "items": ["LIBRE"],
}


def loaded(folder: Path, *recipients: dict[str, Any]) -> Study:
    """The study with these recipients."""
    params = folder / "dila"
    shutil.copytree(ROOT / "params" / "dila", params)
    with (params / "recipients.yml").open("w", encoding="utf-8") as stream:
        YAML(typ="safe", pure=True).dump({"recipients": list(recipients)}, stream)
    return load_study(params)


def test_a_recipient_is_known_by_its_name_and_no_result_is_made_of_it(tmp_path: Path) -> None:
    study = loaded(tmp_path, TO | {"marked": {"item": "SAT", "levels": [1, 2]}})
    one = study.recipient("voisin")
    assert one.agreement == "convention fictive 7" and one.until.year == 2099
    with pytest.raises(ScopeError, match="Unknown recipient: 'voisine'"):
        study.recipient("voisine")
    alone = load_study(ROOT / "params" / "dila")
    wave = study.waves[-1].id
    assert study.for_pages(wave).digest == alone.for_pages(wave).digest
    assert study.for_intake().digest == alone.for_intake().digest


@pytest.mark.parametrize(
    ("recipients", "words"),
    [
        ([TO, TO], "'voisin' is declared 2 times"),
        ([TO | {"items": ["SAT"]}], "recipients.voisin.items"),
        ([TO | {"items": []}], "recipients.0.items"),
        ([TO | {"marked": {"item": "LIBRE", "levels": [1]}}], "recipients.voisin.marked.item"),
        ([TO | {"marked": {"item": "SAT", "levels": [9]}}], "'SAT' has no answer 9."),
        ([TO | {"until": "bientôt"}], "recipients.0.until"),
        ([TO | {"agreement": ""}], "recipients.0.agreement"),
        ([TO | {"address": "x"}], "Unknown key: 'address'"),
    ],
)
def test_a_recipient_that_names_what_is_not_there_is_refused(
    tmp_path: Path, recipients: list[dict[str, Any]], words: str
) -> None:
    with pytest.raises(ObservatoryError) as caught:
        loaded(tmp_path, *recipients)
    assert words in str(caught.value)
