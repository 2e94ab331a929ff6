#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
#
# For the test "fast": random frames, and a comparison of what the two paths
# make of them.
#
#	fast-frames.py make SEED VMAC MAC [VLAN]	print words for "wire send"
#	fast-frames.py odd VMAC MAC [VLAN]	print packets that it refuses
#	fast-frames.py configure SEED HOST GATEWAY	configure a host at random
#	fast-frames.py compare DIR A B NAME...	compare captures A-NAME, B-NAME
#	fast-frames.py tap DEVICE COUNT VMAC MAC	write frames into a tap

import collections
import fcntl
import os
import random
import socket
import struct
import subprocess
import sys

FRAMES = 120
SOURCES4 = ("10.0.10.11", "10.0.10.11", "10.0.10.11", "10.0.10.99",
            "192.0.2.1", "10.0.20.21", "224.0.0.1", "127.0.0.1", "0.0.0.0")
TARGETS4 = ("203.0.113.1", "10.0.20.21", "10.0.20.22", "198.18.1.1",
            "198.18.2.1", "198.18.3.1", "198.18.4.1", "10.0.10.1",
            "10.0.20.1", "10.0.20.255", "255.255.255.255", "127.0.0.1",
            "203.0.113.77")
SOURCES6 = ("fd00:10::11", "fd00:10::11", "fd00:10::11", "fd00:10::99",
            "2001:db8:77::1", "fd00:20::21", "fe80::1", "::1", "ff02::1", "::")
TARGETS6 = ("fd03::1", "fd00:20::21", "fd00:20::22", "2001:db8:1::1",
            "2001:db8:2::1", "2001:db8:3::1", "fd00:10::1", "::1",
            "2001:db8:9::1", "fd03::77", "fe80::99")
# The sources whose IP IDs come from this program; the stack chooses the others.
NUMBERED = {socket.inet_aton(a) for a in SOURCES4 if a != "10.0.20.21"}


def pick(rnd, words, usual):
    """Usually one of the first few"""
    return rnd.choice(words[:usual] if rnd.random() < .7 else words)


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def mac(text):
    return bytes.fromhex(text.replace(":", ""))


def transport(rnd, load):
    """Protocol and payload; checksums need not be correct."""
    kind = pick(rnd, ("udp", "tcp", "echo", "other", "redirect"), 3)
    if kind == "udp":
        return 17, struct.pack("!4H", rnd.randrange(65536), 7000,
                               8 + len(load), 0) + load
    if kind == "tcp":
        return 6, struct.pack("!2H2I2BH2H", rnd.randrange(1024, 65536), 80,
                              rnd.getrandbits(32), 0, 0x50, 2, 512, 0,
                              0) + load
    if kind == "other":
        return 253, load
    kinds = {"echo": 8, "redirect": 5}
    body = struct.pack("!BBHI", kinds[kind], 0, 0, rnd.getrandbits(32)) + load
    return 1, body[:2] + struct.pack("!H", checksum(body)) + body[4:]


def packet4(rnd, load):
    proto, body = transport(rnd, load)
    options = b"\1\1\1\0" if rnd.random() < .06 else b""
    size = 20 + len(options) + len(body)
    if rnd.random() < .05:
        size += rnd.choice((-30, -1, 1, 40))
    fragment = pick(rnd, (0, 0x4000, 0x2000, 0x2001, 3), 2)
    head = struct.pack("!BBHHHBBH4s4s", 0x45 + len(options) // 4,
                       rnd.choice((0, 0, 1, 3, 0x10, 0xb8)),
                       max(size, 0) & 0xffff, rnd.randrange(65536), fragment,
                       pick(rnd, (64, 64, 2, 255, 1, 0), 4), proto, 0,
                       socket.inet_aton(pick(rnd, SOURCES4, 4)),
                       socket.inet_aton(pick(rnd, TARGETS4, 4))) + options
    total = checksum(head)
    # A few are wrong; the correct one may be zero in either form.
    if rnd.random() < .04:
        total ^= 0x0101
    return 0x0800, head[:10] + struct.pack("!H", total) + head[12:] + body


