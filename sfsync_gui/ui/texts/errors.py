"""What sync errors tell, as words of the window."""

from PySide6.QtCore import QCoreApplication

from sfsync_gui.core.history import CONVERSATIONS, TAGS, WRITES, SyncError
from sfsync_gui.core.remedies import explain
from sfsync_gui.ui.texts.history import field_label, person_text
from sfsync_gui.ui.texts.services import SERVICE

translate = QCoreApplication.translate


def cause_text(error: SyncError) -> str:
    """What happened, in a few words that fit everybody to whom it happened: 'Seats is too long'."""
    fields = (field_label(error.field),) if error.field else ()
    return explain(error.error_class, error.code, error.message, fields, error.side).title


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
