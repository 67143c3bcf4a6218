"""What the frame of every desk page shows: the city's name and the realm."""

from django.conf import settings
from django.http import HttpRequest


def frame(request: HttpRequest) -> dict[str, str]:
    """Template context: `city_name`, `realm`."""
    return {"city_name": settings.CITY_NAME, "realm": settings.REALM}
