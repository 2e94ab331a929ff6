// SPDX-License-Identifier: GPL-2.0
#include <linux/kallsyms.h>
#include <linux/module.h>
#include <linux/string.h>

#include "bypass.h"

/*
 * Passive hooks differ from others only by their symbol names. Looking a name
 * up is slow, so the result is cached until a module unloads: another module
 * could then be loaded at the same address.
 */
static nf_hookfn *passive_hooks[8];

static bool bypass_symbol_is_passive(nf_hookfn *hook)
{
	static const char * const names[] = {
		"ip_sabotage_in+", "br_nf_local_in+", "nf_ct_bridge_in+",
	};
	char symbol[KSYM_SYMBOL_LEN];
	int i;

	sprint_symbol(symbol, (unsigned long)hook);
	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (str_has_prefix(symbol, names[i]))
			return true;
	return false;
}

bool anygw_bypass_hook_is_passive(nf_hookfn *hook)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(passive_hooks); i++)
		if (READ_ONCE(passive_hooks[i]) == hook)
			return true;
	if (!bypass_symbol_is_passive(hook))
		return false;
	for (i = 0; i < ARRAY_SIZE(passive_hooks); i++)
		if (!cmpxchg(&passive_hooks[i], NULL, hook))
			break;
	return true;
}

static int bypass_module_event(struct notifier_block *nb, unsigned long event,
			       void *ptr)
{
	int i;

	if (event == MODULE_STATE_GOING)
		for (i = 0; i < ARRAY_SIZE(passive_hooks); i++)
			WRITE_ONCE(passive_hooks[i], NULL);
	return NOTIFY_DONE;
}

static struct notifier_block bypass_module_notifier = {
	.notifier_call = bypass_module_event,
};

int anygw_bypass_init(void)
{
	return register_module_notifier(&bypass_module_notifier);
}

void anygw_bypass_exit(void)
{
	unregister_module_notifier(&bypass_module_notifier);
}
