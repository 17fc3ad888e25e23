"""Numbers of versions, and the register that says what became of each."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from analysis.editions.catalogue import catalogue, last, latest
from analysis.editions.register import Act, Register
from analysis.editions.versions import FIRST, FIRST_PROVISIONAL, Version, versions_in
from analysis.errors import NotReadyError, ScopeError
from analysis.study import Workspace

DAY = date(2026, 11, 26)


@pytest.mark.parametrize(
    "text", ["1.0", "1.0.0.0", "01.0.0", "1.0.00", "v", "1.0.-1", "1.0.0 ", "a.b.c", "1．0．0", ""]
)
def test_what_is_no_version_is_refused(text: str) -> None:
    with pytest.raises(ScopeError, match="is no version"):
        Version.read(text)


def test_versions_are_ordered_as_numbers(tmp_path: Path) -> None:
    for name in ("v1.10.0", "v1.9.0", "v0.2.0", "v1.0.0", "withdrawn", "v1", "1.0.0", "vx"):
        (tmp_path / name).mkdir()
    assert list(map(str, versions_in(tmp_path))) == ["0.2.0", "1.0.0", "1.9.0", "1.10.0"]
    assert versions_in(tmp_path / "none") == []
    assert (FIRST.provisional, FIRST_PROVISIONAL.provisional) == (False, True)


def act(version: str, done: str = "published", **more: str) -> Act:
    about = {"act": done, "wave": "2026-1", "version": version, "day": DAY, "manifest": "a" * 64}
    return Act.model_validate({**about, **more})


def register(folder: Path, *acts: Act) -> Register:
    made = Register(Workspace(folder), "cd93")
    for one in acts:
        made.add(one)
    return made


def states(folder: Path) -> dict[str, tuple[str, str]]:
    return {
        str(one.version): (one.state, str(one.superseded_by or ""))
        for one in catalogue(Workspace(folder), "cd93")
    }


def test_lines_are_added_and_each_holds_the_one_before(tmp_path: Path) -> None:
    acts = [act("1.0.0"), act("1.1.0", reason="r", signer="s"), act("1.0.0", "withdrawn")]
    made = register(tmp_path, *acts)
    found = made.acts()
    assert [(one.act, one.version, one.reason) for one in found] == [
        ("published", "1.0.0", ""),
        ("published", "1.1.0", "r"),
        ("withdrawn", "1.0.0", ""),
    ]
    assert found[0].previous == "" and len({one.previous for one in found}) == 3
    assert made.published("2026-1", Version(1, 1, 0)) == found[1]
    assert made.withdrawn("2026-1", Version(1, 1, 0)) is None
    assert made.withdrawn("2026-1", Version(1, 0, 0)) == found[2]


@pytest.mark.parametrize("line", [0, 1])
@pytest.mark.parametrize("change", ["word", "gone", "order", "broken"])
def test_a_line_that_was_changed_is_told(tmp_path: Path, line: int, change: str) -> None:
    made = register(tmp_path, act("1.0.0"), act("1.1.0"), act("1.2.0"))
    lines = made.path.read_text(encoding="utf-8").splitlines()
    if change == "word":
        lines[line] = lines[line].replace("2026-11-26", "2026-11-25")
    elif change == "gone":
        del lines[line]
    elif change == "order":
        lines[line], lines[line + 1] = lines[line + 1], lines[line]
    else:
        lines[line] = lines[line][:-1]
    made.path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    for read in (made.acts, lambda: made.add(act("1.3.0"))):
        with pytest.raises(NotReadyError, match="register of editions is damaged"):
            read()
    assert len(made.path.read_text(encoding="utf-8").splitlines()) == len(lines)


@pytest.mark.parametrize("change", ["last changed", "last gone", "all gone"])
def test_a_register_ends_where_it_ended(tmp_path: Path, change: str) -> None:
    """What its last line was is kept elsewhere; one line more may have been added since."""
    made = register(tmp_path, act("1.0.0"), act("1.1.0"))
    end = tmp_path / "data/published/cd93/register.end"
    before = end.read_text(encoding="utf-8")
    made.add(act("1.2.0"))
    lines = made.path.read_text(encoding="utf-8").splitlines()
    after = end.read_text(encoding="utf-8")
    end.write_text(before, encoding="utf-8")
    assert len(made.acts()) == 3, "it was stopped between the two"
    end.write_text(after, encoding="utf-8")
    if change == "last changed":
        lines[-1] = lines[-1].replace("1.2.0", "1.3.0")
    kept = lines if change == "last changed" else lines[:-1] if change == "last gone" else []
    made.path.write_text("".join(f"{line}\n" for line in kept), encoding="utf-8")
    if change == "all gone":
        made.path.unlink()
    with pytest.raises(NotReadyError, match="register of editions is damaged"):
        made.acts()


@pytest.mark.parametrize(
    ("acts", "expected"),
    [
        ([act("1.0.0")], {"1.0.0": ("definitive", "")}),
        ([act("0.1.0")], {"0.1.0": ("provisional", "")}),
        (
            [act("0.1.0"), act("0.2.0"), act("1.0.0")],
            {
                "0.1.0": ("superseded", "1.0.0"),
                "0.2.0": ("superseded", "1.0.0"),
                "1.0.0": ("definitive", ""),
            },
        ),
        (
            [act("1.0.0"), act("1.1.0"), act("2.0.0")],
            {
                "1.0.0": ("superseded", "2.0.0"),
                "1.1.0": ("superseded", "2.0.0"),
                "2.0.0": ("definitive", ""),
            },
        ),
        (
            [act("1.0.0"), act("1.1.0"), act("1.1.0", "withdrawn")],
            {"1.0.0": ("superseded", ""), "1.1.0": ("withdrawn", "")},
        ),
        (
            [act("1.0.0"), act("1.0.0", "withdrawn"), act("1.0.1")],
            {"1.0.0": ("withdrawn", "1.0.1"), "1.0.1": ("definitive", "")},
        ),
    ],
)
def test_what_became_of_each_version(
    tmp_path: Path, acts: list[Act], expected: dict[str, tuple[str, str]]
) -> None:
    register(tmp_path, *acts)
    assert states(tmp_path) == expected
    editions = catalogue(Workspace(tmp_path), "cd93")
    final = latest(editions, "2026-1", provisional=False)
    known = [one for one in expected if expected[one][0] == "definitive"]
    assert (None if final is None else str(final.version)) == (known[-1] if known else None)
    for provisional in (False, True):
        highest = last(editions, "2026-1", provisional=provisional)
        own = [one for one in expected if one.startswith("0.") == provisional]
        assert (None if highest is None else str(highest.version)) == (own[-1] if own else None)
    assert latest(editions, "2026-2", provisional=False) is None


def test_an_edition_says_what_a_machine_reads(tmp_path: Path) -> None:
    register(tmp_path, act("1.0.0"), act("1.0.0", "withdrawn", reason="r", signer="s"))
    (told,) = [one.told() for one in catalogue(Workspace(tmp_path), "cd93")]
    assert json.loads(json.dumps(told)) == {
        "wave": "2026-1",
        "version": "1.0.0",
        "state": "withdrawn",
        "day": "2026-11-26",
        "superseded_by": None,
        "withdrawn": "2026-11-26",
        "reason": "r",
        "signer": "s",
        "manifest": "a" * 64,
    }
