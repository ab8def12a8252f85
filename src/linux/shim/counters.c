/* SPDX-License-Identifier: MIT */
/*
 * Coverage: where the edge counters are. The instrumented files are compiled when they are linked. A linker puts what comes of
 * them behind all other files, an older one before them: this file's own block, which gives the counters an address that
 * words can be read at, is the first or the last of them.
 */
#include "kernel.h"

/* Bytes. */
#define COUNTER_BLOCK 16
#define EXPORT(name) __attribute__((export_name(#name)))

__attribute__((section("__sancov_cntrs"), used, aligned(COUNTER_BLOCK))) static u8 block[COUNTER_BLOCK];
/* A compiler takes two objects for two places. */
static u8 *volatile block_at = block;
extern u8 __start___sancov_cntrs[], __stop___sancov_cntrs[];

EXPORT(counters_start) u8 *counters_start(void)
{
	return block_at == __start___sancov_cntrs ? __start___sancov_cntrs + COUNTER_BLOCK : __start___sancov_cntrs;
}

EXPORT(counters_end) u8 *counters_end(void)
{
	u8 *at = block_at;

	return at == __start___sancov_cntrs ? __stop___sancov_cntrs : at;
}
