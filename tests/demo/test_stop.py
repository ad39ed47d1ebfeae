"""Whatever ends `preau demo`, nothing of it stays behind."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable

import pytest

from tests.demo.fixtures import MakePortal
from tests.demo.portal import Portal, processes_of, wait_for

_SILENT = 30  # seconds within which a stopped portal must have ended


def _port_answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _pid(portal: Portal) -> int:
    assert portal.process
    return portal.process.pid


def _to_the_group(portal: Portal) -> None:
    os.killpg(_pid(portal), signal.SIGINT)


def _to_the_parent(portal: Portal) -> None:
    os.kill(_pid(portal), signal.SIGINT)


def _terminate(portal: Portal) -> None:
    os.kill(_pid(portal), signal.SIGTERM)


def _hang_up(portal: Portal) -> None:
    os.killpg(_pid(portal), signal.SIGHUP)


@pytest.mark.parametrize(
    "end",
    [
        pytest.param(_to_the_group, id="Ctrl-C in a terminal"),
        pytest.param(_to_the_parent, id="SIGINT to the command alone"),
        pytest.param(_terminate, id="SIGTERM"),
        pytest.param(_hang_up, id="closed terminal"),
    ],
)
def test_stopping_stops_everything(own_portal: Portal, end: Callable[[Portal], None]) -> None:
    """A server or a database left behind holds the port and the folder until a reboot."""
    names = " ".join(processes_of(own_portal.data).values())
    assert "preau serve" in names
    assert "preau worker" in names
    assert "postgres" in names
    end(own_portal)
    assert own_portal.process
    assert own_portal.process.wait(_SILENT) == 0
    assert processes_of(own_portal.data) == {}
    assert not _port_answers(own_portal.port)
    assert "Traceback" not in own_portal.output


def test_the_web_and_the_worker_die_with_a_killed_parent(own_portal: Portal) -> None:
    """After a kill -9 nobody is left to stop them: they must notice by themselves."""
    os.kill(_pid(own_portal), signal.SIGKILL)

    def programs() -> list[str]:
        return [line for line in processes_of(own_portal.data).values() if "-m preau" in line]

    assert wait_for(lambda: not programs(), seconds=_SILENT), programs()
    assert wait_for(lambda: not _port_answers(own_portal.port), seconds=5)


def test_it_starts_again_after_a_killed_parent(make_portal: MakePortal) -> None:
    """The database of a killed demonstration may still run: it is found or ended, not doubled."""
    portal = make_portal().launch()
    portal.wait_until_ready()
    os.kill(_pid(portal), signal.SIGKILL)
    again = Portal(portal.data).launch()
    again.wait_until_ready()
    assert again.stop() == 0
    assert wait_for(lambda: processes_of(portal.data) == {}, seconds=_SILENT)


def test_ctrl_c_while_it_starts_stops_everything(make_portal: MakePortal) -> None:
    """People change their mind before the address is shown, too."""
    portal = make_portal().launch()
    assert wait_for(lambda: "tables" in portal.output, seconds=_SILENT)
    _to_the_group(portal)
    assert portal.process
    portal.process.wait(_SILENT)
    assert processes_of(portal.data) == {}
    assert "Traceback" not in portal.output
