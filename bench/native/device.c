/* SPDX-License-Identifier: MIT */
/*
 * The honest half of a split ring's device, as src/device has it: takes buffers, fills them, answers. It reaches memory
 * through the ledger alone, and survives what its hostile half wrote there.
 */
#include <string.h>

#include "ring.h"

#define MOST_STEPS 256

struct device device;

static const uint8_t widths[FIELDS] = { 8, 4, 2, 2, 2, 2, 2, 2, 2, 2, 4, 4, 2 };

unsigned field_width(unsigned field)
{
	return widths[field];
}

uint64_t read_ring(uint64_t dma, unsigned width)
{
	const uint8_t *at = device_reach(dma, width, false);
	uint64_t value = 0;

	if (at)
		memcpy(&value, at, width);
	return value;
}

void write_ring(uint64_t dma, unsigned width, uint64_t value)
{
	uint8_t *at = device_reach(dma, width, true);

	if (at)
		memcpy(at, &value, width);
}

static uint64_t used_event(void)
{
	return device.driver_ring + 4 + 2 * device.entries;
}

static uint64_t avail_event(void)
{
	return device.device_ring + 4 + 8 * device.entries;
}

uint64_t field_address(unsigned field, unsigned index)
{
	uint64_t descriptor = device.descriptor_table + 16 * (index % device.entries);
	uint64_t used = device.device_ring + 4 + 8 * (index % device.entries);
	uint64_t available = device.driver_ring + 4 + 2 * (index % device.entries);
	const uint64_t descriptor_fields[4] = { descriptor, descriptor + 8, descriptor + 12, descriptor + 14 };
	const uint64_t driver_fields[4] = { device.driver_ring, device.driver_ring + 2, available, used_event() };
	const uint64_t device_fields[5] = { device.device_ring, device.device_ring + 2, used, used + 4, avail_event() };

	if (field < 4)
		return descriptor_fields[field];
	return field < 8 ? driver_fields[field - 4] : device_fields[field - 8];
}

void device_start(uint32_t num, uint64_t table, uint64_t driver_ring, uint64_t device_ring, bool event_index)
{
	device.entries = num;
	device.descriptor_table = table;
	device.driver_ring = driver_ring;
	device.device_ring = device_ring;
	device.event_index = event_index;
	device.next_available = device.used_idx = device.signalled_idx = 0;
	device.pending = 0;
	device.fill_seed = 0x40;
	device.running = device.kicks_wanted = true;
}

void device_stop(void)
{
	device.running = false;
	device.pending = 0;
}

bool device_running(void)
{
	return device.running;
}

void device_want_kicks(bool wanted)
{
	device.kicks_wanted = wanted;
	if (device.event_index)
		write_ring(avail_event(), 2, wanted ? device.next_available : device.next_available - 1);
	else
		write_ring(device.device_ring, 2, !wanted);
}

/* virtio-v1.4 2.7.5: a chain, one level of indirection deep. */
static void walk(struct chain *chain, uint64_t table, uint32_t start, uint32_t count, bool nested)
{
	uint32_t index = start;

	for (unsigned step = 0; step < count && step < MOST_STEPS && index < count; step++) {
		uint64_t at = table + 16 * index;
		uint64_t address = read_ring(at, 8);
		uint32_t length = (uint32_t)read_ring(at + 8, 4);
		uint16_t flags = (uint16_t)read_ring(at + 12, 2);

		if (flags & 4) {
			if (!nested)
				walk(chain, address, 0, length / 16, true);
			return;
		}
		if (chain->elements < MOST_ELEMENTS)
			chain->element[chain->elements++] = (struct element){ address, length, (flags & 2) != 0 };
		if (!(flags & 1))
			return;
		index = (uint16_t)read_ring(at + 14, 2);
	}
}

void fetch(void)
{
	uint16_t count;

	if (!device.running)
		return;
	count = (uint16_t)read_ring(device.driver_ring + 2, 2) - device.next_available;
	if (count > device.entries)
		count = 0;
	for (; count > 0 && device.pending < MOST_CHAINS; count--) {
		struct chain *chain = &device.chains[device.pending++];

		chain->head = (uint16_t)read_ring(device.driver_ring + 4 + 2 * (device.next_available & (device.entries - 1)), 2);
		chain->elements = 0;
		device.next_available++;
		walk(chain, device.descriptor_table, chain->head, device.entries, false);
	}
	if (device.event_index && device.kicks_wanted)
		write_ring(avail_event(), 2, device.next_available);
}

void skip_used(unsigned delta)
{
	device.used_idx += delta;
	write_ring(device.device_ring + 2, 2, device.used_idx);
}

void put_used(uint32_t id, uint32_t length)
{
	uint64_t at = device.device_ring + 4 + 8 * (device.used_idx & (device.entries - 1));

	write_ring(at, 4, id);
	write_ring(at + 4, 4, length);
	skip_used(1);
}

uint32_t writable_bytes(const struct chain *chain)
{
	uint32_t bytes = 0;

	for (unsigned k = 0; k < chain->elements; k++)
		bytes += chain->element[k].writable ? chain->element[k].length : 0;
	return bytes;
}

bool write_bytes(uint64_t dma, uint32_t size, uint8_t seed)
{
	uint8_t *at = device_reach(dma, size, true);

	for (uint32_t k = 0; at && k < size; k++)
		at[k] = (uint8_t)(seed + k);
	return at != NULL;
}

/* Reads what is readable, fills as `mode` says (src/device/ring-device.ts), and returns the length to report. */
static uint32_t fill(const struct chain *chain, unsigned mode)
{
	uint32_t writable = writable_bytes(chain);
	uint32_t budget = writable < FILL_LIMIT ? writable : FILL_LIMIT;
	uint32_t written = 0, read = 0;

	if (mode == 1)
		budget = 0;
	else if (mode == 2)
		budget = writable >> 1;
	else if (mode == 3)
		budget = writable > 0;
	for (unsigned k = 0; k < chain->elements; k++) {
		const struct element *element = &chain->element[k];
		uint32_t part = budget - written < element->length ? budget - written : element->length;

		if (!element->writable)
			read += device_reach(element->address, element->length, false) ? element->length : 0;
		else if (part > 0 && budget > written && write_bytes(element->address, part, device.fill_seed += 37))
			written += part;
	}
	return mode == 4 && writable == 0 ? read : written;
}

void complete(unsigned k, unsigned mode)
{
	struct chain chain = device.chains[k];
	uint32_t length = fill(&chain, mode);

	memmove(&device.chains[k], &device.chains[k + 1], (--device.pending - k) * sizeof(chain));
	put_used(chain.head, length);
}

bool interrupt_due(void)
{
	uint16_t before = device.signalled_idx;

	device.signalled_idx = device.used_idx;
	if (before == device.used_idx)
		return false;
	if (!device.event_index)
		return !(read_ring(device.driver_ring, 2) & 1);
	return (uint16_t)(device.used_idx - (uint16_t)read_ring(used_event(), 2) - 1) < (uint16_t)(device.used_idx - before);
}
