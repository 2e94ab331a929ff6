#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Test the harness: splats.sh and leaks.sh find what they must and nothing else,
# a test with inconsistent output fails, and no test case is lost when variants
# are spread. Prints KTAP.
set -u
. "$(dirname "$0")/lib.sh"
. "$vm/ktap.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
planned=44

# ---------------------------------------------------------------- splats

harmless='[    0.000000] Linux version 6.12.117
[    0.010000] Kernel command line: panic=-1 oops=panic
[    1.500000] anygw: loading out-of-tree module taints kernel.
[    2.000000] br0: port 1(fab0) entered forwarding state
[    3.000000] br0: received packet on fab0 with own address as source
[    4.000000] device fab0 left promiscuous mode'

# finds NAME LINE: LINE is found between harmless lines
finds()
{
	printf '%s\n[    5.000000] %s\n%s\n' "$harmless" "$2" "$harmless" > "$work/log"
	"$vm/splats.sh" "$work/log" > "$work/out"
	[ $? = 1 ] && grep -qF -- "$2" "$work/out"
	test_result $? "a splat is found: $1"
}

splats()
{
	echo "$harmless" > "$work/log"
	"$vm/splats.sh" "$work/log" > "$work/out"
	[ $? = 0 ] && [ ! -s "$work/out" ]
	test_result $? "a harmless log is left alone"
	finds warning 'WARNING: CPU: 0 PID: 77 at net/core/dev.c:11'
	finds bug 'BUG: kernel NULL pointer dereference, address: 0000000000000008'
	finds bug_on 'kernel BUG at net/core/skbuff.c:200!'
	finds oops 'Oops: 0000 [#1] PREEMPT SMP PTI'
	finds kasan 'BUG: KASAN: slab-use-after-free in anygw_hook+0x10/0x20'
	finds recursion 'WARNING: possible recursive locking detected'
	finds deadlock 'WARNING: possible circular locking dependency detected'
	finds irq_lock 'WARNING: inconsistent lock state'
	finds rcu 'WARNING: suspicious RCU usage'
	finds atomic 'BUG: sleeping function called from invalid context at mm/slab.h'
	finds stall 'rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:'
	finds lockup 'watchdog: BUG: soft lockup - CPU#1 stuck for 26s! [ip:99]'
	finds hung 'INFO: task rmmod:12 blocked for more than 120 seconds.'
	finds netdev 'unregister_netdevice: waiting for gw10 to become free. Usage count = 2'
	finds reference 'ref_tracker: net notrefcnt@0000000 has 1/1 leaked reference'
	finds refcount 'refcount_t: underflow; use-after-free.'
	finds list 'list_del corruption. prev->next should be 0'
	finds leak 'kmemleak: 3 new suspected memory leaks (see /sys/kernel/debug/kmemleak)'
	finds page 'BUG: Bad page state in process ip  pfn:00001'
}

# ---------------------------------------------------------------- control

# report TITLE FUNCTION TIME: a splat in the format of the kernel
report()
{
	printf '[ %10s] WARNING: %s\n[ %10s] CPU: 0 PID: %d\n' "$3" "$1" "$3" \
		$((RANDOM))
	printf '[ %10s]  [<%x>] %s+0x%x/0x90\n' "$3" $((RANDOM)) "$2" $((RANDOM)) \
		"$3" $((RANDOM)) start_kernel $((RANDOM))
}

# leak FUNCTION SIZE: an object in the format of kmemleak
leak()
{
	printf 'unreferenced object 0x%x (size %s):\n' $((RANDOM)) "$2"
	printf '  comm "swapper", pid %d, jiffies %d\n' $((RANDOM)) $((RANDOM))
	printf '  hex dump (first 8 bytes):\n    00 00 00 00\n'
	printf '  backtrace (crc %x):\n    [<%x>] %s+0x%x/0x90\n' $((RANDOM)) \
		$((RANDOM)) "$1" $((RANDOM))
}

