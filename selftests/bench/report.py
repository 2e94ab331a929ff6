#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
#
# Print the tables and draw the plot of a benchmark's CSV.
#
#	report.py RESULTS [OUT.png [MANY.csv]]
#
# A cost is that of the whole path, including the generator and the receiver
# that drops. Ratios are to the design in the column's head.

import csv
import os
import subprocess
import sys

TITLES = {"bridge": "bridge alone", "vlan": "VLAN devices", "vrr": "VRR, macvlan",
          "flowtable": "nft flowtable", "ebpf": "tc eBPF router",
          "ovs": "Open vSwitch", "anygw": "anygw, full",
          "anygw-fast": "anygw, fast", "vlan-firewall": "VLAN, firewall",
          "anygw-firewall": "anygw, firewall",
          "anygw-gateways": "4094 gateways", "anygw-routes": "100000 routes",
          "anygw-endpoints": "100000 VMs"}
PATHS = ("bridged", "arrival", "north-south", "east-west", "arp", "tcp")
# Design, reference design, path, maximum ratio
LIMITS = (("anygw-fast", "ebpf", "north-south", .95),
        ("anygw-fast", "ebpf", "east-west", .90),
        ("anygw-firewall", "vlan-firewall", "north-south", 1.05),
        ("anygw-firewall", "vlan-firewall", "east-west", 1.05),
        ("anygw-fast", "bridge", "bridged", 1.03),
        ("anygw-gateways", "bridge", "bridged", 1.03)) + tuple(
            ("anygw-" + many, "anygw-fast", path, 1.03)
            for many in ("gateways", "routes", "endpoints")
            for path in ("bridged", "north-south", "east-west"))
# Maximum ratio of ten thousand destinations to one
MAX_MANY = 1.3
# Maximum ratios of a gateway to a macvlan device
MAX_ADDED = (("milliseconds", 1.2), ("octets", 1.1))
PLOTTED = (("bridged", "4", "60", "1"), ("north-south", "4", "60", "1"),
           ("east-west", "4", "60", "1"))


def read(name):
    with open(name) as f:
        return list(csv.DictReader(f))


def key(row):
    return row["path"], row["family"], row["size"], row["flows"]


def tables(rows):
    """A line for each packet type, a column for each design."""
    designs = list(dict.fromkeys(row["design"] for row in rows))
    cost = {(row["design"],) + key(row): int(row["cost"]) for row in rows}
    types = sorted({key(row) for row in rows}, key=lambda k: (
        PATHS.index(k[0]), k[1], int(k[2]), int(k[3])))
    print(f"{'path':12}{'IP':>3}{'octets':>7}{'flows':>7}" +
          "".join(f"{TITLES[d]:>16}" for d in designs))
    for k in types:
        cells = [cost.get((d,) + k) for d in designs]
        print(f"{k[0]:12}{k[1]:>3}{k[2]:>7}{k[3]:>7}" +
              "".join(f"{'-' if c is None else c:>16}" for c in cells))
    ratios(cost, types, designs)
    limits(cost)


def ratios(cost, types, designs):
    """anygw compared with the other designs; less than one is cheaper."""
    for own in ("anygw-fast", "anygw"):
        others = [d for d in designs if not d.startswith("anygw")]
        if own not in designs or not others:
            continue
        print(f"\n{TITLES[own]}, ratio to")
        print(f"{'path':12}{'IP':>3}{'octets':>7}{'flows':>7}" +
              "".join(f"{TITLES[d]:>16}" for d in others))
        for k in types:
            if (own,) + k not in cost:
                continue
            cells = [f"{cost[(own,) + k] / cost[(d,) + k]:.2f}"
                     if (d,) + k in cost else "-" for d in others]
            print(f"{k[0]:12}{k[1]:>3}{k[2]:>7}{k[3]:>7}" +
                  "".join(f"{c:>16}" for c in cells))


def limits(cost):
    """The required and the measured ratios."""
    print(f"\n{'metric':40}{'limit':>8}{'measured':>9}")
    for own, other, path, limit in LIMITS:
        found = sorted((cost[(own,) + k[1:]] / c, k) for k, c in cost.items()
                       if k[0] == other and k[1] == path and
                       (own,) + k[1:] in cost)
        for ratio, k in found:
            report(f"{own}/{other} {path} IPv{k[2]} {k[3]} {k[4]}", limit, ratio)
    for k, c in sorted(cost.items()):
        one = cost.get(k[:4] + ("1",))
        if k[0] == "anygw-fast" and one and int(k[4]) >= 10000:
            report(f"{k[0]} {k[1]} IPv{k[2]} {k[3]} {k[4]} to 1", MAX_MANY, c / one)


def report(what, limit, ratio):
    print(f"{what:40}{limit:8.2f}{ratio:9.3f}  " +
          ("met" if ratio <= limit else "NOT MET"))


def added(name):
    """Compare many gateways with many macvlan devices."""
    fields = ("what", "number", "milliseconds", "octets")
    with open(name) as f:
        rows = {row["what"]: row for row in csv.DictReader(f, fields)}
    for field, limit in MAX_ADDED:
        own, other = (int(rows[what][field]) for what in ("gateway", "macvlan"))
        report(f"{rows['gateway']['number']} gateways, {field}: {own}, {other}",
             limit, own / other)


def plot(rows, out):
    designs = list(dict.fromkeys(row["design"] for row in rows))
    cost = {(row["design"],) + key(row): row["cost"] for row in rows}
    data = os.path.splitext(out)[0] + ".dat"
    with open(data, "w") as f:
        for d in designs:
            f.write(f'"{TITLES[d]}" ' + " ".join(
                cost.get((d,) + k, "0") for k in PLOTTED) + "\n")
    script = [
        "set terminal pngcairo size 900,420 font 'sans,9'",
        f"set output '{out}'", "set style data histograms",
        "set style fill solid 0.8", "set boxwidth 0.9", "set grid ytics",
        "set yrange [0:*]", "set key top left",
        f"set ylabel '{rows[0]['unit']} a packet'",
        "set title 'IPv4, 64 octets on the wire, one flow'",
        "plot " + ", ".join(
            f"'{data}' using {i + 2}{':xtic(1)' if i == 0 else ''} "
            f"title '{k[0]}'" for i, k in enumerate(PLOTTED)),
    ]
    subprocess.run(["gnuplot"], input="\n".join(script), text=True,
                   check=True)


def main():
    folder = sys.argv[1]
    rows = read(os.path.join(folder, "bench.csv"))
    if not rows:
        sys.exit("report: no results")
    tables(rows)
    if len(sys.argv) > 3 and os.path.exists(sys.argv[3]):
        added(sys.argv[3])
    if len(sys.argv) > 2:
        plot(rows, sys.argv[2])


if __name__ == "__main__":
    main()
