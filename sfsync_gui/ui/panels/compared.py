"""Two records side by side, as the engine tells them and as the window compares them."""

from sfsync_gui.engine.handle import PairField
from sfsync_gui.ui.texts.values import value_text
from sfsync_gui.ui.widgets.comparison import ComparedField


def compared_field(field: PairField) -> ComparedField:
    """One row of the mapping with the values of both records."""
    labels = (field.intercom_label, field.salesforce_label)
    return ComparedField(
        field.intercom_label,
        value_text(field.intercom_value),
        value_text(field.salesforce_value),
        field.row.direction,
        field.differs,
        field.waits,
        tooltip=" – ".join(dict.fromkeys(labels)),
    )
