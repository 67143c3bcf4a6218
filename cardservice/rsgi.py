"""Entry of the web processes: `cardservice.rsgi:application`."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.utils.module_loading import import_string

from cardservice.checks import refuse_unfit
from cardservice.memory import keep_private
from cardservice.web.front import Front

keep_private()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cardservice.settings")
_framework = get_wsgi_application()
application = Front(_framework, door=import_string(settings.PROCESS.door) if settings.PROCESS.door else None)
refuse_unfit()
