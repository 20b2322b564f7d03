"""Words of the panel Identity mappings."""

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication

from sfsync_gui.core.vocabulary import Family, PersonKind, Trigger
from sfsync_gui.engine.questions import LinkRow
from sfsync_gui.ui.texts import times
from sfsync_gui.ui.texts.history import person_text, reason_text
from sfsync_gui.ui.texts.numbers import counted
from sfsync_gui.ui.texts.services import KIND, SERVICE
from sfsync_gui.ui.theme.tokens import Tone
from sfsync_gui.ui.widgets.table import Cell

translate = QCoreApplication.translate

KIND_ICON = {
    PersonKind.USER: "person",
    PersonKind.INTERCOM_LEAD: "lead",
    PersonKind.LEAD: "lead",
    PersonKind.CONTACT: "contact",
    PersonKind.COMPANY: "company",
    PersonKind.ACCOUNT: "company",
}


def search_hint(family: Family) -> str:
    """By what one of the family is found."""
    if family is Family.COMPANIES:
        return translate("identities", "Name, company id or Id")
    return translate("identities", "Name, e-mail or Id")


def intercom_name(link: LinkRow) -> str:
    """The person or company in Intercom, by name, else by key or Id."""
    return person_text(link.intercom_name, link.intercom_key, link.intercom_id)


def salesforce_name(link: LinkRow) -> str:
    """The record in Salesforce, by name, else by key or Id."""
    return person_text(link.salesforce_name, link.salesforce_key, link.salesforce_id)


def kind_text(kind: PersonKind) -> str:
    """'Intercom user', 'Salesforce contact'."""
    return f"{SERVICE[kind.side]} {KIND[kind].lower()}"


def pair_text(link: LinkRow) -> str:
    """Both in one line: 'Ada Lovelace (Intercom user) and A. Lovelace (Salesforce lead)'."""
    return translate("identities", "{contact} ({role}) and {record} ({kind})").format(
        contact=isolated(intercom_name(link)),
        role=kind_text(link.intercom_kind),
        record=isolated(salesforce_name(link)),
        kind=kind_text(link.salesforce_kind),
    )


def isolated(name: str) -> str:
    """A name that keeps its own direction within a sentence of the other (Unicode, UAX 9)."""
    return f"\u2068{name}\u2069"


def why_text(link: LinkRow) -> str:
    """Why they were linked, in a few words."""
    if link.by_hand:
        return reason_text(Trigger.LINKED_BY_HAND)
    return reason_text(link.trigger)


def made_text(link: LinkRow, now: float) -> str:
    """Why and when they were linked, as a sentence."""
    when = times.relative(link.created_at, now)
    text = translate("identities", "{why}, {when}.").format(why=why_text(link), when=when)
    if link.by_hand:
        text += " " + translate("identities", "The link stays when a key changes.")
    return text


def linked_cell(link: LinkRow, now: Callable[[], float]) -> Cell:
    """When they were linked."""
    return Cell(times.relative(link.created_at, now()), tooltip=times.exact(link.created_at))


def state_cell(link: LinkRow) -> Cell:
    """How the link is: what is worst in words, all of it as the tooltip."""
    cells = []
    if link.errors:
        text = counted(link.errors, translate("identities", "error"))
        cells.append(Cell(text, icon_name="danger", icon_tone=Tone.DANGER))
    if link.ambiguous:
        text = translate("identities", "Ambiguous")
        cells.append(Cell(text, icon_name="warning", icon_tone=Tone.WARNING))
    if link.due:
        cells.append(Cell(translate("identities", "Waiting"), icon_name="clock"))
    if not cells:
        text = translate("identities", "In step")
        return Cell(text, icon_name="check", icon_tone=Tone.SUCCESS, tone=Tone.MUTED)
    if len(cells) == 1:
        return cells[0]
    first = cells[0]
    tooltip = ", ".join(cell.text for cell in cells)
    return Cell(first.text, first.icon_name, icon_tone=first.icon_tone, tooltip=tooltip)
