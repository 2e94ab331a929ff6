# SPDX-License-Identifier: GPL-2.0

KVER ?= $(shell uname -r)
KDIR ?= /lib/modules/$(KVER)/build
OUT ?= build/$(KVER)
PREFIX ?= /usr/local
DESTDIR ?=

out := $(abspath $(OUT))
sources := kmod/compat.sh $(shell find kmod selftests/unit -name '*.[ch]')

# Kbuild builds beside the sources: each kernel gets a tree of links to them.
links := $(addprefix $(out)/,Kbuild $(sources))

.PHONY: all module tool unit check check-all check-vm check-tree headers-audit \
	fuzz demo demo-vm bench install clean help

all: module tool

module: $(links)
	@test -e $(KDIR)/Makefile || { \
		echo "There are no kernel headers in $(KDIR)." >&2; \
		echo "On Debian: apt-get install linux-headers-$(KVER)" >&2; \
		echo "Or name others with KVER= or KDIR=." >&2; exit 1; }
	$(MAKE) -C $(KDIR) M=$(out) $(if $(ARCH),ARCH=$(ARCH)) modules

$(links): $(out)/%: | %
	@mkdir -p $(@D)
	@ln -sf $(abspath $*) $@

# One tool serves all kernels; a link to it lies beside each module.
tool:
	@mkdir -p build $(out)
	flock build/.tool.lock $(MAKE) -C tools OUT=$(abspath build)
	@ln -sf $(abspath build)/anygwctl $(out)/anygwctl

unit:
	$(MAKE) -C selftests/unit OUT=$(abspath build/unit) run

check:
	selftests/check.sh

check-all:
	selftests/check.sh -a

check-vm:
	selftests/check.sh live

check-tree:
	@test -n "$(KTREE)" || { \
		echo "Say which source tree: make check-tree KTREE=PATH" >&2; exit 1; }
	selftests/check.sh "tree:$(KTREE)"

# Without KTREE, of the kernel to build for. Debian has its headers in "source".
headers-audit:
	@kmod/compat.sh -a "$(or $(KTREE),$(if $(filter file,$(origin KDIR)),$(wildcard \
		/lib/modules/$(KVER)/source)),$(KDIR))"

fuzz:
	SEED=$(SEED) FRAMES=$(FRAMES) selftests/fuzz/hours.sh

demo:
	selftests/demo/demo.sh

demo-vm:
	selftests/live/demo.sh

bench:
	selftests/bench/bench.sh

install: all
	install -D -m 644 $(out)/anygw.ko \
		$(DESTDIR)/lib/modules/$(KVER)/updates/anygw.ko
	$(if $(DESTDIR),,depmod $(KVER))
	$(MAKE) -C tools OUT=$(abspath build) PREFIX=$(PREFIX) DESTDIR=$(DESTDIR) install

clean:
	rm -rf build results

help:
	@echo 'make              build the module and anygwctl for the running kernel'
	@echo 'make KVER=RELEASE  build for the headers package of that kernel'
	@echo 'make KDIR=TREE     build for any other kernel tree'
	@echo '                   the module goes to OUT, default build/RELEASE,'
	@echo '                   the tool to build'
	@echo 'make install      install both, and the manual page (as root)'
	@echo 'make demo         show a migration with and without anygw (as root)'
	@echo 'make demo-vm      the same with a real VM, which QEMU migrates (as root)'
	@echo 'make check        run all tests (as root)'
	@echo 'make check-all    the same, with every bridge variant on every kernel'
	@echo 'make check-vm     of these only what migrates a real VM (as root)'
	@echo 'make check-tree KTREE=PATH   the tests of the debug kernel, on one that is'
	@echo '                  built from a source tree (as root)'
	@echo 'make headers-audit KTREE=PATH   what the module finds in the headers of a'
	@echo '                  kernel tree, or of KVER'
	@echo 'make fuzz         send frames at random until one breaks a rule (as root)'
	@echo '                  SEED= begins with that seed, FRAMES= are sent to a guest'
	@echo 'make bench        measure what a packet costs, beside other designs (as root)'
	@echo 'make unit         run the unit tests of the packet core, on this host'
	@echo 'make clean        remove what was built'
