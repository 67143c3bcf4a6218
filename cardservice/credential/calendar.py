"""The two grains of time on a card: weeks of issue and months of expiry, in UTC seconds since 1970."""

from datetime import UTC, date, datetime, timedelta

DAY = 86_400
WEEK = 7 * DAY
# 1970-01-01 was a Thursday; the first Monday came four days later.
_FIRST_MONDAY = 4 * DAY
_DAY_ZERO = date(1970, 1, 1).toordinal()


def monday_of(now: int) -> int:
    """00:00 UTC of the Monday of the week that `now` is in."""
    return now - (now - _FIRST_MONDAY) % WEEK


def is_monday(moment: int) -> bool:
    """Whether `moment` is 00:00 UTC of a Monday."""
    return monday_of(moment) == moment


def is_month_start(moment: int) -> bool:
    """Whether `moment` is 00:00 UTC of the first day of a month."""
    return moment % DAY == 0 and day_of(moment).day == 1


def month_after(now: int, *, months: int) -> int:
    """The first second after the month that lies `months` after the month of `now`."""
    today = day_of(now)
    count = today.year * 12 + today.month - 1 + months + 1
    return int(datetime(count // 12, count % 12 + 1, 1, tzinfo=UTC).timestamp())


def last_valid_month(exp: int) -> str:
    """The month before `exp` as YYYY-MM: the last one in which a card with that expiry is valid."""
    return (day_of(exp) - timedelta(days=1)).strftime("%Y-%m")


def day_of(moment: int) -> date:
    """The day, in UTC, that `moment` falls on."""
    return date.fromordinal(_DAY_ZERO + moment // DAY)


def timestamp(moment: int) -> str:
    """`moment` in words: RFC 3339, UTC."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
