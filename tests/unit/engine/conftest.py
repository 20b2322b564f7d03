"""Offices in folders of their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.engine.company_office import CompanyOffice
from tests.unit.engine.office import Office


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """Both services empty, nothing connected."""
    opened = Office(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def companies(tmp_path: Path) -> Iterator[CompanyOffice]:
    """The same, ready for companies and accounts."""
    opened = CompanyOffice(tmp_path)
    yield opened
    opened.close()
