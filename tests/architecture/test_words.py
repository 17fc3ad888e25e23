"""The words: each phrase of the catalogues is said by something and has what it needs, and the
glossary is that of the models."""

from __future__ import annotations

import ast
import inspect
import io
import re
import string
import tokenize
import typing
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pydantic import BaseModel

from analysis.disclosure import Status
from analysis.editions.difference import Cause, SentenceKind
from analysis.editions.open_data import COLUMNS
from analysis.editions.workbook import CODEBOOK
from analysis.indicators.changes import Verdict
from analysis.indicators.commitments import Reading
from analysis.indicators.convergence import Movement, State
from analysis.indicators.convergence import Verdict as Together
from analysis.indicators.listening import Coverage
from analysis.indicators.management import Kept
from analysis.publishing.pages.participation import COUNTS, DOUBTED
from analysis.publishing.wording.catalogue_en import CATALOGUE as ENGLISH
from analysis.publishing.wording.catalogue_fr import CATALOGUE as FRENCH
from analysis.publishing.wording.formats import MEASURES
from analysis.study import (
    Claim,
    QualityFlag,
    commitments,
    definitions,
    field,
    management,
    questionnaire,
    settings,
)
from analysis.study import study as whole
from analysis.study.kinds import FigureKind
from analysis.study.listening import FAMILIES, Rhythm
from analysis.study.practices import Status as PracticeStatus
from analysis.study.references import Confidence, Difference
from analysis.study.settings import Mode
from analysis.workbench.tables import HEADERS
from tests.conftest import ROOT

SOURCES = sorted(
    path
    for path in (ROOT / "src" / "analysis").rglob("*.py")
    if not path.match("wording/catalogue_*")
)

TREES = [ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES]

# --- phrases --------------------------------------------------------------------------------------

CLAIMS = tuple(claim.value for claim in Claim)
COUNTED = tuple(claim.value for claim in Claim if claim is not Claim.ILLUSTRATION)
"""Claims that figures have: `check` refuses an illustration that asks what is counted."""
SIGNS = (*(status.value for status in Status if status.hidden), "so")

FLAGGED = (
    *(flag.value for flag in QualityFlag if flag is not QualityFlag.SITES_SILENT),
    "sites_silent_one",
    "sites_silent_n",
    "field_cut_channel",
    *(f"{flag}_against" for flag in ("channel_silent", "channel_halved", "answer_unused")),
    *(f"{flag}_against" for flag in ("frame_answers", "frame_margins")),
    *(f"{flag}_numbers" for flag in ("nothing_kept", "not_asked", "duplicates", "refused")),
    "undeclared_numbers",
    *(f"{flag}{end}" for flag in ("dont_know", "no_reply") for end in ("_against", "_numbers")),
    *(f"{flag}_several" for flag in ("not_asked", "answer_unused", "dont_know", "no_reply")),
    "wave_missing_several",
)
"""Flags, each with the numbers that it may be said with."""

KEPT = ("kept", "not_kept", "unclear")
QUADRANTS = ("mastered", "information", "tolerated", "priority", "unsure")
STANDINGS = ("well", "badly", "unknown")

