# SPDX-License-Identifier: GPL-2.0
#
# Run a program that prints KTAP and check its plan, its results and its exit
# status against one another.

# result WORD NAME: print a result without a number
result() { printf '%s %s\n' "$1" "$2"; }

# test_result STATUS NAME [FILE]: print a numbered result, and FILE if it is a
# failure. The caller exits with $failed.
number=0 failed=0
test_result()
{
	number=$((number + 1))
	if [ "$1" = 0 ]; then
		echo "ok $number $2"
		return
	fi
	[ ! -s "${3:-}" ] || head -n 20 "$3" | sed 's/^/# /'
	echo "not ok $number $2"
	failed=1
}

# excerpt [LINES]: standard input as diagnostics
excerpt()
{
	head -n "${1:-30}" | cut -c -200 | sed 's/^/#   /'
}

# ktap_relay NAME: read KTAP and print each result under NAME, a failure after
# its diagnostics. The counts are written to $ktap.
ktap_relay()
{
	local name=$1 line text notes=() plan=0 seen=0 bad=0 skips=0

	while IFS= read -r line; do
		if [[ $line =~ ^(ok|not\ ok)\ [0-9]*\ *(- )?(.*)$ ]]; then
			text=${BASH_REMATCH[3]}
			seen=$((seen + 1))
			[ "${BASH_REMATCH[1]}" = ok ] || bad=$((bad + 1))
			[ "${BASH_REMATCH[1]}" = ok ] || [ ${#notes[@]} = 0 ] ||
				printf '%s\n' "${notes[@]}" | tail -n 40
			result "${BASH_REMATCH[1]}" "$name: $text"
			notes=()
		elif [[ $line =~ ^1\.\.([0-9]+)(.*SKIP(.*))?$ ]]; then
			plan=$((plan + BASH_REMATCH[1]))
			if [ -n "${BASH_REMATCH[2]}" ]; then
				skips=$((skips + 1))
				result ok "$name # SKIP${BASH_REMATCH[3]}"
			fi
		elif [[ $line =~ ^Bail\ out ]]; then
			bad=$((bad + 1))
			result "not ok" "$name: $line"
		elif [[ $line == [#\ ]* ]]; then
			notes+=("#   ${line#\# }")
		fi
	done
	echo "$plan $seen $bad $skips" > "$ktap"
}

# ktap_run NAME FILE SECONDS COMMAND...: the raw output is kept in FILE. Returns
# 0 if everything passed.
ktap_run()
{
	local name=$1 file=$2 limit=$3 rc plan seen bad skips wrong=
	local ktap=$2.count

	shift 3
	{
		timeout --kill-after=10 "$limit" "$@" 2> "$file.err"
		echo $? > "$file.rc"
	} < /dev/null | tee "$file" | ktap_relay "$name"
	rc=$(< "$file.rc")
	read -r plan seen bad skips < "$ktap"
	rm -f "$ktap" "$file.rc"

	case $rc in
	0) [ "$bad" = 0 ] || wrong="exit status 0 with $bad failures" ;;
	1) [ "$bad" != 0 ] || wrong="exit status 1 without a failure" ;;
	4) [ $((seen + skips)) != 0 ] || wrong="exit status 4 without a skip" ;;
	124 | 137) wrong="timed out after $limit s" ;;
	*) [ "$bad" != 0 ] || wrong="exit status $rc" ;;
	esac
	if [ -z "$wrong" ] && [ "$plan" != "$seen" ]; then
		wrong="planned $plan tests, reported $seen"
	elif [ -z "$wrong" ] && [ $((seen + skips)) = 0 ]; then
		wrong="no tests"
	fi
	if [ -n "$wrong" ]; then
		excerpt 12 < <(tail -n 12 "$file.err")
		result "not ok" "$name: $wrong"
	fi
	[ -s "$file.err" ] || rm -f "$file.err"
	[ -z "$wrong" ] && [ "$bad" = 0 ]
}
