"""Django's settings. Everything that differs between installations comes from the environment.

``FYRBAK_HOME``     where the embedded database, results and reports live (default ``~/.fyrbak``)
``DATABASE_URL``    a PostgreSQL server to use instead of the embedded one
``FYRBAK_PAGES_URL``  with DATABASE_URL: the same server, as the role that pages run as (docs/access.md)
``FYRBAK_SECRET``   key that signs sessions; without it a random one is made each time the pages are served
``FYRBAK_HOSTS``    comma-separated host names that pages answer to (default: this machine only)
``FYRBAK_PRODUCTION``  1 for pages that others than this machine reach: over encrypted connections alone,
                    and only with FYRBAK_SECRET and FYRBAK_HOSTS
``FYRBAK_PROXY``    1 when a proxy of one's own stands before the pages and says who asks, and how
``FYRBAK_OPEN_LICENCE``  terms of the open data, CC0-1.0 or CC-BY-4.0, once whoever publishes has chosen
``FYRBAK_PUBLISHER``     whom readers of the public site write to: a name with an address
``FYRBAK_OIDC_ISSUER``, ``FYRBAK_OIDC_CLIENT``, ``FYRBAK_OIDC_SECRET``  an OpenID Connect provider to sign in
                    through, and who these pages are to it
``FYRBAK_SMTP_URL``, ``FYRBAK_MAIL_FROM``, ``FYRBAK_ADDRESS``  mail server and sender of the weekly letter,
                    and where its links lead (docs/reminders.md); without a server letters are files
``FYRBAK_IDENTIFIED_DELIVERY``  why monthly files may carry personal numbers; without a reason none does
``FYRBAK_PREM_WORDING``  file with the wording of the SVF-PREM questionnaire, which others own (docs/prem.md)
``FYRBAK_IDLE``     minutes without a page after which a session ends (default 30)

Only for the engine ``spark``, all explained in docs/engines.md:

``FYRBAK_SPARK_MASTER``  where Spark counts (default: as its own settings say, else all cores of this machine)
``FYRBAK_SPARK_CONF``    a file of Spark's own properties, instead of the tuning given here
``FYRBAK_SPARK_MEMORY``  memory of the process that asks (default ``4g``)
``FYRBAK_SPARK_FILES``   ``FOLDER=ADDRESS``: files below the folder are read by Spark at the address
"""

from __future__ import annotations

import os
import secrets
from datetime import timedelta
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from fyrbak.clock import ZONE
from fyrbak.errors import BadInputError

HOME = Path(os.environ.get("FYRBAK_HOME", Path.home() / ".fyrbak")).resolve()
SPARK_MASTER = os.environ.get("FYRBAK_SPARK_MASTER", "")
SPARK_CONF = os.environ.get("FYRBAK_SPARK_CONF", "")
SPARK_MEMORY = os.environ.get("FYRBAK_SPARK_MEMORY", "4g")
SPARK_FILES = os.environ.get("FYRBAK_SPARK_FILES", "")
SECRET_KEY = os.environ.get("FYRBAK_SECRET") or secrets.token_urlsafe(50)
PRODUCTION = os.environ.get("FYRBAK_PRODUCTION") == "1"
PROXY = os.environ.get("FYRBAK_PROXY") == "1"
DEBUG = False
ALLOWED_HOSTS = os.environ.get("FYRBAK_HOSTS", "localhost,127.0.0.1,[::1],testserver").split(",")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "axes",
    "django_htmx",
    "fyrbak.records",
    "fyrbak.access",
    "fyrbak.registers.inbox",
    "fyrbak.registers.notifications",
    "fyrbak.registers.pathology_review",
    "fyrbak.pathways.ongoing",
    "fyrbak.pathways.events",
    "fyrbak.pathways.monthly",
    "fyrbak.pathways.catalogue",
    "fyrbak.pathways.deliveries",
    "fyrbak.pathways.prem",
    "fyrbak.pathways.waits",
    "fyrbak.goals",
    "fyrbak.goals.improvement",
    "fyrbak.goals.year",
    "fyrbak.library.competence",
    "fyrbak.library.returns",
    "fyrbak.studies",
    "fyrbak.reports",
    "fyrbak.web",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "fyrbak.web.plain_text.PlainTextMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "fyrbak.web.public.strangers.StrangersMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "fyrbak.web.access.actor.ActorMiddleware",
    "fyrbak.web.reader.ReaderMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "fyrbak.web.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
]


