"""Who acts: an account in one of its roles, or anybody. Pages get it as ``request.actor``."""

from __future__ import annotations

from dataclasses import dataclass

from fyrbak.access.roles import DEEDS, Deed, Role
from fyrbak.errors import FyrbakError


class NotAllowedError(FyrbakError):
    """The role may not do this. Pages answer 403."""


class OutOfSightError(FyrbakError):
    """It is in an organisation that the actor does not see. Pages answer just as if it did not exist.

    So the line is the same for both, unless somebody can be shown the way.
    """

    def __init__(
        self, line: str = "there is nothing at this address, or it belongs to somebody else.", /
    ) -> None:
        super().__init__(line)


@dataclass(frozen=True)
class Actor:
    """Who acts. ``scope`` holds the codes of the organisation and of all that is part of it."""

    account: int | None
    name: str
    role: Role
    organisation: str
    scope: frozenset[str]

    @property
    def known(self) -> bool:
        """Whether somebody has signed in."""
        return self.account is not None

    def sees(self, organisation: str) -> bool:
        """Whether an organisation is the actor's own, or part of it."""
        return organisation in self.scope

    def may(self, deed: Deed, organisation: str | None = None) -> bool:
        """Whether the role allows a deed; with an organisation, whether also there."""
        return deed in DEEDS[self.role] and (organisation is None or self.sees(organisation))

    def must(self, deed: Deed, organisation: str) -> None:
        """Raise OutOfSightError for another's organisation, NotAllowedError where the role is not enough."""
        if not self.sees(organisation):
            raise OutOfSightError
        if not self.may(deed):
            raise NotAllowedError(
                f"the role {self.role} may not do this. Change role, or ask an administrator."
            )


ANYBODY = Actor(account=None, name="", role=Role.PUBLIC, organisation="", scope=frozenset())
