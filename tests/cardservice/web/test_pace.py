"""How many requests a minute somebody has, and that nothing of them is remembered."""

from cardservice.web.pace import WINDOW, Pace


def test_what_fits_is_counted_and_what_does_not_waits_for_the_next_window():
    pace = Pace()
    ask = {"who": "A", "most": 3}
    assert [pace.wait(times=1, moment=120.0, **ask) for _ in range(3)] == [0, 0, 0]
    assert pace.wait(times=1, moment=130.5, **ask) == 50
    assert pace.wait(times=1, moment=179.9, **ask) == 1
    assert pace.wait(times=1, moment=180.0, **ask) == 0


def test_what_is_refused_is_not_counted():
    pace = Pace()
    assert pace.wait(who="A", times=5, most=3, moment=0.0) > 0
    assert pace.wait(who="A", times=3, most=3, moment=0.0) == 0


def test_nobody_uses_up_the_requests_of_another():
    pace = Pace()
    assert pace.wait(who="A", times=3, most=3, moment=0.0) == 0
    assert pace.wait(who="B", times=3, most=3, moment=0.0) == 0


def test_the_counts_of_a_window_are_gone_after_it():
    pace = Pace()
    pace.wait(who="A", times=1, most=3, moment=0.0)
    pace.wait(who="B", times=1, most=3, moment=float(WINDOW))
    assert pace._counts == {"B": 1}
