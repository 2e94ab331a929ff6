# SPDX-License-Identifier: GPL-2.0
#
# Run something that prints KTAP, and judge the whole of it: what it planned,
# what it said, and how it ended.

# result WORD NAME: one line of this run's own
result() { printf '%s %s\n' "$1" "$2"; }

# verdict STATUS NAME [FILE]: a numbered one, of a test that prints its own KTAP;
# FILE says more if it failed. The test ends with $failed.
number=0 failed=0
verdict()
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

# What went wrong, below a verdict
excerpt()
{
	head -n "${1:-30}" | cut -c -200 | sed 's/^/#   /'
}

# Reads KTAP and prints each of its verdicts under the name NAME, with the
# remarks that came before a failed one. Leaves the count in $ktap.
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

# ktap_run NAME FILE SECONDS COMMAND...: the raw output goes to FILE. Nonzero
# when the whole is not a success.
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
	0) [ "$bad" = 0 ] || wrong="ended with 0 in spite of $bad failures" ;;
	1) [ "$bad" != 0 ] || wrong="failed without saying in what" ;;
	4) [ $((seen + skips)) != 0 ] || wrong="skipped without a word" ;;
	124 | 137) wrong="was ended after $limit s" ;;
	*) [ "$bad" != 0 ] || wrong="ended with status $rc" ;;
	esac
	if [ -z "$wrong" ] && [ "$plan" != "$seen" ]; then
		wrong="planned $plan tests and gave $seen verdicts"
	elif [ -z "$wrong" ] && [ $((seen + skips)) = 0 ]; then
		wrong="tested nothing"
	fi
	if [ -n "$wrong" ]; then
		excerpt 12 < <(tail -n 12 "$file.err")
		result "not ok" "$name: $wrong"
	fi
	[ -s "$file.err" ] || rm -f "$file.err"
	[ -z "$wrong" ] && [ "$bad" = 0 ]
}
