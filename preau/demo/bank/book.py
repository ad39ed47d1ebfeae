"""The bank's own record, in a file of its own: it outlives whatever happens to our database."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from preau.demo.bank.protocol import Fields, OrderError, Transaction, check_order

_TABLES = """
CREATE TABLE IF NOT EXISTS shop (
    site TEXT PRIMARY KEY, test TEXT, production TEXT, password TEXT, notify TEXT);
CREATE TABLE IF NOT EXISTS "order" (
    number INTEGER PRIMARY KEY, site TEXT, reference TEXT, fields TEXT, at TEXT);
CREATE TABLE IF NOT EXISTS move (
    uuid TEXT PRIMARY KEY, number INTEGER, operation TEXT, status TEXT, cents INTEGER,
    currency TEXT, at TEXT);
CREATE TABLE IF NOT EXISTS message (
    id INTEGER PRIMARY KEY, number INTEGER, body BLOB, tries INTEGER DEFAULT 0,
    taken INTEGER DEFAULT 0);
"""


@dataclass(frozen=True, kw_only=True)
class Shop:
    """A customer of the bank: a shop with its keys and the address to notify."""

    site: str
    test: str
    production: str
    password: str
    notify: str

    def key(self, mode: str) -> str:
        """The key of a mode."""
        return self.test if mode == "TEST" else self.production


@dataclass(frozen=True, kw_only=True)
class BankOrder:
    """An order that a browser brought."""

    number: int
    shop: Shop
    fields: Fields
    at: datetime

    @property
    def cents(self) -> int:
        """What is to be paid."""
        return int(self.fields["vads_amount"])

    @property
    def key(self) -> str:
        """The key that signs its answers."""
        return self.shop.key(self.fields["vads_ctx_mode"])


class Book:
    """Everything the bank knows. Each act is committed before it returns."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        with self._open() as rows:
            rows.executescript(_TABLES)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self._path, timeout=20)
        connection.row_factory = sqlite3.Row
        try:
            with connection:
                yield connection
        finally:
            connection.close()

    def welcome(self, shop: Shop) -> None:
        """Open an account for a shop."""
        with self._open() as rows:
            rows.execute(
                "INSERT OR REPLACE INTO shop"
                " VALUES (:site, :test, :production, :password, :notify)",
                vars(shop),
            )

    def shop(self, site: str) -> Shop | None:
        """The shop of that number."""
        with self._open() as rows:
            found = rows.execute("SELECT * FROM shop WHERE site = ?", [site]).fetchone()
        return Shop(**dict(found)) if found else None

    def take_order(self, fields: Fields) -> BankOrder:
        """Write down an order. Raises `OrderError` when a bank would not take it."""
        shop = self.shop(fields.get("vads_site_id", ""))
        mode = fields.get("vads_ctx_mode", "")
        if shop is None or mode not in {"TEST", "PRODUCTION"}:
            raise OrderError("Cette boutique n’est pas cliente de la banque d’essai.")
        check_order(fields, shop.key(mode))
        with self._open() as rows:
            self._check_number(rows, shop.site, fields)
            done = rows.execute(
                'INSERT INTO "order" (site, reference, fields, at) VALUES (?, ?, ?, ?)',
                [shop.site, fields.get("vads_order_id", ""), json.dumps(fields), _now()],
            )
            number = done.lastrowid or 0
        return self.order(number)

    def _check_number(self, rows: sqlite3.Connection, site: str, fields: Fields) -> None:
        """A number serves one order of a shop and a UTC day, whatever its capitals."""
        number, day = fields["vads_trans_id"].lower(), fields.get("vads_trans_date", "")[:8]
        for row in rows.execute('SELECT fields FROM "order" WHERE site = ?', [site]):
            other = json.loads(row["fields"])
            same = (other["vads_trans_id"].lower(), other.get("vads_trans_date", "")[:8])
            if same == (number, day) and other.get("vads_order_id") != fields.get("vads_order_id"):
                raise OrderError("Ce numéro de transaction a déjà servi aujourd’hui.")

    def order(self, number: int) -> BankOrder:
        """An order by its number. Raises `KeyError`."""
        with self._open() as rows:
            found = rows.execute('SELECT * FROM "order" WHERE number = ?', [number]).fetchone()
        shop = self.shop(found["site"]) if found else None
        if found is None or shop is None:
            raise KeyError(number)
        at = datetime.fromisoformat(found["at"])
        return BankOrder(number=number, shop=shop, fields=json.loads(found["fields"]), at=at)

    def orders(self, most: int = 50) -> list[BankOrder]:
        """The latest orders."""
        with self._open() as rows:
            found = rows.execute(
                'SELECT number FROM "order" ORDER BY number DESC LIMIT ?', [most]
            ).fetchall()
        return [self.order(row["number"]) for row in found]

    def move(
        self,
        order: BankOrder,
        *,
        status: str = "AUTHORISED",
        operation: str = "DEBIT",
        cents: int | None = None,
        currency: str = "978",
        at: datetime | None = None,
    ) -> Transaction:
        """Make a transaction: from here on the money is taken, or given back."""
        done = Transaction(
            uuid=uuid4().hex,
            operation=operation,
            status=status,
            cents=order.cents if cents is None else cents,
            currency=currency,
            at=at or datetime.now(tz=UTC),
        )
        with self._open() as rows:
            rows.execute(
                "INSERT INTO move VALUES (?, ?, ?, ?, ?, ?, ?)",
                [
                    done.uuid,
                    order.number,
                    operation,
                    status,
                    done.cents,
                    currency,
                    done.at.isoformat(),
                ],
            )
        return done

    def settle(self, uuid: str, status: str) -> None:
        """A transaction reaches another state: validated, captured, cancelled."""
        with self._open() as rows:
            rows.execute("UPDATE move SET status = ? WHERE uuid = ?", [status, uuid])

    def moves(self, order: BankOrder) -> list[Transaction]:
        """The transactions of an order, in their order."""
        with self._open() as rows:
            found = rows.execute(
                "SELECT * FROM move WHERE number = ? ORDER BY rowid", [order.number]
            ).fetchall()
        return [
            Transaction(
                uuid=row["uuid"],
                operation=row["operation"],
                status=row["status"],
                cents=row["cents"],
                currency=row["currency"],
                at=datetime.fromisoformat(row["at"]),
            )
            for row in found
        ]

    def by_reference(self, site: str, reference: str) -> list[BankOrder]:
        """Every order that a shop sent under that name."""
        with self._open() as rows:
            found = rows.execute(
                'SELECT number FROM "order" WHERE site = ? AND reference = ?', [site, reference]
            ).fetchall()
        return [self.order(row["number"]) for row in found]

    def of_transaction(self, site: str, uuid: str) -> tuple[BankOrder, Transaction] | None:
        """The order and the transaction of that name, if they are this shop's."""
        with self._open() as rows:
            found = rows.execute("SELECT number FROM move WHERE uuid = ?", [uuid]).fetchone()
        if found is None:
            return None
        order = self.order(found["number"])
        done = next(each for each in self.moves(order) if each.uuid == uuid)
        return (order, done) if order.shop.site == site else None

    def money(self, order: BankOrder | None = None) -> int:
        """Cents taken less cents given back, of one order or of all."""
        taken = (
            "SELECT coalesce(sum(CASE operation WHEN 'DEBIT' THEN cents ELSE -cents END), 0)"
            " FROM move WHERE status IN ('AUTHORISED', 'CAPTURED') AND number = coalesce(?, number)"
        )
        with self._open() as rows:
            return int(rows.execute(taken, [order.number if order else None]).fetchone()[0])

    # ---- Messages to the shop's server, kept until it takes them

    def post(self, order: BankOrder, body: bytes) -> int:
        """Write down a message to deliver. Returns its number."""
        with self._open() as rows:
            done = rows.execute(
                "INSERT INTO message (number, body) VALUES (?, ?)", [order.number, body]
            )
            return done.lastrowid or 0

    def tried(self, message: int, *, taken: bool) -> None:
        """Note that a message was sent once more."""
        with self._open() as rows:
            rows.execute(
                "UPDATE message SET tries = tries + 1, taken = taken OR ? WHERE id = ?",
                [taken, message],
            )

    def untaken(self, most: int | None = None) -> list[tuple[int, BankOrder, bytes]]:
        """Messages that the shop never acknowledged, or those tried at least once and less than
        `most` times."""
        with self._open() as rows:
            found = rows.execute(
                "SELECT id, number, body FROM message WHERE NOT taken"
                " AND (?1 IS NULL OR tries BETWEEN 1 AND ?1 - 1) ORDER BY id",
                [most],
            ).fetchall()
        return [(row["id"], self.order(row["number"]), row["body"]) for row in found]


def _now() -> str:
    return datetime.now(tz=UTC).isoformat()
