#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Find splats in a kernel log.
#
#	splats.sh LOG [CONTROL]
#
# Prints an excerpt and exits with 1 if there are any. Splats that are in
# CONTROL as well, the log of the same kernel without the module, are ignored.

signs=(
	'WARNING: '
	'BUG: '
	'kernel BUG at'
	'Oops'
	'general protection fault'
	'Kernel panic'
	'Call Trace:'
	'RIP: '
	'possible recursive locking'
	'possible circular locking'
	'possible irq lock inversion'
	'inconsistent lock state'
	'suspicious RCU usage'
	'INFO: task .* blocked for more than'
	'rcu: INFO: .* detected .*stall'
	'rcu_.* detected .*stall'
	'soft lockup'
	'KASAN: '
	'UBSAN: '
	'slab-use-after-free'
	'kmemleak: [0-9]+ new suspected memory leaks'
	'kmemleak: .*disabled'
	'unregister_netdevice: waiting for'
	'leaked reference'
	'reference already released'
	'refcount_t: '
	'percpu ref .* <= 0'
	'list_(add|del) corruption'
	'bad: scheduling from'
	'sleeping function called from invalid context'
	'scheduling while atomic'
	'Bad page state'
	'page allocation failure'
	'ODEBUG: '
	'DEBUG_LOCKS_WARN_ON'
	'BUG kmalloc'
	'segfault at .* in (ip|anygwctl|wire)'
)

# Messages of stock kernels in these guests
harmless=(
	'unsupported sm[0-9]+ feature'
)

log=${1:?usage: splats.sh LOG [CONTROL]}
control=${2:-/dev/null}
pattern=$(IFS='|'; echo "${signs[*]}")
exclude=$(IFS='|'; echo "${harmless[*]}")

# Print the number of each line that matches, and the identity of the report:
# the line without its numbers, which differ from boot to boot, and the
# functions named in the lines that follow.
reports()
{
	awk -v pattern="$pattern" -v exclude="$exclude" -v depth=60 '
		{ text[NR] = $0 }
		$0 ~ pattern && $0 !~ exclude { sign[NR] }
		END {
			for (i = 1; i <= NR; i++)
				if (i in sign)
					print i "\t" report(i)
		}
		function report(i,	name, j, line)
		{
			name = text[i]
			sub(/^\[ *[0-9.]*\] */, "", name)
			gsub(/0x[0-9a-f]+|[0-9]+/, "N", name)
			name = name "\t"
			for (j = i; j <= NR && j <= i + depth; j++) {
				line = text[j]
				while (match(line, /[A-Za-z_][A-Za-z0-9_.]*[+]0x/)) {
					name = name " " substr(line, RSTART, RLENGTH - 3)
					line = substr(line, RSTART + RLENGTH)
				}
			}
			return name
		}' "$1"
}

# Reports that CONTROL does not have as often. A report that names no function
# cannot be identified and always counts.
first=$(awk -F '\t' 'NR == FNR { own[$2 $3]++; next }
	$3 == "" || own[$2 $3]-- <= 0 { print $1 }' \
	<(echo; reports "$control") <(reports "$log"))
[ -n "$first" ] || exit 0
count=$(wc -l <<< "$first")
echo "$count lines of ${log##*/} look like splats; from the first:"
tail -n "+${first%%$'\n'*}" "$log" | head -n 30
exit 1
