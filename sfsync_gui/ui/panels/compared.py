"""Two records side by side, as the engine tells them and as the window compares them."""

from sfsync_gui.core.vocabulary import Family
from sfsync_gui.engine.handle import PairField
from sfsync_gui.ui.texts.values import value_text
from sfsync_gui.ui.widgets.comparison import ComparedField


def compared_field(field: PairField) -> ComparedField:
    """One row of the mapping with the values of both records."""
    labels = (field.intercom_label, field.salesforce_label)
    # Intercom's labels of companies all begin with "Company".
    is_company = field.row.family is Family.COMPANIES
    return ComparedField(
        field.salesforce_label if is_company else field.intercom_label,
        value_text(field.intercom_value),
        value_text(field.salesforce_value),
        field.row.direction,
        field.differs,
        field.waits,
        tooltip=" – ".join(dict.fromkeys(labels)),
    )
