#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Test anygwctl without the module: error messages and exit codes, files of
# commands, and that usage, completion and manual page match the command table.
#
#	cli.sh [ANYGWCTL]	without one, it builds one with sanitizers
#
# Prints KTAP.
set -u
export LC_ALL=C
export ASAN_OPTIONS=exitcode=99 UBSAN_OPTIONS=halt_on_error=1:exitcode=99

tools=$(cd "$(dirname "$0")/.." && pwd)
man=$tools/../Documentation/anygwctl.8
reasons=$tools/../kmod/core/reasons.h
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
number=0 failed=0

# result STATUS NAME
result()
{
	# Names stay the same from one run to the next.
	local name=${2//$tmp/TMP}

	number=$((number + 1))
	if [ "$1" = 0 ]; then
		echo "ok $number - $name"
		return
	fi
	sed 's/^/# /' "$tmp/why" "$tmp/err" 2> /dev/null | head -n 30
	echo "not ok $number - $name"
	failed=1
}

skip()
{
	number=$((number + 1))
	echo "ok $number - $1 # SKIP $2"
}

build()
{
	make -s -C "$tools" OUT="$tmp/build" \
		CFLAGS='-O1 -g -fsanitize=address,undefined -fno-sanitize-recover' \
		> "$tmp/build.log" 2>&1
}

run()
{
	"$ctl" "$@" > "$tmp/out" 2> "$tmp/err"
	rc=$?
}

# fails CODE TEXT WORDS...: the exit code is CODE, stderr has TEXT
fails()
{
	local code=$1 text=$2

	shift 2
	run "$@"
	{
		echo "exit code $rc, expected $code; expected text: $text"
	} > "$tmp/why"
	[ "$rc" = "$code" ] && [ ! -s "$tmp/out" ] &&
		grep -q '^anygwctl: ' "$tmp/err" &&
		grep -qF -- "$text" "$tmp/err"
	result $? "$* : $text"
}

# prints TEXT WORDS...: exit code 0, stdout has TEXT
prints()
{
	local text=$1

	shift
	run "$@"
	echo "exit code $rc, expected 0, and text: $text" > "$tmp/why"
	[ "$rc" = 0 ] && grep -qF -- "$text" "$tmp/out"
	result $? "$* : $text"
}

same()
{
	: > "$tmp/err"
	diff -u "$1" "$2" > "$tmp/why"
	result $? "$3"
}

# ---------------------------------------------------------------- words

objects()
{
	fails 1 '"foo"' foo
	fails 1 '"gone"' peer gone
	fails 1 '"dev"' peer show dev gw10
	fails 1 'needs show' peer
	fails 1 '"sh"' sh
	fails 1 'needs show, set' host
	fails 1 'needs show, flush' endpoint
	fails 1 '"frob"' gateway frob
	fails 1 'ambiguous word "s"' gateway s
	fails 1 '"gw"' gw show
	fails 1 'ambiguous word "m"' m
	fails 1 'unknown option "-x"' -x host show
	fails 1 'needs NETNS' -n
	fails 1 '"no-such-namespace"' -n no-such-namespace host show
	fails 1 '"../evil"' -n ../evil host show
	fails 1 'unknown word ""' ''
	run
	echo "exit code $rc" > "$tmp/why"
	[ "$rc" = 1 ] && grep -q '^Usage: anygwctl' "$tmp/err"
	result $? "no word at all: the usage"
}

keywords()
{
	fails 1 '"vlna"' gateway add bridge br0 vlna 10
	fails 1 '"bridge"' gateway add vlan 10
	fails 1 '"vlan" needs VID' gateway add bridge br0 vlan
	fails 1 '"mode" needs active' gateway add bridge br0 mode
	fails 1 '"activ"' gateway add bridge br0 mode activ
	fails 1 '"yes"' gateway set dev gw10 coexist yes
	fails 1 '"bridge" is given twice' gateway add bridge br0 bridge br1
	fails 1 '"mac" and "vrrp"' gateway add bridge br0 \
		mac 02:00:00:00:00:01 vrrp 1
	fails 1 '"bridge"' gateway set dev gw10 bridge br0
	fails 1 '"vlan"' gateway set dev gw10 vlan 5
	fails 1 '"mac"' gateway set dev gw10 mac 02:00:00:00:00:01
	fails 1 '"dev"' gateway set mode active
	fails 1 '"dev" or "bridge"' gateway del
	fails 1 '"vlan"' gateway del bridge br0
	fails 1 '"bridge"' gateway del vlan 10
	fails 1 '"dev" and "bridge"' gateway del dev gw10 bridge br0
	fails 1 '"bridge"' gateway show vlan 10
	fails 1 '"gw10"' gateway show gw10
	fails 1 '"role"' port set dev tap0
	fails 1 '"uplink"' port set dev tap0 role uplink
	fails 1 '"endpoints" needs N' port set dev tap0 endpoints
	fails 1 '"gw10"' endpoint show gw10
	fails 1 '"bridge"' endpoint flush bridge br0
	fails 1 '"mac" or "beacon"' host set
	fails 1 '"mac" and "beacon"' host set mac 0a:61:6e:00:00:01 beacon on
	fails 1 '"all"' monitor all
	fails 1 '"port"' monitor gateway port
	fails 1 '"FILE"' apply
	fails 1 '"twice"' apply file twice
	fails 1 '"now"' save now
	fails 1 '"dev"' check dev gw10
	fails 1 '"all"' metrics all
	fails 1 '"dev"' trace from 10.0.0.1 to 10.0.0.2
	fails 1 '"to"' trace dev gw10 from 10.0.0.1
	fails 1 '"from" needs ADDR' trace dev gw10 from
	fails 1 '"via"' trace dev gw10 from 10.0.0.1 to 10.0.0.2 via 10.0.0.3
	fails 1 '"table" needs N' hostroutes table
	fails 1 '"100"' hostroutes 100
}

values()
{
	local word

	for word in 02:00:00:00:00 02:00:00:00:00:0g 02-00-00-00-00-01 \
		02:00:00:00:00:01: 2:0:0:0:0:1 01:00:5e:00:00:01 \
		00:00:00:00:00:00; do
		fails 1 "\"$word\"" gateway add bridge br0 mac $word
		fails 1 "\"$word\"" host set mac $word
	done
	for word in 4095 -1 10a 0x10 99999999999999999999; do
		fails 1 "\"$word\"" gateway add bridge br0 vlan $word
		fails 1 "0 to 4094" gateway del bridge br0 vlan $word
	done
	for word in 0 -1 32768 x 1.5 99999999999999999999; do
		fails 1 "\"$word\"" port set dev tap0 endpoints $word
		fails 1 "1 to 32767" gateway add bridge br0 endpoints $word
		fails 1 "\"$word\"" gateway set dev gw10 endpoints $word
	done
	for word in 10.0.0.1 10.0.0.1/ 10.0.0.1/0 10.0.0.1/33 10.0.0/24 \
		10.0.0.256/24 10.0.0.0/24 10.0.0.255/24 0.0.0.1/8 \
		127.0.0.1/8 224.0.0.1/24 fe80::1 fe80::1/129 ff02::1/64 \
		::/64 ::1/128 ::ffff:10.0.0.1/120 10.0.0.1/24/24 none ''; do
		fails 1 "\"$word\"" gateway add bridge br0 address "$word"
		fails 1 "\"$word\"" gateway add bridge br0 host-address "$word"
	done
	fails 1 '"10.0.0.1/25"' gateway add bridge br0 \
		address 10.0.0.1/24 address 10.0.0.1/25
	fails 1 '"10.0.0.3/24"' gateway add bridge br0 \
		host-address 10.0.0.2/24 host-address 10.0.0.3/24
	fails 1 '"10.0.0.1/24"' gateway add bridge br0 \
		address 10.0.0.1/24 host-address 10.0.0.1/24
	fails 1 'none' gateway set dev gw10 address none address 10.0.0.1/24
	fails 1 '"fe80::2/64"' gateway add bridge br0 host-address fe80::2/64
	for word in 10.0.0.256 10.0.0 gw10 0.0.0.1 127.0.0.1 224.0.0.1 ff02::1 \
		:: ::1 ::ffff:10.0.0.1 10.0.0.1/24 fd00::1/64 ''; do
		fails 1 "\"$word\"" trace dev gw10 from "$word" to 10.0.0.1
		fails 1 "\"$word\"" trace dev gw10 from 10.0.0.1 to "$word"
	done
	fails 1 '"10.0.0.1" and "fd00::1"' trace dev gw10 from 10.0.0.1 to fd00::1
	fails 1 '"a/b"' trace dev a/b from 10.0.0.1 to 10.0.0.2
	for word in 0 -1 main 4294967296 99999999999999999999; do
		fails 1 "\"$word\"" hostroutes table "$word"
	done
	fails 1 '"255"' hostroutes table 255
	for word in sixteen-letters- a/b . .. 'a b' a:b ''; do
		fails 1 "\"$word\"" gateway add bridge "$word"
		fails 1 "\"$word\"" gateway add bridge br0 name "$word"
		fails 1 "\"$word\"" gateway show dev "$word"
		fails 1 "\"$word\"" port set dev "$word" role auto
		fails 1 "\"$word\"" endpoint show dev "$word"
	done
}

routers()
{
	fails 1 '1 to 255' gateway add bridge br0 vrrp 0
	fails 1 '1 to 255' gateway add bridge br0 vrrp6 256
	fails 1 '0 to 255' gateway add bridge br0 hsrp 256
	fails 1 '0 to 4095' gateway add bridge br0 hsrp2 4096
	fails 1 '0 to 4095' gateway add bridge br0 hsrp6 4096
	local word

	for word in 1024.1 0.0 0.5 5 .1 1. 1.1.1 x.1 00001024.1; do
		fails 1 "\"$word\"" gateway add bridge br0 glbp $word
	done
}

# ---------------------------------------------------------------- files

# file TEXT CODE PLACE WORD
file()
{
	printf '%b' "$1" > "$tmp/f"
	fails "$2" "$tmp/f:$3: " apply "$tmp/f"
	grep -qF -- "$4" "$tmp/err"
	result $? "line $3 of a file: $4"
}

files()
{
	local good='# a comment\n\n \t# another\nhost set beacon off # off\n'

	fails 1 'No such file' apply "$tmp/none"
	fails 1 'Cannot read' apply "$tmp"
	file "${good}gateway add bridge br0 adress 10.0.0.1/24\n" 1 5 '"adress"'
	file "${good}gateway add bridge br0 vlan 5000" 1 5 '"5000"'
	file "foo\n$good" 1 1 '"foo"'
	file "${good}gateway show\n" 1 5 '"gateway show"'
	file "${good}anygwctl gateway add bridge br0\n" 1 5 '"anygwctl"'
	file "${good}save\n" 1 5 '"save"'
	file "${good}gateway help\n" 1 5 '"gateway help"'
	file "${good}port set dev a role b\nbad\n" 1 5 '"b"'
	file "port\n" 1 1 'needs'
	file "host set beacon on\0 off\n" 1 1 'not text'
	file "$(printf 'address %.0s' {1..600})\n" 1 1 'more than'
	fails 1 '-:1: missing word' apply - <<< 'gateway del dev'
}

# ---------------------------------------------------------------- no module

no_module()
{
	local words

	if [ -e /sys/module/anygw ]; then
		skip "without the module" "it is loaded"
		return
	fi
	printf 'host set beacon off\n' > "$tmp/f"
	while read -r -a words; do
		fails 3 'not loaded' "${words[@]}"
	done <<- END
		host show
		-j host show
		host set mac 0a:61:6e:00:00:01
		peer show
		port show
		port show dev lo
		port set dev lo role access
		port set dev lo endpoints 7
		endpoint show
		-j endpoint show dev lo
		endpoint flush
		gateway show
		gateway show bridge br0 vlan 10
		gateway add bridge br0 vlan 4094 address 10.0.0.1/24 address fe80::1/64 host-address 10.0.0.2/24 mode standby
		gateway add bridge br0 vrrp 255
		gateway add bridge br0 glbp 1023.4
		gateway set dev lo address none host-address none vrf none
		gateway set dev lo host-address 0.0.0.0/0
		gateway del dev lo
		gateway del bridge br0 vlan 0
		monitor
		monitor endpoint
		check
		-j -o check
		metrics
		trace dev lo from 10.0.0.1 to 10.0.0.2
		-j trace dev lo to fd00::1 from fd00::2
		c
		me
		hostroutes
		hostroutes table 4294967295
		save
		apply $tmp/f
		apply $tmp/f dry-run
		g d dev lo
		-json -p --statistics -d -oneline -t po sh
	END
}

# ---------------------------------------------------------------- one table

# The keywords of a row of the table, and the choices of a keyword
keywords_of()
{
	awk '{
		for (i = skip + 1; i <= NF; i++) {
			if ($i == "{" && $(i - 1) ~ /^[a-z]/ && i > skip + 1)
				while ($i != "}")
					i++
			else if ($i ~ /^[a-z]/)
				print $i
		}
	}' skip="$2" <<< "$1"
}

