"""YAML read safely: YAML 1.2, no duplicate key, and limits on what a small file can expand to."""

from __future__ import annotations

import re
import warnings
from copy import deepcopy
from functools import lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.composer import MaxDepthExceededError
from ruamel.yaml.constructor import ConstructorError, DuplicateKeyError, SafeConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError, YAMLWarning

from analysis.errors import ParameterError, quoted

LARGEST_FILE = 512 << 10
"""Bytes of a parameter file."""

DEEPEST = 40
"""Levels of lists and keys within one another."""

MOST_VALUES = 500_000
"""Values of a file, those that an alias repeats counted each time."""

LARGEST_NUMBER = 10**15
"""No count, amount or code is larger; beyond it, numbers are no longer told apart by one."""


_DIRECTIVE = re.compile(r"\ufeff?(?:\s*#[^\n]*\n|\s*\n)*%")


class _Constructor(SafeConstructor):
    """Takes no merge key: a few lines of them, each of two aliases, double what they hold."""

    def flatten_mapping(self, node: Any) -> Any:
        for key, _ in node.value:
            if key.tag == "tag:yaml.org,2002:merge":
                raise ConstructorError(
                    None, None, "a merge key (<<) is not taken: write the keys out", key.start_mark
                )
        return super().flatten_mapping(node)


@lru_cache(maxsize=128)  # reading YAML is nearly all that opening a study takes
def _loaded(text: str) -> Any:
    yaml = YAML(typ="safe", pure=True)
    yaml.max_depth = DEEPEST
    yaml.Constructor = _Constructor
    with warnings.catch_warnings():
        warnings.simplefilter("error", YAMLWarning)
        return yaml.load(text)


def read_yaml(path: Path) -> Any:
    """The content of a YAML file.

    Raises:
        ParameterError: it is missing, not UTF-8, not YAML, or beyond the limits of this module.

    """
    return parse_yaml(read_text(path), str(path))


def read_text(path: Path) -> str:
    """The text of a parameter file.

    Raises:
        ParameterError: it is missing, not UTF-8, or larger than parameters are.

    """
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise ParameterError(
                f"The file is larger than {LARGEST_FILE >> 10} KiB.",
                where=str(path),
                hint="parameters are short texts: is this another file?",
            )
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ParameterError(
            "A parameter file is missing.",
            where=str(path),
            hint="write it: editors complete it by params/schemas.",
        ) from None
    except OSError as error:
        raise ParameterError(
            f"Not readable: {error.strerror}.",
            where=str(path),
            hint="it should be a file that you may read.",
        ) from None
    except UnicodeDecodeError as error:
        raise ParameterError(
            f"The file is not UTF-8 (byte {error.start}).",
            where=str(path),
            hint="save it again as UTF-8.",
        ) from None


def parse_yaml(text: str, where: str) -> Any:
    """The content of a YAML text; `where` says in messages whence it came.

    Raises:
        ParameterError: it is not YAML, or beyond the limits of this module.

    """
    if _DIRECTIVE.match(text):
        raise ParameterError(
            "The file begins with a directive.",
            where=where,
            hint="take the line that begins with % out: files are read as YAML 1.2.",
        )
    try:
        content = deepcopy(_loaded(text))
    except DuplicateKeyError as error:
        raise ParameterError(
            f"A key stands twice: {quoted(str(error.problem).split(chr(34))[1])}.",
            where=_marked(error, where),
            hint="keep one of the two.",
        ) from None
    except MaxDepthExceededError as error:
        raise _too_deep(_marked(error, where)) from None
    except MarkedYAMLError as error:
        raise ParameterError(
            f"Not valid YAML: {str(error.problem or error.context)[:200]}.",
            where=_marked(error, where),
            hint="look at the indentation and quotation marks of this line and the one before.",
        ) from None
    except YAMLWarning as error:
        raise ParameterError(
            f"Not valid YAML: {str(error).strip().splitlines()[0][:200]}.",
            where=where,
            hint="give each anchor (`&name`) a name of its own.",
        ) from None
    except (
        YAMLError,
        ValueError,
        LookupError,
        TypeError,
        ArithmeticError,
        AssertionError,
    ) as error:
        # A date that is none, a control character, a list as a key, a loop of aliases, …
        lines = str(error).splitlines() or [type(error).__name__]
        raise ParameterError(
            f"Not readable as YAML: {lines[0][:200]}.",
            where=where,
            hint="look for a date that does not exist, or a character that cannot be seen.",
        ) from None
    _check_size(content, where)
    return content


def _too_deep(where: str) -> ParameterError:
    return ParameterError(
        f"Lists and keys stand in one another more than {DEEPEST} deep.",
        where=where,
        hint="a bracket may not be closed, or an alias may stand in what it repeats.",
    )


def _marked(error: MarkedYAMLError, where: str) -> str:
    mark = error.problem_mark or error.context_mark
    return f"{where}, line {mark.line + 1}" if mark else where


def _check_size(content: Any, where: str) -> None:
    """Refuses aliases that repeat too much or themselves, and numbers that nothing can be counted
    by.
    """
    measured: dict[int, tuple[int, int]] = {}
    open_: set[int] = set()

    def at(key: str) -> str:
        return f"{where}, {key}" if key else where

    def measure(node: Any, key: str) -> tuple[int, int]:
        """How many values a node expands to, and how deep."""
        if isinstance(node, (int, float)) and not abs(node) <= LARGEST_NUMBER:
            raise ParameterError(
                "A number is too large, or is none.",
                where=at(key),
                hint="numbers lie between -1e15 and 1e15.",
            )
        if not isinstance(node, (dict, list)):
            return 1, 0
        if id(node) in open_:
            raise ParameterError(
                "An alias repeats what it stands in.",
                where=at(key),
                hint="write the value out instead of `*name`.",
            )
        if id(node) not in measured:
            open_.add(id(node))
            items = node.items() if isinstance(node, dict) else enumerate(node)
            parts = [
                measure(element, f"{key}.{str(name)[:60]}" if key else str(name)[:60])
                for name, element in items
            ]
            open_.discard(id(node))
            deepest = max((deep for _, deep in parts), default=0)
            measured[id(node)] = 1 + sum(count for count, _ in parts), 1 + deepest
        count, deep = measured[id(node)]
        if count > MOST_VALUES:
            raise ParameterError(
                f"The file holds more than {MOST_VALUES} values, aliases counted each time.",
                where=at(key),
                hint="write out what `*name` repeats, or split the file.",
            )
        if deep > DEEPEST:
            raise _too_deep(at(key))
        return count, deep

    measure(content, "")
