"""A simulated Intercom workspace, with the API of version 2.16 and parts of Preview."""

from sfsync_gui.sandbox.intercom.sandbox import IntercomSandbox

__all__ = ["IntercomSandbox"]
