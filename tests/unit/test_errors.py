from __future__ import annotations

import pytest

from analysis import errors
from analysis.errors import ObservatoryError, ParameterError, nearest


def kinds() -> list[type[ObservatoryError]]:
    return [
        one
        for one in vars(errors).values()
        if isinstance(one, type) and issubclass(one, ObservatoryError)
    ]


def test_each_kind_has_its_own_exit_code() -> None:
    codes = [kind.exit_code for kind in kinds()]
    assert len(set(codes)) == len(codes) > 8
    assert 0 not in codes


def test_a_message_says_what_where_and_what_to_do() -> None:
    error = ParameterError(
        "A key stands twice: 'id'.", where="study.yml, line 3", hint="keep one of the two."
    )
    assert (
        str(error)
        == "A key stands twice: 'id'.\n  at: study.yml, line 3\n\nHint: keep one of the two."
    )


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    error = ParameterError.unknown("directorate", "dpah", ["dpaph", "def"])
    assert error.hint == "did you mean 'dpaph'? Known: 'def', 'dpaph'."


@pytest.mark.parametrize(
    ("name", "allowed", "expected"),
    [
        ("x", [], "none is declared."),
        ("zzz", ["b", "a"], "known: 'a', 'b'."),
        (
            "q",
            [str(i) for i in range(20)],
            "known: '0', '1', '10', '11', '12', '13', '14', '15', '16', '17', '18', '19', ….",
        ),
    ],
)
def test_nearest(name: str, allowed: list[str], expected: str) -> None:
    assert nearest(name, allowed) == expected
