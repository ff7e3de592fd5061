"""The tenants that synthetic calls belong to: resellers, their merchants, their templates."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from random import Random

from callistics.synthetic.endings import Result, ending_tables
from callistics.synthetic.profiles import CAMPAIGNS, PLANS, REGIONS, Region
from callistics.synthetic.tables import spread

RESELLERS, MERCHANTS, TEMPLATES = 50, 2_000, 6_000
PROVIDERS, FRACTIONS, PAYLOADS, DRAWS = 1 << 6, 1 << 10, 1 << 12, 1 << 16
_LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"
_WHOLE = ("",) * FRACTIONS
_MILLIS = tuple(f".{number % 1000:03d}" for number in range(FRACTIONS))


@dataclass(frozen=True, slots=True)
class Merchant:
    """A business: `region` indexes `REGIONS`, `size` is its weight among all merchants.

    `providers` are 64 equally likely JSON fragments led by a comma (empty: unknown provider),
    `fractions` 1,024 fractions of a second as its platform reports them.
    """

    merchant_id: str
    reseller_id: str
    region: int
    size: float
    providers: Sequence[str]
    fractions: Sequence[str]


@dataclass(frozen=True, slots=True)
class Template:
    """A script of a merchant; `ids` and `direction` are JSON fragments without outer commas."""

    template_id: str
    merchant: Merchant
    ids: str
    direction: str
    inbound: bool
    results: Sequence[Sequence[Result]]
    payloads: Sequence[str]


@dataclass(frozen=True, slots=True)
class World:
    """Everything calls are drawn from.

    `draws` has per region 65,536 indexes into `templates`, as often as each is dialled.
    """

    resellers: Sequence[str]
    merchants: Sequence[Merchant]
    templates: Sequence[Template]
    draws: Sequence[Sequence[int]]


@lru_cache(maxsize=1)
def build_world(seed: int) -> World:
    """The 50 resellers, 2,000 merchants and 6,000 templates of a seed."""
    rng = Random(f"callistics world {seed}")  # noqa: S311 (not for secrets)
    resellers = tuple(_ids(rng, "res_", RESELLERS))
    merchants = tuple(_merchants(rng, resellers))
    templates = tuple(_templates(rng, merchants))
    return World(resellers, merchants, templates, _draws(rng, templates))


def _ids(rng: Random, prefix: str, count: int) -> list[str]:
    found: dict[str, None] = {}
    while len(found) < count:
        found[prefix + "".join(rng.choices(_LETTERS, k=12))] = None
    return list(found)


def _zipf(rank: int, exponent: float) -> float:
    return (rank + 4.0) ** -exponent


def _pick(rng: Random, weights: Mapping[str, int]) -> str:
    return rng.choices(tuple(weights), tuple(weights.values()))[0]


def _merchants(rng: Random, resellers: Sequence[str]) -> Iterator[Merchant]:
    weights = [_zipf(rank, 0.9) for rank in range(len(resellers))]
    shares = [region.share for region in REGIONS]
    for rank, merchant_id in enumerate(_ids(rng, "mer_", MERCHANTS)):
        # The smallest merchants are dealt out in turn, so that no reseller goes without one.
        dealt = rank - (MERCHANTS - len(resellers))
        reseller = resellers[dealt] if dealt >= 0 else rng.choices(resellers, weights)[0]
        region = rng.choices(range(len(REGIONS)), shares)[0]
        fractions = _MILLIS if rng.random() < 0.3 else _WHOLE
        providers = _providers(rng, REGIONS[region])
        yield Merchant(merchant_id, reseller, region, _zipf(rank, 1.05), providers, fractions)


def _providers(rng: Random, region: Region) -> list[str]:
    names = list(dict.fromkeys(_pick(rng, region.providers) for _ in range(rng.randint(1, 4))))
    texts = [f',"provider":"{name}"' for name in names]
    return spread([*texts, ""], [*(62 * 0.3**index for index in range(len(names))), 1], PROVIDERS)


def _templates(rng: Random, merchants: Sequence[Merchant]) -> Iterator[Template]:
    results = ending_tables()
    payloads = [_payloads(rng, region) for region in REGIONS]
    weights = [merchant.size**0.6 for merchant in merchants]
    owners = [*merchants, *rng.choices(merchants, weights, k=TEMPLATES - len(merchants))]
    kinds = rng.choices(range(len(CAMPAIGNS)), [kind.weight for kind in CAMPAIGNS], k=TEMPLATES)
    ids = _ids(rng, "tpl_", TEMPLATES)
    for template_id, owner, kind in zip(ids, owners, kinds, strict=True):
        yield _template(template_id, owner, kind, results[kind], payloads[owner.region])


def _template(
    template_id: str,
    owner: Merchant,
    kind: int,
    results: Sequence[Sequence[Result]],
    payloads: Sequence[str],
) -> Template:
    inbound = CAMPAIGNS[kind].inbound
    return Template(
        template_id=template_id,
        merchant=owner,
        ids=f'"merchant_id":"{owner.merchant_id}","reseller_id":"{owner.reseller_id}"'
        f',"template_id":"{template_id}"',
        direction=f'"direction":"{"inbound" if inbound else "outbound"}"',
        inbound=inbound,
        results=results,
        payloads=payloads,
    )


def _payloads(rng: Random, region: Region) -> list[str]:
    """Payload objects as JSON text that still lacks its closing brace."""
    return [_payload(rng, region) for _ in range(PAYLOADS)]


def _payload(rng: Random, region: Region) -> str:
    payload = {"city": _pick(rng, region.cities)}
    if rng.random() < 0.92:
        payload["plan"] = _pick(rng, PLANS)
    if rng.random() < 0.8:
        payload["language"] = _pick(rng, region.languages)
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":"))[:-1]


def _draws(rng: Random, templates: Sequence[Template]) -> list[list[int]]:
    weights = _template_weights(rng, templates)
    return [_region_draws(templates, weights, region) for region in range(len(REGIONS))]


def _template_weights(rng: Random, templates: Sequence[Template]) -> list[float]:
    """A merchant's calls shared out among its templates: most of them come from one or two."""
    ranks: dict[str, int] = {}
    parts: list[float] = []
    for template in templates:
        owner = template.merchant.merchant_id
        ranks[owner] = ranks.get(owner, 0) + 1
        parts.append(ranks[owner] ** -1.5 * rng.uniform(0.7, 1.3))
    wholes = dict.fromkeys(ranks, 0.0)
    for template, part in zip(templates, parts, strict=True):
        wholes[template.merchant.merchant_id] += part
    return [
        item.merchant.size * part / wholes[item.merchant.merchant_id]
        for item, part in zip(templates, parts, strict=True)
    ]


def _region_draws(
    templates: Sequence[Template], weights: Sequence[float], region: int
) -> list[int]:
    indices = [index for index, item in enumerate(templates) if item.merchant.region == region]
    drawn = spread(indices, [weights[index] for index in indices], DRAWS - len(indices))
    # One entry each on top, so that even the smallest template is dialled now and then.
    return indices + drawn
