/* SPDX-License-Identifier: MIT */
/*
 * The native harness's input and client: the scenario format of vringfuzz (docs/input-format.md), a header and records
 * of four bytes, on a split ring of 8 over direct mapping, 16 records in each execution. Same bytes, same operations, as
 * far as they exist here (README.md).
 */
#include <setjmp.h>
#include <string.h>

#include "native.h"
#include "operations.h"

#define QUEUE_SIZE 8
#define RECORDS 16
#define HEADER 4
#define INPUT_SIZE (HEADER + 4 * RECORDS)
#define MOST_TOKENS 1000

/* Feature bits (virtio-v1.4 6); those from 32 on belong to the high word. */
#define INDIRECT_DESC (1u << 28)
#define EVENT_IDX (1u << 29)
#define VERSION_1_AND_ACCESS_PLATFORM 3u
#define RING_RESET (1u << 8)

extern jmp_buf execution;

static bool event_index, resettable, exists;
static uint32_t last_token;
static uintptr_t next_page;

/* A deferred operation of the device: its record, and when. */
static const uint8_t *deferred;
static unsigned deferred_moment, deferred_count;

/* Of src/scenario/operands.ts. */
static const uint8_t out_counts[8] = { 0, 1, 1, 2, 1, 3, 0, 5 };
static const uint8_t in_counts[8] = { 1, 0, 1, 1, 2, 0, 3, 4 };
static const uint16_t small_sizes[16] = { 8, 1, 4, 16, 12, 2, 8, 24, 4, 16, 3, 8, 32, 6, 64, 100 };
static const uint16_t large_sizes[8] = { 512, 2047, 2048, 2049, 4096, 6144, 3000, 1024 };
static const uint16_t offsets[4] = { 0, 0x100, 0x7f0, 0xf00 };

static uint32_t piece_size(unsigned b, unsigned c, unsigned k)
{
	if (k == 0 && c >> 4 == 14)
		return (b & 0x7f) == 0x7f ? 0x41000 : large_sizes[b & 7];
	return small_sizes[((k & 1) == 0 ? b + 3 * k : (b >> 4) + 5 * k) & 15];
}

/* Pieces one behind the other, readable and writable ones on pages of their own. */
static bool prepare(unsigned a, unsigned b, unsigned c, unsigned *out, unsigned *in)
{
	unsigned times = c >> 3 == 31 ? 4 : 1;
	uintptr_t at = next_page + offsets[c & 3];

	*out = out_counts[a & 7] * times;
	*in = in_counts[a >> 3 & 7] * times;
	if (*out + *in == 0)
		*in = 1;
	for (unsigned k = 0; k < *out + *in; k++) {
		uint32_t size = piece_size(b, c, k);

		if (k == *out && k > 0)
			at = ((at + GUEST_PAGE - 1) & ~(GUEST_PAGE - 1)) + offsets[c & 3];
		exchange.address[k] = (uint32_t)at;
		exchange.size[k] = size;
		at += size;
	}
	if (at > DATA_BASE + DATA_SIZE || last_token + 1 >= MOST_TOKENS)
		return false;
	next_page = (at + GUEST_PAGE - 1) & ~(GUEST_PAGE - 1);
	return true;
}

static void add_one(unsigned a, unsigned b, unsigned c)
{
	unsigned out, in;
	uint32_t token;

	if (!prepare(a, b, c, &out, &in))
		return;
	token = ++last_token;
	if (add(out, in, (void *)(uintptr_t)token, NULL) == 0)
		token_expected(token);
}

static bool take(void *token)
{
	if (!token)
		return false;
	token_returned((uint32_t)(uintptr_t)token);
	return true;
}

void client_recycle(uint32_t token)
{
	token_returned(token);
}

static void hand_over(void)
{
	device_start(ring_size(), (uint64_t)descriptor_area(), (uint64_t)driver_area(), (uint64_t)device_area(),
		     event_index);
}

static void take_all_back(void)
{
	device_stop();
	for (uint32_t k = tokens_expected() + 1; k > 0; k--)
		if (!take(detach()))
			return;
}

