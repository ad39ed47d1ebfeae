"""Reading the mails about sign-ins, as their readers do."""

from __future__ import annotations

import re
from typing import Any

from django.core import mail
from django_tasks_db.models import DBTaskResult
from pytest_django import Settings

from preau.accounts.tasks import answer_lost_password
from preau.messaging.actions.deliver import deliver_due_mails


def by_hand(settings: Settings) -> None:
    """Mails that leave are kept in `django.core.mail.outbox`."""
    backend = "django.core.mail.backends.locmem.EmailBackend"
    settings.MAILERS = {"default": {"BACKEND": backend}}


def last_mail() -> Any:
    """Everything due leaves; the last mail that did."""
    deliver_due_mails()
    return mail.outbox[-1]


def password_in(text: str) -> str:
    """The temporary password that a mail carries."""
    (found,) = re.findall(r"provisoire.: ([a-z0-9]{5}(?:-[a-z0-9]{5}){3})\n", text)
    return str(found)


def code_in(text: str) -> str:
    """The code that a mail carries."""
    (found,) = re.findall(r"code.: ([a-z0-9]{5}-[a-z0-9]{5})\n", text)
    return str(found)


def worker_answers_lost_passwords() -> None:
    """The worker does what the pages asked of it."""
    for waiting in DBTaskResult.objects.filter(task_path__contains="answer_lost_password"):
        answer_lost_password.call(*waiting.args_kwargs["args"])
        waiting.delete()
