"""What the known kinds of EHR can show; presentation only, never clinical content.

Sources: CDS Hooks 1.0 and 2.0; Epic's CDS Hooks tutorial; Oracle Health's public documentation of
its beta. `docs/client-profiles.md` tells an integrator what each one changes.
"""

from dataclasses import dataclass
from enum import StrEnum

from cds_service.errors import SettingsError


class Offered(StrEnum):
    """Which suggestions are sent as suggestions; the others are told in the card's text."""

    ALL = "all"
    LOCALLY_CODED = "locally-coded"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class ClientProfile:
    """How one kind of client wants its cards.

    `selection` is the only selectionBehavior it knows, None where it knows both. `since_two` tells
    whether it knows the members that came with CDS Hooks 2.0: card uuid, topic, override reasons
    and recommended suggestions.
    """

    id: str
    selection: str | None = None
    offered: Offered = Offered.ALL
    since_two: bool = True
    alphanumeric_topics: bool = False
    content_type: str | None = None


_PROFILES = (
    ClientProfile("generic-2.0"),
    ClientProfile("generic-1.0", selection="at-most-one", since_two=False),
    # Epic ignores the details of an order and places it by the site's own key; topic codes must be
    # alphanumeric, because an acknowledgment is remembered under them.
    ClientProfile(
        "epic",
        selection="any",
        offered=Offered.LOCALLY_CODED,
        alphanumeric_topics=True,
        content_type="text/markdown; variant=GitHub",
    ),
    # Oracle Health documents patient-view 1.0 with information and link cards only.
    ClientProfile(
        "oracle",
        selection="at-most-one",
        offered=Offered.NONE,
        since_two=False,
    ),
    ClientProfile("sandbox"),
)
CLIENT_PROFILES = {profile.id: profile for profile in _PROFILES}


def client_profile(name: str, where: str) -> ClientProfile:
    """The profile of this name; raises SettingsError naming the setting `where` and the choice."""
    found = CLIENT_PROFILES.get(name)
    if found is None:
        raise SettingsError(
            f"{where}: {name} is no client profile; choose from {', '.join(CLIENT_PROFILES)}"
        )
    return found
