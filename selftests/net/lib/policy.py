#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
#
# For the test "policy": packets under routing policy that changes at random.
#
#	policy.py 4|6 SEED STEPS [fallback]
#
# The namespaces h1 and h2 are identical, except that h2's gateways have the
# fast path off. A step makes the same changes in both and sends the same packets
# to both. The namespace "out" has the other ends of all devices and captures the
# result. A packet has to take
#
#   - the same route in both. The slow path is the reference: it has results
#     that "ip route get" does not show, such as ICMP errors.
#   - the route that "ip route get DST from SRC iif GATEWAY ..." gives in h2.
#     The lookup is made in h2 only, because it fills route caches.
#
# A step depends on the seed alone, so a run can be repeated. On failure all
# changes are printed, as batches for "ip -4" or "ip -6".

import collections
import ctypes
import errno
import fcntl
import os
import random
import select
import socket
import struct
import subprocess
import sys
import time

VMAC = "02:61:6e:79:67:77"
HOSTS = ("h1", "h2")
EXITS = ("e1", "e2", "e3", "e4")
FLOWS = 40
# The ID of the next hop object that is a group
GROUP = 4
VRF = "red"
# Added to the step number of packets that are not checked
UNSEEN = 1 << 31
MAGIC = b"POLI"
ETH_P_ALL = 3
ETH_MARK = 0x88b5
NO_ROUTE = (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EAGAIN)

Flow = collections.namedtuple("Flow", "vlan src dst tos sport dport label")


class Words:
    """Addresses and prefixes of one family."""

    def __init__(self, family):
        self.six = family == "6"
        self.family = socket.AF_INET6 if self.six else socket.AF_INET
        if self.six:
            self.exit, self.lan = "fd0a:{}::{}", "fd00:{}::{}"
            self.length = 128
            self.stray = "2001:db8:9::9"
            self.targets = ("2001:db8::1", "2001:db8::2", "2001:db8:0:1::1",
                            "fd03::1", "fd00:20::21", "fd00:10::12")
            self.prefixes = ("default", "2001:db8::/32", "2001:db8::/64",
                             "2001:db8::1/128", "2001:db8::2/128",
                             "2001:db8:0:1::/64", "fd03::/16",
                             "fd00:20::21/128")
            self.sources = ("fd00:10::/64", "fd00:20::/64", "fd00::/16",
                            "fd00:10::11/128", "2001:db8:9::/48")
        else:
            self.exit, self.lan = "10.10{}.0.{}", "10.0.{}.{}"
            self.length = 32
            self.stray = "192.0.2.9"
            self.targets = ("198.18.0.1", "198.18.0.2", "198.18.1.1",
                            "203.0.113.1", "10.0.20.21", "10.0.10.12")
            self.prefixes = ("default", "198.18.0.0/15", "198.18.0.0/24",
                             "198.18.0.1/32", "198.18.0.2/32",
                             "198.18.1.0/24", "203.0.113.0/24",
                             "10.0.20.21/32")
            self.sources = ("10.0.10.0/24", "10.0.20.0/24", "10.0.0.0/16",
                            "10.0.10.11/32", "192.0.2.0/24")

    def pack(self, addr):
        return socket.inet_pton(self.family, addr)

    def text(self, data):
        family = socket.AF_INET6 if len(data) == 16 else socket.AF_INET
        return socket.inet_ntop(family, data)


def mac(text):
    return bytes.fromhex(text.replace(":", ""))


def hop_mac(number, hop):
    return f"02:00:00:00:0{number}:0{hop}"


def vm_mac(vlan):
    return f"52:54:00:00:{vlan}:01"


def known_macs():
    """All neighbours of the test"""
    macs = {}
    for words in (Words("4"), Words("6")):
        for hop in (2, 3):
            for number in range(1, 5):
                macs[words.exit.format(number, hop)] = hop_mac(number, hop)
        for host in (11, 12, 21):
            for vlan in (10, 20):
                macs[words.lan.format(vlan, host)] = vm_mac(vlan)
    return macs


def enter(netns):
    with open(f"/run/netns/{netns}") as f:
        if ctypes.CDLL(None, use_errno=True).setns(f.fileno(), 0):
            sys.exit("setns: " + os.strerror(ctypes.get_errno()))


# ---------------------------------------------------------------- packets

