/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_CLI_VALUE_H
#define ANYGWCTL_CLI_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/args.h"

#define MAC_LEN		6
#define MAC_TEXT	18

int value_number(const char *word, unsigned int min, unsigned int max,
		 unsigned int *value);
int value_range(const char *keyword, const char *word, unsigned int min,
		unsigned int max, unsigned int *value);
int value_endpoints(const struct args *args, unsigned int *value);
int value_mac(const char *word, uint8_t *mac);
int value_vmac(const struct args *args, uint8_t *mac, const char **word);
int value_device(const char *word);
int value_choice(const char *word, const char *const *names, int n);
const char *mac_text(const uint8_t *mac, char *buf);

extern const uint8_t default_vmac[MAC_LEN];
extern const char *const role_names[];
extern const char *const mode_names[];
extern const char *const source_names[];
extern const char *const switch_names[];
extern const char *const decision_names[];
extern const char *const reason_names[];
extern const char *const path_names[];

#define ROLES	3
#define MODES	3
#define SOURCES	4
#define DECISIONS	4
#define REASONS	15
#define PATHS	19

const char *name_of(const char *const *names, unsigned int n, unsigned int i);

#endif
