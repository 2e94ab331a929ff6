/* SPDX-License-Identifier: GPL-2.0 */
struct ipv6_devconf {
	__s32 force_forwarding;
};
