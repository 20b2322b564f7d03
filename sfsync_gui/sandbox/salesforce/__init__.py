"""A simulated Salesforce org with its REST API, SOQL, rules and limits.

`SalesforceSandbox(clock)` is one org: `.app` is served over HTTP or driven in-process, its other
methods are what people do in the org. Signing in on its pages works with the constants of the demo:
consumer key, user name and password.
"""

from sfsync_gui.sandbox.salesforce.apps import DEMO_CALLBACK_URLS, DEMO_CLIENT_ID
from sfsync_gui.sandbox.salesforce.authorizing import DEMO_PASSWORD, DEMO_USERNAME
from sfsync_gui.sandbox.salesforce.errors import ApiError, RowError, SaveError
from sfsync_gui.sandbox.salesforce.sandbox import SalesforceSandbox

__all__ = [
    "DEMO_CALLBACK_URLS",
    "DEMO_CLIENT_ID",
    "DEMO_PASSWORD",
    "DEMO_USERNAME",
    "ApiError",
    "RowError",
    "SalesforceSandbox",
    "SaveError",
]
