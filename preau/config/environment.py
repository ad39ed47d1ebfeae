"""The settings that come from outside, read once, checked, and named in French when they fail."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit


class Mode(StrEnum):
    """What this process is for. Only `PRODUCTION` trusts nothing and guesses nothing."""

    PRODUCTION = "production"
    DEVELOPMENT = "development"
    DEMO = "demo"
    TEST = "test"


class ConfigurationError(RuntimeError):
    """A setting is missing or wrong. The message is one French sentence for the operator."""


@dataclass(frozen=True, kw_only=True)
class Mailer:
    """Where mail is handed over: host, port, credentials, and how the line is protected."""

    host: str
    port: int
    username: str
    password: str
    use_tls: bool
    use_ssl: bool


@dataclass(frozen=True, kw_only=True)
class Environment:
    """Every setting of the environment, typed.

    `data` is the folder of everything written at run time; `url` the public address, without a
    final slash, used in mails; `secure` is true when pages are served over HTTPS; `proxies` is how
    many relays of ours stand before the site: only their headers are believed; `hosting` is who
    hosts the site, as the legal notice must say; `security_contact` is where faults are reported;
    `logs` is `line` or `json`.
    """

    mode: Mode
    data: Path
    database: Mapping[str, Any]
    secret_key: str
    hosts: list[str]
    url: str
    secure: bool
    proxies: int
    second_factor: str
    mail_from: str
    hosting: str
    security_contact: str
    mailer: Mailer | None
    metrics_token: str
    logs: str


def read(environ: Mapping[str, str] | None = None) -> Environment:
    """Read the environment.

    Without `PREAU_MODE`, a machine that names its database is in production and one that does not
    is a developer's. Raises `ConfigurationError` naming the variable to set.
    """
    env = os.environ if environ is None else environ
    mode = _mode(env)
    data = Path(env.get("PREAU_DATA", "var")).absolute()
    production = mode is Mode.PRODUCTION
    hosts = [host.strip() for host in env.get("PREAU_HOSTS", "").split(",") if host.strip()]
    if production and not hosts:
        raise ConfigurationError(
            "PREAU_HOSTS n’est pas défini : indiquez le ou les noms du site, séparés par des "
            "virgules, par exemple PREAU_HOSTS=famille.exemple.fr."
        )
    if "*" in hosts:
        raise ConfigurationError("PREAU_HOSTS ne peut pas contenir « * » : nommez chaque site.")
    hosts = hosts or ["127.0.0.1", "localhost", "[::1]", "testserver"]
    default_url = f"https://{hosts[0]}" if production else "http://127.0.0.1:8000"
    url = env.get("PREAU_URL", default_url).rstrip("/")
    if production and not url.startswith("https://"):
        raise ConfigurationError("PREAU_URL doit commencer par https:// en production.")
    return Environment(
        mode=mode,
        data=data,
        database=_database(env, mode),
        secret_key=_secret_key(env, mode, data),
        hosts=hosts,
        url=url,
        secure=production,
        proxies=_proxies(env, mode),
        second_factor=_second_factor(env, mode),
        mail_from=env.get("PREAU_MAIL_FROM", f"Préau <ne-pas-repondre@{_mail_domain(hosts)}>"),
        hosting=env.get("PREAU_HOSTING", "").strip(),
        security_contact=env.get("PREAU_SECURITY_CONTACT", "").strip(),
        mailer=_mailer(env, mode),
        metrics_token=_metrics_token(env),
        logs=_logs(env),
    )


def _metrics_token(env: Mapping[str, str]) -> str:
    """What Prometheus must show; empty, /metrics does not exist."""
    token = env.get("PREAU_METRICS_TOKEN", "")
    if token and (len(token) < 20 or not token.isascii()):
        raise ConfigurationError(
            "PREAU_METRICS_TOKEN est trop court : 20 caractères au hasard au moins, sans accent."
        )
    return token


def _logs(env: Mapping[str, str]) -> str:
    chosen = env.get("PREAU_LOGS", "line")
    if chosen not in {"line", "json"}:
        raise ConfigurationError("PREAU_LOGS vaut « line » (pour être lu) ou « json ».")
    return chosen


def _mode(env: Mapping[str, str]) -> Mode:
    named = env.get("PREAU_MODE")
    if named is None:
        return Mode.PRODUCTION if env.get("DATABASE_URL") else Mode.DEVELOPMENT
    try:
        return Mode(named)
    except ValueError:
        choices = ", ".join(Mode)
        raise ConfigurationError(
            f"PREAU_MODE vaut « {named} » : choisissez parmi {choices}."
        ) from None


def _database(env: Mapping[str, str], mode: Mode) -> dict[str, Any]:
    """Django's description of the database. Empty when nobody named one: nothing connects then."""
    url = env.get("DATABASE_URL", "")
    if not url and mode is Mode.PRODUCTION:
        raise ConfigurationError(
            "DATABASE_URL n’est pas définie : indiquez la base, par exemple "
            "postgresql://preau:motdepasse@serveur:5432/preau."
        )
    if not url:
        return {}
    if urlsplit(url).scheme not in {"postgres", "postgresql"}:
        raise ConfigurationError(
            "DATABASE_URL doit commencer par postgresql:// : Préau n’utilise que PostgreSQL."
        )
    # psycopg owns the grammar of connection addresses; reading it ourselves would be a second one.
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    try:
        parts = dict(conninfo_to_dict(url))
    except ProgrammingError:
        raise ConfigurationError(
            "DATABASE_URL n’est pas une adresse PostgreSQL lisible, par exemple "
            "postgresql://preau:motdepasse@serveur:5432/preau."
        ) from None
    known = {key: parts.pop(key, "") for key in ("dbname", "user", "password", "host", "port")}
    if not known["dbname"]:
        raise ConfigurationError("DATABASE_URL ne nomme pas la base, par exemple …/preau.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": known["dbname"],
        "USER": known["user"],
        "PASSWORD": known["password"],
        "HOST": known["host"],
        "PORT": known["port"],
        "OPTIONS": parts,
    }


