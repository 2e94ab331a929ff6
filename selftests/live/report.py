#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
#
# Print the table and draw the plot of live.sh's runs.
#
#	report.py RESULTS [OUT.png]

import os
import re
import statistics
import subprocess
import sys

RUNS = (("bare", "without anygw"), ("coexist", "beside the router"),
        ("hostroutes", "with host routes"), ("noexit", "no exit at host 2"))
PLOTTED = ("bare", "coexist", "hostroutes")
FAMILIES = (("4", "IPv4"), ("6", "IPv6"))
ADDRESS = {"4": (r"ip=10\.0\.10\.7>203\.0\.113\.1 ",
                 r"ip=203\.0\.113\.1>10\.0\.10\.7 "),
           "6": (r"ip6=fd00:10::7>2001:db8::1 ",
                 r"ip6=2001:db8::1>fd00:10::7 ")}
VMAC = r"00:00:5e:00:0[12]:0a"


class Run:
    """The results of one run. Times are seconds of the server's clock, relative
    to the first mark of the run."""

    def __init__(self, folder, name, title):
        self.folder, self.name, self.title = os.path.join(folder, name), name, title
        self.marks, self.bytes = {}, {}
        for line in self.lines("marks"):
            mark, when, count = line.split()
            self.marks[mark] = int(when) / 1000
            self.bytes[mark] = int(count)
        self.start = self.marks["begin"]
        self.marks = {mark: when - self.start
                      for mark, when in self.marks.items()}
        self.pings = {f: self.read_pings(f) for f, _ in FAMILIES}

    def lines(self, name):
        with open(os.path.join(self.folder, name)) as f:
            return f.read().splitlines()

    def frames(self, name, pattern):
        """The times of the frames that match, in the order of the capture."""
        found = re.compile(r"t=(\d+) .*" + pattern)
        return [int(m[1]) / 1000 for m in map(found.match,
                                              self.lines(name + ".txt")) if m]

    def count(self, name, pattern):
        return len(self.frames(name, pattern))

    def read_pings(self, family):
        """Time, number and round trip of each reply."""
        found = re.compile(r"\[([\d.]+)\] .*icmp_seq=(\d+) .*time=([\d.]+) ms")
        return [(float(m[1]) - self.start, int(m[2]), float(m[3]))
                for m in map(found.match, self.lines("ping" + family)) if m]

    def median(self, family, first, last):
        part = [rtt for when, _, rtt in self.pings[family]
                if self.marks[first] <= when < self.marks[last]]
        return f"{statistics.median(part):.1f} ms" if part else "no reply"

    def pings_lost(self, family):
        numbers = [number for _, number, _ in self.pings[family]]
        return f"{max(numbers) - len(numbers)} of {max(numbers)}"

    def longest(self, times, mark):
        """The longest pause around a migration, in ms."""
        around = [t for t in times if self.marks[mark] - 4 < t <
                  self.marks[mark] + 4]
        return max(b - a for a, b in zip(around, around[1:])) * 1000

    def ping_gap(self, family):
        times = [when for when, _, _ in self.pings[family]]
        return " / ".join(f"{self.longest(times, mark):.0f}"
                          for mark in ("moved", "moved_back")) + " ms"

    def out_gap(self, family):
        times = [t - self.start for t in self.frames(
            "srv", "in .*" + ADDRESS[family][0] + r".*udp=\d+>7010")]
        return " / ".join(f"{self.longest(times, mark):.0f}"
                          for mark in ("moved", "moved_back")) + " ms"

    def datagrams_lost(self, family):
        sent = int(self.value("vm", rf"dgram{family} sent (\d+)"))
        got, twice = self.value("sink", rf"flow {family} got (\d+) twice (\d+)",
                                2)
        text = f"{sent - int(got)} of {sent}"
        return text if twice == "0" else text + f", {twice} twice"

    def value(self, name, pattern, groups=1):
        for line in self.lines(name):
            m = re.match(pattern, line)
            if m:
                return m[1] if groups == 1 else m.groups()
        raise ValueError(f"{self.name}/{name} has no {pattern}")

    def side(self, direction, pattern):
        """The share of these frames at each port of host 2."""
        own = self.count("h2exit", f"{direction} .*{pattern}")
        far = self.count("h2fab", f"{direction} .*{pattern}")
        total = own + far
        if not total:
            return "none"
        if far == 0:
            return "own site, all"
        if own == 0:
            return "old site, all"
        return f"own site, {100 * own / total:.0f} %"

    def egress(self, family):
        return self.side("out", ADDRESS[family][0] + r".*udp=\d+>7010")

    def ingress(self, family):
        return self.side("in", ADDRESS[family][1])

    def link(self, first, last):
        seconds = self.marks[last] - self.marks[first]
        return f"{(self.bytes[last] - self.bytes[first]) / seconds / 1000:.1f} kB/s"

    def sessions(self):
        """The number of TCP sessions without loss, and their bytes."""
        whole = count = 0
        for name, prefix in (("in4", ""), ("in6", ""), ("vm", "out4 "),
                             ("vm", "out6 ")):
            sent, end = self.value(name, prefix + r"sent (\d+) .* (\w+)$", 2)
            whole += end == "ok"
            count += 2 * int(sent)
        return f"{whole} of 4 whole, {count / 1000:.0f} kB"

    def vmacs(self):
        return str(sum(self.count(h + "fab", rf"out .*(src|sha|ll)={VMAC}")
                       for h in ("h1", "h2")))

    def downtime(self):
        return " / ".join(re.search(r"downtime (\d+)", line)[1]
                          for line in self.lines("migrations")) + " ms"

    def rows(self):
        yield "VM paused by QEMU, there / back", self.downtime()
        for f, family in FAMILIES:
            yield f"{family} egress at host 2", self.egress(f)
            yield f"{family} ingress at host 2", self.ingress(f)
            yield f"{family} round trip at host 1", self.median(
                f, "begin", "leave")
            yield f"{family} round trip at host 2", self.median(
                f, "settled", "back")
            yield f"{family} egress gap, there / back", self.out_gap(f)
            yield f"{family} ping gap", self.ping_gap(f)
            yield f"{family} datagrams lost", self.datagrams_lost(f)
            yield f"{family} pings lost", self.pings_lost(f)
        yield "inter-site link, VM at host 1", self.link("begin", "leave")
        yield "inter-site link, VM at host 2", self.link("settled", "back")
        yield "TCP sessions, both directions", self.sessions()
        yield "vMAC frames sent on the fabric", self.vmacs()


