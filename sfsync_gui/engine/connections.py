"""What is known of a connected side, the secrets apart: those are in the vault."""

from dataclasses import dataclass

from sfsync_gui.core.vocabulary import Side
from sfsync_gui.engine.events import SideCondition


@dataclass(frozen=True, slots=True)
class Connection:
    """The account that a side is connected to.

    `account_id` is Intercom's app id or the org's 18-character Id. `address` is the org's
    `instance_url`; for Intercom it is the API's address where that is not the one of `region`
    (US, EU or AU). `login_url` is where Salesforce's sign-in is renewed. `method` is 'oauth' or
    'token'. `since` is the unix second of the (latest) sign-in.
    """

    side: Side
    account_id: str
    account_name: str = ""
    user_id: str = ""
    user_name: str = ""
    address: str = ""
    login_url: str = ""
    region: str = ""
    client_id: str = ""
    method: str = "oauth"
    is_sandbox: bool = False
    since: int = 0


@dataclass(frozen=True, slots=True)
class SideReport:
    """How a side was when it was last looked at, for whoever asks beside the engine.

    `since` and `checked_at` are unix seconds; `checked_at` is the last reading of its changes that
    came to its end, 0 before the first. The texts are those of the failure, empty while it is
    ready.
    """

    side: Side
    condition: SideCondition = SideCondition.READY
    since: int = 0
    title: str = ""
    message: str = ""
    remedy: str = ""
    checked_at: int = 0
