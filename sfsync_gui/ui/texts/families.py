"""People and companies in numbers: '1 linked person', '12 linked companies', '13 records'."""

from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication

from sfsync_gui.core.vocabulary import Family, PersonKind
from sfsync_gui.ui.texts.numbers import counted

translate = QCoreApplication.translate


def only(families: Iterable[Family]) -> Family | None:
    """The family of which all are, None where there are both."""
    found = set(families)
    return found.pop() if len(found) == 1 else None


def counted_records(number: int, family: Family | None = Family.PEOPLE) -> str:
    """'1 person', '12 companies'; without a family 'records'."""
    return counted(number, *_words()[family])


def counted_linked(number: int, family: Family | None = Family.PEOPLE) -> str:
    """'1 linked person', '12 linked companies'; without a family 'linked records'."""
    one, many = (translate("families", "linked {words}").format(words=w) for w in _words()[family])
    return counted(number, one, many)


def all_linked(family: Family | None = Family.PEOPLE) -> str:
    """'linked people', 'linked companies', 'linked records'."""
    return translate("families", "linked {words}").format(words=_words()[family][1])


def are_linked(number: int, family: Family | None = Family.PEOPLE) -> str:
    """'1 person is linked', '12 companies are linked'."""
    is_one = number == 1
    said = translate("families", "{records} is linked" if is_one else "{records} are linked")
    return said.format(records=counted_records(number, family))


def show_text(kind: PersonKind | None) -> str:
    """The words for going to a linked record of which this is the kind in Salesforce."""
    if kind is PersonKind.ACCOUNT:
        return translate("families", "Show company")
    return translate("families", "Show person")


def only_text(kind: PersonKind | None) -> str:
    """The words for looking at that record alone."""
    if kind is PersonKind.ACCOUNT:
        return translate("families", "Only this company")
    return translate("families", "Only this person")


def _words() -> dict[Family | None, tuple[str, str]]:
    return {
        Family.PEOPLE: (translate("families", "person"), translate("families", "people")),
        Family.COMPANIES: (translate("families", "company"), translate("families", "companies")),
        None: (translate("families", "record"), translate("families", "records")),
    }
