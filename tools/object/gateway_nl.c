// SPDX-License-Identifier: GPL-2.0
/*
 * Gateways in the kernel: settings over generic netlink, addresses and VRF
 * over rtnetlink. A change is carried out as a whole or undone.
 */
#include <errno.h>
#include <string.h>

#include "cli/array.h"
#include "cli/diag.h"
#include "nl/address.h"
#include "nl/genl.h"
#include "nl/link.h"
#include "object/gateway_nl.h"

static void take_host(struct addr *a, int family, const struct nlattr *ip,
		      const struct nlattr *len)
{
	static const struct addr none;

	*a = (struct addr){ .family = family };
	a->len = len ? nl_uint(len) : 8 * addr_bytes(a);
	if (!nl_addr(ip, a) || !memcmp(a->byte, none.byte, addr_bytes(a)))
		*a = none;
}

int gw_from_message(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[ANYGW_A_GATEWAY_MAX + 1];
	struct gw *gw = data;

	memset(gw, 0, sizeof(*gw));
	if (nl_attrs(nlh, GENL_HDRLEN, tb, ANYGW_A_GATEWAY_MAX))
		return -EBADMSG;
	gw->ifindex = nl_uint(tb[ANYGW_A_GATEWAY_IFINDEX]);
	nl_text(tb[ANYGW_A_GATEWAY_IFNAME], gw->ifname, IFNAMSIZ);
	gw->bridge = nl_uint(tb[ANYGW_A_GATEWAY_BRIDGE]);
	nl_text(tb[ANYGW_A_GATEWAY_BRIDGE_NAME], gw->bridge_name, IFNAMSIZ);
	gw->vlan = nl_uint(tb[ANYGW_A_GATEWAY_VLAN]);
	nl_mac(tb[ANYGW_A_GATEWAY_MAC], gw->mac);
	gw->mode = nl_uint(tb[ANYGW_A_GATEWAY_MODE]);
	gw->state = nl_uint(tb[ANYGW_A_GATEWAY_STATE]);
	for (int i = 0; i < GW_SWITCHES; i++)
		gw->sw[i] = nl_uint(tb[gw_switch_attrs[i]]);
	gw->endpoints = nl_uint(tb[ANYGW_A_GATEWAY_ENDPOINT_MAX]);
	take_host(&gw->host[0], AF_INET, tb[ANYGW_A_GATEWAY_HOST_ADDRESS4],
		  tb[ANYGW_A_GATEWAY_HOST_PREFIX4]);
	take_host(&gw->host[1], AF_INET6, tb[ANYGW_A_GATEWAY_HOST_ADDRESS6],
		  tb[ANYGW_A_GATEWAY_HOST_PREFIX6]);
	gw->stats = tb[ANYGW_A_GATEWAY_STATS];
	return 0;
}

static int gw_add_addresses(struct gw *gw)
{
	struct addrs all = { 0 };
	int rc = address_read(gw->ifindex, &all);

	for (size_t i = 0; i < all.n && !rc; i++) {
		const struct addr *a = &all.addr[i];

		if (addr_same(a, &gw->host[0]) || addr_same(a, &gw->host[1]))
			continue;
		if (addrs_add(&gw->addrs, a))
			rc = diag_no_memory();
	}
	addrs_free(&all);
	return rc;
}

int gw_add_links(struct gw *gw)
{
	struct link link;
	struct link vrf;

	if (link_get(gw->ifindex, &link))
		return 0;
	gw->down = !link.up;
	if (link.master && !link_get(link.master, &vrf) &&
	    !strcmp(vrf.kind, "vrf")) {
		gw->vrf_index = vrf.ifindex;
		strcpy(gw->vrf, vrf.ifname);
	}
	return gw_add_addresses(gw);
}

int gw_read(const char *ifname, struct gw *gw)
{
	int rc;

	memset(gw, 0, sizeof(*gw));
	rc = genl_get(ANYGW_CMD_GATEWAY_GET, ANYGW_A_GATEWAY_IFINDEX, ifname,
		      gw_from_message, gw, "read the gateway");
	gw->stats = NULL;
	return rc ? rc : gw_add_links(gw);
}

