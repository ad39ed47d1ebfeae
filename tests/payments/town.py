"""A running portal, its bank and its worker: families that owe, and everything over real HTTP."""

from __future__ import annotations

import http.client
import re
import subprocess
import sys
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from decimal import Decimal
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import psycopg

from preau.config.embedded_postgres import running
from preau.demo.bank.book import BankOrder, Book
from preau.demo.bank.protocol import Fields
from tests.demo.portal import REPOSITORY, Portal, Visitor, clean_environment, wait_for

FIRST = 20  # families of smaller numbers have a story of their own

_DEBTS = """
from decimal import Decimal
from preau.billing.enums import EntryKind
from preau.billing.models import LedgerEntry
from preau.billing.queries.account import balance_of_family
from preau.core import clock
from preau.families.models import Family
for family in Family.objects.filter(number__gte={first}):
    missing = Decimal("36.07") - balance_of_family(family)
    side = "debit" if missing > 0 else "credit"
    if missing:
        LedgerEntry.objects.create(family=family, kind=EntryKind.OPENING, on=clock.today(),
            wording="Reprise", due_on=clock.today(), recorded_at=clock.now(),
            **{{side: abs(missing)}})
"""


@dataclass
class Town:
    """One portal. Each test takes a family of its own, which owes 36.07."""

    portal: Portal
    book: Book
    rows: psycopg.Connection[Any]
    _next: int = FIRST

    def payer(self) -> Payer:
        """The next family, signed in."""
        known = {each["identifier"]: each["password"] for each in self.portal.told()["families"]}
        while f"famille.{self._next}" not in known:
            self._next += 1
        number, self._next = self._next, self._next + 1
        visitor = Visitor(self.portal)
        visitor.sign_in(f"famille.{number}", known[f"famille.{number}"])
        return Payer(self, visitor, number)

    def one(self, query: str, *values: object) -> Any:
        """The first column of the first row."""
        found = self.rows.execute(query, values).fetchone()
        return found[0] if found else None

    def wait_until(self, query: str, *values: object, equals: object, seconds: float = 30) -> None:
        """Wait for the worker to make it so."""
        assert wait_for(lambda: self.one(query, *values) == equals, seconds), self.one(
            query, *values
        )


@dataclass
class Payer:
    """A parent who pays."""

    town: Town
    visitor: Visitor
    number: int

    def account(self) -> str:
        """The account page."""
        return self.visitor.get("/famille/compte/")

    def leave(self, *more: tuple[str, str]) -> Fields:
        """Press the button: the fields that go to the bank."""
        page = self.account()
        amount = re.findall(r'name="amount" value="([\d.]+)"', page)
        assert amount, "no button to pay"
        page = self.visitor.post(
            "/famille/compte/payer/", [("amount", amount[0]), *more], form=page
        )
        fields = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page)
        found = {name: unescape(value) for name, value in fields}
        found.pop("csrfmiddlewaretoken", None)
        return found

    def order(self, *more: tuple[str, str]) -> BankOrder:
        """Press the button, and arrive at the bank."""
        body = urllib.parse.urlencode(self.leave(*more)).encode()
        url = f"{self.town.portal.url}/demo/banque/"
        with urllib.request.urlopen(url, body) as page:  # noqa: S310 - our own portal
            number = int(page.url.rstrip("/").rpartition("/")[2])
        return self.town.book.order(number)

    @property
    def balance(self) -> Decimal:
        """What the family owes."""
        found = self.town.one(
            "SELECT coalesce(sum(debit - credit), 0) FROM billing_ledgerentry e"
            " JOIN families_family f ON f.id = e.family_id WHERE f.number = %s",
            self.number,
        )
        return Decimal(found)

    @property
    def credits(self) -> int:
        """Payments by card on its account."""
        return int(
            self.town.one(
                "SELECT count(*) FROM billing_payment p JOIN families_family f"
                " ON f.id = p.family_id WHERE f.number = %s AND means = 'card'",
                self.number,
            )
        )

    def settled(self) -> bool:
        """Whether it owes nothing, by one credit."""
        return self.balance == 0 and self.credits == 1


@contextmanager
def town_of(portal: Portal) -> Iterator[Town]:
    """Debts for everybody, the bank's book, and a look into the portal's database."""
    done = subprocess.run(
        [sys.executable, "-m", "preau", "shell", "--command", _DEBTS.format(first=FIRST)],
        cwd=REPOSITORY,
        env={**clean_environment(), "PREAU_MODE": "demo", "PREAU_DATA": str(portal.data)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    with (
        running(portal.data / "postgres") as server,
        psycopg.connect(server.url, autocommit=True) as rows,
    ):
        yield Town(portal, Book(portal.data / "banque.sqlite"), rows)


def tell(url: str, body: bytes, method: str = "POST") -> tuple[int, str]:
    """Send bytes to an address, following no redirect: the status and the words."""
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.netloc, timeout=30)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    try:
        with suppress(BrokenPipeError, ConnectionResetError):
            # A body too long is refused before its end; the answer is there all the same.
            connection.request(
                method, address._replace(scheme="", netloc="").geturl(), body, headers
            )
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()
