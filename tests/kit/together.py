"""Several people at the same moment: real threads, each with a connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextvars import copy_context
from typing import Any

import pytest
from django.db import connections
from django.db.models import Model, QuerySet

PATIENCE = 30.0  # seconds; beyond, somebody is stuck and the test says so


def together(*people: Callable[[], object]) -> list[Any]:
    """Let everybody act at once. What each got, in order: a result, or the exception raised."""
    results: list[Any] = [None] * len(people)

    def act(number: int, person: Callable[[], object]) -> None:
        try:
            results[number] = person()
        except BaseException as error:  # noqa: BLE001 - handed to the test, which judges it
            results[number] = error
        finally:
            connections.close_all()

    # Threads begin without the pinned clock of the story: they are given it.
    threads = [
        threading.Thread(target=copy_context().run, args=(act, number, person), daemon=True)
        for number, person in enumerate(people)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert not any(thread.is_alive() for thread in threads), "somebody waits for ever"
    return results


class Meeting:
    """A point where people wait for each other before going on.

    Those whom a lock keeps away are waited for `seconds`, then everybody goes on alone: so the same
    story plays with the lock and without it. `met` says whether all were there at once.
    """

    def __init__(self, people: int = 2, seconds: float = 0.7) -> None:
        self._barrier = threading.Barrier(people)
        self._seconds = seconds
        self.met = False

    def wait(self) -> None:
        """Wait for the others, or for the time to pass."""
        try:
            self._barrier.wait(self._seconds)
            self.met = True
        except threading.BrokenBarrierError:
            pass


def meet_after(monkeypatch: pytest.MonkeyPatch, target: str, meeting: Meeting) -> None:
    """Whoever has called the function named `target` waits there for the others."""
    module, _, name = target.rpartition(".")
    before = pytest.importorskip(module).__dict__[name]

    def then_meet(*args: Any, **kwargs: Any) -> Any:
        result = before(*args, **kwargs)
        meeting.wait()
        return result

    monkeypatch.setattr(target, then_meet)


def without_locks(monkeypatch: pytest.MonkeyPatch, *models: type[Model]) -> None:
    """The same code, but rows of these models are read without being locked."""
    locked = QuerySet.select_for_update

    def maybe_locked(self: QuerySet[Model], *args: Any, **kwargs: Any) -> QuerySet[Model]:
        return self if self.model in models else locked(self, *args, **kwargs)

    monkeypatch.setattr(QuerySet, "select_for_update", maybe_locked)
