/* SPDX-License-Identifier: GPL-2.0 */
struct rtnl_link_ops {
	int (*newlink)(struct net_device *dev,
		       struct rtnl_newlink_params *params,
		       struct netlink_ext_ack *extack);
};
