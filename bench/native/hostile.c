/* SPDX-License-Identifier: MIT */
/* The hostile half of the device (src/device/hostile-writes.ts), and which half an operation is of. Sanitises nothing. */
#include "ring.h"
#include "operations.h"

static unsigned entry_of(unsigned operand)
{
	if (operand >= 128 || device.pending == 0)
		return operand & 127;
	return device.chains[(operand & 7) % device.pending].head + (operand >> 3);
}

static void rewrite(uint64_t dma, unsigned width, unsigned how)
{
	unsigned operand = how & 31;
	uint64_t old = read_ring(dma, width);
	const uint64_t values[8] = {
		old ^ 1ull << operand % (width * 8),
		operand,
		~0ull,
		old + operand - 16,
		device.entries + operand,
		old * 2 + operand,
		0x10000 + operand,
		operand << 11,
	};

	write_ring(dma, width, values[how >> 5]);
}

static uint32_t forged_id(unsigned operand)
{
	unsigned k = operand & 63;
	uint32_t live = device.pending == 0 ? 0 : device.chains[k % device.pending].head;
	const uint32_t classics[8] = {
		device.entries, device.entries - 1, 0x10000 + live, 0xffffffff, 0x80000000 + live, 0, 0x100 + live, 0xffff,
	};

	if (operand < 64)
		return live;
	if (operand < 128)
		return live + (k & 7) - 3;
	return operand < 192 ? k : classics[k & 7];
}

static uint32_t forged_length(unsigned a, unsigned operand)
{
	uint32_t writable = device.pending == 0 ? 0 : writable_bytes(&device.chains[(a & 63) % device.pending]);

	if (operand < 64)
		return operand;
	if (operand < 128)
		return writable + operand - 96;
	if (operand < 192)
		return (operand - 128) * 256;
	return operand < 224 ? 0xffffffff - (operand - 192) : 0x80000000 + operand;
}

static void scribble(unsigned a, unsigned b, unsigned c)
{
	const struct chain *chain;

	if ((a & 3) == 0 || device.pending == 0)
		return;
	chain = &device.chains[b % device.pending];
	for (unsigned k = 0; k < chain->elements; k++) {
		uint32_t length = chain->element[k].length < FILL_LIMIT ? chain->element[k].length : FILL_LIMIT;

		if (((a & 3) == 2) == chain->element[k].writable)
			write_bytes(chain->element[k].address, length, c ^ 0xa5);
	}
}

static void raw_byte(unsigned offset, uint8_t value)
{
	const uint64_t starts[3] = { device.descriptor_table, device.driver_ring, device.device_ring };
	const unsigned sizes[3] = { 16 * device.entries, 6 + 2 * device.entries, 6 + 8 * device.entries };

	offset %= sizes[0] + sizes[1] + sizes[2];
	for (unsigned area = 0; area < 3; area++) {
		if (offset < sizes[area]) {
			write_ring(starts[area] + offset, 1, value);
			return;
		}
		offset -= sizes[area];
	}
}

bool is_device_operation(unsigned operation)
{
	return operation >= FIRST_DEVICE_OPERATION && operation <= LAST_DEVICE_OPERATION;
}

void device_operate(unsigned operation, unsigned a, unsigned b, unsigned c, bool may_interrupt)
{
	/* Hostile writes go on where a queue has been taken back: what can no longer be reached is not written. */
	switch (operation) {
	case OP_COMPLETE:
	case OP_COMPLETE_MANY:
		if (!device.running)
			return;
		fetch();
		for (unsigned k = operation == OP_COMPLETE ? 1 : 1 + (a & 7); k > 0 && device.pending > 0; k--)
			complete(operation == OP_COMPLETE ? a % device.pending : 0, b % 5);
		if (may_interrupt && !(c & 1) && interrupt_due())
			interrupt();
		return;
	case OP_WANT_KICKS:
		if (device.running)
			device_want_kicks(!(a & 1));
		return;
	case OP_POKE:
		rewrite(field_address(a % FIELDS, entry_of(b)), field_width(a % FIELDS), c);
		return;
	case OP_POKE_ALL:
		for (unsigned k = 0; k < device.entries; k++)
			rewrite(field_address(a % FIELDS, k), field_width(a % FIELDS), c);
		return;
	case OP_COPY_FIELD:
		write_ring(field_address(a % FIELDS, entry_of(b)), field_width(a % FIELDS),
			   read_ring(field_address(a % FIELDS, entry_of(c)), field_width(a % FIELDS)));
		return;
	case OP_FORGE_USED:
		fetch();
		put_used(forged_id(a), forged_length(a, b));
		return;
	case OP_JUMP_USED:
		skip_used(a | b << 8);
		return;
	case OP_SCRIBBLE:
		fetch();
		scribble(a, b, c);
		return;
	case OP_RAW_BYTE:
		raw_byte(a | b << 8, (uint8_t)c);
		return;
	}
}
