"""The web door's WSGI application."""

import os
import sys

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "acuse.config.settings")

# A request waits for the database some fifteen times, and after each wait for the interpreter, which by default another
# request may keep for 5 ms. docs/benchmarks.md says what this gains.
sys.setswitchinterval(0.0005)

application = get_wsgi_application()
