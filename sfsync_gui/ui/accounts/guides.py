"""What a person has to set up in each service before signing in, click by click.

Sources: Salesforce Help, "Create a Local External Client App" and "Configure the External Client
App OAuth Settings" (new Connected Apps can no longer be created); Intercom's developer
documentation, "Your first app" and "Setting up OAuth".
"""

from dataclasses import dataclass, field

from PySide6.QtCore import QCoreApplication

from sfsync_gui.engine.handle import SignInDefaults


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do. `copy` are values to paste there, each under a name."""

    text: str
    copy: tuple[tuple[str, str], ...] = field(default_factory=tuple)


SALESFORCE_SCOPES = (
    "Manage user data via APIs (api)",
    "Perform requests at any time (refresh_token, offline_access)",
)


def salesforce_steps(defaults: SignInDefaults) -> tuple[Step, ...]:
    """How to make the External Client App, once for an org."""
    return (
        Step(
            _tr(
                "In Salesforce open Setup, find “External Client App Manager” and click “New "
                "External Client App”. Call it SFSync, enter your e-mail, leave the distribution "
                "state on “Local”."
            )
        ),
        Step(
            _tr(
                "Open “API (Enable OAuth Settings)” and tick “Enable OAuth”. Paste these "
                "three lines as callback URLs: SFSync uses whichever port is free."
            ),
            ((_tr("callback URLs"), "\n".join(defaults.salesforce_redirects)),),
        ),
        Step(
            _tr("Under “OAuth Scopes” select these two:"),
            tuple((_tr("scope"), scope) for scope in SALESFORCE_SCOPES),
        ),
        Step(
            _tr(
                "Under “Security” tick “Require Proof Key for Code Exchange (PKCE)”, and untick "
                "“Require secret for Web Server Flow” and “Require secret for Refresh Token "
                "Flow”. “Enable Refresh Token Rotation” may be ticked."
            )
        ),
        Step(
            _tr(
                "Click “Create”. Under “Settings → OAuth Settings” click “Consumer Key and "
                "Secret”, and copy the consumer key. A new app can take ten minutes until it "
                "works."
            )
        ),
    )


def intercom_token_steps() -> tuple[Step, ...]:
    """How to get an access token."""
    return (
        Step(
            _tr(
                "In Intercom open Settings → Integrations → Developer Hub and click “New app”. "
                "Call it SFSync and choose the workspace."
            )
        ),
        Step(
            _tr(
                "Open “Configure → Authentication”. Under “Permissions” allow reading and "
                "writing users and companies, reading and writing data attributes, and reading "
                "admins; for tasks about conversations also reading conversations."
            )
        ),
        Step(_tr("Copy the access token of that page.")),
    )


def intercom_app_steps(defaults: SignInDefaults) -> tuple[Step, ...]:
    """How to sign in with an app of one's own."""
    return (
        Step(
            _tr(
                "In Intercom open Settings → Integrations → Developer Hub and click “New app”. "
                "Call it SFSync and choose the workspace."
            )
        ),
        Step(
            _tr(
                "Open “Configure → Authentication”, switch on “Use OAuth” and add this redirect "
                "URL. Nothing listens there: SFSync stops before the page is opened."
            ),
            ((_tr("redirect URL"), defaults.intercom_redirect),),
        ),
        Step(
            _tr(
                "Under “Permissions” allow reading and writing users and companies, reading and "
                "writing data attributes, and reading admins; for tasks about conversations also "
                "reading conversations."
            )
        ),
        Step(_tr("Open “Configure → Basic information”, and copy client ID and client secret.")),
    )


def _tr(text: str) -> str:
    return QCoreApplication.translate("guides", text)
