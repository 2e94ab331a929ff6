// SPDX-License-Identifier: GPL-2.0
#include "reasons.h"

static const char * const reason_names[] = {
#define ANYGW_REASON_NAME(name, text, sentence)	text,
	ANYGW_REASONS(ANYGW_REASON_NAME)
#undef ANYGW_REASON_NAME
};

const char *anygw_reason_name(enum anygw_reason reason)
{
	return reason_names[reason];
}
