/* SPDX-License-Identifier: MIT */
/* What both halves of the device share: the queue as the device knows it, and the buffers that it holds. */
#ifndef VRINGFUZZ_NATIVE_RING_H
#define VRINGFUZZ_NATIVE_RING_H

#include "native.h"

#define MOST_CHAINS 64
#define MOST_ELEMENTS 16
#define FILL_LIMIT 8192u
/* Fields of the ring, in the order of src/device/split-device.ts. */
#define FIELDS 13

struct element {
	uint64_t address;
	uint32_t length;
	bool writable;
};
struct chain {
	uint16_t head;
	unsigned elements;
	struct element element[MOST_ELEMENTS];
};
struct device {
	/* DMA addresses of the ring's areas. */
	uint64_t descriptor_table, driver_ring, device_ring;
	uint32_t entries;
	uint16_t next_available, used_idx, signalled_idx;
	bool running, event_index, kicks_wanted;
	uint8_t fill_seed;
	unsigned pending;
	struct chain chains[MOST_CHAINS];
};
extern struct device device;

uint64_t read_ring(uint64_t dma, unsigned width);
void write_ring(uint64_t dma, unsigned width, uint64_t value);
bool write_bytes(uint64_t dma, uint32_t size, uint8_t seed);
uint64_t field_address(unsigned field, unsigned index);
unsigned field_width(unsigned field);
void fetch(void);
void put_used(uint32_t id, uint32_t length);
void skip_used(unsigned delta);
uint32_t writable_bytes(const struct chain *chain);
/* Answers the k-th pending buffer, filled as `mode` says (src/device/ring-device.ts). */
void complete(unsigned k, unsigned mode);
bool interrupt_due(void);

#endif