static void after_reset(int error)
{
	if (error == 0)
		hand_over();
}

void at_moment(unsigned moment)
{
	const uint8_t *record = deferred;

	if (!record || moment != deferred_moment || --deferred_count > 0)
		return;
	deferred = NULL;
	device_operate(operation_of[record[0]], record[1], record[2], record[3], false);
}

static void client_operate(unsigned operation, unsigned a, unsigned b, unsigned c)
{
	switch (operation) {
	case OP_ADD:
		add_one(a, b, c);
		if (a & 128)
			kick();
		return;
	case OP_GET:
		for (unsigned k = 1 + (a & 7); k > 0; k--)
			if (!take(get()))
				return;
		return;
	case OP_DRAIN:
		for (uint32_t k = tokens_expected() + 1; k > 0; k--)
			if (!take(get()))
				return;
		return;
	case OP_KICK:
		kick();
		return;
	case OP_KICK_PREPARE:
		kick_prepare();
		return;
	case OP_NOTIFY:
		notify_queue();
		return;
	case OP_DISABLE_CB:
		disable_cb();
		return;
	case OP_ENABLE_CB:
		enable_cb();
		return;
	case OP_ENABLE_CB_DELAYED:
		enable_cb_delayed();
		return;
	case OP_PREPARE_AND_POLL:
		ring_poll(enable_cb_prepare());
		return;
	case OP_INTERRUPT:
		interrupt();
		return;
	case OP_DETACH_ALL:
		if (!resettable)
			return;
		take_all_back();
		after_reset(reset());
		return;
	case OP_RESET:
		after_reset(reset());
		return;
	case OP_QUERY:
		max_mapping_size();
		is_broken();
		return;
	case OP_BREAK:
		break_queue();
		return;
	case OP_FAIL:
		arm_failure(a % FAILURE_KINDS, b & 15, c);
		return;
	}
}

/* Always as many records: a shorter input's are repeated (src/campaign/engine/small-workload.ts). */
static void spread(const uint8_t *data, size_t size, uint8_t *input)
{
	size_t own = size < HEADER + 4 ? 0 : (size - HEADER) & ~(size_t)3;

	memset(input, 0, INPUT_SIZE);
	memcpy(input, data, size < HEADER ? size : HEADER);
	for (size_t k = 0; own > 0 && k < 4 * RECORDS; k++)
		input[HEADER + k] = data[HEADER + k % own];
}

static void run(const uint8_t *input)
{
	uint8_t flags = input[0];
	const uint8_t *defer = NULL;

	event_index = (flags & 4) != 0;
	resettable = (flags & 128) == 0;
	if (create(QUEUE_SIZE, 256, 4, (flags & 2 ? INDIRECT_DESC : 0) | (event_index ? EVENT_IDX : 0),
		   VERSION_1_AND_ACCESS_PLATFORM | (resettable ? RING_RESET : 0), !(flags & 8), 0, resettable) != 0)
		return;
	hand_over();
	if (input[3] & 16)
		device_want_kicks(false);
	for (unsigned k = 0; k < RECORDS; k++) {
		const uint8_t *record = input + HEADER + 4 * k;
		unsigned operation = operation_of[record[0]];

		if (operation == OP_DEFER) {
			defer = record;
		} else if (!is_device_operation(operation)) {
			client_operate(operation, record[1], record[2], record[3]);
		} else if (defer) {
			deferred = record;
			deferred_moment = defer[1] % 3;
			deferred_count = 1 + (defer[2] & 15);
			defer = NULL;
		} else {
			device_operate(operation, record[1], record[2], record[3], true);
		}
	}
	take_all_back();
	destroy();
	check_nothing_mapped();
	check_nothing_allocated();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t input[INPUT_SIZE];

	if (!exists) {
		host_init();
		exists = true;
	}
	host_reset();
	ledger_reset();
	device_stop();
	deferred = NULL;
	last_token = 0;
	next_page = DATA_BASE;
	spread(data, size, input);
	if (setjmp(execution) == 0)
		run(input);
	return 0;
}
