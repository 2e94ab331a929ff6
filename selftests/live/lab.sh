# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# A lab of several guests, each a QEMU process: guests of selftests/vm/run
# connected by cables, and a VM that QEMU migrates from one host to the other.
#
#   cable NAME END END          add a virtual cable
#   guest_boot NAME NIC=END...  boot a guest; it runs agent.sh NAME
#   vm_start HOST               boot the VM at that host's VM port
#   vm_migrate HOST             migrate it, as libvirt would
#   on GUEST COMMAND            run a shell command there; also on "vm"
#
# A cable is a veth pair with a macvtap on either side for QEMU: so the guests'
# NICs have checksum offload and GSO of 64 KiB. All of them are in a network
# namespace and are deleted with it. If the kernel of this host has no macvtap,
# or with ANYGW_CABLES=dgram, a cable is a pair of sockets, and the NICs have no
# offload.
#
# Each guest has its console in $LAB_RESULTS/NAME, and a second serial line for
# commands. If a guest does not reply in time the run ends.

live=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$live/../vm/lib.sh"
. "$vm/qemu.sh"

# Time limits of a command and a boot, in seconds
TIMEOUT=120
BOOT_TIMEOUT=240

declare -A SOCKET_OF PEER_OF LINE_IN LINE_OUT GUESTS
FDS=()

# ---------------------------------------------------------------- cables

# tap DEVICE: add a macvtap for QEMU in the namespace of the cables
tap()
{
	local number

	ip -n "$LAB_NETNS" link add link "$1" name "t$1" type macvtap \
		mode passthru || return 1
	# Unless it is promiscuous it filters multicast.
	ip -n "$LAB_NETNS" link set "$1" up
	ip -n "$LAB_NETNS" link set "t$1" promisc on up
	number=$(ip netns exec "$LAB_NETNS" sh -c \
		"cat /sys/class/net/t$1/macvtap/tap*/dev") || return 1
	mknod "$LAB/$1" c "${number%:*}" "${number#*:}"
}

# cable NAME END END: the names of the ends are arbitrary
cable()
{
	SOCKET_OF[$2]=$1a SOCKET_OF[$3]=$1b
	PEER_OF[$2]=$1b PEER_OF[$3]=$1a
	[ "$ANYGW_CABLES" = macvtap ] || return 0
	ip -n "$LAB_NETNS" link add "$1a" type veth peer name "$1b" &&
		tap "$1a" && tap "$1b"
}

have_macvtap()
{
	ip -n "$LAB_NETNS" link add try type veth peer name tried &&
		ip -n "$LAB_NETNS" link add link try name ttry type macvtap \
			mode passthru
} > /dev/null 2>&1

# nic NAME MAC END: adds to ARGUMENTS, and to FDS what has to be closed after
# QEMU has started
nic()
{
	local socket=$LAB/${SOCKET_OF[$3]} peer=$LAB/${PEER_OF[$3]} fd

	ARGUMENTS+=" -device virtio-net-pci,netdev=$1,mac=$2"
	if [ "$ANYGW_CABLES" = macvtap ]; then
		exec {fd}<> "$socket" || return 1
		FDS+=("$fd")
		ARGUMENTS+=" -netdev tap,id=$1,fd=$fd"
		return
	fi
	ARGUMENTS+=" -netdev dgram,id=$1,local.type=unix,local.path=$socket"
	ARGUMENTS+=",remote.type=unix,remote.path=$peer"
}

close_fds()
{
	local fd

	for fd in "${FDS[@]}"; do
		exec {fd}>&-
	done
	FDS=()
}

# ---------------------------------------------------------------- guests

# line_arguments NAME PIPE: a serial line for commands
line_arguments()
{
	mkfifo "$LAB/$2.in" "$LAB/$2.out"
	ARGUMENTS+=" -chardev pipe,id=line,path=$LAB/$2 -serial chardev:line"
}

# A pipe that is opened for reading and writing does not block and has no end of
# file.
connect()
{
	local in out

	exec {in}<> "$LAB/$2.in" {out}<> "$LAB/$2.out"
	LINE_IN[$1]=$in LINE_OUT[$1]=$out
}

