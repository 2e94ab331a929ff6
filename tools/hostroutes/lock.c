// SPDX-License-Identifier: GPL-2.0
/*
 * Locks for routing tables: two processes in the same table would delete each
 * other's routes as stale.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/array.h"
#include "cli/diag.h"
#include "hostroutes/lock.h"

#define LOCK_DIR	"/run/anygw"

static struct lock {
	uint32_t table;
	int fd;
} *locks;
static size_t n_locks;

const char *hr_table_text(uint32_t table, char *buf)
{
	if (table == RT_TABLE_MAIN)
		snprintf(buf, HR_TABLE_TEXT, "table main");
	else
		snprintf(buf, HR_TABLE_TEXT, "table %u", table);
	return buf;
}

/* Tables belong to a network namespace, but all share the files. */
static int lock_path(uint32_t table, char *path, size_t len)
{
	struct stat ns;

	if (stat("/proc/self/ns/net", &ns))
		return -errno;
	if (mkdir(LOCK_DIR, 0755) && errno != EEXIST)
		return -errno;
	snprintf(path, len, LOCK_DIR "/hostroutes.%lu.%u",
		 (unsigned long)ns.st_ino, table);
	return 0;
}

/* The file that was locked is still the one at the path. */
static bool is_at(int fd, const char *path)
{
	struct stat mine, there;

	return !fstat(fd, &mine) && !stat(path, &there) &&
	       mine.st_ino == there.st_ino && mine.st_dev == there.st_dev;
}

static int open_lock(uint32_t table, pid_t *owner)
{
	char path[128], text[16] = "";
	int err, fd;

	*owner = 0;
	err = lock_path(table, path, sizeof(path));
	while (!err) {
		fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
			  0600);
		if (fd < 0)
			return -errno;
		if (flock(fd, LOCK_EX | LOCK_NB)) {
			err = -errno;
			if (read(fd, text, sizeof(text) - 1) > 0)
				*owner = atoi(text);
			close(fd);
		} else if (is_at(fd, path)) {
			if (!ftruncate(fd, 0))
				dprintf(fd, "%d\n", getpid());
			return fd;
		} else {
			close(fd);
		}
	}
	return err;
}

static bool has_lock(uint32_t table)
{
	array_foreach(lock, locks, n_locks)
		if (lock->table == table)
			return true;
	return false;
}

static int take_lock(uint32_t table, pid_t *owner)
{
	int fd = open_lock(table, owner);
	struct lock *lock;

	if (fd < 0)
		return fd;
	lock = array_add(locks, n_locks);
	if (!lock) {
		close(fd);
		return -ENOMEM;
	}
	*lock = (struct lock){ .table = table, .fd = fd };
	return 0;
}

int hr_lock(uint32_t table)
{
	char text[HR_TABLE_TEXT];
	pid_t owner;
	int err;

	if (has_lock(table))
		return 0;
	err = take_lock(table, &owner);
	if (!err)
		return 0;
	hr_table_text(table, text);
	if (err == -EWOULDBLOCK)
		return diag_refused("Process %d already maintains the host routes in %s",
				    owner, text);
	return diag_refused("Cannot lock %s in %s: %s", text, LOCK_DIR,
			    strerror(-err));
}

bool hr_may_lock(uint32_t table)
{
	pid_t owner;

	return has_lock(table) || !take_lock(table, &owner);
}

static void release_lock(const struct lock *lock)
{
	char path[128];

	/* Unlink it while it is locked: the next process creates a new one. */
	if (!lock_path(lock->table, path, sizeof(path)))
		unlink(path);
	close(lock->fd);
}

static bool is_used(const struct hr_routes *have, uint32_t table)
{
	array_foreach(route, have->route, have->n)
		if (route->table == table)
			return true;
	return false;
}

void hr_unlock_unused(const struct hr_routes *have, uint32_t always)
{
	for (size_t i = 0; i < n_locks;) {
		if (locks[i].table == always || is_used(have, locks[i].table)) {
			i++;
			continue;
		}
		release_lock(&locks[i]);
		locks[i] = locks[--n_locks];
	}
}

void hr_unlock_all(void)
{
	while (n_locks)
		release_lock(&locks[--n_locks]);
	free(locks);
	locks = NULL;
}
