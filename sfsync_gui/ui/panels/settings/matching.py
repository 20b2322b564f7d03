"""By what people are matched, in one sentence; it is changed beside the mapping."""

from PySide6.QtCore import QCoreApplication

from sfsync_gui.core.mapping import SyncRules
from sfsync_gui.core.vocabulary import PersonKind

translate = QCoreApplication.translate


def matching_text(rules: SyncRules) -> str:
    """'By e-mail address; contacts come before leads.'"""
    key = rules.key
    fields = " / ".join(dict.fromkeys(name for name in (key.lead_field, key.contact_field) if name))
    by = (
        translate("settings", "By e-mail address")
        if key.is_email and fields == "Email"
        else translate("settings", "By {attribute} and {fields}").format(
            attribute=key.intercom_attribute, fields=fields
        )
    )
    contacts_first = rules.order.salesforce[0] is PersonKind.CONTACT
    order = (
        translate("settings", "contacts come before leads")
        if contacts_first
        else translate("settings", "leads come before contacts")
    )
    if rules.order.strict:
        order = translate("settings", "whoever has several candidates stays unlinked")
    return f"{by}; {order}."
