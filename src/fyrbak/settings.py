"""Django's settings. Everything that differs between installations comes from the environment.

``FYRBAK_HOME``     where the embedded database, results and reports live (default ``~/.fyrbak``)
``DATABASE_URL``    a PostgreSQL server to use instead of the embedded one
``FYRBAK_SECRET``   key that signs sessions; without it a random one is made per process
``FYRBAK_HOSTS``    comma-separated host names that pages answer to (default: this machine only)
``FYRBAK_PAGES_URL``  with DATABASE_URL: the same server as the role that pages run as; see docs/access.md
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

HOME = Path(os.environ.get("FYRBAK_HOME", Path.home() / ".fyrbak")).resolve()
SPARK_MASTER = os.environ.get("FYRBAK_SPARK_MASTER", "")
SPARK_CONF = os.environ.get("FYRBAK_SPARK_CONF", "")
SPARK_MEMORY = os.environ.get("FYRBAK_SPARK_MEMORY", "4g")
SPARK_FILES = os.environ.get("FYRBAK_SPARK_FILES", "")
SECRET_KEY = os.environ.get("FYRBAK_SECRET") or secrets.token_urlsafe(50)
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
    "fyrbak.goals",
    "fyrbak.goals.year",
    "fyrbak.reports",
    "fyrbak.web",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
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
CSRF_FAILURE_VIEW = "fyrbak.web.access.views.csrf_failure"

# A session lasts while pages are opened, at most this long without any. The cookie itself stays until the
# browser is closed, so that somebody who comes too late can be told.
IDLE_MINUTES = int(os.environ.get("FYRBAK_IDLE", "30"))
SESSION_COOKIE_AGE = IDLE_MINUTES * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True

# Five wrong passwords for a name, or from an address, and nothing is tried for a quarter of an hour.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = ["username", "ip_address"]
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_ENABLE_ADMIN = False
AXES_LOCKOUT_CALLABLE = "fyrbak.web.access.views.locked_out"
AXES_SENSITIVE_PARAMETERS: list[str] = ["username", "password", "ip_address", "csrfmiddlewaretoken"]

LANGUAGE_CODE = "sv"
LANGUAGES = [("sv", "Svenska"), ("en", "English")]
TIME_ZONE = "Europe/Stockholm"
USE_TZ = True
STATIC_URL = "static/"
# Static files are served from the packages that carry them; nothing is collected or copied.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WSGI_APPLICATION = "fyrbak.web.wsgi.application"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