def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def packet(words, flow, step, number):
    load = MAGIC + struct.pack("!II", step, number)
    body = struct.pack("!4H", flow.sport, flow.dport, 8 + len(load), 0) + load
    src, dst = words.pack(flow.src), words.pack(flow.dst)
    if words.six:
        head = struct.pack("!IHBB", 6 << 28 | flow.tos << 20 | flow.label,
                           len(body), 17, 64)
        return head + src + dst + body
    head = struct.pack("!BBHHHBBH4s4s", 0x45, flow.tos, 20 + len(body), 0,
                       0x4000, 64, 17, 0, src, dst)
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + body


def frame(words, flow, step, number):
    return (mac(VMAC) + mac(vm_mac(flow.vlan)) +
            (b"\x86\xdd" if words.six else b"\x08\x00") +
            packet(words, flow, step, number))


def describe(data):
    """("ttl", TTL) of a packet, or type and code of an ICMP error."""
    if data[12:14] == b"\x08\x00":
        if data[23] == 17:
            return ("ttl", data[22])
        return ("icmp", data[34], data[35])
    if data[20] == 17:
        return ("ttl", data[21])
    return ("icmp6", data[54], data[55])


# ---------------------------------------------------------------- netlink

class Tables:
    """Route lookups in a host, as by "ip route get"."""

    RTM_GETROUTE = 26
    DST, SRC, IIF, OIF, GATEWAY, MULTIPATH, MARK = 1, 2, 3, 4, 5, 9, 16
    VIA, PROTO, SPORT, DPORT, NH_ID = 18, 27, 28, 29, 30
    FIB_MATCH = 0x2000

    def __init__(self, words):
        self.words = words
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
        self.names = {i: name for i, name in socket.if_nameindex()}
        self.index = {name: i for i, name in self.names.items()}

    @staticmethod
    def attr(kind, data):
        return struct.pack("HH", 4 + len(data), kind) + data + b"\0" * (
            -len(data) % 4)

    def request(self, flow, iif, fwmark, flags):
        w, number = self.words, struct.Struct("I")
        body = struct.pack("8BI", w.family, w.length, w.length, flow.tos, 0,
                           0, 0, 0, flags)
        body += self.attr(self.DST, w.pack(flow.dst))
        body += self.attr(self.SRC, w.pack(flow.src))
        body += self.attr(self.IIF, number.pack(self.index[iif]))
        body += self.attr(self.MARK, number.pack(fwmark))
        body += self.attr(self.PROTO, b"\x11")
        body += self.attr(self.SPORT, struct.pack("!H", flow.sport))
        body += self.attr(self.DPORT, struct.pack("!H", flow.dport))
        return struct.pack("IHHII", 16 + len(body), self.RTM_GETROUTE, 1, 1,
                           0) + body

    def lookup(self, flow, iif, fwmark, flags=0):
        """An error number, or the route type and its attributes."""
        self.sock.send(self.request(flow, iif, fwmark, flags))
        data = self.sock.recv(8192)
        size, kind = struct.unpack_from("IH", data)
        if kind == 2:
            return -struct.unpack_from("i", data, 16)[0], {}
        attrs, at = {}, 28
        while at < size:
            length, name = struct.unpack_from("HH", data, at)
            attrs[name & 0x3fff] = data[at + 4:at + length]
            at += length + 3 & ~3
        return ("route", data[16 + 7]), attrs

    def route(self, flow, iif, fwmark):
        """("error", number), ("local",), or (device, next hop)"""
        kind, attrs = self.lookup(flow, iif, fwmark)
        if isinstance(kind, int):
            return ("error", kind)
        if kind[1] != 1:
            return ("local",)
        dev = self.names.get(struct.unpack("I", attrs[self.OIF])[0], "?")
        hop = attrs.get(self.GATEWAY)
        if self.VIA in attrs:
            hop = attrs[self.VIA][2:]
        return (dev, self.words.text(hop) if hop else flow.dst)

    def is_choice(self, flow, iif, fwmark):
        """Whether the route has several next hops."""
        _, attrs = self.lookup(flow, iif, fwmark, self.FIB_MATCH)
        group = struct.unpack("I", attrs.get(self.NH_ID, b"\0" * 4))[0]
        return self.MULTIPATH in attrs or group % 10 == GROUP


# ---------------------------------------------------------------- a host

