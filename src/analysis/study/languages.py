"""Texts in several languages: how parameters hold them, and how one is told that stands in another
language than what surrounds it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any, get_args

from pydantic import PlainSerializer, StringConstraints, WithJsonSchema, WrapValidator

from analysis.study.kinds import LanguageCode

CODES: tuple[LanguageCode, ...] = get_args(LanguageCode)

_OPEN, _SAID, _CLOSE = "\ue000", "\ue001", "\ue002"
"""Private characters, which no text of the parameters may hold: no font has them."""

_FOREIGN = re.compile(f"{_OPEN}(\\w+){_SAID}([^{_OPEN}{_CLOSE}]*){_CLOSE}")


class Multilingual(str):
    """A text that people read: as a string, it is the one in its main language.

    Attributes:
        texts: Language → text, the main one first; empty where no language is named, which is then
            the study's main one.

    """

    __slots__ = ("texts",)
    texts: dict[str, str]

    def __new__(cls, text: str, texts: Mapping[str, str] | None = None) -> Multilingual:
        """A text, with what it is in each language where that is said."""
        made = super().__new__(cls, text)
        made.texts = dict(texts or {})
        return made

    def led_by(self, main: LanguageCode) -> Multilingual:
        """The text with its main language first, where it has it."""
        if main not in self.texts:
            return self
        others = {code: self.texts[code] for code in sorted(self.texts) if code != main}
        return Multilingual(self.texts[main], {main: self.texts[main], **others})

    def said_in(self, code: LanguageCode, main: LanguageCode) -> str:
        """The text in a language; in the main one, marked as `foreign`, where it has no other."""
        if code == main:
            return str(self)
        return self.texts[code] if code in self.texts else foreign(str(self), main)


def foreign(text: str, code: str) -> str:
    """A text marked as being in another language than what surrounds it.

    >>> with_marks("born in " + foreign("Évreux", "fr"), lambda code, text: f"<{code}>{text}</>")
    'born in <fr>Évreux</>'
    """
    return f"{_OPEN}{code}{_SAID}{text}{_CLOSE}"


def with_marks(text: str, write: Callable[[str, str], str]) -> str:
    """A text in which each marked part is written from its language and itself."""
    return _FOREIGN.sub(lambda part: write(part[1], part[2]), text)


def without_marks(text: str) -> str:
    """A text without its marks."""
    return with_marks(text, lambda _, part: part)


def start_of_words(text: str) -> int:
    """Where the first word of a text begins: after the mark of its language, where it has one."""
    return text.index(_SAID) + 1 if text.startswith(_OPEN) and _SAID in text else 0


def in_parts(text: str) -> Iterator[tuple[str | None, str]]:
    """The parts of a text, each with its language where it is marked."""
    at = 0
    for part in _FOREIGN.finditer(text):
        if part.start() > at:
            yield None, text[at : part.start()]
        yield part[1], part[2]
        at = part.end()
    if at < len(text):
        yield None, text[at:]


def _read(value: Any, read_one: Callable[[Any], str]) -> Multilingual:
    """A text of the parameters: a string, or a mapping of languages to strings."""
    if isinstance(value, Multilingual):
        return value
    if not isinstance(value, Mapping):
        return Multilingual(read_one(value))
    if not value:
        raise ValueError("a text is given in at least one language")
    for code, text in value.items():
        if code not in CODES:
            raise ValueError(f"{code!r} is no language here: {', '.join(CODES)}")
        if not isinstance(text, str) or not text.strip():
            raise ValueError(f"the text in {code!r} is not one")
    texts = {code: text.strip() for code, text in value.items()}
    return Multilingual(next(iter(texts.values())), texts)


def _written(text: str) -> str | dict[str, str]:
    return dict(text.texts) if isinstance(text, Multilingual) and text.texts else str(text)


_ONE = {"minLength": 1, "type": "string"}

PrintedText = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1),
    WrapValidator(_read),
    PlainSerializer(_written),
    WithJsonSchema(
        {
            "anyOf": [
                _ONE,
                {
                    "additionalProperties": False,
                    "minProperties": 1,
                    "properties": dict.fromkeys(CODES, _ONE),
                    "type": "object",
                },
            ]
        }
    ),
]
"""A text that people read, in the study's main language or in several: `{fr: …, en: …}`."""
