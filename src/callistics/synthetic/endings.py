"""How calls end, as lookup tables: one per campaign and attempt, 1,024 equally likely results."""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from callistics.synthetic.profiles import CAMPAIGNS, OUTCOMES, UNREACHED, Campaign, Outcome
from callistics.synthetic.tables import lengths, moods, normal_quantiles, spread

RESULTS, LENGTHS, MOODS = 1 << 10, 1 << 11, 1 << 10
LONGEST = 1_800
_SCORED = 0.7
_UNSCORED: tuple[str, ...] = ("",) * MOODS


class Result(NamedTuple):
    """One result of a call.

    `key` names its outcome; `text` is the JSON fragment with outcome and status, led by a comma
    where not empty; `seconds` has `LENGTHS` durations or is None where the call was not answered;
    `moods` has `MOODS` sentiments as text, empty where not scored; after `again` the lead is
    dialled once more.
    """

    key: str
    text: str
    seconds: Sequence[int] | None
    moods: Sequence[str]
    again: bool


def ending_tables() -> list[list[list[Result]]]:
    """The results by campaign (as in `CAMPAIGNS`), attempt (from 0), and 10 random bits."""
    return [
        [_attempt(campaign, attempt) for attempt in range(1, campaign.attempts + 1)]
        for campaign in CAMPAIGNS
    ]


def _attempt(campaign: Campaign, attempt: int) -> list[Result]:
    results: list[Result] = []
    weights: list[float] = []
    last = attempt == campaign.attempts
    for key, share in _shares(campaign, attempt):
        for result, weight in _variants(key, campaign, attempt == 1, last):
            results.append(result)
            weights.append(share * weight)
    return spread(results, weights, RESULTS)


def _shares(campaign: Campaign, attempt: int) -> Iterator[tuple[str, float]]:
    total = sum(campaign.outcomes.values())
    reached = sum(part for key, part in campaign.outcomes.items() if key not in UNREACHED)
    fading = campaign.fading ** (attempt - 1)
    growing = (total - reached * fading) / (total - reached)
    for key, part in campaign.outcomes.items():
        yield key, part * (growing if key in UNREACHED else fading)


def _variants(
    key: str, campaign: Campaign, first: bool, last: bool
) -> Iterator[tuple[Result, float]]:
    outcome = OUTCOMES[key]
    statuses = outcome.statuses
    if key in UNREACHED and (first or last):
        statuses = {"lost": 60, None: 40} if last else {"new": 75, None: 25}
    seconds = _seconds(key, campaign.length)
    durations = {"": 1} if seconds else {"": 2, ',"duration":0': 3}
    tries = {True: 9, False: 1} if outcome.again and not last else {False: 1}
    for status, status_weight in statuses.items():
        for duration, duration_weight in durations.items():
            for again, weight in tries.items():
                text = _text(outcome, status) + duration
                result = Result(key, text, seconds, _moods(key), again)
                share = status_weight / sum(statuses.values())
                share *= duration_weight / sum(durations.values())
                yield result, share * weight / sum(tries.values())


def _text(outcome: Outcome, status: str | None) -> str:
    named = f',"outcome":"{outcome.name}"' if outcome.name else ""
    return named + (f',"status":"{status}"' if status else "")


@cache
def _quantiles(size: int) -> list[float]:
    return normal_quantiles(size)


@cache
def _seconds(key: str, scale: float) -> list[int] | None:
    outcome = OUTCOMES[key]
    if outcome.median is None:
        return None
    return lengths(outcome.median * scale, outcome.spread, _quantiles(LENGTHS), LONGEST)


@cache
def _moods(key: str) -> Sequence[str]:
    mood = OUTCOMES[key].mood
    if mood is None:
        return _UNSCORED
    scored = moods(mood, _quantiles(round(MOODS * _SCORED)))
    return (*scored, *_UNSCORED[len(scored) :])
