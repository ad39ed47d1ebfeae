"""Fixtures of portals, for the tests of the demonstration and for those with a browser."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.demo.portal import Portal, Prepared, prepare_once

_NUMBERS = count(1)

MakePortal = Callable[[], Portal]


@pytest.fixture(scope="session")
def portals_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of this run share."""
    base = tmp_path_factory.getbasetemp()
    return (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "portals"


@pytest.fixture(scope="session")
def prepared(portals_folder: Path) -> Prepared:
    """The demonstration prepared once for the whole run."""
    return prepare_once(portals_folder)


def _new_portal(prepared: Prepared) -> Portal:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    return Portal(prepared.copy_to(prepared.data.with_name(f"{worker}-{next(_NUMBERS)}")))


def _end(portal: Portal) -> None:
    if portal.process and portal.process.poll() is None:
        portal.stop()
    portal.kill()
    shutil.rmtree(portal.data, ignore_errors=True)


@pytest.fixture
def make_portal(prepared: Prepared) -> Iterator[MakePortal]:
    """Make portals of this test's own, not started yet; ended after it."""
    made = []

    def make() -> Portal:
        made.append(_new_portal(prepared))
        return made[-1]

    yield make
    for portal in made:
        _end(portal)


@pytest.fixture
def own_portal(make_portal: MakePortal) -> Portal:
    """A running portal that this test may change as it likes."""
    portal = make_portal().launch()
    portal.wait_until_ready()
    return portal


@pytest.fixture(scope="session")
def portal(prepared: Prepared) -> Iterator[Portal]:
    """The running portal of this test process, for tests that only look."""
    portal = _new_portal(prepared).launch()
    try:
        portal.wait_until_ready()
        yield portal
    finally:
        _end(portal)
