"""One program for one profile: a second start brings the first to the front, and ends.

The second connects to the local socket of the first. Only where nobody answers is the name taken
over: the socket's file may outlive a program that crashed (`QLocalServer.removeServer`).
"""

import hashlib
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

CONNECT_WITHIN = 1000
ANSWER_WITHIN = 3000
"""Milliseconds. A program that is there but busy starting may take a moment to answer."""

_RAISE = b"raise\n"
_DONE = b"done\n"


class SingleInstance(QObject):
    """The right to work with a profile's folder, among the programs of this user."""

    raise_wanted = Signal()
    """Another start asked for the window."""

    def __init__(self, data_dir: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        digest = hashlib.sha256(str(data_dir.resolve()).encode()).hexdigest()
        self._name = f"sfsync-{digest[:16]}"
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._on_connected)

    def take(self) -> bool:
        """Take the right; False where another program has it, which has shown its window now."""
        if self._ask_the_other():
            return False
        if self._server.listen(self._name):
            return True
        if self._ask_the_other():  # started at the same moment, and was quicker
            return False
        QLocalServer.removeServer(self._name)
        return self._server.listen(self._name)

    def release(self) -> None:
        """Give it back."""
        self._server.close()

    def _ask_the_other(self) -> bool:
        """Whether another program is there; it is asked for its window, and waited for."""
        socket = QLocalSocket()
        socket.connectToServer(self._name)
        if not socket.waitForConnected(CONNECT_WITHIN):
            return False
        socket.write(_RAISE)
        if socket.waitForBytesWritten(CONNECT_WITHIN):
            socket.waitForReadyRead(ANSWER_WITHIN)
        socket.disconnectFromServer()
        return True

    def _on_connected(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            socket.readyRead.connect(lambda socket=socket: self._on_asked(socket))
            socket.disconnected.connect(socket.deleteLater)
            if socket.bytesAvailable():
                self._on_asked(socket)

    def _on_asked(self, socket: QLocalSocket) -> None:
        if bytes(socket.readAll().data()).startswith(_RAISE):
            socket.write(_DONE)
            socket.flush()
            self.raise_wanted.emit()
