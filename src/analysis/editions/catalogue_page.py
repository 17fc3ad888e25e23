"""What stands over a study's editions, for readers: their index, the notices of what was corrected
or withdrawn, the tombstone of one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

from analysis.editions.catalogue import EditionState
from analysis.editions.register import Act
from analysis.editions.versions import Version
from analysis.publishing.blocks import Part, escape_markdown, heading, paragraph, table
from analysis.publishing.wording.language import Language
from analysis.study import Study


@dataclass(frozen=True)
class CataloguePage:
    """What stands over a study's editions, in its main language.

    Attributes:
        study: Whose.
        editions: All of them.

    """

    study: Study
    editions: Sequence[EditionState]

    @property
    def language(self) -> Language:
        """That of the page."""
        return Language.of(self.study.language)

    def wave(self, identifier: str) -> str:
        """The label of a wave, as the study words it."""
        return self.language.typeset(self.study.wave(identifier).label)

    # --- the index --------------------------------------------------------------------------------

    def index(self, latest: EditionState | None, differences: Mapping[str, str]) -> list[Part]:
        """The index: the latest edition, all versions, the calendar, the notices.

        Args:
            latest: The one that readers are led to.
            differences: Title of a page that compares two editions → its address.

        """
        text = self.language.text
        if latest is None:
            first = paragraph(text("editions_none"))
        else:
            said = text("editions_latest", wave=self.wave(latest.wave))
            first = paragraph(f"[{said}](latest/index.html)")
        return [
            first,
            heading(text("editions_versions")),
            self._versions(),
            *self._notices(),
            heading(text("editions_calendar")),
            self._calendar(),
            *self._embargo(),
            *self._differences(differences),
        ]

    def state(self, edition: EditionState) -> str:
        """What became of an edition, in words."""
        if edition.withdrawn is not None:
            day = self.language.day(edition.withdrawn.day)
            return self.language.text("state_withdrawn", day=day)
        if edition.state == "superseded":
            if edition.superseded_by is None:
                return self.language.text("state_replaced")
            return self.language.text("state_superseded", version=str(edition.superseded_by))
        return self.language.text(f"state_{edition.state}")

    def _versions(self) -> Part:
        text = self.language.text
        listed = sorted(self.editions, key=lambda one: (one.published.day, one.version))[::-1]
        columns = {
            text("column_version"): [f"{self.wave(one.wave)}, {one.version}" for one in listed],
            text("column_published"): [self.language.day(one.published.day) for one in listed],
            text("column_state"): [self.state(one) for one in listed],
        }
        links = {
            f"{self.wave(one.wave)}, {one.version}": f"{one.wave}/{one.version.folder}/index.html"
            for one in listed
        }
        made = table("versions", columns=columns, caption=text("editions_versions_caption"))
        return Part(markdown=_linked(made.markdown, links), html=made.html)

    def _notices(self) -> list[Part]:
        acts: list[tuple[date, str]] = []
        for one in self.editions:
            about = {"wave": self.wave(one.wave), "version": str(one.version)}
            if one.published.reason:
                corrected = {"corrected": str(self._former(one)), **about}
                acts.append(self._notice(one.published, corrected))
            if one.withdrawn is not None:
                acts.append(self._notice(one.withdrawn, about))
        if not acts:
            return []
        lines = [f"- {said}" for _, said in sorted(acts)[::-1]]
        return [
            heading(self.language.text("editions_notices")),
            Part(markdown="\n".join(lines), html=""),
        ]

    def _former(self, edition: EditionState) -> Version:
        """The version that one corrects."""
        own = [one.version for one in self.editions if one.wave == edition.wave]
        return max(version for version in own if version < edition.version)

    def _notice(self, act: Act, about: Mapping[str, str]) -> tuple[date, str]:
        """When something was done, and what, as Markdown."""
        said = self.language.text(
            "notice_withdrawn" if act.act == "withdrawn" else "notice_corrected",
            day=self.language.day(act.day),
            reason=self.language.typeset(act.reason).rstrip("."),
            signer=self.language.typeset(act.signer),
            **about,
        )
        return act.day, escape_markdown(said)

    def _calendar(self) -> Part:
        """Days announced and days kept, of every wave that has an edition or will have one."""
        text, day = self.language.text, self.language.day
        firsts = {
            wave.id: min(
                (
                    one.published.day
                    for one in self.editions
                    if one.wave == wave.id and not one.version.provisional
                ),
                default=None,
            )
            for wave in self.study.waves
        }
        waves = list(self.study.waves)[::-1]
        published = [firsts[wave.id] for wave in waves]
        columns = {
            text("column_edition_wave"): [self.wave(wave.id) for wave in waves],
            text("column_planned"): [day(wave.publication) for wave in waves],
            text("column_published"): ["–" if one is None else day(one) for one in published],
        }
        return table("calendar", columns=columns, caption=text("editions_calendar_caption"))

    def _embargo(self) -> list[Part]:
        if not self.study.embargo:
            return []
        offices = self.language.listing([self.language.typeset(one) for one in self.study.embargo])
        said = escape_markdown(self.language.text("editions_embargo", offices=offices))
        return [paragraph(said)]

    def _differences(self, pages: Mapping[str, str]) -> list[Part]:
        if not pages:
            return []
        lines = [f"- [{escape_markdown(title)}]({address})" for title, address in pages.items()]
        return [
            heading(self.language.text("editions_differences")),
            Part(markdown="\n".join(lines), html=""),
        ]

    # --- what became of one -----------------------------------------------------------------------

    def tombstone(self, edition: EditionState, follows: str | None) -> list[Part]:
        """What stands where an edition was withdrawn.

        Args:
            edition: Which one.
            follows: Address of the edition that readers are sent to; None of none.

        """
        act, text = edition.withdrawn, self.language.text
        assert act is not None
        said = text(
            "withdrawn_text",
            version=str(edition.version),
            wave=self.wave(edition.wave),
            day=self.language.day(act.day),
            reason=self.language.typeset(act.reason).rstrip("."),
            signer=self.language.typeset(act.signer),
        )
        digest = text("withdrawn_digest", digest=edition.published.manifest)
        parts = [paragraph(escape_markdown(said)), paragraph(escape_markdown(digest))]
        if follows is not None:
            said = text("withdrawn_follows", version=str(edition.superseded_by))
            parts.append(paragraph(f"[{said}]({follows})"))
        return parts


def _linked(markdown: str, links: Mapping[str, str]) -> str:
    """A table of HTML, some headers of whose rows lead somewhere."""
    for text, address in links.items():
        shown = escape(text)
        markdown = markdown.replace(f">{shown}</th>", f'><a href="{address}">{shown}</a></th>')
    return markdown
