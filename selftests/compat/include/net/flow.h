/* SPDX-License-Identifier: GPL-2.0 */
struct flowi_common {
	dscp_t flowic_dscp;
};
