"""The generator of synthetic calls: reproducible, exact in number, believable in shape."""

import json
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from callistics.synthetic import (
    UNTIL,
    build_world,
    generate_calls,
    platform,
)
from callistics.synthetic.profiles import OUTCOMES, REGIONS
from callistics.synthetic.tables import WORD_BITS, mixed, spread, uuid_text
from support.synthetic_records import CALLS, SEED, Record, synthetic_records

REQUIRED = {"call_id", "merchant_id", "reseller_id", "template_id", "direction", "started_at"}
OPTIONAL = {"lead_id", "attempt", "provider", "outcome", "status", "duration", "sentiment"}
LATE = {"call_id", "merchant_id", "sentiment", "updated_at"}
STATUSES = {None, "new", "contacted", "interested", "converted", "lost"}
FINAL = {"CONFIRMED", "INTERESTED", "REJECTED", "CANCELLED", "WRONG_NUMBER"}

GOLDEN = ("a13adef7-5bb8-46db-a935-8de5159d5fa4", "mer_tz013jszkbgc", "2024-01-02T22:07:51.557Z")


@pytest.fixture(scope="module")
def records() -> list[Record]:
    return list(synthetic_records())


@pytest.fixture(scope="module")
def calls(records: list[Record]) -> list[Record]:
    return [record for record in records if "started_at" in record]


@pytest.fixture(scope="module")
def late(records: list[Record]) -> list[Record]:
    return [record for record in records if "started_at" not in record]


def test_equal_arguments_give_equal_records(records: list[Record]) -> None:
    build_world.cache_clear()
    assert list(generate_calls(CALLS, SEED)) == records


def test_the_output_is_the_same_on_every_machine() -> None:
    first = next(generate_calls(1_000, 1))
    assert (first["call_id"], first["merchant_id"], first["started_at"]) == GOLDEN


def test_another_seed_gives_other_calls_of_other_tenants(calls: list[Record]) -> None:
    other = [record for record in generate_calls(1_000, SEED + 1) if "started_at" in record]
    for name in ("call_id", "lead_id", "merchant_id", "template_id", "reseller_id"):
        assert not {call.get(name) for call in calls} & {call.get(name) for call in other} - {None}


@pytest.mark.parametrize("count", [0, 1, 999])
def test_the_number_of_calls_is_exact(count: int) -> None:
    found = list(generate_calls(count, 3))
    assert len({record["call_id"] for record in found}) == count
    assert sum("started_at" in record for record in found) == count


def test_the_world_has_its_fixed_structure() -> None:
    world = build_world(SEED)
    merchants = {item.merchant_id: item.reseller_id for item in world.merchants}
    assert len(set(world.resellers)) == 50
    assert len(merchants) == 2_000
    assert set(merchants.values()) == set(world.resellers)
    assert len({item.template_id for item in world.templates}) == 6_000
    assert {item.merchant.merchant_id for item in world.templates} == set(merchants)
    assert {place for draws in world.draws for place in draws} == set(range(6_000))


def test_a_template_has_one_merchant_and_a_merchant_one_reseller(calls: list[Record]) -> None:
    world = build_world(SEED)
    owners = {
        item.template_id: (item.merchant.merchant_id, item.merchant.reseller_id)
        for item in world.templates
    }
    for call in calls:
        assert owners[call["template_id"]] == (call["merchant_id"], call["reseller_id"])


def test_merchants_are_of_very_different_size(calls: list[Record]) -> None:
    sizes = [size for _, size in Counter(call["merchant_id"] for call in calls).most_common()]
    assert sum(sizes[:20]) > CALLS * 0.2
    assert len(sizes) > 1_000


def test_calls_have_the_fields_of_a_call(calls: list[Record]) -> None:
    always = REQUIRED | {"payload", "updated_at"}
    for call in calls:
        assert always <= set(call) <= always | OPTIONAL
        assert [call[name][:4] for name in ("reseller_id", "merchant_id", "template_id")] == [
            "res_", "mer_", "tpl_",
        ]  # fmt: skip


def test_values_are_within_their_ranges(calls: list[Record]) -> None:
    providers = {name for region in REGIONS for name in region.providers}
    outcomes = {outcome.name for outcome in OUTCOMES.values()}
    for call in calls:
        assert call.get("provider") in providers | {None}
        assert call.get("outcome") in outcomes
        assert call.get("status") in STATUSES
        assert call["direction"] in {"outbound", "inbound"}
        assert 0 <= call.get("duration", 0) < 1_801
        assert 0 < call.get("sentiment", 0.5) < 1
        assert 1 <= call.get("attempt", 1) <= 6


def test_unanswered_calls_have_no_length_and_no_sentiment(calls: list[Record]) -> None:
    for call in calls:
        if call.get("outcome") in {"NO_ANSWER", "BUSY", "FAILED"}:
            assert call.get("duration", 0) == 0
            assert "sentiment" not in call
        else:
            assert call["duration"] >= 2


