"""Tasks about sign-ins."""

from django.tasks import task

from preau.core.sealing import unseal

LOST_PASSWORD = "lost-password"  # noqa: S105 - the name of a key, not a key


@task
def answer_lost_password(sealed: str) -> None:
    """Answer somebody who lost their password. `sealed`: identifier and code, unreadable here."""
    from preau.accounts.actions import passwords

    identifier, _, code = unseal(sealed, purpose=LOST_PASSWORD).rpartition("\n")
    passwords.answer_lost_password(identifier=identifier, code=code)