DATA: dict[str, tuple[str, ...]] = {
    "type": typing.get_args(FigureKind),
    "unite": (
        *("share", "points", "answers", "presses", "people", "rows", "days", "minutes"),
        *("per_thousand", "count", "margins", "questions", "sites", "waves", "iterations"),
        *("ratio", "probability", "correlation", "reading"),
    ),
    "constat": (
        *(*typing.get_args(Verdict), *typing.get_args(Reading), *typing.get_args(Kept)),
        *("differ", "chance", "above", "inside", "below", "agree", "disagree", "level"),
        *("marks", "stable", "shifting"),
        *typing.get_args(Coverage),
        *(word for word in typing.get_args(State) + typing.get_args(Movement) if word),
        *(word for word in typing.get_args(Together) if word not in ("steady", "silent")),
        *("declared", "signal"),
    ),
    "portee": CLAIMS,
    "statut": ("s", "nd"),
    "precision": ("prudence", "fragile"),
    "definition": (
        *("count", "reading", "sites", "target", "norm", "announced", "baseline", "cohort"),
        *("month", "complete", "partial", "drawn", "frame_share", "sample_share", "gap"),
        *("relative", "correlation", "observed", "design_effect", "iterations"),
        *("ratio_high", "ratio_low", "RR1", "RR2", "RR3", "RR4", "RR5", "RR6", "unknown"),
        *("eligible", "R", "unconditional", "conditional", "nonresponse", "exposed", "rate"),
        *("share", "classes", "bic_classes", "entropy", "alike", "rand", "reached", "shared"),
        *FAMILIES,
        *("total", "year", "break", "state", "movement", "verdict", "signal"),
        *("sessions", "participants", "themes", "new_themes"),
        *("silent", "thin", "moments", "unreached", "audiences"),
    ),
    "indicateur": (
        *("answers", "participation", "weights", "representativity", "questions"),
        *("segments", "audiences", "listening", "collision", "pooling"),
        *("observations", "themes", "convergence"),
    ),
    "ventilation": (
        *("channel", "site_kind", "status", "month", "directorate"),
        *("segment", "audience", "moment", "dimension", "theme", "spared"),
    ),
    "categorie": (
        *("posted", "not_posted", "open", "outside", "counted", "left_out"),
        *("composition", "within", "requests", "cost"),
    ),
}
"""Column of open data → its codes that mean the same in each study."""

