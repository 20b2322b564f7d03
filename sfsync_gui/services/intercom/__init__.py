"""The adapter for Intercom's REST API 2.16, behind `engine.ports.IntercomPort`."""

from sfsync_gui.services.intercom.client import IntercomClient
from sfsync_gui.services.intercom.regions import Region

__all__ = ["IntercomClient", "Region"]
