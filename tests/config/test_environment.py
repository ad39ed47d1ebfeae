"""A setting that is missing or wrong stops the start with a sentence that says what to set."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from preau.config.environment import ConfigurationError, Mode, read
from tests.kit.programs import ROOT

PRODUCTION = {
    "DATABASE_URL": "postgresql://preau:secret@serveur:5433/famille?sslmode=require",
    "PREAU_SECRET_KEY": "k" * 50,
    "PREAU_HOSTS": "famille.exemple.fr, www.famille.exemple.fr",
    "PREAU_EMAIL_URL": "smtp+tls://nom%40x:mot%3Apasse@smtp.exemple.fr:2525",
    "PREAU_PROXIES": "1",
}


def refusal(**changes: str | None) -> str:
    environ = {**PRODUCTION, **changes}
    with pytest.raises(ConfigurationError) as refused:
        read({name: value for name, value in environ.items() if value is not None})
    return str(refused.value)


def test_everything_given_is_read(tmp_path: Path) -> None:
    settings = read({**PRODUCTION, "PREAU_DATA": str(tmp_path)})
    assert settings.mode is Mode.PRODUCTION
    assert settings.secure
    assert settings.hosts == ["famille.exemple.fr", "www.famille.exemple.fr"]
    assert settings.url == "https://famille.exemple.fr"
    assert settings.mail_from == "Préau <ne-pas-repondre@famille.exemple.fr>"
    assert settings.database == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "famille",
        "USER": "preau",
        "PASSWORD": "secret",
        "HOST": "serveur",
        "PORT": "5433",
        "OPTIONS": {"sslmode": "require"},
    }
    mailer = settings.mailer
    assert mailer
    assert (mailer.host, mailer.port) == ("smtp.exemple.fr", 2525)
    assert (mailer.username, mailer.password) == ("nom@x", "mot:passe")
    assert (mailer.use_tls, mailer.use_ssl) == (True, False)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("PREAU_SECRET_KEY", None, "PREAU_SECRET_KEY n’est pas définie"),
        ("PREAU_SECRET_KEY", "trop courte", "50 caractères au hasard au moins"),
        ("PREAU_SECOND_FACTOR", "offered", "toujours en production"),
        ("PREAU_HOSTS", None, "PREAU_HOSTS n’est pas défini"),
        ("PREAU_HOSTS", " , ", "PREAU_HOSTS n’est pas défini"),
        ("PREAU_HOSTS", "*", "ne peut pas contenir « * »"),
        ("PREAU_HOSTS", "exemple.fr,*", "ne peut pas contenir « * »"),
        ("PREAU_URL", "http://famille.exemple.fr", "PREAU_URL doit commencer par https://"),
        ("PREAU_EMAIL_URL", None, "PREAU_EMAIL_URL n’est pas définie"),
        ("PREAU_EMAIL_URL", "http://smtp.exemple.fr", "PREAU_EMAIL_URL doit s’écrire"),
        ("PREAU_EMAIL_URL", "smtp://", "PREAU_EMAIL_URL doit s’écrire"),
        ("PREAU_EMAIL_URL", "smtp://x:99999", "Le port de PREAU_EMAIL_URL"),
        ("PREAU_EMAIL_URL", "smtp://x:port", "Le port de PREAU_EMAIL_URL"),
        ("DATABASE_URL", "mysql://x/y", "Préau n’utilise que PostgreSQL"),
        ("DATABASE_URL", "postgresql://serveur", "DATABASE_URL ne nomme pas la base"),
        ("DATABASE_URL", "postgresql://x/y?nonsense=1", "n’est pas une adresse PostgreSQL"),
        ("PREAU_PROXIES", None, "PREAU_PROXIES n’est pas défini"),
        ("PREAU_PROXIES", "beaucoup", "PREAU_PROXIES n’est pas défini"),
        ("PREAU_METRICS_TOKEN", "court", "20 caractères au hasard au moins"),
        ("PREAU_LOGS", "xml", "PREAU_LOGS vaut"),
        ("PREAU_MODE", "prod", "PREAU_MODE vaut « prod »"),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: str | None, sentence: str) -> None:
    said = refusal(**{name: value}).replace("\N{NO-BREAK SPACE}", " ")
    assert sentence in said
    assert "secret@" not in said


def test_a_machine_that_names_its_database_is_in_production() -> None:
    assert read(PRODUCTION).mode is Mode.PRODUCTION


def test_a_developer_needs_no_setting(tmp_path: Path) -> None:
    settings = read({"PREAU_DATA": str(tmp_path)})
    assert (settings.mode, settings.secure, settings.mailer) == (Mode.DEVELOPMENT, False, None)
    key = tmp_path / "secret_key"
    assert settings.secret_key == key.read_text()
    assert len(settings.secret_key) >= 50
    assert key.stat().st_mode & 0o777 == 0o600
    assert read({"PREAU_DATA": str(tmp_path)}).secret_key == settings.secret_key


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "fichier").write_text("")
    with pytest.raises(ConfigurationError, match="n’est pas accessible en écriture"):
        read({"PREAU_DATA": str(tmp_path / "fichier" / "var")})


@pytest.mark.parametrize("missing", ["PREAU_SECRET_KEY", "PREAU_HOSTS", "PREAU_EMAIL_URL"])
@pytest.mark.parametrize("command", ["check", "worker", "serve"])
def test_the_program_stops_with_the_sentence_and_no_trace(
    tmp_path: Path, missing: str, command: str
) -> None:
    environ = {**PRODUCTION, "PREAU_DATA": str(tmp_path), "PYTHONUTF8": "1"}
    del environ[missing]
    done = subprocess.run(
        [sys.executable, "-m", "preau", command],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith("Préau ne peut pas démarrer.")
    assert missing in line
    assert done.stdout == ""
