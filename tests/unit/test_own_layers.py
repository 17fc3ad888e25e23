"""The layers that analysts declare beside their notebooks, and what faulty ones are told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.errors import ParameterError
from analysis.storage import LAYERS, Layer, known_layers
from analysis.study import Workspace

Declared = Callable[[str], dict[str, Layer]]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "notebooks").mkdir()
    return tmp_path / "notebooks" / "layers.yml"


@pytest.fixture
def declared(file: Path, tmp_path: Path) -> Declared:
    """The layers of a workspace whose file says a text."""

    def layers(text: str) -> dict[str, Layer]:
        file.write_text(text, encoding="utf-8")
        return known_layers(Workspace(tmp_path))

    return layers


def refusal(declared: Declared, text: str) -> ParameterError:
    with pytest.raises(ParameterError) as raised:
        declared(text)
    return raised.value


def one(line: str) -> str:
    return f"layers:\n  - {{{line}}}\n"


# --- declarations that hold -----------------------------------------------------------------------


def test_a_layer_has_a_table_per_directorate_and_wave_where_no_axis_is_named(
    declared: Declared,
) -> None:
    assert declared(one("name: alone, about: Filled in alone"))["alone"].axes == (
        "directorate",
        "wave",
    )


def test_a_layer_along_no_axis_has_one_table_for_the_study(declared: Declared) -> None:
    assert declared(one("name: alone, about: Filled in alone, axes: []"))["alone"].axes == ()


def test_a_layer_of_an_analyst_is_written_by_a_notebook_and_confidential(
    declared: Declared,
) -> None:
    layer = declared(one("name: alone, about: Filled in alone"))["alone"]
    assert (layer.origin, layer.sensitivity) == ("notebooks", "confidential")


def test_own_layers_come_after_those_of_the_registry_in_the_order_of_the_file(
    declared: Declared,
) -> None:
    text = one("name: second, about: B") + "  - {name: first, about: A}\n"
    assert list(declared(text)) == [*LAYERS, "second", "first"]


def test_a_workspace_does_not_add_to_the_registry_of_another(
    declared: Declared, tmp_path: Path
) -> None:
    declared(one("name: alone, about: Filled in alone"))
    assert "alone" not in known_layers(Workspace(tmp_path / "elsewhere"))


@pytest.mark.parametrize("name", ["a", "a" * 40, "with_2_parts"])
def test_the_longest_and_shortest_names_are_taken(declared: Declared, name: str) -> None:
    assert name in declared(one(f"name: {name}, about: x"))


# --- declarations that do not ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["../up", "/etc", "a/b", "a.b", "A", "2nd", "_a", "a-b", "é", "''", "a" * 41, '"a\\n"', "a b"],
)
def test_a_name_that_is_no_safe_folder_is_refused(
    declared: Declared, file: Path, name: str
) -> None:
    error = refusal(declared, one(f"name: {name}, about: x"))
    assert error.what.startswith("String should match pattern")
    assert error.where == f"{file}, layers.0.name"


@pytest.mark.parametrize("name", LAYERS)
def test_no_layer_of_the_registry_can_be_replaced(
    declared: Declared, file: Path, name: str
) -> None:
    error = refusal(declared, one(f"name: {name}, about: x"))
    assert str(error) == (
        f"The name '{name}' is that of another layer.\n"
        f"  at: {file}, layers.{name}\n\n"
        "Hint: give it a name of its own."
    )


def test_two_own_layers_may_not_share_a_name(declared: Declared) -> None:
    text = one("name: alone, about: x") + "  - {name: alone, about: y}\n"
    assert refusal(declared, text).what == "The name 'alone' is that of another layer."


@pytest.mark.parametrize(
    ("line", "missing"), [("name: alone", "about"), ("about: Filled in alone", "name")]
)
def test_a_missing_key_is_named(declared: Declared, file: Path, line: str, missing: str) -> None:
    error = refusal(declared, one(line))
    assert error.what == f"A key is missing: '{missing}'."
    assert error.where == f"{file}, layers.0.{missing}"


def test_a_mistyped_key_is_answered_with_the_right_one(declared: Declared) -> None:
    error = refusal(declared, one("name: alone, about: x, axis: [wave]"))
    assert error.what == "Unknown key: 'axis'."
    assert error.hint == "did you mean 'axes'? Known: 'about', 'axes', 'name'."


@pytest.mark.parametrize("key", ["address: 'os:system'", "sensitivity: public", "origin: x"])
def test_an_analyst_chooses_neither_schema_nor_sensitivity(declared: Declared, key: str) -> None:
    error = refusal(declared, one(f"name: alone, about: x, {key}"))
    assert error.what == f"Unknown key: '{key.partition(':')[0]}'."


def test_an_unknown_axis_is_answered_with_those_there_are(declared: Declared, file: Path) -> None:
    error = refusal(declared, one("name: alone, about: x, axes: [directorate, site]"))
    assert error.what == "Input should be 'directorate' or 'wave'."
    assert (error.where, error.hint) == (f"{file}, layers.0.axes.1", "found 'site'.")


@pytest.mark.parametrize("about", ["''", "'  '"])
def test_a_layer_says_what_it_is_about(declared: Declared, file: Path, about: str) -> None:
    error = refusal(declared, one(f"name: alone, about: {about}"))
    assert error.what == "String should have at least 1 character."
    assert error.where == f"{file}, layers.0.about"


def test_every_fault_of_the_file_is_told_at_once(declared: Declared, file: Path) -> None:
    message = str(refusal(declared, one("name: B, about: x") + "  - {name: c}\n"))
    assert f"  at: {file}, layers.0.name\n" in message
    assert f"  at: {file}, layers.1.about\n" in message


@pytest.mark.parametrize(
    ("text", "what", "place"),
    [
        ("layers: [\n", "Not valid YAML", ", line 2"),
        ("layers: []\nlayers: []\n", "A key stands twice: 'layers'.", ", line 2"),
        (
            one("name: a, about: x, about: y"),
            "A key stands twice: 'about'.",
            ", line 2",
        ),
        ("", "Input should be a valid dictionary", ", (the whole file)"),
        ("[]\n", "Input should be a valid dictionary", ", (the whole file)"),
        ("layers: alone\n", "Input should be a valid tuple", ", layers"),
        ("{}\n", "A key is missing: 'layers'.", ", layers"),
    ],
)
def test_a_file_that_is_no_list_of_layers_is_refused_with_its_place(
    declared: Declared, file: Path, text: str, what: str, place: str
) -> None:
    error = refusal(declared, text)
    assert error.what.startswith(what)
    assert error.where == f"{file}{place}"


def test_a_file_that_is_not_utf_8_is_refused(file: Path, tmp_path: Path) -> None:
    file.write_bytes(one("name: alone, about: Rempli seul à la borne").encode("latin-1"))
    with pytest.raises(ParameterError, match="is not UTF-8") as raised:
        known_layers(Workspace(tmp_path))
    assert raised.value.hint == "save it again as UTF-8."