static int gws_add(const struct nlmsghdr *nlh, void *data)
{
	struct gws *list = data;
	struct gw *gw = array_add(list->gw, list->n);
	int err = gw ? gw_from_message(nlh, gw) : -ENOMEM;

	if (!err)
		gw->stats = NULL;
	return err;
}

static int gws_compare(const void *one, const void *other)
{
	const struct gw *a = one;
	const struct gw *b = other;
	int diff = strcmp(a->bridge_name, b->bridge_name);

	if (!diff)
		diff = (int)a->vlan - (int)b->vlan;
	return diff ? diff : strcmp(a->ifname, b->ifname);
}

int gws_read(struct gws *list)
{
	int rc = genl_dump(ANYGW_CMD_GATEWAY_GET, gws_add, list,
			   "list the gateways");

	for (size_t i = 0; i < list->n && !rc; i++)
		rc = gw_add_links(&list->gw[i]);
	if (!rc && list->n)
		qsort(list->gw, list->n, sizeof(*list->gw), gws_compare);
	return rc;
}

void gws_free(struct gws *list)
{
	array_foreach(gw, list->gw, list->n)
		gw_free(gw);
	free(list->gw);
	*list = (struct gws){ 0 };
}

const struct gw *gws_find(const struct gws *list, uint32_t ifindex)
{
	array_foreach(other, list->gw, list->n)
		if (other->ifindex == ifindex)
			return other;
	return NULL;
}

int gw_resolve(struct gw *gw)
{
	struct link link;

	if (*gw->bridge_name && link_index(gw->bridge_name, &gw->bridge))
		return RC_REFUSED;
	if (!*gw->vrf)
		return 0;
	if (link_index(gw->vrf, &gw->vrf_index))
		return RC_REFUSED;
	if (!link_get(gw->vrf_index, &link) && !strcmp(link.kind, "vrf"))
		return 0;
	return diag_refused("\"%s\" is not a VRF", gw->vrf);
}

static void put_host(struct nl_request *req, const struct addr *a, int which)
{
	static const struct {
		uint16_t address;
		uint16_t prefix;
		size_t len;
	} attrs[] = {
		{ ANYGW_A_GATEWAY_HOST_ADDRESS4, ANYGW_A_GATEWAY_HOST_PREFIX4,
		  4 },
		{ ANYGW_A_GATEWAY_HOST_ADDRESS6, ANYGW_A_GATEWAY_HOST_PREFIX6,
		  16 },
	};
	static const struct addr none;

	mnl_attr_put(req->nlh, attrs[which].address, attrs[which].len,
		     a->family ? a->byte : none.byte);
	if (a->family)
		mnl_attr_put_u8(req->nlh, attrs[which].prefix, a->len);
}

static void put_settings(struct nl_request *req, const struct gw *want,
			 const struct gw *have)
{
	static const struct gw nothing = { .mode = -1, .sw = { -1, -1, -1 } };

	if (!have)
		have = &nothing;
	if (want->mode >= 0 && want->mode != have->mode)
		mnl_attr_put_u8(req->nlh, ANYGW_A_GATEWAY_MODE, want->mode);
	for (int i = 0; i < GW_SWITCHES; i++)
		if (want->sw[i] >= 0 && want->sw[i] != have->sw[i])
			mnl_attr_put_u8(req->nlh, gw_switch_attrs[i],
					want->sw[i]);
	if (want->endpoints && want->endpoints != have->endpoints)
		mnl_attr_put_u32(req->nlh, ANYGW_A_GATEWAY_ENDPOINT_MAX,
				 want->endpoints);
	for (int i = 0; i < 2; i++)
		if (!addr_equal(&want->host[i], &have->host[i]))
			put_host(req, &want->host[i], i);
}

