"""The set-up check over fields that are described anew."""

from contextlib import suppress

from sfsync_gui.core.failures import SetupError
from sfsync_gui.core.set_up_check import Finding, check_set_up
from sfsync_gui.engine.context import Context
from sfsync_gui.engine.setup import refresh_schema


async def check_anew(context: Context) -> tuple[Finding, ...]:
    """Describe both sides anew and tell what keeps the sync from doing its work.

    Raises what describing raises, but for a missing key field: that is one of the findings.
    """
    with suppress(SetupError):
        await refresh_schema(context)
    return check_set_up(context.schema, context.rules)
