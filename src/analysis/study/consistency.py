"""Whether the files of a study agree with one another: every disagreement, each with its file and
key.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from pathlib import Path

from analysis.errors import ParameterError, quoted
from analysis.study.checking import Checker
from analysis.study.definitions import Indicator
from analysis.study.field import Baseline
from analysis.study.kinds import Claim, MissingKind
from analysis.study.labels import normalise
from analysis.study.languages import Multilingual
from analysis.study.listening_checks import check_listening
from analysis.study.management import ADDITIVE
from analysis.study.practice_checks import check_practices
from analysis.study.profiles_checks import check_profiles
from analysis.study.promises import check_commitments, check_management
from analysis.study.questionnaire import Scale
from analysis.study.recipients_checks import check_recipients
from analysis.study.reference_checks import check_references
from analysis.study.study import Study, file_of
from analysis.study.types import texts_with_keys
from analysis.study.workspace import PRACTICES


def inconsistencies(study: Study, folder: Path) -> list[ParameterError]:
    """What does not agree in a study whose files lie in `folder`; empty where all does."""
    check = _Check(study, folder)
    if study.id != folder.name:
        check.add_fault(
            "study",
            "id",
            f"The study calls itself {study.id!r} but lies in {folder.name!r}.",
            "give the folder the study's identifier.",
        )
    check.lists()
    check.questionnaire()
    check.channels()
    check.directorates()
    check.populations()
    check.indicators()
    check_commitments(check)
    check_management(check)
    check_listening(check)
    check_profiles(check)
    check_recipients(check)
    check.waves()
    check.margins()
    check_references(check)
    check_practices(check)
    check.languages()
    return check.faults


class _Check(Checker):
    """The checks of each file; one that needs what another found missing says nothing."""

    def lists(self) -> None:
        """What is declared once in each list."""
        study, questionnaire = self.study, self.study.questionnaire
        for file, key, names in (
            ("questionnaire", "scales", [scale.id for scale in questionnaire.scales]),
            ("questionnaire", "items", [item.id for item in questionnaire.items]),
            (
                "questionnaire",
                "dimensions",
                [dimension.id for dimension in questionnaire.dimensions],
            ),
            ("questionnaire", "headings", [heading.id for heading in questionnaire.headings]),
            ("study", "channels", [channel.id for channel in study.channels]),
            (
                "directorates",
                "directorates",
                [directorate.id for directorate in study.directorates],
            ),
            ("directorates", "populations", [population.id for population in study.populations]),
            ("directorates", "site_kinds", [kind.id for kind in study.site_kinds]),
            (
                "directorates",
                "sites",
                [site.id for directorate in study.directorates for site in directorate.sites],
            ),
            *(
                (
                    "directorates",
                    f"directorates (acronyms in {code!r}: pages name units by them)",
                    [one.acronym for one in study.in_language(code).directorates],
                )
                for code in study.languages
            ),
            ("indicators", "definitions", [definition.id for definition in study.definitions]),
            ("indicators", "indicators", [indicator.id for indicator in study.indicators]),
            (
                "indicators",
                "breakdowns (total is taken)",
                ["total", *(breakdown.id for breakdown in study.breakdowns)],
            ),
            ("commitments", "commitments", [commitment.id for commitment in study.commitments]),
            ("actions", "actions", [action.id for action in study.actions]),
            ("management", "indicators", [indicator.id for indicator in study.management]),
            ("waves", "waves", [wave.id for wave in study.waves]),
            ("waves", "breaks", [broken.id for broken in study.breaks]),
        ):
            self.check_unique(file, key, names)

    # --- files ------------------------------------------------------------------------------------

    def questionnaire(self) -> None:
        questionnaire = self.study.questionnaire
        missing = questionnaire.missing
        for kind in MissingKind:
            if kind not in {answer.kind for answer in missing}:
                self.add_fault(
                    "questionnaire",
                    "missing",
                    f"No code is given for {kind.value!r}.",
                    "each way of not answering has one.",
                )
        self.check_unique(
            "questionnaire", "missing (kinds)", [answer.kind.value for answer in missing]
        )
        self.check_unique(
            "questionnaire", "missing (codes)", [str(answer.code) for answer in missing]
        )
        self.check_unique(
            "questionnaire", "missing (labels)", [normalise(answer.label) for answer in missing]
        )
        codes = {answer.code: answer for answer in missing}
        labels = {normalise(answer.label): answer for answer in missing}
        for scale in questionnaire.scales:
            key = f"scales.{scale.id}.levels"
            if scale.kind != "text" and len(scale.levels) < 2:
                self.add_fault(
                    "questionnaire",
                    f"scales.{scale.id}",
                    "A closed scale has at least two levels.",
                    "list its levels, worst first; an open question has `kind: text`.",
                )
            if scale.kind == "text" and scale.levels:
                self.add_fault(
                    "questionnaire",
                    key,
                    "A text has no levels.",
                    "take them out, or choose another kind.",
                )
            self.check_unique("questionnaire", key, [str(code) for code in scale.codes])
            self.check_unique(
                "questionnaire", key, [normalise(level.label) for level in scale.levels]
            )
            for level in scale.levels:
                if level.code in codes:
                    self.add_fault(
                        "questionnaire",
                        key,
                        f"Code {level.code} is the level {quoted(level.label)} and "
                        f"the missing code {codes[level.code].kind.value!r}.",
                        "give the missing code another number: such answers would count as this "
                        "level.",
                    )
                if normalise(level.label) in labels:
                    self.add_fault(
                        "questionnaire",
                        key,
                        f"The label {quoted(level.label)} is a level and a missing code.",
                        "exports are read by labels: word one of the two otherwise.",
                    )
        dimensions = {dimension.id for dimension in questionnaire.dimensions}
        headings = {heading.id for heading in questionnaire.headings}
        directorates = {directorate.id for directorate in self.study.directorates}
        for item in questionnaire.items:
            key = f"items.{item.id}"
            self.check_among("questionnaire", f"{key}.scale", [item.scale], self.scales)
            self.check_among(
                "questionnaire", f"{key}.dimension", filter(None, [item.dimension]), dimensions
            )
            self.check_among(
                "questionnaire", f"{key}.heading", filter(None, [item.heading]), headings
            )
            self.check_among(
                "questionnaire", f"{key}.directorates", item.directorates or (), directorates
            )

    def channels(self) -> None:
        mandatory = [item.id for item in self.study.questionnaire.items if item.mandatory]
        profile = {item.id for item in self.study.questionnaire.items if item.role == "profile"}
        for channel in self.study.channels:
            key = f"channels.{channel.id}"
            self.check_among("study", f"{key}.items", channel.items, self.items)
            classes = channel.sampling.response_classes
            self.check_among("study", f"{key}.response_classes", classes, {"site", *profile})
            self.check_unique("study", f"{key}.items", channel.items)
            counts = [one.id for one in self.study.management if one.unit == ADDITIVE]
            self.check_among("study", f"{key}.exposure", filter(None, [channel.exposure]), counts)
            if channel.exposure is not None and channel.invited:
                self.add_fault(
                    "study",
                    f"{key}.exposure",
                    "Those who are invited are counted where they are drawn.",
                    "say `exposure` of channels that anyone may answer.",
                )
            left_out = [item for item in mandatory if item not in channel.items]
            if left_out and channel.mode != "kiosk":
                self.add_fault(
                    "study",
                    f"{key}.items",
                    f"Mandatory items are left out: {', '.join(left_out)}.",
                    "ask them here too, or take `mandatory` off.",
                )
            closed = [
                item
                for item in channel.items
                if (scale := self.scale_of(item)) is not None and scale.kind != "text"
            ]
            if channel.claim is Claim.ILLUSTRATION and closed:
                self.add_fault(
                    "study",
                    key,
                    f"An illustration (C4) counts nothing, but asks {closed[0]}.",
                    "claim C2 or C3, or ask open questions only.",
                )

    def directorates(self) -> None:
        channels = {channel.id for channel in self.study.channels}
        populations = {population.id for population in self.study.populations}
        parents = {directorate.id: directorate.parent for directorate in self.study.directorates}
        kinds = {kind.id for kind in self.study.site_kinds}
        merged = {
            site.id: site.merged_into
            for directorate in self.study.directorates
            for site in directorate.sites
        }
        for directorate in self.study.directorates:
            key = directorate.id
            self.check_among("directorates", f"{key}.channels", directorate.channels, channels)
            self.check_unique("directorates", f"{key}.channels", directorate.channels)
            self.check_among(
                "directorates", f"{key}.parent", filter(None, [directorate.parent]), parents
            )
            for site in directorate.sites:
                self.check_among(
                    "directorates",
                    f"{site.id}.population",
                    filter(None, [site.population]),
                    populations,
                )
                if kinds:
                    self.check_among("directorates", f"{site.id}.kind", [site.kind], kinds)
                self.check_among(
                    "directorates",
                    f"{site.id}.merged_into",
                    filter(None, [site.merged_into]),
                    merged,
                )
        self.check_no_cycle(
            "directorates", "parent", parents, "a directorate is not its own ancestor."
        )
        self.check_no_cycle("directorates", "merged_into", merged, "name the site that remains.")

    def populations(self) -> None:
        for population in self.study.populations:
            key = f"populations.{population.id}.items"
            self.check_among("directorates", key, population.items or (), self.items)
            asked = [
                self.items[item] for item in population.items or self.items if item in self.items
            ]
            forbidden = [item.id for item in asked if item.role == "satisfaction"]
            if population.constrained and forbidden:
                self.add_fault(
                    "directorates",
                    key,
                    "A population under constraint is never asked its satisfaction: "
                    f"{', '.join(forbidden)}.",
                    "list items on respect, clarity and being heard only.",
                )

    def indicators(self) -> None:
        study = self.study
        definitions = {definition.id for definition in study.definitions}
        if not any(indicator.headline for indicator in study.indicators):
            self.add_fault(
                "indicators",
                "indicators",
                "No indicator is a headline one.",
                "the first with `headline: true` makes titles and trends.",
            )
        for indicator in study.indicators:
            self.check_among("indicators", f"{indicator.id}.item", [indicator.item], self.items)
            self.check_among(
                "indicators", f"{indicator.id}.definitions", indicator.definitions, definitions
            )
            self.check_unique("indicators", f"{indicator.id}.definitions", indicator.definitions)
            scale = self.scale_of(indicator.item)
            if scale is not None:
                self._check_scale(indicator, scale)
        for breakdown in study.breakdowns:
            key = f"breakdowns.{breakdown.id}.by"
            self.check_among("indicators", key, [breakdown.by], {*self.items, "channel", "site"})
            by = self.scale_of(breakdown.by)
            if by is not None and by.kind == "text":
                self.add_fault(
                    "indicators",
                    key,
                    f"Item {breakdown.by} is a text, and has no categories.",
                    "break down by a closed question.",
                )

    def _check_scale(self, indicator: Indicator, scale: Scale) -> None:
        if scale.kind != "ordinal":
            self.add_fault(
                "indicators",
                indicator.id,
                f"Item {indicator.item} has no ordinal scale to read.",
                "name an item whose levels run from worst to best.",
            )
            return
        for definition in self.study.definitions:
            levels = (definition.top or 0) + (definition.bottom or 0)
            if definition.id in indicator.definitions and levels > len(scale.levels):
                self.add_fault(
                    "indicators",
                    indicator.id,
                    f"Definition {definition.id} names more levels than the scale has.",
                    f"scale {scale.id!r} has {len(scale.levels)} levels.",
                )

    def waves(self) -> None:
        for earlier, later in zip(self.study.waves, self.study.waves[1:], strict=False):
            if later.start <= earlier.end:
                self.add_fault(
                    "waves",
                    later.id,
                    f"Wave {later.id} starts before wave {earlier.id} ends.",
                    "waves stand in the order of time, and do not overlap.",
                )

        if isinstance(self.study.comparison, Baseline):
            names = [wave.id for wave in self.study.waves]
            self.check_among(
                "waves", "comparison.baseline", [self.study.comparison.baseline], names
            )
        indicators = [indicator.id for indicator in self.study.indicators]
        units = [directorate.id for directorate in self.study.directorates]
        for broken in self.study.breaks:
            key = f"breaks.{broken.id}"
            self.check_among("waves", f"{key}.indicators", broken.indicators or (), indicators)
            self.check_among("waves", f"{key}.directorates", broken.directorates or (), units)

    def margins(self) -> None:
        waves = [wave.id for wave in self.study.waves]
        directorates = {directorate.id: directorate for directorate in self.study.directorates}
        profile = {item.id for item in self.study.questionnaire.items if item.role == "profile"}
        for wave, margins in self.study.margins.items():
            file = f"margins/{wave}"
            self.check_among(file, "(file name)", [wave], waves)
            self.check_among(file, "margins", margins.margins, directorates)
            for name, variables in margins.margins.items():
                self.check_among(file, name, variables, profile | {"site"})
                for variable, totals in variables.items():
                    scale = self.scale_of(variable)
                    if variable == "site" and name in directorates:
                        allowed = [site.id for site in directorates[name].sites]
                        self.check_among(file, f"{name}.site", totals, allowed)
                    elif scale is not None and variable in profile:
                        self.check_among(file, f"{name}.{variable}", totals, map(str, scale.codes))
                self._check_sums(file, name, variables)
                self._check_populations(file, name, variables)

    def _check_populations(self, file: str, directorate: str, variables: Container[str]) -> None:
        """That margins hold the sites, where a channel takes the users of its strata there."""
        if directorate not in {unit.id for unit in self.study.directorates} or "site" in variables:
            return
        for name in self.study.directorate(directorate).channels:
            channel = next((one for one in self.study.channels if one.id == name), None)
            if channel is not None and channel.sampling.population == "margin":
                self.add_fault(
                    file,
                    directorate,
                    f"Channel {name!r} takes the users of each site from the margins, and these "
                    "have no `site`.",
                    "give the users of each site, or take `population` out of its sampling.",
                )

    def languages(self) -> None:
        declared = self.study.languages
        for place, text in texts_with_keys(self.study):
            texts = text.texts if isinstance(text, Multilingual) else {}
            file, _, key = place.partition(".")
            if file == "margins":
                wave, _, key = key.partition(".")
                file = f"margins/{wave}"
            elif file == PRACTICES:
                note, _, key = key.partition(".")
                file = f"{PRACTICES}/{note}.md"
            elif file != "questionnaire":
                file, key = file_of(file), place
            for code in texts:
                if code not in declared:
                    self.add_fault(
                        file,
                        key,
                        f"A text is given in {code!r}, which the study has not.",
                        "name this language in `languages` of study.yml, or take the text out.",
                    )
            if texts and self.study.language not in texts:
                self.add_fault(
                    file,
                    key,
                    f"A text is not given in {self.study.language!r}.",
                    "this is the study's main language, the first of `languages`: each text has "
                    "it.",
                )

    def _check_sums(
        self, file: str, directorate: str, variables: Mapping[str, Mapping[str, float]]
    ) -> None:
        sums = {variable: round(sum(totals.values()), 6) for variable, totals in variables.items()}
        if len(set(sums.values())) > 1:
            listed = ", ".join(f"{variable} {total:g}" for variable, total in sums.items())
            self.add_fault(
                file,
                directorate,
                f"The margins have different totals: {listed}.",
                "they must count the same users.",
            )
