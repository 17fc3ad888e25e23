"""What practice notes and quotations may not say to the public: personal data, and what is no
plain text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from analysis.errors import ParameterError
from analysis.privacy.redaction import redact
from analysis.publishing.rendering.prose import forbidden_in_prose
from analysis.study import Study
from analysis.study.kinds import LanguageCode
from analysis.study.languages import CODES, Multilingual, without_marks
from analysis.study.practices import HEADINGS, SECTIONS, Practice
from analysis.study.workspace import PRACTICES

PERSONAL = {
    "[courriel]": "an e-mail address",
    "[téléphone]": "a telephone number",
    "[numéro]": "a long number",
    "[adresse]": "the address of a machine",
}
"""What redaction leaves in the place of something → what that was."""

_ADDRESS = re.compile(r"https?://[^\s<>\"'`\\)]+")
_PERSON = re.compile(r"\b(?:MM?\.|Mmes?|Mlle|Mrs?\.?|Ms\.?)[ \u00a0\u202f]+[A-ZÀ-Ý]")


def unpublishable_notes(study: Study) -> list[ParameterError]:
    """Every fault of the texts of a study's practice notes, with its file and heading."""
    return [fault for note in study.practices for fault in _faults(note, study)]


def unpublishable_quotations(study: Study) -> list[ParameterError]:
    """Every fault of the quotations of a study: what tells who said something."""
    quotations = study.listening.quotations if study.listening is not None else ()
    return [
        ParameterError(
            f"A quotation holds what looks like {what}.",
            where=f"{study.id}/listening.yml, quotations.{rank}",
            hint="take it out, or leave the quotation: nobody is told by their words.",
        )
        for rank, quotation in enumerate(quotations)
        for text in _by_language(quotation.text, study).values()
        for what in _personal(text)
    ]


def _faults(note: Practice, study: Study) -> Iterator[ParameterError]:
    path = f"{study.id}/{PRACTICES}/{note.id}.md"
    texts = _texts(note, study)
    for place, text in texts.items():
        for what in _personal(text):
            yield ParameterError(
                f"A practice note holds what looks like {what}.",
                where=f"{path}, {place}",
                hint="take it out: a note names offices, never persons, and is published.",
            )
    markdown = {place: text for place, text in texts.items() if place.startswith("## ")}
    for place, what in forbidden_in_prose(markdown, path):
        yield ParameterError(
            f"A practice note cannot hold {what}.",
            where=f"{path}, {place}",
            hint="its sections are paragraphs and lists, with *emphasis* and links to https "
            "addresses.",
        )


def _texts(note: Practice, study: Study) -> dict[str, str]:
    """The texts of a note, in each of its languages, by their place in its file."""
    head = {"title": note.title, "contact": note.contact}
    head |= {} if note.body is None else {"body": note.body}
    texts = {
        f"{key}.{code}": text
        for key, whole in head.items()
        for code, text in _by_language(whole, study).items()
    }
    for name in SECTIONS:
        for code, text in _by_language(getattr(note.sections, name), study).items():
            texts[f"## {HEADINGS[code][name]}"] = text
    return texts


def _by_language(text: str, study: Study) -> dict[LanguageCode, str]:
    """A text in each language that it has; in the study's one where that is not said."""
    said = text.texts if isinstance(text, Multilingual) else {}
    whole = {study.language: without_marks(text)}
    return {code: said[code] for code in CODES if code in said} or whole


def _personal(text: str) -> Iterator[str]:
    """What of a text looks like personal data, in words; addresses of pages do not."""
    plain = _ADDRESS.sub("", text)
    redacted = redact(plain)
    yield from (what for sign, what in PERSONAL.items() if redacted.count(sign) > plain.count(sign))
    if _PERSON.search(plain):
        yield "the name of a person"
