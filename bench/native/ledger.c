/* SPDX-License-Identifier: MIT */
/*
 * The DMA API over direct mapping, with a ledger that holds every unmap against its map, and a list of the buffers in
 * flight. It trusts nothing that the driver hands it. A violation ends the execution, not the process, as in a campaign
 * that keeps going.
 */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "native.h"

#define MOST_MAPPINGS 512
#define MOST_TOKENS 1024
/* Unmaps of one execution: a chain that never ends makes them without end. */
#define UNMAP_BUDGET 4096

struct mapping {
	uint64_t dma;
	uint64_t size;
	int direction;
};
static struct mapping mappings[MOST_MAPPINGS];
static unsigned mapping_count;
static unsigned unmaps;

static uint8_t in_flight[MOST_TOKENS];
static uint32_t token_count, highest_token;

jmp_buf execution;
static unsigned long violations;
static const char *first_violation;

void print_violations(void)
{
	fprintf(stderr, "native: %lu executions ended in a violation%s%s\n", violations, violations ? ", the first: " : "",
		violations ? first_violation : "");
}

void ledger_reset(void)
{
	memset(in_flight, 0, highest_token + 1);
	mapping_count = unmaps = token_count = highest_token = 0;
}

void violation(const char *what)
{
	if (violations++ == 0)
		first_violation = what;
	longjmp(execution, 1);
}

/* Buffers. */

void token_expected(uint32_t token)
{
	in_flight[token] = 1;
	token_count++;
	if (token > highest_token)
		highest_token = token;
}

void token_returned(uint32_t token)
{
	if (token >= MOST_TOKENS || !in_flight[token])
		violation("token");
	in_flight[token] = 0;
	token_count--;
}

uint32_t tokens_expected(void)
{
	return token_count;
}

/* The DMA API: a mapping's address is the physical one. */

double host_map(const void *cpu, size_t size, int direction, int attributes)
{
	uint64_t dma = (uintptr_t)cpu - GUEST_BASE + PHYSICAL_BASE;

	(void)attributes;
	if ((uintptr_t)cpu < HEAP_BASE || (uintptr_t)cpu - GUEST_BASE > GUEST_SIZE - size)
		violation("map of what is no buffer");
	if (mapping_count == MOST_MAPPINGS || fails(FAIL_MAP))
		return -1;
	mappings[mapping_count++] = (struct mapping){ dma, size, direction };
	at_moment(AT_MAP);
	return (double)dma;
}

void host_unmap(double dma, size_t size, int direction, int attributes)
{
	(void)attributes;
	at_moment(AT_UNMAP);
	if (++unmaps > UNMAP_BUDGET)
		violation("liveness");
	for (unsigned k = mapping_count; k-- > 0;) {
		if (mappings[k].dma != (uint64_t)dma)
			continue;
		if (mappings[k].size != size || mappings[k].direction != direction)
			violation("unmap-mismatch");
		mappings[k] = mappings[--mapping_count];
		return;
	}
	violation("unknown-unmap");
}

void host_sync(double dma, size_t size, int direction, int for_device)
{
	(void)dma, (void)size, (void)direction, (void)for_device;
}

size_t host_max_mapping_size(void)
{
	return SIZE_MAX;
}

uint8_t *device_reach(uint64_t dma, uint64_t size, bool write)
{
	uintptr_t at = dma - PHYSICAL_BASE + GUEST_BASE;

	if (dma < PHYSICAL_BASE || dma - PHYSICAL_BASE >= GUEST_SIZE || size > GUEST_SIZE)
		return NULL;
	if (at < HEAP_BASE)
		return is_coherent(at, size) ? (uint8_t *)at : NULL;
	for (unsigned k = 0; k < mapping_count; k++)
		if (dma >= mappings[k].dma && dma - mappings[k].dma + size <= mappings[k].size &&
		    mappings[k].direction != (write ? TO_DEVICE : FROM_DEVICE))
			return (uint8_t *)at;
	return NULL;
}

void check_nothing_mapped(void)
{
	if (mapping_count > 0)
		violation("mapping-leak");
	if (token_count > 0)
		violation("token");
}
