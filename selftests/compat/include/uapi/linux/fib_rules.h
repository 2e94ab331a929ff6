/* SPDX-License-Identifier: GPL-2.0 */
enum {
	FRA_UNSPEC,
	FRA_FLOWLABEL,
};
