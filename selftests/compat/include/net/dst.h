/* SPDX-License-Identifier: GPL-2.0 */
/* 6.16 and before */
struct dst_entry {
	struct net_device *dev;
};
