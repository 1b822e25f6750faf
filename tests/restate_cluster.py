"""Three Restate nodes of our own: one cluster on this machine, any one of which may be killed."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Final

from assent import Restate
from tests.restate_server import RestateServer, eventually

NODES: Final = 3
_LEADS: Final = re.compile(r"^restate_num_active_partition_leaders\{.*\} (\d+)", re.MULTILINE)


class RestateCluster:
    """A cluster that keeps everything twice, so that it goes on with two of its three nodes."""

    def __init__(self, nodes: int = NODES) -> None:
        self.nodes = [RestateServer() for _ in range(nodes)]
        first = self.nodes[0]
        addresses = json.dumps([node.node for node in self.nodes])
        for node in self.nodes:
            node.settings |= {
                "RESTATE_CLUSTER_NAME": first.folder.name,
                "RESTATE_AUTO_PROVISION": json.dumps(node is first),  # the others join it
                "RESTATE_DEFAULT_REPLICATION": str(min(2, nodes)),
                "RESTATE_METADATA_CLIENT__ADDRESSES": addresses,
            }

    def engine(self) -> Restate:
        """The engine of an app that nobody else has, at all addresses of the cluster."""
        ingress, admin = zip(*((node.ingress, node.admin) for node in self.nodes), strict=True)
        return replace(self.nodes[0].engine(), ingress=ingress, admin=admin)

    def start(self) -> None:
        """Start all nodes, and return once each is a member and somebody leads each part."""
        for node in self.nodes:
            node.launch()
        for node in self.nodes:
            node.wait()
        eventually(lambda: all(self._complete(node) for node in self.nodes), self.nodes[0].said)

    def _complete(self, node: RestateServer) -> bool:
        told = _json(f"{node.admin}/cluster-health")
        return len(told["metadata_cluster_health"]["members"]) == len(self.nodes)

    def leader(self) -> RestateServer:
        """The node that leads most."""
        leads: dict[int, int] = {}

        def known() -> bool:
            leads.update((at, _leads(node)) for at, node in enumerate(self.nodes))
            return any(leads.values())

        eventually(known, self.nodes[0].said)
        return self.nodes[max(leads, key=leads.__getitem__)]

    def drop(self) -> None:
        """End all of them at once, and take their directories away."""
        for node in self.nodes:
            node.drop()


@contextmanager
def restate_cluster() -> Generator[RestateCluster]:
    """A cluster that ends with the test."""
    made = RestateCluster()
    try:
        made.start()
        yield made
    finally:
        made.drop()


def _leads(node: RestateServer) -> int:
    """How many parts of the cluster's data this node leads; 0 where it is down."""
    try:
        found = _LEADS.search(_read(f"{node.node}/metrics"))
    except OSError:
        return 0
    return int(found[1]) if found else 0


def _json(url: str) -> Any:
    return json.loads(_read(url))


def _read(url: str) -> str:
    with urllib.request.urlopen(url, timeout=5) as reply:
        return str(reply.read(), "utf-8")