def packet6(rnd, load):
    proto, body = transport(rnd, load)
    if proto == 1:
        proto = 58
        body = bytes([rnd.choice((128, 129))]) + body[1:]
    if rnd.random() < .08:
        body = struct.pack("!BB6s", proto, 0, b"\1\4\0\0\0\0") + body
        proto = rnd.choice((0, 60))
    size = len(body)
    if rnd.random() < .05:
        size += rnd.choice((-9, -1, 1, 40))
    head = struct.pack("!IHBB", 6 << 28 |
                       rnd.choice((0, 1, 0x2e, 0xb8)) << 20 |
                       rnd.choice((0, rnd.getrandbits(20))), max(size, 0),
                       proto, pick(rnd, (64, 64, 2, 255, 1, 0), 4))
    return 0x86dd, (head + socket.inet_pton(socket.AF_INET6,
                                            pick(rnd, SOURCES6, 4)) +
                    socket.inet_pton(socket.AF_INET6, pick(rnd, TARGETS6, 4)) +
                    body)


def frame(etype, packet, dst, src, vlan):
    tag = struct.pack("!HH", 0x8100, int(vlan)) if vlan else b""
    return mac(dst) + mac(src) + tag + struct.pack("!H", etype) + packet


def ipv4(body=b"\0" * 20, vihl=0x45, ttl=64, proto=17, fragment=0,
         options=b"", more=0, total=None, flip=0):
    """From v11 to the exit, with one thing wrong at most."""
    if total is None:
        total = 20 + len(options) + len(body) + more
    head = struct.pack("!BBHHHBBH4s4s", vihl, 0, total, 1, fragment, ttl,
                       proto, 0, socket.inet_aton(SOURCES4[0]),
                       socket.inet_aton(TARGETS4[0])) + options
    return 0x0800, (head[:10] + struct.pack("!H", checksum(head) ^ flip) +
                    head[12:] + body)


def ipv6(body=b"\0" * 20, version=6, limit=64, proto=17, more=0, total=None):
    if total is None:
        total = len(body) + more
    return 0x86dd, (struct.pack("!IHBB", version << 28, total, proto, limit) +
                    socket.inet_pton(socket.AF_INET6, SOURCES6[0]) +
                    socket.inet_pton(socket.AF_INET6, TARGETS6[0]) + body)


def refused():
    """Of each kind that the fast path leaves to the stack, one."""
    yield ipv4(vihl=0x46, options=b"\1\1\1\0")
    yield ipv4(vihl=0x44)
    yield ipv4(vihl=0x55)
    yield ipv4(ttl=1)
    yield ipv4(ttl=0)
    yield ipv4(flip=1)
    yield ipv4(total=19)
    yield ipv4(more=1)
    yield ipv4(more=256)
    # Redirects and router advertisements do not even come so far.
    for kind in (1, 2, 3, 4, 10, 11, 13, 17, 127, 247, 255):
        head = bytes([kind, 0])
        yield ipv4(head + struct.pack("!H", checksum(head)) + b"\0" * 16,
                   proto=1)
    echo = b"\x08\0\xf7\xff" + b"\0" * 16
    yield ipv4(echo, proto=1, fragment=0x2000)
    yield ipv4(echo, proto=1, fragment=0x2001)
    yield ipv4(echo, proto=1, fragment=3)
    # Padding is no echo reply.
    yield ipv4(b"\0" * 26, proto=1, total=20)
    if os.environ.get("SIX"):
        yield ipv6(version=4)
        yield ipv6(limit=1)
        yield ipv6(limit=0)
        yield ipv6(more=1)
        yield ipv6(total=0)
        # A jumbogram, RFC 2675
        yield ipv6(b"\x11\0\xc2\4\0\0\0\x1c" + b"\0" * 20, proto=0, total=0)


def odd(vmac, own, vlan=""):
    for etype, packet in refused():
        print("hex," + frame(etype, packet, vmac, own, vlan).hex())


def make(seed, vmac, own, vlan=""):
    rnd = random.Random(seed)
    for number in range(FRAMES):
        load = struct.pack("!I", number) + rnd.randbytes(
            rnd.choice((4, 14, 60, 60, 700, 1100, 1400)))
        etype, packet = rnd.choice((packet4, packet6))(rnd, load)
        data = frame(etype, packet[:1500], vmac, own, vlan)
        data += b"\0" * (60 - len(data)) * (rnd.random() < .7)
        print("hex," + data.hex())


