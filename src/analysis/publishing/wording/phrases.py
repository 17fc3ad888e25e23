"""Every phrase of a catalogue beside an example of it, for a person to read aloud."""

from __future__ import annotations

import string
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from analysis.errors import RenderingError
from analysis.publishing.wording.examples import EXAMPLES, OWN_EXAMPLES
from analysis.publishing.wording.language import Language
from analysis.study.kinds import LanguageCode


@dataclass(frozen=True)
class Phrase:
    """A phrase of a catalogue.

    Attributes:
        key: Under which it stands.
        template: As it stands there, with its `{parts}`.
        example: Completed.

    """

    key: str
    template: str
    example: str


def phrases(code: LanguageCode) -> list[Phrase]:
    """Every phrase of a language, in the order of its catalogue.

    Raises:
        RenderingError: one of them has a part that has no example.

    """
    language = Language.of(code)
    return [
        Phrase(key, template, language.text(key, **_example_parts(language, key)))
        for key, template in language.catalogue.items()
    ]


def phrase_lines(codes: Sequence[LanguageCode]) -> str:
    """The phrases of some languages as lines of text: key, template, example where it differs."""
    return "\n\n".join(
        "\n    ".join(dict.fromkeys([f"{code} {phrase.key}", phrase.template, phrase.example]))
        for code in codes
        for phrase in phrases(code)
    )


def phrase_page(codes: Sequence[LanguageCode]) -> str:
    """The phrases of some languages as a page of HTML."""
    rows = "\n".join(
        f"<tr><th><code>{phrase.key}</code></th>"
        f'<td lang="{code}">{escape(phrase.template)}</td>'
        f'<td lang="{code}">{escape(phrase.example)}</td></tr>'
        for code in codes
        for phrase in phrases(code)
    )
    title = "Phrases of the catalogues"
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8"><title>{title}</title>'
        f"</head>\n<body>\n<h1>{title}</h1>\n<table>\n{rows}\n</table>\n</body>\n</html>"
    )


def _example_parts(language: Language, key: str) -> dict[str, str]:
    """An example of each part of a phrase, its spaces and ordinals as the language writes them."""
    parts = [name for _, name, _, _ in string.Formatter().parse(language.catalogue[key]) if name]
    examples = EXAMPLES | OWN_EXAMPLES.get(key, {})
    if missing := [name for name in parts if name not in examples]:
        raise RenderingError(
            f"The phrase {key!r} has no example of its part {missing[0]!r}.",
            where="wording/examples.py",
            hint="give one there, in French and in English: the list of phrases is read by people.",
        )
    column = 0 if language.code == "fr" else 1
    return {name: language.typeset(examples[name][column]) for name in parts}
