/* SPDX-License-Identifier: MIT */
/*
 * What virtio_ring.c and swiotlb.c need of the kernel besides the headers that are used verbatim (headers.ts and
 * swiotlb-files.ts in src/campaign/linux name both). Every other kernel header becomes one line that includes this file.
 * Written from the API's names; nothing here is copied from the kernel.
 */
#ifndef VRINGFUZZ_KERNEL_H
#define VRINGFUZZ_KERNEL_H

#include "base.h"
#include "report.h"
#include "memory.h"
#include "device.h"
#ifdef CONFIG_SWIOTLB
#include "pool.h"
#endif

#endif