FILLED: dict[str, tuple[str, ...]] = {
    "among_": COUNTED[1:],
    "band_": COUNTED,
    "products_": ("above", "near", "below"),
    "presses_": ("one", "many"),
    "in_short_": typing.get_args(Verdict),
    "verdict_": ("small", "equivalent", "none"),
    "short_": typing.get_args(definitions.Definition.model_fields["kind"].annotation),
    "answers_": ("one", "many"),
    "answered_": COUNTED,
    "apart_": typing.get_args(Difference),
    "by_": ("perceived", "measured"),
    "change_": typing.get_args(Verdict),
    "cause_": typing.get_args(Cause),
    "claim_": CLAIMS,
    "data_": (*CODEBOOK, *(f"{name}_{code}" for name, codes in DATA.items() for code in codes)),
    "data_columns_": tuple(COLUMNS),
    "data_sheet_": ("cover", "notes", "codebook", "figures"),
    "data_ventilation_": ("posting", "posting_gap", "sites"),
    "days_": ("one", "many"),
    "column_interval_": COUNTED,
    "confidence_": typing.get_args(Confidence),
    "amount_": tuple(
        f"{unit}_{number}"
        for unit in ("days", "minutes", "per_thousand")
        for number in ("one", "many")
    ),
    "correlation_": ("agree", "disagree", "none"),
    "decided_": typing.get_args(commitments.ActionState),
    "delays_announced": ("", "_of"),
    "delays_measured": ("", "_of"),
    "fact_": (
        *("publisher", "mission", "population", "field", "answers", "next", "contact"),
        *("address", "site", "method", "accessibility", "legal", "licence"),
        *("promise", "in_force", "perceived", "change", "posting", "measured", "announced"),
    ),
    "fictitious_": ("answers", "sites", "devices", "commitments", "management"),
    "finding_best_": ("sole", "near"),
    "finding_overall_": COUNTED,
    "finding_summary_": COUNTED,
    "finding_worst_": ("sole", "near"),
    "grid_": STANDINGS,
    "grid_column_": ("level", "change", "next"),
    "grid_line_": STANDINGS,
    "grid_nothing_": STANDINGS,
    "header_": (*sorted(set(HEADERS.values())), "site", "channel"),
    "mode_": typing.get_args(Mode),
    "level_other_": ("above", "below", "none"),
    "level_reference_": ("above", "below", "near"),
    "level_target_": KEPT,
    "meaning_": QUADRANTS,
    "measure_unit_": typing.get_args(management.MeasureUnit),
    "measured_": KEPT,
    "method_reading_": ("C1", "C2"),
    "next_": (
        *("urgent", "information", "continue", "understand", "watch", "norm", "keep", "tell"),
        *("contrary", "poor", "beside", "look", "good", "wait"),
    ),
    "made_of_": ("answers_one", "answers_many", "files_one", "files_many"),
    "note_": SIGNS,
    "participation_": (*COUNTS, *DOUBTED),
    "people_": CLAIMS,
    "perceived_": KEPT,
    "practice_status_": typing.get_args(PracticeStatus),
    "published_break_": ("up", "down", "level"),
    "quadrant_": QUADRANTS,
    "flag_": tuple(QualityFlag),
    "quality_": FLAGGED,
    "range_": COUNTED,
    "reading_": typing.get_args(definitions.Definition.model_fields["kind"].annotation),
    "rows_": ("one", "many"),
    "sentence_": typing.get_args(SentenceKind),
    "side_": (*KEPT, "no_bound"),
    "sign_": SIGNS,
    **dict.fromkeys(("family_", "family_sign_"), FAMILIES),
    "cell_": ("thin", "piled_up"),
    **dict.fromkeys(
        ("listening_head_", "unreached_head_", "collisions_head_"), ("none", "one", "n")
    ),
    "shared_head_": ("none", "one", "n"),
    "flows_head_": ("none", "one", "n"),
    "contradictions_head_": ("none", "only", "one", "n"),
    **dict.fromkeys(
        ("signals_head_", "breaks_head_", "themes_head_", "bad_head_"), ("none", "one", "n")
    ),
    "thin_": ("one", "n"),
    **dict.fromkeys(("agreements_head_", "poolings_head_"), ("one", "n")),
    "device_state_": typing.get_args(State)[:3],
    "device_movement_": typing.get_args(Movement)[:3],
    "together_said_": typing.get_args(Together),
    "moved_": ("up", "down", "steady", "declared"),
    "moved_toward_": ("better", "worse"),
    "broke_": ("up", "down", "declared"),
    "rhythm_": typing.get_args(Rhythm),
    "segments_": ("stable", "shifting"),
    **dict.fromkeys(("spread_", "spread_one_"), ("users", "far")),
    "sites_note_left_out_": ("one", "n"),
    "sites_outside_": ("none", "one", "n"),
    "state_": ("definitive", "provisional"),
    "status_": tuple(status.value for status in Status if status.value),
    "waves_pooled_": ("1", "n"),
    "word_": (*typing.get_args(Verdict), "differ", "chance", "above", "inside", "below"),
    **{f"{part}_": MEASURES for part in ("column", "unit")},
}
"""Keys that are put together: what stands before the part that varies → all that may fill it."""

LETTERS = tuple(f"number_{count}" for count in range(2, 11))
"""Counts that have letters: those without are written in figures."""


@dataclass(frozen=True)
class Saying:
    """A place where phrases are asked for.

    Attributes:
        keys: Whole keys, or what stands before the part of them that varies, then `*`.
        parts: What the phrase is completed with; None where the place alone does not show it.

    """

    place: str
    keys: tuple[str, ...]
    parts: frozenset[str] | None


def sayings(source: str, name: str) -> Iterator[Saying]:
    """Every call of `text` on a language, or of its alias, and of `said`, which hands on to it."""
    tree = ast.parse(source)
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call) or not call.args:
            continue
        said = ast.unparse(call.func)
        measured = re.fullmatch(r".*\.measure", said)
        if not measured and not re.fullmatch(r"(?:.*\blanguage\.)?text|self\.text|.*\.said", said):
            continue
        keys = tuple(_keys(call.args[0], parents))
        if measured:  # a phrase per kind of what a definition gives
            yield Saying(f"{name}:{call.lineno}", tuple(f"{key}_*" for key in keys), None)
            continue
        if not keys:  # what is said is said for others
            continue
        parts = frozenset(one.arg for one in call.keywords if one.arg)
        spread = any(one.arg is None for one in call.keywords)
        yield Saying(
            f"{name}:{call.lineno}",
            keys,
            None if spread else parts,
        )


