#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Send invalid requests and noise to the anygw netlink family.

usage: netlink-abuse.py { refusals | noise SEED COUNT }

refusals prints a line per message: its name, the error number, the extack text,
and whether the offending attribute was reported. noise sends random attributes
to every command, with the flags NLM_F_REQUEST and NLM_F_ACK only, and prints
how many were refused.
"""

import errno
import random
import socket
import struct
import sys

NETLINK_GENERIC = 16
GENL_ID_CTRL = 16
NLM_F_REQUEST, NLM_F_ACK, NLM_F_DUMP = 1, 4, 0x300
SOL_NETLINK, NETLINK_CAP_ACK, NETLINK_EXT_ACK = 270, 10, 11
NETLINK_GET_STRICT_CHK = 12

HOST_GET, HOST_SET, PORT_GET, PORT_SET = 1, 2, 3, 4
GW_GET, GW_NEW, GW_SET, GW_DEL = 5, 6, 7, 8
TRACE = 20


def attr(kind, data):
    pad = -len(data) % 4
    return struct.pack("=HH", len(data) + 4, kind) + data + b"\0" * pad


def u8(kind, value):
    return attr(kind, struct.pack("=B", value))


def u16(kind, value):
    return attr(kind, struct.pack("=H", value))


def u32(kind, value):
    return attr(kind, struct.pack("=I", value))


class Family:
    def __init__(self):
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW,
                                  NETLINK_GENERIC)
        self.sock.bind((0, 0))
        self.sock.settimeout(60)
        for option in (NETLINK_CAP_ACK, NETLINK_EXT_ACK,
                       NETLINK_GET_STRICT_CHK):
            self.sock.setsockopt(SOL_NETLINK, option, 1)
        self.seq = 0
        self.id = GENL_ID_CTRL
        self.id = self.resolve("anygw")

    def resolve(self, name):
        self.send(3, attr(2, name.encode() + b"\0"), NLM_F_REQUEST)
        data = self.sock.recv(65536)[20:]
        while data:
            length, kind = struct.unpack_from("=HH", data)
            if kind == 1:
                return struct.unpack_from("=H", data, 4)[0]
            data = data[(length + 3) & ~3:]
        raise SystemExit("no family anygw")

    def send(self, cmd, attrs, flags=NLM_F_REQUEST | NLM_F_ACK):
        self.seq += 1
        body = struct.pack("=BBH", cmd, 1, 0) + attrs
        self.sock.send(struct.pack("=IHHII", len(body) + 16, self.id, flags,
                                   self.seq, 0) + body)

    def reply(self):
        """The error number, extack text and attribute offset of the reply"""
        while True:
            data = self.sock.recv(65536)
            while len(data) >= 16:
                length, kind, flags, seq, _ = struct.unpack_from("=IHHII",
                                                                 data)
                if seq == self.seq and kind in (2, 3):
                    return self.parse(data[16:length], flags)
                data = data[(length + 3) & ~3:]

    @staticmethod
    def parse(body, flags):
        error, = struct.unpack_from("=i", body)
        text, offset = "", None
        data = body[20:] if flags & 0x200 else b""
        while len(data) >= 4:
            length, kind = struct.unpack_from("=HH", data)
            if kind & 0x3fff == 1:
                text = data[4:length].rstrip(b"\0").decode()
            elif kind & 0x3fff == 2:
                offset, = struct.unpack_from("=I", data, 4)
            data = data[max((length + 3) & ~3, 4):]
        return -error, text, offset

    def request(self, cmd, attrs, flags=NLM_F_REQUEST | NLM_F_ACK):
        self.send(cmd, attrs, flags)
        return self.reply()


def index(name):
    return socket.if_nametoindex(name)


def refusals():
    br = u32(3, index("br0"))
    gw = u32(1, index("gw10"))
    yield "no-command", 77, b""
    yield "host-set-short-mac", HOST_SET, attr(1, b"\x0a\x61\x6e\0\0")
    yield "host-set-long-mac", HOST_SET, attr(1, b"\x0a\x61\x6e\0\0\0\0")
    yield "host-set-foreign-mac", HOST_SET, attr(1, b"\x02\0\0\0\0\1")
    yield "host-set-beacon-2", HOST_SET, u8(3, 2)
    yield "host-set-read-only", HOST_SET, u8(2, 1)
    yield "host-set-unknown", HOST_SET, u8(3, 1) + u32(99, 1)
    yield "port-set-nothing", PORT_SET, b""
    yield "port-set-role-3", PORT_SET, u32(1, index("d0")) + u8(5, 3)
    yield "port-set-no-role", PORT_SET, u32(1, index("d0"))
    yield "port-set-index-0", PORT_SET, u32(1, 0) + u8(5, 1)
    yield "port-set-bad-name", PORT_SET, attr(2, b"a/b\0") + u8(5, 1)
    yield "port-set-gone", PORT_SET, u32(1, 2 ** 31 - 1) + u8(5, 1)
    yield "port-set-both-wrong", PORT_SET, (u32(1, index("d0")) +
                                            attr(2, b"br0\0") + u8(5, 1))
    yield "port-get-gone", PORT_GET, attr(2, b"absent\0")
    yield "port-get-long-name", PORT_GET, attr(2, b"x" * 17 + b"\0")
    yield "gateway-new-nothing", GW_NEW, b""
    yield "gateway-new-no-bridge", GW_NEW, u32(3, index("d0")) + u16(5, 30)
    yield "gateway-new-bridge-gone", GW_NEW, u32(3, 2 ** 31 - 1)
    yield "gateway-new-vlan-4095", GW_NEW, br + u16(5, 4095)
    yield "gateway-new-vlan-u8", GW_NEW, br + u8(5, 30)
    yield "gateway-new-no-vlan", GW_NEW, br
    yield "gateway-new-multicast", GW_NEW, (br + u16(5, 30) +
                                            attr(6, b"\1\0\x5e\0\0\1"))
    yield "gateway-new-zero-mac", GW_NEW, br + u16(5, 30) + attr(6, b"\0" * 6)
    yield "gateway-new-host-mac", GW_NEW, (br + u16(5, 30) +
                                           attr(6, b"\x0a\x61\x6e\0\0\1"))
    yield "gateway-new-mode-9", GW_NEW, br + u16(5, 30) + u8(7, 9)
    yield "gateway-new-state", GW_NEW, br + u16(5, 30) + u8(8, 0)
    yield "gateway-new-coexist-2", GW_NEW, br + u16(5, 30) + u8(9, 2)
    yield "gateway-new-fallback", GW_NEW, br + u16(5, 30) + u8(10, 1)
    yield "gateway-new-prefix-33", GW_NEW, (br + u16(5, 30) +
                                            attr(12, b"\x0a\0\x1e\xfa") +
                                            u8(13, 33))
    yield "gateway-new-prefix-alone", GW_NEW, br + u16(5, 30) + u8(13, 24)
    yield "gateway-new-taken", GW_NEW, br + u16(5, 30) + attr(2, b"d0\0")
    yield "gateway-new-bad-name", GW_NEW, br + u16(5, 30) + attr(2, b"a/b\0")
    yield "gateway-new-twice", GW_NEW, br + u16(5, 10)
    yield "gateway-set-nothing", GW_SET, b""
    yield "gateway-set-no-gateway", GW_SET, u32(1, index("d0")) + u8(7, 1)
    yield "gateway-set-bridge", GW_SET, gw + br
    yield "gateway-set-mac", GW_SET, gw + attr(6, b"\2\0\0\0\0\1")
    yield "gateway-set-mode-3", GW_SET, gw + u8(7, 3)
    yield "gateway-del-nothing", GW_DEL, b""
    yield "gateway-del-no-gateway", GW_DEL, u32(1, index("d0"))
    yield "gateway-del-gone", GW_DEL, attr(2, b"absent\0")
    vm, out = b"\x0a\0\x0a\x0b", b"\xcb\0\x71\1"
    vm6, out6 = b"\xfd" + b"\0" * 14 + b"\1", b"\xfd" + b"\0" * 14 + b"\2"
    yield "trace-nothing", TRACE, b""
    yield "trace-foreign-device", TRACE, (u32(1, index("d0")) + attr(3, vm) +
                                      attr(4, out))
    yield "trace-no-source", TRACE, gw + attr(4, out)
    yield "trace-no-destination", TRACE, gw + attr(3, vm)
    yield "trace-no-destination6", TRACE, gw + attr(5, vm6)
    yield "trace-two-families", TRACE, gw + attr(3, vm) + attr(6, out6)
    yield "trace-both-families", TRACE, (gw + attr(3, vm) + attr(4, out) +
                                         attr(5, vm6) + attr(6, out6))
    yield "trace-from-unspecified", TRACE, gw + attr(3, b"\0" * 4) + attr(4, out)
    yield "trace-to-a-group", TRACE, (gw + attr(3, vm) +
                                      attr(4, b"\xe0\0\0\1"))
    yield "trace-from-link-local", TRACE, (gw + attr(6, out6) +
                                           attr(5, b"\xfe\x80" + vm6[2:]))
    yield "trace-to-unspecified6", TRACE, gw + attr(5, vm6) + attr(6, b"\0" * 16)
    yield "trace-short-source6", TRACE, gw + attr(5, vm6[1:]) + attr(6, out6)
    yield "trace-short-destination", TRACE, gw + attr(3, vm) + attr(4, out[1:])
    yield "trace-decision", TRACE, (gw + attr(3, vm) + attr(4, out) +
                                    u8(8, 1))


def run_refusals():
    family = Family()
    for name, cmd, attrs in refusals():
        error, text, offset = family.request(cmd, attrs)
        print(name, errno.errorcode.get(error, error),
              "attribute" if offset else "-", text or "-")


def run_noise(seed, count):
    rnd = random.Random(seed)
    family = Family()
    refused = 0
    for _ in range(count):
        attrs = b""
        for _ in range(rnd.randrange(5)):
            data = rnd.randbytes(rnd.choice((0, 1, 2, 4, 6, 8, 16, 40)))
            attrs += attr(rnd.randrange(22), data)
        if rnd.random() < 0.1:
            attrs += rnd.randbytes(rnd.randrange(1, 9))
        error = family.request(rnd.randrange(TRACE + 2), attrs)[0]
        refused += error != 0
    print(f"{refused} of {count} refused")


if sys.argv[1:] == ["refusals"]:
    run_refusals()
elif len(sys.argv) == 4 and sys.argv[1] == "noise":
    run_noise(int(sys.argv[2]), int(sys.argv[3]))
else:
    sys.exit(__doc__)
