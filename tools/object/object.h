/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_OBJECT_OBJECT_H
#define ANYGWCTL_OBJECT_OBJECT_H

#include <jansson.h>

#include "cli/out.h"
#include "nl/nl.h"

/* A kind of object: how to make JSON from a message, NULL if it is bad */
struct object {
	json_t *(*json)(const struct nlmsghdr *nlh);
	const struct out_key *keys;
};

/* An nl_fn that prints an object; data is its struct object. */
int object_show(const struct nlmsghdr *nlh, void *data);

/*
 * Make JSON by the functions of the keys, from attributes up to max. A key
 * without a function is null.
 */
json_t *object_json(const struct nlmsghdr *nlh, uint16_t max,
		    const struct out_key *keys);

/* Functions for keys. All but attr_number() and attr_yes() make null of NULL. */
json_t *attr_text(const struct nlattr *attr);
json_t *attr_mac(const struct nlattr *attr);
json_t *attr_ip(const struct nlattr *attr);
json_t *attr_index(const struct nlattr *attr);
json_t *attr_number(const struct nlattr *attr);
json_t *attr_yes(const struct nlattr *attr);

/* A member; empty when there is none */
const char *object_text(const json_t *object, const char *key);
/* null for an empty string */
json_t *text_json(const char *text);

#endif
