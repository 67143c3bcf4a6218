"""What the frame of every page of staff shows: the city's name, the realm, and which process it is of."""

from django.conf import settings
from django.http import HttpRequest


def frame(request: HttpRequest) -> dict[str, str | bool]:
    """Template context: `city_name`, `realm`, `process`, `provider` (whether the city has one)."""
    return {
        "city_name": settings.CITY_NAME,
        "realm": settings.REALM,
        "process": settings.PROCESS.name,
        "provider": settings.OPENID is not None,
    }
