"""The apps that a workspace's Developer Hub knows, and the demo's own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

DEMO_CLIENT_ID = "7d5c3b19-0000-4000-8000-5f5e100ca11e"
DEMO_CLIENT_SECRET = "simulated-client-secret"  # noqa: S105 - opens nothing but the simulation
"""Client id and secret of the demo's app."""

DEMO_REDIRECT_URLS = ("https://localhost/callback",)
"""The redirect URLs that the demo's app has registered; the first is the default."""


@dataclass(frozen=True)
class ClientApp:
    """An app with “Use OAuth” ticked."""

    client_id: str
    client_secret: str
    name: str
    redirect_urls: tuple[str, ...]


class Apps:
    """The apps by client id."""

    def __init__(self) -> None:
        self._apps: dict[str, ClientApp] = {}
        self.register(DEMO_CLIENT_ID, DEMO_CLIENT_SECRET, "SFSync", DEMO_REDIRECT_URLS)

    def register(
        self, client_id: str, client_secret: str, name: str, redirect_urls: Iterable[str]
    ) -> ClientApp:
        """Create an app. Redirect URLs must use https ("Setting up OAuth")."""
        urls = tuple(redirect_urls)
        for url in urls:
            if not url.startswith("https://"):
                raise ValueError(f"{url} does not use https")
        app = ClientApp(client_id, client_secret, name, urls)
        self._apps[client_id] = app
        return app

    def find(self, client_id: str) -> ClientApp | None:
        """Return the app with this client id, if there is one."""
        return self._apps.get(client_id)
