"""Statistics as a page and as a file: only what may be published, whoever asks."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext, gettext_lazy

from cardservice.web.office_pages import OfficePage
from privacy.bar_chart import bars
from privacy.figure_rows import as_csv
from privacy.figures import Measure, Quarter, Year, published

READERS = ("coordinator", "auditor")
_WORDS = {
    Measure.ISSUED: (
        gettext_lazy("Cards issued"),
        gettext_lazy("First cards, and new ones without the old card at hand."),
    ),
    Measure.RENEWED: (gettext_lazy("Cards renewed"), gettext_lazy("Made from an old card, which was blocked then.")),
    Measure.CORRECTED: (
        gettext_lazy("Cards corrected"),
        gettext_lazy("Made again at once because of a typing error on the card before."),
    ),
    Measure.REFUSED: (
        gettext_lazy("Cards refused"),
        gettext_lazy("With a letter that says why; also those that a supervisor set aside afterwards."),
    ),
    Measure.BLOCKED: (
        gettext_lazy("Cards blocked"),
        gettext_lazy("Suspended or revoked at the desk, without those that another card replaced."),
    ),
}


class Statistics(OfficePage):
    """GET /statistics, ?year=2026: the newest year, or the one asked for."""

    readers = READERS

    def get(self, request: HttpRequest) -> HttpResponse:
        years = published()
        return self.page("office/statistics.html", page_values(years, asked=request.GET.get("year")))


class StatisticsFile(OfficePage):
    """GET /statistics.csv: all years."""

    readers = READERS

    def get(self, request: HttpRequest) -> HttpResponse:
        answer = HttpResponse(as_csv(published()), content_type="text/csv; charset=utf-8")
        answer.headers["Content-Disposition"] = 'attachment; filename="statistics.csv"'
        return answer


def page_values(years: tuple[Year, ...], *, asked: str | None) -> dict[str, Any]:
    """What the page shows of these years; `asked` is the year in the address. Raises Http404 for an empty one."""
    year = next((one for one in years if asked in (None, str(one.number))), None)
    if year is None and asked is not None:
        raise Http404
    return {
        "years": [str(one.number) for one in years],
        "year": year and {"number": str(year.number), "quarters": [_name(quarter) for quarter in year.quarters]},
        "measures": [_shown(year, measure) for measure in Measure] if year else [],
    }


def _name(quarter: Quarter) -> str:
    return gettext("Q%(number)s") % {"number": quarter.number}


def _shown(year: Year, measure: Measure) -> dict[str, Any]:
    title, about = _WORDS[measure]
    of_city = year.row(measure, None)
    by_quarter = zip(year.quarters, of_city[:-1], strict=True)
    return {
        "name": measure.value,
        "title": title,
        "about": about,
        "chart_title": gettext("%(what)s in %(year)s, whole city") % {"what": title, "year": year.number},
        "bars": bars([(_name(quarter), total) for quarter, total in by_quarter]),
        "rows": [
            *(
                {"name": district or gettext("no district"), "numbers": year.row(measure, district)}
                for district in year.districts
            ),
            {"name": gettext("Whole city"), "numbers": of_city, "city": True},
        ],
    }
