/* SPDX-License-Identifier: MIT */
/* The native harness's platform but for the DMA API: guest memory, heap, coherent memory, transport, placed failures. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "native.h"

#if __has_feature(address_sanitizer)
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(at, size) ((void)(at), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(at, size) ((void)(at), (void)(size))
#endif

#define MOST_BLOCKS 256
#define EIO 5

struct block {
	uintptr_t at;
	size_t size;
};
static struct block heap[MOST_BLOCKS], coherent[MOST_BLOCKS];
static unsigned heap_count, coherent_count;
static size_t heap_used, coherent_used;

struct failure {
	unsigned attempts, first, pattern;
};
static struct failure failures[FAILURE_KINDS];

void host_init(void)
{
	void *at = mmap((void *)GUEST_BASE, GUEST_SIZE, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	if (at != (void *)GUEST_BASE) {
		perror("native: guest memory cannot be mapped at 1 MiB");
		_Exit(2);
	}
	ASAN_POISON_MEMORY_REGION((void *)HEAP_BASE, HEAP_SIZE);
	atexit(print_violations);
}

void host_reset(void)
{
	if (heap_used > 0)
		ASAN_POISON_MEMORY_REGION((void *)HEAP_BASE, heap_used);
	memset(failures, 0, sizeof(failures));
	heap_count = coherent_count = 0;
	heap_used = coherent_used = 0;
}

/* Failures that the input places. */

void arm_failure(unsigned kind, unsigned skip, unsigned mask)
{
	failures[kind].first = failures[kind].attempts + skip;
	failures[kind].pattern = mask ? mask : 1;
}

bool fails(unsigned kind)
{
	struct failure *failure = &failures[kind];
	unsigned position = failure->attempts++ - failure->first;

	return position < 8 && (failure->pattern >> position & 1);
}

static bool is_in(const struct block *blocks, unsigned count, uintptr_t at, uint64_t size)
{
	for (unsigned k = 0; k < count; k++)
		if (at >= blocks[k].at && at - blocks[k].at + size <= blocks[k].size)
			return true;
	return false;
}

/* Heap and coherent memory: one block behind the other, all free again with the next execution. */

static size_t release(struct block *blocks, unsigned *count, uintptr_t at, const char *otherwise)
{
	for (unsigned k = *count; k-- > 0;) {
		if (blocks[k].at != at)
			continue;
		size_t size = blocks[k].size;

		blocks[k] = blocks[--*count];
		return size;
	}
	violation(otherwise);
}

void *host_alloc_coherent(size_t size)
{
	uintptr_t at = COHERENT_BASE + coherent_used;
	size_t whole = (size + GUEST_PAGE - 1) & ~(GUEST_PAGE - 1);

	if (coherent_count == MOST_BLOCKS || whole > COHERENT_SIZE - coherent_used || fails(FAIL_COHERENT))
		return NULL;
	coherent[coherent_count++] = (struct block){ at, size };
	coherent_used += whole;
	return memset((void *)at, 0, size);
}

double host_coherent_dma(const void *cpu)
{
	return (double)((uintptr_t)cpu - GUEST_BASE + PHYSICAL_BASE);
}

void host_free_coherent(const void *cpu, size_t size)
{
	if (!is_coherent((uintptr_t)cpu, size))
		violation("coherent memory");
	release(coherent, &coherent_count, (uintptr_t)cpu, "coherent memory");
}

void *host_kmalloc(size_t size)
{
	uintptr_t at = HEAP_BASE + heap_used;
	/* Behind each block some bytes are nobody's. */
	size_t whole = (size + 31) & ~(size_t)15;

	if (heap_count == MOST_BLOCKS || whole > HEAP_SIZE - heap_used || fails(FAIL_KMALLOC))
		return NULL;
	heap[heap_count++] = (struct block){ at, size };
	heap_used += whole;
	ASAN_UNPOISON_MEMORY_REGION((void *)at, size);
	/* What a block holds before it is written is the same in every execution. */
	return memset((void *)at, 0xaa, size);
}

void host_kfree(const void *address)
{
	ASAN_POISON_MEMORY_REGION(address, release(heap, &heap_count, (uintptr_t)address, "heap"));
}

bool is_coherent(uintptr_t at, uint64_t size)
{
	return is_in(coherent, coherent_count, at, size);
}

void check_nothing_allocated(void)
{
	if (heap_count > 0 || coherent_count > 0)
		violation("teardown");
}

/* The transport, and what the driver says of itself. */

int host_notify(void)
{
	return !fails(FAIL_NOTIFY);
}

void host_callback(void)
{
}

void host_recycle(void *token)
{
	client_recycle((uint32_t)(uintptr_t)token);
}

int host_disable_queue(void)
{
	if (fails(FAIL_DISABLE))
		return -EIO;
	device_stop();
	return 0;
}

int host_enable_queue(void)
{
	return fails(FAIL_ENABLE) ? -EIO : 0;
}

_Noreturn void host_bug(const char *what)
{
	(void)what;
	violation("panic");
}

void host_warn(const char *what)
{
	(void)what;
}

/* The heap is a block behind another here: AddressSanitizer's shadow does what the shim's does for KASAN. */
void shadow_allocated(void *address, size_t size)
{
	(void)address, (void)size;
}

void shadow_freed(const void *address)
{
	(void)address;
}
