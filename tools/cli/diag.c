// SPDX-License-Identifier: GPL-2.0
/*
 * What goes to stderr, all of it: the program's name, the place in the file
 * when there is one, and one sentence.
 */
#include <stdarg.h>
#include <stdio.h>

#include "cli/diag.h"

static const char *where_file;
static unsigned int where_line;
static bool silent;

static void complain(const char *kind, const char *fmt, va_list ap)
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

/**
 * diag_where() - name the line that the next messages are about
 * @file: name of the file, NULL for no file
 * @line: number of the line, from 1
 */
void diag_where(const char *file, unsigned int line)
{
	where_file = file;
	where_line = line;
}

/**
 * diag_quiet() - switch messages off, for completion and for undoing
 * @quiet: whether to keep silent
 *
 * Return: what it was before.
 */
bool diag_quiet(bool quiet)
{
	bool was = silent;

	silent = quiet;
	return was;
}

/**
 * diag_usage() - complain about the words given
 * @fmt: the sentence
 *
 * Return: RC_USAGE, for the caller to return.
 */
int diag_usage(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	complain("", fmt, ap);
	va_end(ap);
	return RC_USAGE;
}

/**
 * diag_refused() - say what was refused
 * @fmt: the sentence
 *
 * Return: RC_REFUSED, for the caller to return.
 */
int diag_refused(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	complain("", fmt, ap);
	va_end(ap);
	return RC_REFUSED;
}

/**
 * diag_warn() - say something that does not stop the command
 * @fmt: the sentence
 */
void diag_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	complain("warning: ", fmt, ap);
	va_end(ap);
}
