/* SPDX-License-Identifier: GPL-2.0 */
void dev_deactivate(struct net_device *dev, bool reset_needed);
