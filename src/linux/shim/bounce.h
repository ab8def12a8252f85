/* SPDX-License-Identifier: MIT */
/* The kernel's records of its bounce pool, and which bytes of them are its to touch. */
#ifndef VRINGFUZZ_BOUNCE_H
#define VRINGFUZZ_BOUNCE_H

/* 256 slots of 16 bytes, areas and descriptor, with a gap behind each. */
#define RECORD_BYTES 6144
#define RECORD_GAP 0xfb

struct pool_records {
	u8 bytes[RECORD_BYTES] __aligned(16);
	/* As of the heap (runtime.c). */
	u8 shadow[RECORD_BYTES / 8];
	u32 used;
};
extern struct pool_records pool_records;

#endif