def table(runs):
    print(f"{'':34}" + "".join(f"{run.title:>24}" for run in runs))
    for rows in zip(*(run.rows() for run in runs)):
        print(f"{rows[0][0]:34}" + "".join(f"{cell:>24}" for _, cell in rows))


COLORS = ("#c03030", "#2060c0", "#208040")


def plot(runs, out):
    """Round trip over time, a panel for each family."""
    data = os.path.splitext(out)[0] + ".dat"
    with open(data, "w") as f:
        for run in runs:
            for family, _ in FAMILIES:
                zero = run.marks["moved"]
                for when, _, rtt in run.pings[family]:
                    f.write(f"{when - zero:.3f} {rtt:.2f}\n")
                f.write("\n\n")
    back = statistics.mean(run.marks["moved_back"] - run.marks["moved"]
                           for run in runs)
    script = [
        "set terminal pngcairo size 900,640 font 'sans,9'",
        f"set output '{out}'", "set multiplot layout 2,1",
        "set xlabel 'seconds since the VM runs at host 2'",
        "set ylabel 'milliseconds'", "set yrange [0:60]", "set grid",
        "set key top left",
        "set arrow from 0, graph 0 to 0, graph 1 nohead lc rgb '#404040' dt 2",
        f"set arrow from {back:.2f}, graph 0 to {back:.2f}, graph 1 nohead "
        "lc rgb '#404040' dt 2",
        "set label 'to host 2' at 0.1, graph 0.7",
        f"set label 'back to host 1' at {back + 0.1:.2f}, graph 0.7",
    ]
    for i, (_, family) in enumerate(FAMILIES):
        script.append(f"set title 'Round trip from the server to the VM, {family}'")
        script.append("plot " + ", ".join(
            f"'{data}' index {n * len(FAMILIES) + i} with points pt 7 ps 0.3 "
            f"lc rgb '{COLORS[n]}' title '{run.title}'"
            for n, run in enumerate(runs)))
    subprocess.run(["gnuplot"], input="\n".join(script), text=True,
                   check=True)


def main():
    folder = sys.argv[1]
    runs = [Run(folder, name, title) for name, title in RUNS
            if os.path.exists(os.path.join(folder, name, "marks"))]
    table(runs)
    if len(sys.argv) > 2:
        plot([run for run in runs if run.name in PLOTTED], sys.argv[2])
    return 0


if __name__ == "__main__":
    sys.exit(main())
