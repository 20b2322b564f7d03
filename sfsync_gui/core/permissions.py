"""The permissions of an app in Intercom, and what it cannot do without them.

They are ticked in the Developer Hub, in whose words they are named here ("OAuth scopes").
"""

from collections.abc import Mapping
from enum import StrEnum


class Permission(StrEnum):
    """What an app may be permitted to do, as far as it is needed here."""

    READ_PEOPLE = "Read and list users and companies"
    WRITE_PEOPLE = "Write users and companies"
    READ_ADMINS = "Read admins"
    READ_TAGS = "Read tags"
    READ_CONVERSATIONS = "Read conversations"
    WRITE_ATTRIBUTES = "Write data attributes"


BREAKS: Mapping[Permission, str] = {
    Permission.READ_PEOPLE: "No change in Intercom is seen, and nobody is matched.",
    Permission.WRITE_PEOPLE: "What changes in Salesforce does not reach Intercom; it waits. "
    "Everything else is synced.",
    Permission.READ_ADMINS: "Owners cannot be paired with the users of Salesforce.",
    Permission.READ_TAGS: "Rules for leads that ask for a tag wait. Everything else is synced.",
    Permission.READ_CONVERSATIONS: "Closed conversations are not logged as tasks.",
    Permission.WRITE_ATTRIBUTES: "Lists in Intercom do not get the options that values need.",
}
"""What the lack of each means for the sync."""


def how_to_give(permission: Permission) -> str:
    """The clicks that give an app a permission; a changed permission needs a new access token."""
    return (
        "In Intercom: Settings → Integrations → Developer Hub → the app → Configure → "
        f"Authentication → Edit → Permissions → tick “{permission}” → Save. Then connect Intercom "
        "again."
    )
