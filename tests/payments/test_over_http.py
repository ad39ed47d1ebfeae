"""The ten lines of "card payment, done right" (money.md, 3), over HTTP, with the worker running.

One portal serves the module; each test pays for a family of its own.
"""

from __future__ import annotations

import http.client
import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from urllib.error import HTTPError
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from tests.demo.fixtures import _end, _new_portal
from tests.demo.portal import Prepared, Visitor, wait_for
from tests.payments.till import Till, everything_read, open_till

NOTICE = "/paiement/notification/systempay/"


@pytest.fixture(scope="module")
def till(prepared: Prepared) -> Iterator[Till]:
    """A portal of this module's own."""
    portal = _new_portal(prepared)
    try:
        with open_till(portal) as made:
            yield made
    finally:
        _end(portal)


# ---- 1. One credit, whatever the order and the number of messages

ONCE = ("payer", "retour-avant", "notification", "deux", "cinq")


@pytest.mark.parametrize("button", ONCE)
def test_line_1_one_credit_whatever_the_messages(till: Till, button: str) -> None:
    payer = till.payer()
    due = payer.owes
    payer.leave()
    way = payer.press(button)
    page = payer.back(way) if way else ""
    if button == "retour-avant":
        assert "en cours de confirmation" in page
    assert wait_for(lambda: payer.owes == 0)
    if way:
        assert "Paiement enregistré" in payer.back(way)
    assert payer.credits == [due]
    assert payer.attempt("state") == "paid"


def test_line_1_return_only_is_found_by_asking_the_bank(till: Till) -> None:
    payer = till.payer()
    due = payer.owes
    payer.leave()
    assert "en cours de confirmation" in payer.back(payer.press("retour"))
    assert payer.owes == due  # what a browser brings is believed by nobody
    reference = payer.attempt("reference")
    till.ask(
        "UPDATE payments_paymentattempt SET ask_at = now() WHERE reference = %s RETURNING 1",
        reference,
    )
    assert wait_for(lambda: payer.owes == 0, seconds=40)
    assert payer.credits == [due]


def test_line_1_a_retry_weeks_later(till: Till) -> None:
    payer = till.payer()
    due = payer.owes
    payer.leave()
    payer.press("tard")
    assert payer.owes == due
    page = payer.visitor.get("/demo/banque/")
    for _ in range(2):
        payer.visitor.post("/demo/banque/relancer/", [], form=page)
    assert payer.credits == [due]


def test_line_1_a_thousand_times_by_thirty_two_connections(till: Till) -> None:
    payer = till.payer()
    due = payer.owes
    payer.leave()
    body = payer.says()

    def many(times: int) -> Counter[int]:
        said: Counter[int] = Counter()
        connection = http.client.HTTPConnection("127.0.0.1", till.portal.port, timeout=60)
        for _ in range(times):
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            connection.request("POST", NOTICE, body, headers)
            answered = connection.getresponse()
            answered.read()
            said[answered.status] += 1
        connection.close()
        return said

    with ThreadPoolExecutor(32) as connections:
        said = sum(connections.map(many, [31] * 24 + [32] * 8), Counter[int]())
    assert said == {200: 1000}
    assert payer.credits == [due]
    assert payer.owes == 0


# ---- 2. What does not fit


@pytest.mark.parametrize("button", ["signature", "mode", "devise", "montant", "site"])
def test_line_2_nothing_false_settles(till: Till, button: str) -> None:
    payer = till.payer()
    due = payer.owes
    payer.leave()
    before = till.ask("SELECT count(*) FROM payments_banknotification WHERE outcome = 'mismatch'")
    if button == "site":
        status, words = till.send(payer.says(vads_site_id="87654321"))
        assert (status, words) == (200, "OK")  # the answer of a good one
    else:
        payer.press(button)
    now = till.ask("SELECT count(*) FROM payments_banknotification WHERE outcome = 'mismatch'")
    assert now == before + 1
    assert payer.owes == due
    assert payer.credits == []
    accountant = Visitor(till.portal)
    accountant.sign_in("comptabilite", till.portal.password_of("comptabilite"))
    assert "À vérifier" in accountant.get("/direction/reglements/")
    assert wait_for(lambda: "est à vérifier" in accountant.get("/demo/courriels/"))
    # The true payment still settles.
    payer.press("payer")
    assert payer.credits == [due]


