"""A month of a small centre of the demonstration, made inside a running portal.

`SCRIPT` is run by `preau shell` in the portal's own database, by the real actions at their time:
registers, an absence, an excused one, a child who came unbooked, an outing, a day given up late.
"""

from __future__ import annotations

import subprocess
import sys

from tests.demo.portal import REPOSITORY, Portal, clean_environment

CENTRE = "Centre du Calcul"
FAMILY, OTHER = "Calcul-Exemple", "Imprévu-Exemple"

SCRIPT = """
import uuid
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from preau.activities.actions.plan import create_period
from preau.activities.models import Outing, OutingPlaces
from preau.attendance.actions.excuse import excuse_absence
from preau.attendance.actions.touch import Touch, Who, save_touches
from preau.attendance.enums import TouchKind
from preau.billing.models import CentreTariff
from preau.booking.actions.correct import cancel_lines
from preau.booking.actions.decide import decide_lines
from preau.booking.actions.submit import submit_request
from preau.booking.actions.tell import readiness_of_period, validate_decisions
from preau.booking.enums import CancelKind, Decision
from preau.booking.models import Booking
from preau.booking.queries.offer import Wish
from preau.core import clock
from preau.core.models import User
from preau.families.models import *
from preau.org.models import AgeGroup, Centre, StaffRole
from preau.pricing.models import Tariff

director = User.objects.get(username="direction.tilleuls")
month = (clock.today().replace(day=1) - timedelta(days=1)).replace(day=1)
days, day = [], month
while len(days) < 4:
    days += [day] if day.weekday() < 5 else []
    day += timedelta(days=1)
at = lambda on, hour: datetime.combine(on, time(hour), tzinfo=clock.PARIS)
early = at(month - timedelta(days=30), 9)

centre = Centre.objects.create(name="Centre du Calcul", kind="holiday",
    address="2 rue de l'Exemple", director_name="Camille Exemple", email="calcul@exemple.fr",
    phone="05 00 00 00 00")
group = AgeGroup.objects.create(centre=centre, name="Tous", min_age=3, max_age=11)
StaffRole.objects.create(user=director, role="director", centre=centre)
CentreTariff.objects.create(centre=centre, tariff=Tariff.objects.get())

def household(number, name, children, quotient):
    family = Family.objects.create(name=name, number=number)
    guardian = Guardian.objects.create(first_name="Dominique", last_name=name,
        email=f"f{number}@exemple.fr")
    Guardianship.objects.create(family=family, guardian=guardian, is_contact=True)
    made = []
    for first, age in children:
        born = date(month.year - age, 1, 15)
        child = Child.objects.create(first_name=first, last_name=name, birth_date=born)
        Custody.objects.create(family=family, child=child)
        Enrolment.objects.create(child=child, centre=centre, starts_on=month - timedelta(days=90))
        made.append(child)
    if quotient:
        FamilyQuotient.objects.create(family=family, value=quotient, scheme="caf",
            valid_from=month - timedelta(days=90), valid_to=month + timedelta(days=200))
    return family, made

family, (ana, bo) = household(7001, "Calcul-Exemple", [("Ana", 8), ("Bo", 5)], 700)
other, (cleo,) = household(7002, "Imprévu-Exemple", [("Cléo", 7)], None)
rule = {"kind": "calendar_days", "n": 1}
with clock.pinned(early):
    period = create_period(centre=centre, kind="wednesdays", name="Mois du calcul", days=days,
        closed={}, window=(early - timedelta(hours=1), at(month, 0)), deadlines=(rule, rule),
        capacities={group: 20})
    d1, d2, d3, d4 = period.days.order_by("on")
    outing = Outing.objects.create(session_day=d2, title="Ferme", leaves_at=time(13),
        returns_at=time(17), price=Decimal("12.00"), slots=["afternoon"])
    OutingPlaces.objects.create(outing=outing, age_group=group, capacity=20)
    whole = ("morning", "midday", "afternoon")
    asked = [(ana, d1, whole), (ana, d2, whole), (ana, d3, whole[:2]), (ana, d4, whole),
             (bo, d1, whole), (bo, d2, whole), (bo, d3, whole)]
    wishes = {Wish(child.pk, day.pk, slot=slot) for child, day, slots in asked for slot in slots}
    wishes.add(Wish(ana.pk, d2.pk, outing_id=outing.pk))
    submit_request(actor=None, family=family, period=period, wishes=wishes, seen_version=0)
    seen = dict(Booking.objects.filter(request__period=period).values_list("pk", "version"))
    decide_lines(actor=director, period=period, seen=seen, decision=Decision.ACCEPTED)
    shown = readiness_of_period(period).fingerprint
    validate_decisions(actor=director, period=period, fingerprint=shown)

def touch(day, child, of, **said):
    who = Who(child.pk, of.pk)
    with clock.pinned(at(day.on, 18)):
        save_touches(actor=director, day=day, touches=[
            Touch(uuid=uuid.uuid4(), who=who, kind=TouchKind(kind), value=value,
                touched_at=at(day.on, 9))
            for kind, value in said.items()])

with clock.pinned(at(d4.on, 8)):
    lines = Booking.objects.filter(child=ana, session_day=d4)
    cancel_lines(actor=director, period=period, seen=dict(lines.values_list("pk", "version")),
        kind=CancelKind.LATE, reason="prévenu le matin même")
for child, day in ((ana, d1), (ana, d2), (ana, d3), (bo, d1)):
    touch(day, child, family, state="present")
touch(d2, bo, family, state="absent")
touch(d3, bo, family, state="absent")
touch(d1, cleo, other, unbooked="afternoon", state="present")
with clock.pinned(at(d3.on, 12)):
    excuse_absence(actor=director, child=bo, day=d3, reason="certificat médical")
print(f"{month:%Y-%m}", family.pk, other.pk)
"""


def make_month(portal: Portal) -> tuple[str, int, int]:
    """Make it. Returns the month as its form writes it, and the two families."""
    ran = subprocess.run(
        [sys.executable, "-m", "preau", "shell", "--no-imports", "--command", SCRIPT],
        cwd=REPOSITORY,
        env={**clean_environment(), "PREAU_MODE": "demo", "PREAU_DATA": str(portal.data)},
        capture_output=True,
        check=False,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr
    month, family, other = ran.stdout.split()[-3:]
    return month, int(family), int(other)
