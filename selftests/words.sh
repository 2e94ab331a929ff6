#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# No file uses a word of its own where the field has one: names of types,
# functions, fields and files, and the words that comments used for them. A
# pattern matches the former meaning alone; plain English is not matched.
# Prints KTAP.
set -u
. "$(dirname "$0")/vm/lib.sh"

# scope: kmod, tools, selftests, code (all three), docs, or all of them
# scope	Perl pattern	the field's word
words=$(sed 's/^#.*//; /^$/d' <<'END'
# the verdict cache
kmod	anygw_knowns?\b|anygw_known_\w+|ANYGW_KNOWN_\w+|->knowns\b|\bknowns\b	vcache
kmod	anygw_(finding|pairing)\b|struct (known|finding|pairing)\b|\bfindings?\b	vcache_entry, vcache_key
code	\bepochs?\b|_epoch\b	cache_gen
kmod	\b\w*(net|port)_moved\b	cache_invalidate
# routes
code	anygw_way\b|\bis_way\b|route_is_way|\bfind_way\b|\bway_for\b|&way\b|\bway(\.|->)\w+|FLOW_WAYS	rt_result, slot
all	\bdead_?hops?\b|NUD_DEAD\b	failed_nh
all	(anygw_|ANYGW_)fate|\bfates?\b	pkttrace
# the fast path
all	witness	bypass
code	\bladen\b|_laden\b|overheard	skb_has_metadata, ptype_all_seen
code	anygw_path\b|ANYGW_PATH_\w+	slow_reason
kmod	anygw_fast_take\b|\b(tell|holds[46]?|keep|put|forget)\((?=\w|$)	receive, learn, valid, hold, replace, gc
code	anygw_hop[46]?\b|anygw_hop_\w+|struct hop[46]\b|\bsums_up\b|\bage[46]?\((?=\w)|core/hop\b	ip_fast_csum, ip_decrease_ttl
# ingress and egress
code	anygw_(hook|edge|leave)_\w+|anygw_leave\b|ANYGW_LEAVE_\w+	ingress, egress, datapath
code	translate_(arrival|departure)|plan_arrival|\w+_departure\b|\bdepart(ure|ing)\w*|arrival_at_vm|struct passage\b|\b(arrive|departure)\(	ingress, egress, deliver, xmit
kmod	\b(enter|find_out|judge|follow|note|share|relay)\((?=\w|$)|_looked_at\b|anygw_hook_judge	process, lookup, slow_path, cache_hit, cache_add, deliver_multicast, forward_reply
code	anygw_act_\w+	anygw_skb_*
all	\bsteer(s|ed|ing)?\b|_steer(ed)?\b|\bsteer_|\bSTEER(ED)?\b|_STEER(ED)?\b	redirect
# neighbour queries
code	anygw_asks?\b|anygw_ask_\w+|struct asks?\b|->asks\b|\bn_asks\b|ASKS_MAX|\bASK_LIFE|F_ASK\b|LEAVE_ASKING	query, query_table
all	\baskers?\b|_asker[46]?\b|anygw_asker	requester
code	(\b|frame_)is_(question|answer)\b|frame_(asked|answered)\b|\basked_hash\b|\bn_questions\b|(?<!FOREIGN)_QUESTIONS?\b|anygw_question|struct question|(?<!STAT)_ANSWER\b|(take|put)_question|(deliver|plan|note)_answer\b|announce_question	is_solicit, is_reply, target_addr
# endpoints
code	\blessons?\b|_lesson\b|LESSON_\w+|(owner|rival)_said\b	learn_src: claimed, observed
all	whereabouts	ep_key
code	anygw_pair\b|anygw_pair_\w+|ANYGW_PAIRS_\w+|\bn_pairs\b|->pairs\b	binding
code	anygw_claim\b|\bn_claims\b|CLAIMS_MAX|CLAIM_TIME|\brivals?\b|_rival\b	addr_conflict, contender
code	anygw_saying\b|\bsayings?\b|\w*SAY_(GATEWAY|ARRIVED|STILL|ASK|NEWS|VM|INTERVAL)\b|->say\b|anygw_end_(say|plan)\b	ep_actions, ep_schedule, EP_PENDING_*
kmod	\bsay\((?=\w|$)	ep_actions, ep_schedule
code	struct sighting\b|\bsightings?\b|endpoint_(seen|heard|noted?|concerned)\b|ANYGW_SEEN_\w+|\btake_note\b|\bwas_heard\b|(seen|fabric|pair)_note\b|\bnote_of\b	ep_rx, ep_rx_access, ep_rx_fabric, ep_update
code	ANYGW_EP_(HERE|TWICE|TOOK)\b	present, MAC flap, moved
kmod	->(seen|heard)\b	last receive event, last fabric event
kmod	->(told|called|reported)\b	last announced, gratuitous, notified
code	\btold_(port|hash)\b|\bwas_spread\b|\bgive_way\b|fib_told\b|endpoint_tell\b	notified, broadcast, yield
# configuration and repair
kmod	\bwish(es)?\b|_wish(es)?\b	port_conf
tools	\bwish(es)?\b|_wish(es)?\b	request
code	anygw_published\b|vlan->pub\b|anygw_gwconf\b|\bgwconf\b	segment_rcu, gateway_conf
kmod	\bmend\w*|_mend\b|MEND_\w+|\bailing\b|->suspect\b|_suspect\b|trusted_until|vlan->stale\b	repair work, repair pending, FDB check, backoff, republish
tools	check_mend\b|(->|\.)mend\b|struct mend|\bmend(ing|s|ed)\b	fix
code	(->|\.)misplaced\b|(->|\.)leaving\b|->closed\b|port->gone\b|(->|\.)speaks\b|\bspeaks\(|\bblames?\b|_blame\b	vlan_mismatch, dying, dead, announced, bad_attr
code	rehost|[Rr]eaddress|READDRESS	*_update_host_mac, *_addr_event
kmod	\banygw_\w+_follow\b|anygw_\w+_ready\b	*_bridge_event, announce_vms
code	\bbr_(own|disown|join|leave)\b|anygw_br_(own|disown|join|leave)\b	br_fdb_add_local, br_fdb_del_local, br_vlan_add_self, br_vlan_del_self
kmod	\bbury\b|->(kicked|ran)\b|anygw_peer_(heard|review|look)\b|beacon_bye\b|\b(look|review|bye)\(|(news_of|take_news|bury)\(	check, free, event, pending, last run, kick, goodbye
code	(->|\.)hidden\b	exthdr_truncated
code	anygw_(device|check|nlend)_\w+	gateway, notify
# the tool
tools	\bundress\w*|\bkeepers?\b|\bwhose_|struct whose\b|\bguard_\w+\(|\bspares\b|\bspares_\w+|\bhear(_\w+)?\(|\broom\(\)|struct room\b|\*said\b|\bsaid\)	unmap v4, daemon, owner, input filter, accepts, recv, buffer, reported
# the tests
selftests	\bscen(e|es|ery)\b|_scenes?\b|\bSCENES?\b|_SCENES?\b	test
docs	\b[Ss]cenes?\b	test
selftests	\bKINDS?\b|\bkinds? of bridges?\b|\b(all|which|each) kinds\b	variant
docs	\bkinds? of bridges?\b	variant
all	ground_rules|\bobey\b|obey\.sh|\btwins?\b	sysctl set-up, agent command, duplicate address
selftests	verdict\.sh	assertions
# English
all	(?i)\b(whom|nobody|somebody)\b|(?<!its )way out\b|\bways out\b|\bway in\b(?! which)	host, VM, station, egress, ingress
END
)

# Comments here are left alone: kernels are cached by the hash of these files.
unsearched=(':!selftests/vm/debug-um.config' ':!selftests/vm/debug-um-full.config')

# Files that have another name now, by folder
files='kmod/(act|ask|check|device|edge|end(pair|say|seen|table)|failed|fast|fate|hook|known|leave|nd|nl(endpoint|gateway|msg|read|trace)|witness)\.[ch]
kmod/core/(access|fabric|verdict|hop)\.[ch]
tools/(addr|args|change|check\w*|device|diag|endpoint|file|gateway|genl|guard|gw\w*|host\w*|hr\w+|iptables|metrics|monitor|neigh|netns|nl|out|peer|plan|port|route|rtnl|ruleset|stats|trace\w*|value)\.[ch]
selftests/net/(lib[^/]*|topology|routers|verdict|frr|endage)\.sh
selftests/net/wire[^/]*\.[ch]
selftests/(vm/scenes|live/(obey|twins))\.sh
selftests/unit/scenery\.c'

paths()
{
	case $1 in
	code) echo "kmod tools selftests" ;;
	docs) echo "README Documentation Makefile" ;;
	all) echo "kmod tools selftests README Documentation Makefile Kbuild .ci" ;;
	*) echo "$1" ;;
	esac
}

search()
{
	local scope pattern word

	while IFS=$'\t' read -r scope pattern word; do
		# shellcheck disable=SC2046
		git -C "$top" grep -nPI -e "$pattern" -- $(paths "$scope") \
			':!selftests/words.sh' "${unsearched[@]}" |
			sed -E "s|^([^:]+:[0-9]+):\s*|\1: ${word//|/}: |"
	done <<< "$words"
	git -C "$top" ls-files | grep -xE "$files" |
		sed 's|$|:0: the file has another name now|'
}

echo "TAP version 13"
echo "1..1"
found=$(search)
if [ -z "$found" ]; then
	echo "ok 1 the field's words are used"
	exit 0
fi
sort -t : -k 1,1 -k 2,2n <<< "$found" | cut -c -160 | sed 's/^/# /'
echo "not ok 1 the field's words are used"
exit 1
