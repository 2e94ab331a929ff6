// SPDX-License-Identifier: GPL-2.0
/*
 * Bridge ports: their role, their configuration, and their life.
 */
#include "beacon.h"
#include "endpoint.h"
#include "notify.h"
#include "port.h"

/*
 * Device kinds of VMs and containers. Anything else is fabric: a VM port taken
 * for fabric is only not served, an uplink taken for access would leak the
 * vMAC.
 */
static const char * const port_access_kinds[] = {
	"tun", "veth", "macvtap", "ipvtap", "netkit",
};

static enum anygw_port_role port_role(const struct net_device *dev,
				      enum anygw_port_role configured)
{
	const struct rtnl_link_ops *ops = dev->rtnl_link_ops;

	if (configured != ANYGW_PORT_ROLE_AUTO)
		return configured;
	if (ops && match_string(port_access_kinds,
				ARRAY_SIZE(port_access_kinds), ops->kind) >= 0)
		return ANYGW_PORT_ROLE_ACCESS;
	return ANYGW_PORT_ROLE_FABRIC;
}

#define PORT_SETTINGS_MAX	4096

static bool port_is_pattern(const char *name)
{
	return strpbrk(name, "*?");
}

static bool port_matches(const char *pattern, const char *name)
{
	const char *star = NULL, *from = NULL;

	while (*name) {
		if (*pattern == '*') {
			star = pattern++;
			from = name;
		} else if (*pattern == '?' || *pattern == *name) {
			pattern++;
			name++;
		} else if (star) {
			pattern = star + 1;
			name = ++from;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return !*pattern;
}

static int port_setting_cmp(const char *a, const char *b)
{
	int diff = port_is_pattern(a) - port_is_pattern(b);

	if (!diff && port_is_pattern(a))
		diff = strlen(b) - strlen(a);
	return diff ?: strcmp(a, b);
}

/* The setting that applies to a name, if @skip does not count; or NULL */
static const struct anygw_port_setting *
port_setting_of(struct anygw_net *an, const char *name,
		const struct anygw_port_setting *skip)
{
	const struct anygw_port_setting *setting;

	ASSERT_RTNL();
	list_for_each_entry(setting, &an->port_settings, list)
		if (setting != skip &&
		    (!strcmp(setting->name, name) ||
		     (!port_is_pattern(name) &&
		      port_matches(setting->name, name))))
			return setting;
	return NULL;
}

static struct anygw_port_conf
port_conf_of(const struct anygw_port_setting *setting)
{
	return setting ? setting->conf : (struct anygw_port_conf){
		.role = ANYGW_PORT_ROLE_AUTO,
		.endpoint_max = ANYGW_PORT_ENDPOINTS,
	};
}

struct anygw_port_conf anygw_port_conf_of(struct anygw_net *an,
					  const char *name)
{
	return port_conf_of(port_setting_of(an, name, NULL));
}

struct anygw_port_setting *anygw_port_setting_find(struct anygw_net *an,
						   const char *name)
{
	struct anygw_port_setting *setting;

	ASSERT_RTNL();
	list_for_each_entry(setting, &an->port_settings, list)
		if (!strcmp(setting->name, name))
			return setting;
	return NULL;
}

struct anygw_port *anygw_port_by_name(struct anygw_net *an, const char *name)
{
	const struct net_device *dev = __dev_get_by_name(an->net, name);

	return dev ? xa_load(&an->ports, dev->ifindex) : NULL;
}

static int port_setting_add(struct anygw_net *an, const char *name,
			    const struct anygw_port_conf *conf)
{
	struct anygw_port_setting *setting, *next;

	if (an->n_port_settings == PORT_SETTINGS_MAX)
		return -ENOSPC;
	list_for_each_entry(next, &an->port_settings, list)
		if (port_setting_cmp(next->name, name) > 0)
			break;
	setting = kzalloc(sizeof(*setting), GFP_KERNEL);
	if (!setting)
		return -ENOMEM;
	strscpy(setting->name, name, IFNAMSIZ);
	setting->conf = *conf;
	list_add_tail(&setting->list, &next->list);
	an->n_port_settings++;
	return 0;
}

static void port_setting_del(struct anygw_net *an,
			     struct anygw_port_setting *setting)
{
	an->n_port_settings--;
	list_del(&setting->list);
	kfree(setting);
}

static void port_free(struct rcu_head *rcu)
{
	struct anygw_port *port = container_of(rcu, struct anygw_port, rcu);

	free_percpu(port->stats);
	kfree(port);
}

static struct anygw_port __rcu **port_cache_slot(struct anygw_net *an,
						 const struct net_device *dev)
{
	return &an->port_cache[dev->ifindex % ANYGW_PORT_CACHE];
}

void anygw_port_join(struct anygw_net *an, struct net_device *dev,
		     struct net_device *br)
{
	const struct anygw_port_setting *setting =
		port_setting_of(an, dev->name, NULL);
	struct anygw_port_conf conf = port_conf_of(setting);
	struct anygw_port *port;

	anygw_port_leave(an, dev);
	port = kzalloc(sizeof(*port), GFP_KERNEL);
	if (!port)
		goto err_close;
	port->stats = netdev_alloc_pcpu_stats(struct anygw_counters);
	if (!port->stats)
		goto err_free;
	port->dev = dev;
	port->br_dev = br;
	INIT_LIST_HEAD(&port->endpoints);
	INIT_LIST_HEAD(&port->conflicts);
	port->up = netif_running(dev) && netif_carrier_ok(dev);
	strscpy(port->setting, setting ? setting->name : "", IFNAMSIZ);
	port->configured = conf.role;
	port->endpoint_max = conf.endpoint_max;
	port->role = port_role(dev, conf.role);
	RCU_INIT_POINTER(port->bridge, xa_load(&an->bridges, br->ifindex));
	if (xa_err(xa_store(&an->ports, dev->ifindex, port, GFP_KERNEL)))
		goto err_free;
	rcu_assign_pointer(*port_cache_slot(an, dev), port);
	anygw_config_changed(an);
	anygw_notify_port(an, port);
	return;

err_free:
	port_free(&port->rcu);
err_close:
	/* The hooks ignore frames of unknown ports: nothing would be fenced. */
	netdev_err(dev, "anygw: no memory for the port, taken down\n");
	dev_close(dev);
}

void anygw_port_leave(struct anygw_net *an, struct net_device *dev)
{
	struct anygw_port *port = xa_load(&an->ports, dev->ifindex);

	ASSERT_RTNL();
	if (!port)
		return;
	/* While lookups still find the port: notifications carry its name. */
	anygw_ep_port_del(an, port);
	if (rtnl_dereference(*port_cache_slot(an, dev)) == port)
		RCU_INIT_POINTER(*port_cache_slot(an, dev), NULL);
	xa_erase(&an->ports, dev->ifindex);
	anygw_peer_kick(an);
	anygw_config_changed(an);
	anygw_notify_port(an, port);
	call_rcu(&port->rcu, port_free);
}

void anygw_port_path_changed(struct anygw_net *an, struct anygw_port *port)
{
	ASSERT_RTNL();
	if (port->role != ANYGW_PORT_ROLE_FABRIC ||
	    !rcu_access_pointer(port->bridge))
		return;
	anygw_beacon_path_changed(an, port->br_dev);
	anygw_ep_path_changed(an, port->br_dev);
}

static void port_update_forwarding(struct anygw_net *an,
				   struct anygw_port *port)
{
	bool forwarding = port->up &&
		br_port_get_stp_state(port->dev) == BR_STATE_FORWARDING;

	if (port->forwarding == forwarding)
		return;
	port->forwarding = forwarding;
	if (forwarding)
		anygw_port_path_changed(an, port);
}

void anygw_port_poll(struct anygw_net *an)
{
	struct anygw_port *port;
	unsigned long i;

	ASSERT_RTNL();
	xa_for_each(&an->ports, i, port)
		if (port->role == ANYGW_PORT_ROLE_FABRIC)
			port_update_forwarding(an, port);
}

void anygw_port_carrier_event(struct anygw_net *an, struct anygw_port *port)
{
	bool up = netif_running(port->dev) && netif_carrier_ok(port->dev);

	ASSERT_RTNL();
	if (port->up != up) {
		port->up = up;
		if (!up)
			anygw_ep_port_down(an, port);
	}
	port_update_forwarding(an, port);
}

void anygw_port_attach(struct anygw_net *an, struct net_device *br,
		       struct anygw_bridge *bridge)
{
	struct anygw_port *port;
	unsigned long i;

	ASSERT_RTNL();
	xa_for_each(&an->ports, i, port)
		if (port->br_dev == br)
			rcu_assign_pointer(port->bridge, bridge);
}

static void port_apply(struct anygw_net *an, struct anygw_port *port)
{
	const struct anygw_port_setting *setting =
		port_setting_of(an, port->dev->name, NULL);
	struct anygw_port_conf conf = port_conf_of(setting);
	enum anygw_port_role role = port_role(port->dev, conf.role);

	strscpy(port->setting, setting ? setting->name : "", IFNAMSIZ);
	if (port->configured == conf.role &&
	    port->endpoint_max == conf.endpoint_max)
		return;
	WRITE_ONCE(port->endpoint_max, conf.endpoint_max);
	port->configured = conf.role;
	if (port->role != role) {
		WRITE_ONCE(port->role, role);
		anygw_ep_port_down(an, port);
		anygw_peer_kick(an);
		anygw_port_path_changed(an, port);
	}
	anygw_config_changed(an);
	anygw_notify_port(an, port);
}

void anygw_port_rename(struct anygw_net *an, struct net_device *dev)
{
	struct anygw_port *port = xa_load(&an->ports, dev->ifindex);
	struct anygw_port_setting *setting;
	struct anygw_port_conf conf;

	if (!port)
		return;
	/* A setting of its own goes with it, unless the new name has one. */
	setting = port_is_pattern(port->setting) ? NULL :
		  anygw_port_setting_find(an, port->setting);
	if (setting && !port_setting_of(an, dev->name, NULL)) {
		conf = setting->conf;
		if (!port_setting_add(an, dev->name, &conf))
			port_setting_del(an, setting);
	}
	port_apply(an, port);
}

int anygw_port_configure(struct anygw_net *an, const char *name,
			 const struct anygw_port_conf *conf)
{
	struct anygw_port_setting *setting = anygw_port_setting_find(an, name);
	struct anygw_port_conf other =
		port_conf_of(port_setting_of(an, name, setting));
	bool needed = conf->role != other.role ||
		      conf->endpoint_max != other.endpoint_max;
	struct anygw_port *port;
	unsigned long i;
	int err;

	if (setting && needed) {
		setting->conf = *conf;
	} else if (setting) {
		port_setting_del(an, setting);
	} else if (needed) {
		err = port_setting_add(an, name, conf);
		if (err)
			return err;
	}
	xa_for_each(&an->ports, i, port)
		port_apply(an, port);
	anygw_config_changed(an);
	return 0;
}

void anygw_port_free_all(struct anygw_net *an)
{
	struct anygw_port_setting *setting, *next;
	struct anygw_port *port;
	unsigned long i;

	xa_for_each(&an->ports, i, port) {
		RCU_INIT_POINTER(*port_cache_slot(an, port->dev), NULL);
		xa_erase(&an->ports, i);
		call_rcu(&port->rcu, port_free);
	}
	xa_destroy(&an->ports);
	list_for_each_entry_safe(setting, next, &an->port_settings, list)
		port_setting_del(an, setting);
}
