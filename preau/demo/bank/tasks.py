"""The pretend bank sends again, by itself, what no shop acknowledged.

A real one does it four times in an hour; a demonstration has less patience.
"""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from preau.core.housekeeping import duty

RETRIES = 4


@duty("bank.retry", every=10)
def retry_by_itself() -> None:
    """Send again what was tried less than four times, where there is a bank."""
    from preau.demo.bank.acts import retry
    from preau.demo.bank.book import Book
    from preau.demo.bank.views import FILE

    path = Path(settings.DATA) / FILE
    if path.exists():
        retry(Book(path), most=RETRIES)
