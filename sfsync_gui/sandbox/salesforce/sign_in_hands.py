"""What administrators and users do about signing in, as direct calls: nothing here is the API."""

from __future__ import annotations

from collections.abc import Iterable

from sfsync_gui.sandbox.salesforce.apps import ClientApp
from sfsync_gui.sandbox.salesforce.authorizing import Authorizing
from sfsync_gui.sandbox.salesforce.org import Org
from sfsync_gui.sandbox.salesforce.sessions import Sessions


class SignInHands:
    """Apps, users and sessions of an org. The org's own switches are those of `Org`."""

    org: Org
    sessions: Sessions
    authorizing: Authorizing

    def register_app(self, client_id: str, name: str, callback_urls: Iterable[str]) -> ClientApp:
        """Create an External Client App and return it, with its switches."""
        return self.authorizing.apps.register(client_id, name, callback_urls)

    def app_of(self, client_id: str) -> ClientApp:
        """Return a registered app, with its switches; raise KeyError."""
        app = self.authorizing.apps.find(client_id)
        if app is None:
            raise KeyError(client_id)
        return app

    def remove_app(self, client_id: str) -> None:
        """Delete an app: whoever renews by it is not known any more."""
        self.authorizing.apps.remove(client_id)

    def revoke_all(self) -> None:
        """End all approvals: sessions and refresh tokens are dead."""
        self.sessions.end_all()

    def expire_sessions(self) -> None:
        """End all sessions; refresh tokens stay valid."""
        self.sessions.sessions.clear()

    def expire_codes(self) -> None:
        """Let all codes that were given out be too old to be exchanged."""
        self.authorizing.expire_codes()

    def deactivate_user(self, user_id: str) -> None:
        """Deactivate a user: sessions end, and renewing them fails until `activate_user`."""
        self._set_active(user_id, active=False)
        self.sessions.end_sessions_of(user_id)

    def activate_user(self, user_id: str) -> None:
        """Activate a user again."""
        self._set_active(user_id, active=True)

    def expire_password(self, user_id: str) -> None:
        """Have a user change the password before anything else, API calls included."""
        self.org.expired_passwords.add(user_id)

    def _set_active(self, user_id: str, *, active: bool) -> None:
        user = self.org.store.get(user_id)
        if user is None:
            raise KeyError(user_id)
        stamped = self.org.stamped({**user, "IsActive": active}, self.org.human_user_id)
        self.org.store.put(user_id, stamped)
