// SPDX-License-Identifier: GPL-2.0
#include <linux/kallsyms.h>
#include <linux/module.h>
#include <linux/string.h>

#include "bypass.h"

/*
 * They can be told from others' hooks only by their names. Those found are
 * remembered as long as no module goes, whose place another one could take.
 */
#define SPARING_MAX	8

static nf_hookfn *sparing[SPARING_MAX];

static bool is_sparing(nf_hookfn *hook)
{
	static const char * const names[] = {
		"ip_sabotage_in", "br_nf_local_in", "nf_ct_bridge_in",
	};
	char symbol[KSYM_SYMBOL_LEN];
	size_t len;
	int i;

	sprint_symbol(symbol, (unsigned long)hook);
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		len = strlen(names[i]);
		if (!strncmp(symbol, names[i], len) && symbol[len] == '+')
			return true;
	}
	return false;
}

bool anygw_bypass_hook_is_passive(nf_hookfn *hook)
{
	int i;

	for (i = 0; i < SPARING_MAX; i++)
		if (READ_ONCE(sparing[i]) == hook)
			return true;
	if (!is_sparing(hook))
		return false;
	for (i = 0; i < SPARING_MAX; i++)
		if (!cmpxchg(&sparing[i], NULL, hook))
			break;
	return true;
}

static int module_event(struct notifier_block *nb, unsigned long event,
			void *ptr)
{
	int i;

	if (event == MODULE_STATE_GOING)
		for (i = 0; i < SPARING_MAX; i++)
			WRITE_ONCE(sparing[i], NULL);
	return NOTIFY_DONE;
}

static struct notifier_block module_notifier = {
	.notifier_call = module_event,
};

int anygw_bypass_init(void)
{
	return register_module_notifier(&module_notifier);
}

void anygw_bypass_exit(void)
{
	unregister_module_notifier(&module_notifier);
}
