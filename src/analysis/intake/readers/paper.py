"""Paper questionnaires entered by an agent: semicolons, cp1252, one numeric code per cell."""

from __future__ import annotations

import re

from analysis.errors import IntakeError, ScopeError
from analysis.intake.mapping import (
    ColumnMapping,
    DateColumn,
    DateShape,
    Dialect,
    ItemColumn,
    Selector,
    check_asked,
)
from analysis.intake.raw_table import DelimitedFile, RawTable, Source
from analysis.intake.readers.base import ANSWERS, Reader
from analysis.study import MissingKind, Scale, Study

DIALECT = Dialect(encoding="cp1252", delimiter=";")
NUMBER, DAY, SITE, CLERK = "N° fiche", "Date", "Code site", "Saisi par"
DAY_FORMAT = "%d/%m/%Y"
DAY_SHAPES = tuple(
    DateShape(shape=shape, formats=(DAY_FORMAT,))
    for shape in ("99/99/9999", "9/99/9999", "99/9/9999", "9/9/9999")
)
NOT_CONCERNED, DONT_KNOW, ILLEGIBLE = "NC", "NSP", "?"


def read_paper(source: Source, study: Study) -> RawTable:
    """Reads an entry file: levels as digits, NC, NSP, « ? » where illegible.

    Two levels ticked (`2,4`, `2/4`, `2 et 4`, …) are illegible. A whole number as spreadsheets
    write it (`4,0`) is that number where the scale has no level 0; where it has one, it could be
    two ticks, and is outside the scale.

    Raises:
        IntakeError: a column that the questionnaire does not know, or one that the channel asks is
            lacking.

    """
    assert source.channel is not None and source.wave is not None
    asked = study.channel(source.channel).items
    file = DelimitedFile.open(source, DIALECT, (NUMBER, DAY, SITE, CLERK, *asked))
    file.require(NUMBER, DAY, SITE)
    names = [column for column in file.columns if column not in (NUMBER, DAY, SITE, CLERK)]
    for column in names:
        if column not in asked:
            raise file.unknown(column, asked, "Columns of answers are named by their items.")
    items = {name: _column(study, name) for name in names}
    try:
        check_asked(asked, items, source.absent, source.channel)
    except ScopeError as error:
        raise IntakeError(error.what, where=source.where, hint=error.hint) from None
    mapping = ColumnMapping(
        wave=Selector(value=source.wave),
        channel=Selector(value=source.channel),
        site=Selector(column=SITE),
        day=DateColumn(column=DAY, shapes=DAY_SHAPES),
        identity=(NUMBER, SITE, DAY),
        items=items,
    )
    ticks = {
        file.columns.index(name): several_ticks(study.scale(name))
        for name in names
        if study.scale(name).kind != "text"
    }

    def mark_several_ticks(row: list[str], _number: int) -> None:
        for position, pattern in ticks.items():
            if len(row[position]) > 2 and pattern.fullmatch(row[position]):
                row[position] = ILLEGIBLE

    batches = file.batches(mapping.columns, prepare=mark_several_ticks)
    return RawTable(batches, mapping, source.absent)


def several_ticks(scale: Scale) -> re.Pattern[str]:
    """What a cell looks like where several levels were ticked: never a level and a zero after a
    comma.

    >>> levels = ({"code": 2, "label": "x"}, {"code": 4, "label": "y"})
    >>> pattern = several_ticks(Scale(id="a", label="a", kind="ordinal", levels=levels))
    >>> [bool(pattern.fullmatch(cell)) for cell in ("2,4", "2 / 4", "4,0", "4,4", "4")]
    [True, True, False, False, False]
    """
    level = "|".join(str(code) for code in sorted(scale.codes, reverse=True))
    after_comma = (
        "|".join(str(code) for code in sorted(scale.codes, reverse=True) if code) or "(?!)"
    )
    return re.compile(
        rf"\s*({level})"
        rf"(?:\s*(?:[/+&-]|et)\s*(?!\1\b)(?:{level})|\s*,\s*(?!\1\b)(?:{after_comma}))+\s*"
    )


def _column(study: Study, item: str) -> ItemColumn:
    scale, missing = study.scale(item), study.missing
    if scale.kind == "text":
        return ItemColumn(column=item)
    values = {str(code): code for code in scale.codes}
    if 0 not in scale.codes:
        values |= {f"{code}{sign}0": code for code in scale.codes for sign in ",."}
    values |= {
        NOT_CONCERNED: missing[MissingKind.NOT_CONCERNED],
        DONT_KNOW: missing[MissingKind.DONT_KNOW],
        ILLEGIBLE: missing[MissingKind.ILLEGIBLE],
    }
    return ItemColumn(column=item, values=values, empty=missing[MissingKind.REFUSED])


READER = Reader(
    name="paper",
    described_by="channel and wave",
    read=read_paper,
    produces=ANSWERS,
    personal=(CLERK,),
    codes={
        MissingKind.NOT_CONCERNED: NOT_CONCERNED,
        MissingKind.DONT_KNOW: DONT_KNOW,
        MissingKind.ILLEGIBLE: ILLEGIBLE,
    },
)