# ---- 3. Orphans, and money that comes after the time


def test_line_3_an_orphan_is_kept_and_given_by_the_accountant(till: Till) -> None:
    payer = till.payer()
    due = payer.owes
    payer.leave()
    till.send(payer.says(vads_order_id="Pnobody"))
    number = till.ask("SELECT id FROM payments_banknotification WHERE outcome = 'orphan'")
    accountant = Visitor(till.portal)
    accountant.sign_in("comptabilite", till.portal.password_of("comptabilite"))
    page = accountant.get(f"/direction/reglements/messages/{number}/")
    assert "pour une commande inconnue" in page
    family = payer.name.rpartition(".")[2]
    done = accountant.post(
        f"/direction/reglements/messages/{number}/",
        [("do", "credit"), ("family", family)],
        form=page,
    )
    assert "est créditée" in done
    assert payer.credits == [due]


def test_line_3_expired_on_our_side_then_paid(till: Till) -> None:
    payer = till.payer()
    due = payer.owes
    payer.leave()
    till.ask(
        "UPDATE payments_paymentattempt SET state = 'expired',"
        " started_at = now() - '2 h'::interval, expires_at = now() - '1 h'::interval"
        " WHERE reference = %s",
        payer.attempt("reference"),
    )
    payer.press("payer")
    assert payer.credits == [due]


# ---- 4. Going back, only for what the bank undid


def test_line_4_refused_then_paid_then_a_late_refusal(till: Till) -> None:
    payer = till.payer()
    due = payer.owes
    payer.leave()
    payer.press("refus-puis")
    assert payer.credits == [due]
    till.send(payer.says(status="REFUSED"))
    assert payer.attempt("state") == "paid"
    assert payer.owes == 0


