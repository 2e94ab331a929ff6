// SPDX-License-Identifier: GPL-2.0
#include <linux/capability.h>
#include <linux/rtnetlink.h>

#include "compat.h"
#include "netlink-gen.h"
#include "nlmsg.h"
#include "nlread.h"

int anygw_nl_may_change(struct sk_buff *skb, struct genl_info *info)
{
	if (netlink_ns_capable(skb, genl_info_net(info)->user_ns,
			       CAP_NET_ADMIN))
		return 0;
	GENL_SET_ERR_MSG(info, "This needs CAP_NET_ADMIN over the network namespace");
	return -EPERM;
}

int anygw_nl_missing(struct netlink_ext_ack *extack, int attr,
		     const char *text)
{
	NL_SET_ERR_ATTR_MISS(extack, NULL, attr);
	if (extack)
		extack->_msg = text;
	return -EINVAL;
}

int anygw_nl_bad(struct netlink_ext_ack *extack, const struct nlattr *attr,
		 int err, const char *text)
{
	NL_SET_BAD_ATTR(extack, attr);
	if (extack)
		extack->_msg = text;
	return err;
}

struct sk_buff *anygw_nl_reply(struct genl_info *info, void **hdr)
{
	struct sk_buff *msg = genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);

	if (!msg)
		return NULL;
	*hdr = genlmsg_put_reply(msg, info, &anygw_nl_family, 0,
				 info->genlhdr->cmd);
	if (*hdr)
		return msg;
	nlmsg_free(msg);
	return NULL;
}

int anygw_nl_reply_send(struct sk_buff *msg, void *hdr, struct genl_info *info,
			int err)
{
	if (err) {
		nlmsg_free(msg);
		return err;
	}
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}

int anygw_nl_find_device(struct anygw_net *an, struct nlattr **attrs,
			 struct netlink_ext_ack *extack, int index_attr,
			 int name_attr, struct net_device **dev)
{
	const struct nlattr *index = attrs[index_attr];
	const struct nlattr *name = attrs[name_attr];

	if (!index && !name)
		return anygw_nl_missing(extack, index_attr, "Name a device");
	*dev = index ? __dev_get_by_index(an->net, nla_get_u32(index)) :
		       __dev_get_by_name(an->net, nla_data(name));
	if (!*dev)
		return anygw_nl_bad(extack, index ?: name, -ENODEV,
				    "There is no such device");
	if (index && name && nla_strcmp(name, (*dev)->name))
		return anygw_nl_bad(extack, name, -EINVAL,
				    "The device with this index has another name");
	return 0;
}

int anygw_nl_find_gateway(struct anygw_net *an, struct nlattr **attrs,
			  struct netlink_ext_ack *extack, int index_attr,
			  int name_attr, struct anygw_gateway **gw)
{
	struct net_device *dev;
	int err;

	err = anygw_nl_find_device(an, attrs, extack, index_attr, name_attr,
				   &dev);
	if (err)
		return err;
	*gw = xa_load(&an->gateways, dev->ifindex);
	if (*gw)
		return 0;
	return anygw_nl_bad(extack, attrs[index_attr] ?: attrs[name_attr],
			    -EINVAL, "The device is not a gateway");
}

void *anygw_nlmsg_dump(struct sk_buff *skb, struct netlink_callback *cb,
		       u8 cmd)
{
	void *hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid,
				cb->nlh->nlmsg_seq, &anygw_nl_family,
				NLM_F_MULTI, cmd);

	if (hdr)
		genl_dump_check_consistent(cb, hdr);
	return hdr;
}

int anygw_nl_dump(struct sk_buff *skb, struct netlink_callback *cb,
		  struct anygw_net *an, struct xarray *objects, u8 cmd,
		  int (*put)(struct sk_buff *skb, const void *object))
{
	unsigned long i;
	void *object;
	void *hdr;

	rtnl_net_lock(an->net);
	cb->seq = an->generation;
	xa_for_each_start(objects, i, object, cb->args[0]) {
		hdr = anygw_nlmsg_dump(skb, cb, cmd);
		if (!hdr)
			break;
		if (put(skb, object)) {
			genlmsg_cancel(skb, hdr);
			break;
		}
		genlmsg_end(skb, hdr);
		cb->args[0] = i + 1;
	}
	rtnl_net_unlock(an->net);
	return skb->len;
}
