# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# A laboratory of several machines, each a QEMU process beside the others:
# guests of selftests/vm/run with cables between them, and a VM that QEMU
# migrates from one host to the other.
#
#   cable NAME END END          a virtual cable
#   machine NAME NIC=END...     boot a guest; its script is NAME.sh or host.sh
#   vm_start HOST               boot the VM behind that host's VM port
#   vm_migrate HOST             and move it, as libvirt would
#   on MACHINE COMMAND          run a line of shell there; also on "vm"
#
# A cable is a pair of veth with a macvtap on either side, which is what QEMU
# gets: so the guests' NICs have checksum offload and segments of 64 KiB. All of
# them are in a network namespace, and go with it. Where this machine's kernel
# has no macvtap, or with ANYGW_CABLES=dgram, it is a pair of sockets, and the
# NICs have no offload.
#
# Each machine has its console in $LAB_RESULTS/NAME, and a second serial line on
# which it obeys. A machine that does not answer in time ends the run.

live=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$live/../vm/lib.sh"
. "$vm/qemu.sh"

# Seconds that an answer may take; a boot
PATIENCE=120
BOOT_PATIENCE=240

declare -A SOCKET_OF PEER_OF SAY HEAR MACHINE
FDS=()

# ---------------------------------------------------------------- cables

# In the namespace of the cables: tap DEVICE, for QEMU
tap()
{
	local number

	ip -n "$LAB_SPACE" link add link "$1" name "t$1" type macvtap \
		mode passthru || return 1
	# Unless it is promiscuous it filters multicast.
	ip -n "$LAB_SPACE" link set "$1" up
	ip -n "$LAB_SPACE" link set "t$1" promisc on up
	number=$(ip netns exec "$LAB_SPACE" sh -c \
		"cat /sys/class/net/t$1/macvtap/tap*/dev") || return 1
	mknod "$LAB/$1" c "${number%:*}" "${number#*:}"
}

# cable NAME END END: ends are words of the caller's choice
cable()
{
	SOCKET_OF[$2]=$1a SOCKET_OF[$3]=$1b
	PEER_OF[$2]=$1b PEER_OF[$3]=$1a
	[ "$ANYGW_CABLES" = macvtap ] || return 0
	ip -n "$LAB_SPACE" link add "$1a" type veth peer name "$1b" &&
		tap "$1a" && tap "$1b"
}

have_macvtap()
{
	ip -n "$LAB_SPACE" link add try type veth peer name tried &&
		ip -n "$LAB_SPACE" link add link try name ttry type macvtap \
			mode passthru
} > /dev/null 2>&1

# nic NAME MAC END: adds to ARGUMENTS, and to FDS what is to be closed when QEMU
# has it
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

# ---------------------------------------------------------------- machines

# A serial line of its own for what we say: NAME PIPE
line_arguments()
{
	mkfifo "$LAB/$2.in" "$LAB/$2.out"
	ARGUMENTS+=" -chardev pipe,id=line,path=$LAB/$2 -serial chardev:line"
}

# Opened for both, a pipe waits for nobody and never ends.
connect()
{
	local say hear

	exec {say}<> "$LAB/$2.in" {hear}<> "$LAB/$2.out"
	SAY[$1]=$say HEAR[$1]=$hear
}

# The NICs' MACs tell the guest which is which.
machine()
{
	local name=$1 nic n=0 mac

	shift
	MACHINES=$((MACHINES + 1))
	ARGUMENTS="-m 1024 -smp 1 -virtfs local,path=$LAB,mount_tag=lab"
	ARGUMENTS+=",security_model=none,multidevs=remap"
	for nic in "$@"; do
		n=$((n + 1))
		printf -v mac '52:54:00:1a:%02x:%02x' "$MACHINES" $n
		nic "${nic%%=*}" "$mac" "${nic#*=}" || return 1
		echo "$mac ${nic%%=*}" >> "$LAB/$name.nics"
	done
	line_arguments "$name" "$name"
	setpriv --pdeathsig TERM "$vm/run" -n -t 3000 \
		-o "$LAB_RESULTS/$name" -q "$ARGUMENTS" 6.12 \
		-- "$live/agent.sh" "$name" > "$LAB_RESULTS/$name.log" 2>&1 &
	MACHINE[$name]=$!
	echo $! >> "$LAB/pids"
	connect "$name" "$name"
	close_fds
}

