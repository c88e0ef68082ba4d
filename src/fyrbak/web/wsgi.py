"""The pages as a WSGI application, for any server."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fyrbak.settings")
application = get_wsgi_application()

from fyrbak.database import as_pages, ensure_database  # noqa: E402 - needs Django set up

ensure_database()
as_pages()
