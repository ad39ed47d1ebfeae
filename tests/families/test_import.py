"""The start of the year from files: nothing half-written nor doubled, every fault named (B20)."""

from __future__ import annotations

import csv
import random
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from openpyxl import Workbook

from preau.core.errors import RefusedError
from preau.families.actions.import_files import Report, import_folder
from preau.families.importing.reading import CENTRES, FAMILIES, GROUPS
from preau.families.importing.tables import TableError
from preau.families.models import Child, Custody, Enrolment, Family, FamilyQuotient, Guardian
from preau.org.models import AgeGroup, Centre
from tests.factories import Cast

DOCS = Path(__file__).parents[2] / "docs"
MODELS = DOCS / "modeles"


def row(number: int, **cells: str) -> dict[str, str]:
    """A good line of families."""
    given = {
        "famille_numero": str(number),
        "famille_nom": f"Import {number}",
        "adulte1_prenom": "Alex",
        "adulte1_nom": f"Import {number}",
        "adulte1_courriel": f"alex{number}@exemple.fr",
        "enfant_prenom": "Zoé",
        "enfant_nom": f"Import {number}",
        "naissance": "04/05/2019",
        "centre": "Centre des Tilleuls",
        "inscrit_du": "2026-09-01",
        "quotient": "842,50",
        "quotient_du": "01/09/2026",
        "quotient_au": "31/08/2027",
    }
    return given | cells


