"""OAuth tokens: who is signed in, for how long, and what a refresh gives."""

from __future__ import annotations

import base64
import hashlib
import random
from dataclasses import dataclass, field

MAXIMUM_APPROVALS = 5
"""Approvals of one app that a user has at a time; a further one ends the oldest (documented)."""

_SCOPE = "refresh_token api"


class OAuthError(Exception):
    """A token request was refused; `error` and `description` as RFC 6749 names them."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(f"{error}: {description}")
        self.error = error
        self.description = description


@dataclass
class Approval:
    """A user's approval of an app, with the refresh token that is valid now."""

    client_id: str
    user_id: str
    refresh_token: str
    ended: bool = False


@dataclass
class Session:
    """One access token and when it was last used (Unix seconds)."""

    approval: Approval
    last_used: float


@dataclass
class Sessions:
    """All approvals and sessions of an org.

    `seconds`: a session ends after so many without use. `rotation`: each refresh gives a new
    refresh token and ends the old one.
    """

    org_id: str
    seconds: float
    rotation: bool
    seed: int
    approvals: list[Approval] = field(default_factory=list)
    sessions: dict[str, Session] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._random = random.Random(f"tokens {self.seed}")

    def approve(self, client_id: str, user_id: str, now: float) -> tuple[str, Approval]:
        """Return an access token for a new approval."""
        approval = Approval(client_id, user_id, self._new_token("5Aep861"))
        same = [
            item
            for item in self.approvals
            if not item.ended and (item.client_id, item.user_id) == (client_id, user_id)
        ]
        for oldest in same[: max(len(same) + 1 - MAXIMUM_APPROVALS, 0)]:
            self._end(oldest)
        self.approvals.append(approval)
        return self._open_session(approval, now), approval

    def refresh(self, refresh_token: str, client_id: str, now: float) -> tuple[str, Approval]:
        """Return a new access token; with rotation the approval has a new refresh token.

        Raises OAuthError `invalid_grant` for a token that is not valid (any more).
        """
        approval = self.approval_of(refresh_token)
        if approval is None:
            raise OAuthError("invalid_grant", "expired access/refresh token")
        if approval.client_id != client_id:
            raise OAuthError("invalid_client_id", "client identifier invalid")
        if self.rotation:
            approval.refresh_token = self._new_token("5Aep861")
        return self._open_session(approval, now), approval

    def user_of(self, access_token: str, now: float) -> str | None:
        """Return the user an access token stands for, or None; a use prolongs the session."""
        session = self.sessions.get(access_token)
        if session is None:
            return None
        if now - session.last_used >= self.seconds:
            del self.sessions[access_token]
            return None
        session.last_used = now
        return session.approval.user_id

    def revoke(self, token: str) -> bool:
        """End an access token, or an approval by its refresh token; tell whether there was one."""
        if self.sessions.pop(token, None) is not None:
            return True
        approval = self.approval_of(token)
        if approval is None:
            return False
        self._end(approval)
        return True

    def end_all(self) -> None:
        """End every approval and every session."""
        for approval in self.approvals:
            self._end(approval)

    def end_sessions_of(self, user_id: str) -> None:
        """End the sessions of a user; the approvals stay."""
        for token, session in list(self.sessions.items()):
            if session.approval.user_id == user_id:
                del self.sessions[token]

    def has_approved(self, client_id: str, user_id: str) -> bool:
        """Tell whether a user has approved an app, and it was not revoked."""
        return any(
            not item.ended and (item.client_id, item.user_id) == (client_id, user_id)
            for item in self.approvals
        )

    def approval_of(self, refresh_token: str) -> Approval | None:
        """Return the approval that a refresh token stands for now, if there is one."""
        for approval in self.approvals:
            if approval.refresh_token == refresh_token and not approval.ended:
                return approval
        return None

    def _end(self, approval: Approval) -> None:
        approval.ended = True
        for token in [key for key, item in self.sessions.items() if item.approval is approval]:
            del self.sessions[token]

    def _open_session(self, approval: Approval, now: float) -> str:
        token = self._new_token(f"{self.org_id[:15]}!AQ")
        self.sessions[token] = Session(approval, now)
        return token

    def _new_token(self, start: str) -> str:
        return start + base64.urlsafe_b64encode(self._random.randbytes(48)).decode("ascii")


def token_answer(
    access_token: str, approval: Approval, *, org_id: str, instance_url: str, now: float
) -> dict[str, str]:
    """Return the body of a token answer, refresh token included."""
    identity = f"https://login.salesforce.com/id/{org_id}/{approval.user_id}"
    issued_at = str(int(now * 1000))
    digest = hashlib.sha256(f"{identity}{issued_at}".encode()).digest()
    return {
        "access_token": access_token,
        "refresh_token": approval.refresh_token,
        "signature": base64.b64encode(digest).decode("ascii"),
        "scope": _SCOPE,
        "instance_url": instance_url,
        "id": identity,
        "token_type": "Bearer",
        "issued_at": issued_at,
    }
