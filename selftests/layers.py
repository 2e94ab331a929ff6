#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Check that files include and call downwards only.

usage: layers.py [--objects DIR]... tools|kmod

Reads the #include "..." lines of a tree and, in each DIR of object files, the
symbols. A reference from a lower layer to a higher one is an error, so is a
circle of references, also within one layer. A .c file and its .h file count as
one. Prints KTAP; exits with 1 on failure.
"""
import argparse
import os
import re
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

# From the top. A name is the path of a .c and a .h file below the tree's
# folder, without the suffix.
LAYERS = {
    "tools": [
        ["anygwctl"],
        ["complete"],
        ["cmds"],
        ["config/file", "check/check", "trace/trace",
         "hostroutes/hostroutes"],
        ["config/change", "config/plan",
         "check/checks", "check/firewall", "check/gateways", "check/identity",
         "check/peers", "check/ports", "check/routing", "check/sockets",
         "trace/steps",
         "hostroutes/endpoints", "hostroutes/networks", "hostroutes/routes"],
        ["check/input_filter", "check/iptables", "check/report",
         "check/ruleset",
         "hostroutes/list", "hostroutes/lock"],
        ["object/metrics", "object/monitor"],
        ["object/endpoint", "object/gateway", "object/gateway_cmd",
         "object/gateway_nl", "object/host", "object/object", "object/peer",
         "object/port", "object/stats"],
        ["nl/genl"],
        ["nl/address", "nl/link", "nl/neigh", "nl/nl", "nl/route", "nl/rtnl"],
        ["cli/addr", "cli/args", "cli/array", "cli/cmdline",
         "cli/commands", "cli/diag", "cli/netns", "cli/out", "cli/signals", "cli/value"],
    ],
    "kmod": [
        ["main"],
        ["netlink"],
        ["gateway", "host", "port", "retired", "vlan"],
        ["pkttrace", "ingress", "egress", "fastpath", "bypass"],
        ["endpoint", "endpoint_learn", "endpoint_work", "peer", "beacon",
         "announce"],
        ["notify"],
        ["bridge", "skb", "query", "vcache", "flow", "route", "nexthop", "neigh",
         "datapath"],
        ["net", "anygw", "stats", "trace", "compat"],
        ["core/beacon", "core/classify", "core/frame", "core/learn",
         "core/reasons", "core/segment", "core/translate", "core/types",
         "uapi/linux/anygw"],
    ],
}

# Generated files are one with the file they are a part of.
PART_OF = {"netlink-gen": "netlink"}

INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"')
DEFINED = set("TDBRVWCGS")


class Tree:
    """The files of a tree, their layers and their references."""

    def __init__(self, name):
        self.root = os.path.join(TOP, name)
        self.errors = []
        self.files = self.find()
        self.layer = {}
        for number, names in enumerate(LAYERS[name]):
            for one in names:
                if one in self.layer:
                    self.errors.append(f"{one} is in the table twice")
                self.layer[one] = number
        for one in sorted(set(self.files) - set(self.layer)):
            self.errors.append(f"{one} is missing from the table")
        for one in sorted(set(self.layer) - set(self.files)):
            self.errors.append(f"{one} is in the table, but there is no file")
        # (from, to): the first reference, as text
        self.edges = {}

    def file_of(self, path):
        one = os.path.relpath(os.path.splitext(path)[0], self.root)
        return PART_OF.get(one, one)

    def find(self):
        files = {}
        for folder, _, names in os.walk(self.root):
            for name in names:
                if name.endswith((".c", ".h")):
                    path = os.path.join(folder, name)
                    files.setdefault(self.file_of(path), []).append(path)
        return files

    def refer(self, one, other, text):
        if one == other or one not in self.layer or other not in self.layer:
            return
        if self.layer[other] < self.layer[one]:
            self.errors.append(f"upward: {text}")
        self.edges.setdefault((one, other), text)

    def resolve(self, path, included):
        for folder in (os.path.dirname(path), self.root):
            found = os.path.normpath(os.path.join(folder, included))
            if os.path.exists(found):
                return self.file_of(found)
        return None

    def read_includes(self):
        for one, paths in sorted(self.files.items()):
            for path in paths:
                name = os.path.relpath(path, TOP)
                with open(path, encoding="utf-8") as source:
                    lines = list(source)
                for number, line in enumerate(lines, 1):
                    match = INCLUDE.match(line)
                    if not match:
                        continue
                    text = f'{name}:{number} includes "{match[1]}"'
                    other = self.resolve(path, match[1])
                    if other is None:
                        self.errors.append(f"{text}, which is not there")
                    else:
                        self.refer(one, other, text)

    def read_objects(self, folder):
        defined, undefined = {}, []
        for one, paths in sorted(self.files.items()):
            for path in paths:
                if not path.endswith(".c"):
                    continue
                path = os.path.join(folder,
                                    os.path.relpath(path, self.root)[:-1] + "o")
                if not os.path.exists(path):
                    self.errors.append(f"{path} is not there")
                    continue
                for symbol, kind in symbols(path):
                    if kind in DEFINED:
                        defined[symbol] = one
                    elif kind == "U":
                        undefined.append((one, symbol))
        for one, symbol in undefined:
            if symbol in defined:
                other = defined[symbol]
                self.refer(one, other, f"{one} uses {symbol}() of {other}")

    def find_circles(self):
        after = {}
        for one, other in sorted(self.edges):
            after.setdefault(one, []).append(other)
        seen = set()
        for start in sorted(after):
            circle = shortest_circle(after, start)
            if circle and not seen.intersection(circle):
                seen.update(circle)
                self.errors.append("circle: " + ", ".join(
                    self.edges[pair] for pair in zip(circle, circle[1:])))


def symbols(path):
    out = subprocess.run(["nm", "-P", path], check=True, text=True,
                         stdout=subprocess.PIPE).stdout
    for line in out.splitlines():
        fields = line.split()
        if len(fields) >= 2:
            yield fields[0], fields[1]


def shortest_circle(after, start):
    """The files from start back to itself, or None."""
    paths = [[start]]
    seen = set()
    while paths:
        path = paths.pop(0)
        for other in after.get(path[-1], []):
            if other == start:
                return path + [start]
            if other not in seen:
                seen.add(other)
                paths.append(path + [other])
    return None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--objects", action="append", default=[],
                        metavar="DIR")
    parser.add_argument("tree", choices=sorted(LAYERS))
    args = parser.parse_args()

    tree = Tree(args.tree)
    tree.read_includes()
    for folder in args.objects:
        tree.read_objects(folder)
    tree.find_circles()
    print("KTAP version 1")
    print("1..1")
    for error in tree.errors:
        print(f"# {error}")
    print(f"{'not ok' if tree.errors else 'ok'} 1 - layers of {args.tree}")
    return 1 if tree.errors else 0


if __name__ == "__main__":
    sys.exit(main())