def database_entry(address: str) -> dict[str, object]:
    """Django's description of the PostgreSQL server at ``address`` (a postgresql:// address)."""
    parts = conninfo_to_dict(address)
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 600,
        **{name: str(parts.get(part) or "") for name, part in names.items()},
    }


# Without DATABASE_URL the embedded server fills in this entry when it starts; see fyrbak.database,
# which also refuses an address that is not PostgreSQL's.
_ADDRESS = os.environ.get("DATABASE_URL", "")
_IS_POSTGRESQL = _ADDRESS.startswith(("postgres://", "postgresql://"))
DATABASES = {"default": database_entry(_ADDRESS if _IS_POSTGRESQL else "postgresql:///fyrbak")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "access.Account"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "fyrbak.access.backends.AccountBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("MinimumLengthValidator", {"min_length": 12}),
        ("UserAttributeSimilarityValidator", {"user_attributes": ("username", "name", "email")}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    )
]
OIDC_ISSUER = os.environ.get("FYRBAK_OIDC_ISSUER", "")
OIDC_CLIENT = os.environ.get("FYRBAK_OIDC_CLIENT", "")
OIDC_SECRET = os.environ.get("FYRBAK_OIDC_SECRET", "")
CSRF_FAILURE_VIEW = "fyrbak.web.access.views.csrf_failure"

# A session lasts while pages are opened, at most this long without any. The cookie itself stays until the
# browser is closed, so that somebody who comes too late can be told.
IDLE_MINUTES = int(os.environ.get("FYRBAK_IDLE", "30"))
SESSION_COOKIE_AGE = IDLE_MINUTES * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True

# Five wrong passwords for a name from an address, and nothing is tried for a quarter of an hour. Not for an
# address alone, since a whole hospital may share one; not for a name alone, or anybody could lock others out.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "fyrbak.access.user_names.name_tried"
AXES_CLIENT_IP_CALLABLE = "fyrbak.web.access.sender.address_of"
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_ENABLE_ADMIN = False
AXES_LOCKOUT_CALLABLE = "fyrbak.web.access.views.locked_out"
AXES_SENSITIVE_PARAMETERS: list[str] = ["username", "password", "ip_address", "csrfmiddlewaretoken"]

IDENTIFIED_DELIVERY = os.environ.get("FYRBAK_IDENTIFIED_DELIVERY", "").strip()
PREM_WORDING = os.environ.get("FYRBAK_PREM_WORDING", "")
OPEN_LICENCE = os.environ.get("FYRBAK_OPEN_LICENCE", "")
PUBLISHER = os.environ.get("FYRBAK_PUBLISHER", "")

LANGUAGE_CODE = "sv"
LANGUAGES = [("sv", "Svenska"), ("en", "English")]
TIME_ZONE = ZONE
USE_TZ = True
STATIC_URL = "static/"
# Static files are served from the packages that carry them; nothing is collected or copied.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WSGI_APPLICATION = "fyrbak.web.wsgi.application"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = PRODUCTION
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PROXY else None


def must_be_ready() -> None:
    """Raise BadInputError where pages would be served to others with a key or names that nobody chose."""
    missing = [name for name in ("FYRBAK_SECRET", "FYRBAK_HOSTS") if not os.environ.get(name)]
    if PRODUCTION and missing:
        raise BadInputError(
            f"{' and '.join(missing)} must be given when FYRBAK_PRODUCTION is 1. See docs/access.md."
        )
