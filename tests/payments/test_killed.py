"""Web, worker and database killed at random while families pay: no cent is lost or counted twice.

The bank does all that it can do: says nothing, says it five times, takes two payments, gives some
back. A few payments in the suite; five hundred, as money.md asks, with

    SOAK_PAYMENTS=500 uv run pytest tests/payments/test_killed.py -n 0 -s
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Any

import psycopg
import pytest

from preau.config import embedded_postgres
from preau.demo.bank import acts
from preau.demo.bank.book import BankOrder, Book
from preau.demo.bank.protocol import Fields
from tests.demo.portal import Prepared, free_port
from tests.kit.programs import ROOT, environment, wait_until
from tests.payments.till import send

MANY = int(os.environ.get("SOAK_PAYMENTS", "24"))
pytestmark = [pytest.mark.real_time, pytest.mark.timeout(60 + 3 * MANY)]

# What a bank does, in turn. The last one gives half of the money back, at once.
_DEEDS = (
    acts.pay,
    acts.return_only,
    acts.twice,
    acts.five_at_once,
    acts.refused_then_paid,
    acts.late,
    acts.paid_twice,
    lambda book, order: (acts.pay(book, order), acts.refund(book, order, order.cents // 2))[0],
)

# Families that owe, and payments begun as the page begins them, printed as the bank gets them.
_BEGIN = """
import json
from decimal import Decimal
from preau.billing.enums import EntryKind
from preau.billing.models import LedgerEntry
from preau.core import clock
from preau.core.models import User
from preau.demo.shop import move_shop
from preau.families.models import Family
from preau.payments.actions.start import bank_form, start_payment
from preau.payments.queries.offer import pay_offer
move_shop()
families = list(Family.objects.order_by("pk")[:40])
for family in families:
    LedgerEntry.objects.create(family=family, kind=EntryKind.OPENING, on=clock.today(),
        wording="Reprise", due_on=clock.today(), recorded_at=clock.now(), debit=Decimal(1000))
parent = User.objects.order_by("pk").first()
begun = [start_payment(actor=parent, family=family, seen_amount=pay_offer(family).amount,
    confirmed=True) for family in (families[n % len(families)] for n in range({many}))]
