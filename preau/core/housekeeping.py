"""Small regular duties of the worker, registered by the apps that know them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Duty:
    """A function called about every `seconds` by each worker; safe to run twice at once."""

    name: str
    seconds: float
    run: Callable[[], object]
    due: float = field(default=0.0)


DUTIES: dict[str, Duty] = {}


def duty(name: str, *, every: float) -> Callable[[Callable[[], object]], Callable[[], object]]:
    """Register a function as a duty of the worker, `every` so many seconds."""

    def register(function: Callable[[], object]) -> Callable[[], object]:
        DUTIES[name] = Duty(name=name, seconds=every, run=function)
        return function

    return register


def run_due(clock: float, *, stop_on_error: bool = False) -> list[str]:
    """Run what is due at `clock` (seconds of a monotonic clock). Returns the names run.

    A duty that fails is logged and tried again at its next turn: it never stops the others.
    """
    import logging

    done = []
    for item in DUTIES.values():
        if clock < item.due:
            continue
        item.due = clock + item.seconds
        try:
            item.run()
        except Exception:
            if stop_on_error:
                raise
            logging.getLogger("preau.housekeeping").exception("%s failed", item.name)
        done.append(item.name)
    return done