# guest_boot NAME NIC=END...: the guest identifies its NICs by their MACs
guest_boot()
{
	local name=$1 nic n=0 mac

	shift
	GUEST_COUNT=$((GUEST_COUNT + 1))
	ARGUMENTS="-m 1024 -smp 1 -virtfs local,path=$LAB,mount_tag=lab"
	ARGUMENTS+=",security_model=none,multidevs=remap"
	for nic in "$@"; do
		n=$((n + 1))
		printf -v mac '52:54:00:1a:%02x:%02x' "$GUEST_COUNT" $n
		nic "${nic%%=*}" "$mac" "${nic#*=}" || return 1
		echo "$mac ${nic%%=*}" >> "$LAB/$name.nics"
	done
	line_arguments "$name" "$name"
	setpriv --pdeathsig TERM "$vm/run" -n -t 3000 \
		-o "$LAB_RESULTS/$name" -q "$ARGUMENTS" 6.12 \
		-- "$live/agent.sh" "$name" > "$LAB_RESULTS/$name.log" 2>&1 &
	GUESTS[$name]=$!
	echo $! >> "$LAB/pids"
	connect "$name" "$name"
	close_fds
}

# read_reply NAME MARK SECONDS: set REPLY to the output of the command with this
# mark. Returns its status, or 255 on timeout.
read_reply()
{
	local name=$1 mark=$2 end=$((SECONDS + $3)) line rest lines=()

	while rest=$((end - SECONDS)) && [ $rest -gt 0 ]; do
		IFS= read -r -t $rest -u "${LINE_OUT[$name]}" line || continue
		if [[ $line == "@$mark "* ]]; then
			[ ${#lines[@]} = 0 ] || [ -n "${lines[-1]}" ] ||
				unset "lines[-1]"
			REPLY=$(printf '%s\n' "${lines[@]}")
			return "${line##* }"
		fi
		lines+=("$line")
	done
	return 255
}

# After the first timeout no guest is waited for again.
report_timeout()
{
	echo "$1 did not reply within $2 s; the consoles are in ${LAB_RESULTS#"$top"/}" |
		tee "$LAB/timed-out"
}

# on GUEST COMMAND: prints its output and returns its status
on()
{
	local name=$1 mark=$RANDOM$RANDOM rc

	shift
	[ "$name" != vm ] || vm_lines
	if [ -e "$LAB/timed-out" ]; then
		cat "$LAB/timed-out"
		return 255
	fi
	echo "$mark $*" >&"${LINE_IN[$name]}"
	read_reply "$name" $mark $TIMEOUT
	rc=$?
	[ $rc != 255 ] || REPLY="$(report_timeout "$name" $TIMEOUT): $*"
	[ -z "$REPLY" ] || printf '%s\n' "$REPLY"
	return $rc
}

booted()
{
	read_reply "$1" ready $BOOT_TIMEOUT && return
	report_timeout "$1" $BOOT_TIMEOUT
	tail -n 5 "$LAB_RESULTS/$1.log"
	return 1
}

# ---------------------------------------------------------------- the VM

VM_MAC=52:54:00:00:0a:07

# The VM runs Debian's kernel with a small initramfs.
vm_image()
{
	local tree=$LAB/tree modules=(virtio_pci virtio_net)

	mkdir -p "$tree"/{bin,dev,proc,sys,run}
	cp "$(command -v busybox)" "$tree/bin/busybox"
	cp "$live/vm-init" "$tree/init"
	cp "$live/commands.sh" "$tree/commands.sh"
	make -s -C "$top/selftests/net" OUT="$tree/bin" \
		CFLAGS="-O2 -Wall -Wextra -static" || return 1
	copy_modules "$tree/modules" && pack "$tree" "$LAB/vm.cpio"
}

# read_vm_state: set VM_NUMBER, VM_AT, VM_PID of the current VM process. They
# are in a file because cases run in subshells and migrate the VM.
read_vm_state() { read -r VM_NUMBER VM_AT VM_PID < "$LAB/vm"; }

# The VM's lines, which change with a migration
VM_LINES=
vm_lines()
{
	read_vm_state
	[ "$VM_LINES" != "$VM_NUMBER" ] || return 0
	connect vm "vm$VM_NUMBER"
	connect vmqmp "qmp$VM_NUMBER"
	VM_LINES=$VM_NUMBER
}

# qmp COMMAND [ARGUMENTS]: send it to the VM's process and print the reply.
# Events are logged.
qmp()
{
	vm_lines
	qmp_to vmqmp "$@"
}

qmp_to()
{
	local name=$1 line end=$((SECONDS + TIMEOUT))

	printf '{"execute": "%s"%s}\n' "$2" "${3:+, \"arguments\": $3}" \
		>&"${LINE_IN[$name]}"
	while [ $SECONDS -lt $end ]; do
		read -r -t 5 -u "${LINE_OUT[$name]}" line ||
			{ [ "$name" != new ] || kill -0 "$PROCESS"; } || break
		[ -z "$line" ] || printf '%s\n' "${line%$'\r'}" \
			>> "$LAB_RESULTS/qmp.log"
		case $line in
		*'"return"'*)
			printf '%s\n' "$line"
			return 0
			;;
		*'"error"'*)
			printf '%s\n' "$line"
			return 1
			;;
		esac
	done
	echo "QEMU did not reply: $2"
	return 1
}