# compares NAME COMMAND CONTROL LOG [TEXT]: LOG has more than CONTROL, and TEXT
# is reported; without TEXT nothing is reported.
compares()
{
	local rc expected=0

	[ -z "${5:-}" ] || expected=1
	printf '%s\n' "$3" > "$work/control"
	printf '%s\n' "$4" > "$work/log"
	"$vm/$2" "$work/log" "$work/control" > "$work/out"
	rc=$?
	[ $rc = $expected ] && grep -qF -- "${5:-}" <(cat "$work/out"; echo)
	test_result $? "$1"
}

control()
{
	local own

	own=$(echo "$harmless"; report "bad unlock" init_cgroup 0.0)
	compares "the kernel's own splat is not the module's" splats.sh "$own" \
		"$harmless
$(report "bad unlock" init_cgroup 0.1)"
	compares "a splat like it from elsewhere is found" splats.sh "$own" \
		"$(report "bad unlock" init_cgroup 0.0)
$(report "bad unlock" anygw_hook 9.0)" "bad unlock"
	compares "another splat from the same place is found" splats.sh "$own" \
		"$(report "bad unlock" init_cgroup 0.0)
$harmless
$(report "bad page" init_cgroup 9.0)" "bad page"
	compares "one more of the kernel's own is found" splats.sh "$own" \
		"$(report "bad unlock" init_cgroup 0.0)
$(report "bad unlock" init_cgroup 9.0)" "bad unlock"
	compares "a splat that names no function is found" splats.sh \
		"unregister_netdevice: waiting for veth1 to become free" \
		"unregister_netdevice: waiting for gw10 to become free" gw10
	own=$(leak sk_alloc 64; leak early 8)
	compares "the kernel's own leak is not the module's" leaks.sh "$own" \
		"$(leak early 8; leak sk_alloc 64)"
	compares "one more leak of the same kind is found" leaks.sh "$own" \
		"$(leak sk_alloc 64; leak sk_alloc 64)" sk_alloc
	compares "a leak of the same size from elsewhere is found" leaks.sh "$own" \
		"$(leak anygw_new 64)" anygw_new
}

# ---------------------------------------------------------------- KTAP

# evaluates NAME EXPECTED TEXT COMMAND: a test that prints TEXT and runs COMMAND
evaluates()
{
	local is

	printf '#!/bin/bash\nprintf "%%b" "%s"\n%s\n' "$3" "$4" > "$work/test"
	chmod +x "$work/test"
	ktap_run test "$work/tap" 2 "$work/test" > "$work/out" 2>&1
	is=$?
	[ "$2" = "$is" ] &&
		{ [ "$is" = 0 ] || grep -q '^not ok test' "$work/out"; }
	test_result $? "a test's output is evaluated: $1"
}

ktap_results()
{
	evaluates "all well" 0 '1..2\nok 1 a\nok 2 b\n' 'exit 0'
	evaluates "one failed" 1 '1..2\nok 1 a\nnot ok 2 b\n' 'exit 1'
	evaluates "skipped" 0 '1..0 # SKIP no such thing\n' 'exit 4'
	evaluates "fewer tests than planned" 1 '1..3\nok 1 a\nok 2 b\n' 'exit 0'
	evaluates "no plan" 1 'ok 1 a\n' 'exit 0'
	evaluates "a failure with exit status 0" 1 '1..1\nnot ok 1 a\n' 'exit 0'
	evaluates "success with exit status 1" 1 '1..1\nok 1 a\n' 'exit 1'
	evaluates "killed" 1 '1..1\nok 1 a\n' 'kill -SEGV $$'
	evaluates "nothing tested" 1 '1..0\n' 'exit 0'
	evaluates "silent" 1 '' 'exit 0'
	evaluates "hangs" 1 '1..1\nok 1 a\n' 'read -r < <(tail -f /dev/null)'
}

# ---------------------------------------------------------------- variants

spread()
{
	local line

	"$top/selftests/check.sh" -a -l > "$work/full"
	"$top/selftests/check.sh" -l > "$work/spread"
	while IFS= read -r line; do
		case $line in
		"ok "*) test_result 0 "${line#ok }" ;;
		"not ok "*) test_result 1 "${line#not ok }" ;;
		*) echo "$line" ;;
		esac
	done < <("$vm/spread.py" "$work/full" "$work/spread")
}

echo "TAP version 13"
echo "1..$planned"
splats
control
ktap_results
spread
exit $failed
