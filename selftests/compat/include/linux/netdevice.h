/* SPDX-License-Identifier: GPL-2.0 */
struct net_device_ops {
	int (*ndo_fdb_add)(struct ndmsg *ndm, struct nlattr *tb[],
			   struct net_device *dev, const unsigned char *addr,
			   u16 vid, u16 flags, bool *notified,
			   struct netlink_ext_ack *extack);
};

/* 6.12 to 6.14 */
struct net_device {
	unsigned long netns_local:1;
};
