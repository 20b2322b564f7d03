"""A program that owns a name on the session bus, takes every call and never answers one.

Usage: silent_bus_name.py NAME
"""

import sys

from jeepney import message_bus  # type: ignore[import-untyped]
from jeepney.io.blocking import open_dbus_connection  # type: ignore[import-untyped]

bus = open_dbus_connection()
bus.send_and_get_reply(message_bus.RequestName(sys.argv[1]))
while True:
    bus.receive()
