"""Small pools of ids and odd values, so that records and filters keep meeting each other."""

from collections.abc import Sequence
from typing import Any

RESELLERS = ("r1", "r2")
MERCHANTS = ("m1", "m2", "m 3'")
TEMPLATES = ("t1", "T1", "t\uff03")
LEADS = ("l1", "l2", "l\u00e93", "c1")
# c1 names a call and a lead: a call without a lead is one of its own name.
CALLS = ("c1", "c2", "c3", "C3", 'c"5', "c\U0001f4de")
# The last two sort the other way round in UTF-16.
OUTCOMES = (
    "CONFIRMED",
    "NO_ANSWER",
    "NO",
    "NO ANSWER",
    "no-answer",
    "No Answer",
    "Voicemail",
    "busy ",
    "BU\u017fY",
    "",
    "confirmed",
    "\u0412\u0437\u044f\u043b",
    "\uff01",
    "\U0001f600",
    "no_answer ",
    "no.answer?",
    "\ufb01n\u0301",
    "FI N\u0301",
    "\u0662",
)
# What any field of text may hold.
TEXTS = ("a", "A", "a ", "en-IN", "", "\uff01", "\U0001f600", "it's")
PROVIDERS = ("TWILIO", "PLIVO", "twilio", "EXO TEL")
DIRECTIONS = ("outbound", "inbound")
SENT_DIRECTIONS = (*DIRECTIONS, "Outbound", "INBOUND")
STATUSES = ("new", "contacted", "converted", "New", "lost 'n' found", "new +")
STAGES = ("new", "contacted", "converted")
DURATIONS = (
    0,
    0.0004,
    0.0005,
    0.5,
    1.0005,
    9.499,
    9.4994999,
    9.4995,
    9.9995,
    10,
    10.0,
    10.0005,
    10.4995,
    10.5,
    16,
    0.5015,
    0.5005,
    59.999499,
    123.456,
    3e2,
    7200,
)
DURATION_LIMITS = (0, 1, 9, 10, 10.0, 11, 16, 300, 7200, 10**9)
SCORES = (
    0,
    0.0,
    1,
    1.0,
    0.1,
    0.3,
    0.30000000000000004,
    0.7,
    0.09999999999999999,
    0.29999999999999993,
    0.6999999999999998,
    0.7000000000000001,
    0.9,
    0.8999999999999999,
    0.25,
    0.5,
    5e-324,
    1e-7,
)
COSTS = (0, 0.042, 0.0420005, 0.0000004, 0.0000005, 1, 1.0, 1e-7, 12.5, 999_999_999_999.5, 3)
COST_LIMITS = (
    0,
    0.042,
    0.0420005,
    0.0000005,
    1e-7,
    1,
    1.0000005,
    12.5,
    999_999_999_999.999999,
    1e12,
)
SENT_CURRENCIES = ("USD", "usd", "INR")
LABELS = ("positive", "neutral", "negative", "Positive", "NEGATIVE")
DATES = (
    "2021-10-31",
    "2021-10-31T01:30",
    "2021-10-31T01:30:00Z",
    "2021-10-31T00:30:00.5+01:00",
    "2021-10-30T23:59:59.999Z",
    "2021-11-01",
    "2021-10-31T01:30:30-03:30",
)
NUMBERS = (
    82,
    82.0,
    81.99,
    -82,
    0,
    -0.0,
    0.1,
    1e22,
    1e-7,
    -1.5,
    2**53,
    2**53 + 1,
    float(2**53),
    10**30 + 1,
)
NUMBER_TEXTS = ("82", "82.0", "8.2e1", "-0", "1E22", "9007199254740993", "0.10", f"{10**30 + 1}")
# Values that one engine or another takes for each other, and texts that only a lenient parser
# takes for a number or a date.
CLUSTERS: tuple[tuple[Any, ...], ...] = (
    (82, 82.0, "82", "82.0", "8.2e1", "082", " 82", "+82", "82.", 81.99, "\u0668\u0662", "0x52"),
    (2**53, 2**53 + 1, float(2**53), "9007199254740993", "9007199254740992.5"),
    (10**30, 10**30 + 1, 1e30, f"{10**30 + 1}", 1e22, "1E22", 10**22, "NaN", "Infinity"),
    (0, -0.0, "0", "-0", False, "", "false", "0.0", "null"),
    (0.1, "0.10", "0.1", ".5", 1e-7, "0.0000001", "1e-7", -1.5, "1_000", -82),
    (True, "true", "True", 1, "1"),
    ("Lisboa", "lisboa", "Lisboa ", "L%", "Lis"),
    ("S\u00e3o Paulo", "Sa\u0303o Paulo", "\U0001f600", "\uff01"),
    ("a_b%c", "aXbYc", "%", 'it\'s "x"', "\\n", "{}", "[]"),
    (*DATES, "2021-02-30", "2021-10-31 01:30", "2021-10"),
)
SCALARS: tuple[Any, ...] = tuple(value for cluster in CLUSTERS for value in cluster)
PARTS = ("Lis", "a", "8", "82", ".", "%", "_", "", "tru", "\u00e3", "\U0001f600", "2021-10-3", "'")
KEYS = (
    "city",
    "score",
    "a",
    "a.b",
    "a.b.c",
    "b",
    "b.c",
    "c",
    "x y",
    "q\"t's",
    "k[0]",
    "$.city",
    "\u043a\u043b\u044e\u0447",
    "\U0001f600",
    "a.",
    ".a",
    "k" * 128,
)
LITERAL_KEYS = (*KEYS[:9], *KEYS, "")


# Drawn more often than the rest, for records and conditions to agree now and then.
CORE_SCALARS: tuple[Any, ...] = (82, 82.0, "82", "82.0", True, "true", "Lisboa", "2021-10-31")
CORE_KEYS = ("city", "score", "a.b", "a")
NUMBER_LISTS: dict[str, Sequence[int]] = {
    "weekday": range(1, 8),
    "hour": range(24),
    "attempt": (1, 1, 2, 3, 7),
}
OTHERS = {"direction": (), "currency": ("XXX",)}
"""What else may be named of a field whose values are not any text."""