def _keys(node: ast.expr, parents: dict[ast.AST, ast.AST]) -> Iterator[str]:
    if isinstance(node, ast.Constant):
        yield str(node.value)
    elif isinstance(node, ast.IfExp):
        yield from _keys(node.body, parents)
        yield from _keys(node.orelse, parents)
    elif isinstance(node, ast.JoinedStr):
        first = node.values[0]
        if isinstance(first, ast.Constant):  # else it is said for others
            yield f"{first.value}*"
    elif isinstance(node, ast.Name) and node in parents:
        yield from _keys_named(node, parents)


def _keys_named(name: ast.Name, parents: dict[ast.AST, ast.AST]) -> Iterator[str]:
    """The keys that a variable takes: what is assigned to it, in what a loop goes over, or as
    callers give it.
    """
    above: ast.AST = name
    loops: list[ast.expr] = []
    while not isinstance(above, ast.FunctionDef):
        above = parents[above]
        loops += [above.iter] if isinstance(above, ast.For) else []
        loops += [one.iter for one in getattr(above, "generators", ())]
    gone_over = {one.id for loop in loops for one in ast.walk(loop) if isinstance(one, ast.Name)}
    for statement in ast.walk(above):
        if isinstance(statement, ast.Assign):
            assigned = ast.unparse(statement.targets[0])
            if assigned in gone_over:
                loops.append(statement.value)
            if assigned == name.id:
                yield from _keys(statement.value, parents)
    for loop in loops:
        for one in ast.walk(loop):
            if isinstance(one, ast.Constant) and one.value in FRENCH:
                yield str(one.value)
    arguments = [one.arg for one in above.args.args]
    if name.id in arguments:
        place = arguments.index(name.id)
        for call in (one for tree in TREES for one in ast.walk(tree) if isinstance(one, ast.Call)):
            if ast.unparse(call.func) == above.name and len(call.args) > place:
                yield from _keys(call.args[place], {})


def written_out(keys: Iterable[str]) -> set[str]:
    return {
        whole
        for key in keys
        for whole in (
            (f"{key[:-1]}{part}" for part in FILLED[key[:-1]]) if key.endswith("*") else (key,)
        )
    }


def placeholders(phrase: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(phrase) if name}


SAID = [
    saying for path in SOURCES for saying in sayings(path.read_text(encoding="utf-8"), path.name)
]


def test_catalogues_say_the_same_things_with_the_same_parts() -> None:
    assert set(FRENCH) == set(ENGLISH)
    assert {
        key for key in FRENCH if placeholders(FRENCH[key]) != placeholders(ENGLISH[key])
    } == set()


def test_keys_that_are_put_together_are_filled_by_what_the_tests_know() -> None:
    asked = {key[:-1] for saying in SAID for key in saying.keys if key.endswith("*")}
    assert asked == set(FILLED)


def test_every_phrase_is_said_and_every_phrase_that_is_said_exists() -> None:
    asked = {key for saying in SAID for key in written_out(saying.keys)}
    assert len(asked) > 100
    assert sorted(set(FRENCH) - asked - set(LETTERS)) == []
    assert sorted(asked - set(FRENCH)) == []


def test_a_phrase_is_given_what_it_needs_and_no_more() -> None:
    for saying in SAID:
        needed = [placeholders(FRENCH[key]) for key in written_out(saying.keys)]
        assert needed, saying
        if saying.parts is not None:
            assert set[str]().union(*needed) == set(saying.parts), saying


