"""A simulated Salesforce org with its REST API, SOQL, rules and limits.

`SalesforceSandbox(clock)` is one org: `.app` is served over HTTP or driven in-process, its other
methods are what people do in the org.
"""

from sfsync_gui.sandbox.salesforce.errors import ApiError, RowError, SaveError
from sfsync_gui.sandbox.salesforce.sandbox import SalesforceSandbox

__all__ = ["ApiError", "RowError", "SalesforceSandbox", "SaveError"]
