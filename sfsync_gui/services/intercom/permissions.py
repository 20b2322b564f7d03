"""Which permission of the app a request takes ("OAuth scopes")."""

from sfsync_gui.core.permissions import Permission

_READ_BY_POST = ("/contacts/search", "/companies/list")


def permission_for(method: str, path: str) -> Permission:
    """The permission that a request takes, as far as the product makes it."""
    if path in ("/me", "/admins"):
        return Permission.READ_ADMINS
    if path.endswith("/tags"):
        return Permission.READ_TAGS
    if path.startswith("/conversations"):
        return Permission.READ_CONVERSATIONS
    if method == "GET" or path in _READ_BY_POST:
        return Permission.READ_PEOPLE
    if path.startswith("/data_attributes"):
        return Permission.WRITE_ATTRIBUTES
    return Permission.WRITE_PEOPLE
