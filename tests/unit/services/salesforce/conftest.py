"""An org, and the product's client mounted on it."""

from __future__ import annotations

import pytest

from sfsync_gui.sandbox.clock import ManualClock
from sfsync_gui.sandbox.salesforce import SalesforceSandbox
from tests.support.salesforce_mount import Connected, connect

START = 1_795_428_000.75
"""2026-11-23T10:00:00.75Z, so that whole seconds show."""


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START)


@pytest.fixture
def sandbox(clock: ManualClock) -> SalesforceSandbox:
    return SalesforceSandbox(clock)


@pytest.fixture
def org(sandbox: SalesforceSandbox, clock: ManualClock) -> Connected:
    return connect(sandbox, clock)
