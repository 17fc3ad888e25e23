"""Whether `references.yml` agrees with the rest of a study."""

from __future__ import annotations

from analysis.study.checking import Checker
from analysis.study.references import allowed_range


def check_references(check: Checker) -> None:
    """References name indicators and definitions that there are, and have values of these."""
    study = check.study
    names = [one.id for one in (*study.references, *study.context)]
    check.check_unique("references", "references, context", names)
    indicators = [indicator.id for indicator in study.indicators]
    directorates = [directorate.id for directorate in study.directorates]
    definitions = {definition.id: definition for definition in study.definitions}
    for reference in study.references:
        key = reference.id
        check.check_among("references", f"{key}.indicator", [reference.indicator], indicators)
        check.check_among("references", f"{key}.definition", [reference.definition], definitions)
        check.check_among(
            "references", f"{key}.directorates", reference.directorates or (), directorates
        )
        if reference.definition in definitions:
            low, high = allowed_range(definitions[reference.definition])
            if not low <= reference.value <= high:
                check.add_fault(
                    "references",
                    f"{key}.value",
                    f"{reference.value:g} is no value of definition {reference.definition}.",
                    f"it lies between {low:g} and {high:g}.",
                )
