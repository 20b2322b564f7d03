"""What sync errors tell, as words of the window."""

from PySide6.QtCore import QCoreApplication

from sfsync_gui.core.history import CONVERSATIONS, TAGS, WRITES, SyncError
from sfsync_gui.core.remedies import explain
from sfsync_gui.ui.texts.fields import FieldTexts
from sfsync_gui.ui.texts.history import person_text
from sfsync_gui.ui.texts.services import SERVICE

translate = QCoreApplication.translate


_PLAIN = FieldTexts()


def cause_text(error: SyncError, fields: FieldTexts = _PLAIN) -> str:
    """What happened, in a few words that fit everybody to whom it happened: 'Seats is too long'."""
    label = fields.label(error.side, error.salesforce_kind, error.field)
    labels = (label,) if label else ()
    return explain(error.error_class, error.code, error.message, labels, error.side).title


def who_text(error: SyncError) -> str:
    """To whom it happened, or to what where it concerns nobody in particular."""
    about_nobody = {
        CONVERSATIONS: translate("errors", "Conversations"),
        WRITES: translate("errors", "Changes to Intercom"),
        TAGS: translate("errors", "Tags"),
    }
    if error.row_id in about_nobody:
        return about_nobody[error.row_id]
    return person_text(error.person_name, error.intercom_id, error.salesforce_id)


def way_text(error: SyncError) -> str:
    """Where the change was going: 'Intercom → Salesforce'."""
    return f"{SERVICE[error.side.other]} → {SERVICE[error.side]}"
