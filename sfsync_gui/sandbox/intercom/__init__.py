"""A simulated Intercom workspace, with the API of version 2.16 and parts of Preview.

Signing in on its page works with the constants of the demo: client id and secret.
"""

from sfsync_gui.sandbox.intercom.apps import (
    DEMO_CLIENT_ID,
    DEMO_CLIENT_SECRET,
    DEMO_REDIRECT_URLS,
)
from sfsync_gui.sandbox.intercom.sandbox import IntercomSandbox

__all__ = ["DEMO_CLIENT_ID", "DEMO_CLIENT_SECRET", "DEMO_REDIRECT_URLS", "IntercomSandbox"]