def written(folder: Path, rows: list[dict[str, str]], *, encoding: str = "utf-8") -> Path:
    """These lines as `familles.csv`."""
    out = StringIO()
    writer = csv.DictWriter(out, list(FAMILIES), delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    (folder / "familles.csv").write_bytes(out.getvalue().encode(encoding))
    return folder


def run(folder: Path, **more: Any) -> Report:
    options: dict[str, Any] = {"actor": None, "dry_run": False} | more
    return import_folder(folder=folder, **options)


def faults(report: Report) -> list[tuple[int, str]]:
    return [(fault.line, fault.column) for fault in report.faults]


def test_the_models_of_the_documentation_make_an_organisation(db: None) -> None:
    report = run(MODELS)
    assert report.faults == []
    assert report.made == {
        "centres": 1,
        "groupes": 2,
        "familles": 1,
        "adultes": 1,
        "enfants": 2,
        "inscriptions": 2,
        "quotients": 1,
    }
    family = Family.objects.get()
    assert {child.first_name for child in family.children.all()} == {"Zoé", "Tom"}
    assert family.quotients.get().value == Decimal("842.50")
    assert Centre.objects.get().resident_towns == ["Exempleville", "Autreville"]
    assert AgeGroup.objects.count() == 2
    assert family.guardianships.get().is_contact


def test_the_documentation_names_every_column() -> None:
    text = (DOCS / "import.md").read_text("utf-8")
    for name in (*CENTRES, *GROUPS, *FAMILIES):
        assert f"| `{name}` |" in text


def test_twice_the_same_changes_nothing(cast: Cast, tmp_path: Path) -> None:
    written(tmp_path, [row(1001), row(1001, enfant_prenom="Tom", naissance="12/02/2022")])
    run(tmp_path)
    again = run(tmp_path)
    assert (again.made, again.changed) == ({}, {})
    assert Family.objects.filter(number=1001).count() == 1
    assert Custody.objects.filter(family__number=1001).count() == 2


def test_what_changed_is_changed_and_nothing_else(cast: Cast, tmp_path: Path) -> None:
    run(written(tmp_path, [row(1001), row(1002)]))
    report = run(written(tmp_path, [row(1001, commune="Autreville", classe="CE2"), row(1002)]))
    assert report.made == {}
    assert report.changed == {"familles": 1, "enfants": 1}
    assert Family.objects.get(number=1001).town == "Autreville"


def test_the_address_of_a_sign_in_does_not_move_by_a_file(cast: Cast, tmp_path: Path) -> None:
    guardian = cast.exemple.guardian
    before = guardian.email
    line = row(
        1,
        famille_nom="Exemple",
        adulte1_prenom=guardian.first_name,
        adulte1_nom=guardian.last_name,
        adulte1_courriel="autre@exemple.fr",
    )
    run(written(tmp_path, [line]))
    guardian.refresh_from_db()
    assert guardian.email == before


FAULTY = {
    "famille_numero": "douze",
    "famille_nom": "",
    "adulte1_courriel": "alex.exemple.fr",
    "adulte1_prenom": "",
    "enfant_prenom": "",
    "naissance": "31/02/2019",
    "centre": "Centre inconnu",
    "inscrit_du": "bientôt",
    "quotient": "-3",
    "quotient_du": "",
    "classe": "cm9",
}


@pytest.mark.parametrize("column", FAULTY)
def test_each_fault_is_named_by_line_and_column(cast: Cast, tmp_path: Path, column: str) -> None:
    report = run(written(tmp_path, [row(1001), row(1002, **{column: FAULTY[column]})]))
    named = "adulte1_nom" if column == "adulte1_prenom" else column
    assert faults(report) == [(3, named)]
    assert report.faults[0].reason
    assert not report.written
    assert not Family.objects.filter(number=1001).exists(), "nothing is half-written"


def test_all_the_faults_of_a_line_are_told_at_once(cast: Cast, tmp_path: Path) -> None:
    line = row(1001, famille_numero="x", naissance="hier", quotient="beaucoup")
    assert faults(run(written(tmp_path, [line]))) == [
        (2, "famille_numero"),
        (2, "naissance"),
        (2, "quotient"),
    ]


def test_a_rehearsal_writes_nothing(cast: Cast, tmp_path: Path) -> None:
    before = Family.objects.count()
    report = run(written(tmp_path, [row(1001)]), dry_run=True)
    assert report.made["familles"] == 1
    assert not report.written
    assert Family.objects.count() == before


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_whatever_wrote_the_file_accents_stay(cast: Cast, tmp_path: Path, encoding: str) -> None:
    run(written(tmp_path, [row(1001, famille_nom="Éléonore Ça")], encoding=encoding))
    assert Family.objects.get(number=1001).name == "Éléonore Ça"


def test_a_workbook_is_read_as_well(cast: Cast, tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet
    cells = row(1001)
    sheet.append(list(cells))
    sheet.append(list(cells.values()))
    book.save(tmp_path / "familles.xlsx")
    assert run(tmp_path).made["familles"] == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("familles.csv", b""),
        ("familles.csv", b"\x00\x01\x02"),
        ("familles.xlsx", b"not a workbook"),
        ("familles.csv", b"famille_numero;famille_numero\n1;2\n"),
    ],
)
def test_what_is_no_table_is_refused_in_words(
    cast: Cast, tmp_path: Path, name: str, content: bytes
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(TableError):
        run(tmp_path)


def test_an_empty_folder_is_refused(cast: Cast, tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="ne contient ni"):
        run(tmp_path)


def test_a_missing_or_unknown_column_is_named(cast: Cast, tmp_path: Path) -> None:
    (tmp_path / "familles.csv").write_text("famille_numero;couleur\n1;bleu\n")
    columns = {fault.column for fault in run(tmp_path).faults}
    assert {"couleur", "naissance", "famille_nom"} <= columns


def test_five_thousand_lines_with_three_hundred_faults(cast: Cast, tmp_path: Path) -> None:
    """All named, none written; then the good ones alone, in less than half a minute."""
    import time

    dice = random.Random(1)
    rows = [row(number) for number in range(10_000, 15_000)]
    wrong = sorted(dice.sample(range(5_000), 300))
    columns = list(FAULTY)
    for place in wrong:
        column = dice.choice([name for name in columns if name != "adulte1_prenom"])
        rows[place][column] = FAULTY[column]
    written(tmp_path, rows)
    began = time.monotonic()
    report = run(tmp_path, dry_run=True)
    assert [fault.line for fault in report.faults] == [place + 2 for place in wrong]
    assert Family.objects.filter(number__gte=10_000).count() == 0
    report = run(tmp_path, skip_faulty=True)
    assert report.written
    taken = time.monotonic() - began
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # for the counts below: nothing knows yet how full tables are
    assert Family.objects.filter(number__gte=10_000).count() == 4_700
    assert Enrolment.objects.filter(child__families__number__gte=10_000).count() == 4_700
    assert Child.objects.count() - 4_700 < 50
    assert Guardian.objects.filter(last_name__startswith="Import").count() == 4_700
    assert FamilyQuotient.objects.filter(family__number__gte=10_000).count() == 4_700
    assert taken < 30, "a rehearsal and an import"


def test_the_command_says_the_faults_and_fails(cast: Cast, tmp_path: Path) -> None:
    written(tmp_path, [row(1001), row(1002, naissance="hier")])
    out = StringIO()
    call_command("import_organisation", tmp_path, "--dry-run", stdout=out)
    assert "familles.csv, ligne 3, naissance : date illisible" in out.getvalue()
    assert "rien n’est écrit" in out.getvalue()
    with pytest.raises(CommandError, match="--skip-faulty"):
        call_command("import_organisation", tmp_path, stdout=StringIO())
    call_command("import_organisation", tmp_path, "--skip-faulty", stdout=StringIO())
    assert Family.objects.filter(number=1001).exists()
