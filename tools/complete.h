/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ANYGWCTL_COMPLETE_H
#define ANYGWCTL_COMPLETE_H

int complete(int argc, char *const *argv);

#endif
