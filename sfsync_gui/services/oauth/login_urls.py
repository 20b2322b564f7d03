"""Where one signs in to Salesforce: production, a sandbox, or the org's own My Domain."""

import re
from urllib.parse import urlsplit

from sfsync_gui.core.failures import SetupError
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.services.http import checked_base_url

PRODUCTION = "https://login.salesforce.com"
SANDBOX = "https://test.salesforce.com"

_SALESFORCE = re.compile(
    r"([a-z0-9-]+\.)+(salesforce\.com|salesforce\.mil|sfcrmproducts\.cn)", re.ASCII
)
# How the hosts of one org are called (Salesforce Help, "My Domain URL Formats"): what precedes
# these endings is the My Domain name, with `--sandbox.sandbox` and the like in between.
_PAGES = (
    (".lightning.force.com", ".my.salesforce.com"),
    (".my.salesforce-setup.com", ".my.salesforce.com"),
    (".lightning.crmforce.mil", ".my.salesforce.mil"),
    (".my.salesforce-setup.mil", ".my.salesforce.mil"),
    (".lightning.sfcrmapps.cn", ".my.sfcrmproducts.cn"),
)
_NO_LOGIN = (".force.com", ".site.com", ".salesforce-sites.com", ".visualforce.com")
_WWW = frozenset({"www.salesforce.com", "help.salesforce.com", "trailhead.salesforce.com"})


def salesforce_login_url(text: str) -> str:
    """The address to sign in at, made of what a person entered or pasted.

    A bare host gets https; path and query, which may hold a secret, are dropped; a Lightning or
    Setup address becomes the My Domain. Plain http is for this computer itself only. Raises
    `SetupError` in words.
    """
    entered = text.strip()
    url = entered if "://" in entered else f"https://{entered}"
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        raise _refused(_NOT_AN_ADDRESS) from None
    if not host or "@" in parts.netloc:
        raise _refused(_NOT_AN_ADDRESS)
    shown = f"[{host}]" if ":" in host else host
    origin = f"{parts.scheme}://{shown}" + (f":{port}" if port else "")
    base_url, _host, loopback = checked_base_url(origin, Side.SALESFORCE)
    return base_url if loopback else f"https://{_login_host(host)}"


def my_domain(instance_url: str) -> str:
    """The org's My Domain name, or the whole host where there is none in it."""
    host = urlsplit(instance_url).hostname or ""
    name, dot, _rest = host.partition(".")
    return name if dot and f"{dot}my." in host else host


def is_sandbox(instance_url: str) -> bool:
    """Whether the org's address is that of a sandbox (“My Domain URL Formats”)."""
    return ".sandbox." in (urlsplit(instance_url).hostname or "")


def _login_host(host: str) -> str:
    for page, login in _PAGES:
        if host.endswith(page):
            return host.removesuffix(page) + login
    if host.endswith(_NO_LOGIN):
        raise _refused(_A_PAGE, host)
    if host in _WWW or _SALESFORCE.fullmatch(host) is None:
        raise _refused(_NOT_SALESFORCE, host)
    return host


_NOT_AN_ADDRESS = "This is not an address."
_A_PAGE = "This is the address of a page or site of the org, not the one at which it signs in."
_NOT_SALESFORCE = "This is not an address at which Salesforce signs in."


def _refused(message: str, host: str = "") -> SetupError:
    return SetupError(
        "Check the Salesforce address",
        message,
        "Enter the org's My Domain, such as https://acme.my.salesforce.com. It stands in "
        "Salesforce's Setup under My Domain, and at the top of the browser before “/lightning”.",
        subject=host,
        side=Side.SALESFORCE,
        code="login_url",
    )