class Host:
    """A host, with an "ip -batch" that keeps running."""

    def __init__(self, name, words):
        self.name = name
        self.ip = subprocess.Popen(
            ["ip", "-6" if words.six else "-4", "-n", name, "-force",
             "-b", "-"], stdin=subprocess.PIPE, stderr=subprocess.PIPE)
        self.line = 0
        self.flags = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.tables = Tables(words)

    def send(self, lines):
        """Send a batch; result() must follow."""
        self.base = self.line
        self.line += len(lines) + 1
        # The last line always fails, which marks the end of the batch.
        text = "".join(line + "\n" for line in lines)
        self.ip.stdin.write(f"{text}link del dev end{self.line}\n".encode())
        self.ip.stdin.flush()

    def result(self, lines):
        """The indexes of the lines that have failed."""
        failed, output = [], ""
        while True:
            line = self.ip.stderr.readline().decode()
            output += line
            if not line:
                sys.exit(f"{self.name}: ip has exited: {output}{lines}")
            if not line.startswith("Command failed"):
                continue
            number = int(line.rsplit(":", 1)[1])
            if number == self.line:
                return failed
            failed.append(number - self.base)

    def has_carrier(self, dev):
        data = fcntl.ioctl(self.flags, 0x8913, struct.pack(
            "16sH22x", dev.encode(), 0))
        return bool(struct.unpack_from("H", data, 16)[0] & 0x40)

    def sysctl(self, key, value):
        enter(self.name)
        with open(f"/proc/sys/net/{key}", "w") as f:
            f.write(value)

    def nft(self, rules):
        enter(self.name)
        subprocess.run(["nft", "-f", "-"], input=rules.encode(), check=True)


# ---------------------------------------------------------------- changes

