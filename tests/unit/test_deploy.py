"""The files of deploy/clickhouse fit together: they cannot be run here."""

from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import yaml

FOLDER = Path(__file__).parents[2] / "deploy" / "clickhouse"


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    return yaml.safe_load((FOLDER / "compose.yaml").read_text(encoding="utf-8"))["services"]


def texts(file: str, path: str) -> list[str]:
    root = ET.parse(FOLDER / file).getroot()  # noqa: S314
    assert root.tag == "clickhouse"
    return [element.text or "" for element in root.findall(path)]


def nodes(services: dict[str, Any], kind: str) -> dict[str, Any]:
    return {name: one for name, one in services.items() if kind in one["image"]}


def test_every_replica_of_the_cluster_is_a_node(services: dict[str, Any]) -> None:
    hosts = texts("server.xml", "remote_servers/calls_cluster/shard/replica/host")
    assert hosts == list(nodes(services, "clickhouse-server"))
    assert texts("server.xml", "remote_servers/calls_cluster/shard/internal_replication") == [
        "true",
        "true",
    ]


def test_the_macros_of_a_node_are_its_place(services: dict[str, Any]) -> None:
    for name, node in nodes(services, "clickhouse-server").items():
        environment = node["environment"]
        assert name == f"shard{environment['SHARD']}-replica{environment['REPLICA']}"


def test_every_keeper_is_known(services: dict[str, Any]) -> None:
    keepers = nodes(services, "clickhouse-keeper")
    assert texts("server.xml", "zookeeper/node/host") == list(keepers)
    assert texts("keeper.xml", "keeper_server/raft_configuration/server/hostname") == list(keepers)
    numbers = [one["environment"]["KEEPER_ID"] for one in keepers.values()]
    assert texts("keeper.xml", "keeper_server/raft_configuration/server/id") == numbers


def test_every_node_is_reached_by_its_name_and_keeps_its_data(services: dict[str, Any]) -> None:
    for name, node in services.items():
        assert node["hostname"] == name
        files = dict(volume.split(":", 1) for volume in node["volumes"])
        assert files.pop(name) == "/var/lib/clickhouse"
        assert all((FOLDER / file).is_file() for file in files)


def test_every_value_from_the_environment_is_given(services: dict[str, Any]) -> None:
    for name, node in services.items():
        for volume in node["volumes"]:
            file = volume.split(":")[0]
            if file.endswith(".xml"):
                root = ET.parse(FOLDER / file).getroot()  # noqa: S314
                wanted = {one.get("from_env") for one in root.iter()} - {None}
                assert wanted <= set(node["environment"]), name