def test_phrases_that_are_missing_or_lack_a_part_would_be_seen() -> None:
    source = (
        "def page(language, row, first):\n"
        "    language.text('no_such_phrase')\n"
        "    language.text('edition' if first else 'nav', version='1')\n"
        "    language.text(f'claim_{row}')\n"
        "    for name in ('skip', 'unknown'): language.text(name)\n"
        "    axes.text(0, 'note')\n"
    )
    found = {one.keys: one.parts for one in sayings(source, "page.py")}
    assert found == {
        ("no_such_phrase",): frozenset(),
        ("edition", "nav"): {"version"},
        ("claim_*",): frozenset(),
        ("skip",): frozenset(),
    }
    assert written_out(["claim_*"]) == {"claim_C1", "claim_C2", "claim_C3", "claim_C4"}
    assert placeholders(FRENCH["edition"]) == {"version", "day"}


# --- glossary -------------------------------------------------------------------------------------


def glossary() -> dict[str, str]:
    """Term → its French."""
    lines = (ROOT / "GLOSSARY.md").read_text(encoding="utf-8").splitlines()
    rows = [re.fullmatch(r"\| `([\w ]+)` \| (.+?) \| (.+) \|", line) for line in lines]
    pairs = [(row[1], row[2]) for row in rows if row]
    assert len(pairs) == len(dict(pairs)) == sum(line.startswith("| `") for line in lines)
    assert [term for term, _ in pairs] == sorted(term for term, _ in pairs)
    return dict(pairs)


FORMS = {"Noun"}
"""Classes that are forms of words, no concepts."""


def concepts() -> dict[str, str]:
    """Public classes of the study's model that others hold in a field → the name of that field, in
    the singular."""
    modules = (settings, questionnaire, field, definitions, commitments)
    classes = [pair for module in modules for pair in inspect.getmembers(module, inspect.isclass)]
    public = {
        name: one
        for name, one in classes
        if issubclass(one, BaseModel)
        and one.__module__ in {module.__name__ for module in modules}
        and not name.endswith("File")
        and name not in FORMS
    }
    named: dict[str, str] = {}
    for holder in (*classes, ("Study", whole.Study)):
        for name_of_field, about in getattr(holder[1], "model_fields", {}).items():
            for name in re.findall(r"\w+", str(about.annotation)):
                if name in public:
                    named.setdefault(name, name_of_field)
    assert set(named) == set(public), "each is held by some field"
    return {name: re.sub(r"(?<=[a-z]{2})s$", "", held) for name, held in named.items()}


def words_of_code() -> set[str]:
    """What identifiers are made of, in lower case and the singular, and their pieces."""
    found: set[str] = set()
    for path in SOURCES:
        with io.StringIO(path.read_text(encoding="utf-8")) as stream:
            for token in tokenize.generate_tokens(stream.readline):
                if token.type == tokenize.NAME:
                    split = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", token.string).lower()
                    found |= {split, *split.split("_")}
    return found | {word.removesuffix("s") for word in found}


def test_each_concept_of_a_study_has_its_entry_in_the_glossary() -> None:
    found = concepts()
    assert len(found) >= 18
    assert {name: term for name, term in found.items() if term not in glossary()} == {}


def test_each_term_of_the_glossary_is_a_word_of_the_code() -> None:
    known = words_of_code()
    assert "baromètre" not in known and "barometer" not in known
    assert [term for term in glossary() if term.replace(" ", "_") not in known] == []


def test_pages_say_each_term_as_the_glossary_pairs_it() -> None:
    """Headings of columns that are a term in English are its French in French."""
    pairs, met = glossary(), set()
    for key, phrase in ENGLISH.items():
        term = phrase.lower().removesuffix("s")
        if key.startswith("column_") and term in pairs:
            french = FRENCH[key].lower().removesuffix("s")
            assert french in re.split(r", | \(", pairs[term]), key
            met.add(term)
    assert met >= {"channel", "definition", "indicator", "site", "wave"}
