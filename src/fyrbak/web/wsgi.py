"""The pages as a WSGI application, for any server."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fyrbak.settings")
application = get_wsgi_application()

from fyrbak.database import as_pages, ensure_database  # noqa: E402 - needs Django set up
from fyrbak.settings import must_be_ready  # noqa: E402

must_be_ready()
ensure_database()
as_pages()
