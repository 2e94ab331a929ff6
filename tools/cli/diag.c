// SPDX-License-Identifier: GPL-2.0
/*
 * Messages on stderr: the program, file and line if any, one sentence.
 */
#include <stdarg.h>
#include <stdio.h>

#include "cli/diag.h"

static const char *where_file;
static unsigned int where_line;
static bool silent;

static void diag_print(const char *kind, const char *fmt, va_list ap)
{
	if (silent)
		return;
	fflush(stdout);
	fputs("anygwctl: ", stderr);
	if (where_file)
		fprintf(stderr, "%s:%u: ", where_file, where_line);
	fputs(kind, stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
}

void diag_where(const char *file, unsigned int line)
{
	where_file = file;
	where_line = line;
}

bool diag_quiet(bool quiet)
{
	bool was = silent;

	silent = quiet;
	return was;
}

int diag_error(enum rc rc, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	diag_print("", fmt, ap);
	va_end(ap);
	return rc;
}

void diag_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	diag_print("warning: ", fmt, ap);
	va_end(ap);
}
