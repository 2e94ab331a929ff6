// SPDX-License-Identifier: GPL-2.0
/*
 * The table of commands. Dispatch, usage, help, completion and the synopsis
 * of the manual page come from here, and a test compares them.
 */
#include "check/check.h"
#include "cmds.h"
#include "config/file.h"
#include "config/plan.h"
#include "hostroutes/hostroutes.h"
#include "object/endpoint.h"
#include "object/gateway_cmd.h"
#include "object/host.h"
#include "object/metrics.h"
#include "object/monitor.h"
#include "object/peer.h"
#include "object/port.h"
#include "trace/trace.h"

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
	  "Set the host MAC, or whether this host tells others its settings.",
	  cmd_host_set, plan_host_set },
	{ "port", "show", "[ dev PORT ]",
	  "Show bridge ports and what is behind them.",
	  cmd_port_show, NULL },
	{ "port", "set",
	  "dev PORT [ role { auto | access | fabric } ] [ endpoints N ]",
	  "Say what is behind a bridge port, and how much of it is remembered.",
	  cmd_port_set, plan_port_set },
	{ "gateway", "add",
	  "bridge BR [ vlan VID ] [ name IF ] "
	  "[ mac MAC | vrrp VRID | vrrp6 VRID | hsrp GROUP | hsrp2 GROUP | "
	  "hsrp6 GROUP | glbp GROUP.FORWARDER ] "
	  "[ address ADDR/LEN ]... [ host-address ADDR/LEN ]... [ vrf VRF ] "
	  SETTINGS,
	  "Make a gateway on a bridge and VLAN.",
	  cmd_gateway_add, plan_gateway_add },
	{ "gateway", "set",
	  "dev IF [ name IF ] [ address { ADDR/LEN | none } ]... "
	  "[ host-address { ADDR/LEN | none } ]... [ vrf { VRF | none } ] "
	  SETTINGS,
	  "Change a gateway; what is not named stays as it is.",
	  cmd_gateway_set, plan_gateway_set },
	{ "gateway", "del", "{ dev IF | bridge BR vlan VID }",
	  "Delete a gateway.",
	  cmd_gateway_del, plan_gateway_del },
	{ "gateway", "show", "[ dev IF | bridge BR [ vlan VID ] ]",
	  "Show gateways.",
	  cmd_gateway_show, NULL },
	{ "endpoint", "show", "[ dev IF ]",
	  "Show the virtual machines behind access ports.",
	  cmd_endpoint_show, NULL },
	{ "endpoint", "flush", "[ dev IF ]",
	  "Forget them until they are heard again.",
	  cmd_endpoint_flush, NULL },
	{ "peer", "show", "",
	  "Show other hosts with anygw, and where their settings differ.",
	  cmd_peer_show, NULL },
	{ "monitor", NULL, "[ gateway | port | endpoint | peer | conflict ]",
	  "Show events as they come, until stopped.",
	  cmd_monitor, NULL },
	{ "trace", NULL, "dev IF from ADDR to ADDR",
	  "Tell what becomes of a VM's packet, and why.",
	  cmd_trace, NULL },
	{ "check", NULL, "",
	  "Tell whether this host is set up right, and what mends it.",
	  cmd_check, NULL },
	{ "metrics", NULL, "",
	  "Print settings and counters in the text of OpenMetrics.",
	  cmd_metrics, NULL },
	{ "hostroutes", NULL, "[ table N ]",
	  "Keep routes to the addresses of endpoints, until stopped.",
	  cmd_hostroutes, NULL },
	{ "save", NULL, "",
	  "Print the commands that make the present state.",
	  cmd_save, NULL },
	{ "apply", NULL, "FILE [ dry-run ]",
	  "Make the state that a file of commands describes.",
	  apply, NULL },
	{ 0 },
};
