#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Check that no test case is lost when variants are spread over kernels.

	spread.py FULL SPREAD

FULL is the output of "check.sh -a -l", SPREAD that of "check.sh -l". Both are
compared with the tests themselves. Prints "ok NAME" or "not ok NAME", after the
reasons.
"""

import collections
import pathlib
import re
import subprocess
import sys

NET = pathlib.Path(__file__).resolve().parent.parent / "net"
USUAL = ["debug", "6.12", "6.1"]
EMULATED = ["6.12", "6.1"]
LAST = "w14_no_trace"


class Test:
    """A test's kernels, variants and cases; a case is (name, variant or "")."""

    def __init__(self, path):
        text = path.read_text()
        guests = re.search(r"^# guests: (.*)$", text, re.M)
        self.name = path.stem
        kernels = guests.group(1).split() if guests else USUAL
        self.kernels = [k for k in kernels if k in USUAL]
        self.variants = re.search(r'^VARIANTS="(.*)"$', text,
                                  re.M).group(1).split()
        names = subprocess.run([path, "--names"], stdout=subprocess.PIPE,
                               check=True, text=True).stdout.split()
        self.cases = [tuple((n + "@").split("@")[:2]) for n in names]

    def full(self):
        """Every (variant, case)."""
        return [(variant, name) for name, only in self.cases
                for variant in ([only] if only else self.variants)]


def read(path):
    """The list of the usual kernels: {(kernel, test): [(variant, case)]}"""
    lists = collections.defaultdict(list)
    with open(path) as lines:
        for line in lines:
            kernel, test, variant, case = line.split()
            if case != "-" and kernel in USUAL:
                lists[kernel, test].append((variant, case))
    return lists


def report(name, errors):
    for line in errors[:20]:
        print("#", line)
    print("not ok" if errors else "ok", name)


def without_last(cases):
    return [c for c in cases if c[1] != LAST]


def full_is_complete(tests, full):
    for test in tests:
        for _, only in test.cases:
            if only and only not in test.variants:
                yield f"{test.name} has no variant {only}"
        for kernel in test.kernels:
            listed = without_last(full[kernel, test.name])
            if sorted(listed) != sorted(test.full()):
                yield f"{kernel} {test.name}: the list differs from the test"


def nothing_else(tests, lists):
    known = {(kernel, t.name) for t in tests for kernel in t.kernels}
    return [f"{' '.join(job)}: no such test" for job in set(lists) - known]


def debug_is_complete(full, spread):
    for (kernel, test), cases in full.items():
        if kernel not in EMULATED and spread[kernel, test] != cases:
            yield f"{kernel} {test}: differs from the full list"


def each_case_once(tests, spread):
    """A name that is written for two variants is two cases."""
    for test in tests:
        for kernel in set(test.kernels) & set(EMULATED):
            cases = without_last(spread[kernel, test.name])
            if sorted(c for _, c in cases) != sorted(c for c, _ in test.cases):
                yield f"{kernel} {test.name}: not each case once"
            for case in set(cases) - set(test.full()):
                yield f"{kernel} {test.name}: {case} is not in the test"


def last_case_once(lists):
    for job, cases in lists.items():
        variants = sorted({variant for variant, _ in cases})
        if sorted(variant for variant, c in cases if c == LAST) != variants:
            yield f"{' '.join(job)}: not one {LAST} per variant"


def spread_variants(test, kernel, spread):
    free = {name for name, only in test.cases if not only}
    return {variant for variant, c in spread[kernel, test.name] if c in free}


def spread_out(tests, spread):
    variants = [set(), set()]
    for test in tests:
        if not set(EMULATED) <= set(test.kernels):
            continue
        one, two = (spread_variants(test, k, spread) for k in EMULATED)
        if len(test.variants) > 1 and one & two:
            yield f"{test.name}: the same variant on both kernels"
        variants[0] |= one
        variants[1] |= two
    for n, kernel in enumerate(EMULATED):
        for variant in ("untagged", "tagged", "unaware"):
            if variant not in variants[n]:
                yield f"{kernel}: no test runs with {variant}"


def main():
    full, spread = (read(path) for path in sys.argv[1:3])
    tests = [Test(p) for p in sorted(NET.glob("*.sh"))
             if re.search("^run_tests \"", p.read_text(), re.M)]
    report("the full list has every case in every variant",
           list(full_is_complete(tests, full)) + nothing_else(tests, full))
    report("so has the list of the debug kernel",
           list(debug_is_complete(full, spread)))
    report("each other kernel has every case once",
           list(each_case_once(tests, spread)) + nothing_else(tests, spread))
    report("every variant has its last case once",
           list(last_case_once(full)) + list(last_case_once(spread)))
    report("variants are spread, and differ between the kernels",
           list(spread_out(tests, spread)))


main()
