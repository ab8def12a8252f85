/* SPDX-License-Identifier: MIT */
/* What the instrumentation calls, and the shadow of the heap that it asks. */
#ifndef VRINGFUZZ_RUNTIME_H
#define VRINGFUZZ_RUNTIME_H

/* The guest's memory as src/memory/layout.ts has it; the build checks that both agree. */
#define GUEST_SHARED 0x10000u
#define GUEST_SHARED_SIZE 0x10000u
#define GUEST_HEAP 0x20000u
#define GUEST_HEAP_SIZE 0x20000u
#define GUEST_POOL 0x80000u
#define GUEST_POOL_SIZE 0x80000u

void shadow_allocated(void *address, size_t size);
void shadow_freed(const void *address);

#endif
