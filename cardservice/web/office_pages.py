"""What every page of the office shares: which roles may read it, which may act on it."""

from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views import View


class OfficePage(View):
    """A page that serves the roles in `readers`, and takes something from those in `writers`; nobody else."""

    readers: ClassVar[tuple[str, ...]] = ()
    writers: ClassVar[tuple[str, ...]] = ()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        allowed = self.readers if request.method in ("GET", "HEAD") else self.writers
        if getattr(request.user, "role", None) in allowed:
            return super().dispatch(request, *args, **kwargs)
        if "text/html" in request.headers.get("Accept", ""):
            return self.page("staff/not_yours.html", {}, status=403)
        raise PermissionDenied

    def page(self, template: str, values: dict[str, Any], *, status: int = 200) -> HttpResponse:
        """The rendered page; its frame shows the signed-in account and what its role may open."""
        shown = {
            "account": self.request.user,
            "may_write": self.request.user.role in self.writers,
            "section": self.request.path.split("/")[1],
        }
        return render(self.request, template, shown | values, status=status)
