"""Sign-ins begun on the engine's loop and driven from the window's."""

from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, Protocol, TypeVar

from sfsync_gui.app.keeper import Keeper
from sfsync_gui.core.failures import SfsyncError, StoreError
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.engine.handle import BrowserSignIn, SignInDefaults
from sfsync_gui.engine.signing_in import Grant, SignIn
from sfsync_gui.services.oauth.intercom import INTERCOM_REDIRECT_URI, intercom_sign_in
from sfsync_gui.services.oauth.loopback import LoopbackListener, redirect_uris
from sfsync_gui.services.oauth.salesforce import SalesforceSignIn, salesforce_sign_in

DEFAULTS = SignInDefaults(
    salesforce_redirects=redirect_uris(), intercom_redirect=INTERCOM_REDIRECT_URI
)
"""What a person registers for real accounts; everything else is for them to fill in."""

T = TypeVar("T")


class Asker(Protocol):
    """Does something on the engine's loop and waits for it on the caller's."""

    async def __call__(self, work: Callable[[Keeper], Coroutine[Any, Any, T]]) -> T:
        """The result of the work, or its exception."""
        ...


class RemoteSignIn:
    """A sign-in of the engine's loop, for the window (`engine.signing_in.SignIn`)."""

    def __init__(self, ask: Asker, inner: SignIn) -> None:
        self._ask = ask
        self._inner = inner

    @property
    def side(self) -> Side:
        """Where one signs in."""
        return self._inner.side

    @property
    def url(self) -> str:
        """The page to open."""
        return self._inner.url

    @property
    def redirect_uri(self) -> str:
        """The address to which the page sends the browser at the end, without its query."""
        return self._inner.redirect_uri

    def is_redirect(self, url: str) -> bool:
        """Whether this is the end: scheme, host, port and path are those of `redirect_uri`."""
        return self._inner.is_redirect(url)

    def refusal(self, page: str) -> SfsyncError | None:
        """What the service refuses on a page of its own, by the page's text."""
        return self._inner.refusal(page)

    async def finish(self, redirected_to: str) -> Grant:
        """Exchange the code of the redirected address for the access."""
        return await self._ask(lambda keeper: self._inner.finish(redirected_to))

    async def close(self) -> None:
        """Give up or clean up; may be called at any time, and more than once."""
        with suppress(StoreError):  # the program has ended, and the sign-in with it
            await self._ask(lambda keeper: self._inner.close())


class RemoteBrowserSignIn(RemoteSignIn):
    """The same with a listener on this computer (`engine.handle.BrowserSignIn`)."""

    def __init__(self, ask: Asker, inner: SalesforceSignIn, listener: LoopbackListener) -> None:
        super().__init__(ask, inner)
        self._listener = listener
        self._is_answer = inner.is_answer

    async def redirected(self) -> str:
        """Wait for the browser to come back; returns the address it was sent to."""
        return await self._ask(lambda keeper: self._listener.wait(self._is_answer))

    async def close(self) -> None:
        """Stop listening, and close the sign-in."""
        with suppress(StoreError):
            await self._ask(lambda keeper: self._listener.aclose())
        await super().close()


async def salesforce(ask: Asker, login_url: str, client_id: str) -> SignIn:
    """A sign-in to Salesforce for the embedded browser; raises `SetupError` for wrong input."""

    async def begin(keeper: Keeper) -> SignIn:
        return salesforce_sign_in(client_id, login_url, redirect_uris()[0])

    return RemoteSignIn(ask, await ask(begin))


async def salesforce_in_browser(ask: Asker, login_url: str, client_id: str) -> BrowserSignIn:
    """A sign-in to Salesforce in the user's own browser; raises `SetupError` for wrong input."""

    async def begin(keeper: Keeper) -> tuple[SalesforceSignIn, LoopbackListener]:
        listener = await LoopbackListener.opened()
        try:
            return salesforce_sign_in(client_id, login_url, listener.redirect_uri), listener
        except BaseException:
            await listener.aclose()
            raise

    return RemoteBrowserSignIn(ask, *await ask(begin))


async def intercom(
    ask: Asker, region: str, client_id: str, client_secret: str, api_url: str
) -> SignIn:
    """A sign-in to Intercom for the embedded browser; raises `SetupError` for wrong input."""

    async def begin(keeper: Keeper) -> SignIn:
        return intercom_sign_in(client_id, client_secret, region=region or "US", api_url=api_url)

    return RemoteSignIn(ask, await ask(begin))
