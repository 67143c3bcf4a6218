"""WSGI entry of the web processes: `cardservice.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

from cardservice.checks import refuse_unfit
from cardservice.memory import keep_private

keep_private()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cardservice.settings")
application = get_wsgi_application()
refuse_unfit()
