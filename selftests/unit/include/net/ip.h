/* SPDX-License-Identifier: GPL-2.0 */
#ifndef UNIT_NET_IP_H
#define UNIT_NET_IP_H

#include <linux/ip.h>

#define IP_OFFSET	0x1fff

#endif
