"""Writing what files say: all of it or nothing, twice the same without doubling anything."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction

from preau.core import audit, clock
from preau.core.errors import RefusedError
from preau.core.locks import short_transaction
from preau.core.models import Act, User
from preau.families.actions.files import OLDEST
from preau.families.importing.reading import (
    CENTRES,
    FAMILIES,
    GROUPS,
    Fact,
    Fault,
    Read,
    read_lines,
)
from preau.families.importing.tables import find_table, plain, read_table
from preau.families.models import (
    Child,
    Custody,
    Enrolment,
    Family,
    FamilyQuotient,
    Guardian,
    Guardianship,
)
from preau.org.models import AgeGroup, Centre

FILES = ("centres", "groupes", "familles")


@dataclass(frozen=True, kw_only=True)
class Report:
    """What was, or would be, imported: how many of each made and changed, and every fault."""

    made: dict[str, int]
    changed: dict[str, int]
    faults: list[Fault]
    written: bool


class _DryRun(Exception):  # noqa: N818 - no error: the end of a rehearsal
    """Undoes what a rehearsal wrote."""


def import_folder(
    *, actor: User | None, folder: Path, dry_run: bool, skip_faulty: bool = False
) -> Report:
    """Import the files of a folder (`docs/import.md`). A family is known by its number.

    With faults nothing is written, unless `skip_faulty`: then the good lines are. A `dry_run`
    writes nothing and reports the same. Raises `TableError` for a file that cannot be read at all,
    `RefusedError` for a folder without any.
    """
    tables = {name: find_table(folder, name) for name in FILES}
    if not any(tables.values()):
        raise RefusedError(
            f"{folder} ne contient ni centres, ni groupes, ni familles, en CSV ou en XLSX."
        )
    columns = {"centres": CENTRES, "groupes": GROUPS, "familles": FAMILIES}
    read = {name: _read(path, columns[name]) for name, path in tables.items()}
    work = _Import(actor)
    try:
        with short_transaction():
            work.centres(read["centres"])
            work.groups(read["groupes"])
            work.families(read["familles"])
            faults = [fault for each in read.values() for fault in each.faults] + work.faults
            faults.sort(key=lambda fault: (FILES.index(fault.file.split(".")[0]), fault.line))
            report = Report(
                made=dict(work.made),
                changed=dict(work.changed),
                faults=faults,
                written=not dry_run and (skip_faulty or not faults),
            )
            if not report.written:
                raise _DryRun
            said = ", ".join(f"{number} {what}" for what, number in work.made.items())
            audit.record(Act.FAMILY_CHANGED, actor=actor, on="import", detail=said or "rien")
    except _DryRun:
        pass
    return report


def _read(path: Path | None, columns: Any) -> Read:
    if path is None:
        return Read()
    header, lines = read_table(path)
    return read_lines(path.name, header, lines, columns)


@dataclass
class _Import:
    """One import under way. Existing rows are read once; new ones are written together."""

    actor: User | None
    made: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    changed: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    faults: list[Fault] = field(default_factory=list)
    _new: list[Any] = field(default_factory=list)

    def _write_new(self) -> None:
        """Write together the rows made since the last time, all of one table."""
        if self._new:
            type(self._new[0]).objects.bulk_create(self._new, batch_size=2_000)
            self._new.clear()

    def centres(self, read: Read) -> None:
        known = {centre.name: centre for centre in Centre.objects.all()}
        for fact in read.facts:
            given = fact.values
            values = {
                "kind": given["type"],
                "address": given["adresse"],
                "director_name": given["direction"],
                "email": given["courriel"],
                "phone": given["telephone"],
                "resident_towns": given["communes"] or [],
            }
            self._put(Centre, known, given["nom"], {"name": given["nom"]}, values, "centres")
        self._write_new()

    def groups(self, read: Read) -> None:
        centres = {plain(centre.name): centre for centre in Centre.objects.all()}
        known = {(group.centre_id, group.name): group for group in AgeGroup.objects.all()}
        for fact in read.facts:
            given = fact.values
            centre = centres.get(plain(given["centre"]))
            if centre is None:
                self._fault("groupes", fact, "centre", "centre inconnu")
                continue
            if given["age_min"] > given["age_max"]:
                self._fault("groupes", fact, "age_max", "plus petit que age_min")
                continue
            key = (centre.pk, given["nom"])
            values = {"min_age": given["age_min"], "max_age": given["age_max"]}
            who = {"centre": centre, "name": given["nom"]}
            self._put(AgeGroup, known, key, who, values, "groupes")
        self._write_new()

    def families(self, read: Read) -> None:
        facts = [fact for fact in read.facts if self._sound(fact)]
        numbers = {fact.values["famille_numero"] for fact in facts}
        families = {each.number: each for each in Family.objects.filter(number__in=numbers)}
        for fact in facts:
            given = fact.values
            values = {"name": given["famille_nom"], "town": given["commune"] or ""}
            number = given["famille_numero"]
            self._put(Family, families, number, {"number": number}, values, "familles")
        self._write_new()
        self._adults(facts, families)
        self._children(facts, families)
        self._quotients(facts, families)

    def _sound(self, fact: Fact) -> bool:
        """What the cells of a line say together, and against what is known."""
        given, before = fact.values, len(self.faults)
        today = clock.today()
        if not hasattr(self, "_centres"):
            self._centres = {plain(centre.name): centre for centre in Centre.objects.all()}
        if plain(given["centre"]) not in self._centres:
            self._fault("familles", fact, "centre", "centre inconnu")
        if not today.year - OLDEST <= given["naissance"].year or given["naissance"] > today:
            self._fault("familles", fact, "naissance", "à venir, ou trop ancienne pour un enfant")
        if given["inscrit_au"] and given["inscrit_au"] < given["inscrit_du"]:
            self._fault("familles", fact, "inscrit_au", "avant inscrit_du")
        for rank in ("adulte1", "adulte2"):
            names = [given[f"{rank}_{part}"] for part in ("prenom", "nom")]
            others = [given[f"{rank}_{part}"] for part in ("courriel", "telephone")]
            if any([*names, *others]) and not all(names):
                self._fault("familles", fact, f"{rank}_nom", "prénom et nom vont ensemble")
        dates = [given["quotient_du"], given["quotient_au"]]
        if given["quotient"] is not None and not all(dates):
            self._fault("familles", fact, "quotient_du", "un quotient a ses deux dates")
        elif all(dates) and dates[1] < dates[0]:
            self._fault("familles", fact, "quotient_au", "avant quotient_du")
        return len(self.faults) == before

    def _adults(self, facts: Iterable[Fact], families: dict[int, Family]) -> None:
        links = Guardianship.objects.filter(family__in=families.values()).select_related("guardian")
        known = {(each.family_id, _name(each.guardian)): each.guardian for each in links}
        contacts = {each.family_id for each in links if each.is_contact}
        joined = []
        for fact in facts:
            family = families[fact.values["famille_numero"]]
            for rank in ("adulte1", "adulte2"):
                first, last = fact.values[f"{rank}_prenom"], fact.values[f"{rank}_nom"]
                if not first:
                    continue
                given = {
                    "phone": fact.values[f"{rank}_telephone"] or "",
                    "email": fact.values[f"{rank}_courriel"] or "",
                }
                key = (family.pk, plain(f"{first} {last}"))
                guardian = known.get(key)
                if guardian and guardian.user_id:
                    # A sign-in moves by its own page (S11), never by a file.
                    given.pop("email")
                who = {"first_name": first, "last_name": last}
                new = guardian is None
                made = self._put(Guardian, known, key, who, given, "adultes")
                if new:
                    contact = family.pk not in contacts
                    contacts.add(family.pk)
                    joined.append(Guardianship(family=family, guardian=made, is_contact=contact))
        self._write_new()
        Guardianship.objects.bulk_create(joined, batch_size=2_000)

    def _children(self, facts: Iterable[Fact], families: dict[int, Family]) -> None:
        homes = Custody.objects.filter(family__in=families.values()).select_related("child")
        known = {
            (each.family_id, _name(each.child), each.child.birth_date): each.child for each in homes
        }
        stays = {
            (each.child_id, each.centre_id): each
            for each in Enrolment.objects.filter(child__in=known.values()).order_by("starts_on")
        }
        homes_made, pairs = [], []
        for fact in facts:
            given = fact.values
            family = families[given["famille_numero"]]
            name = f"{given['enfant_prenom']} {given['enfant_nom']}"
            key = (family.pk, plain(name), given["naissance"])
            new = key not in known
            who = {
                "first_name": given["enfant_prenom"],
                "last_name": given["enfant_nom"],
                "birth_date": given["naissance"],
            }
            values = {"school_level": given["classe"] or ""}
            child = self._put(Child, known, key, who, values, "enfants")
            pairs.append((fact, child))
            if new:
                homes_made.append(Custody(family=family, child=child))
        self._write_new()
        Custody.objects.bulk_create(homes_made, batch_size=2_000)
        for fact, child in pairs:
            self._stay(fact, child, stays)
        self._write_new()

    def _stay(self, fact: Fact, child: Child, stays: dict[tuple[int, int], Enrolment]) -> None:
        given = fact.values
        centre = self._centres[plain(given["centre"])]
        dates = {"starts_on": given["inscrit_du"], "ends_on": given["inscrit_au"]}
        where = {"child": child, "centre": centre}
        try:
            with transaction.atomic():
                key = (child.pk, centre.pk)
                self._put(Enrolment, stays, key, where, dates, "inscriptions")
        except IntegrityError:
            self._fault("familles", fact, "inscrit_du", "recouvre une autre inscription")

    def _quotients(self, facts: Iterable[Fact], families: dict[int, Family]) -> None:
        found = FamilyQuotient.objects.filter(family__in=families.values())
        known = {(each.family_id, each.valid_from): each for each in found}
        for fact in facts:
            given = fact.values
            if given["quotient"] is None:
                continue
            family = families[given["famille_numero"]]
            who = {"family": family, "valid_from": given["quotient_du"]}
            values = {
                "value": given["quotient"],
                "scheme": given["regime"] or "other",
                "valid_to": given["quotient_au"],
                "evidence": "import",
            }
            key = (family.pk, given["quotient_du"])
            made = self._put(FamilyQuotient, known, key, who, values, "quotients")
            made.recorded_at, made.recorded_by = clock.now(), self.actor
        self._write_new()

    def _put(
        self,
        model: Callable[..., Any],
        known: dict[Any, Any],
        key: Any,
        who: dict[str, Any],
        values: dict[str, Any],
        what: str,
    ) -> Any:
        """Make what is not known, change what differs, leave alone what is the same."""
        row = known.get(key)
        if row is None:
            row = known[key] = model(**who, **values)
            self._new.append(row)
            self.made[what] += 1
            return row
        if row.pk is None:  # the file says it again
            for name, value in values.items():
                setattr(row, name, value)
            return row
        differing = [name for name, value in values.items() if getattr(row, name) != value]
        if differing:
            for name in differing:
                setattr(row, name, values[name])
            row.save(update_fields=differing)
            self.changed[what] += 1
        return row

    def _fault(self, file: str, fact: Fact, column: str, reason: str) -> None:
        self.faults.append(Fault(file=file, line=fact.line, column=column, reason=reason))


def _name(person: Guardian | Child) -> str:
    return plain(f"{person.first_name} {person.last_name}")
