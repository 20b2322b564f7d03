"""Both services on real sockets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.sign_in_world import SignInWorld, sign_in_world


@pytest.fixture
def world() -> Iterator[SignInWorld]:
    with sign_in_world() as served:
        yield served