# Into REPLY, up to the answer with this mark; 1: not in time
hear()
{
	local name=$1 mark=$2 end=$((SECONDS + $3)) line rest lines=()

	while rest=$((end - SECONDS)) && [ $rest -gt 0 ]; do
		IFS= read -r -t $rest -u "${HEAR[$name]}" line || continue
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

# A machine is given up once, and nobody waits for it again.
given_up()
{
	echo "$1 has not answered for $2 s; the consoles are in ${LAB_RESULTS#"$top"/}" |
		tee "$LAB/silent"
}

# on MACHINE COMMAND: its output is ours, so is its status
on()
{
	local name=$1 mark=$RANDOM$RANDOM rc

	shift
	[ "$name" != vm ] || vm_lines
	if [ -e "$LAB/silent" ]; then
		cat "$LAB/silent"
		return 255
	fi
	echo "$mark $*" >&"${SAY[$name]}"
	hear "$name" $mark $PATIENCE
	rc=$?
	[ $rc != 255 ] || REPLY="$(given_up "$name" $PATIENCE): $*"
	[ -z "$REPLY" ] || printf '%s\n' "$REPLY"
	return $rc
}

booted()
{
	hear "$1" ready $BOOT_PATIENCE && return
	given_up "$1" $BOOT_PATIENCE
	tail -n 5 "$LAB_RESULTS/$1.log"
	return 1
}

# ---------------------------------------------------------------- the VM

VM_MAC=52:54:00:00:0a:07

# Its kernel is Debian's as well, its disk a small RAM file system.
vm_image()
{
	local tree=$LAB/tree modules=(virtio_pci virtio_net)

	mkdir -p "$tree"/{bin,dev,proc,sys,run}
	cp "$(command -v busybox)" "$tree/bin/busybox"
	cp "$live/vm-init" "$tree/init"
	cp "$live/obey.sh" "$tree/obey.sh"
	make -s -C "$top/selftests/net" OUT="$tree/bin" \
		CFLAGS="-O2 -Wall -Wextra -static" || return 1
	copy_modules "$tree/modules" && pack "$tree" "$LAB/vm.cpio"
}

# The process that runs the VM: VM_NUMBER, VM_AT, VM_PID. They are in a file, as
# tests are shells of their own and migrate it, too.
vm_is() { read -r VM_NUMBER VM_AT VM_PID < "$LAB/vm"; }

# Its lines, which are others after a migration
VM_LINES=
vm_lines()
{
	vm_is
	[ "$VM_LINES" != "$VM_NUMBER" ] || return 0
	connect vm "vm$VM_NUMBER"
	connect vmqmp "qmp$VM_NUMBER"
	VM_LINES=$VM_NUMBER
}

# qmp COMMAND [ARGUMENTS]: to the process that runs the VM; its answer is
# printed, what QEMU reports meanwhile is logged.
qmp()
{
	vm_lines
	qmp_to vmqmp "$@"
}

qmp_to()
{
	local name=$1 line end=$((SECONDS + PATIENCE))

	printf '{"execute": "%s"%s}\n' "$2" "${3:+, \"arguments\": $3}" \
		>&"${SAY[$name]}"
	while [ $SECONDS -lt $end ]; do
		read -r -t 5 -u "${HEAR[$name]}" line ||
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
	echo "QEMU has not answered: $2"
	return 1
}

# vm_process NUMBER HOST [ARGUMENT...]: a QEMU behind the host's VM port. Its
# process is in PROCESS.
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

# What a migration took is in $LAB_RESULTS/migrations, a line each.
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

# Ends when the driver does, however that comes about, and leaves nothing
# running.
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
	ip netns del "$LAB_SPACE"
	rm -rf "$LAB"
} 2> /dev/null

# lab_begin RESULTS
lab_begin()
{
	LAB=$(mktemp -d)
	LAB_RESULTS=$1
	LAB_SPACE=anygw-lab-$$
	MACHINES=0
	rm -rf "$LAB_RESULTS"
	mkdir -p "$LAB_RESULTS"
	guard > /dev/null 2>&1 < /dev/null &
	job=$LAB kernel=6.12
	qemu_prepare || return 1
	"$vm/run" -t 300 6.12 -- true > "$LAB_RESULTS/first.log" 2>&1 ||
		return 1
	ip netns add "$LAB_SPACE" &&
		ip netns exec "$LAB_SPACE" sysctl -qw \
			net.ipv6.conf.all.disable_ipv6=1 \
			net.ipv6.conf.default.disable_ipv6=1 || return 1
	if [ -z "${ANYGW_CABLES:-}" ]; then
		have_macvtap && ANYGW_CABLES=macvtap || ANYGW_CABLES=dgram
	fi
	vm_image
}

# Whatever state it is in. Guests leave their consoles before they go.
lab_end()
{
	[ -n "${LAB:-}" ] || return 0
	# Without a machine it would be the guard that is waited for.
	if [ ${#MACHINE[@]} != 0 ]; then
		kill "${MACHINE[@]}" 2> /dev/null
		wait "${MACHINE[@]}" 2> /dev/null
	fi
	lab_sweep
}
