"""Content negotiation of views that serve programs: the body by its type, the answer always as JSON."""

from typing import Any

from rest_framework.negotiation import BaseContentNegotiation


class JsonWhateverAccepted(BaseContentNegotiation):
    """JSON even for a client that asks for something else: an answer it can read beats a 406 it cannot."""

    def select_parser(self, request: Any, parsers: Any) -> Any:
        return next((parser for parser in parsers if essence(request.content_type) == parser.media_type), None)

    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


def essence(content_type: str | None) -> str:
    """A media type without its parameters."""
    return (content_type or "").partition(";")[0].strip().lower()
