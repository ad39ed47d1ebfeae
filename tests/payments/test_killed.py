"""Web, worker and database killed at random moments while families pay: no cent lost or doubled.

Sixty payments in the suite; five hundred, as money.md asks, with

    SOAK_PAYMENTS=500 uv run pytest tests/payments/test_killed.py -n 0
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
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest

from preau.config import embedded_postgres
from preau.demo.bank import acts
from preau.demo.bank.book import BankOrder, Book, Shop
from preau.demo.bank.protocol import answer
from tests.demo.portal import free_port, wait_for
from tests.kit.programs import ROOT, environment
from tests.payments.till import send

MANY = int(os.environ.get("SOAK_PAYMENTS", "24"))
SITE, KEY = "12345678", "liveKeyOfTheShop1234"

_PREPARE = """
import json
from decimal import Decimal
from pathlib import Path
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.contrib.auth import get_user_model
from django.db import transaction
from preau.billing.actions.ledger import post_debit
from preau.billing.enums import EntryKind
from preau.core import clock
from preau.families.models import Family
from preau.org.models import Organisation
from preau.payments.actions.shops import ShopSettings, set_shop
from preau.payments.actions.start import bank_form, start_payment
from preau.payments.enums import Mode
many, port = MANY, PORT
Organisation.objects.create(name="Essai", contact_name="Essai", contact_email="essai@exemple.fr",
                            contact_phone="05", school_zone="C")
user = get_user_model().objects.create(username="parent", name="Parent")
set_shop(actor=None, settings=ShopSettings(gateway="systempay", mode=Mode.PRODUCTION,
    site="12345678", is_open=True, key="liveKeyOfTheShop1234",
    api_url=f"http://127.0.0.1:{port}", api_password=""))
