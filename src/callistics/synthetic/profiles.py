"""What the synthetic world is made of: places, providers, campaigns and how their calls end.

Weights are relative to their siblings only. The order of entries is part of the output: the same
seed draws other records once it changes.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Region:
    """A part of the world with its clock, its share of calls and what its leads look like.

    `week` weighs Monday to Sunday and `day` the local hours 0 to 23.
    """

    zone: str
    share: int
    week: tuple[int, ...]
    day: tuple[int, ...]
    providers: Mapping[str, int]
    cities: Mapping[str, int]
    languages: Mapping[str, int]


_OFFICE = (1, 0, 0, 0, 0, 0, 1, 4, 25, 75, 100, 98, 80, 60, 78, 92, 95, 82, 60, 35, 15, 6, 2, 1)
_LATE_OFFICE = (1, 0, 0, 0, 0, 0, 0, 2, 8, 40, 90, 100, 95, 70, 75, 90, 95, 98, 85, 60, 30, 9, 3, 1)

REGIONS = (
    Region(
        zone="Asia/Kolkata",
        share=55,
        week=(100, 104, 103, 101, 98, 78, 18),
        day=_LATE_OFFICE,
        providers={"EXOTEL": 36, "PLIVO": 26, "TWILIO": 14, "KNOWLARITY": 13, "OZONETEL": 11},
        cities={
            "Mumbai": 17, "Delhi": 16, "Bengaluru": 14, "Hyderabad": 10, "Chennai": 8, "Pune": 8,
            "Kolkata": 7, "Ahmedabad": 6, "Jaipur": 4, "Lucknow": 3, "Surat": 3, "Indore": 2,
            "Kochi": 2, "Patna": 2, "Nagpur": 2, "Coimbatore": 1,
        },
        languages={"hi": 46, "en": 28, "ta": 8, "te": 8, "mr": 6, "bn": 4},
    ),
    Region(
        zone="Europe/Berlin",
        share=19,
        week=(100, 106, 105, 102, 88, 20, 4),
        day=_OFFICE,
        providers={"TWILIO": 42, "VONAGE": 20, "SINCH": 18, "TELNYX": 14, "PLIVO": 6},
        cities={
            "London": 15, "Berlin": 12, "Paris": 12, "Madrid": 10, "München": 7, "Warszawa": 7,
            "Amsterdam": 6, "Barcelona": 6, "Milano": 6, "Hamburg": 5, "Lyon": 4, "Wien": 4,
            "Zürich": 3, "Kraków": 3,
        },
        languages={"en": 30, "de": 26, "fr": 16, "es": 14, "pl": 8, "it": 6},
    ),
    Region(
        zone="America/New_York",
        share=26,
        week=(100, 105, 106, 103, 92, 30, 9),
        day=_OFFICE,
        providers={"TWILIO": 52, "TELNYX": 18, "BANDWIDTH": 14, "VONAGE": 9, "PLIVO": 7},
        cities={
            "New York": 18, "Los Angeles": 11, "Chicago": 9, "Houston": 8, "Toronto": 7,
            "Miami": 7, "Atlanta": 6, "Dallas": 6, "São Paulo": 8, "Ciudad de México": 6,
            "Phoenix": 4, "Boston": 4, "Montréal": 3, "Bogotá": 3,
        },
        languages={"en": 72, "es": 19, "pt": 6, "fr": 3},
    ),
)  # fmt: skip

PLANS = {"basic": 44, "standard": 30, "premium": 14, "enterprise": 3, "trial": 9}
ITEMS = ("shirt", "shoes", "headphones", "kettle", "backpack", "novel", "lamp", "phone case")


@dataclass(frozen=True, slots=True)
class Outcome:
    """One way for a call to end.

    `median` is the usual length in seconds, None where nobody and nothing answered; `mood` the
    usual sentiment, None where there is none to score; `statuses` weighs what the call makes of
    its lead, None being no word about it; after `again` the lead is dialled once more.
    """

    name: str | None
    median: int | None
    spread: float
    mood: float | None
    statuses: Mapping[str | None, int]
    again: bool


OUTCOMES = {
    "confirmed": Outcome("CONFIRMED", 76, 0.55, 0.80, {"converted": 88, "interested": 12}, False),
    "interested": Outcome("INTERESTED", 118, 0.60, 0.72, {"interested": 100}, False),
    "callback": Outcome("CALLBACK", 34, 0.50, 0.55, {"contacted": 100}, True),
    "rejected": Outcome("REJECTED", 27, 0.60, 0.22, {"lost": 84, "contacted": 16}, False),
    "cancelled": Outcome("CANCELLED", 58, 0.50, 0.31, {"lost": 100}, False),
    "wrong": Outcome("WRONG_NUMBER", 13, 0.35, 0.42, {"lost": 100}, False),
    "unclear": Outcome(None, 31, 0.90, 0.50, {None: 70, "contacted": 30}, True),
    "voicemail": Outcome("VOICEMAIL", 21, 0.25, None, {None: 100}, True),
    "silent": Outcome("NO_ANSWER", None, 0.0, None, {None: 100}, True),
    "busy": Outcome("BUSY", None, 0.0, None, {None: 100}, True),
    "failed": Outcome("FAILED", None, 0.0, None, {None: 100}, True),
}
UNREACHED = frozenset({"voicemail", "silent", "busy", "failed"})


@dataclass(frozen=True, slots=True)
class Campaign:
    """A kind of template: how often leads are dialled and how the first attempt ends.

    With each further attempt the share of reached leads falls to `fading` of the one before.
    """

    weight: int
    attempts: int
    length: float
    fading: float
    outcomes: Mapping[str, int]
    inbound: bool = False


CAMPAIGNS = (
    Campaign(30, 4, 0.8, 0.78, {
        "confirmed": 38, "cancelled": 7, "callback": 5, "rejected": 3, "wrong": 1, "unclear": 2,
        "voicemail": 6, "silent": 27, "busy": 8, "failed": 3,
    }),
    Campaign(28, 5, 1.3, 0.72, {
        "confirmed": 6, "interested": 13, "callback": 9, "rejected": 15, "wrong": 2, "unclear": 3,
        "voicemail": 11, "silent": 30, "busy": 8, "failed": 3,
    }),
    Campaign(16, 3, 0.7, 0.80, {
        "confirmed": 44, "cancelled": 9, "callback": 8, "rejected": 1, "wrong": 1, "unclear": 2,
        "voicemail": 12, "silent": 16, "busy": 5, "failed": 2,
    }),
    Campaign(14, 6, 1.1, 0.85, {
        "confirmed": 15, "callback": 14, "rejected": 12, "wrong": 4, "unclear": 4,
        "voicemail": 9, "silent": 29, "busy": 9, "failed": 4,
    }),
    Campaign(8, 2, 1.9, 0.65, {
        "confirmed": 19, "callback": 4, "rejected": 19, "wrong": 1, "unclear": 6,
        "voicemail": 9, "silent": 33, "busy": 6, "failed": 3,
    }),
    Campaign(4, 1, 1.6, 1.0, {
        "confirmed": 31, "interested": 34, "cancelled": 12, "callback": 8, "unclear": 13,
        "failed": 2,
    }, inbound=True),
)  # fmt: skip
