"""The applications that an org knows, and the demo's own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

DEMO_CLIENT_ID = "3MVG9SimulatedConsumerKeyOfTheSFSyncDemo.0000000000000000001"
"""The consumer key of the demo's External Client App; it opens nothing but the simulation."""

DEMO_CALLBACK_URLS = tuple(f"http://localhost:{port}/callback" for port in (17250, 18350, 19450))
"""The callback URLs that the demo's app has registered."""

SCOPES = frozenset(
    {"api", "refresh_token", "offline_access", "openid", "id", "profile", "email", "web"}
)
"""Scopes that an app allows unless others are given."""


@dataclass
class ClientApp:
    """An External Client App of the org. The switches are an administrator's:

    `requires_secret`: “Require Secret for Web Server Flow” is ticked.
    `is_blocked`: blocked on the page “Connected Apps OAuth Usage”.
    `admin_approved_only`: its users must be approved, and none is.
    """

    client_id: str
    name: str
    callback_urls: tuple[str, ...]
    scopes: frozenset[str] = SCOPES
    requires_secret: bool = False
    is_blocked: bool = False
    admin_approved_only: bool = False


class Apps:
    """The External Client Apps of an org, by consumer key."""

    def __init__(self) -> None:
        self._apps: dict[str, ClientApp] = {}
        self.register(DEMO_CLIENT_ID, "SFSync", DEMO_CALLBACK_URLS)

    def register(self, client_id: str, name: str, callback_urls: Iterable[str]) -> ClientApp:
        """Create an app. Salesforce takes https addresses, and http for localhost only."""
        urls = tuple(callback_urls)
        for url in urls:
            if not url.startswith(("https://", "http://localhost:", "http://localhost/")):
                raise ValueError(f"{url} is not a callback URL that Salesforce takes")
        app = ClientApp(client_id, name, urls)
        self._apps[client_id] = app
        return app

    def find(self, client_id: str) -> ClientApp | None:
        """Return the app with this consumer key, if there is one."""
        return self._apps.get(client_id)

    def remove(self, client_id: str) -> None:
        """Delete an app."""
        del self._apps[client_id]
