"""Who may go where: addresses signed out and signed in alike."""

from __future__ import annotations

from tests.web.rows.vocabulary import EVERYBODY, LEAVES, NO, NOT_POSTED, SIGN_IN, WRONG, Row, alone

ROWS: dict[str, dict[str, Row]] = {
    "bench:nothing": alone((SIGN_IN, *(200,) * 8)),
    "front": alone((200, *(LEAVES,) * 8)),
    "home": alone((SIGN_IN, *(LEAVES,) * 7, 200)),
    "account_login": alone((200, *(LEAVES,) * 8), (200, *(LEAVES,) * 8)),
    "account_logout": alone((LEAVES, *(200,) * 8), (LEAVES,) * 9),
    "account_change_password": alone((SIGN_IN, *(200,) * 8), (SIGN_IN, *(200,) * 8)),
    "mfa_replace": alone((SIGN_IN, *(LEAVES,) * 8), (SIGN_IN, *(LEAVES,) * 8)),
    "mfa_remove": alone((SIGN_IN, *(LEAVES,) * 8), (SIGN_IN, *(LEAVES,) * 8)),
    "account_end_session": alone(NOT_POSTED, (SIGN_IN, *(LEAVES,) * 8)),
    "account_inactive": alone((403,) * 9),
    "account_first_password": alone((SIGN_IN, *(LEAVES,) * 8), (SIGN_IN, *(LEAVES,) * 8)),
    "account_lost_password": alone(EVERYBODY, EVERYBODY),
    "account_lost_code": alone((LEAVES,) * 9, (LEAVES,) * 9),
    "account_reauthenticate": alone((SIGN_IN, *(200,) * 8), (SIGN_IN, *(200,) * 8)),
    "mfa_authenticate": alone((LEAVES,) * 9, (LEAVES,) * 9),
    "mfa_activate_totp": alone((SIGN_IN, *(200,) * 8), (SIGN_IN, *(200,) * 8)),
    "mfa_view_recovery_codes": alone((SIGN_IN, *(NO,) * 8), (SIGN_IN, *(WRONG,) * 8)),
    "healthz": alone(EVERYBODY),
    "metrics": alone((NO,) * 9),  # nobody set a token
    "readyz": alone((503,) * 9),  # no worker beats in this test
    "legal_notice": alone(EVERYBODY),
    "privacy": alone(EVERYBODY),
    "accessibility": alone(EVERYBODY),
    "security": alone(EVERYBODY),
    "public_prices": alone((NO,) * 9),  # the organisation has not opened it
    "demo:mailbox": alone(EVERYBODY),
    "demo:mail": {"": Row(read=(NO,) * 9, number=lambda _: "0" * 24)},
}
