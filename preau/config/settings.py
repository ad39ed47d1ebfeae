"""Django settings. Everything that differs between places comes from `environment.py`."""

import os
import sys
import time
from pathlib import Path
from typing import Any

from django.utils.csp import CSP

from preau.config.environment import ConfigurationError, Mode, read

# Naive dates of third parties (and of people reading logs) are those of Paris.
os.environ["TZ"] = "Europe/Paris"
time.tzset()

try:
    ENVIRONMENT = read()
except ConfigurationError as error:
    sys.stderr.write(f"Préau ne peut pas démarrer. {error}\n")
    raise SystemExit(2) from None

PACKAGE = Path(__file__).resolve().parent.parent
MODE = ENVIRONMENT.mode
DEMO = MODE is Mode.DEMO
DEBUG = False
SECRET_KEY = ENVIRONMENT.secret_key
ALLOWED_HOSTS = ENVIRONMENT.hosts
PUBLIC_URL = ENVIRONMENT.url
DATA = ENVIRONMENT.data
# Who hosts the site (legal notice) and where its faults are reported (security.txt).
HOSTING = ENVIRONMENT.hosting
SECURITY_CONTACT = ENVIRONMENT.security_contact

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "django_tasks_db",
    "pgtrigger",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "preau.core",
    "preau.org",
    "preau.families",
    "preau.activities",
    "preau.booking",
    "preau.attendance",
    "preau.pricing",
    "preau.billing",
    "preau.messaging",
    "preau.accounts",
    "preau.payments",
    "preau.publications",
    "preau.privacy",
    "preau.web",
    *(["preau.demo", "preau.bench"] if MODE in {Mode.DEMO, Mode.DEVELOPMENT, Mode.TEST} else []),
]

# Figures for Prometheus, where there is a token to read them. Each process writes its own file,
# in a folder that the library must know before it is imported.
METRICS_TOKEN = ENVIRONMENT.metrics_token
METRICS_FOLDER = DATA / "metrics"
if METRICS_TOKEN:
    METRICS_FOLDER.mkdir(parents=True, exist_ok=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(METRICS_FOLDER)

MIDDLEWARE = [
    *(["preau.web.public.metrics.Measured"] if METRICS_TOKEN else []),
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Pages shrink five times; Django pads them at random, so that secrets do not show by length.
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "preau.web.middleware.ResponseHeaders",
    "preau.web.middleware.MethodRefused",
    "preau.web.middleware.BadInput",
    "preau.web.middleware.DatabaseAway",
    "preau.web.middleware.Origin",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "preau.web.middleware.SessionRules",
    "preau.core.readonly.ReadOnlyOnGet",
]

ROOT_URLCONF = "preau.config.urls"
WSGI_APPLICATION = "preau.config.wsgi.application"
APPEND_SLASH = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.csp",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "preau.web.context.chrome",
            ],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["django.template.loaders.filesystem.Loader"],
                )
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "preau.web.templatetags.preau",
            ],
        },
    }
]

DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        **(ENVIRONMENT.database or {"ENGINE": "django.db.backends.postgresql", "NAME": "preau"}),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            **ENVIRONMENT.database.get("OPTIONS", {}),
            "application_name": "preau",
            "server_side_binding": True,
            "prepare_threshold": 2,
            # A person waits for a lock as long as they would for a page, then is told to retry.
            "options": "-c lock_timeout=4000 -c statement_timeout=30000 "
            "-c idle_in_transaction_session_timeout=60000",
        },
    }
}
if MODE in {Mode.PRODUCTION, Mode.DEMO, Mode.DEVELOPMENT}:
    DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 1, "max_size": 16, "timeout": 5}

CACHES = {
    # Sign-in limits must hold over all processes: they count in the database, like everything.
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "core_cache",
    }
}
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français")]
LOCALE_PATHS = [PACKAGE / "locale"]
TIME_ZONE = "Europe/Paris"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [PACKAGE / "static"]
STATIC_ROOT = DATA / "static"
# Papers and uploads: never served by an address of their own, only through a view that asks who.
MEDIA_ROOT = DATA / "files"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if MODE in {Mode.PRODUCTION, Mode.DEMO}
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = MODE in {Mode.DEVELOPMENT, Mode.TEST}

