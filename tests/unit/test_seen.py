"""What each reader sees of a study, what its digest says, and the study that is kept parsed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from analysis.errors import ParameterError, ScopeError
from analysis.operations.context import Context
from analysis.study import Study, Workspace, cache, load_study, loading, open_study
from analysis.study.scope import Scope
from analysis.study.yaml_reader import read_yaml
from tests.conftest import ROOT

DPAPH = Scope("dpaph", "2025-2")
EVERYWHERE = (Scope("dpaph", "2024-1"), DPAPH, Scope("def", "2025-2"), Scope("dpaph"), Scope())


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A workspace with the parameters of cd93 and nothing else."""
    shutil.copytree(ROOT / "params" / "cd93", tmp_path / "params" / "cd93")
    return Workspace(tmp_path)


def rewrite(workspace: Workspace, file: str, change: Callable[[Any], object]) -> None:
    """Changes what a parameter file says."""
    path, yaml = workspace.params / "cd93" / file, YAML(typ="safe", pure=True)
    content = read_yaml(path)
    change(content)
    yaml.dump(content, path)


def reversed_keys(content: Any) -> Any:
    """The same content, the keys of each mapping in the other order."""
    if isinstance(content, dict):
        return {key: reversed_keys(content[key]) for key in reversed(content)}
    return [reversed_keys(one) for one in content] if isinstance(content, list) else content


# --- digests --------------------------------------------------------------------------------------


def test_comments_spacing_and_the_order_of_keys_change_no_digest(
    workspace: Workspace, study: Study
) -> None:
    for path in (workspace.params / "cd93").rglob("*.yml"):
        content = reversed_keys(read_yaml(path))
        path.write_text("# said again\n\n" + json.dumps(content, default=str, indent=3))
    again = load_study(workspace.params / "cd93")
    assert again.digest == study.digest and again.part_digests() == study.part_digests()
    assert list(json.loads(again.model_dump_json())) == list(json.loads(study.model_dump_json()))
    for wave in study.waves:  # raking goes through margins and categories in this order
        for unit in study.directorates:
            pairs = [list(one.margin(wave.id, unit.id).items()) for one in (study, again)]
            assert str(pairs[0]) == str(pairs[1])
            assert pairs[0][0][0] == "site"


def test_whatever_a_study_says_is_in_its_digest(workspace: Workspace, study: Study) -> None:
    rewrite(workspace, "study.yml", lambda content: content.update(contact="Une autre mission"))
    again = load_study(workspace.params / "cd93")
    changed = {
        name
        for name, digest in again.part_digests().items()
        if study.part_digests()[name] != digest
    }
    assert again.digest != study.digest and changed == {"study.yml"}


# --- what is seen ---------------------------------------------------------------------------------


def test_a_scope_sees_its_directorate_the_waves_until_its_own_and_its_margins(study: Study) -> None:
    seen = study.for_scope(DPAPH)
    assert [one.id for one in seen.directorates] == ["dpaph"]
    assert [one.id for one in seen.waves] == ["2024-1", "2024-2", "2025-1", "2025-2"]
    assert {wave: list(file.margins) for wave, file in seen.margins.items()} == {
        "2025-2": ["dpaph"]
    }
    assert seen.margin("2025-2", "dpaph") == study.margin("2025-2", "dpaph") != {}
    assert seen.margin("2025-1", "dpaph") == {}
    with pytest.raises(ScopeError, match="Unknown wave: '2026-1'"):
        seen.margin("2026-1", "dpaph")
    open_wave = study.for_scope(Scope("dpaph"))
    assert open_wave.waves == study.for_scope(Scope()).waves
    assert len(open_wave.margins) == len(study.waves)
    assert study.for_scope(Scope(wave="2025-2")).directorates[1].id == "def"


PRINTED = ["title", "subtitle", "publisher", "mission", "contact"]


@pytest.mark.parametrize("name", [*PRINTED, "retention", "commitments", "management"])
def test_what_a_digest_leaves_out_cannot_be_read(study: Study, name: str) -> None:
    assert getattr(study, name)
    seen = study.for_scope(DPAPH)
    with pytest.raises(ScopeError, match=f"seen here without its {name}"):
        getattr(seen, name)
    assert name not in json.loads(seen.model_dump_json())


def test_dates_of_publication_and_words_are_hidden_where_nothing_is_made_of_them(
    study: Study,
) -> None:
    with pytest.raises(ScopeError, match="Wave is seen here without its publication"):
        _ = study.for_scope(DPAPH).waves[0].publication
    intake = study.for_intake()
    assert intake.scale("Q01").levels == study.scale("Q01").levels, "exports are read by them"
    for model, name in (
        (intake, "indicators"),
        (intake, "thresholds"),
        (intake, "margins"),
        (intake.waves[0], "label"),
        (intake.directorates[0].sites[0], "label"),
        (intake.item("Q01"), "wording"),
    ):
        with pytest.raises(ScopeError, match=f"seen here without its {name}"):
            getattr(model, name)
    page = study.for_pages("2025-2")
    assert page.title == study.title and page.commitments == study.commitments
    assert page.waves == study.waves_until("2025-2") and "2026-1" not in page.margins
    assert list(page.directorates) == list(study.directorates)


