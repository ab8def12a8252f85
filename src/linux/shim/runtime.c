/* SPDX-License-Identifier: MIT */
/*
 * Behind the compiler's instrumentation. Every load and store of the driver comes here first: those of device-writable
 * memory go on to the platform, where the device can act before them; with -DVRINGFUZZ_KASAN all others are checked
 * against a shadow of the heap, eight bytes to one, as KASAN does. Comparisons are logged for the engine. Compiled
 * without instrumentation.
 */
#include "kernel.h"
#include "bounce.h"
#include "runtime.h"

#define EXPORT(name) __attribute__((export_name(#name)))

HOST(load) void host_load(unsigned long address, size_t size);
HOST(store) void host_store(unsigned long address, size_t size);
HOST(stored) void host_stored(unsigned long address, size_t size);
HOST(bad_access) void host_bad_access(unsigned long address, size_t size, int store, int freed);
HOST(out_of_steps) void host_out_of_steps(void);
HOST(copy) void host_copy(unsigned long to, unsigned long from, size_t size);
HOST(fill) void host_fill(unsigned long to, size_t size, int value);

/* Loads that one execution may make. A call that does not end makes them without end. */
#define STEP_BUDGET 4000000u
u32 steps;

extern char __data_end, __heap_base;

/* The shadow of the heap: 0 all eight bytes, 1 to 7 as many, otherwise none. */
#define UNTOUCHED 0xfa
#define FREED 0xfd
u8 shadow[GUEST_HEAP_SIZE / 8];
u32 shadow_top;

static u32 heap_offset(unsigned long address)
{
	return (u32)(address - GUEST_BASE - GUEST_HEAP);
}

void shadow_allocated(void *address, size_t size)
{
	u32 at = heap_offset((unsigned long)address) / 8;
	u32 whole = (u32)size / 8;

	if (at + whole + 1 > sizeof(shadow))
		return;
	__builtin_memset(shadow + at, 0, whole);
	if (size & 7)
		shadow[at + whole] = size & 7;
	if (at + whole + 1 > shadow_top)
		shadow_top = at + whole + 1;
}

void shadow_freed(const void *address)
{
	u32 at = heap_offset((unsigned long)address) / 8;

	while (at < sizeof(shadow) && shadow[at] < 8)
		shadow[at++] = FREED;
}

EXPORT(shadow_at) u8 *shadow_at(void)
{
	return shadow;
}

EXPORT(shadow_size) u32 shadow_size(void)
{
	return sizeof(shadow);
}

/* Before each execution. */
EXPORT(reset_runtime) void reset_runtime(void)
{
	__builtin_memset(shadow, UNTOUCHED, shadow_top);
	shadow_top = 0;
	steps = 0;
}

EXPORT(init_runtime) void init_runtime(void)
{
	__builtin_memset(shadow, UNTOUCHED, sizeof(shadow));
	shadow_top = 0;
	steps = 0;
}

/* Whether a shadow of objects, which starts at `at` of them, lets all of the access through. */
static bool is_allowed(const u8 *states, u32 at, size_t size)
{
	u32 last = at + (u32)size - 1;
	u8 first_state = states[at / 8];
	u8 last_state = states[last / 8];

	return (first_state == 0 || (at / 8 == last / 8 && first_state < 8)) &&
	       (last_state == 0 || (last_state < 8 && (last & 7) < last_state));
}

#ifdef VRINGFUZZ_SWIOTLB
/* The records of the bounce pool lie in the module's data, but each is an object of its own. */
static bool is_record(unsigned long address, size_t size)
{
	unsigned long at = address - (unsigned long)pool_records.bytes;

	return at < RECORD_BYTES && at + size <= RECORD_BYTES;
}

/* Bytes that the device sees are moved by the platform, which tells of each copy before. */
static bool is_bounce(const void *to, const void *from)
{
	return (unsigned long)to - GUEST_BASE - GUEST_POOL < GUEST_POOL_SIZE ||
	       (unsigned long)from - GUEST_BASE - GUEST_POOL < GUEST_POOL_SIZE;
}
#else
static bool is_record(unsigned long address, size_t size)
{
	return false;
}

static bool is_bounce(const void *to, const void *from)
{
	return false;
}
#endif

#ifdef VRINGFUZZ_KASAN
static noinline void check_whole(unsigned long address, size_t size, int store)
{
	u32 heap = heap_offset(address);
	u32 last = heap + (u32)size - 1;

	if (heap < GUEST_HEAP_SIZE && last < GUEST_HEAP_SIZE) {
		if (!is_allowed(shadow, heap, size))
			host_bad_access(address, size, store, shadow[heap / 8] == FREED || shadow[last / 8] == FREED);
		return;
	}
	if (is_record(address, size)) {
		if (!is_allowed(pool_records.shadow, address - (unsigned long)pool_records.bytes, size))
			host_bad_access(address, size, store, 0);
		return;
	}
	/* The module's own stack and data; its first page is what a null pointer points into. */
	if (address >= PAGE_SIZE && address + size <= (unsigned long)&__heap_base)
		return;
	host_bad_access(address, size, store, 0);
}

/* Nearly all: within eight bytes of the heap that are all allocated. */
static __always_inline void check_private(unsigned long address, size_t size, int store)
{
	u32 heap = heap_offset(address);

	if (likely(heap < GUEST_HEAP_SIZE && (heap & 7) + size <= 8 && shadow[heap / 8] == 0))
		return;
	check_whole(address, size, store);
}
#else
static inline void check_private(unsigned long address, size_t size, int store)
{
}
#endif

