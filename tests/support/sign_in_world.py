"""Both simulated services on real sockets, with the product's sign-ins pointed at them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from sfsync_gui.sandbox.clock import ManualClock
from sfsync_gui.sandbox.intercom import DEMO_CLIENT_ID as INTERCOM_CLIENT_ID
from sfsync_gui.sandbox.intercom import DEMO_CLIENT_SECRET, IntercomSandbox
from sfsync_gui.sandbox.salesforce import DEMO_CALLBACK_URLS, SalesforceSandbox
from sfsync_gui.sandbox.salesforce import DEMO_CLIENT_ID as SALESFORCE_CLIENT_ID
from sfsync_gui.sandbox.server import LoopbackServer
from sfsync_gui.services.oauth.intercom import IntercomSignIn, intercom_sign_in
from sfsync_gui.services.oauth.salesforce import SalesforceSignIn, salesforce_sign_in
from tests.support.browser import Browser

START = 1_780_000_000.0
Result = TypeVar("Result")


@dataclass
class SignInWorld:
    """The services behind HTTP; what is done to them runs on the server's thread (`do`)."""

    clock: ManualClock
    salesforce: SalesforceSandbox
    intercom: IntercomSandbox
    server: LoopbackServer

    @property
    def salesforce_url(self) -> str:
        """Where the org is."""
        return self.server.url("salesforce")

    @property
    def intercom_url(self) -> str:
        """Where API and sign-in page of the workspace are."""
        return self.server.url("intercom")

    def do(self, work: Callable[[], Result]) -> Result:
        """Run something on the server's thread."""
        return self.server.call(work)

    def salesforce_sign_in(
        self, client_id: str = SALESFORCE_CLIENT_ID, redirect_uri: str = ""
    ) -> SalesforceSignIn:
        """Begin to sign in to the org."""
        redirect = redirect_uri or DEMO_CALLBACK_URLS[0]
        return salesforce_sign_in(client_id, self.salesforce_url, redirect)

    def intercom_sign_in(
        self,
        client_id: str = INTERCOM_CLIENT_ID,
        client_secret: str = DEMO_CLIENT_SECRET,
    ) -> IntercomSignIn:
        """Begin to sign in to the workspace."""
        return intercom_sign_in(client_id, client_secret, api_url=self.intercom_url)


@contextmanager
def sign_in_world(seed: int = 0, app_id: str = "nw5x2k7q") -> Iterator[SignInWorld]:
    """Serve both, and stop at the end; another seed is another org, `app_id` the workspace's."""
    clock = ManualClock(START)
    org, workspace = SalesforceSandbox(clock, seed=seed), IntercomSandbox(clock, app_id=app_id)
    server = LoopbackServer({"salesforce": org.app, "intercom": workspace.app})
    server.start()
    try:
        yield SignInWorld(clock, org, workspace, server)
    finally:
        server.stop()


def allowed(sign_in: SalesforceSignIn | IntercomSignIn) -> str:
    """Sign in as a person does and allow; return the address at which the browser stopped."""
    return _finished(sign_in, allow=True)


def denied(sign_in: SalesforceSignIn | IntercomSignIn) -> str:
    """Sign in as a person does and deny; return the address at which the browser stopped."""
    return _finished(sign_in, allow=False)


def _finished(sign_in: SalesforceSignIn | IntercomSignIn, *, allow: bool) -> str:
    with Browser(sign_in.is_redirect) as browser:
        browser.open(sign_in.url)
        decide(browser, allow=allow)
        assert browser.page.status == 0, browser.page.text
        return browser.page.url


def decide(browser: Browser, *, allow: bool = True) -> None:
    """Log in where a login page is shown, then allow or deny where that is asked."""
    if any("Login" in form.buttons for form in browser.page.forms):
        browser.press("Login")
    buttons = {name for form in browser.page.forms for name in form.buttons}
    yes, no = ("oaapprove", "oadeny") if "oaapprove" in buttons else ("authorize", "cancel")
    if yes in buttons:
        browser.press(yes if allow else no)
