"""Rates of groups: what rests on many calls stands out, what rests on a few does not."""

import re
from typing import Any

from support.pictures import drawn, told


class TestFewCalls:
    """A rate of a few calls must not pass for the best one."""

    rates = ("reach_rate", "success_rate")

    def row(self, calls: int, rate: float, **group: Any) -> dict[str, Any]:
        numbers = {"calls": calls, "reached": calls, "successes": calls}
        return {**group, **numbers, **dict.fromkeys(self.rates, rate)}

    def test_all_hours_are_on_the_axis(self) -> None:
        rows = [self.row(40, 10, hour=hour) for hour in (3, 14)]
        svg = drawn("success_rate", rows, ("hour",))
        assert re.findall(r">(\d\d):00</text>", svg) == [f"{hour:02}" for hour in range(24)]
        assert [one.split(";")[0] for one in told(svg)] == ["Hour: 03:00", "Hour: 14:00"]

    def test_an_hour_of_few_is_paler_and_not_on_the_line(self) -> None:
        rows = [self.row(1 if hour == 14 else 40, 10, hour=hour) for hour in (12, 13, 14, 15, 16)]
        svg = drawn("success_rate", rows, ("hour",))
        lines = re.findall(r'mark-line[^>]*><path[^>]* d="(M[^"]+)"', svg)
        assert [line.count("M") for line in lines] == [2, 2]
        assert len(re.findall(r'opacity="0\.35"', svg)) == len(self.rates)
        assert "Paler: under 20 calls" in svg

    def test_groups_of_few_are_paler_and_last(self) -> None:
        rows = [self.row(3, 100, agent_id="amy"), self.row(40, 10, agent_id="zoe")]
        svg = drawn("success_rate", rows, ("agent_id",))
        assert len(re.findall(r'opacity="0\.35"', svg)) == len(self.rates)
        assert svg.index(">zoe</text>") < svg.index(">amy</text>")
        assert told(svg)[0].startswith("Agent: amy; Calls: 3; ")

    def test_weekdays_keep_their_order(self) -> None:
        rows = [self.row(10 * day, 10, weekday=day) for day in (1, 2, 3)]
        svg = drawn("success_rate", rows, ("weekday",))
        assert svg.index(">Mon</text>") < svg.index(">Tue</text>") < svg.index(">Wed</text>")

    def test_where_all_are_many_nothing_is_said(self) -> None:
        rows = [self.row(20, 10, agent_id="amy")]
        assert "Paler" not in drawn("success_rate", rows, ("agent_id",))

    def test_a_rate_of_few_inside_a_bar_is_told_paler(self) -> None:
        few, many = (
            {"attempt": place, "calls": calls, "percentage": 50.0, "successes": 1, **one}
            for place, calls, one in ((2, 6, {"success_rate": 16.7}), (1, 60, {"success_rate": 2}))
        )
        svg = drawn("retry_analysis", [many, few])
        texts = re.findall(r'opacity="([\d.]+)">6?6[0]? · [\d.]+% success rate<', svg)
        assert texts == ["1", "0.7"]
        assert "Paler: under 20 calls" in svg
