// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/anygw.yaml */
/* YNL-GEN kernel source */

#include <net/netlink.h>
#include <net/genetlink.h>

#include "netlink-gen.h"

#include <uapi/linux/anygw.h>

/* ANYGW_CMD_HOST_SET - do */
static const struct nla_policy anygw_host_set_nl_policy[ANYGW_A_HOST_DRY_RUN + 1] = {
	[ANYGW_A_HOST_MAC] = NLA_POLICY_EXACT_LEN(6),
	[ANYGW_A_HOST_BEACON] = NLA_POLICY_MAX(NLA_U8, 1),
	[ANYGW_A_HOST_MACHINE_ID] = NLA_POLICY_EXACT_LEN(16),
	[ANYGW_A_HOST_DRY_RUN] = { .type = NLA_FLAG, },
};

/* ANYGW_CMD_PORT_GET - do */
static const struct nla_policy anygw_port_get_nl_policy[ANYGW_A_PORT_IFNAME + 1] = {
	[ANYGW_A_PORT_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[ANYGW_A_PORT_IFNAME] = { .type = NLA_NUL_STRING, .len = 15, },
};

/* ANYGW_CMD_PORT_SET - do */
static const struct nla_policy anygw_port_set_nl_policy[ANYGW_A_PORT_ENDPOINT_MAX + 1] = {
	[ANYGW_A_PORT_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[ANYGW_A_PORT_IFNAME] = { .type = NLA_NUL_STRING, .len = 15, },
	[ANYGW_A_PORT_ROLE] = NLA_POLICY_MAX(NLA_U8, 2),
	[ANYGW_A_PORT_DRY_RUN] = { .type = NLA_FLAG, },
	[ANYGW_A_PORT_ENDPOINT_MAX] = NLA_POLICY_RANGE(NLA_U32, 1, 32767),
};

/* ANYGW_CMD_GATEWAY_GET - do */
static const struct nla_policy anygw_gateway_get_nl_policy[ANYGW_A_GATEWAY_IFNAME + 1] = {
	[ANYGW_A_GATEWAY_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[ANYGW_A_GATEWAY_IFNAME] = { .type = NLA_NUL_STRING, .len = 15, },
};

/* ANYGW_CMD_GATEWAY_NEW - do */
static const struct nla_policy anygw_gateway_new_nl_policy[ANYGW_A_GATEWAY_ENDPOINT_MAX + 1] = {
	[ANYGW_A_GATEWAY_IFNAME] = { .type = NLA_NUL_STRING, .len = 15, },
	[ANYGW_A_GATEWAY_BRIDGE] = NLA_POLICY_MIN(NLA_U32, 1),
	[ANYGW_A_GATEWAY_VLAN] = NLA_POLICY_MAX(NLA_U16, 4094),
	[ANYGW_A_GATEWAY_MAC] = NLA_POLICY_EXACT_LEN(6),
	[ANYGW_A_GATEWAY_MODE] = NLA_POLICY_MAX(NLA_U8, 2),
	[ANYGW_A_GATEWAY_COEXIST] = NLA_POLICY_MAX(NLA_U8, 1),
	[ANYGW_A_GATEWAY_FALLBACK] = NLA_POLICY_MAX(NLA_U8, 1),
	[ANYGW_A_GATEWAY_FASTPATH] = NLA_POLICY_MAX(NLA_U8, 1),
	[ANYGW_A_GATEWAY_HOST_ADDRESS4] = { .type = NLA_U32, },
	[ANYGW_A_GATEWAY_HOST_PREFIX4] = NLA_POLICY_MAX(NLA_U8, 32),
	[ANYGW_A_GATEWAY_HOST_ADDRESS6] = NLA_POLICY_EXACT_LEN(16),
	[ANYGW_A_GATEWAY_HOST_PREFIX6] = NLA_POLICY_MAX(NLA_U8, 128),
	[ANYGW_A_GATEWAY_DRY_RUN] = { .type = NLA_FLAG, },
	[ANYGW_A_GATEWAY_ENDPOINT_MAX] = NLA_POLICY_RANGE(NLA_U32, 1, 32767),
};

/* ANYGW_CMD_GATEWAY_SET - do */
static const struct nla_policy anygw_gateway_set_nl_policy[ANYGW_A_GATEWAY_ENDPOINT_MAX + 1] = {
	[ANYGW_A_GATEWAY_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[ANYGW_A_GATEWAY_IFNAME] = { .type = NLA_NUL_STRING, .len = 15, },
	[ANYGW_A_GATEWAY_MODE] = NLA_POLICY_MAX(NLA_U8, 2),
	[ANYGW_A_GATEWAY_COEXIST] = NLA_POLICY_MAX(NLA_U8, 1),
	[ANYGW_A_GATEWAY_FALLBACK] = NLA_POLICY_MAX(NLA_U8, 1),
	[ANYGW_A_GATEWAY_FASTPATH] = NLA_POLICY_MAX(NLA_U8, 1),
	[ANYGW_A_GATEWAY_HOST_ADDRESS4] = { .type = NLA_U32, },
	[ANYGW_A_GATEWAY_HOST_PREFIX4] = NLA_POLICY_MAX(NLA_U8, 32),
	[ANYGW_A_GATEWAY_HOST_ADDRESS6] = NLA_POLICY_EXACT_LEN(16),
	[ANYGW_A_GATEWAY_HOST_PREFIX6] = NLA_POLICY_MAX(NLA_U8, 128),
	[ANYGW_A_GATEWAY_DRY_RUN] = { .type = NLA_FLAG, },
	[ANYGW_A_GATEWAY_ENDPOINT_MAX] = NLA_POLICY_RANGE(NLA_U32, 1, 32767),
};

/* ANYGW_CMD_GATEWAY_DEL - do */
static const struct nla_policy anygw_gateway_del_nl_policy[ANYGW_A_GATEWAY_DRY_RUN + 1] = {
	[ANYGW_A_GATEWAY_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[ANYGW_A_GATEWAY_IFNAME] = { .type = NLA_NUL_STRING, .len = 15, },
	[ANYGW_A_GATEWAY_DRY_RUN] = { .type = NLA_FLAG, },
};

/* ANYGW_CMD_ENDPOINT_GET - dump */
static const struct nla_policy anygw_endpoint_get_nl_policy[ANYGW_A_ENDPOINT_IFNAME + 1] = {
	[ANYGW_A_ENDPOINT_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[ANYGW_A_ENDPOINT_IFNAME] = { .type = NLA_NUL_STRING, .len = 15, },
};

/* ANYGW_CMD_ENDPOINT_FLUSH - do */
static const struct nla_policy anygw_endpoint_flush_nl_policy[ANYGW_A_ENDPOINT_IFNAME + 1] = {
	[ANYGW_A_ENDPOINT_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[ANYGW_A_ENDPOINT_IFNAME] = { .type = NLA_NUL_STRING, .len = 15, },
};

/* ANYGW_CMD_TRACE - do */
static const struct nla_policy anygw_trace_nl_policy[ANYGW_A_TRACE_DESTINATION6 + 1] = {
	[ANYGW_A_TRACE_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[ANYGW_A_TRACE_IFNAME] = { .type = NLA_NUL_STRING, .len = 15, },
	[ANYGW_A_TRACE_SOURCE4] = { .type = NLA_U32, },
	[ANYGW_A_TRACE_DESTINATION4] = { .type = NLA_U32, },
	[ANYGW_A_TRACE_SOURCE6] = NLA_POLICY_EXACT_LEN(16),
	[ANYGW_A_TRACE_DESTINATION6] = NLA_POLICY_EXACT_LEN(16),
};

/* Ops table for anygw */
static const struct genl_split_ops anygw_nl_ops[] = {
	{
		.cmd	= ANYGW_CMD_HOST_GET,
		.doit	= anygw_nl_host_get_doit,
		.flags	= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= ANYGW_CMD_HOST_SET,
		.doit		= anygw_nl_host_set_doit,
		.policy		= anygw_host_set_nl_policy,
		.maxattr	= ANYGW_A_HOST_DRY_RUN,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= ANYGW_CMD_PORT_GET,
		.doit		= anygw_nl_port_get_doit,
		.policy		= anygw_port_get_nl_policy,
		.maxattr	= ANYGW_A_PORT_IFNAME,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd	= ANYGW_CMD_PORT_GET,
		.dumpit	= anygw_nl_port_get_dumpit,
		.flags	= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= ANYGW_CMD_PORT_SET,
		.doit		= anygw_nl_port_set_doit,
		.policy		= anygw_port_set_nl_policy,
		.maxattr	= ANYGW_A_PORT_ENDPOINT_MAX,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= ANYGW_CMD_GATEWAY_GET,
		.doit		= anygw_nl_gateway_get_doit,
		.policy		= anygw_gateway_get_nl_policy,
		.maxattr	= ANYGW_A_GATEWAY_IFNAME,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd	= ANYGW_CMD_GATEWAY_GET,
		.dumpit	= anygw_nl_gateway_get_dumpit,
		.flags	= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= ANYGW_CMD_GATEWAY_NEW,
		.doit		= anygw_nl_gateway_new_doit,
		.policy		= anygw_gateway_new_nl_policy,
		.maxattr	= ANYGW_A_GATEWAY_ENDPOINT_MAX,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= ANYGW_CMD_GATEWAY_SET,
		.doit		= anygw_nl_gateway_set_doit,
		.policy		= anygw_gateway_set_nl_policy,
		.maxattr	= ANYGW_A_GATEWAY_ENDPOINT_MAX,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= ANYGW_CMD_GATEWAY_DEL,
		.doit		= anygw_nl_gateway_del_doit,
		.policy		= anygw_gateway_del_nl_policy,
		.maxattr	= ANYGW_A_GATEWAY_DRY_RUN,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= ANYGW_CMD_ENDPOINT_GET,
		.start		= anygw_nl_endpoint_get_start,
		.dumpit		= anygw_nl_endpoint_get_dumpit,
		.policy		= anygw_endpoint_get_nl_policy,
		.maxattr	= ANYGW_A_ENDPOINT_IFNAME,
		.flags		= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= ANYGW_CMD_ENDPOINT_FLUSH,
		.doit		= anygw_nl_endpoint_flush_doit,
		.policy		= anygw_endpoint_flush_nl_policy,
		.maxattr	= ANYGW_A_ENDPOINT_IFNAME,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= ANYGW_CMD_TRACE,
		.doit		= anygw_nl_trace_doit,
		.policy		= anygw_trace_nl_policy,
		.maxattr	= ANYGW_A_TRACE_DESTINATION6,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd	= ANYGW_CMD_PEER_GET,
		.dumpit	= anygw_nl_peer_get_dumpit,
		.flags	= GENL_CMD_CAP_DUMP,
	},
};

static const struct genl_multicast_group anygw_nl_mcgrps[] = {
	[ANYGW_NLGRP_EVENTS] = { "events", },
};

struct genl_family anygw_nl_family __ro_after_init = {
	.name		= ANYGW_FAMILY_NAME,
	.version	= ANYGW_FAMILY_VERSION,
	.netnsok	= true,
	.parallel_ops	= true,
	.module		= THIS_MODULE,
	.split_ops	= anygw_nl_ops,
	.n_split_ops	= ARRAY_SIZE(anygw_nl_ops),
	.mcgrps		= anygw_nl_mcgrps,
	.n_mcgrps	= ARRAY_SIZE(anygw_nl_mcgrps),
};