def test_line_4_refunds_are_one_debit_each(till: Till) -> None:
    payer = till.payer()
    due = payer.owes
    payer.leave()
    payer.press("payer")
    payer.press("rembourser-part")
    cents = int(due * 100)
    assert payer.owes == Decimal(cents // 2) / 100
    payer.press("rembourser")
    assert payer.owes == due
    assert payer.order
    assert till.book.money(payer.order) == 0


def test_line_4_a_cancelled_payment_goes_back_by_a_reversing_row(till: Till) -> None:
    payer = till.payer()
    due = payer.owes
    payer.leave()
    payer.press("payer")
    payer.press("annuler")
    assert payer.owes == due
    assert payer.credits == [due]  # the payment stays, its reversal stands under it


# ---- 5. Paid twice


def test_line_5_two_payments_on_one_order_are_both_credited(till: Till) -> None:
    payer = till.payer()
    due = payer.owes
    payer.leave()
    payer.press("double")
    assert payer.credits == [due, due]
    assert payer.owes == -due
    accountant = Visitor(till.portal)
    accountant.sign_in("comptabilite", till.portal.password_of("comptabilite"))
    assert "Trop-perçus" in accountant.get("/direction/reglements/")


def test_line_5_a_second_departure_is_asked_to_be_meant(till: Till) -> None:
    payer = till.payer()
    due = payer.owes
    first = payer.leave()
    page = payer.visitor.get("/famille/compte/")
    assert "J’ai abandonné ce paiement" in page
    form = re.search(
        r'<form method="post" action="/famille/compte/payer/">.*?</form>', page, re.DOTALL
    )
    assert form
    refused = payer.visitor.post("/famille/compte/payer/", [], form=form[0])
    assert "déjà en cours" in refused
    second = payer.leave(again="1")
    for order in (first, second):
        payer.order = order
        payer.press("payer")
    assert payer.credits == [due, due]


# ---- 6. The amount is the server's


def test_line_6_an_invoice_issued_meanwhile_stays_due(till: Till) -> None:
    payer = till.payer()
    due = payer.owes
    payer.leave()
    till.ask(
        "INSERT INTO billing_ledgerentry"
        ' (family_id, kind, "on", wording, debit, credit, recorded_at)'
        " VALUES (%s, 'adjustment', current_date, 'Entre-temps', 12.34, 0, now())",
        payer.family,
    )
    payer.press("payer")
    assert payer.credits == [due]
    assert payer.owes == Decimal("12.34")


def test_line_6_another_amount_is_refused_at_the_start(till: Till) -> None:
    payer = till.payer()
    page = payer.visitor.get("/famille/compte/")
    for amount in ("1.00", "-5"):
        said = payer.visitor.post("/famille/compte/payer/", [("amount", amount)], form=page)
        assert "Votre compte a changé" in said
    with pytest.raises(HTTPError, match="400"):
        payer.visitor.post("/famille/compte/payer/", [("amount", "NaN")], form=page)
    assert not till.ask(
        "SELECT count(*) FROM payments_paymentattempt WHERE family_id = %s", payer.family
    )
    for name, words in (("famille.2", "à partir de"), ("famille.4", "En votre faveur")):
        visitor = Visitor(till.portal)
        visitor.sign_in(name, till.portal.password_of(name))
        page = visitor.get("/famille/compte/")
        assert words in page
        assert 'action="/famille/compte/payer/"' not in page
        said = visitor.post("/famille/compte/payer/", [("amount", "29.99")], form=page)
        assert "Rien ne peut être réglé en ligne" in said


# ---- 7. The address of notifications

BAD: dict[str, tuple[bytes, int]] = {
    "empty": (b"", 400),
    "not UTF-8": (b"vads_site_id=\xff&signature=x&vads_ctx_mode=TEST", 400),
    "too long": (b"vads_site_id=" + b"1" * 900_000, 413),
    "a megabyte and more": (b"vads_site_id=" + b"1" * 1_100_000, 0),
    "doubled": (b"vads_site_id=1&vads_site_id=2&signature=x&vads_ctx_mode=TEST", 400),
    "unknown mode": (b"vads_site_id=1&signature=x&vads_ctx_mode=DEMO", 400),
    "a NUL": (b"vads_site_id=1%00&signature=x&vads_ctx_mode=TEST", 400),
}


@pytest.mark.parametrize("bad", BAD)
def test_line_7_odd_bodies_are_4xx_without_a_trace(till: Till, bad: str) -> None:
    body, expected = BAD[bad]
    status, words = till.send(body)
    assert 400 <= status < 500
    assert not expected or status == expected
    assert "Traceback" not in words
    assert "vads" not in words


def test_line_7_no_redirect_with_or_without_slash_nor_sign_in(till: Till) -> None:
    payer = till.payer()
    due = payer.owes
    payer.leave()
    body = payer.says()
    assert till.send(body, NOTICE.rstrip("/")) == (200, "OK")
    assert till.send(body, NOTICE) == (200, "OK")
    assert till.send(body, "/paiement/notification/nobody/")[0] == 404
    assert payer.credits == [due]


# ---- 8. The page to come back to


def test_line_8_the_return_page_signed_out_says_nothing_of_anybody(till: Till) -> None:
    payer = till.payer()
    payer.leave()
    way = payer.press("retour")
    address = urlsplit(way)
    connection = http.client.HTTPConnection("127.0.0.1", till.portal.port, timeout=30)
    connection.request("GET", f"{address.path}?{address.query}")
    moved = connection.getresponse()
    moved.read()
    connection.close()
    assert moved.status == 302
    assert moved.headers["Location"] == address.path  # the bank's data leaves the address
    page = Visitor(till.portal).get(address.path)
    assert "en cours de confirmation" in page
    assert "Regarder à nouveau" in page
    family = till.ask("SELECT name FROM families_family WHERE id = %s", payer.family)
    for said in (family, "497010", "vads", payer.name):
        assert said not in page
    # A forged return settles nothing and shows nothing else.
    forged = urlencode({**dict(parse_qsl(address.query)), "vads_amount": "1"})
    assert "en cours de confirmation" in payer.back(f"{address.path}?{forged}")


# ---- 9. The year is that of Paris


def test_line_9_new_years_eve_in_paris(till: Till) -> None:
    payer = till.payer()
    payer.leave()
    till.send(payer.says(vads_effective_creation_date="20251231223000"))  # 23:30 in Paris
    on = till.ask(
        "SELECT paid_on FROM billing_payment WHERE family_id = %s AND means = 'card'", payer.family
    )
    assert str(on) == "2025-12-31"


# ---- 10. Mails that fail, keys that change


def test_line_10_a_failing_mail_undoes_nothing(till: Till) -> None:
    payer = till.payer()
    due = payer.owes
    payer.leave()
    till.ask("ALTER TABLE messaging_mail ADD CONSTRAINT no_mail CHECK (false) NOT VALID")
    try:
        payer.press("payer")
    finally:
        till.ask("ALTER TABLE messaging_mail DROP CONSTRAINT no_mail")
    assert payer.credits == [due]


def test_line_10_a_key_changed_on_the_way_still_verifies(till: Till) -> None:
    payer = till.payer()
    due = payer.owes
    payer.leave()
    body = payer.says()
    admin = Visitor(till.portal)
    admin.sign_in("administration", till.portal.password_of("administration"))
    page = admin.get("/direction/reglements/carte/")
    api = re.search(r'name="api_url" value="([^"]*)"', page)
    settings = [
        ("gateway", "systempay"),
        ("site", "12345678"),
        ("mode", "TEST"),
        ("key", "aNewKeyThatTheBankWillLearn1"),
        ("api_url", api[1] if api else ""),
        ("is_open", "on"),
    ]
    done = admin.post("/direction/reglements/carte/", settings, form=page)
    assert "sont enregistrés" in done
    assert "aNewKeyThatTheBankWillLearn1" not in done
    assert till.send(body) == (200, "OK")
    assert payer.credits == [due]
    # And back to the key that the bank of this module knows.
    old = [(name, payer.order.shop.test if name == "key" else value) for name, value in settings]  # type: ignore[union-attr]
    admin.post("/direction/reglements/carte/", old, form=page)


# ---- Nothing secret anywhere


@pytest.fixture(scope="module", autouse=True)
def nothing_secret_is_written(till: Till) -> Iterator[None]:
    """After all of the above: no card, key, or name of a bank's field in logs and mails."""
    yield
    shop = till.book.shop("12345678")
    assert shop
    secrets = [shop.test, shop.production, shop.password, "aNewKeyThatTheBankWillLearn1"]
    for name, text in everything_read(till.portal.data):
        for secret in [*secrets, "497010", "vads_", "signature="]:
            assert secret not in text, f"{name} holds {secret[:6]}"
    log = till.portal.output
    names = till.ask("SELECT string_agg(DISTINCT last_name, '|') FROM families_guardian")
    assert not re.search(names, re.sub(r"\(.*?\)", "", log.split("Ctrl-C arrête tout.")[-1]))
    kept = till.ask("SELECT string_agg(body || why, ' ') FROM payments_banknotification")
    assert kept
    assert "497010" not in kept
    assert (
        till.ask("SELECT count(*) FROM payments_cardkey WHERE sealed LIKE %s", f"%{shop.test}%")
        == 0
    )
