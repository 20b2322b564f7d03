"""The permissions of an app, in the words of the Developer Hub ("OAuth scopes")."""

from __future__ import annotations

READ_PEOPLE = "Read and list users and companies"
WRITE_PEOPLE = "Write users and companies"
READ_ADMINS = "Read admins"
READ_TAGS = "Read tags"
READ_CONVERSATIONS = "Read conversations"
WRITE_ATTRIBUTES = "Write data attributes"

_READ_BY_POST = ("/contacts/search", "/companies/list")


def permission_for(method: str, path: str) -> str:
    """Return the permission that a request takes."""
    if path in ("/me", "/admins"):
        return READ_ADMINS
    if path.endswith("/tags"):
        return READ_TAGS
    if path.startswith("/conversations"):
        return READ_CONVERSATIONS
    if path.startswith("/data_attributes") and method != "GET":
        return WRITE_ATTRIBUTES
    return READ_PEOPLE if method == "GET" or path in _READ_BY_POST else WRITE_PEOPLE
