// SPDX-License-Identifier: GPL-2.0
/*
 * The table of commands. Dispatch, usage, help, completion and the synopsis
 * of the manual page come from here, and a test compares them.
 */
#include "cli/commands.h"
#include "cmds.h"
#include "config/plan.h"

#define SETTINGS							\
	"[ coexist { on | off } ] [ fallback { on | off } ] "		\
	"[ mode { active | standby | observe } ] [ fastpath { on | off } ] "	\
	"[ endpoints N ]"

/* The commands in a file are rows of this table, too. */
static int apply(const struct args *args)
{
	return cmd_apply(args, cmds);
}

const struct cmd cmds[] = {
	{ "host", "show", "",
	  "Show this host's identity on the fabric.",
	  cmd_host_show, NULL },
	{ "host", "set", "{ mac MAC | beacon { on | off } }",
	  "Set the host MAC, or turn the beacon to other hosts on or off.",
	  cmd_host_set, plan_host_set },
	{ "port", "show", "[ dev PORT ]",
	  "Show bridge ports and their roles.",
	  cmd_port_show, NULL },
	{ "port", "set",
	  "dev PORT [ role { auto | access | fabric } ] [ endpoints N ]",
	  "Set the role and the endpoint limit of a bridge port.",
	  cmd_port_set, plan_port_set },
	{ "gateway", "add",
	  "bridge BR [ vlan VID ] [ name IF ] "
	  "[ mac MAC | vrrp VRID | vrrp6 VRID | hsrp GROUP | hsrp2 GROUP | "
	  "hsrp6 GROUP | glbp GROUP.FORWARDER ] "
	  "[ address ADDR/LEN ]... [ host-address ADDR/LEN ]... [ vrf VRF ] "
	  SETTINGS,
	  "Add a gateway to a bridge and VLAN.",
	  cmd_gateway_add, plan_gateway_add },
	{ "gateway", "set",
	  "dev IF [ name IF ] [ address { ADDR/LEN | none } ]... "
	  "[ host-address { ADDR/LEN | none } ]... [ vrf { VRF | none } ] "
	  SETTINGS,
	  "Change a gateway; settings that are not named stay.",
	  cmd_gateway_set, plan_gateway_set },
	{ "gateway", "del", "{ dev IF | bridge BR vlan VID }",
	  "Delete a gateway.",
	  cmd_gateway_del, plan_gateway_del },
	{ "gateway", "show", "[ dev IF | bridge BR [ vlan VID ] ]",
	  "Show gateways.",
	  cmd_gateway_show, NULL },
	{ "endpoint", "show", "[ dev IF ]",
	  "Show the VMs behind access ports.",
	  cmd_endpoint_show, NULL },
	{ "endpoint", "flush", "[ dev IF ]",
	  "Flush endpoints, which are learned again.",
	  cmd_endpoint_flush, NULL },
	{ "peer", "show", "",
	  "Show other anygw hosts, and where their settings differ.",
	  cmd_peer_show, NULL },
	{ "monitor", NULL, "[ gateway | port | endpoint | peer | conflict ]",
	  "Print events until interrupted.",
	  cmd_monitor, NULL },
	{ "trace", NULL, "dev IF from ADDR to ADDR",
	  "Show what happens to a packet of a VM, and why.",
	  cmd_trace, NULL },
	{ "check", NULL, "",
	  "Check the setup of this host, and show how to fix it.",
	  cmd_check, NULL },
	{ "metrics", NULL, "",
	  "Print settings and counters in OpenMetrics text format.",
	  cmd_metrics, NULL },
	{ "hostroutes", NULL, "[ table N ]",
	  "Maintain host routes to local endpoints until interrupted.",
	  cmd_hostroutes, NULL },
	{ "save", NULL, "",
	  "Print the commands that restore the current state.",
	  cmd_save, NULL },
	{ "apply", NULL, "FILE [ dry-run ]",
	  "Apply a file of commands.",
	  apply, NULL },
	{ 0 },
};