def test_commitments_and_management_are_seen_of_the_scope_by_those_who_require_them(
    study: Study,
) -> None:
    seen = study.for_scope(DPAPH, requires=["commitments"])
    sites = {site.id for site in study.directorate("dpaph").sites}
    assert [one.id for one in seen.commitments] == [one.id for one in study.commitments]
    posted = {site for one in seen.commitments for site in one.posted}
    assert posted and posted <= sites
    assert "commitments.yml" in seen.part_digests()
    assert "commitments.yml" not in study.for_scope(DPAPH).part_digests()
    managed = study.for_scope(Scope("def", "2025-2"), requires=["management"]).management
    assert all(one.directorates == ("def",) for one in managed)
    assert len(managed) == sum("def" in one.directorates for one in study.management)


def _with_wave(study: Study) -> Study:
    day = date(2027, 1, 1)
    more = study.waves[-1].model_copy(
        update={"id": "2027-1", "start": day, "end": date(2027, 6, 30)}
    )
    return study.model_copy(update={"waves": (*study.waves, more)})


def test_a_new_wave_changes_what_no_earlier_scope_sees(study: Study) -> None:
    more = _with_wave(study)
    assert more.digest != study.digest
    for scope in EVERYWHERE:
        same = more.for_scope(scope).digest == study.for_scope(scope).digest
        assert same == (scope.wave is not None), scope
        intake = [one.for_intake().restricted_to(scope).digest for one in (study, more)]
        assert (intake[0] == intake[1]) == (scope.wave is not None)
    assert more.for_pages("2025-2").digest == study.for_pages("2025-2").digest
    assert more.for_pages("2027-1").digest != study.for_pages("2026-2").digest


# --- the kept study -------------------------------------------------------------------------------


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The folders that were parsed, as they are."""
    folders: list[str] = []

    def load(folder: Path) -> Study:
        folders.append(folder.name)
        return load_study(folder)

    monkeypatch.setattr(loading, "load_study", load)
    return folders


def kept(workspace: Workspace) -> Path:
    return workspace.notes / "cd93" / "study.json"


def test_a_study_is_parsed_once_and_comes_back_the_same(
    workspace: Workspace, study: Study, parsed: list[str]
) -> None:
    assert open_study(workspace, "cd93") == study == open_study(workspace, "cd93")
    assert Context.open(workspace, "cd93", str).study.model_dump() == study.model_dump()
    assert parsed == ["cd93"]
    (workspace.params / "cd93" / "simulation.yml").unlink()
    open_study(workspace, "cd93")
    assert parsed == ["cd93"], "the plan of a simulation is no part of a study"
    rewrite(workspace, "retention.yml", lambda content: content.update(failed_notebooks=7))
    assert open_study(workspace, "cd93").retention.failed_notebooks == 7
    assert parsed == ["cd93"] * 2
    with pytest.raises(ScopeError, match="Unknown study"):
        open_study(workspace, "../cd93")


def test_a_fault_is_told_whatever_is_kept(workspace: Workspace) -> None:
    open_study(workspace, "cd93")
    rewrite(workspace, "study.yml", lambda content: content.pop("title"))
    with pytest.raises(ParameterError, match="A key is missing: 'title'"):
        open_study(workspace, "cd93")


def _halve(text: str) -> str:
    return text[: len(text) // 2]


def _alter(text: str) -> str:
    content = json.loads(text)
    content["study"] = content["study"].replace('"practical_change":5.0', '"practical_change":50.0')
    return json.dumps(content)


@pytest.mark.parametrize(
    "damage",
    [_halve, _alter, lambda text: text.replace("cd93", "cd94"), lambda _: "", lambda _: "[]"],
)
def test_a_damaged_study_is_made_anew(
    workspace: Workspace, study: Study, parsed: list[str], damage: Callable[[str], str]
) -> None:
    open_study(workspace, "cd93")
    whole = kept(workspace).read_text(encoding="utf-8")
    kept(workspace).write_text(damage(whole), encoding="utf-8")
    assert kept(workspace).read_text(encoding="utf-8") != whole
    assert open_study(workspace, "cd93") == study and len(parsed) == 2
    assert kept(workspace).read_text(encoding="utf-8") == whole


def test_a_study_that_another_version_of_the_code_kept_is_made_anew(
    workspace: Workspace, parsed: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_study(workspace, "cd93")
    other = tmp_path / "code"
    shutil.copytree(cache.CODE, other)
    monkeypatch.setattr(cache, "CODE", other)
    open_study(workspace, "cd93")
    assert len(parsed) == 1, "the same code elsewhere is the same code"
    with (other / "model.py").open("a") as stream:
        stream.write("\n# a change\n")
    open_study(workspace, "cd93")
    assert len(parsed) == 2


def test_what_cannot_be_kept_is_parsed_each_time(
    workspace: Workspace, study: Study, parsed: list[str]
) -> None:
    workspace.notes.write_text("no folder")
    assert open_study(workspace, "cd93") == open_study(workspace, "cd93") == study
    assert len(parsed) == 2


def test_what_an_editor_saves_while_a_study_is_parsed_is_not_kept_under_what_was_there(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load(folder: Path) -> Study:
        with (folder / "waves.yml").open("a") as stream:
            stream.write("# saved meanwhile\n")
        return load_study(folder)

    with monkeypatch.context() as patched:
        patched.setattr(loading, "load_study", load)
        open_study(workspace, "cd93")
    assert not kept(workspace).exists()
    open_study(workspace, "cd93")
    assert kept(workspace).exists()