static void put_place(struct nl_request *req, const struct gw *want)
{
	if (*want->ifname)
		mnl_attr_put_strz(req->nlh, ANYGW_A_GATEWAY_IFNAME,
				  want->ifname);
	mnl_attr_put_u32(req->nlh, ANYGW_A_GATEWAY_BRIDGE, want->bridge);
	if (want->vlan || want->words[ANYGW_A_GATEWAY_VLAN])
		mnl_attr_put_u16(req->nlh, ANYGW_A_GATEWAY_VLAN, want->vlan);
	mnl_attr_put(req->nlh, ANYGW_A_GATEWAY_MAC, MAC_LEN, want->mac);
}

static int take_new(const struct nlmsghdr *nlh, void *data)
{
	struct gw *want = data;
	struct gw reply;

	if (gw_from_message(nlh, &reply))
		return -EBADMSG;
	want->ifindex = reply.ifindex;
	strcpy(want->ifname, reply.ifname);
	return 0;
}

int gw_send(uint8_t cmd, struct gw *want, const struct gw *have, bool dry_run)
{
	bool new = cmd == ANYGW_CMD_GATEWAY_NEW;
	struct nl_request req;

	genl_begin(&req, cmd);
	if (new)
		put_place(&req, want);
	else
		mnl_attr_put_u32(req.nlh, ANYGW_A_GATEWAY_IFINDEX,
				 have->ifindex);
	put_settings(&req, want, have);
	if (dry_run)
		mnl_attr_put(req.nlh, ANYGW_A_GATEWAY_DRY_RUN, 0, NULL);
	return genl_talk(&req, new && !dry_run ? take_new : NULL, want,
			 new ? "add the gateway" : "change the gateway",
			 want->words);
}

int gw_delete(const struct gw *gw, bool dry_run)
{
	const char *words[ANYGW_A_GATEWAY_MAX + 1] = {
		[ANYGW_A_GATEWAY_IFINDEX] = gw->ifname,
	};
	struct nl_request req;

	genl_begin(&req, ANYGW_CMD_GATEWAY_DEL);
	mnl_attr_put_u32(req.nlh, ANYGW_A_GATEWAY_IFINDEX, gw->ifindex);
	if (dry_run)
		mnl_attr_put(req.nlh, ANYGW_A_GATEWAY_DRY_RUN, 0, NULL);
	return genl_talk(&req, NULL, NULL, "delete the gateway", words);
}

/* Replaces the same address with another prefix length. */
static int add_address(const struct gw *gw, const struct addrs *now,
		       const struct addr *a, bool beside)
{
	int rc = 0;

	if (addrs_have(now, a))
		return 0;
	for (size_t i = 0; i < now->n && !rc; i++)
		if (addr_same(&now->addr[i], a))
			rc = address_del(gw->ifindex, gw->ifname,
					 &now->addr[i]);
	return rc ? rc : address_add(gw->ifindex, gw->ifname, a, beside);
}

static int add_missing(const struct gw *gw, const struct addrs *now)
{
	int rc = 0;

	for (size_t i = 0; i < gw->addrs.n && !rc; i++)
		rc = add_address(gw, now, &gw->addrs.addr[i], false);
	return rc;
}

static int add_hosts(const struct gw *gw, const struct addrs *now)
{
	int rc = 0;

	for (int i = 0; i < 2 && !rc; i++)
		if (gw->host[i].family)
			rc = add_address(gw, now, &gw->host[i],
					 addrs_subnet(&gw->addrs,
						      &gw->host[i]));
	return rc;
}

static int del_unwanted(const struct gw *gw, const struct addrs *now)
{
	int rc = 0;

	for (size_t i = 0; i < now->n && !rc; i++)
		if (!gw_wants(gw, &now->addr[i]))
			rc = address_del(gw->ifindex, gw->ifname,
					 &now->addr[i]);
	return rc;
}

/* The automatic link-local address is replaced by one that was given. */
static int drop_auto(const struct gw *gw, const struct addrs *now)
{
	array_foreach(a, gw->addrs.addr, gw->addrs.n)
		if (addr_is_link_local(a) && !addrs_have(now, a))
			return link_no_auto_address(gw->ifindex, gw->ifname);
	return 0;
}

static int reread_addresses(const struct gw *gw, struct addrs *now)
{
	addrs_free(now);
	return address_read(gw->ifindex, now);
}

