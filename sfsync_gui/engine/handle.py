"""The program behind the window: what it shows of itself, and what it can be asked to do.

The engine, the accounts and the store live on a thread of their own. `Handle` is all that the
window knows of them: a snapshot of how things stand, events as they come, and coroutines that
are awaited on the window's loop and done on the engine's.

What only annotates is not imported: the window begins with this module, and must not wait for the
engine to load.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from sfsync_gui.core.failures import SfsyncError
from sfsync_gui.core.mapping import (
    AttributeMapping,
    MappingKey,
    MatchingOrder,
    Settings,
    SyncRules,
)
from sfsync_gui.core.schema import Schema
from sfsync_gui.core.vocabulary import Family, FirstRun, PersonKind, Side
from sfsync_gui.engine.company_handle import CompanyHandle
from sfsync_gui.engine.connections import Connection
from sfsync_gui.engine.creation_handle import CreationHandle
from sfsync_gui.engine.questions import Questions
from sfsync_gui.engine.signing_in import Grant, SignIn
from sfsync_gui.engine.storage import BulkRun, GuardHold
from sfsync_gui.engine.views import (
    HandleEvent,
    PairField,
    PairView,
    Phase,
    SamplePerson,
    SecretsKept,
    SignInDefaults,
    Snapshot,
    SnapshotChanged,
    UsageView,
)

if TYPE_CHECKING:
    from sfsync_gui.core.findings import SetUpReport
    from sfsync_gui.core.mapping_change import MappingChange
    from sfsync_gui.core.owners import OwnerPair
    from sfsync_gui.engine.bulk import BulkChange, BulkPreview
    from sfsync_gui.engine.hold_samples import HoldSample

__all__ = [
    "BrowserSignIn",
    "Handle",
    "HandleEvent",
    "PairField",
    "PairView",
    "Phase",
    "SamplePerson",
    "SecretsKept",
    "SignInDefaults",
    "Snapshot",
    "SnapshotChanged",
    "UsageView",
]


class BrowserSignIn(SignIn, Protocol):
    """A sign-in in the user's own browser: the redirect arrives at this computer."""

    async def redirected(self) -> str:
        """Wait for the browser to come back; returns the address it was sent to."""
        ...


