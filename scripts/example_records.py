"""The made-up records that the examples of the reference pages are answered from."""

from datetime import UTC, datetime, timedelta

Record = dict[str, object]

_BEGIN = datetime(2025, 1, 1, 3, 30, tzinfo=UTC)
_CITIES = ("Delhi", "Mumbai", "Pune")
_PROVIDERS = ("TWILIO", "PLIVO", "TWILIO", "EXOTEL")
_STATUSES = ("new", "contacted", "interested", "converted")
_LEADS = 40


def _lead(number: int) -> str:
    return f"lead_{number:02}"


def leads() -> list[Record]:
    """Forty people, one new lead every day and a half."""
    return [
        {
            "lead_id": _lead(number),
            "merchant_id": "mer_abc",
            "reseller_id": "res_north",
            "template_id": "tpl_xyz789",
            "status": "new",
            "payload": {"city": _CITIES[number % 3], "age": 20 + number},
            "created_at": _text(_BEGIN + timedelta(hours=36 * number)),
            "updated_at": _text(_BEGIN + timedelta(hours=36 * number)),
        }
        for number in range(_LEADS)
    ]


def calls() -> list[Record]:
    """One to three calls to each; every third lead is reached at the first attempt."""
    return [
        _call(number, attempt) for number in range(_LEADS) for attempt in range(1, 2 + number % 3)
    ]


def _call(number: int, attempt: int) -> Record:
    last = attempt == 1 + number % 3
    reached = last and number % 5 != 4
    started = _BEGIN + timedelta(hours=36 * number + 5 * attempt, minutes=7 * number % 60)
    record: Record = {
        "call_id": f"call_{number:02}_{attempt}",
        "merchant_id": "mer_abc",
        "reseller_id": "res_north",
        "template_id": "tpl_xyz789",
        "lead_id": _lead(number),
        "started_at": _text(started),
        "provider": _PROVIDERS[(number + attempt) % 4],
        "direction": "inbound" if number % 10 == 3 else "outbound",
        "outcome": _outcome(number) if reached else ("NO_ANSWER", "BUSY")[number % 2],
        "answered_at": _text(started + timedelta(seconds=4 + number % 9)) if reached else None,
        "cost": (12 + 7 * number % 40) / 1000,
        "currency": "INR" if number % 3 else "USD",
        "duration": 18 + 13 * number % 170 if reached else 0,
        "status": _STATUSES[1 + number % 3] if reached else "contacted",
        "updated_at": _text(started + timedelta(minutes=5)),
    }
    if reached and number % 4:
        record["sentiment"] = (30 + 17 * number % 70) / 100
    return record


def _outcome(number: int) -> str | None:
    return ("CONFIRMED", "CALLBACK", "CONFIRMED", "REJECTED", None)[number % 7 % 5]


def _text(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