def _second_factor(env: Mapping[str, str], mode: Mode) -> str:
    """Whether staff must have a second factor: always in production."""
    production = mode is Mode.PRODUCTION
    asked = env.get("PREAU_SECOND_FACTOR", "required" if production else "offered")
    if asked not in {"required", "offered"} or (production and asked != "required"):
        raise ConfigurationError(
            "PREAU_SECOND_FACTOR vaut « required » (toujours en production) ou « offered »."
        )
    return asked


def _proxies(env: Mapping[str, str], mode: Mode) -> int:
    text = env.get("PREAU_PROXIES", "" if mode is Mode.PRODUCTION else "0")
    if text not in {"0", "1", "2", "3"}:
        raise ConfigurationError(
            "PREAU_PROXIES n’est pas défini : indiquez combien de relais (nginx, répartiteur) "
            "précèdent le site, de 0 à 3 ; le plus souvent 1."
        )
    return int(text)


def _secret_key(env: Mapping[str, str], mode: Mode, data: Path) -> str:
    given = env.get("PREAU_SECRET_KEY", "")
    if given:
        if mode is Mode.PRODUCTION and len(given) < 50:
            raise ConfigurationError(
                "PREAU_SECRET_KEY est trop courte : 50 caractères au hasard au moins."
            )
        return given
    if mode is Mode.PRODUCTION:
        raise ConfigurationError(
            "PREAU_SECRET_KEY n’est pas définie : mettez-y 50 caractères au hasard au moins, "
            'par exemple avec python -c "import secrets; print(secrets.token_urlsafe(50))".'
        )
    if mode is Mode.TEST:
        return secrets.token_urlsafe(50)
    return _kept_key(data / "secret_key")


def _kept_key(path: Path) -> str:
    """A key of this machine's own, so that a second start keeps people signed in."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_name(f".{path.name}.{os.getpid()}")
        aside.touch(mode=0o600)
        aside.write_text(secrets.token_urlsafe(50))
        # Whole or not at all, and the first of two simultaneous starts decides.
        with suppress(FileExistsError):
            path.hardlink_to(aside)
        aside.unlink()
        return path.read_text()
    except OSError as error:
        raise ConfigurationError(
            f"Le dossier {path.parent} n’est pas accessible en écriture : {error.strerror}."
        ) from None


def _mailer(env: Mapping[str, str], mode: Mode) -> Mailer | None:
    url = env.get("PREAU_EMAIL_URL", "")
    if not url:
        if mode is Mode.PRODUCTION:
            raise ConfigurationError(
                "PREAU_EMAIL_URL n’est pas définie : indiquez le serveur d’envoi, par exemple "
                "smtp+tls://utilisateur:motdepasse@smtp.exemple.fr:587."
            )
        return None
    parts = urlsplit(url)
    defaults = {"smtp": 25, "smtp+tls": 587, "smtps": 465}
    if parts.scheme not in defaults or not parts.hostname or parse_qs(parts.query):
        raise ConfigurationError(
            "PREAU_EMAIL_URL doit s’écrire smtp://, smtp+tls:// ou smtps://, suivi du serveur, "
            "par exemple smtp+tls://utilisateur:motdepasse@smtp.exemple.fr:587."
        )
    try:
        port = parts.port or defaults[parts.scheme]
    except ValueError:
        raise ConfigurationError(
            "Le port de PREAU_EMAIL_URL n’est pas un nombre de 1 à 65535."
        ) from None
    return Mailer(
        host=parts.hostname,
        port=port,
        username=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        use_tls=parts.scheme == "smtp+tls",
        use_ssl=parts.scheme == "smtps",
    )


def _mail_domain(hosts: list[str]) -> str:
    first = hosts[0]
    return "exemple.invalid" if first.startswith(("127.", "localhost", "[")) else first
