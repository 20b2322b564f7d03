"""Signing in to a side, as the window, the command line and the application see it.

A sign-in is a page to open, and an address that the page sends the browser to at the end. Who
drives it decides how that address is caught: the embedded browser looks at every navigation
with `SignIn.is_redirect`, a listener on loopback receives it as a request.
"""

from dataclasses import dataclass, field
from typing import Protocol

from sfsync_gui.core.failures import SfsyncError
from sfsync_gui.core.vocabulary import Side


@dataclass(frozen=True, slots=True)
class Grant:
    """What a sign-in yielded. The secrets are kept out of the repr and belong in the vault only.

    `instance_url` (Salesforce) is the org's address and `login_url` the one at which the sign-in
    is renewed. `region` (Intercom) is `US`, `EU` or `AU`, and `api_url` the address of the API
    where it is another than the region's. What a side does not have is empty.
    """

    side: Side
    access_token: str = field(repr=False)
    refresh_token: str = field(default="", repr=False)
    instance_url: str = ""
    login_url: str = ""
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    region: str = ""
    api_url: str = ""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who signed in, and to what.

    `account_id` is the workspace's app id or the org's 18-character id, `account_name` its name
    for people; `user_name` is the e-mail address or user name that people know themselves by.
    `region` (Intercom) is the one that the workspace is in, whichever was chosen.
    """

    side: Side
    account_id: str
    account_name: str
    user_id: str
    user_name: str
    is_sandbox: bool = False
    region: str = ""


class SignIn(Protocol):
    """One sign-in that is under way; it can be finished once."""

    @property
    def side(self) -> Side:
        """Where one signs in."""
        ...

    @property
    def url(self) -> str:
        """The page to open. It holds no secret."""
        ...

    @property
    def redirect_uri(self) -> str:
        """The address to which the page sends the browser at the end, without its query."""
        ...

    def is_redirect(self, url: str) -> bool:
        """Whether this is the end: scheme, host, port and path are those of `redirect_uri`."""
        ...

    def refusal(self, page: str) -> SfsyncError | None:
        """What the service refuses on a page of its own, by the page's text; None for any other.

        An application that it does not know or trust is not told by a redirect.
        """
        ...

    async def finish(self, redirected_to: str) -> Grant:
        """Check the whole redirected address and exchange its code for the access.

        Raises `SignInError` (with `cause`) where the sign-in has failed, `TransientError` where
        the service could not be asked.
        """
        ...

    async def close(self) -> None:
        """Give up or clean up; may be called at any time, and more than once."""
        ...
