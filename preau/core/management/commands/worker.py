"""`preau worker`: the background worker, its heartbeat and its regular duties."""

from __future__ import annotations

import logging
import os
import random
import socket
import threading
import time
from argparse import ArgumentParser
from contextlib import suppress
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections, connection
from django.db.utils import InterfaceError, OperationalError
from django_tasks_db.management.commands.db_worker import Worker

from preau.core import clock
from preau.core.housekeeping import run_due
from preau.core.models import WorkerHeartbeat


class SteadyWorker(Worker):
    """The library's worker, which outlives a restart of the database, and stops between two acts.

    The library's own leaves at once when it runs no task: also in the middle of taking one, which
    another worker would then wait for.
    """

    def shutdown(self, signum: int, frame: FrameType | None) -> None:
        """Stop after what is being done; a second signal stops now."""
        if not self.running:
            super().shutdown(signum, frame)
        self.running = False

    def run(self) -> None:
        while self.running:
            try:
                super().run()
            except (OperationalError, InterfaceError):
                connection.close()
                time.sleep(1 + random.random())  # noqa: S311 - only spreads the retries
            else:
                return


def _keep_house(worker_id: str, stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            close_old_connections()
            WorkerHeartbeat.objects.update_or_create(
                worker=worker_id, defaults={"beat_at": clock.now()}
            )
            run_due(time.monotonic())
        except Exception:
            # The heart must not stop while the worker goes on, whatever one beat met.
            logging.getLogger("preau.worker").exception("housekeeping failed")
            connection.close()
        stop.wait(2)
    connection.close()


class Command(BaseCommand):
    """Run background tasks until told to stop."""

    help = "Exécute les tâches de fond (courriels, envois) jusqu’à l’arrêt demandé."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--interval", type=float, default=0.5, help="secondes entre deux tours")

    def handle(self, *, interval: float, verbosity: int, **options: Any) -> None:
        worker_id = f"{socket.gethostname()[:40]}-{os.getpid()}"
        worker = SteadyWorker(
            queue_names=["*"],
            interval=interval,
            batch=False,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=worker_id,
            excluded_queue_names=[],
        )
        worker.configure_signals()
        stop = threading.Event()
        house = threading.Thread(target=_keep_house, args=(worker_id, stop), daemon=True)
        house.start()
        try:
            worker.run()
        finally:
            stop.set()
            house.join(timeout=5)
            with suppress(OperationalError, InterfaceError):
                WorkerHeartbeat.objects.filter(worker=worker_id).delete()