static __always_inline void step(void)
{
	if (unlikely(++steps > STEP_BUDGET))
		host_out_of_steps();
}

static __always_inline void on_load(unsigned long address, size_t size)
{
	step();
	if (address - GUEST_BASE - GUEST_SHARED < GUEST_SHARED_SIZE)
		host_load(address, size);
	else
		check_private(address, size, 0);
}

static __always_inline void on_store(unsigned long address, size_t size)
{
	if (address - GUEST_BASE - GUEST_SHARED < GUEST_SHARED_SIZE)
		host_store(address, size);
	else
		check_private(address, size, 1);
}

#define SIZED_HOOKS(size)                                                                                             \
	void __asan_load##size(unsigned long address) { on_load(address, size); }                                   \
	void __asan_store##size(unsigned long address) { on_store(address, size); }                                 \
	void __sanitizer_cov_load##size(void *address) { on_load((unsigned long)address, size); }                     \
	void __sanitizer_cov_store##size(void *address) { on_store((unsigned long)address, size); }

SIZED_HOOKS(1)
SIZED_HOOKS(2)
SIZED_HOOKS(4)
SIZED_HOOKS(8)
SIZED_HOOKS(16)

void __asan_loadN(unsigned long address, size_t size)
{
	on_load(address, size);
}

void __asan_storeN(unsigned long address, size_t size)
{
	on_store(address, size);
}

void __asan_handle_no_return(void)
{
}

/* Whole ranges. In the ring they are told of afterwards; elsewhere first and last byte stand for all. */
static void check_range(unsigned long address, size_t size, int store)
{
	if (size == 0 || address - GUEST_BASE - GUEST_SHARED < GUEST_SHARED_SIZE)
		return;
	check_private(address, 1, store);
	check_private(address + size - 1, 1, store);
}

static void wrote_range(unsigned long address, size_t size)
{
	if (address - GUEST_BASE - GUEST_SHARED < GUEST_SHARED_SIZE && size > 0)
		host_stored(address, size);
}

void *memset(void *to, int value, size_t size)
{
	if (is_bounce(to, to)) {
		host_fill((unsigned long)to, size, value);
		return to;
	}
	check_range((unsigned long)to, size, 1);
	__builtin_memset(to, value, size);
	wrote_range((unsigned long)to, size);
	return to;
}

void *memmove(void *to, const void *from, size_t size)
{
	if (is_bounce(to, from)) {
		if (size > 0)
			host_copy((unsigned long)to, (unsigned long)from, size);
		return to;
	}
	check_range((unsigned long)from, size, 0);
	check_range((unsigned long)to, size, 1);
	__builtin_memmove(to, from, size);
	wrote_range((unsigned long)to, size);
	return to;
}

void *memcpy(void *to, const void *from, size_t size)
{
	return memmove(to, from, size);
}

void *__asan_memset(void *to, int value, size_t size)
{
	return memset(to, value, size);
}

void *__asan_memcpy(void *to, const void *from, size_t size)
{
	return memmove(to, from, size);
}

void *__asan_memmove(void *to, const void *from, size_t size)
{
	return memmove(to, from, size);
}

void __sanitizer_cov_8bit_counters_init(void *start, void *stop)
{
}

/* Comparisons with a constant, each distinct pair of operands once. Full, it takes no more until it is emptied. */
#define COMPARISONS 16
struct {
	u32 count;
	struct {
		u32 place, left, right;
	} entry[COMPARISONS];
} comparisons;

EXPORT(comparisons_at) void *comparisons_at(void)
{
	return &comparisons;
}

static __always_inline void compared(u32 width, u32 constant, u32 value)
{
	/* wasm has no addresses of code to look at: width and constant tell places apart well enough. */
	u32 place = (constant * 0x9e3779b1u) >> 16 | width << 16;
	u32 k;

	if (constant == value || comparisons.count == COMPARISONS)
		return;
	for (k = 0; k < comparisons.count; k++)
		if (comparisons.entry[k].place == place && comparisons.entry[k].right == value)
			return;
	comparisons.entry[k].place = place;
	comparisons.entry[k].left = constant;
	comparisons.entry[k].right = value;
	comparisons.count = k + 1;
}

void __sanitizer_cov_trace_const_cmp1(u8 constant, u8 value)
{
	compared(1, constant, value);
}

void __sanitizer_cov_trace_const_cmp2(u16 constant, u16 value)
{
	compared(2, constant, value);
}

void __sanitizer_cov_trace_const_cmp4(u32 constant, u32 value)
{
	compared(4, constant, value);
}

void __sanitizer_cov_trace_const_cmp8(u64 constant, u64 value)
{
}

/* Two values that both change: each side may be what the other must become. */
void __sanitizer_cov_trace_cmp1(u8 left, u8 right)
{
	compared(17, left, right);
}

void __sanitizer_cov_trace_cmp2(u16 left, u16 right)
{
	compared(18, left, right);
}

void __sanitizer_cov_trace_cmp4(u32 left, u32 right)
{
	compared(20, left, right);
}

void __sanitizer_cov_trace_cmp8(u64 left, u64 right)
{
}

void __sanitizer_cov_trace_switch(u64 value, u64 *cases)
{
}