def configure(seed, host, gateway):
    rnd = random.Random(f"host {seed}")
    words = {
        f"ipv4/conf/{gateway}/rp_filter": rnd.choice("012"),
        "ipv4/ip_forward_update_priority": rnd.choice("01"),
        "ipv4/ip_forward_use_pmtu": rnd.choice("001"),
        "ipv4/conf/all/log_martians": "0",
    }
    mtu = rnd.choice((1500, 1500, 1280, 1400))
    for key, value in words.items():
        with open_in(host, key) as f:
            f.write(value)
    subprocess.run(["ip", "-n", host, "link", "set", "exit0", "mtu", str(mtu)],
                   check=True)
    print(words, mtu)


def open_in(host, key):
    with open(f"/run/netns/{host}") as netns:
        libc_setns(netns.fileno())
    return open(f"/proc/sys/net/{key}", "w")


def libc_setns(fd):
    import ctypes
    if ctypes.CDLL(None, use_errno=True).setns(fd, 0):
        sys.exit("setns: " + os.strerror(ctypes.get_errno()))


def captured(name):
    """The frames of a capture without those that depend on timing"""
    with open(name, "rb") as f:
        data = f.read()
    at, frames = 24, collections.Counter()
    while at < len(data):
        size = struct.unpack_from("I", data, at + 8)[0]
        frames[normalise(data[at + 16:at + 16 + size])] += 1
        at += 16 + size
    frames.pop(None, None)
    return frames


def normalise(data):
    """A frame without what depends on timing; None if all of it does"""
    at = 18 if data[12:14] == b"\x81\0" else 14
    etype = data[at - 2:at]
    if etype == b"\x08\x00":
        # ARP has failed for seconds, or a fragment is missing.
        if data[at + 9] == 1 and data[at + 20:at + 22] in (b"\x03\x01",
                                                           b"\x0b\x01"):
            return None
        if data[at + 12:at + 16] not in NUMBERED:
            return data[:at + 4] + data[at + 6:at + 10] + data[at + 12:]
        return data
    if etype != b"\x86\xdd":
        return None
    kind = data[at + 40]
    if data[at + 6] == 58 and (133 <= kind <= 137 or
                               data[at + 40:at + 42] in (b"\x01\x03",
                                                         b"\x03\x01")):
        return None
    # MLD reports have hop-by-hop options.
    if data[at + 6] == 0 and data[at + 8:at + 10] == b"\xfe\x80":
        return None
    return data


def compare(folder, one, two, *names):
    bad = False
    for name in names:
        a = captured(os.path.join(folder, f"{one}-{name}.pcap"))
        b = captured(os.path.join(folder, f"{two}-{name}.pcap"))
        print(f"{name}: {sum(a.values())} frames")
        for title, more in (("fast", a - b), ("slow", b - a)):
            for data, times in list(more.items())[:4]:
                bad = True
                print(f"{name}: only {title}, {times} times: {data.hex()}")
    sys.exit(bad)


def tap(device, count, vmac, own):
    fd = os.open("/dev/net/tun", os.O_RDWR)
    # TUNSETIFF, with IFF_TAP and IFF_NO_PI
    fcntl.ioctl(fd, 0x400454ca, struct.pack("16sH22s", device.encode(),
                                            0x1002, b""))
    body = struct.pack("!4H", 7000, 7000, 12, 0) + b"load"
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 32, 0, 0x4000, 64, 17, 0,
                       socket.inet_aton("10.0.10.99"),
                       socket.inet_aton("203.0.113.1"))
    head = head[:10] + struct.pack("!H", checksum(head)) + head[12:]
    print("ready", flush=True)
    sys.stdin.readline()
    for _ in range(int(count)):
        os.write(fd, frame(0x0800, head + body, vmac, own, ""))
    sys.stdin.readline()


def main():
    globals()[sys.argv[1]](*sys.argv[2:])


if __name__ == "__main__":
    main()
