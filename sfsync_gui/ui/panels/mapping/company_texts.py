"""What is said of the sync of companies, and of fields that would match them."""

from collections.abc import Container, Sequence
from dataclasses import replace

from PySide6.QtCore import QCoreApplication

from sfsync_gui.core.company_keys import KeySuggestion
from sfsync_gui.core.company_state import CompanyState
from sfsync_gui.core.failures import SfsyncError
from sfsync_gui.core.vocabulary import Family
from sfsync_gui.engine.company_status import CompanyStatus
from sfsync_gui.ui.texts.families import counted_records
from sfsync_gui.ui.texts.numbers import grouped, percent
from sfsync_gui.ui.theme.tokens import Tone
from sfsync_gui.ui.widgets.banner import Notice, notice_of

translate = QCoreApplication.translate


def notice_of_unsynced(status: CompanyStatus, rows: int) -> Notice | None:
    """What a banner says while companies are not synced; `rows` of them are kept meanwhile."""
    match status.state:
        case CompanyState.OFF:
            notice = _off(rows)
        case CompanyState.JOINING if status.kept_from is not None:
            notice = _kept_from(status.kept_from, translate("companies", "Change…"))
        case CompanyState.JOINING:
            notice = _being_read()
        case _:
            return None
    kept = translate(
        "companies", "Until companies are synced, their rows can be removed but not changed."
    )
    return replace(notice, text=f"{notice.text} {kept}") if rows else notice


def _off(rows: int) -> Notice:
    new = translate(
        "companies",
        "Companies in Intercom and accounts in Salesforce are kept in step as people are. They "
        "are matched by the company id.",
    )
    kept = translate("companies", "Nothing is read or written. Rows and links are kept.")
    return Notice(
        Tone.ACCENT,
        translate("companies", "Companies are not synced"),
        kept if rows else new,
        translate("companies", "Switch on…"),
        icon_name="company",
    )


def _being_read() -> Notice:
    return Notice(
        Tone.ACCENT,
        translate("companies", "Companies are being read"),
        translate(
            "companies",
            "All companies and accounts are read once. Nothing of theirs is synced until that is "
            "done; people are synced all the while.",
        ),
        icon_name="clock",
    )


def notice_of_state(status: CompanyStatus, key: str) -> Notice | None:
    """What a banner says while they are synced, if anything; `key` is their key in words."""
    if status.kept_from is not None:
        return _kept_from(status.kept_from, translate("companies", "Try again"))
    match status.state:
        case CompanyState.NO_COMPANIES:
            return Notice(
                Tone.ACCENT,
                translate("companies", "There are no companies in Intercom"),
                translate("companies", "Intercom lists a company once a person belongs to it."),
            )
        case CompanyState.NO_COMPANY_CHANGES:
            return Notice(
                Tone.ACCENT,
                translate("companies", "No company in Intercom has changed yet"),
                _linked_as_they_change(),
                _look(),
            )
        case CompanyState.NO_ACCOUNT_CHANGES:
            return Notice(
                Tone.ACCENT,
                translate("companies", "No account in Salesforce has changed yet"),
                _linked_as_they_change(),
                _look(),
            )
        case CompanyState.NO_LINKS:
            return Notice(
                Tone.WARNING,
                translate("companies", "No company is linked to an account"),
                translate("companies", "None is matched by {key}.").format(key=key),
                _look(),
            )
        case _:
            return None


def _kept_from(failure: SfsyncError, action: str) -> Notice:
    return replace(notice_of(failure, action=action, dismissable=False), tone=Tone.WARNING)


def _linked_as_they_change() -> str:
    return translate("companies", "A company and its account are linked when one of them changes.")


def _look() -> str:
    return translate("companies", "Look for a field that matches")


def notice_of_looking() -> Notice:
    """While companies and accounts are looked at."""
    return Notice(
        Tone.ACCENT,
        translate("companies", "Looking for a field that matches…"),
        translate("companies", "Some companies and the accounts are read; nothing is written."),
    )


def notice_of_found(
    found: Sequence[KeySuggestion], current: str | None, mapped: Container[str | None] = ()
) -> Notice:
    """What came of looking, best first; `current` is the field that is the key now.

    A field that is `mapped` cannot be the key: its row would overwrite what companies are matched
    by.
    """
    if not found:
        return Notice(
            Tone.WARNING,
            translate("companies", "No field of Account matches"),
            found_text(found),
            dismissable=True,
        )
    best = found[0]
    if best.field == current:
        return Notice(
            Tone.ACCENT,
            translate("companies", "{field} is the field that matches best").format(
                field=best.label
            ),
            f"{found_text(found)} {_linked_as_they_change()}",
            dismissable=True,
        )
    title = translate("companies", "{field} would match {share} of the companies").format(
        field=best.label, share=percent(best.share)
    )
    if best.field in mapped:
        first = translate("companies", "To match by it, remove the row that maps it first.")
        return Notice(Tone.ACCENT, title, f"{found_text(found)} {first}", dismissable=True)
    return Notice(Tone.ACCENT, title, found_text(found), translate("companies", "Use this field"))


def found_text(found: Sequence[KeySuggestion]) -> str:
    """What came of looking, in a sentence or two."""
    if not found:
        return translate(
            "companies",
            "None of the companies that were looked at has its company id in a field of an "
            "account. Enter it there, or link by hand.",
        )
    best = found[0]
    return translate(
        "companies", "{matched} of {companies} that were looked at would be matched by {field}."
    ).format(
        matched=grouped(best.matched),
        companies=counted_records(best.sampled, Family.COMPANIES),
        field=best.label,
    )