def test_each_variant_occurs(calls: list[Record]) -> None:
    for name in OPTIONAL:
        assert 0 < sum(name in call for call in calls) < CALLS
    assert {type(call.get("duration")) for call in calls} == {int, float, type(None)}
    assert {call["direction"] for call in calls} == {"outbound", "inbound"}


def test_payloads_have_a_city_and_sometimes_an_order(calls: list[Record]) -> None:
    cities = {name for region in REGIONS for name in region.cities}
    orders = [call["payload"]["order"] for call in calls if "order" in call["payload"]]
    assert {call["payload"]["city"] for call in calls} == cities
    assert {key for call in calls for key in call["payload"]} == {
        "city", "plan", "language", "order",
    }  # fmt: skip
    assert 0.05 * CALLS < len(orders) < 0.2 * CALLS
    assert all(order["amount"] > 0 and order["items"] for order in orders)


def test_calls_come_by_start_and_end_before_until(records: list[Record]) -> None:
    starts = [record["started_at"] for record in records if "started_at" in record]
    assert starts == sorted(starts)
    assert starts[0] >= (UNTIL - timedelta(days=731)).isoformat()
    assert max(record["updated_at"] for record in records) < UNTIL.isoformat()


def test_times_follow_until() -> None:
    until = datetime(2030, 5, 17, 13, 45, tzinfo=UTC)
    starts = [
        record["started_at"] for record in generate_calls(500, 1, until) if "attempt" in record
    ]
    assert starts[0].startswith("2028-05")
    assert "2030-05-01" < starts[-1] < "2030-05-17T10:00"


def test_attempts_of_a_lead_are_numbered_in_order_of_time(calls: list[Record]) -> None:
    leads: dict[str, list[Record]] = defaultdict(list)
    for call in calls:
        if "lead_id" in call:
            leads[call["lead_id"]].append(call)
    for attempts in leads.values():
        assert [call["attempt"] for call in attempts] == list(range(1, len(attempts) + 1))
        assert len({json.dumps([call["template_id"], call["payload"]]) for call in attempts}) == 1
        for before, after in pairwise(attempts):
            assert before.get("outcome") not in FINAL
            assert _instant(after) - _instant(before) > timedelta(hours=1)
    assert max(map(len, leads.values())) >= 4


def test_success_falls_with_attempts(calls: list[Record]) -> None:
    tries = Counter(call.get("attempt") for call in calls)
    reached = Counter(
        call.get("attempt") for call in calls if call.get("outcome") in {"CONFIRMED", "INTERESTED"}
    )
    rates = [reached[attempt] / tries[attempt] for attempt in (1, 2, 3, 4)]
    assert rates == sorted(rates, reverse=True)


def test_activity_grows_and_rests_at_night_and_on_sundays(calls: list[Record]) -> None:
    starts = [_instant(call) for call in calls]
    days = Counter(start.isoweekday() for start in starts)
    hours = Counter(start.hour for start in starts)
    middle = UNTIL - timedelta(days=365)
    assert days[7] * 3 < min(days[day] for day in range(1, 6))
    assert hours[1] * 5 < hours[9]
    assert sum(start >= middle for start in starts) > 0.55 * CALLS


def test_a_late_sentiment_follows_its_call(records: list[Record], late: list[Record]) -> None:
    seen: dict[str, Record] = {}
    for record in records:
        call = seen.setdefault(record["call_id"], record)
        if call is not record:
            assert set(record) == LATE
            assert record["merchant_id"] == call["merchant_id"]
            assert "sentiment" not in call
            assert record["updated_at"] > call["updated_at"]
    assert 0.01 * CALLS < len(late) < 0.1 * CALLS


def test_ids_are_unlike_for_unlike_numbers() -> None:
    numbers = [*range(2_000), *(1 << shift for shift in range(11, WORD_BITS))]
    assert len({mixed(number) for number in numbers}) == len(numbers)
    assert len({uuid_text(number) for number in numbers}) == len(numbers)
    assert all(mixed(number) < 1 << WORD_BITS for number in numbers)


def test_a_lookup_table_follows_the_weights() -> None:
    assert Counter(spread("abc", [1, 2, 5], 16)) == {"a": 2, "b": 4, "c": 10}


def _instant(call: Record) -> datetime:
    return datetime.fromisoformat(call["started_at"])


def test_details_change_nothing_else_of_a_call() -> None:
    plain, told = (list(generate_calls(3_000, 4, detailed=detailed)) for detailed in (False, True))
    left = [{key: one[key] for key in one if key not in platform.COLUMNS} for one in told]
    assert left == plain
    calls_ = [one for one in told if "started_at" in one]
    assert {one["currency"] for one in calls_} == {"INR", "EUR", "USD"}
    assert len({one["agent_id"] for one in calls_}) == len(platform.AGENTS)
    for one in calls_:
        talked = one.get("duration", 0) > 0
        assert ("answered_at" in one, one["cost"] > 0) == (talked, talked)
        assert one.get("answered_at", one["started_at"]) >= one["started_at"]