orders = []
families = [Family.objects.create(name=f"F{n}", number=n) for n in range(1, many // 4 + 1)]
for number in range(many):
    family = families[number % len(families)]
    with transaction.atomic():
        amount = Decimal(3000 + number) / 100
        post_debit(actor=None, family=family, kind=EntryKind.OPENING, amount=amount,
                   on=clock.today(), wording="Reprise")
    from preau.payments.queries.offer import pay_offer
    attempt = start_payment(actor=user, family=family, seen_amount=pay_offer(family).amount,
                            confirmed=True)
    orders.append(dict(bank_form(attempt).fields))
Path(OUT).write_text(json.dumps(orders))
"""


@dataclass
class Stage:
    """Three programs that are killed and come back, as under a supervisor."""

    folder: Path
    port: int = field(default_factory=free_port)
    stopped: threading.Event = field(default_factory=threading.Event)
    programs: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    kills: int = 0

    def __post_init__(self) -> None:
        self.server = embedded_postgres.start(self.folder / "postgres")
        self.url = self.server.url

    @property
    def _environ(self) -> dict[str, str]:
        told = {"PREAU_MODE": "demo", "PREAU_URL": f"http://127.0.0.1:{self.port}"}
        return environment(self.url, self.folder, **told)

    def run(self, program: str) -> None:
        """Do this in a process of its own, to the end."""
        command = [sys.executable, "-m", "preau", "shell", "--no-imports", "--command", program]
        subprocess.run(command, cwd=ROOT, env=self._environ, check=True)

    def start(self, name: str) -> None:
        """Start `serve` or `worker`."""
        more = ["--port", str(self.port)] if name == "serve" else []
        with (self.folder / f"{name}.log").open("ab") as log:
            self.programs[name] = subprocess.Popen(
                [sys.executable, "-m", "preau", name, *more],
                cwd=ROOT,
                env=self._environ,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self, name: str) -> None:
        """Kill a program and its children, or the database, without a word; start it again."""
        self.kills += 1
        if name == "database":
            with suppress(ProcessLookupError):
                os.kill(self.server.pid, signal.SIGKILL)
            wait_for(lambda: not Path(f"/proc/{self.server.pid}").exists(), seconds=10)
            self.server = embedded_postgres.start(self.folder / "postgres")
            return
        program = self.programs[name]
        with suppress(ProcessLookupError):
            os.killpg(program.pid, signal.SIGKILL)
        program.wait()
        self.start(name)

    def tend(self) -> None:
        """Start again what ended by itself, as any supervisor does: nothing starts without a
        database."""
        for name, program in list(self.programs.items()):
            if program.poll() is not None:
                self.start(name)

    def answers(self) -> bool:
        """Whether the site is up, tended meanwhile."""
        self.tend()
        return _answers(self.port)

    def trouble(self, dice: random.Random) -> None:
        """Kill one after the other, at random moments, until all is paid."""
        names = ["serve", "worker", "database"]
        while not self.stopped.wait(dice.uniform(0.1, 1.0)):
            self.tend()
            self.kill(names[self.kills % 3])

    def end(self) -> None:
        """Stop everything."""
        self.stopped.set()
        for program in self.programs.values():
            with suppress(ProcessLookupError):
                os.killpg(program.pid, signal.SIGKILL)
            program.wait()
        self.server.stop()


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """An empty place, with its database started."""
    made = Stage(tmp_path)
    yield made
    made.end()


def pay_at_the_bank(book: Book, order: BankOrder, dice: random.Random) -> None:
    """The bank takes the money, writes it down, then tells as it can: once, often, or later."""
    done = book.move(order)
    acts.notify(book, order, answer(order.fields, done), times=dice.choice([1, 1, 2, 5]))
    time.sleep(dice.uniform(0, 0.1))


def sums(url: str) -> tuple[Decimal, int, int]:
    """What was credited, by how many payments, for how many of them twice."""
    with psycopg.connect(url) as database:
        row = database.execute(
            "SELECT coalesce(sum(credit), 0), count(*), count(*) - count(DISTINCT p.reference)"
            " FROM billing_ledgerentry e JOIN billing_payment p ON p.id = e.payment_id"
        ).fetchone()
    assert row
    return row


@pytest.mark.timeout(600)
@pytest.mark.real_time
def test_no_cent_is_lost_or_doubled_whatever_is_killed(stage: Stage) -> None:
    out = stage.folder / "orders.json"
    program = _PREPARE.replace("PORT", str(stage.port)).replace("OUT", repr(str(out)))
    stage.run(program.replace("MANY", str(MANY)))
    stage.start("serve")
    stage.start("worker")
    book = Book(stage.folder / "bank.sqlite")
    notify = f"http://127.0.0.1:{stage.port}/paiement/notification/systempay/"
    book.welcome(Shop(site=SITE, test="", production=KEY, password="", notify=notify))
    orders = [book.take_order(fields) for fields in json.loads(out.read_text())]
    assert wait_for(stage.answers, seconds=60)
    seed = random.randrange(10**6)
    dice = random.Random(seed)
    trouble = threading.Thread(target=stage.trouble, args=(random.Random(seed),))
    trouble.start()
    try:
        with ThreadPoolExecutor(4) as families:
            paid = [families.submit(pay_at_the_bank, book, order, dice) for order in orders]
            [each.result() for each in paid]
        for _ in range(2):  # under fire, then in peace
            acts.retry(book)
    finally:
        stage.stopped.set()
        trouble.join()
    assert stage.kills >= 3
    assert wait_for(stage.answers, seconds=60)
    assert wait_for(lambda: stage.answers() and not acts.retry(book), seconds=60)
    taken = Decimal(book.money()) / 100
    assert wait_for(lambda: stage.answers() and sums(stage.url)[0] == taken, 60), (
        sums(stage.url),
        taken,
    )
    story = f"{MANY} payments, {stage.kills} kills, {taken} euros, seed {seed}"
    assert sums(stage.url) == (taken, MANY, 0), story
    sys.stdout.write(f"{story}\n")


def _answers(port: int) -> bool:
    with suppress(OSError, Exception):
        return send(port, b"nothing")[0] == 400
    return False
