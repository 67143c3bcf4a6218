"""Words of the office's pages for sectors, fields, faces and states."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

SECTORS: dict[str, Promise] = {
    "health": gettext_lazy("Health"),
    "education": gettext_lazy("School and language classes"),
    "shelter": gettext_lazy("Shelter and housing"),
    "legal": gettext_lazy("Legal advice"),
    "safe-reporting": gettext_lazy("Safe reporting of crime"),
    "culture": gettext_lazy("Culture, sport and library"),
    "municipal": gettext_lazy("Municipal counter"),
}
FIELDS: dict[str, Promise] = {
    "name": gettext_lazy("Name"),
    "born": gettext_lazy("Date of birth"),
    "photo": gettext_lazy("Photo"),
}
FACES: dict[str, Promise] = {
    "any": gettext_lazy("Any side of the card"),
    "portrait": gettext_lazy("The side with the photo"),
}
STATES: dict[str, Promise] = {
    "draft": gettext_lazy("Draft"),
    "active": gettext_lazy("Active"),
    "suspended": gettext_lazy("Suspended"),
    "ended": gettext_lazy("Ended"),
}
