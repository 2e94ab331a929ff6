/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_CLI_VALUE_H
#define ANYGWCTL_CLI_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/args.h"

#define MAC_LEN		6
#define MAC_TEXT	18

/* The names of an enum of the kernel, in its order */
struct names {
	const char *const *name;
	unsigned int n;
};

extern const struct names role_names;
extern const struct names mode_names;
extern const struct names source_names;
extern const struct names switch_names;
extern const struct names endpoint_state_names;
extern const struct names moved_by_names;
extern const struct names decision_names;
extern const struct names reason_names;
extern const struct names path_names;

/* "unknown" for a number that only a newer kernel knows */
const char *name_of(const struct names *names, unsigned int i);
/* -1 for no such name, and for a word that is NULL */
int value_choice(const char *word, const struct names *names);

/* The only one without a message */
int value_number(const char *word, unsigned int min, unsigned int max,
		 unsigned int *value);
int value_range(const char *keyword, const char *word, unsigned int min,
		unsigned int max, unsigned int *value);
/* 0 when it is not given */
int value_endpoints(const struct args *args, unsigned int *value);
int value_device(const char *word);

extern const uint8_t default_vmac[MAC_LEN];

int value_mac(const char *word, uint8_t *mac);
/* @word: the one that the vMAC is from, NULL for the default */
int value_vmac(const struct args *args, uint8_t *mac, const char **word);
/* Writes MAC_TEXT bytes to buf and returns it. */
const char *mac_text(const uint8_t *mac, char *buf);

#endif