print(json.dumps([dict(bank_form(each).fields) for each in begun]))
"""


@dataclass
class Site:
    """Three programs under a supervisor that starts again whatever is killed."""

    data: Path
    port: int = field(default_factory=free_port)
    programs: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    killed: Counter[str] = field(default_factory=Counter)
    over: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.server = embedded_postgres.start(self.data / "postgres")

    @property
    def log(self) -> Path:
        """What the programs say."""
        return self.data.with_name(f"{self.data.name}.log")

    @property
    def book(self) -> Book:
        """The bank's own record."""
        return Book(self.data / "banque.sqlite")

    def _environment(self) -> dict[str, str]:
        url = f"http://127.0.0.1:{self.port}"
        return environment(self.server.url, self.data, PREAU_MODE="demo", PREAU_URL=url)

    def begin(self, many: int) -> list[Fields]:
        """Begin so many payments. Returns the forms that the browsers bring to the bank."""
        program = _BEGIN.replace("{many}", str(many))
        done = subprocess.run(
            [sys.executable, "-m", "preau", "shell", "--no-imports", "--command", program],
            cwd=ROOT, env=self._environment(), capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return list(json.loads(done.stdout))

    def start(self, name: str) -> None:
        """Start the web server or the worker."""
        more = ["--port", str(self.port)] if name == "serve" else []
        with self.log.open("ab") as log:
            self.programs[name] = subprocess.Popen(
                [sys.executable, "-m", "preau", name, *more],
                cwd=ROOT, env=self._environment(), stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def answers(self) -> bool:
        """Whether the web server and its database serve."""
        self.tend()
        with suppress(OSError, HTTPException):
            return send(self.port, b"nothing")[0] == 400
        return False

    def tend(self) -> None:
        """Start again what ended by itself: nothing starts without a database."""
        for name, program in list(self.programs.items()):
            if program.poll() is not None:
                self.start(name)

    def kill(self, name: str) -> None:
        """End a program without a word, its children too, and start it again."""
        self.killed[name] += 1
        if name == "database":
            with suppress(ProcessLookupError):
                os.kill(self.server.pid, signal.SIGKILL)
            wait_until(lambda: not Path(f"/proc/{self.server.pid}").exists(), 10)
            self.server = embedded_postgres.start(self.data / "postgres")
            return
        with suppress(ProcessLookupError):
            os.killpg(self.programs[name].pid, signal.SIGKILL)
        self.programs[name].wait()
        self.start(name)

    def suffer(self, seed: int) -> None:
        """Kill one after the other, at random moments, until told that it is over."""
        dice = random.Random(seed)
        while not self.over.is_set():
            for name in dice.sample(("serve", "worker", "database"), 3):
                self.over.wait(dice.uniform(0.1, 1.5))
                self.kill(name)
                wait_until(self.answers, 30)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What the database answers."""
        with psycopg.connect(self.server.url, autocommit=True) as database:
            found = database.execute(query.encode())
            return found.fetchall() if found.description else []

    def end(self) -> None:
        """Stop everything that was started here."""
        for program in self.programs.values():
            with suppress(ProcessLookupError):
                os.killpg(program.pid, signal.SIGKILL)
            program.wait()
        self.server.stop()


@pytest.fixture
def site(prepared: Prepared, tmp_path: Path) -> Iterator[Site]:
    """A copy of the demonstration; nothing runs yet but its database."""
    made = Site(prepared.copy_to(tmp_path / "site"))
    yield made
    made.end()


def _pay(book: Book, order: BankOrder, number: int) -> None:
    """One payment, which takes its time so that much is killed meanwhile."""
    time.sleep(random.uniform(0, 1))
    _DEEDS[number % len(_DEEDS)](book, order)


def _deliver(book: Book) -> bool:
    """The bank tries again what was not acknowledged. Whether nothing is left."""
    acts.retry(book)
    return not book.untaken()


_COUNTED = """
    SELECT a.reference, b.move, b.cents, e.credit, e.debit
    FROM payments_banktransaction b
    JOIN payments_paymentattempt a ON a.id = b.attempt_id
    JOIN billing_ledgerentry e ON e.id = b.entry_id
"""
_SILENT = "UPDATE payments_paymentattempt SET ask_at = now() WHERE state <> 'paid'"


def _at_the_bank(book: Book, orders: list[BankOrder]) -> Counter[tuple[str, str, int]]:
    moved = [
        (order.fields["vads_order_id"], "refund" if done.operation == "CREDIT" else "paid",
         done.cents)
        for order in orders
        for done in book.moves(order)
        if done.status == "AUTHORISED"
    ]  # fmt: skip
    return Counter(moved)


def _at_ours(site: Site) -> Counter[tuple[str, str, int]]:
    counted = site.rows(_COUNTED)
    for _, move, cents, credit, debit in counted:
        assert (credit, debit)[move == "refund"] * 100 == cents
    return Counter((reference, move, cents) for reference, move, cents, *_ in counted)


def test_every_cent_taken_is_counted_once_whatever_is_killed(site: Site) -> None:
    forms = site.begin(MANY)
    site.start("serve")
    site.start("worker")
    wait_until(site.answers, 60)
    orders = [site.book.take_order(fields) for fields in forms]
    suffering = threading.Thread(target=site.suffer, args=[random.randrange(10**6)])
    suffering.start()
    try:
        with ThreadPoolExecutor(4) as bank:
            list(bank.map(lambda number: _pay(site.book, orders[number], number), range(MANY)))
        _deliver(site.book)  # under fire still
    finally:
        site.over.set()
        suffering.join()
    wait_until(site.answers, 60)
    wait_until(lambda: _deliver(site.book), 60)
    site.rows(_SILENT)  # the twelve minutes of those of which nothing was said
    site.kill("worker")
    taken = _at_the_bank(site.book, orders)
    with suppress(AssertionError):  # the next line says what is missing or too much
        wait_until(lambda: _at_ours(site) == taken, 60)
    assert _at_ours(site) == taken
    credited, debited = site.rows(
        "SELECT sum(e.credit), sum(e.debit) FROM billing_ledgerentry e"
        " WHERE e.recorded_by_id IS NULL AND e.kind IN ('payment', 'refund')"
        " AND (e.payment_id IS NULL OR EXISTS (SELECT FROM billing_payment p"
        " WHERE p.id = e.payment_id AND p.means = 'card'))"
    )[0]
    assert (credited - debited) * 100 == site.book.money()
    story = f"{MANY} payments, {credited - debited} euros, killed {dict(site.killed)}"
    assert len(site.killed) == 3, story
    sys.stdout.write(f"{story}\n")
