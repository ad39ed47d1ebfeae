"""`preau serve`: the web server."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connections


class Command(BaseCommand):
    """Serve the pages with granian until told to stop."""

    help = "Sert les pages du site jusqu’à l’arrêt demandé."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="adresse écoutée")
        parser.add_argument("--port", type=int, default=8000, help="port écouté")
        parser.add_argument("--workers", type=int, default=2, help="nombre de processus")
        parser.add_argument("--threads", type=int, default=4, help="fils par processus")

    def handle(self, *, host: str, port: int, workers: int, threads: int, **options: Any) -> None:
        from granian import Granian
        from granian.constants import Interfaces
        from granian.log import LogLevels

        _forget_old_figures()
        _leave_the_database()
        Granian(
            "preau.config.wsgi:application",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=workers,
            blocking_threads=threads,
            # Requests wait here rather than in the database; beyond, the browser is told to wait.
            backpressure=workers * threads * 16,
            respawn_failed_workers=True,
            log_level=LogLevels.warning,
        ).serve()


def _forget_old_figures() -> None:
    """Files of processes that ended: a counter that begins again is what Prometheus expects."""
    if settings.METRICS_TOKEN:
        for path in settings.METRICS_FOLDER.glob("*.db"):
            path.unlink(missing_ok=True)


def _leave_the_database() -> None:
    """Close what the checks of the start opened.

    The processes that serve are forks of this one: a connection open now would be the same for all
    of them, and people would read each other's answers.
    """
    for connection in connections.all(initialized_only=True):
        connection.close()
        if getattr(connection, "pool", None):
            connection.close_pool()  # type: ignore[attr-defined] # of PostgreSQL only
