// SPDX-License-Identifier: GPL-2.0
/*
 * Checks of the host MAC: it must stay, and nobody else may have it.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <linux/anygw.h>

#include "check/identity.h"
#include "check/report.h"
#include "check/state.h"
#include "cli/diag.h"
#include "cli/netns.h"
#include "nl/genl.h"
#include "object/stats.h"

/**
 * struct search - other namespaces with the host MAC of this one
 * @host: this host
 * @self: the namespace of this one
 * @looked: how many others were looked at
 * @shut: how many could not be looked at
 * @found: whether one has it
 */
struct search {
	const struct host *host;
	struct stat self;
	unsigned int looked;
	unsigned int shut;
	bool found;
};

/* The first three octets say that it is an anygw host. */
static const char *new_mac(char *buf)
{
	uint8_t mac[MAC_LEN] = { 0x0a, 0x61, 0x6e };

	if (getrandom(mac + 3, 3, 0) != 3)
		mac[5] = getpid();
	return check_mend("anygwctl host set mac %s", mac_text(mac, buf));
}

static void check_source(const struct host *host)
{
	if (host->source != ANYGW_MAC_SOURCE_RANDOM)
		check_say(CHECK_PASS, "host-mac", "", "",
			  "the source of the host MAC is: %s",
			  name_of(source_names, SOURCES, host->source));
	else if (access("/etc/machine-id", R_OK))
		check_say(CHECK_WARN, "host-mac", "",
			  check_mend("systemd-machine-id-setup"),
			  "the host MAC is random, for want of a machine id, and another one after each load of the module");
	else
		check_say(CHECK_WARN, "host-mac", "",
			  check_mend("anygwctl host show"),
			  "the host MAC is random, and another one after each load of the module");
}

static int count_own(const struct nlmsghdr *nlh, void *data)
{
	json_int_t *count = data;
	struct gw gw;
	json_t *stats;

	if (gw_from_message(nlh, &gw))
		return -EBADMSG;
	stats = stats_json(gw.stats);
	*count += json_integer_value(json_object_get(
		json_object_get(stats, "drops"), "own-host-mac"));
	json_decref(stats);
	return 0;
}

/*
 * The counter does not go back when another MAC is set, so what was counted
 * tells nothing of a MAC that somebody has chosen since.
 */
static void check_heard(const struct host *host)
{
	bool chosen = host->source == ANYGW_MAC_SOURCE_CONFIGURED;
	json_int_t count = 0;
	char mac[MAC_TEXT];

	if (genl_dump(ANYGW_CMD_GATEWAY_GET, count_own, &count,
		      "list the gateways"))
		return;
	if (!count)
		check_say(CHECK_PASS, "own-mac", "", "",
			  "nobody on the fabric uses the host MAC");
	else if (chosen)
		check_say(CHECK_WARN, "own-mac", "",
			  check_mend("anygwctl monitor conflict"),
			  "the fabric has used a host MAC of this host %lld times, which is over if it was the MAC before",
			  (long long)count);
	else
		check_say(CHECK_FAIL, "own-mac", "", new_mac(mac),
			  "the fabric has used the host MAC %lld times: a loop, or a host with the same machine id",
			  (long long)count);
}

static int read_mac(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *tb[ANYGW_A_HOST_MAX + 1];
	uint8_t *mac = data;

	if (nl_attrs(nlh, GENL_HDRLEN, tb, ANYGW_A_HOST_MAX))
		return -EBADMSG;
	if (tb[ANYGW_A_HOST_MAC] &&
	    mnl_attr_get_payload_len(tb[ANYGW_A_HOST_MAC]) == MAC_LEN)
		memcpy(mac, mnl_attr_get_payload(tb[ANYGW_A_HOST_MAC]),
		       MAC_LEN);
	return 0;
}

/* The host MAC of the namespace that the program is in, which is another. */
static bool ask_mac(uint8_t *mac)
{
	struct nl_sock nl = { 0 };
	struct nl_request req;
	struct nl_error err;
	bool good;

	memset(mac, 0, MAC_LEN);
	if (nl_sock_open(&nl, NETLINK_GENERIC))
		return false;
	genl_begin(&req, ANYGW_CMD_HOST_GET);
	good = !nl_talk(&nl, &req, read_mac, mac, &err);
	mnl_socket_close(nl.sk);
	return good;
}

static void look_into(struct search *s, const char *path, const char *name)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	uint8_t mac[MAC_LEN];
	char buf[MAC_TEXT];
	struct stat st;

	if (fd < 0 || fstat(fd, &st)) {
		s->shut++;
	} else if (st.st_ino == s->self.st_ino) {
		/* This one has more than one name. */
	} else if (setns(fd, CLONE_NEWNET) || !ask_mac(mac)) {
		s->shut++;
	} else {
		s->looked++;
		if (!memcmp(mac, s->host->mac, MAC_LEN)) {
			s->found = true;
			check_say(CHECK_FAIL, "same-mac", "", new_mac(buf),
				  "the network namespace %s has the same host MAC",
				  name);
		}
	}
	if (fd >= 0)
		close(fd);
}

static void look_into_all(struct search *s)
{
	DIR *dir = opendir(NETNS_DIR);
	struct dirent *entry;
	char path[512];

	look_into(s, "/proc/1/ns/net", "of the first process");
	while (dir && (entry = readdir(dir))) {
		if (*entry->d_name == '.')
			continue;
		snprintf(path, sizeof(path), NETNS_DIR "/%s", entry->d_name);
		look_into(s, path, entry->d_name);
	}
	if (dir)
		closedir(dir);
}

static void check_namespaces(const struct host *host)
{
	struct search s = { .host = host };
	int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);

	if (home < 0 || fstat(home, &s.self)) {
		check_say(CHECK_WARN, "same-mac", "", "",
			  "other network namespaces were not looked at: %s",
			  strerror(errno));
		return;
	}
	look_into_all(&s);
	if (setns(home, CLONE_NEWNET) && s.looked) {
		diag_refused("Cannot return to the network namespace: %s",
			     strerror(errno));
		exit(RC_REFUSED);
	}
	close(home);
	if (s.shut)
		check_say(CHECK_WARN, "same-mac", "", "",
			  "%u other network namespaces could not be looked at",
			  s.shut);
	else if (!s.found)
		check_say(CHECK_PASS, "same-mac", "", "",
			  "none of %u other network namespaces has the host MAC",
			  s.looked);
}

/**
 * check_identity() - check the host MAC
 * @c: what there is
 */
void check_identity(const struct check *c)
{
	check_source(&c->host);
	if (c->host.source == ANYGW_MAC_SOURCE_NONE)
		return;
	check_heard(&c->host);
	check_namespaces(&c->host);
}
