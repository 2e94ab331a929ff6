/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGW_ND_H
#define ANYGW_ND_H

#include <linux/in6.h>
#include <linux/netdevice.h>

/**
 * struct anygw_advert - a neighbour advertisement to be sent, RFC 4861
 * @eth_dst: destination MAC
 * @eth_src: source MAC, and the target's link-layer address
 * @src: IPv6 source
 * @dst: IPv6 destination
 * @target: the address advertised
 * @flags: ANYGW_NA_*
 */
struct anygw_advert {
	const u8 *eth_dst;
	const u8 *eth_src;
	const struct in6_addr *src;
	const struct in6_addr *dst;
	const struct in6_addr *target;
	u8 flags;
};

/**
 * anygw_nd_advert() - make a neighbour advertisement
 * @dev: the device that it will be sent by
 * @advert: what it says
 * Return: the frame from its Ethernet header on, NULL without memory
 * Context: any.
 */
struct sk_buff *anygw_nd_advert(struct net_device *dev,
				const struct anygw_advert *advert);

#endif
