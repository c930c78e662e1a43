"""The network of an engine or of pods: a bridge of its own on this machine, and a rule that lets it out.

The engine itself touches no firewall (`iptables: false`), so two labs, and a Docker that the machine has anyway, do not
see each other. Published ports are served by the engine's userland proxy. What is made here carries the lab's id in its
name: `release` finds it with no record.
"""

from __future__ import annotations

import hashlib
import ipaddress
import json
import re
import subprocess
from pathlib import Path
from typing import Any

from tests.lab.machine import find
from tests.lab.place import LabError, Place, locked

LOCK = Path("/run/lock/migetpacks-lab-network")
POOL = ipaddress.ip_network("10.208.0.0/12")
FORWARDING = Path("/proc/sys/net/ipv4/ip_forward")
FORWARDING_WAS_OFF = Path("/run/migetpacks-lab-ip-forward")  # there when a lab switched it on
PREFIX = "mpl"


def run(*command: str, check: bool = True, text: str = "") -> str:
    """Runs a network tool; its output. Raises LabError when it fails."""
    program = find(command[0]) or command[0]
    done = subprocess.run([program, *command[1:]], check=False, capture_output=True, text=True, input=text)
    if check and done.returncode:
        raise LabError(f"{' '.join(command)} failed: {done.stderr.strip()}")
    return done.stdout


def bridge_name(place: Place, number: int) -> str:
    """The bridge of the lab's engine of that number (at most 15 bytes)."""
    return f"{PREFIX}{place.id}-{number}"


def table_name(place: Place, number: int) -> str:
    """The firewall table of the lab's engine of that number."""
    return f"migetpacks_lab_{place.id}_{number}"


def links() -> list[dict[str, Any]]:
    """The interfaces of this machine."""
    found: list[dict[str, Any]] = json.loads(run("ip", "-json", "address") or "[]")
    return found


def free_subnet(seed: str) -> ipaddress.IPv4Network:
    """A network of 256 addresses that no interface and no route of this machine has."""
    taken = [
        ipaddress.ip_network(f"{a['local']}/{a['prefixlen']}", strict=False)
        for link in links() for a in link.get("addr_info", ()) if a.get("family") == "inet"
    ]  # fmt: skip
    routes = [route["dst"] for route in json.loads(run("ip", "-json", "-4", "route") or "[]")]
    taken += [ipaddress.ip_network(dst) for dst in routes if dst != "default"]
    count = POOL.num_addresses // 256
    start = int(hashlib.sha256(seed.encode()).hexdigest(), 16) % count
    for step in range(count):
        address = int(POOL.network_address) + (start + step) % count * 256
        subnet = ipaddress.IPv4Network((address, 24))
        if not any(isinstance(net, ipaddress.IPv4Network) and subnet.overlaps(net) for net in taken):
            return subnet
    raise LabError(f"no free network in {POOL}")


def provide(place: Place, number: int) -> str:
    """The bridge for the engine of that number, made when it is not there; its name."""
    name, table = bridge_name(place, number), table_name(place, number)
    with locked(LOCK):
        if any(link["ifname"] == name for link in links()):
            return name
        subnet = free_subnet(name)
        run("nft", "delete", "table", "ip", table, check=False)
        run("ip", "link", "add", name, "type", "bridge")
        run("ip", "address", "add", f"{subnet[1]}/24", "dev", name)
        run("ip", "link", "set", name, "up")
        rule = f"ip saddr {subnet} oifname != {name} masquerade"
        chain = f"chain out {{\n  type nat hook postrouting priority 100;\n  {rule};\n }}"
        run("nft", "-f", "-", text=f"table ip {table} {{\n {chain}\n}}\n")
        if FORWARDING.read_text().strip() == "0":
            FORWARDING_WAS_OFF.touch()
            FORWARDING.write_text("1\n")
        let_through(name)
    return name


def subnet(bridge: str) -> ipaddress.IPv4Network:
    """The network of a bridge that is there; its first address is the bridge's own."""
    (address,) = (
        f"{a['local']}/{a['prefixlen']}"
        for link in links() if link["ifname"] == bridge
        for a in link["addr_info"] if a["family"] == "inet"
    )  # fmt: skip
    return ipaddress.IPv4Network(address, strict=False)


def let_through(bridge: str) -> None:
    """Accepts what the bridge forwards, where the machine's own rules (another Docker's) drop by default."""
    if find("iptables") and run("iptables", "-S", "FORWARD", check=False).startswith("-P FORWARD DROP"):
        for side in ("-i", "-o"):
            run("iptables", "-I", "FORWARD", side, bridge, "-j", "ACCEPT")


def interfaces(place: Place) -> list[str]:
    """The lab's bridges: those made here, and those of networks that somebody made in one of its engines."""
    kept = b"".join(path.read_bytes() for path in place.lab.glob("engine-*/data/network/files/local-kv.db"))
    mine = bridge_name(place, 0)[:-1]
    names = [link["ifname"] for link in links()]
    return [name for name in names if name.startswith(mine) or (made_by_docker(name) and name[3:].encode() in kept)]


def made_by_docker(name: str) -> bool:
    """Whether an interface has the name of a Docker network's bridge: `br-` and the start of the network's id."""
    return re.fullmatch(r"br-[0-9a-f]{12}", name) is not None


def tables(place: Place) -> list[str]:
    """The lab's firewall tables."""
    known = run("nft", "list", "tables", check=False).split() if find("nft") else []
    return [name for name in known if name.startswith(table_name(place, 0)[:-1])]


def release(place: Place, number: int | None = None) -> None:
    """Removes the lab's bridges, tables and rules: all of them, or those of one number."""
    bridge = bridge_name(place, 0)[:-1] if number is None else bridge_name(place, number)
    with locked(LOCK):
        for name in interfaces(place):
            if number is None or name == bridge:
                run("ip", "link", "delete", name)
        for name in tables(place):
            if number is None or name == table_name(place, number):
                run("nft", "delete", "table", "ip", name)
        if find("iptables"):
            for line in run("iptables", "-S", "FORWARD", check=False).splitlines():
                if f" {bridge}" in line:
                    run("iptables", "-D", *line.split()[1:])
        if FORWARDING_WAS_OFF.exists() and not any(link["ifname"].startswith(PREFIX) for link in links()):
            FORWARDING.write_text("0\n")
            FORWARDING_WAS_OFF.unlink()
