"""Who may go where: addresses of card payments, of the bank, and of the page to come back to."""

from __future__ import annotations

from tests.web.rows.vocabulary import (
    EVERYBODY,
    FAMILY_A,
    FAMILY_B,
    LEAVES,
    NO,
    NOT_POSTED,
    SIGN_IN,
    STAFF,
    Row,
    alone,
    and_accountant,
    for_both,
    instead,
)

# Money of the whole organisation: administrator and accountant.
_WHOLE = (SIGN_IN, NO, NO, NO, NO, 200, 200, NO, NO)
_NOBODY = (NO,) * 9

ROWS: dict[str, dict[str, Row]] = {
    "family:pay": {
        "": Row(read=NOT_POSTED, post=(SIGN_IN, 400, 400, *(NO,) * 6)),
    },
    "family:leave": for_both(lambda it: it.attempt, (FAMILY_A, FAMILY_B)),
    # Signed out or not, whoever comes back from the bank reads where the payment stands.
    "payment_return": for_both(lambda it: it.attempt, (EVERYBODY, EVERYBODY)),
    # What a bank says needs no sign-in; an empty form is no message of it.
    "webhooks:bank": {
        "": Row(read=NOT_POSTED, post=(400,) * 9, number=lambda _: "systempay"),
    },
    "office:card_payments": alone(and_accountant(STAFF)),
    "office:card_shop": {"": Row(read=_WHOLE, post=instead(_WHOLE, 422))},
    "office:card_trouble": {
        "": Row(read=_WHOLE, post=instead(_WHOLE, 422), number=lambda it: it.trouble)
    },
    # The pretend bank of the demonstration.
    "demo:bank": {"": Row(read=EVERYBODY, post=(400,) * 9)},
    "demo:bank_retry": {"": Row(read=NOT_POSTED, post=(LEAVES,) * 9)},
    "demo:bank_order": {"": Row(read=_NOBODY, number=lambda _: 999_999)},
    "demo:bank_act": {"": Row(read=NOT_POSTED, post=_NOBODY, number=lambda _: 999_999)},
    "demo:bank_api": {"": Row(read=NOT_POSTED, post=(401,) * 9, number=lambda _: "Order/Get")},
}
