#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Is a test lost where not all kinds of bridge are tried?

	spread.py FULL SPREAD

FULL is what "check.sh -a -l" says, SPREAD what "check.sh -l" says. They are
compared with what is written in the scenes. Prints "ok NAME" or "not ok NAME",
what is wrong before it.
"""

import collections
import pathlib
import re
import subprocess
import sys

SCENES = pathlib.Path(__file__).resolve().parent.parent / "net"
USUAL = ["debug", "6.12", "6.1"]
EMULATED = ["6.12", "6.1"]
LAST = "w14_no_trace"


class Scene:
    """What is written: its kernels, kinds, and tests (name, kind or None)."""

    def __init__(self, path):
        text = path.read_text()
        guests = re.search(r"^# guests: (.*)$", text, re.M)
        self.name = path.stem
        kernels = guests.group(1).split() if guests else USUAL
        self.kernels = [k for k in kernels if k in USUAL]
        self.kinds = re.search(r'^KINDS="(.*)"$', text, re.M).group(1).split()
        names = subprocess.run([path, "--names"], stdout=subprocess.PIPE,
                               check=True, text=True).stdout.split()
        self.tests = [tuple((n + "@").split("@")[:2]) for n in names]

    def full(self):
        """(kind, test) of all that there is, a name without a kind included."""
        return [(kind, name) for name, only in self.tests
                for kind in ([only] if only else self.kinds)]


def read(path):
    """What is listed of the usual kernels: {(kernel, scene): [(kind, test)]}"""
    lists = collections.defaultdict(list)
    with open(path) as lines:
        for line in lines:
            kernel, scene, kind, test = line.split()
            if test != "-" and kernel in USUAL:
                lists[kernel, scene].append((kind, test))
    return lists


def verdict(name, wrong):
    for line in wrong[:20]:
        print("#", line)
    print("not ok" if wrong else "ok", name)


def without_last(tests):
    return [t for t in tests if t[1] != LAST]


def full_is_full(scenes, full):
    for scene in scenes:
        for _, only in scene.tests:
            if only and only not in scene.kinds:
                yield f"{scene.name} has no kind {only}"
        for kernel in scene.kernels:
            is_ = without_last(full[kernel, scene.name])
            if sorted(is_) != sorted(scene.full()):
                yield f"{kernel} {scene.name}: not what is written"


def nothing_else(scenes, lists):
    known = {(kernel, s.name) for s in scenes for kernel in s.kernels}
    return [f"{' '.join(job)}: nobody wrote it" for job in set(lists) - known]


def debug_has_all(full, spread):
    for (kernel, scene), tests in full.items():
        if kernel not in EMULATED and spread[kernel, scene] != tests:
            yield f"{kernel} {scene}: not as in the full square"


def once(scenes, spread):
    """Each test once; a name that is for two kinds by name is two tests."""
    for scene in scenes:
        for kernel in set(scene.kernels) & set(EMULATED):
            tests = without_last(spread[kernel, scene.name])
            if sorted(t for _, t in tests) != sorted(t for t, _ in scene.tests):
                yield f"{kernel} {scene.name}: not each test once"
            for test in set(tests) - set(scene.full()):
                yield f"{kernel} {scene.name}: {test} is not written"


def each_ends(lists):
    for job, tests in lists.items():
        begun = sorted({kind for kind, _ in tests})
        if sorted(kind for kind, t in tests if t == LAST) != begun:
            yield f"{' '.join(job)}: not one end for each kind"


def kinds_of_all(scene, kernel, spread):
    free = {name for name, only in scene.tests if not only}
    return {kind for kind, t in spread[kernel, scene.name] if t in free}


def spread_out(scenes, spread):
    kinds = collections.defaultdict(set)
    for scene in scenes:
        if not set(EMULATED) <= set(scene.kernels):
            continue
        one, two = (kinds_of_all(scene, k, spread) for k in EMULATED)
        if len(scene.kinds) > 1 and one & two:
            yield f"{scene.name}: the same kind on both kernels"
        kinds[0] |= one
        kinds[1] |= two
    for n, kernel in enumerate(EMULATED):
        for kind in ("untagged", "tagged", "unaware"):
            if kind not in kinds[n]:
                yield f"{kernel}: no scene is {kind}"


def main():
    full, spread = (read(path) for path in sys.argv[1:3])
    scenes = [Scene(p) for p in sorted(SCENES.glob("*.sh"))
              if re.search("^run_scene \"", p.read_text(), re.M)]
    verdict("the full square has every test with every kind of bridge",
            list(full_is_full(scenes, full)) + nothing_else(scenes, full))
    verdict("so has the debug kernel", list(debug_has_all(full, spread)))
    verdict("every test is once on each other kernel",
            list(once(scenes, spread)) + nothing_else(scenes, spread))
    verdict("every kind ends, once",
            list(each_ends(full)) + list(each_ends(spread)))
    verdict("kinds are spread, and differ between the kernels",
            list(spread_out(scenes, spread)))


main()
