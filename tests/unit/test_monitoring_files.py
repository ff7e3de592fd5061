"""The rules and the dashboard ask for metrics and labels that a running server has."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import promql_parser as promql
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from callistics.model.alerts import DeliveryState
from callistics.model.webhooks import BodyState
from support.server import serving

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "deploy" / "monitoring"
RULES: list[dict[str, Any]] = [
    rule
    for group in yaml.safe_load((FOLDER / "alerts.yaml").read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]
]
DASHBOARD: dict[str, Any] = json.loads((FOLDER / "grafana.json").read_text(encoding="utf-8"))
PANELS: list[dict[str, Any]] = [one for one in DASHBOARD["panels"] if one["type"] != "row"]
SCRAPED = {"job", "instance"}
"""Labels that Prometheus gives to all it reads; `up` is what it says itself."""
NOT_DRAWN = {"callistics_info", "callistics_timezone_rules_info"}
"""Metrics that are always 1: what they tell is in their labels."""
# What Grafana puts in before it asks.
VARIABLES = {"$__rate_interval": "1m", "$instance": ".*"}


def expressions() -> Iterator[tuple[str, str]]:
    """Where each stands, and what it is."""
    for rule in RULES:
        yield rule["alert"], rule["expr"]
    for panel in PANELS:
        for target in panel["targets"]:
            yield f"{panel['title']} {target['refId']}", target["expr"]


EXPRESSIONS = dict(expressions())


@pytest.fixture(scope="module")
def labels_of(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, set[str]]:
    """The labels of each metric that a server gives, by the names of its samples."""
    with serving(tmp_path_factory.mktemp("monitored")) as server:
        text = server.request("GET", "/metrics").text
        declared = {
            one.name: set(one.labels) for one in server.application.services.metrics.declared
        }
    found: dict[str, set[str]] = {"up": set(SCRAPED)}
    for family in text_string_to_metric_families(text):
        name = f"{family.name}_total" if family.type == "counter" else family.name
        known = declared.get(name, set()) | SCRAPED
        if family.type == "histogram":
            for suffix in ("_count", "_sum"):
                found[name + suffix] = known
            found[f"{name}_bucket"] = known | {"le"}
        else:
            found[name] = known
    return found


def parsed(expression: str) -> promql.Expr:
    for name, value in VARIABLES.items():
        expression = expression.replace(name, value)
    assert "$" not in expression
    return promql.parse(expression)


def below(root: promql.Expr) -> list[Any]:
    """Every part of an expression."""
    found: list[Any] = []
    promql.walk(root, found.append)
    return found


def selectors_of(parts: Iterable[Any]) -> list[Any]:
    """Those parts that ask for a metric."""
    return [one for one in parts if isinstance(one, promql.VectorSelector)]


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_an_expression_asks_for_what_there_is(name: str, labels_of: Mapping[str, set[str]]) -> None:
    parts = below(parsed(EXPRESSIONS[name]))
    selectors = selectors_of(parts)
    assert selectors
    common = SCRAPED
    for selector in selectors:
        name = str(selector.name)
        assert name in labels_of
        known = labels_of[name]
        common = common | known
        assert {one.name for one in selector.matchers.matchers} <= known, selector
    for part in parts:
        if isinstance(part, promql.AggregateExpr) and part.modifier is not None:
            assert set(part.modifier.labels) <= common, part


def metric(sample: str) -> str:
    """The metric that a sample is of."""
    return re.sub("_(total|created|bucket|count|sum)$", "", sample)


def test_every_metric_is_looked_at(labels_of: Mapping[str, set[str]]) -> None:
    asked = {
        metric(str(one.name))
        for expression in EXPRESSIONS.values()
        for one in selectors_of(below(parsed(expression)))
    }
    given = {metric(name) for name in labels_of if name.startswith("callistics_")}
    assert given - asked == NOT_DRAWN


@pytest.mark.parametrize(
    "wrong", ["rate(callistics_ready)", "sum(callistics_ready", "nonsense(callistics_ready)"]
)
def test_the_parser_refuses_what_prometheus_does(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        parsed(wrong)


def test_the_values_of_labels_are_those_of_the_product() -> None:
    for metric, values in (
        ("webhooks", set(BodyState)),
        ("alert_notices", {DeliveryState.GIVEN_UP}),
    ):
        pattern = rf'callistics_{metric}_total{{[^}}]*result="(\w+)"'
        asked = re.findall(pattern, "\n".join(EXPRESSIONS.values()))
        assert asked
        assert set(asked) <= values


def test_every_rule_says_what_is_wrong_and_what_to_do() -> None:
    page = (ROOT / "docs" / "monitoring.md").read_text(encoding="utf-8")
    for rule in RULES:
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert rule["annotations"].keys() == {"summary", "description"}
        assert f"`{rule['alert']}`" in page
    assert len({rule["alert"] for rule in RULES}) == len(RULES)


def test_what_a_rule_says_names_labels_it_has(labels_of: Mapping[str, set[str]]) -> None:
    for rule in RULES:
        text = " ".join(rule["annotations"].values())
        parts = below(parsed(rule["expr"]))
        sums: Any = [one for one in parts if isinstance(one, promql.AggregateExpr)]
        kept = [set(one.modifier.labels) for one in sums]
        chosen = selectors_of(parts)
        selected = [labels_of[one.name] for one in chosen]
        assert set(re.findall(r"\$labels\.(\w+)", text)) <= (kept or selected)[0], rule["alert"]


def test_the_panels_of_the_dashboard_lie_beside_each_other() -> None:
    taken = {
        (x, y)
        for panel in DASHBOARD["panels"]
        for place in [panel["gridPos"]]
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    }
    areas = [panel["gridPos"]["w"] * panel["gridPos"]["h"] for panel in DASHBOARD["panels"]]
    assert len(taken) == sum(areas)
    assert max(x for x, _ in taken) < 24
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(set(ids)) == len(ids)


def test_every_panel_takes_its_data_from_where_it_is_told() -> None:
    variables = {one["name"] for one in DASHBOARD["templating"]["list"]}
    assert variables == {"datasource", "instance"}
    for panel in PANELS:
        for one in (panel, *panel["targets"]):
            assert one["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
        assert panel["description"]
        assert all("$instance" in target["expr"] for target in panel["targets"])


def test_the_configuration_loads_the_rules() -> None:
    found = yaml.safe_load((FOLDER / "prometheus.yaml").read_text(encoding="utf-8"))
    assert all((FOLDER / name).is_file() for name in found["rule_files"])
    (job,) = found["scrape_configs"]
    assert (job["job_name"], job["metrics_path"]) == ("callistics", "/metrics")
    jobs = re.findall(r'job="(\w+)"', "\n".join(EXPRESSIONS.values()))
    assert set(jobs) == {job["job_name"]}


def test_the_tool_of_prometheus_accepts_the_rules() -> None:
    tool = shutil.which("promtool")
    if tool is None:
        pytest.skip("promtool, of Debian's package prometheus, is not installed")
    subprocess.run([tool, "check", "rules", str(FOLDER / "alerts.yaml")], check=True)
