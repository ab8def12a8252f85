/* SPDX-License-Identifier: MIT */
/* The native harness: ledger.c (DMA API), host.c (heap, transport), device.c and hostile.c, fuzz.c (client, input). */
#ifndef VRINGFUZZ_NATIVE_H
#define VRINGFUZZ_NATIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Guest memory as src/memory/layout.ts has it, at the addresses that it has in the WebAssembly module (memory.h). */
#define GUEST_BASE 0x100000ul
#define GUEST_SIZE 0x240000ul
#define COHERENT_BASE (GUEST_BASE + 0x10000)
#define COHERENT_SIZE 0x10000ul
#define HEAP_BASE (GUEST_BASE + 0x20000)
#define HEAP_SIZE 0x20000ul
#define DATA_BASE (GUEST_BASE + 0x100000)
#define DATA_SIZE 0x140000ul
#define GUEST_PAGE 4096ul
#define PHYSICAL_BASE 0x100000000ull

/* Of src/platform/dma-api.ts. */
enum { TO_DEVICE = 1, FROM_DEVICE = 2 };

/* Of src/platform/failures.ts. */
enum { FAIL_MAP, FAIL_COHERENT, FAIL_KMALLOC, FAIL_NOTIFY, FAIL_DISABLE, FAIL_ENABLE, FAILURE_KINDS };

/* Moments at which a deferred operation of the device is due (src/world/races.ts); loads are not told of here. */
enum { AT_LOAD, AT_MAP, AT_UNMAP };

/* ledger.c */
void ledger_reset(void);
/* Something is wrong with the driver: counts it and leaves the execution. */
_Noreturn void violation(const char *what);
void print_violations(void);
/* The buffer that carries this token may come back, once. */
void token_expected(uint32_t token);
void token_returned(uint32_t token);
uint32_t tokens_expected(void);
/* Where the device reaches `size` bytes at `dma`; NULL where it may not. */
uint8_t *device_reach(uint64_t dma, uint64_t size, bool write);
/* Nothing is mapped or in flight any more. */
void check_nothing_mapped(void);

/* host.c */
void host_init(void);
void host_reset(void);
void arm_failure(unsigned kind, unsigned skip, unsigned mask);
/* Whether this attempt at a service of that kind is to fail. */
bool fails(unsigned kind);
/* Whether coherent memory holds these bytes. */
bool is_coherent(uintptr_t at, uint64_t size);
void check_nothing_allocated(void);

/* device.c, hostile.c */
void device_start(uint32_t num, uint64_t table, uint64_t driver_ring, uint64_t device_ring, bool event_index);
void device_stop(void);
void device_want_kicks(bool wanted);
void device_operate(unsigned operation, unsigned a, unsigned b, unsigned c, bool may_interrupt);
bool is_device_operation(unsigned operation);

/* fuzz.c */
void at_moment(unsigned moment);
void client_recycle(uint32_t token);

/* The kernel's queue (src/linux/shim/glue.c). */
struct exchange {
	uint32_t length;
	uint32_t context;
	uint32_t address[64];
	uint32_t size[64];
};
extern struct exchange exchange;
int create(uint32_t num, uint32_t max, uint32_t align, uint32_t low, uint32_t high, int has_callback, int has_context,
	   int resettable);
void destroy(void);
int add(uint32_t out, uint32_t in, void *token, void *context);
void *get(void);
int kick(void);
int kick_prepare(void);
int notify_queue(void);
void disable_cb(void);
int enable_cb(void);
uint32_t enable_cb_prepare(void);
int ring_poll(uint32_t opaque);
int enable_cb_delayed(void);
int interrupt(void);
void *detach(void);
int reset(void);
size_t max_mapping_size(void);
int is_broken(void);
void break_queue(void);
uint32_t ring_size(void);
double descriptor_area(void);
double driver_area(void);
double device_area(void);

#endif
