#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
#
# Print the demo's table and time line, and draw its plot.
#
#	report.py SAMPLES [OUT.svg]

import os
import statistics
import subprocess
import sys

RUNS = (("vrrp", "VRRP pair alone"), ("anygw", "anygw beside it"))
FAMILIES = (("rtt", "IPv4"), ("rtt6", "IPv6"))


def read(folder, name):
    with open(os.path.join(folder, name)) as f:
        return f.read().strip()


class Echoes:
    """Time and round trip of each reply, and the number of lost ones."""

    def __init__(self, text):
        *lines, last = text.splitlines()
        self.rtt = [tuple(float(word) for word in line.split())
                    for line in lines]
        self.sent = int(last.split()[1])
        self.lost = self.sent - len(self.rtt)

    def count_from(self, start):
        self.rtt = [(when - start, rtt) for when, rtt in self.rtt]

    def median(self, first, last):
        part = [rtt for when, rtt in self.rtt if first <= when < last]
        return f"{statistics.median(part):.1f} ms" if part else "none"

    def gap(self, migrated):
        """The longest time without a reply around the migration."""
        times = sorted(when + rtt / 1000 for when, rtt in self.rtt)
        gaps = [b - a for a, b in zip(times, times[1:])
                if b > migrated and a < migrated + 5]
        return f"{max(gaps) * 1000:.0f} ms" if gaps else "none"


class Run:
    """The samples of one migration; times are relative to the first."""

    def __init__(self, folder, name):
        self.folder, self.name = folder, name
        self.echoes = [Echoes(self.text(suffix)) for suffix, _ in FAMILIES]
        start = self.echoes[0].rtt[0][0]
        for echoes in self.echoes:
            echoes.count_from(start)
        self.migrated = float(self.text("migrated")) - start
        self.measured = float(self.text("measured")) - start
        self.end = self.echoes[0].rtt[-1][0]
        self.waited = float(self.text("end")) - float(self.text("measured"))

    def text(self, what):
        return read(self.folder, f"{self.name}.{what}")

    def hops(self, side):
        return " ".join(self.text(f"path{side}").split())

    def link(self, side, seconds):
        rate = int(self.text(f"bytes{side}")) / seconds / 1000
        return f"{rate:.1f} kB/s"

    def rows(self):
        """Label and value of each line of the table."""
        settled = self.measured + 1
        for echoes, (_, family) in zip(self.echoes, FAMILIES):
            yield (f"{family} round trip at site 1",
                   echoes.median(0, self.migrated))
            yield (f"{family} round trip after it",
                   echoes.median(settled, self.end))
            yield f"{family} longest gap", echoes.gap(self.migrated)
            yield f"{family} echoes lost", f"{echoes.lost} of {echoes.sent}"
        yield "inter-site link before", self.link(1, self.migrated)
        yield "inter-site link after", self.link(2, self.waited)
        count, state = self.text("stream").split()
        yield "TCP transfer", f"{state}, {int(count) / 1000:.0f} kB"


def table(runs):
    print(f"{'':28}" + "".join(f"{title:>24}" for _, title in RUNS))
    for rows in zip(*(run.rows() for run in runs)):
        print(f"{rows[0][0]:28}" + "".join(f"{cell:>24}" for _, cell in rows))
    print()
    for run, (_, title) in zip(runs, RUNS):
        print(f"hops after the migration, {title}: {run.hops(2)}")
        print(f"{'':{26 + len(title)}}{run.hops(26)}")


def introduction(folder):
    """The effect on the VM of adding anygw."""
    print("While anygw was added to one host after the other:")
    for suffix, family in FAMILIES:
        echoes = Echoes(read(folder, f"introduced.{suffix}"))
        print(f"  {family} echoes lost: {echoes.lost} of {echoes.sent}")
    same = read(folder, "before.neigh") == read(folder, "after.neigh")
    print("  the VM's neighbour entries: " +
          ("not changed" if same else "changed"))
    for line in read(folder, "after.neigh").splitlines():
        print(f"    {line}")


def slots(run, echoes):
    """The median round trip of each half second, None without a reply."""
    result = []
    for slot in range(int(run.end * 2)):
        part = [rtt for when, rtt in echoes.rtt
                if slot / 2 <= when < (slot + 1) / 2]
        result.append(statistics.median(part) if part else None)
    return result


def time_line(runs):
    """Round trip over time: a character per half second."""
    lines = [(run, f"{family}, {title}", slots(run, echoes))
             for run, (_, title) in zip(runs, RUNS)
             for echoes, (_, family) in zip(run.echoes, FAMILIES)]
    top = max(rtt for _, _, line in lines for rtt in line if rtt)
    marks = ".:-=+*#%@"
    for run, title, line in lines:
        text = ["!" if rtt is None else
                marks[round(rtt / top * (len(marks) - 1))] for rtt in line]
        text.insert(int(run.migrated * 2), "|")
        print(f"{title:24}{''.join(text)}")
    print(f"{'':24}a character per half second; . is short, @ is "
          f"{top:.0f} ms, ! no reply, | the migration")


COLORS = ("#c03030", "#e09040", "#2060c0", "#40a0a0")


def plot(runs, out):
    data = os.path.splitext(out)[0] + ".dat"
    titles = []
    with open(data, "w") as f:
        for run, (_, title) in zip(runs, RUNS):
            for echoes, (_, family) in zip(run.echoes, FAMILIES):
                titles.append(f"{family}, {title}")
                for when, rtt in echoes.rtt:
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
        script.append(f"set arrow from {run.migrated:.2f}, graph 0 to "
                      f"{run.migrated:.2f}, graph 1 nohead "
                      f"lc rgb '{COLORS[i * len(FAMILIES)]}' dt 2")
    parts = [f"'{data}' index {i} with points pt 7 ps 0.4 "
             f"lc rgb '{COLORS[i]}' title '{title}'"
             for i, title in enumerate(titles)]
    parts.append("NaN with lines lc rgb '#808080' dt 2 title 'migration'")
    script.append("plot " + ", ".join(parts))
    subprocess.run(["gnuplot"], input="\n".join(script), text=True,
                   check=True)


def main():
    folder = sys.argv[1]
    runs = [Run(folder, name) for name, _ in RUNS]
    introduction(folder)
    print()
    table(runs)
    print()
    time_line(runs)
    if len(sys.argv) > 2:
        plot(runs, sys.argv[2])
    return 0 if all(run.text("stream").endswith("intact")
                    for run in runs) else 1


if __name__ == "__main__":
    sys.exit(main())
