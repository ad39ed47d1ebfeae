"""A running portal whose families owe money, and people who pay at its bank over real HTTP."""

from __future__ import annotations

import html
import http.client
import itertools
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import psycopg

from preau.config.embedded_postgres import DATABASE, PORT, USER
from preau.demo.bank.book import BankOrder, Book
from preau.demo.bank.protocol import Fields, answer, as_body, for_server
from tests.demo.portal import REPOSITORY, Portal, Visitor, clean_environment

FIRST, LAST = 9, 60
"""Numbers of the families that are made to owe more: each test takes one."""
_DEBTS = f"""
from decimal import Decimal
from django.db import transaction
from preau.billing.actions.papers import issue_paper
from preau.billing.enums import Nature, PaperKind
from preau.billing.lines import Line
from preau.core import clock
from preau.families.models import Family
from preau.org.models import Centre
centre = Centre.objects.order_by("pk").first()
for family in Family.objects.filter(number__range=({FIRST}, {LAST})):
    with transaction.atomic():
        line = Line(centre_id=centre.pk, on=clock.today(), wording="Adhésion (essai)",
                    service="membership", nature=Nature.MEMBERSHIP, amount=Decimal(500))
        issue_paper(actor=None, family=family, kind=PaperKind.INVOICE, lines=[line], title="Essai")
"""


@dataclass
class Till:
    """The portal, its database and its bank's book, looked at from outside."""

    portal: Portal
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(FIRST))

    @property
    def book(self) -> Book:
        """The bank's own record."""
        return Book(self.portal.data / "banque.sqlite")

    def lend(self) -> None:
        """Make many families owe 500 more, by the real action."""
        told = {"PREAU_MODE": "demo", "PREAU_DATA": str(self.portal.data)}
        subprocess.run(
            [sys.executable, "-m", "preau", "shell", "--no-imports", "--command", _DEBTS],
            cwd=REPOSITORY,
            env={**clean_environment(), **told, "DATABASE_URL": self.database_url},
            check=True,
        )

    @property
    def database_url(self) -> str:
        """Where the portal's own PostgreSQL listens."""
        lines = (
            (self.portal.data / "postgres" / "cluster" / "postmaster.pid").read_text().splitlines()
        )
        return f"postgresql://{USER}@:{PORT}/{DATABASE}?host={quote(lines[4])}"

    def ask(self, query: str, *values: object) -> Any:
        """The first value that a query of the portal's database gives."""
        with psycopg.connect(self.database_url, autocommit=True) as database:
            done = database.execute(query.encode(), values)
            row = done.fetchone() if done.description else None
        return row[0] if row else None

    def payer(self) -> Payer:
        """A parent, signed in, whose family nobody else of these tests pays for, and which has not
        agreed to pay in several times: all it owes is asked of it."""
        number = next(each for each in self._numbers if each % 40 and not self._pays_in_parts(each))
        assert number <= LAST
        visitor = Visitor(self.portal)
        name = f"famille.{number}"
        visitor.sign_in(name, self.portal.password_of(name))
        family = self.ask("SELECT id FROM families_family WHERE number = %s", number)
        return Payer(self, visitor, family, name)

    def _pays_in_parts(self, number: int) -> bool:
        query = (
            "SELECT count(*) FROM payments_instalmentplan p JOIN families_family f"
            " ON f.id = p.family_id WHERE p.ended_at IS NULL AND f.number = %s"
        )
        return bool(self.ask(query, number))

    def send(self, body: bytes, path: str = "/paiement/notification/systempay/") -> tuple[int, str]:
        """Post to the notification's address. Returns the status and the words."""
        return send(self.portal.port, body, path)

    def balance(self, family: int) -> Decimal:
        """What this family owes."""
        query = (
            "SELECT coalesce(sum(debit - credit), 0) FROM billing_ledgerentry WHERE family_id = %s"
        )
        return Decimal(self.ask(query, family))


