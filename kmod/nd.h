/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_ND_H
#define ANYGW_ND_H

#include <linux/in6.h>
#include <linux/netdevice.h>

/**
 * struct anygw_nd_message - a neighbour solicitation or advertisement to be
 * sent, RFC 4861
 * @type: NDISC_NEIGHBOUR_SOLICITATION or NDISC_NEIGHBOUR_ADVERTISEMENT
 * @flags: ANYGW_NA_*, of an advertisement
 * @eth_dst: destination MAC
 * @eth_src: source MAC, and the link-layer address in the option
 * @src: IPv6 source
 * @dst: IPv6 destination
 * @target: the address asked for or advertised
 */
struct anygw_nd_message {
	u8 type;
	u8 flags;
	const u8 *eth_dst;
	const u8 *eth_src;
	const struct in6_addr *src;
	const struct in6_addr *dst;
	const struct in6_addr *target;
};

/**
 * anygw_nd_create() - make such a message
 * @dev: the device that it will be sent by
 * @message: what it says
 * Return: the frame from its Ethernet header on, NULL without memory
 * Context: any.
 */
struct sk_buff *anygw_nd_create(struct net_device *dev,
				const struct anygw_nd_message *message);

#endif