class Policy:
    """The current state, as far as the next change depends on it."""

    SLOTS = range(70, 78)
    TABLES = ("101", "102", "103", "main")

    def __init__(self, rnd, words):
        self.rnd, self.words = rnd, words
        self.rules, self.deep = {}, None
        self.routes, self.hops = [], set()
        self.marks = {5001: 1, 5002: 2}
        self.macs = known_macs()
        self.undo = []
        self.forwards = True
        self.vrf = {}

    def pick(self, *words):
        return self.rnd.choice(words)

    def chance(self, share):
        return self.rnd.random() < share

    # These return lines for "ip", or make a change themselves.

    def hop(self, own=False):
        """The words of a next hop; with own of the same family"""
        number = self.rnd.randrange(1, 5)
        if self.chance(.1):
            return (f"via {self.words.lan.format(20, 21)} dev gw20",
                    f"via {self.words.lan.format(10, 12)} dev gw10")[
                        self.chance(.3)]
        last = self.pick(2, 3)
        if not own and not self.words.six and self.chance(.1):
            return f"via inet6 fd0a:1::{last} dev e1"
        return f"via {self.words.exit.format(number, last)} dev e{number}"

    def target(self):
        kind = self.rnd.random()
        if kind < .12:
            return None, self.pick("blackhole", "unreachable", "prohibit",
                                   "throw")
        if kind < .25 and self.hops:
            return f"nhid {self.pick(*sorted(self.hops))}", ""
        if kind < .3:
            return f"nexthop {self.hop()} nexthop {self.hop()}", ""
        return self.hop(), ""

    def route(self):
        if self.routes and self.chance(.35):
            at = self.rnd.randrange(len(self.routes))
            return ["route del " + self.routes.pop(at)]
        prefix = self.pick(*self.words.prefixes)
        hop, kind = self.target()
        words = f"{prefix} table {self.pick(*self.TABLES)}"
        if self.chance(.1) and not self.words.six:
            words += f" tos {self.pick('0x08', '0x10')}"
        if self.chance(.15) and self.words.six:
            words += f" from {self.pick(*self.words.sources)}"
        if self.chance(.1):
            words += f" metric {self.pick(10, 20)}"
        self.routes.append(f"{kind} {words}".strip())
        verb = self.pick("replace", "replace", "replace", "append")
        return [f"route {verb} {kind} {words} {hop or ''}"]

    def selector(self):
        words = []
        if self.chance(.6):
            words.append(f"from {self.pick(*self.words.sources)}")
        if self.chance(.3):
            words.append(f"to {self.pick(*self.words.prefixes[1:])}")
        if self.chance(.2):
            words.append(f"iif {self.pick('gw10', 'gw20')}")
        if self.chance(.2):
            words.append(f"fwmark {self.pick('1', '2', '1/1', '0/3')}")
        if self.chance(.15):
            words.append(f"tos {self.pick('0x08', '0x10')}")
        if words and self.chance(.1):
            words.insert(0, "not")
        return " ".join(words)

    def action(self, slot):
        kind = self.rnd.random()
        if kind < .12:
            return self.pick("blackhole", "unreachable", "prohibit")
        if kind < .2:
            return f"goto {self.pick(slot + 1, slot + 2, 32766)}"
        table = f"table {self.pick(*self.TABLES)}"
        if kind < .4:
            return f"{table} suppress_prefixlength {self.pick(0, 16, 24, 32)}"
        if kind < .45:
            return f"{table} suppress_ifgroup 7"
        return table

    def rule(self):
        """A few rules at a time, each at its own priority."""
        slot = self.pick(*self.SLOTS)
        lines = []
        if self.rules.pop(slot, None):
            lines.append(f"rule del pref {slot}")
            if self.chance(.5):
                return lines
        self.rules[slot] = True
        return lines + [f"rule add pref {slot} {self.selector()} "
                        f"{self.action(slot)}"]

    def deep_rule(self):
        """While this rule exists no packet takes the fast path."""
        ports = self.pick("sport 5001", "dport 7000-7001", "dport 7002", "")
        self.undo.append(["rule del pref 60"])
        return [f"rule add pref 60 {self.selector()} ipproto udp {ports} "
                f"{self.action(60)}"]

    def nexthop(self):
        base = 10 if self.words.six else 0
        ident = base + self.rnd.randrange(1, 5)
        if ident in self.hops and self.chance(.2):
            self.hops.discard(ident)
            return [f"nexthop del id {ident}"]
        self.hops.add(ident)
        if ident == base + GROUP:
            return [f"nexthop replace id {ident} group "
                    f"{base + 1}/{base + 2}"]
        if self.chance(.1):
            return [f"nexthop replace id {ident} blackhole"]
        return [f"nexthop replace id {ident} {self.hop(own=True)}"]

    def neighbour(self):
        number, last = self.rnd.randrange(1, 5), self.pick(2, 3)
        addr = self.words.exit.format(number, last)
        self.macs[addr] = hop_mac(number, self.pick(2, 3))
        return [f"neigh replace {addr} lladdr {self.macs[addr]} "
                f"dev e{number} nud permanent"]

    def mark(self, hosts):
        port = self.pick(5001, 5002)
        old, self.marks[port] = self.marks[port], self.rnd.randrange(4)
        for host in hosts:
            host.nft(f"delete element bridge marks m {{ {port} : {old} }}\n"
                     f"add element bridge marks m "
                     f"{{ {port} : {self.marks[port]} }}\n")

    def address(self):
        """An address that the host itself has for a while."""
        addr = f"{self.pick(*self.words.targets[:4])}/{self.words.length}"
        nodad = " nodad" if self.words.six else ""
        self.undo.append([f"address del {addr} dev lo"])
        return [f"address add {addr} dev lo{nodad}"]

    def sysctl(self):
        if self.words.six:
            key, value, back = self.pick(
                ("ipv6/conf/all/forwarding", "0", "1"),
                ("ipv6/fib_multipath_hash_policy", "1", "0"))
        else:
            key, value, back = self.pick(
                ("ipv4/conf/gw10/forwarding", "0", "1"),
                ("ipv4/conf/gw10/rp_filter", "1", "0"),
                ("ipv4/conf/gw20/rp_filter", "2", "0"),
                ("ipv4/conf/gw10/src_valid_mark", "1", "0"),
                ("ipv4/fib_multipath_hash_policy", "1", "0"))
        return key, value, back

    # What a device loses with its link or its VRF

    def restored(self, dev):
        lines = [f"link set {dev} up"]
        if dev == "gw20":
            return lines + self.vms("20")
        number = dev[1]
        own = self.words.exit.format(number, 1)
        if self.words.six:
            lines += [f"address replace {own}/64 dev {dev} nodad"]
        else:
            lines += [f"address replace {own}/24 dev {dev}"]
        for hop in (2, 3):
            addr = self.words.exit.format(number, hop)
            lines.append(f"neigh replace {addr} lladdr {self.macs[addr]} "
                         f"dev {dev} nud permanent")
        return lines

    def vms(self, vlan):
        return [f"neigh replace {self.words.lan.format(vlan, host)} "
                f"lladdr {vm_mac(vlan)} dev gw{vlan} nud permanent"
                for host in (11, 12, 21)]

    def link(self):
        self.undo.append(self.restored("e2"))
        return ["link set e2 down"]

    def into_vrf(self, fallback):
        dev = self.pick("e4", "e4", "gw20") if not fallback else "e4"
        if self.vrf.pop(dev, None):
            return [f"link set {dev} nomaster"] + self.restored(dev)
        self.vrf[dev] = True
        lines = [f"link set {dev} master {VRF}"] + self.restored(dev)
        number = self.rnd.randrange(1, 5)
        return lines + [
            f"route replace {self.pick(*self.words.prefixes)} vrf {VRF} "
            f"via {self.words.exit.format(number, 2)} dev e{number} onlink"]

    def first(self):
        """The initial state"""
        lines = []
        for dev in EXITS:
            lines += self.restored(dev)
        for vlan in ("10", "20"):
            lines += self.vms(vlan)
        return lines + ["route replace default via "
                        f"{self.words.exit.format(1, 2)} dev e1"]


