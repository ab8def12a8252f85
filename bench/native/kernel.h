/* SPDX-License-Identifier: MIT */
/* The shim of src/linux/shim where long has 64 bits: everything but the few lines that count on 32. */
#ifndef VRINGFUZZ_NATIVE_KERNEL_H
#define VRINGFUZZ_NATIVE_KERNEL_H

#include "base.h"
#undef BITS_PER_LONG
#define BITS_PER_LONG 64
#undef GENMASK
#define GENMASK(high, low) ((~0UL >> (63 - (high))) & (~0UL << (low)))

#include "report.h"
#include "memory.h"
#include "device.h"

#endif
