# SPDX-License-Identifier: GPL-2.0
#
# A debug kernel as a process of this machine.

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

# It wants a folder for its sockets, and a file for its memory. Its programs are
# processes of this machine that it traces, one at a time: on one processor they
# take half of what they do when each turn wakes up another one. A new process
# copies what maps the kernel's memory, so it has no more than it needs. Older
# kernels do not look for a root among folders unless it has a name.
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