/*
 * With the first IPv4 address of a subnet the kernel deletes the others, or
 * makes the next one the first. ICMP errors are sent from the first address,
 * which must not be the host-address: it is removed before the others change.
 */
static int withdraw_host(const struct gw *gw, const struct addrs *now)
{
	bool same = true;

	array_foreach(b, now->addr, now->n)
		if (b->family == AF_INET && !gw_wants(gw, b))
			same = false;
	if (same || !gw->host[0].family || !addrs_have(now, &gw->host[0]))
		return 0;
	return address_del(gw->ifindex, gw->ifname, &gw->host[0]);
}

static int sync_addresses(const struct gw *gw)
{
	struct addrs now = { 0 };
	int rc;

	rc = address_read(gw->ifindex, &now) ?:
	     drop_auto(gw, &now) ?:
	     withdraw_host(gw, &now) ?:
	     add_missing(gw, &now) ?:
	     del_unwanted(gw, &now) ?:
	     reread_addresses(gw, &now) ?:
	     add_missing(gw, &now) ?:
	     add_hosts(gw, &now);
	addrs_free(&now);
	return rc;
}

int gw_create(struct gw *want)
{
	int rc;

	rc = gw_send(ANYGW_CMD_GATEWAY_NEW, want, NULL, false);
	if (rc)
		return rc;
	if (want->vrf_index)
		rc = link_set_master(want->ifindex, want->ifname,
				     want->vrf_index);
	if (!rc)
		rc = sync_addresses(want);
	if (!rc && !want->down)
		rc = link_set_up(want->ifindex, want->ifname);
	if (rc) {
		bool was = diag_quiet(true);

		gw_delete(want, false);
		diag_quiet(was);
	}
	return rc;
}

/* An old host-address must not become a gateway address. */
static int drop_old_hosts(const struct gw *have, const struct gw *want)
{
	int rc = 0;

	for (int i = 0; i < 2 && !rc; i++)
		if (have->host[i].family &&
		    !addr_equal(&have->host[i], &want->host[i]))
			rc = address_del(have->ifindex, have->ifname,
					 &have->host[i]);
	return rc;
}

/* The automatic link-local address returns when the one given is removed. */
static int restore_link_local(const struct gw *have, const struct gw *want)
{
	struct addrs now = { 0 };
	struct addr ll;
	int rc;

	if (gw_has_link_local(want) || !gw_has_link_local(have))
		return 0;
	addr_from_mac(&ll, want->mac);
	rc = address_read(want->ifindex, &now);
	if (!rc && !addrs_have(&now, &ll))
		rc = address_add(want->ifindex, want->ifname, &ll, false);
	addrs_free(&now);
	return rc;
}

static int gw_apply(const struct gw *have, struct gw *want)
{
	int rc = 0;

	want->ifindex = have->ifindex;
	if (*want->ifname && strcmp(have->ifname, want->ifname))
		rc = link_set_name(have->ifindex, have->ifname, want->ifname);
	if (!rc)
		rc = drop_old_hosts(have, want);
	if (!rc && !gw_same_settings(have, want))
		rc = gw_send(ANYGW_CMD_GATEWAY_SET, want, have, false);
	if (!rc && have->vrf_index != want->vrf_index)
		rc = link_set_master(have->ifindex, want->ifname,
				     want->vrf_index);
	if (!rc)
		rc = sync_addresses(want);
	return rc ? rc : restore_link_local(have, want);
}

static void gw_undo(const struct gw *have, const char *ifname)
{
	bool was = diag_quiet(true);
	struct gw back = *have;
	struct gw now;

	if (!gw_read(ifname, &now) || !gw_read(have->ifname, &now))
		gw_apply(&now, &back);
	gw_free(&now);
	diag_quiet(was);
}

int gw_change(const struct gw *have, const struct gw *want)
{
	struct gw to = *want;
	int rc = 0;

	if (!gw_same_settings(have, want))
		rc = gw_send(ANYGW_CMD_GATEWAY_SET, &to, have, true);
	if (rc)
		return rc;
	rc = gw_apply(have, &to);
	if (rc)
		gw_undo(have, to.ifname);
	return rc;
}