class Handle(CompanyHandle, CreationHandle, Protocol):
    """The program behind the window.

    `listen`, `snapshot` and `questions` may be used from any thread; coroutines are awaited on
    the caller's loop. Every coroutine may raise `SfsyncError`, worded for people.
    """

    @property
    def data_dir(self) -> Path:
        """The folder of the profile."""
        ...

    def start(self) -> None:
        """Begin in the background; how far it is shows in the snapshot."""
        ...

    def listen(self, listener: Callable[[HandleEvent], None]) -> Callable[[], None]:
        """Have `listener` called on the engine's thread; returns what ends that."""
        ...

    def now(self) -> float:
        """The program's time in unix seconds: that of all times it shows (a demo's runs faster)."""
        ...

    @property
    def snapshot(self) -> Snapshot:
        """How things stand now."""
        ...

    @property
    def questions(self) -> Questions:
        """The store, for reading. Raises `StoreError` while there is none to read."""
        ...

    @property
    def defaults(self) -> SignInDefaults:
        """What sign-in forms begin with."""
        ...

    async def stop(self) -> None:
        """Stop within 5 seconds and close everything; the next start goes on there."""
        ...

    # ------------------------------------------------------------------ running

    async def pause(self) -> None:
        """Stop checking and writing until `resume`, also over a restart."""
        ...

    async def resume(self) -> None:
        """Go on after a pause."""
        ...

    async def sync_now(self) -> None:
        """Check both sides at once; where a side could not be reached it is tried again."""
        ...

    async def calls(self, since_hour: int) -> Mapping[tuple[Side, str], int]:
        """Own API calls since that unix hour (it included) until now, by side and purpose."""
        ...

    async def look_for_keyring(self) -> SecretsKept:
        """Try the keyring again, and whatever waited for it."""
        ...

    # ------------------------------------------------------------------ accounts

    async def begin_salesforce(self, login_url: str, client_id: str) -> SignIn:
        """A sign-in for the embedded browser, which catches the redirect itself."""
        ...

    async def begin_salesforce_in_browser(self, login_url: str, client_id: str) -> BrowserSignIn:
        """A sign-in for the user's own browser, with a listener on this computer."""
        ...

    async def begin_intercom(
        self, region: str, client_id: str, client_secret: str, api_url: str = ""
    ) -> SignIn:
        """A sign-in to Intercom for the embedded browser."""
        ...

    async def connect(self, grant: Grant, *, start_afresh: bool = False) -> Connection:
        """Ask who answers, keep the sign-in, and go on with it.

        Raises `SetupError` (code `other_account`) where the profile belongs to another account;
        with `start_afresh` that profile is set aside and one for this account takes its place.
        """
        ...

    async def disconnect(self, side: Side) -> SfsyncError | None:
        """Take the access back at the service and forget it; links and history stay.

        Returns why the service did not take it back, where it was asked and did not: here the
        sign-in is forgotten all the same.
        """
        ...

    # ------------------------------------------------------------------ first run

    async def begin(self, rows: Sequence[AttributeMapping], first: FirstRun) -> None:
        """Put the first mapping into force, read both directories and do what was chosen."""
        ...

    async def check_set_up(self) -> SetUpReport:
        """Ask both sides anew, and tell what keeps the sync from doing its work."""
        ...

    # ------------------------------------------------------------------ mapping

    async def rules(self) -> SyncRules:
        """The mapping in force."""
        ...

    async def schema(self, *, anew: bool = False) -> Schema:
        """The fields of both sides, described anew where asked."""
        ...

    async def owners(self) -> tuple[OwnerPair, ...]:
        """Teammates and users, read anew: who belongs to whom."""
        ...

    async def suggestion(self) -> tuple[AttributeMapping, ...]:
        """The rows to propose for a new connection."""
        ...

    async def sample(
        self, search: str = "", after: int = 0, family: Family = Family.PEOPLE
    ) -> tuple[SamplePerson, ...]:
        """A linked person or company, of both sides: the next beyond link `after`, in turn."""
        ...

    async def write_rows(self, rows: Sequence[AttributeMapping]) -> str:
        """The text of a mapping file with these rows."""
        ...

    async def read_rows(
        self, text: str, known: Sequence[AttributeMapping], source: str
    ) -> tuple[AttributeMapping, ...]:
        """The rows of a mapping file named `source`; one with the fields of a known row is that.

        Raises `SetupError` (code `mapping_file`) that names each place at fault.
        """
        ...

    async def judge_rows(self, rows: Sequence[AttributeMapping]) -> MappingChange:
        """What these rows would mean, or why they cannot be."""
        ...

    async def apply_rows(self, rows: Sequence[AttributeMapping]) -> MappingChange:
        """Put these rows into force between two batches."""
        ...

    async def change_key(self, key: MappingKey, order: MatchingOrder) -> None:
        """Match by another key or order; existing links stay, matching starts anew."""
        ...

    # ------------------------------------------------------------------ people

    async def pair(self, link_id: int) -> PairView | None:
        """Both records of a link side by side, None where the link has ended."""
        ...

    async def sync_link(self, link_id: int) -> None:
        """Read both records of one link and write what differs, now."""
        ...

    async def unlink(self, link_id: int) -> None:
        """End a link by hand: the pair is kept apart until a key changes or a person links it."""
        ...

    async def compare(self, intercom_id: str, kind: PersonKind, salesforce_id: str) -> PairView:
        """Both records side by side as they are now, linked or not; the link's id is 0.

        Raises `RecordError` where one of them is gone.
        """
        ...

    async def link(
        self, intercom_id: str, kind: PersonKind, salesforce_id: str, *, replacing: bool = False
    ) -> None:
        """Link two people whatever their keys.

        With `replacing`, the links that either has to somebody else end with it.
        """
        ...

    async def revert(self, entry_id: int) -> None:
        """Put back the value that a change of ours replaced, if nobody has changed it since.

        `entry_id` is that of the history. Raises `RecordError` where that cannot be.
        """
        ...

    # ------------------------------------------------------------------ errors, guard, bulk

    async def retry(self, error_ids: Sequence[int] | None = None) -> frozenset[int]:
        """Try errors again now (None: all); returns which."""
        ...

    async def dismiss(self, error_ids: Sequence[int]) -> None:
        """Take errors off the list; the refused values stay left out until they change."""
        ...

    async def holds(self) -> list[GuardHold]:
        """Unusual changes that wait for a person."""
        ...

    async def sample_of_hold(self, hold: GuardHold) -> HoldSample:
        """Some of what is held, as it would be done now."""
        ...

    async def release(self, hold_id: int) -> None:
        """Let held changes go; they are planned anew from current values.

        Raises `RecordError` where they were decided meanwhile.
        """
        ...

    async def drop(self, hold_id: int) -> None:
        """Give held changes up. Raises `RecordError` where they were decided meanwhile."""
        ...

    async def preview_bulk(self, row_ids: Sequence[str] | None = None) -> BulkPreview:
        """The dry run of a bulk sync of linked people."""
        ...

    async def bulk_is_promised(self) -> bool:
        """Whether the dry run that was chosen with the first run has not been looked at yet."""
        ...

    async def bulk_was_offered(self) -> None:
        """The dry run of all rows has been looked at: it is promised no more."""
        ...

    async def bulk_changes(
        self, row_ids: Sequence[str] | None, after: int, least: int
    ) -> list[BulkChange]:
        """Of that dry run the values themselves, for links of an id greater than `after`.

        At least so many, as long as there are any; a link's values are never parted.
        """
        ...

    async def start_bulk(self, row_ids: Sequence[str] | None = None) -> BulkRun:
        """Start a bulk sync that was approved from its dry run."""
        ...

    async def bulk_run(self) -> BulkRun | None:
        """The newest bulk run."""
        ...

    async def set_bulk_state(self, state: str) -> None:
        """Pause, resume or cancel the newest bulk run."""
        ...

    # ------------------------------------------------------------------ settings

    async def settings(self) -> Settings:
        """The engine's settings."""
        ...

    async def change_settings(self, changes: Mapping[str, Any]) -> None:
        """Work with other values of these settings, by name, from now on; the others stay."""
        ...

    # ------------------------------------------------------------------ when something goes wrong

    async def diagnostics(self) -> Mapping[str, object]:
        """How things stand, as documents by name: without secrets, and nothing of anybody in it."""
        ...

    async def start_anew(self) -> Path:
        """Set a database that cannot be used aside, and go on with an empty one.

        Returns the folder in which it lies now. Raises `StoreError` where it is in use after all.
        """
        ...