# ---------------------------------------------------------------- the run

class Run:
    def __init__(self, family, seed, steps, fallback):
        self.rnd = random.Random(f"{family} {seed} {fallback}")
        self.words = Words(family)
        self.seed, self.steps, self.fallback = seed, steps, fallback
        self.policy = Policy(self.rnd, self.words)
        self.hosts = []
        for name in HOSTS:
            enter(name)
            self.hosts.append(Host(name, self.words))
        enter("out")
        self.socks = {name: self.open(name) for _, name in
                      socket.if_nameindex() if name[-2:] in HOSTS}
        self.flows = [self.flow() for _ in range(FLOWS)]
        self.log = []
        self.dark = None
        self.tally = collections.Counter()

    @staticmethod
    def open(dev):
        # A socket for all devices would stop the fast path of every host.
        sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        # SO_RCVBUFFORCE
        sock.setsockopt(socket.SOL_SOCKET, 33, 4 << 20)
        sock.bind((dev, ETH_P_ALL))
        sock.setblocking(False)
        return sock

    def flow(self):
        rnd, w = self.rnd, self.words
        vlan = rnd.choice((10, 10, 20))
        src = w.lan.format(vlan, rnd.choice((11, 11, 12)))
        if rnd.random() < .1:
            src = w.stray
        return Flow(vlan, src, rnd.choice(w.targets),
                    rnd.choice((0, 0, 0x08, 0x10, 0xb8)),
                    rnd.randrange(5000, 5003), rnd.randrange(7000, 7003),
                    rnd.choice((0, rnd.getrandbits(20))))

    # ------------------------------------------------ changes

    def on_all(self, lines, meanwhile=None):
        self.log += lines
        for host in self.hosts:
            host.send(lines)
        if meanwhile:
            meanwhile()
        failed = [host.result(lines) for host in self.hosts]
        if failed[0] != failed[1]:
            sys.exit(f"the hosts differ: {lines}: {failed}")
        self.tally["refused"] += len(failed[0])
        self.tally["changes"] += len(lines)
        for line in lines:
            words = line.split()
            if words[:2] == ["link", "set"] and words[3:] == ["up"]:
                self.await_carrier(words[2], words[2] != self.dark)

    def await_carrier(self, dev, up):
        """Carrier changes are asynchronous, and each host has its own."""
        end = time.monotonic() + 60
        while any(host.has_carrier(dev) != up for host in self.hosts):
            if time.monotonic() > end:
                sys.exit(f"{dev}: its carrier does not change")
            time.sleep(.01)

    def carrier(self, dev, up):
        """Change the carrier of an exit, from its other end."""
        self.log.append(f"# carrier of {dev}: {up}")
        for host in HOSTS:
            subprocess.run(["ip", "-n", "out", "link", "set",
                            f"{dev}{host}", "up" if up else "down"],
                           check=True)
        self.await_carrier(dev, up)
        self.dark = None if up else dev
        return self.policy.restored(dev) if up else []

    def set_sysctl(self, key, value):
        self.log.append(f"# sysctl {key}={value}")
        if key == "ipv6/conf/all/forwarding":
            self.policy.forwards = value == "1"
        for host in self.hosts:
            host.sysctl(key, value)

    def other_change(self, kind):
        """A change that is not only lines for "ip"; returns further lines."""
        policy = self.policy
        if kind == "mark":
            policy.mark(self.hosts)
            self.log.append(f"# marks {policy.marks}")
        elif kind == "sysctl":
            key, value, back = policy.sysctl()
            self.set_sysctl(key, value)
            policy.undo.append((key, back))
        elif self.dark:
            return self.carrier(self.dark, True)
        else:
            return self.carrier("e3", False)
        return []

    def undo_some(self):
        """Some changes are undone, or they would hide all others."""
        policy, lines, left = self.policy, [], []
        for back in policy.undo:
            if not policy.chance(.4):
                left.append(back)
            elif isinstance(back, tuple):
                self.set_sysctl(*back)
            else:
                lines += back
        policy.undo = left
        return lines

    def change(self, meanwhile):
        policy = self.policy
        lines = self.undo_some()
        for _ in range(self.rnd.choice((1, 1, 1, 2, 3))):
            kind = self.rnd.choices(
                ("route", "rule", "nexthop", "neighbour", "deep_rule",
                 "address", "link", "into_vrf", "mark", "sysctl", "carrier"),
                (40, 30, 12, 4, 3, 2, 2, 2, 2, 3, 2))[0]
            if kind in ("link", "deep_rule") and policy.undo:
                continue
            if kind in ("mark", "sysctl", "carrier"):
                lines += self.other_change(kind)
            elif kind == "into_vrf":
                lines += policy.into_vrf(self.fallback)
            else:
                lines += getattr(policy, kind)()
        self.on_all(lines, meanwhile)

    # ------------------------------------------------ packets

    def send(self, step, flows):
        for number in flows:
            flow = self.flows[number]
            data = frame(self.words, flow, step, number)
            for host in HOSTS:
                self.socks[f"v{flow.vlan}{host}"].send(data)

    def mark_frame(self, source, step):
        return (b"\xff" * 6 + mac(source) +
                struct.pack("!HI", ETH_MARK, step) + b"\0" * 50)

    def marks(self, step):
        """Broadcasts that reach the fabric after all packets of the step."""
        for host in HOSTS:
            for vlan in (10, 20):
                self.socks[f"v{vlan}{host}"].send(
                    self.mark_frame(vm_mac(vlan), step))

    def announce_router(self):
        """A router on the fabric, so that the bridge learns it."""
        for host in HOSTS:
            data = self.mark_frame(VMAC, UNSEEN)
            self.socks["f" + host].send(data[:12] + b"\x81\0\0\x0a" + data[12:])

    def frames(self, dev):
        """The frames received at a device"""
        while True:
            try:
                data, about = self.socks[dev].recvfrom(2048)
            except BlockingIOError:
                return
            except OSError as e:
                # Reported once for a device that went down.
                if e.errno != errno.ENETDOWN:
                    raise
                continue
            if about[2] != socket.PACKET_OUTGOING:
                yield about[1], data

    def await_marks(self, host, step):
        """The packets that reach the fabric before the marks"""
        dev, marks, packets = "f" + host, 0, []
        end = time.monotonic() + 60
        while marks < 2:
            if not select.select([self.socks[dev]], [], [],
                                 end - time.monotonic())[0]:
                sys.exit(f"{host}, step {step}: a mark was lost")
            for kind, data in self.frames(dev):
                if kind != ETH_MARK:
                    packets.append((dev, data))
                elif data[14:18] == struct.pack("!I", step):
                    marks += 1
        return packets

    def seen(self, step):
        """The result of a step: {flow: [event]} of each host"""
        found = []
        for host in HOSTS:
            packets = self.await_marks(host, step)
            for dev in self.socks:
                if dev.endswith(host):
                    packets += [(dev, data) for _, data in self.frames(dev)]
            events = collections.defaultdict(list)
            for dev, data in packets:
                self.note(events, step, dev[:-2], data)
            found.append({n: sorted(e) for n, e in events.items()})
        return found

    @staticmethod
    def note(events, step, dev, data):
        at = data.find(MAGIC)
        if at < 0 or data[at + 4:at + 8] != struct.pack("!I", step):
            return
        what = describe(data)
        # The stack limits the rate of redirects.
        if what[:2] not in (("icmp", 5), ("icmp6", 137)):
            number = struct.unpack_from("!I", data, at + 8)[0]
            events[number].append((dev, data[:6].hex(":")) + what)

    # ------------------------------------------------ checks

    def predicted(self, flow):
        """The expected event, or None, and the route"""
        iif = f"gw{flow.vlan}"
        policy = self.policy
        beside = self.fallback and flow.vlan == 10
        bridged = ("f", VMAC, "ttl", 64) if beside else None
        route = self.hosts[1].tables.route(flow, iif,
                                           policy.marks.get(flow.sport, 0))
        if route[0] == "error":
            return (bridged if route[1] in NO_ROUTE else None), route
        if route[0] == "local":
            return None, route
        if self.words.six and not policy.forwards:
            return bridged, route
        if route[0] == self.dark:
            return bridged, route
        dev, hop = route
        if dev.startswith("gw"):
            dev = "v" + dev[2:]
        return (dev, policy.macs.get(hop), "ttl", 63), route

    def is_excused(self, flow):
        """
        With several next hops a lookup may give another one than a packet gets;
        and a lookup with a gateway in a VRF is one in the VRF.
        """
        iif = f"gw{flow.vlan}"
        if flow.vlan == 20 and "gw20" in self.policy.vrf:
            return True
        return self.hosts[1].tables.is_choice(
            flow, iif, self.policy.marks.get(flow.sport, 0))

    def check(self, number, events):
        """Return an error text or None."""
        flow = self.flows[number]
        fast, slow = (seen.get(number, []) for seen in events)
        expected, route = self.predicted(flow)
        moved = [e for e in slow if e[2] == "ttl"]
        self.tally["routed"] += any(e[3] == 63 for e in moved)
        self.tally["bridged"] += any(e[3] == 64 for e in moved)
        self.tally["refused packets"] += not moved
        text = (f"{flow}, mark {self.policy.marks.get(flow.sport, 0)}:\n"
                f"    fast path   {fast}\n    slow path   {slow}\n"
                f"    route get   {route}: {expected}")
        if fast != slow:
            return "differs from the slow path: " + text
        if (moved != ([expected] if expected else []) and
                not self.is_excused(flow)):
            return "differs from the route lookup: " + text
        return None

    def step(self, step):
        some = [n for n in range(FLOWS) if self.rnd.random() < .3]
        self.log.append(f"# step {step}")
        if step % 100 == 1 and self.fallback:
            self.announce_router()
        self.change(lambda: self.send(step | UNSEEN, some))
        flows = [n for n in range(FLOWS) if self.rnd.random() < .8]
        self.send(step, flows)
        self.marks(step)
        events = self.seen(step)
        self.tally["packets"] += len(flows)
        wrong = list(filter(None, (self.check(n, events) for n in flows)))
        if wrong:
            print(f"seed {self.seed}, step {step} of {self.steps}: "
                  f"{len(wrong)} of {len(flows)} packets are wrong")
            print("\n".join(wrong[:4]))
            print("the last changes:")
            print("\n".join(self.log[-40:]))
        return not wrong

    def prepare(self):
        rules = "table bridge marks {\n map m { type inet_service : mark; " \
            "elements = { 5001 : 1, 5002 : 2 } }\n chain c { type filter " \
            "hook prerouting priority -300; meta mark set udp sport map @m; " \
            "}\n}\n"
        for host in self.hosts:
            host.nft(rules)
        # Set once: the kernel does not notify anyone of a change.
        self.set_sysctl(f"ipv{6 if self.words.six else 4}/conf/e3/"
                        "ignore_routes_with_linkdown",
                        self.rnd.choice("01"))
        self.on_all(self.policy.first())
        # The bridges learn the VMs.
        self.marks(0)
        self.seen(0)
        if self.fallback:
            self.announce_router()

    def run(self):
        self.prepare()
        good = all(self.step(n) for n in range(1, self.steps + 1))
        print(dict(self.tally))
        return good


def main():
    # On one CPU, packets sent before a mark are processed before it.
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    run = Run(sys.argv[1], sys.argv[2], int(sys.argv[3]),
              len(sys.argv) > 4)
    sys.exit(not run.run())


if __name__ == "__main__":
    main()
