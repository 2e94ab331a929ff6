#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
#
# Accept every packet of an nfqueue.
#
#	requeue.py NUMBER [hold]
#
# Prints "ready" when it is bound, and a line per packet. With "hold" the
# packets are accepted on SIGUSR1 only, and "released" is printed then.

import signal
import socket
import struct
import sys

NETLINK_NETFILTER = 12
NFNL_SUBSYS_QUEUE = 3
MSG_PACKET, MSG_VERDICT, MSG_CONFIG = 0, 1, 2
A_PACKET_HDR, A_VERDICT_HDR = 1, 2
A_CFG_CMD, A_CFG_PARAMS = 1, 2
CMD_BIND = 1
COPY_META = 1
NF_ACCEPT = 1
NLM_F_REQUEST, NLM_F_ACK = 1, 4
NLMSG_ERROR = 2
HEADER = 20


def attribute(kind, data):
    return struct.pack("=HH", 4 + len(data), kind) + data + bytes(-len(data) % 4)


def message(kind, queue, payload, flags=0):
    body = struct.pack("!BBH", socket.AF_UNSPEC, 0, queue) + payload
    return struct.pack("=IHHII", 16 + len(body), NFNL_SUBSYS_QUEUE << 8 | kind,
                       NLM_F_REQUEST | flags, 0, 0) + body


def configure(sock, queue, payload):
    sock.send(message(MSG_CONFIG, queue, payload, NLM_F_ACK))
    reply = sock.recv(65536)
    kind, error = struct.unpack_from("=4xH10xi", reply)
    if kind != NLMSG_ERROR or error:
        sys.exit(f"requeue: queue {queue}: error {error}")


def packet_ids(data):
    """The IDs of the packets in a message"""
    while len(data) >= HEADER:
        length, kind = struct.unpack_from("=IH", data)
        at = HEADER
        while kind == NFNL_SUBSYS_QUEUE << 8 | MSG_PACKET and at < length:
            size, attr = struct.unpack_from("=HH", data, at)
            if attr == A_PACKET_HDR:
                yield struct.unpack_from("!I", data, at + 4)[0]
            at += size + -size % 4
        data = data[length + -length % 4:]


def accept(sock, queue, number):
    sock.send(message(MSG_VERDICT, queue, attribute(
        A_VERDICT_HDR, struct.pack("!II", NF_ACCEPT, number))))


def main():
    queue = int(sys.argv[1])
    held = [] if sys.argv[2:] == ["hold"] else None
    sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER)
    sock.bind((0, 0))
    configure(sock, queue, attribute(A_CFG_CMD, struct.pack(
        "!BxH", CMD_BIND, socket.AF_UNSPEC)))
    configure(sock, queue, attribute(A_CFG_PARAMS, struct.pack(
        "!IB", 0, COPY_META)))

    def release(*_):
        nonlocal held
        numbers, held = held or [], None
        for number in numbers:
            accept(sock, queue, number)
        print("released", flush=True)

    signal.signal(signal.SIGUSR1, release)
    print("ready", flush=True)
    while True:
        for number in packet_ids(sock.recv(65536)):
            if held is None:
                accept(sock, queue, number)
            else:
                held.append(number)
            print(number, flush=True)


if __name__ == "__main__":
    main()
