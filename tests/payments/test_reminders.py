"""Reminders: the right families, once, politely (B27)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from preau.billing.enums import EntryKind
from preau.billing.models import LedgerEntry
from preau.core import clock
from preau.core.errors import RefusedError, StaleError
from preau.families.models import Family, Guardianship
from preau.messaging.models import Mail
from preau.payments.actions.plans import agree_on_plan
from preau.payments.actions.reminders import pause_reminders, send_reminders
from preau.payments.models import Reminder, ReminderBatch
from preau.payments.plans import Part
from preau.payments.printing import reminders_pdf
from preau.payments.queries.reminders import fingerprint_of, reminders_due
from tests.factories import Cast, Household, sign_in
from tests.kit.pdf import is_accessible, words_of
from tests.kit.together import Meeting, meet_after, together

EVERYBODY = Family.objects.all


def owe_since(household: Household, days: int, amount: str = "40.00") -> None:
    """A debt that was due so many days ago."""
    LedgerEntry.objects.create(
        family=household.family,
        kind=EntryKind.OPENING,
        on=clock.today() - timedelta(days=days + 20),
        wording="Reprise",
        debit=Decimal(amount),
        due_on=clock.today() - timedelta(days=days),
        recorded_at=clock.now(),
    )


def without_address(household: Household) -> None:
    Guardianship.objects.filter(family=household.family).update(is_contact=False)


def remind(cast: Cast, days: int = 30) -> ReminderBatch:
    seen = fingerprint_of(reminders_due(EVERYBODY(), days=days))
    return send_reminders(actor=cast.camille, families=EVERYBODY(), days=days, fingerprint=seen)


def told(days: int = 30) -> dict[str, str]:
    return {each.family.name: each.kept for each in reminders_due(EVERYBODY(), days=days)}


@pytest.mark.django_db
def test_who_is_late_enough_is_reminded_and_the_mail_names_nobody(cast: Cast) -> None:
    """A mail is read over a shoulder: no sum, no child, no family in it."""
    owe_since(cast.exemple, 45)
    owe_since(cast.martin, 20)
    desk = sign_in(Client(), cast.camille)
    page = desk.get(reverse("office:reminders"), {"jours": "30"})
    assert [each.family for each in page.context["due"]] == [cast.exemple.family]
    sent = desk.post(reverse("office:reminders"), {"jours": "30", "seen": page.context["seen"]})
    assert sent.status_code == 302
    (mail,) = Mail.objects.filter(batch__purpose="rappels")
    assert mail.to == cast.exemple.guardian.email
    for word in ("40", "Exemple-", "Zoé", cast.exemple.family.name + "s"):
        assert word not in mail.subject + mail.text
    reminder = Reminder.objects.get()
    assert (reminder.overdue, reminder.by_letter) == (Decimal("40.00"), False)


@pytest.mark.django_db
def test_a_family_is_left_in_peace_for_two_weeks(cast: Cast) -> None:
    owe_since(cast.exemple, 45)
    remind(cast)
    assert told()[cast.exemple.family.name].startswith("déjà rappelée")
    with pytest.raises(RefusedError, match="Aucune famille"):
        remind(cast)
    with clock.pinned(clock.now() + timedelta(days=15)):
        remind(cast)
    assert Reminder.objects.count() == 2


@pytest.mark.django_db
def test_a_kept_plan_and_a_pause_keep_from_it(cast: Cast) -> None:
    """Somebody who does what was agreed is not told to pay; nor is somebody in mourning."""
    owe_since(cast.exemple, 45)
    owe_since(cast.martin, 45)
    part = Part(due_on=clock.today() + timedelta(days=5), amount=Decimal("40.00"))
    agree_on_plan(actor=cast.camille, family=cast.exemple.family, parts=[part])
    desk = sign_in(Client(), cast.camille)
    where = reverse("office:pause_reminders", args=[cast.martin.family.pk])
    until = clock.today() + timedelta(days=30)
    desk.post(where, {"until": f"{until}", "reason": ""})
    assert told()[cast.martin.family.name] == ""
    desk.post(where, {"until": f"{until}", "reason": "deuil dans la famille"})
    assert told() == {
        cast.exemple.family.name: "échéancier tenu",
        cast.martin.family.name: f"suspendue jusqu’au {until:%d/%m/%Y} : deuil dans la famille",
    }
    desk.post(where, {"do": "lift"})
    assert told()[cast.martin.family.name] == ""
    with clock.pinned(clock.now() + timedelta(days=7)):
        assert told()[cast.exemple.family.name] == "", "the part was not paid"
    with pytest.raises(RefusedError, match="un an"):
        pause_reminders(
            actor=cast.camille,
            family=cast.martin.family,
            until=clock.today() + timedelta(days=400),
            reason="oubli",
        )


@pytest.mark.django_db
def test_a_family_without_an_address_gets_a_letter(cast: Cast) -> None:
    owe_since(cast.exemple, 45, "36.07")
    without_address(cast.exemple)
    batch = remind(cast)
    assert not Mail.objects.filter(batch__purpose="rappels").exists()
    content = reminders_pdf(batch)
    assert is_accessible(content)
    text = words_of(content)
    assert "36,07" in text
    assert str(cast.exemple.family) in text
    other = sign_in(Client(), cast.house.dominique)
    assert other.get(reverse("office:reminder_letters", args=[batch.pk])).status_code == 404


@pytest.mark.django_db
def test_a_payment_that_came_meanwhile_stops_the_sending(cast: Cast) -> None:
    """Nobody is told to pay what they have just paid."""
    owe_since(cast.exemple, 45)
    seen = fingerprint_of(reminders_due(EVERYBODY(), days=30))
    owe_since(cast.martin, 45)
    with pytest.raises(StaleError):
        send_reminders(actor=cast.camille, families=EVERYBODY(), days=30, fingerprint=seen)
    assert not Reminder.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_accountants_at_once_remind_once(
    committed_cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A family that reads two mails at the same second calls."""
    owe_since(committed_cast.exemple, 45)
    seen = fingerprint_of(reminders_due(EVERYBODY(), days=30))
    meet_after(monkeypatch, "preau.payments.actions.reminders.reminders_due", Meeting())

    def act() -> str:
        try:
            send_reminders(
                actor=committed_cast.camille, families=EVERYBODY(), days=30, fingerprint=seen
            )
        except StaleError:
            return "refused"
        return "sent"

    assert sorted(together(act, act)) == ["refused", "sent"]
    assert Reminder.objects.count() == Mail.objects.filter(batch__purpose="rappels").count() == 1
