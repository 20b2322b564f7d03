"""What the panel says while there is nothing to map."""

from PySide6.QtCore import QCoreApplication

from sfsync_gui.engine.handle import Phase
from sfsync_gui.engine.storage import Profile
from sfsync_gui.ui.widgets.states import EmptyState

translate = QCoreApplication.translate

WITH_FIELDS = frozenset({Phase.OPENING, Phase.CONNECTING, Phase.RUNNING})
"""Phases in which the fields of both sides are known, or can be asked for."""

_PANEL = {Phase.FIRST_RUN: "overview", Phase.UNCONNECTED: "connections"}


def panel_for(phase: Phase | None) -> str:
    """The panel where that is made good; empty where there is nothing to do but wait."""
    return _PANEL.get(phase, "") if phase is not None else ""


def same_pair(one: Profile, other: Profile | None) -> bool:
    """Whether both are of the same workspace and org; True where that is not known of the other."""
    return other is None or (one.intercom_app_id, one.salesforce_org_id) == (
        other.intercom_app_id,
        other.salesforce_org_id,
    )


def say_absence(state: EmptyState, phase: Phase) -> None:
    """Say what is missing, and what to do."""
    if phase is Phase.FIRST_RUN:
        state.say(
            "mapping",
            translate("mapping", "The first set-up is not finished"),
            detail=translate(
                "mapping", "It suggests a mapping, which can be changed here afterwards."
            ),
            action=translate("mapping", "Go on with the set-up"),
        )
    else:
        state.say(
            "connections",
            translate("mapping", "Connect Intercom and Salesforce first"),
            detail=translate("mapping", "Their fields are what can be mapped."),
            action=translate("mapping", "Go to Connections"),
        )


def say_no_rows(state: EmptyState, *, is_synced: bool) -> None:
    """Say that nothing is mapped, and what to begin with where that can be done now."""
    title = translate("mapping", "Nothing is mapped yet")
    if is_synced:
        detail = translate("mapping", "Begin with the pairs that both sides have, or add a row.")
        action = translate("mapping", "Use suggestions")
        state.say("mapping", title, detail=detail, action=action)
    else:
        detail = translate("mapping", "Rows are added once companies are synced.")
        state.say("mapping", title, detail=detail)
