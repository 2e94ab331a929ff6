// SPDX-License-Identifier: GPL-2.0
/*
 * Checks of the host MAC: it has to be stable and unique.
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

#include "check/checks.h"
#include "check/report.h"
#include "cli/diag.h"
#include "cli/netns.h"
#include "nl/genl.h"
#include "object/stats.h"

/* A search for other namespaces with the host MAC of this one */
struct search {
	const struct host *host;
	struct stat self;	/* the namespace of this host */
	unsigned int searched;
	unsigned int failed;
	bool found;
};

/* The prefix marks an anygw host. */
static const char *new_mac(char *buf)
{
	uint8_t mac[MAC_LEN] = { 0x0a, 0x61, 0x6e };

	if (getrandom(mac + 3, 3, 0) != 3)
		mac[5] = getpid();
	return fix("anygwctl host set mac %s", mac_text(mac, buf));
}

static void check_source(const struct host *host)
{
	if (host->source != ANYGW_MAC_SOURCE_RANDOM)
		report(CHECK_PASS, "host-mac", "", "",
		       "the source of the host MAC is %s",
		       name_of(&source_names, host->source));
	else if (access("/etc/machine-id", R_OK))
		report(CHECK_WARN, "host-mac", "",
		       fix("systemd-machine-id-setup"),
		       "the host MAC is random, and changes whenever the module is loaded: there is no machine id");
	else
		report(CHECK_WARN, "host-mac", "", fix("anygwctl host show"),
		       "the host MAC is random, and changes whenever the module is loaded");
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
 * The counter is not reset when another MAC is set, so it may be about the
 * previous MAC.
 */
static void check_own_mac(const struct host *host)
{
	bool chosen = host->source == ANYGW_MAC_SOURCE_CONFIGURED;
	json_int_t count = 0;
	char mac[MAC_TEXT];

	if (genl_dump(ANYGW_CMD_GATEWAY_GET, count_own, &count,
		      "list the gateways"))
		return;
	if (!count)
		report(CHECK_PASS, "own-mac", "", "",
		       "no other host on the fabric uses the host MAC");
	else if (chosen)
		report(CHECK_WARN, "own-mac", "",
		       fix("anygwctl monitor conflict"),
		       "%lld frames from the fabric had a host MAC of this host: ignore them if it was the previous one",
		       (long long)count);
	else
		report(CHECK_FAIL, "own-mac", "", new_mac(mac),
		       "%lld frames from the fabric had the host MAC: a loop, or a host with the same machine id",
		       (long long)count);
}

/* The host MAC of the namespace that this process has entered */
static bool read_mac(uint8_t *mac)
{
	struct host host = { 0 };
	struct nl_sock nl = { 0 };
	struct nl_request req;
	struct nl_error err;
	bool good;

	if (nl_sock_open(&nl, NETLINK_GENERIC))
		return false;
	genl_begin(&req, ANYGW_CMD_HOST_GET);
	good = !nl_talk(&nl, &req, host_from_message, &host, &err);
	nl_sock_close(&nl);
	memcpy(mac, host.mac, MAC_LEN);
	return good;
}

static void search_one(struct search *s, const char *path, const char *name)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	uint8_t mac[MAC_LEN];
	char buf[MAC_TEXT];
	struct stat st;

	if (fd < 0 || fstat(fd, &st)) {
		s->failed++;
	} else if (st.st_ino == s->self.st_ino) {
		/* This namespace, under another name */
	} else if (setns(fd, CLONE_NEWNET) || !read_mac(mac)) {
		s->failed++;
	} else {
		s->searched++;
		if (!memcmp(mac, s->host->mac, MAC_LEN)) {
			s->found = true;
			report(CHECK_FAIL, "same-mac", "", new_mac(buf),
			       "the network namespace %s has the same host MAC",
			       name);
		}
	}
	if (fd >= 0)
		close(fd);
}

static void search_all(struct search *s)
{
	DIR *dir = opendir(NETNS_DIR);
	struct dirent *entry;
	char path[512];

	search_one(s, "/proc/1/ns/net", "of process 1");
	while (dir && (entry = readdir(dir))) {
		if (*entry->d_name == '.')
			continue;
		snprintf(path, sizeof(path), NETNS_DIR "/%s", entry->d_name);
		search_one(s, path, entry->d_name);
	}
	if (dir)
		closedir(dir);
}

static void check_namespaces(const struct host *host)
{
	struct search s = { .host = host };
	int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);

	if (home < 0 || fstat(home, &s.self)) {
		report(CHECK_WARN, "same-mac", "", "",
		       "other network namespaces were not checked: %s",
		       strerror(errno));
		return;
	}
	search_all(&s);
	if (setns(home, CLONE_NEWNET) && s.searched) {
		diag_refused("Cannot return to the network namespace: %s",
			     strerror(errno));
		exit(RC_REFUSED);
	}
	close(home);
	if (s.failed)
		report(CHECK_WARN, "same-mac", "", "",
		       "%u other network namespaces could not be checked",
		       s.failed);
	else if (!s.found)
		report(CHECK_PASS, "same-mac", "", "",
		       "none of %u other network namespaces has the host MAC",
		       s.searched);
}

void check_identity(const struct check *c)
{
	check_source(&c->host);
	if (c->host.source == ANYGW_MAC_SOURCE_NONE)
		return;
	check_own_mac(&c->host);
	check_namespaces(&c->host);
}