MAILERS: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": ENVIRONMENT.mailer.host,
            "port": ENVIRONMENT.mailer.port,
            "username": ENVIRONMENT.mailer.username,
            "password": ENVIRONMENT.mailer.password,
            "use_tls": ENVIRONMENT.mailer.use_tls,
            "use_ssl": ENVIRONMENT.mailer.use_ssl,
            "timeout": 20,
        },
    }
    if ENVIRONMENT.mailer
    else {
        "BACKEND": "preau.demo.mailbox.MailboxBackend",
        "OPTIONS": {"folder": str(DATA / "courriels")},
    }
}
DEFAULT_FROM_EMAIL = ENVIRONMENT.mail_from
SERVER_EMAIL = ENVIRONMENT.mail_from

AUTH_USER_MODEL = "core.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("UserAttributeSimilarityValidator", {}),
        ("MinimumLengthValidator", {"min_length": 12}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    )
] + [{"NAME": "preau.core.passwords.LengthAndContextValidator"}]

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "preau.web.public.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_UNIQUE_EMAIL = False
ACCOUNT_LOGOUT_REDIRECT_URL = "front"
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = False
ALLAUTH_TRUSTED_PROXY_COUNT = ENVIRONMENT.proxies
# A whole school may sit behind one address on opening morning; one identifier may not be guessed.
ACCOUNT_RATE_LIMITS = {
    "login": "600/m/ip",
    "login_failed": "100/m/ip,5/5m/key",
    # A lost password: asking for a mail, then typing its code.
    "reset_password": "60/m/ip,5/h/key",
    "reset_password_from_key": "100/m/ip,10/h/key",
    "reauthenticate": "10/m/user",
}
ACCOUNT_FORMS = {
    "login": "preau.web.public.forms.SignInForm",
    "change_password": "preau.web.public.forms.PasswordChangeForm",
}

# Every member of staff needs a second factor where it is "required"; "offered" is for trying out.
SECOND_FACTOR = ENVIRONMENT.second_factor
MFA_ADAPTER = "preau.web.public.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Préau"
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODE_COUNT = 10
MFA_FORMS = {
    "authenticate": "preau.web.public.forms.SecondFactorForm",
    "activate_totp": "preau.web.public.forms.ActivateFactorForm",
}

# A message may name a child: it stays on our side, never in a readable cookie.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SESSION_ENGINE = "preau.core.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "preau.web.errors.csrf_refused"
if ENVIRONMENT.secure:
    SESSION_COOKIE_NAME = "__Host-preau"
    CSRF_COOKIE_NAME = "__Host-csrf"
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    if ENVIRONMENT.proxies:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
# Where money is real, a shop in TEST mode is shown to no family and credits nothing.
FALSE_CARDS_SETTLE = MODE is not Mode.PRODUCTION
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "object-src": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}
X_FRAME_OPTIONS = "DENY"
# The booking page of four children over a whole year of Wednesdays is under 1 000 boxes.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FILES = 5
FILE_UPLOAD_HANDLERS = [
    "preau.core.uploads.SizeLimit",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"},
        "json": {"()": "preau.core.logs.JsonLines"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": ENVIRONMENT.logs}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "preau": {"level": "INFO"},
        # Every task begun and ended, and every polite end of a worker, is no news.
        "django": {"level": "WARNING"},
        "django_tasks_db": {"level": "ERROR"},
        # A worker told to stop in the middle of a look at its queue drops that connection.
        "psycopg.pool": {"level": "ERROR"},
        # What a hostile browser sends is answered, not logged as a fault of ours.
        "django.security": {"level": "ERROR"},
        "django.request": {"level": "ERROR"},
    },
}
