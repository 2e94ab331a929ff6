// SPDX-License-Identifier: GPL-2.0
/*
 * Objects as JSON, made from the attributes of messages.
 */
#include <errno.h>

#include "cli/value.h"
#include "object/object.h"

int object_show(const struct nlmsghdr *nlh, void *data)
{
	const struct object *object = data;
	json_t *o = object->json(nlh);

	if (!o)
		return -EBADMSG;
	out_object(o, object->keys);
	return 0;
}

json_t *object_json(const struct nlmsghdr *nlh, uint16_t max,
		    const struct out_key *keys)
{
	const struct nlattr *tb[UINT8_MAX];
	json_t *o;

	if (nl_attrs(nlh, GENL_HDRLEN, tb, max))
		return NULL;
	o = json_object();
	for (; keys->key; keys++)
		if ((options.details || !(keys->flags & OUT_DETAILS)) &&
		    (options.stats || !(keys->flags & OUT_STATS)))
			out_set(o, keys->key, keys->json ?
				keys->json(tb[keys->attr]) : json_null());
	return o;
}

const char *object_text(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

json_t *text_json(const char *text)
{
	return *text ? json_string(text) : json_null();
}

json_t *attr_text(const struct nlattr *attr)
{
	return attr ? text_json(mnl_attr_get_str(attr)) : json_null();
}

json_t *attr_mac(const struct nlattr *attr)
{
	uint8_t mac[MAC_LEN];
	char buf[MAC_TEXT];

	return nl_mac(attr, mac) ? json_string(mac_text(mac, buf)) :
				   json_null();
}

json_t *attr_ip(const struct nlattr *attr)
{
	size_t len = attr ? mnl_attr_get_payload_len(attr) : 0;
	struct addr a = { .family = len == 4 ? AF_INET : AF_INET6 };
	char buf[ADDR_TEXT];

	return nl_addr(attr, &a) ? json_string(addr_ip_text(&a, buf)) :
				   json_null();
}

json_t *attr_index(const struct nlattr *attr)
{
	return attr ? json_integer(nl_uint(attr)) : json_null();
}

json_t *attr_yes(const struct nlattr *attr)
{
	return json_boolean(nl_uint(attr));
}

json_t *attr_number(const struct nlattr *attr)
{
	return json_integer(nl_uint(attr));
}
