"""The names of the two services, and of the kinds of records in them."""

from PySide6.QtCore import QCoreApplication

from sfsync_gui.core.vocabulary import PersonKind, Side

translate = QCoreApplication.translate

SERVICE = {Side.INTERCOM: "Intercom", Side.SALESFORCE: "Salesforce"}

KIND = {
    PersonKind.USER: "User",
    PersonKind.INTERCOM_LEAD: "Lead",
    PersonKind.LEAD: "Lead",
    PersonKind.CONTACT: "Contact",
    PersonKind.COMPANY: "Company",
    PersonKind.ACCOUNT: "Account",
}


def towards_text(side: Side) -> str:
    """Which way something goes, where room is short: 'to Salesforce'."""
    return translate("services", "to {service}").format(service=SERVICE[side])


def joined(words: list[str]) -> str:
    """'Intercom', 'Intercom and Salesforce'."""
    return " and ".join(words) if len(words) < 3 else ", ".join(words[:-1]) + " and " + words[-1]
