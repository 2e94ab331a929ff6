// SPDX-License-Identifier: GPL-2.0
/*
 * Making gateways, changing them, deleting them: all of a change or none.
 */
#include <errno.h>
#include <string.h>

#include "cli/diag.h"
#include "nl/genl.h"
#include "nl/rtnl.h"
#include "object/gateway.h"

static void put_host4(struct nl_request *req, const struct addr *a)
{
	static const uint8_t none[4];

	mnl_attr_put(req->nlh, ANYGW_A_GATEWAY_HOST_ADDRESS4, 4,
		     a->family ? a->byte : none);
	if (a->family)
		mnl_attr_put_u8(req->nlh, ANYGW_A_GATEWAY_HOST_PREFIX4, a->len);
}

static void put_host6(struct nl_request *req, const struct addr *a)
{
	static const uint8_t none[16];

	mnl_attr_put(req->nlh, ANYGW_A_GATEWAY_HOST_ADDRESS6, 16,
		     a->family ? a->byte : none);
	if (a->family)
		mnl_attr_put_u8(req->nlh, ANYGW_A_GATEWAY_HOST_PREFIX6, a->len);
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
	if (!addr_equal(&want->host[0], &have->host[0]))
		put_host4(req, &want->host[0]);
	if (!addr_equal(&want->host[1], &have->host[1]))
		put_host6(req, &want->host[1]);
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

/**
 * gw_send() - ask the kernel for a gateway's own settings
 * @cmd: ANYGW_CMD_GATEWAY_NEW or ANYGW_CMD_GATEWAY_SET
 * @want: what is wanted; when new, its index and name are filled in
 * @have: what is; NULL when new
 * @dry_run: only ask whether it would
 *
 * Return: 0 or RC_REFUSED.
 */
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

/**
 * gw_delete() - delete a gateway
 * @gw: the gateway
 * @dry_run: only ask whether it would
 *
 * Return: 0 or RC_REFUSED.
 */
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

/* The kernel has one address once, whatever its prefix length. */
static int make_room(const struct gw *gw, const struct addrs *now,
		     const struct addr *a)
{
	for (size_t i = 0; i < now->n; i++)
		if (addr_same(&now->addr[i], a) &&
		    rtnl_del_address(gw->ifindex, gw->ifname, &now->addr[i]))
			return RC_REFUSED;
	return 0;
}

static int add_missing(const struct gw *gw, const struct addrs *now)
{
	int rc = 0;

	for (size_t i = 0; i < gw->addrs.n && !rc; i++) {
		const struct addr *a = &gw->addrs.addr[i];

		if (addrs_have(now, a))
			continue;
		rc = make_room(gw, now, a);
		if (!rc)
			rc = rtnl_add_address(gw->ifindex, gw->ifname, a,
					      false);
	}
	return rc;
}

static bool is_covered(const struct gw *gw, const struct addr *a)
{
	for (size_t i = 0; i < gw->addrs.n; i++)
		if (addr_covers(&gw->addrs.addr[i], a))
			return true;
	return false;
}

static int add_hosts(const struct gw *gw, const struct addrs *now)
{
	int rc = 0;

	for (int i = 0; i < 2 && !rc; i++) {
		const struct addr *a = &gw->host[i];

		if (!a->family || addrs_have(now, a))
			continue;
		rc = make_room(gw, now, a);
		if (!rc)
			rc = rtnl_add_address(gw->ifindex, gw->ifname, a,
					      is_covered(gw, a));
	}
	return rc;
}

static int del_unwanted(const struct gw *gw, const struct addrs *now)
{
	int rc = 0;

	for (size_t i = 0; i < now->n && !rc; i++)
		if (!gw_wants(gw, &now->addr[i]))
			rc = rtnl_del_address(gw->ifindex, gw->ifname,
					      &now->addr[i]);
	return rc;
}

/* The automatic link-local address gives way to one that was given. */
static int give_way(const struct gw *gw, const struct addrs *now)
{
	for (size_t i = 0; i < gw->addrs.n; i++)
		if (addr_is_link_local(&gw->addrs.addr[i]) &&
		    !addrs_have(now, &gw->addrs.addr[i]))
			return rtnl_no_auto_address(gw->ifindex, gw->ifname);
	return 0;
}

static int reread(const struct gw *gw, struct addrs *now)
{
	addrs_free(now);
	return rtnl_addresses(gw->ifindex, now);
}

/*
 * IPv4 deletes the other addresses of a subnet with the first one, or makes
 * the next one the first. The host-address must never be the first: errors
 * are sent from there. So it leaves before the others change.
 */
static int step_aside(const struct gw *gw, const struct addrs *now)
{
	bool same = true;

	for (size_t i = 0; i < now->n; i++)
		if (now->addr[i].family == AF_INET &&
		    !gw_wants(gw, &now->addr[i]))
			same = false;
	if (same || !gw->host[0].family || !addrs_have(now, &gw->host[0]))
		return 0;
	return rtnl_del_address(gw->ifindex, gw->ifname, &gw->host[0]);
}

static int sync_addresses(const struct gw *gw)
{
	struct addrs now = { 0 };
	int rc;

	rc = rtnl_addresses(gw->ifindex, &now);
	if (!rc)
		rc = give_way(gw, &now);
	if (!rc)
		rc = step_aside(gw, &now);
	if (!rc)
		rc = add_missing(gw, &now);
	if (!rc)
		rc = del_unwanted(gw, &now);
	if (!rc)
		rc = reread(gw, &now);
	if (!rc)
		rc = add_missing(gw, &now);
	if (!rc)
		rc = add_hosts(gw, &now);
	addrs_free(&now);
	return rc;
}

/**
 * gw_create() - make a gateway with all that belongs to it
 * @want: what is wanted, resolved; its index and name are filled in
 *
 * Return: 0, or RC_REFUSED with nothing left behind.
 */
int gw_create(struct gw *want)
{
	int rc;

	rc = gw_send(ANYGW_CMD_GATEWAY_NEW, want, NULL, false);
	if (rc)
		return rc;
	if (want->vrf_index)
		rc = rtnl_set_master(want->ifindex, want->ifname,
				     want->vrf_index);
	if (!rc)
		rc = sync_addresses(want);
	if (!rc && !want->down)
		rc = rtnl_set_up(want->ifindex, want->ifname);
	if (rc) {
		bool was = diag_quiet(true);

		gw_delete(want, false);
		diag_quiet(was);
	}
	return rc;
}

/* What is no longer a host-address must not become a gateway address. */
static int drop_old_hosts(const struct gw *have, const struct gw *want)
{
	int rc = 0;

	for (int i = 0; i < 2 && !rc; i++)
		if (have->host[i].family &&
		    !addr_equal(&have->host[i], &want->host[i]))
			rc = rtnl_del_address(have->ifindex, have->ifname,
					      &have->host[i]);
	return rc;
}

/* The automatic link-local address comes back when the one given goes. */
static int restore_link_local(const struct gw *have, const struct gw *want)
{
	struct addrs now = { 0 };
	struct addr ll;
	int rc;

	if (gw_has_link_local(want) || !gw_has_link_local(have))
		return 0;
	addr_from_mac(&ll, want->mac);
	rc = rtnl_addresses(want->ifindex, &now);
	if (!rc && !addrs_have(&now, &ll))
		rc = rtnl_add_address(want->ifindex, want->ifname, &ll, false);
	addrs_free(&now);
	return rc;
}

static int change(const struct gw *have, struct gw *want)
{
	int rc = 0;

	want->ifindex = have->ifindex;
	if (*want->ifname && strcmp(have->ifname, want->ifname))
		rc = rtnl_set_name(have->ifindex, have->ifname, want->ifname);
	if (!rc)
		rc = drop_old_hosts(have, want);
	if (!rc && !gw_same_settings(have, want))
		rc = gw_send(ANYGW_CMD_GATEWAY_SET, want, have, false);
	if (!rc && have->vrf_index != want->vrf_index)
		rc = rtnl_set_master(have->ifindex, want->ifname,
				     want->vrf_index);
	if (!rc)
		rc = sync_addresses(want);
	return rc ? rc : restore_link_local(have, want);
}

static void undo(const struct gw *have, const char *ifname)
{
	bool was = diag_quiet(true);
	struct gw back = *have;
	struct gw now;

	if (!gw_read(ifname, &now) || !gw_read(have->ifname, &now))
		change(&now, &back);
	gw_free(&now);
	diag_quiet(was);
}

/**
 * gw_change() - make a gateway what it is to be
 * @have: what is
 * @want: what is wanted, resolved
 *
 * The kernel is asked first whether it would; what fails after that is undone.
 *
 * Return: 0, or RC_REFUSED with everything as before.
 */
int gw_change(const struct gw *have, const struct gw *want)
{
	struct gw to = *want;
	int rc = 0;

	if (!gw_same_settings(have, want))
		rc = gw_send(ANYGW_CMD_GATEWAY_SET, &to, have, true);
	if (rc)
		return rc;
	rc = change(have, &to);
	if (rc)
		undo(have, to.ifname);
	return rc;
}
