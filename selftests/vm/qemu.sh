# SPDX-License-Identifier: GPL-2.0
#
# Boot Debian's kernels in QEMU.

modules=(virtio_pci 9pnet_virtio 9p overlay)

# Print the files of the modules and their dependencies, in load order.
module_files()
{
	local module

	for module in "${modules[@]}"; do
		modprobe -d "$kroot" -S "$release" --show-depends "$module"
	done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }'
}

# copy_modules DIRECTORY: copy them uncompressed, with their order in a file
copy_modules()
{
	local files file name

	mkdir -p "$1"
	files=$(module_files) && [ -n "$files" ] || return 1
	while read -r file; do
		name=${file##*/}
		case $name in
		*.xz) xz -dc "$file" > "$1/${name%.xz}" ;;
		*) cp "$file" "$1/$name" ;;
		esac
		echo "${name%.xz}"
	done <<< "$files" > "$1/order"
}

# pack TREE FILE
pack() { (cd "$1" && find . | cpio --quiet -o -H newc) | gzip -1 > "$2"; }

make_initramfs()
{
	local tree=$1/tree

	mkdir -p "$tree"/{bin,dev,proc,lower,upper,new}
	cp "$(command -v busybox)" "$tree/bin/busybox"
	cp "$vm/qemu-init" "$tree/init"
	copy_modules "$tree/modules" && pack "$tree" "$1/cpio"
}

# Cached beside the kernel; $ramfs has a hash of its sources in its name.
initramfs()
{
	local work

	[ ! -e "$ramfs" ] || return 0
	work=$(mktemp -d)
	make_initramfs "$work" && cp "$work/cpio" "$ramfs.$$" &&
		mv "$ramfs.$$" "$ramfs"
	rm -rf "$work"
	[ -e "$ramfs" ]
}

# /dev/kvm may exist and not work. A kernel without a root file system panics
# within a second, and QEMU exits.
try_kvm()
{
	local log

	[ -w /dev/kvm ] || return 1
	log=$(timeout --kill-after=1 10 qemu-system-x86_64 -M q35 -cpu max \
		-accel kvm -m 512 -nodefaults -display none -no-reboot \
		-serial stdio -kernel "$kroot/boot/vmlinuz-$release" \
		-append "console=ttyS0 panic=-1" < /dev/null 2> /dev/null)
	grep -q 'Kernel panic' <<< "$log"
}

# Tried once per boot of this host.
have_kvm()
{
	local state=$cache/kvm boot_id works=no

	boot_id=$(< /proc/sys/kernel/random/boot_id)
	if ! grep -qs "^$boot_id" "$state"; then
		try_kvm && works=yes
		echo "$boot_id $works" > "$state"
	fi
	grep -q "^$boot_id yes" "$state"
}

qemu_prepare()
{
	kroot=$("$vm/setup.sh" kernel "$kernel") || return 1
	release=${kroot##*/}
	kdir=$kroot/usr/src/linux-headers-$release
	makevars=()
	console=/dev/ttyS0
	ramfs=$(cat "$vm/qemu.sh" "$vm/qemu-init" "$(command -v busybox)" |
		sha256sum | cut -c -16)
	ramfs=$kroot/boot/initramfs-$ramfs
	exclusively "$cache/lock.guest" initramfs || return 1
	slow=6 accel="-accel tcg,thread=single"
	if [ -z "${emulate:-}" ] && exclusively "$cache/lock.guest" have_kvm; then
		slow=2 accel="-accel kvm"
	fi
	printf 'release=%q\nmodules=%q\nguest=%q\n' "$release" \
		"$kroot/lib/modules/$release" "$vm/guest.sh" > "$job/boot"
}

# norandmaps: QEMU can reuse the translated code of a library only if it is
# mapped at the same address. That makes process start three times as fast.
qemu_command()
{
	local share=security_model=none,multidevs=remap
	local append="console=ttyS0 panic=-1 oops=panic log_buf_len=2M loglevel=5"

	# shellcheck disable=SC2206
	guest_command=(qemu-system-x86_64 -M q35 -cpu max $accel -smp 2
		-m 2048 -nodefaults -display none -no-reboot
		-serial stdio -kernel "$kroot/boot/vmlinuz-$release"
		-initrd "$ramfs"
		-append "$append norandmaps $boot"
		-virtfs "local,path=/,mount_tag=root,readonly=on,$share"
		-virtfs "local,path=$job,mount_tag=job,$share" $more)
}