# vm_process NUMBER HOST [ARGUMENT...]: start QEMU at the host's VM port. Sets
# PROCESS.
vm_process()
{
	local number=$1 host=$2

	shift 2
	ARGUMENTS=
	nic nic $VM_MAC "vm-$host" || return 1
	line_arguments vm "vm$number"
	mkfifo "$LAB/qmp$number.in" "$LAB/qmp$number.out"
	# shellcheck disable=SC2086
	setsid qemu-system-x86_64 -M q35 -cpu max \
		$accel -smp 1 -m 256 -nodefaults -display none -no-reboot \
		-name "vm-at-$host" \
		-serial "file:$LAB_RESULTS/vm-$number-$host.console" \
		$ARGUMENTS \
		-chardev "pipe,id=qmp,path=$LAB/qmp$number" \
		-mon chardev=qmp,mode=control \
		-kernel "$kroot/boot/vmlinuz-$release" -initrd "$LAB/vm.cpio" \
		-append "console=ttyS0 panic=-1 loglevel=5" "$@" \
		< /dev/null > "$LAB_RESULTS/vm-$number-$host.log" 2>&1 &
	PROCESS=$!
	echo $PROCESS >> "$LAB/pids"
	close_fds
	connect new "qmp$number"
	qmp_to new qmp_capabilities > /dev/null
}

vm_start()
{
	vm_process 1 "$1" || return 1
	echo "1 $1 $PROCESS" > "$LAB/vm"
	vm_lines
	booted vm
}

vm_status() { qmp query-migrate | grep -o '"status": "[a-z-]*"' | head -n 1; }

migrated() { [[ $(vm_status) == *'"completed"' ]]; }

migration_is_over() { [[ $(vm_status) =~ completed|failed|cancelled ]]; }

gone() { ! kill -0 "$1"; }

# The duration of each migration is a line of $LAB_RESULTS/migrations.
vm_migrate()
{
	local to=$1 number socket took

	vm_lines
	number=$((VM_NUMBER + 1))
	socket=$LAB/migrate.$number
	vm_process $number "$to" -incoming "unix:$socket" &&
		wait_until 60 [ -S "$socket" ] || return 1
	qmp migrate "{\"uri\": \"unix:$socket\"}" > /dev/null &&
		wait_until 120 migration_is_over && migrated || return 1
	took=$(qmp query-migrate)
	qmp quit > /dev/null
	wait_until 20 gone "$VM_PID"
	echo "$VM_AT $to $(grep -o '"\(downtime\|total-time\)": [0-9]*' \
		<<< "$took" | tr -d '":' | paste -sd ' ')" \
		>> "$LAB_RESULTS/migrations"
	echo "$number $to $PROCESS" > "$LAB/vm"
}

# ---------------------------------------------------------------- begin, end

# Clean up when the driver exits for any reason.
guard()
{
	trap '' INT TERM HUP
	tail --pid=$$ -f /dev/null
	lab_sweep
}

lab_sweep()
{
	# shellcheck disable=SC2046
	kill $(cat "$LAB/pids")
	ip netns del "$LAB_NETNS"
	rm -rf "$LAB"
} 2> /dev/null

# lab_begin RESULTS
lab_begin()
{
	LAB=$(mktemp -d)
	LAB_RESULTS=$1
	LAB_NETNS=anygw-lab-$$
	GUEST_COUNT=0
	rm -rf "$LAB_RESULTS"
	mkdir -p "$LAB_RESULTS"
	guard > /dev/null 2>&1 < /dev/null &
	job=$LAB kernel=6.12
	qemu_prepare || return 1
	"$vm/run" -t 300 6.12 -- true > "$LAB_RESULTS/first.log" 2>&1 ||
		return 1
	ip netns add "$LAB_NETNS" &&
		ip netns exec "$LAB_NETNS" sysctl -qw \
			net.ipv6.conf.all.disable_ipv6=1 \
			net.ipv6.conf.default.disable_ipv6=1 || return 1
	if [ -z "${ANYGW_CABLES:-}" ]; then
		have_macvtap && ANYGW_CABLES=macvtap || ANYGW_CABLES=dgram
	fi
	vm_image
}

# Works in any state. Guests save their consoles before they exit.
lab_end()
{
	[ -n "${LAB:-}" ] || return 0
	# Without arguments wait would wait for the guard.
	if [ ${#GUESTS[@]} != 0 ]; then
		kill "${GUESTS[@]}" 2> /dev/null
		wait "${GUESTS[@]}" 2> /dev/null
	fi
	lab_sweep
}
