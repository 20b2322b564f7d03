"""What Qt says of its own trouble goes into the log, where a report can show it.

Without this it goes to standard error, which a program that was double-clicked does not have. A
fatal message is logged before Qt ends the program.
"""

import logging
from collections.abc import Callable

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

_log = logging.getLogger("qt")
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def log_qt_messages() -> Callable[[], None]:
    """Begin; returns what puts back what was there before."""
    before = qInstallMessageHandler(_on_message)

    def end() -> None:
        qInstallMessageHandler(before)

    return end


def _on_message(kind: QtMsgType, context: QMessageLogContext, text: str | None) -> None:
    category = context.category or "default"
    _log.log(_LEVELS.get(kind, logging.WARNING), "%s: %s", category, text)
