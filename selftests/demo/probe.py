#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
#
# The traffic between the VM and the server of the demo.
#
#	probe.py server			reply to echoes, receive streams
#	probe.py echo ADDR SECONDS	round trips: time and milliseconds per line
#	probe.py stream ADDR SECONDS	a steady TCP transfer, and whether it is intact
#	probe.py announce DEV		RARP as QEMU sends it after a migration

import hashlib
import socket
import struct
import sys
import threading
import time

ECHO_PORT = 7007
STREAM_PORT = 7008
INTERVAL = 0.1
BLOCK = bytes(range(256)) * 16


def serve_echo():
    sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    sock.bind(("", ECHO_PORT))
    while True:
        data, peer = sock.recvfrom(64)
        sock.sendto(data, peer)


def serve_stream(conn):
    digest, count = hashlib.sha256(), 0
    while True:
        data = conn.recv(65536)
        if not data:
            break
        digest.update(data)
        count += len(data)
    conn.sendall(f"{count} {digest.hexdigest()}".encode())
    conn.close()


def server():
    threading.Thread(target=serve_echo, daemon=True).start()
    listener = socket.create_server(("", STREAM_PORT))
    print("ready", flush=True)
    while True:
        conn, _ = listener.accept()
        threading.Thread(target=serve_stream, args=(conn,),
                         daemon=True).start()


def echo(addr, seconds):
    """Send a datagram per interval and print the replies as they arrive, then
    the number of datagrams. Wait a second for the last replies."""
    family = socket.AF_INET6 if ":" in addr else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_DGRAM)
    sock.settimeout(0.01)
    end = time.time() + seconds
    due = time.time()
    count = 0
    while time.time() < end + 1:
        now = time.time()
        if due <= now < end:
            sock.sendto(struct.pack("!d", now), (addr, ECHO_PORT))
            due += INTERVAL
            count += 1
        try:
            sent = struct.unpack("!d", sock.recv(64))[0]
        except OSError:
            continue
        print(f"{sent:.3f} {(time.time() - sent) * 1000:.2f}", flush=True)
    print(f"sent {count}")


def stream(addr, seconds):
    """Send a block each interval, then compare what arrived."""
    sock = socket.create_connection((addr, STREAM_PORT))
    digest, count = hashlib.sha256(), 0
    end = time.time() + seconds
    while time.time() < end:
        sock.sendall(BLOCK)
        digest.update(BLOCK)
        count += len(BLOCK)
        time.sleep(INTERVAL / 4)
    sock.shutdown(socket.SHUT_WR)
    reply = b""
    while True:
        data = sock.recv(256)
        if not data:
            break
        reply += data
    intact = reply.decode() == f"{count} {digest.hexdigest()}"
    print(f"{count} {'intact' if intact else 'damaged'}")


def announce(dev):
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    sock.bind((dev, 0x8035))
    mac = sock.getsockname()[4]
    frame = b"\xff" * 6 + mac + struct.pack("!HHHBBH", 0x8035, 1, 0x0800,
                                            6, 4, 3)
    frame += mac + b"\0" * 4 + mac + b"\0" * 4
    sock.send(frame.ljust(60, b"\0"))


if __name__ == "__main__":
    what, args = sys.argv[1], sys.argv[2:]
    if what == "server":
        server()
    elif what == "announce":
        announce(args[0])
    else:
        {"echo": echo, "stream": stream}[what](args[0], float(args[1]))
