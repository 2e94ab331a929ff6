#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
#
# Make the demo's table, time line and plot from the samples of one run.
#
#	report.py SAMPLES [OUT.svg]

import os
import statistics
import subprocess
import sys

RUNS = (("vrrp", "VRRP pair alone"), ("anygw", "anygw on both hosts"))


class Run:
    """The samples of one migration, times counted from the first."""

    def __init__(self, folder, name):
        self.folder, self.name = folder, name
        samples = [[float(word) for word in line.split()]
                   for line in self.text("rtt").splitlines()]
        start = samples[0][0]
        self.rtt = [(when - start, rtt) for when, rtt in samples]
        self.migrated = float(self.text("migrated")) - start
        self.measured = float(self.text("measured")) - start
        self.end = self.rtt[-1][0]
        self.waited = float(self.text("end")) - float(self.text("measured"))

    def text(self, what):
        with open(os.path.join(self.folder, f"{self.name}.{what}")) as f:
            return f.read().strip()

    def median(self, first, last):
        part = [rtt for when, rtt in self.rtt if first <= when < last]
        return f"{statistics.median(part):.1f} ms" if part else "none"

    def hops(self, side):
        return " ".join(self.text(f"path{side}").split())

    def link(self, side, seconds):
        rate = int(self.text(f"bytes{side}")) / seconds / 1000
        return f"{rate:.1f} kB/s"

    def gap(self):
        """Longest time without an answer around the migration."""
        times = sorted(when + rtt / 1000 for when, rtt in self.rtt)
        gaps = [b - a for a, b in zip(times, times[1:])
                if b > self.migrated and a < self.migrated + 5]
        return f"{max(gaps) * 1000:.0f} ms" if gaps else "none"

    def row(self):
        settled = self.measured + 1
        count, verdict = self.text("stream").split()
        return (self.median(0, self.migrated),
                self.median(settled, self.end),
                self.link(1, self.migrated),
                self.link(2, self.waited),
                self.gap(),
                f"{verdict}, {int(count) / 1000:.0f} kB")


LINES = ("round trip at site 1", "round trip after the move",
         "inter-site link before", "inter-site link after",
         "longest silence", "TCP transfer")


def table(runs):
    print(f"{'':28}" + "".join(f"{title:>24}" for _, title in RUNS))
    for label, *cells in zip(LINES, *(run.row() for run in runs)):
        print(f"{label:28}" + "".join(f"{cell:>24}" for cell in cells))
    print()
    for run, (_, title) in zip(runs, RUNS):
        print(f"hops after the move, {title}: {run.hops(2)}")


def slots(run):
    """The median round trip of each half second, None without an answer."""
    result = []
    for slot in range(int(run.end * 2)):
        part = [rtt for when, rtt in run.rtt
                if slot / 2 <= when < (slot + 1) / 2]
        result.append(statistics.median(part) if part else None)
    return result


def time_line(runs):
    """Round trip over time: one sign each half second."""
    lines = [slots(run) for run in runs]
    top = max(rtt for line in lines for rtt in line if rtt)
    marks = ".:-=+*#%@"
    for run, line, (_, title) in zip(runs, lines, RUNS):
        text = ["!" if rtt is None else
                marks[round(rtt / top * (len(marks) - 1))] for rtt in line]
        text.insert(int(run.migrated * 2), "|")
        print(f"{title:22}{''.join(text)}")
    print(f"{'':22}each sign half a second; . is short, @ is "
          f"{top:.0f} ms, ! no answer, | the migration")


def plot(runs, out):
    data = os.path.splitext(out)[0] + ".dat"
    with open(data, "w") as f:
        for run in runs:
            for when, rtt in run.rtt:
                f.write(f"{when:.3f} {rtt:.2f}\n")
            f.write("\n\n")
    script = [
        "set terminal svg size 900,420 background rgb 'white'",
        f"set output '{out}'",
        "set title 'Round trip from the VM to the server'",
        "set xlabel 'seconds'", "set ylabel 'milliseconds'",
        "set yrange [0:*]", "set key top left", "set grid",
    ]
    for i, run in enumerate(runs):
        color = ("#c03030", "#2060c0")[i]
        script.append(f"set arrow from {run.migrated:.2f}, graph 0 to "
                      f"{run.migrated:.2f}, graph 1 nohead "
                      f"lc rgb '{color}' dt 2")
    parts = [f"'{data}' index {i} with points pt 7 ps 0.4 "
             f"lc rgb '{('#c03030', '#2060c0')[i]}' title '{title}'"
             for i, (_, title) in enumerate(RUNS)]
    parts.append("NaN with lines lc rgb '#808080' dt 2 title 'migration'")
    script.append("plot " + ", ".join(parts))
    subprocess.run(["gnuplot"], input="\n".join(script), text=True,
                   check=True)


def main():
    folder = sys.argv[1]
    runs = [Run(folder, name) for name, _ in RUNS]
    table(runs)
    print()
    time_line(runs)
    if len(sys.argv) > 2:
        plot(runs, sys.argv[2])
    return 0 if all(run.text("stream").endswith("intact")
                    for run in runs) else 1


if __name__ == "__main__":
    sys.exit(main())
