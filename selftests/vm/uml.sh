# SPDX-License-Identifier: GPL-2.0
#
# Run a debug kernel as User Mode Linux.

uml_prepare()
{
	local what=$kernel path=

	release=$name
	case $kernel in
	noipv6) release=debug what=debug boot="$boot ipv6.disable=1" ;;
	tree:*) what=tree path=${kernel#tree:} ;;
	esac
	[ "$what$build" != tree ] || what=built-tree
	kdir=$("$vm/setup.sh" "$what" "$path") || return 1
	mapfile -t makevars < "$kdir/makevars"
	console=/dev/tty0
	slow=4
}

# uml_dir has the sockets and the memory file. The kernel ptraces the guest's
# processes one at a time: pinned to one CPU they need half the time, since no
# other CPU has to be woken. Starting a process copies the mapping of the
# kernel's memory, so mem= is as small as possible. Older kernels need root= for
# hostfs.
uml_command()
{
	local consoles="con0=null,fd:1 con=null"
	local pin=(taskset -c "${cpu:-$((RANDOM % $(nproc)))}")

	"${pin[@]}" true 2> /dev/null || pin=()

	[ "$1" = batch ] || consoles="con0=fd:0,fd:1 con=null"
	# shellcheck disable=SC2206
	guest_command=("${pin[@]}" "$kdir/linux" mem=1024M "uml_dir=$job/"
		root=none rootfstype=hostfs ro "init=$vm/uml-init" "anygw_job=$job"
		$consoles panic=1 log_buf_len=2M $boot)
}
