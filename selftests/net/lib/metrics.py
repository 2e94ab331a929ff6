#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Parse the output of "anygwctl metrics" as a collector would, and compare it
with the JSON output about gateways and ports.

metrics.py METRICS GATEWAYS PORTS ENDPOINTS PEERS
"""

import json
import sys

from prometheus_client.openmetrics import parser

FRAMES = ("captured", "fastpath", "fallback", "answered", "announced",
          "translated", "overlimit")
OTHERS = ("learned", "conflicts")
STATES = ("active", "standby", "observe")


def text(value):
    """A setting in the format of a label"""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value)


def expected(kind, objects, labels, settings, homes):
    """The samples that are expected for the objects. homes are the gateways, or
    the ports, of all endpoints.
    """
    for thing in objects:
        key = {k: text(thing[k]) for k in labels}
        yield f"anygw_{kind}_info", key | {
            k: text(thing[k]) for k in settings}, 1
        for name in FRAMES:
            yield (f"anygw_{kind}_{name}_frames_total", key,
                   thing["stats"][name])
        for name in OTHERS:
            yield f"anygw_{kind}_{name}_total", key, thing["stats"][name]
        for reason, count in thing["stats"]["drops"].items():
            yield (f"anygw_{kind}_dropped_frames_total",
                   key | {"reason": reason}, count)
        yield (f"anygw_{kind}_endpoints", key,
               homes.count(thing["ifname"]))
        if kind == "gateway":
            for state in STATES:
                yield (f"anygw_{kind}_state",
                       key | {f"anygw_{kind}_state": state},
                       int(state == thing["state"]))


def as_set(samples):
    return {(name, tuple(sorted(labels.items())), float(value))
            for name, labels, value in samples}


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        families = list(parser.text_string_to_metric_families(file.read()))
    with open(sys.argv[2], encoding="utf-8") as file:
        gateways = json.load(file)
    with open(sys.argv[3], encoding="utf-8") as file:
        ports = json.load(file)
    with open(sys.argv[4], encoding="utf-8") as file:
        endpoints = json.load(file)
    with open(sys.argv[5], encoding="utf-8") as file:
        peers = json.load(file)
    for family in families:
        if not family.documentation:
            sys.exit(f"{family.name} has no HELP text")
        if family.name.endswith("frames") and family.unit != "frames":
            sys.exit(f"{family.name} has the unit {family.unit}")
    got = as_set((s.name, s.labels, s.value)
                 for family in families for s in family.samples
                 if not s.name.startswith("anygw_host"))
    want = as_set(expected(
        "gateway", gateways, ("ifname", "bridge", "vlan"),
        ("mac", "mode", "coexist", "fallback", "fastpath", "vrf"),
        [endpoint["ifname"] for endpoint in endpoints]))
    want |= as_set(expected("port", ports, ("ifname", "bridge"),
                            ("role", "configured"),
                            [endpoint["port"] for endpoint in endpoints]))
    want |= as_set(("anygw_peer_differences",
                    {k: text(peer[k]) for k in ("mac", "bridge", "vlan")},
                    len(peer["differs"])) for peer in peers)
    if got != want:
        sys.exit(f"only in the metrics: {sorted(got - want)}\n"
                 f"only in the objects: {sorted(want - got)}")


if __name__ == "__main__":
    main()