choices_of()
{
	awk '{
		for (i = skip + 1; i <= NF; i++) {
			if ($i != word || $(i + 1) != "{")
				continue
			for (i += 2; $i != "}"; i++)
				if ($i ~ /^[a-z]/)
					print $i
		}
	}' skip="$2" word="$3" <<< "$1"
}

offers()
{
	"$ctl" complete "$@" 2> "$tmp/err" | sort
}

completion_of_row()
{
	local row=$1 words keyword
	local -a head

	read -r -a words <<< "$row"
	head=("${words[1]}")
	case ${words[1]} in
	host | port | gateway | endpoint) head+=("${words[2]}") ;;
	esac
	{
		keywords_of "$row" $((${#head[@]} + 1))
		echo help
		[[ $row != *FILE* ]] || echo @file
	} | sort > "$tmp/a"
	offers "${head[@]}" '' > "$tmp/b"
	same "$tmp/a" "$tmp/b" "completion offers the words of: ${head[*]}"
	for keyword in $(keywords_of "$row" $((${#head[@]} + 1))); do
		choices_of "$row" $((${#head[@]} + 1)) "$keyword" | sort \
			> "$tmp/a"
		[ -s "$tmp/a" ] || continue
		offers "${head[@]}" "$keyword" '' | grep -vx '[^a-z].*' \
			> "$tmp/b"
		# Names of devices may stand beside the words.
		comm -23 "$tmp/a" "$tmp/b" > "$tmp/c"
		: > "$tmp/d"
		same "$tmp/d" "$tmp/c" \
			"completion offers what ${head[*]} $keyword takes"
	done
}

# Join wrapped text, so that each row is on one line.
rows_of()
{
	tr -s ' \n' ' ' | sed 's/ *anygwctl /\nanygwctl /g; s/ *$/\n/' |
		sed '/^$/d'
}

one_table()
{
	local row object

	"$ctl" -o help > "$tmp/rows"
	cut -d ' ' -f 2,3 "$tmp/rows" | sed 's/ [^a-z].*//; s/ FILE//; s/^trace .*/trace/' \
		> "$tmp/a"
	printf '%s\n' 'host show' 'host set' 'port show' 'port set' \
		'gateway add' 'gateway set' 'gateway del' 'gateway show' \
		'endpoint show' 'endpoint flush' 'peer show' \
		monitor trace check metrics hostroutes save apply > "$tmp/b"
	same "$tmp/b" "$tmp/a" "the table has these commands"

	"$ctl" help | sed -n 's/^Usage: //; /^Options/q; p' | sed 1d |
		grep -v '^           [A-Z]' | rows_of > "$tmp/usage"
	same "$tmp/rows" "$tmp/usage" "the usage is the table"

	for object in $(cut -d ' ' -f 2 "$tmp/rows" | uniq); do
		grep "^anygwctl $object\b" "$tmp/rows" > "$tmp/a"
		"$ctl" -o "$object" help > "$tmp/b"
		same "$tmp/a" "$tmp/b" "help of $object is its rows"
		prints 'Usage: anygwctl' "$object" help
	done
	while IFS= read -r row <&9; do
		completion_of_row "$row"
	done 9< "$tmp/rows"

	sed -n '/^\.Sh SYNOPSIS/,/^\.Sh DESCRIPTION/p' "$man" |
		sed '/^\.Sh/d; /^\.Op Ar OPTIONS/d' |
		sed 's/^\.Nm/anygwctl/; s/^\.[CA][mr] //' | rows_of \
		> "$tmp/man"
	same "$tmp/rows" "$tmp/man" "the manual page's synopsis is the table"
}

manual()
{
	local word

	for word in $("$ctl" help | sed -n 's/.* -\([a-zA-Z]\)|--\([a-zA-Z]*\) .*/\1:\2/p'); do
		grep -q "^\.It Fl ${word%:*} , Fl Fl ${word#*:}\( \|$\)" "$man"
		result $? "the manual page has the option -$word"
	done
	/usr/bin/python3 - "$reasons" > "$tmp/a" <<- 'END'
		import re
		import sys

		text = open(sys.argv[1]).read().replace("\\\n", "")
		rows = re.findall(r'X\(\w+,\s*"([^"]+)",\s*"([^"]+)"\)', text)
		for name, sentence in rows:
		    if name != "none":
		        print(f".It {name}")
		        print(sentence[0].upper() + sentence[1:] + ".")
	END
	sed -n '/^\.Sh DROPS/,/^\.El/p' "$man" | sed '1,/^\.Bl/d; /^\.El/d' \
		> "$tmp/b"
	same "$tmp/a" "$tmp/b" "the manual page has the module's reasons"
	if ! type mandoc > "$tmp/why" 2>&1; then
		skip "the manual page is well formed" "there is no mandoc"
		return
	fi
	mandoc -T lint -W warning "$man" > "$tmp/why" 2>&1
	result $? "the manual page is well formed"
}

# The words that bash would offer to complete a line
typed()
{
	local COMP_LINE=$1 COMP_POINT=${#1}
	local COMPREPLY=()

	_anygwctl
	[ ${#COMPREPLY[@]} = 0 ] ||
		printf '%s\n' "${COMPREPLY[@]}" | sort | tr '\n' ' '
}

shell()
{
	local line want got

	mkdir -p "$tmp/bin" "$tmp/dir"
	ln -sf "$ctl" "$tmp/bin/anygwctl"
	touch "$tmp/dir/file one" "$tmp/dir/file-two"
	local PATH=$tmp/bin:$PATH

	# shellcheck source=/dev/null
	. "$tools/anygwctl.bash-completion"
	while IFS='|' read -r line want; do
		got=$(typed "$line")
		echo "got $got" > "$tmp/why"
		[ "$got" = "$want" ]
		result $? "the shell completes: $line"
	done <<- END
		anygwctl |apply check endpoint gateway help host hostroutes metrics monitor peer port save trace 
		anygwctl ga|gateway 
		anygwctl -j -s gat|gateway 
		anygwctl gateway |add del help set show 
		anygwctl gateway add bridge br0 mac 02:00:00:00:00:01 mo|mode 
		anygwctl gateway add bridge br0 vrrp 1 m|mode 
		anygwctl gateway add bridge br0 mode st|standby 
		anygwctl gateway add bridge br0 address 10.0.0.1/24 ad|address 
		anygwctl host set beacon |off on 
		anygwctl apply $tmp/dir/fi|$tmp/dir/file one $tmp/dir/file-two 
		anygwctl apply x dr|dry-run 
		anygwctl tr|trace 
		anygwctl trace dev gw10 |from to 
		anygwctl foo |
		anygwctl gateway add bridge br0 bridge |
	END
	run complete
	[ "$rc" = 0 ]
	result $? "nothing to complete is no error"
}

options()
{
	prints 'anygwctl 1' -V
	prints 'Usage: anygwctl' -h
	prints 'Usage: anygwctl' --help
	prints 'Usage: anygwctl' -j help
	prints 'gateway add' gateway add help
	prints 'apply FILE' apply help
	run help
	"$ctl" help > /dev/full 2> "$tmp/err"
	rc=$?
	echo "exit code $rc" > "$tmp/why"
	[ "$rc" = 2 ] && grep -q 'Cannot write' "$tmp/err"
	result $? "a full disk is no success"
}

echo "KTAP version 1"
ctl=${1:-}
if [ -z "$ctl" ]; then
	if ! build; then
		sed 's/^/# /' "$tmp/build.log"
		echo "Bail out! anygwctl cannot be built"
		exit 1
	fi
	ctl=$tmp/build/anygwctl
fi
ctl=$(realpath "$ctl")
: > "$tmp/err"
objects
keywords
values
routers
files
no_module
options
one_table
manual
shell
echo "1..$number"
exit $failed
