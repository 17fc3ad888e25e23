"""`commitments.yml` and `actions.yml`, typed: what was promised, and what was decided since."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from analysis.study.languages import PrintedText
from analysis.study.types import PAGES_ONLY, Identifier, Model

Promise = Literal["confirmed", "to_confirm", "fictitious"]
"""How sure the wording of a commitment is."""

ActionState = Literal["planned", "under_way", "done", "given_up"]


class Wanted(Model):
    """What would measure a commitment that nothing measures: a question to ask of users, a figure
    to ask of those who manage.
    """

    perceived: PrintedText | None = None
    measured: PrintedText | None = None


class Commitment(Model):
    """A promise made to users, and by what it is followed.

    Attributes:
        label: What it is called in a table.
        promise: What was promised, as it is posted.
        heading: Of the charter.
        since: The day it took effect; null where nobody knows.
        perceived: The indicator by which users perceive it.
        target: From which value of this indicator's primary definition it counts as kept: in
            percent for a share, in points for a net, out of the maximum for a mean.
        measured: The management indicator by which it is measured, against its norm.
        wanted: What would measure it, where nothing does.
        posted: The day that each site posted it.

    """

    id: Identifier
    label: Annotated[PrintedText, PAGES_ONLY]
    promise: Annotated[PrintedText, PAGES_ONLY]
    heading: Identifier
    status: Annotated[Promise, PAGES_ONLY]
    since: date | None = None
    perceived: Identifier | None = None
    target: float | None = None
    measured: Identifier | None = None
    wanted: Annotated[Wanted, PAGES_ONLY] = Wanted()
    posted: dict[Identifier, date] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _check_followed(self) -> Commitment:
        if self.target is not None and self.perceived is None:
            raise ValueError("a target is of what users perceive: name it in `perceived`")
        for name in ("perceived", "measured"):
            if getattr(self, name) is None and getattr(self.wanted, name) is None:
                raise ValueError(
                    f"nothing says how it is {name}: name an indicator, or say in "
                    f"`wanted: {{{name}: …}}` what would tell"
                )
        if early := [site for site, day in self.posted.items() if self.since and day < self.since]:
            raise ValueError(f"it is posted before it takes effect ({self.since}): {early[0]}")
        return self


class CommitmentsFile(Model):
    """`commitments.yml`."""

    commitments: tuple[Commitment, ...]


class Action(Model):
    """What was decided after users spoke: « you told us, we acted ».

    Attributes:
        decision: What was decided, in a sentence.
        owner: Who carries it out: a function, never a person's name.
        decided, started, done, given_up: The day of each; null for what has not happened.
        commitments: Those that it is meant to help keep.
        directorates: Those that act; all of them by default.

    """

    id: Identifier
    decision: PrintedText
    owner: PrintedText
    decided: date
    started: date | None = None
    done: date | None = None
    given_up: date | None = None
    commitments: Annotated[tuple[Identifier, ...], Field(min_length=1)]
    directorates: tuple[Identifier, ...] | None = None

    @model_validator(mode="after")
    def _check_dates(self) -> Action:
        days = [day for day in (self.decided, self.started, self.done or self.given_up) if day]
        if days != sorted(days):
            raise ValueError("decided ≤ started ≤ done (or given_up) must hold")
        if self.done and self.given_up:
            raise ValueError("what is done was not given up: one of the two days is enough")
        return self

    def is_of(self, directorate: str) -> bool:
        """Whether a directorate acts."""
        return self.directorates is None or directorate in self.directorates

    def state_on(self, day: date) -> ActionState | None:
        """How far it is on a day; None before it is decided."""
        states: dict[ActionState, date | None] = {
            "given_up": self.given_up,
            "done": self.done,
            "under_way": self.started,
            "planned": self.decided,
        }
        return next(
            (state for state, since in states.items() if since is not None and since <= day), None
        )


class ActionsFile(Model):
    """`actions.yml`, in any order."""

    actions: tuple[Action, ...]