def send(
    port: int, body: bytes, path: str = "/paiement/notification/systempay/"
) -> tuple[int, str]:
    """Post a form, with neither cookie nor key. No redirect is followed."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        with suppress(BrokenPipeError, ConnectionResetError):
            # A body too long is refused before its end; the answer is there all the same.
            connection.request("POST", path, body, headers)
        said = connection.getresponse()
        return said.status, said.read().decode()
    finally:
        connection.close()


@dataclass
class Payer:
    """One parent. `order` is the last one that their browser took to the bank."""

    till: Till
    visitor: Visitor
    family: int
    name: str
    order: BankOrder | None = None

    @property
    def owes(self) -> Decimal:
        """What the family owes now."""
        return self.till.balance(self.family)

    @property
    def credits(self) -> list[Decimal]:
        """The card payments on the account."""
        with psycopg.connect(self.till.database_url) as database:
            rows = database.execute(
                "SELECT amount FROM billing_payment WHERE family_id = %s AND means = 'card'"
                " ORDER BY id",
                [self.family],
            ).fetchall()
        return [row[0] for row in rows]

    def leave(self, **more: str) -> BankOrder:
        """Press the button of the account, follow to the bank."""
        page = self.visitor.get("/famille/compte/")
        button = re.search(
            r'<form method="post" action="/famille/compte/payer/">.*?</form>', page, re.DOTALL
        )
        assert button, "no button to pay"
        page = self.visitor.post("/famille/compte/payer/", list(more.items()), form=button[0])
        form = re.search(r'<form method="post" action="([^"]+)" data-go.*?</form>', page, re.DOTALL)
        assert form, page
        hidden = re.findall(r'name="([^"]+)" value="([^"]*)"', form[0])
        fields = [(name, html.unescape(value)) for name, value in hidden]
        arrived = self.visitor.post(urlsplit(form[1]).path, fields, form="")
        number = re.search(r"/demo/banque/(\d+)/faire/", arrived)
        assert number, arrived
        self.order = self.till.book.order(int(number[1]))
        return self.order

    def press(self, button: str) -> str:
        """Press a button of the bank. Returns the way back that it shows, "" when it shows none."""
        assert self.order
        here = f"/demo/banque/{self.order.number}/"
        page = self.visitor.post(f"{here}faire/", [("do", button)], form=self.visitor.get(here))
        way = re.search(r'<a class="btn go" href="([^"]+)">Retour', page)
        return html.unescape(way[1]) if way else ""

    def back(self, way: str) -> str:
        """Follow the way back. Returns the page."""
        address = urlsplit(way)
        return self.visitor.get(f"{address.path}?{address.query}")

    def says(self, **bent: str) -> bytes:
        """A message of the bank about the order: paid, with fields bent before it is signed."""
        assert self.order
        done = self.till.book.move(self.order, status=bent.pop("status", "AUTHORISED"))
        return self.signed({**answer(self.order.fields, done), **bent})

    def signed(self, fields: Fields) -> bytes:
        """These fields, signed by the key of the shop."""
        assert self.order
        return as_body(for_server(fields, self.order.shop.key(fields["vads_ctx_mode"])))

    def attempt(self, column: str) -> Any:
        """A column of the attempt behind the order."""
        assert self.order
        return self.till.ask(
            f"SELECT {column} FROM payments_paymentattempt WHERE reference = %s",  # noqa: S608
            self.order.fields["vads_order_id"],
        )


@contextmanager
def open_till(portal: Portal) -> Iterator[Till]:
    """Start a portal for payments."""
    portal.launch()
    portal.wait_until_ready()
    till = Till(portal)
    till.lend()
    yield till


def everything_read(folder: Path) -> Iterator[tuple[str, str]]:
    """Every text that a portal wrote: its log, its mails."""
    log = folder.with_name(f"{folder.name}.log")
    yield log.name, log.read_text(errors="replace")
    for mail in sorted((folder / "courriels").glob("*.eml")):
        yield mail.name, mail.read_text(errors="replace")
