"""The program behind the window, as the window sees it: every order, done on the engine's loop."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sfsync_gui.app import diagnostics, mapping_file, pairs, sign_ins
from sfsync_gui.app.creation_host import CreationHost
from sfsync_gui.app.keeper import Keeper
from sfsync_gui.core.failures import SfsyncError
from sfsync_gui.core.findings import SetUpReport
from sfsync_gui.core.mapping import (
    AttributeMapping,
    MappingKey,
    MatchingOrder,
    Settings,
    SyncRules,
)
from sfsync_gui.core.mapping_change import MappingChange
from sfsync_gui.core.offers import suggest
from sfsync_gui.core.owners import OwnerPair
from sfsync_gui.core.schema import Schema
from sfsync_gui.core.vocabulary import Family, FirstRun, PersonKind, Side
from sfsync_gui.engine import bulk, commands, first_run, mapping_edits, rekeying, reverting
from sfsync_gui.engine.bulk import BulkChange, BulkPreview
from sfsync_gui.engine.changing_settings import change_stored, take_settings
from sfsync_gui.engine.checking_set_up import check_anew
from sfsync_gui.engine.company_status import rules_in_force
from sfsync_gui.engine.connections import Connection
from sfsync_gui.engine.handle import (
    BrowserSignIn,
    PairView,
    SamplePerson,
    SecretsKept,
)
from sfsync_gui.engine.hold_samples import HoldSample, sample_of_hold
from sfsync_gui.engine.owners import read_owners
from sfsync_gui.engine.questions import LinkQuery
from sfsync_gui.engine.setup import refresh_schema
from sfsync_gui.engine.signing_in import Grant, SignIn
from sfsync_gui.engine.spending import Spending
from sfsync_gui.engine.storage import BulkRun, GuardHold


class Host(CreationHost):
    """Implements `engine.handle.Handle`."""

    # ------------------------------------------------------------------ running

    async def pause(self) -> None:
        """Stop checking and writing until `resume`, also over a restart."""
        await self._ask(lambda keeper: keeper.online().pause())

    async def resume(self) -> None:
        """Go on after a pause."""
        await self._ask(lambda keeper: keeper.online().resume())

    async def sync_now(self) -> None:
        """Check both sides at once; where a side could not be reached it is tried again."""
        await self._ask(_look_again)

    async def calls(self, since_hour: int) -> Mapping[tuple[Side, str], int]:
        """Own API calls since that unix hour (it included) until now, by side and purpose."""

        async def work(keeper: Keeper) -> Mapping[tuple[Side, str], int]:
            spending = Spending() if keeper.engine is None else keeper.engine.spending
            return await spending.calls(keeper.store, since_hour)

        return await self._ask(work)

    async def look_for_keyring(self) -> SecretsKept:
        """Try the keyring again, and whatever waited for it."""
        return await self._ask(lambda keeper: keeper.look_for_keyring())

    # ------------------------------------------------------------------ accounts

    async def begin_salesforce(self, login_url: str, client_id: str) -> SignIn:
        """A sign-in for the embedded browser, which catches the redirect itself."""
        return await sign_ins.salesforce(self._ask, login_url, client_id)

    async def begin_salesforce_in_browser(self, login_url: str, client_id: str) -> BrowserSignIn:
        """A sign-in for the user's own browser, with a listener on this computer."""
        return await sign_ins.salesforce_in_browser(self._ask, login_url, client_id)

    async def begin_intercom(
        self, region: str, client_id: str, client_secret: str, api_url: str = ""
    ) -> SignIn:
        """A sign-in to Intercom for the embedded browser."""
        return await sign_ins.intercom(self._ask, region, client_id, client_secret, api_url)

    async def connect(self, grant: Grant, *, start_afresh: bool = False) -> Connection:
        """Ask who answers, keep the sign-in, and go on with it; see `engine.handle`."""
        return await self._ask(lambda keeper: keeper.connect(grant, start_afresh=start_afresh))

    async def disconnect(self, side: Side) -> SfsyncError | None:
        """Take the access back at the service and forget it; links and history stay."""
        return await self._ask(lambda keeper: keeper.disconnect(side))

    # ------------------------------------------------------------------ first run and mapping

    async def begin(self, rows: Sequence[AttributeMapping], first: FirstRun) -> None:
        """Put the first mapping into force, read both directories and do what was chosen."""
        await self._ask(lambda keeper: keeper.begin(rows, first))

    async def check_set_up(self) -> SetUpReport:
        """Ask both sides anew, and tell what keeps the sync from doing its work."""
        return await self._ask(lambda keeper: check_anew(keeper.online().context))

    async def rules(self) -> SyncRules:
        """The mapping in force."""

        async def work(keeper: Keeper) -> SyncRules:
            return rules_in_force(await keeper.context())

        return await self._ask(work)

    async def schema(self, *, anew: bool = False) -> Schema:
        """The fields of both sides, described anew where asked."""

        async def work(keeper: Keeper) -> Schema:
            engine = keeper.online()
            if anew or not engine.context.schema.intercom:
                await refresh_schema(engine.context)
            return engine.context.schema

        return await self._ask(work)

    async def owners(self) -> tuple[OwnerPair, ...]:
        """Teammates and users, read anew: who belongs to whom."""
        return await self._ask(lambda keeper: read_owners(keeper.online().context))

    async def suggestion(self) -> tuple[AttributeMapping, ...]:
        """The rows to propose for a new connection."""
        return tuple(suggest(await self.schema(), (await self.rules()).key))

    async def sample(
        self, search: str = "", after: int = 0, family: Family = Family.PEOPLE
    ) -> tuple[SamplePerson, ...]:
        """A linked person or company, of both sides: the next found beyond link `after`."""
        query = LinkQuery(search, family=family, descending=False)
        questions = self.questions
        return await self._ask(
            lambda keeper: pairs.sample(keeper.online(), questions, query, after)
        )

    async def write_rows(self, rows: Sequence[AttributeMapping]) -> str:
        """The text of a mapping file with these rows."""
        return mapping_file.write_rows(rows)

    async def read_rows(
        self, text: str, known: Sequence[AttributeMapping], source: str
    ) -> tuple[AttributeMapping, ...]:
        """The rows of a mapping file. Raises `SetupError` that names each place at fault."""
        return tuple(one.row for one in mapping_file.read_rows(text, known, source))

    async def judge_rows(self, rows: Sequence[AttributeMapping]) -> MappingChange:
        """What these rows would mean, or why they cannot be."""
        return await self._ask(
            lambda keeper: mapping_edits.judge_rows(keeper.online().context, rows)
        )

    async def apply_rows(self, rows: Sequence[AttributeMapping]) -> MappingChange:
        """Put these rows into force between two batches; returns what that meant."""

        async def work(keeper: Keeper) -> MappingChange:
            context = keeper.online().context
            change = await mapping_edits.judge_rows(context, rows)
            await mapping_edits.edit_rows(context, rows)
            return change

        return await self._ask(work)

    async def change_key(self, key: MappingKey, order: MatchingOrder) -> None:
        """Match by another key or order; existing links stay, matching starts anew."""
        await self._ask(lambda keeper: rekeying.change_key(keeper.online().context, key, order))

    # ------------------------------------------------------------------ people

    async def pair(self, link_id: int) -> PairView | None:
        """Both records of a link side by side, None where the link has ended."""

        async def work(keeper: Keeper) -> PairView | None:
            context = await keeper.context()
            return await pairs.view(context, keeper.outlook.connections, link_id)

        return await self._ask(work)

    async def sync_link(self, link_id: int) -> None:
        """Read both records of one link and write what differs, now."""

        async def work(keeper: Keeper) -> None:
            engine = keeper.online()
            await commands.sync_now(engine.context, link_id)
            engine.sync_now()

        await self._ask(work)

    async def unlink(self, link_id: int) -> None:
        """End a link by hand: the pair is kept apart until a key changes or a person links it."""

        async def work(keeper: Keeper) -> None:
            await commands.unlink(await keeper.context(), link_id)

        await self._ask(work)

    async def compare(self, intercom_id: str, kind: PersonKind, salesforce_id: str) -> PairView:
        """Both records side by side as they are now, linked or not."""

        async def work(keeper: Keeper) -> PairView:
            context, connections = keeper.online().context, keeper.outlook.connections
            return await pairs.compare(context, connections, intercom_id, (kind, salesforce_id))

        return await self._ask(work)

    async def link(
        self, intercom_id: str, kind: PersonKind, salesforce_id: str, *, replacing: bool = False
    ) -> None:
        """Link two people whatever their keys."""
        await self._ask(
            lambda keeper: commands.link_by_hand(
                keeper.online().context, intercom_id, kind, salesforce_id, replacing=replacing
            )
        )

    async def revert(self, entry_id: int) -> None:
        """Put back the value that a change of ours replaced, if nobody has changed it since."""

        async def work(keeper: Keeper) -> None:
            engine = keeper.online()
            await reverting.revert(engine.context, entry_id)
            engine.sync_now()

        await self._ask(work)

    # ------------------------------------------------------------------ errors, guard, bulk

    async def retry(self, error_ids: Sequence[int] | None = None) -> frozenset[int]:
        """Try errors again now (None: all); returns which."""

        async def work(keeper: Keeper) -> frozenset[int]:
            chosen = await commands.retry_errors(await keeper.context(), error_ids)
            keeper.look_again()
            return chosen

        return await self._ask(work)

    async def dismiss(self, error_ids: Sequence[int]) -> None:
        """Take errors off the list; the refused values stay left out until they change."""

        async def work(keeper: Keeper) -> None:
            await commands.dismiss_errors(await keeper.context(), error_ids)

        await self._ask(work)
        self._count_again()

    async def holds(self) -> list[GuardHold]:
        """Unusual changes that wait for a person."""

        async def work(keeper: Keeper) -> list[GuardHold]:
            holds = await keeper.store.run(lambda unit: unit.state.holds())
            return [hold for hold in holds if hold.state == "held"]

        return await self._ask(work)

    async def sample_of_hold(self, hold: GuardHold) -> HoldSample:
        """Some of what is held, as it would be done now."""

        async def work(keeper: Keeper) -> HoldSample:
            return await sample_of_hold(await keeper.context(), hold)

        return await self._ask(work)

    async def release(self, hold_id: int) -> None:
        """Let held changes go; they are planned anew from current values."""

        async def work(keeper: Keeper) -> None:
            await commands.release_hold(await keeper.context(), hold_id)
            keeper.look_again()

        await self._ask(work)
        self._count_again()

    async def drop(self, hold_id: int) -> None:
        """Give held changes up."""

        async def work(keeper: Keeper) -> None:
            await commands.drop_hold(await keeper.context(), hold_id)

        await self._ask(work)
        self._count_again()

    async def preview_bulk(self, row_ids: Sequence[str] | None = None) -> BulkPreview:
        """The dry run of a bulk sync of linked people."""
        return await self._ask(lambda keeper: bulk.preview_bulk(keeper.online().context, row_ids))

    async def bulk_is_promised(self) -> bool:
        """Whether the dry run that was chosen with the first run has not been looked at yet."""
        return await self._ask(lambda keeper: keeper.store.run(first_run.bulk_is_promised))

    async def bulk_was_offered(self) -> None:
        """The dry run of all rows has been looked at: it is promised no more."""
        await self._ask(lambda keeper: first_run.settle_promise(keeper.store))

    async def bulk_changes(
        self, row_ids: Sequence[str] | None, after: int, least: int
    ) -> list[BulkChange]:
        """Of that dry run the values themselves, for links of an id greater than `after`."""
        return await self._ask(
            lambda keeper: bulk.bulk_changes(keeper.online().context, row_ids, after, least)
        )

    async def start_bulk(self, row_ids: Sequence[str] | None = None) -> BulkRun:
        """Start a bulk sync that was approved from its dry run."""

        async def work(keeper: Keeper) -> BulkRun:
            engine = keeper.online()
            run = await bulk.start_bulk(engine.context, row_ids)
            engine.sync_now()
            return run

        return await self._ask(work)

    async def bulk_run(self) -> BulkRun | None:
        """The newest bulk run."""

        async def work(keeper: Keeper) -> BulkRun | None:
            return await keeper.store.run(lambda unit: unit.state.bulk_run())

        return await self._ask(work)

    async def set_bulk_state(self, state: str) -> None:
        """Pause, resume or cancel the newest bulk run: 'paused', 'running', 'cancelled'."""

        async def work(keeper: Keeper) -> None:
            await bulk.set_bulk_state(await keeper.context(), state)
            keeper.look_again()

        await self._ask(work)

    # ------------------------------------------------------------------ settings

    async def settings(self) -> Settings:
        """The engine's settings."""

        async def work(keeper: Keeper) -> Settings:
            return await keeper.store.run(lambda unit: unit.state.settings())

        return await self._ask(work)

    async def change_settings(self, changes: Mapping[str, Any]) -> None:
        """Work with other values of these settings from now on."""

        async def work(keeper: Keeper) -> None:
            settings = await keeper.store.run(lambda unit: change_stored(unit, changes))
            if keeper.engine is not None:
                take_settings(keeper.engine.context, settings)
                keeper.engine.wake()

        await self._ask(work)

    # ------------------------------------------------------------------ when something goes wrong

    async def diagnostics(self) -> Mapping[str, object]:
        """How things stand, as documents by name; see `app.diagnostics`."""
        return await self._ask(lambda keeper: diagnostics.documents(keeper, self.snapshot))

    async def start_anew(self) -> Path:
        """Set a database that cannot be used aside, and go on with an empty one."""
        return await self._ask(lambda keeper: keeper.start_anew())

    def _count_again(self) -> None:
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._mark_uncounted)

    def _mark_uncounted(self) -> None:
        self._recount = True
        self._tell_soon()


async def _look_again(keeper: Keeper) -> None:
    keeper.look_again(companies=True)
