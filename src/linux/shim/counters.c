/* SPDX-License-Identifier: MIT */
/*
 * Coverage: where the edge counters are. The instrumented files are compiled when they are linked, and then come behind all
 * others: this file's own block begins the counters, and gives the first one an address that words can be read at.
 */
#include "kernel.h"

/* Bytes. */
#define COUNTER_BLOCK 16
#define EXPORT(name) __attribute__((export_name(#name)))

__attribute__((section("__sancov_cntrs"), used, aligned(COUNTER_BLOCK))) static u8 before_counters[COUNTER_BLOCK];
extern u8 __start___sancov_cntrs[], __stop___sancov_cntrs[];

EXPORT(counters_start) u8 *counters_start(void)
{
	return __start___sancov_cntrs + COUNTER_BLOCK;
}

EXPORT(counters_end) u8 *counters_end(void)
{
	return __stop___sancov_cntrs;
}
