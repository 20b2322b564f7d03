"""Small things: profile, mapping, settings, positions, runs, holds, usage."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select

from sfsync_gui.core.company_keys import KeySuggestion
from sfsync_gui.core.company_state import CompanyFacts
from sfsync_gui.core.findings import Finding, Grade, SetUpReport
from sfsync_gui.core.lead_rules import LeadRule, lead_rule
from sfsync_gui.core.mapping import AttributeMapping, MappingKey, MatchingOrder, Settings
from sfsync_gui.core.vocabulary import (
    BlankRule,
    ConflictRule,
    Direction,
    FirstRun,
    PersonKind,
    Side,
)
from sfsync_gui.engine.connections import Connection, SideReport
from sfsync_gui.engine.events import SideCondition
from sfsync_gui.engine.ports import IntercomPosition, SalesforcePosition
from sfsync_gui.engine.storage import BulkRun, GuardHold, Profile
from sfsync_gui.store import codec
from sfsync_gui.store.creations import SqlCreations
from sfsync_gui.store.dialects import upsert_sum
from sfsync_gui.store.questions import companies
from sfsync_gui.store.tables import (
    API_USAGE,
    ATTRIBUTE_MAPPING,
    BULK_RUN,
    CONNECTION,
    FEED_POSITION,
    GUARD_HOLD,
    PROFILE,
    SETTING,
    SIDE_REPORT,
)

_PROFILE_ID = 1
_MARK = "mark:"
_LEAD_RULES = "lead_rules"
_CONVERSATIONS = "conversations"
"""The name under which the position of the feed of closed conversations is kept."""
_COMPANY_KEY = "company_key"
_FORMER_COMPANY_KEY = "former_company_key"
_KEY_SUGGESTIONS = "key_suggestions"
_SET_UP = "set_up"
_SETTING_VALUE = select(SETTING.c.value).where(SETTING.c.name == bindparam("name"))


class SqlState(SqlCreations):
    """Implements `engine.storage.State`."""

    def profile(self) -> Profile | None:
        """The profile, None before the first connection."""
        row = self._connection.execute(select(PROFILE)).mappings().one_or_none()
        if row is None:
            return None
        fields: dict[str, Any] = {name: value for name, value in row.items() if name != "id"}
        for side in Side:  # companies came later: profiles from before have no time of theirs
            name = f"{side.value}_companies_since"
            fields[name] = fields[name] or 0
        return Profile(**fields | {"first_run": FirstRun(row["first_run"])})

    def put_profile(self, profile: Profile) -> None:
        """Store the profile."""
        self._upsert(PROFILE, {"id": _PROFILE_ID, **asdict(profile)})

    def connections(self) -> dict[Side, Connection]:
        """The account of each side that is connected."""
        rows = self._connection.execute(select(CONNECTION)).mappings()
        found = (Connection(**{**row, "side": codec.SIDES[row["side"]]}) for row in rows)
        return {connection.side: connection for connection in found}

    def put_connection(self, connection: Connection) -> None:
        """Store the account of a side."""
        self._upsert(CONNECTION, {**asdict(connection), "side": connection.side.value})

    def remove_connection(self, side: Side) -> None:
        """Forget the account of a side."""
        self._connection.execute(delete(CONNECTION).where(CONNECTION.c.side == side.value))

    def side_reports(self) -> dict[Side, SideReport]:
        """How each side was when it was last looked at; nothing of one that never was."""
        rows = self._connection.execute(select(SIDE_REPORT)).mappings()
        found = (
            SideReport(
                **{
                    **row,
                    "side": codec.SIDES[row["side"]],
                    "condition": SideCondition(row["condition"]),
                }
            )
            for row in rows
        )
        return {report.side: report for report in found}

    def put_side_report(self, report: SideReport) -> None:
        """Store how a side is."""
        self._upsert(SIDE_REPORT, asdict(report))

    def rows(self) -> tuple[AttributeMapping, ...]:
        """The attribute mappings in the user's order."""
        statement = select(ATTRIBUTE_MAPPING).order_by(ATTRIBUTE_MAPPING.c.position)
        rows = self._connection.execute(statement).mappings()
        return tuple(_attribute_mapping(dict(row)) for row in rows)

    def put_rows(self, rows: Sequence[AttributeMapping]) -> None:
        """Replace all attribute mappings."""
        if self.rows() == tuple(rows):
            return
        self._connection.execute(delete(ATTRIBUTE_MAPPING))
        if rows:
            new = [{"position": position, **asdict(row)} for position, row in enumerate(rows)]
            self._connection.execute(insert(ATTRIBUTE_MAPPING), new)

    def key(self) -> MappingKey:
        """The mapping key."""
        return MappingKey(**self._setting("key"))

    def put_key(self, key: MappingKey) -> None:
        """Store the mapping key."""
        self._put_setting("key", asdict(key))

    def company_key(self) -> MappingKey | None:
        """By what companies are matched, None where they are not synced."""
        return self._optional_key(_COMPANY_KEY)

    def put_company_key(self, key: MappingKey | None) -> None:
        """Store by what companies are matched."""
        self._put_setting(_COMPANY_KEY, asdict(key) if key else {})

    def former_company_key(self) -> MappingKey | None:
        """By what companies were matched before they were switched off, None where never."""
        return self._optional_key(_FORMER_COMPANY_KEY)

    def put_former_company_key(self, key: MappingKey | None) -> None:
        """Store by what companies were matched before they were switched off."""
        self._put_setting(_FORMER_COMPANY_KEY, asdict(key) if key else {})

    def _optional_key(self, name: str) -> MappingKey | None:
        fields = self._setting(name)
        return MappingKey(**fields) if fields else None

    def company_facts(self) -> CompanyFacts:
        """What is known of companies and accounts."""
        return companies.facts(self._connection)

    def key_suggestions(self) -> tuple[KeySuggestion, ...]:
        """By what companies would match, as the last look at a sample of them showed."""
        found = self._setting(_KEY_SUGGESTIONS).get("suggestions", ())
        return tuple(KeySuggestion(**one) for one in found)

    def put_key_suggestions(self, suggestions: Sequence[KeySuggestion]) -> None:
        """Store by what companies would match."""
        fields = {"suggestions": [asdict(one) for one in suggestions]}
        self._put_setting(_KEY_SUGGESTIONS, fields)

    def order(self) -> MatchingOrder:
        """The matching order."""
        fields = self._setting("order")
        for side in ("salesforce", "intercom"):
            if side in fields:
                fields[side] = tuple(PersonKind(kind) for kind in fields[side])
        return MatchingOrder(**fields)

    def put_order(self, order: MatchingOrder) -> None:
        """Store the matching order."""
        self._put_setting("order", asdict(order))

    def lead_rules(self) -> tuple[LeadRule, ...]:
        """The rules by which leads are created, in their order."""
        return tuple(lead_rule(rule) for rule in self._setting(_LEAD_RULES).get("rules", ()))

    def put_lead_rules(self, rules: Sequence[LeadRule]) -> None:
        """Replace them all."""
        self._put_setting(_LEAD_RULES, {"rules": [asdict(rule) for rule in rules]})

    def settings(self) -> Settings:
        """The user's settings."""
        return Settings(**self._setting("settings"))

    def put_settings(self, settings: Settings) -> None:
        """Store the user's settings."""
        self._put_setting("settings", asdict(settings))

    def set_up_report(self) -> SetUpReport | None:
        """What the newest check of the set-up found, None where there was none."""
        stored = self._setting(_SET_UP)
        if not stored:
            return None
        return SetUpReport(stored["at"], tuple(_finding(one) for one in stored["findings"]))

    def put_set_up_report(self, report: SetUpReport) -> None:
        """Store what the newest check found."""
        self._put_setting(_SET_UP, asdict(report))

    def intercom_position(self) -> IntercomPosition | None:
        """How far the Intercom feed was read."""
        position = self._position(Side.INTERCOM)
        return None if position is None else IntercomPosition(position)

    def put_intercom_position(self, position: IntercomPosition) -> None:
        """Store how far the Intercom feed was read."""
        self._put_position(Side.INTERCOM, position.updated_at)

    def salesforce_position(self) -> SalesforcePosition | None:
        """How far the Salesforce feed was read."""
        position = self._position(Side.SALESFORCE)
        return None if position is None else SalesforcePosition(position)

    def put_salesforce_position(self, position: SalesforcePosition) -> None:
        """Store how far the Salesforce feed was read."""
        self._put_position(Side.SALESFORCE, position.system_modstamp)

    def mark(self, name: str) -> float:
        """A named moment or number, 0.0 where never set."""
        return float(self._setting(_MARK + name).get("value", 0.0))

    def put_mark(self, name: str, value: float) -> None:
        """Store a named moment or number."""
        self._put_setting(_MARK + name, {"value": value})

    def holds(self) -> list[GuardHold]:
        """Guard holds that are held or released, in order of their ids."""
        statement = select(GUARD_HOLD).where(GUARD_HOLD.c.state.in_(("held", "released")))
        rows = self._connection.execute(statement.order_by(GUARD_HOLD.c.id)).mappings()
        return [
            GuardHold(**{**row, "pairs": frozenset(codec.decode(row["pairs"]))}) for row in rows
        ]

    def put_hold(self, hold: GuardHold) -> GuardHold:
        """Insert or replace (by id)."""
        row = {**asdict(hold), "pairs": codec.encode(sorted(hold.pairs))}
        return replace(hold, id=self._put(GUARD_HOLD, row))

    def bulk_run(self) -> BulkRun | None:
        """The newest bulk run, None where there never was one."""
        statement = select(BULK_RUN).order_by(BULK_RUN.c.id.desc()).limit(1)
        row = self._connection.execute(statement).mappings().one_or_none()
        if row is None:
            return None
        row_ids = None if row["row_ids"] is None else tuple(codec.decode(row["row_ids"]))
        return BulkRun(**{**row, "row_ids": row_ids})

    def put_bulk_run(self, run: BulkRun) -> BulkRun:
        """Insert or replace (by id)."""
        row_ids = None if run.row_ids is None else codec.encode(run.row_ids)
        return replace(run, id=self._put(BULK_RUN, {**asdict(run), "row_ids": row_ids}))

    def add_calls(self, hour: int, side: Side, purpose: str, calls: int) -> None:
        """Count own API calls (`hour` is unix hours)."""
        if calls:
            row = {"hour": hour, "side": side.value, "purpose": purpose, "calls": calls}
            statement = upsert_sum(self._connection.dialect.name, API_USAGE, "calls")
            self._connection.execute(statement, row)

    def calls(self, since_hour: int) -> dict[tuple[Side, str], int]:
        """Own API calls since that hour (it included), by side and purpose."""
        statement = (
            select(API_USAGE.c.side, API_USAGE.c.purpose, func.sum(API_USAGE.c.calls))
            .where(API_USAGE.c.hour >= since_hour)
            .group_by(API_USAGE.c.side, API_USAGE.c.purpose)
        )
        rows = self._connection.execute(statement)
        return {(codec.SIDES[side], purpose): int(calls) for side, purpose, calls in rows}

    def conversations_position(self) -> int | None:
        """Up to when (unix seconds) closed conversations were read; None where never."""
        return self._position(_CONVERSATIONS)

    def put_conversations_position(self, position: int | None) -> None:
        """Store it, or forget it."""
        if position is not None:
            self._put_position(_CONVERSATIONS, position)
            return
        whose = FEED_POSITION.c.side == _CONVERSATIONS
        self._connection.execute(delete(FEED_POSITION).where(whose))

    def _position(self, feed: str) -> int | None:
        statement = select(FEED_POSITION.c.position).where(FEED_POSITION.c.side == feed)
        return self._connection.scalar(statement)

    def _put_position(self, feed: str, position: int) -> None:
        self._upsert(FEED_POSITION, {"side": feed, "position": position})

    def _setting(self, name: str) -> dict[str, Any]:
        text = self._connection.scalar(_SETTING_VALUE, {"name": name})
        return {} if text is None else dict(codec.decode(text))

    def _put_setting(self, name: str, fields: Mapping[str, Any]) -> None:
        self._upsert(SETTING, {"name": name, "value": codec.encode(dict(fields))})


def _attribute_mapping(row: dict[str, Any]) -> AttributeMapping:
    del row["position"]
    row["direction"] = Direction(row["direction"])
    row["blank_rule"] = BlankRule(row["blank_rule"])
    row["conflict_rule"] = ConflictRule(row["conflict_rule"])
    return AttributeMapping(**row)


def _finding(stored: Mapping[str, Any]) -> Finding:
    side = stored["side"]
    return Finding(
        **{
            **stored,
            "side": None if side is None else codec.SIDES[side],
            "grade": Grade(stored["grade"]),
        }
    )
