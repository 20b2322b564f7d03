"""A desktop's tray and notifications on the session bus: what is shown is printed, a line each.

`python -m tests.support.tray_desk` owns the names of a StatusNotifier watcher with a host, and of
the desktop's notifications (Desktop Notifications Specification; StatusNotifierItem). It prints a
JSON object for each notification, and clicks the newest one for each line it reads.

With `late` there is no host at first, with `absent` no watcher either: each time that a host is
asked for is printed, too, and a line `host` brings it.
"""

import json
import sys
import threading
from typing import Any

from jeepney import (  # type: ignore[import-untyped]
    DBusAddress,
    HeaderFields,
    MessageType,
    message_bus,
    new_error,
    new_method_return,
    new_signal,
)
from jeepney.io.blocking import open_dbus_connection  # type: ignore[import-untyped]

WATCHER = "org.kde.StatusNotifierWatcher"
NOTIFICATIONS = "org.freedesktop.Notifications"
_WATCHED = f"""<node><interface name="{WATCHER}">
<property name="IsStatusNotifierHostRegistered" type="b" access="read"/>
</interface></node>"""
_TRAY = DBusAddress("/StatusNotifierWatcher", WATCHER, WATCHER)
_PLACE = DBusAddress("/org/freedesktop/Notifications", NOTIFICATIONS, NOTIFICATIONS)


class Desk:
    """Answers calls until its program is ended."""

    def __init__(self, missing: str = "") -> None:
        self._missing = missing
        self._bus = open_dbus_connection()
        self._shown = 0
        names = [NOTIFICATIONS] if missing == "absent" else [WATCHER, NOTIFICATIONS]
        for name in names:
            self._bus.send_and_get_reply(message_bus.RequestName(name))

    def serve(self) -> None:
        """Answer for ever."""
        print(json.dumps({"ready": True}), flush=True)
        while True:
            message = self._bus.receive()
            if message.header.message_type is MessageType.method_call:
                self._bus.send(self._answer(message))

    def bring_host(self) -> None:
        """A host comes, as that of a panel which starts late."""
        missing, self._missing = self._missing, ""
        if missing == "absent":
            self._bus.send(message_bus.RequestName(WATCHER))
        else:
            self._bus.send(new_signal(_TRAY, "StatusNotifierHostRegistered"))

    def click(self) -> None:
        """Click the newest notification, as a person does."""
        for name, signature, body in (
            ("ActionInvoked", "us", (self._shown, "default")),
            ("NotificationClosed", "uu", (self._shown, 2)),
        ):
            self._bus.send(new_signal(_PLACE, name, signature, body))

    def _answer(self, message: Any) -> Any:
        match message.header.fields.get(HeaderFields.member):
            case "Get":
                if self._missing:
                    print(json.dumps({"asked": True}), flush=True)
                return new_method_return(message, "v", (("b", not self._missing),))
            case "GetAll":
                known = {"IsStatusNotifierHostRegistered": ("b", not self._missing)}
                return new_method_return(message, "a{sv}", (known,))
            case "Notify":
                self._shown += 1
                _, _, _, title, text, *_ = message.body
                told = {"title": title, "text": text}
                print(json.dumps(told), flush=True)
                return new_method_return(message, "u", (self._shown,))
            case "GetCapabilities":
                return new_method_return(message, "as", (["body", "actions"],))
            case "GetServerInformation":
                return new_method_return(message, "ssss", ("desk", "tests", "1", "1.2"))
            case "Introspect":
                return new_method_return(message, "s", (_WATCHED,))
            case "RegisterStatusNotifierItem" | "CloseNotification" | "RegisterStatusNotifierHost":
                return new_method_return(message)
            case _:
                return new_error(message, "org.freedesktop.DBus.Error.UnknownMethod")


def main() -> None:
    """Serve; each line on standard input is a click, or brings the host."""
    desk = Desk(*sys.argv[1:])
    threading.Thread(target=desk.serve, daemon=True).start()
    for line in sys.stdin:
        if line.strip() == "host":
            desk.bring_host()
        else:
            desk.click()


if __name__ == "__main__":
    main()
