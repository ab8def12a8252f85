/* SPDX-License-Identifier: MIT */
/* Types, byte order, arithmetic, lists, barriers: what is the same on every platform. */
#ifndef VRINGFUZZ_BASE_H
#define VRINGFUZZ_BASE_H

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef signed char s8;
typedef short s16;
typedef int s32;
typedef long long s64;
typedef u8 __u8;
typedef u16 __u16;
typedef u32 __u32;
typedef u64 __u64;
typedef s8 __s8;
typedef s16 __s16;
typedef s32 __s32;
typedef s64 __s64;
typedef u16 __le16, __be16, __sum16;
typedef u32 __le32, __be32, __wsum;
typedef u64 __le64, __be64;
typedef u8 uint8_t;
typedef u16 uint16_t;
typedef u32 uint32_t;
typedef u64 uint64_t;
typedef _Bool bool;
typedef __SIZE_TYPE__ size_t;
typedef __PTRDIFF_TYPE__ ptrdiff_t;
typedef long ssize_t;
typedef __UINTPTR_TYPE__ uintptr_t;
typedef u64 dma_addr_t;
typedef u64 phys_addr_t;
typedef phys_addr_t resource_size_t;
typedef long long loff_t;
typedef long off_t;
typedef s64 ktime_t;
typedef unsigned int gfp_t;
typedef unsigned int fmode_t;
typedef struct {
	int counter;
} atomic_t;
typedef struct {
	unsigned int value;
} kuid_t;

#define true 1
#define false 0
#define NULL ((void *)0)
#define SIZE_MAX (~(size_t)0)
#define U8_MAX ((u8)~0U)
#define U16_MAX ((u16)~0U)
#define U32_MAX ((u32)~0U)
#define U64_MAX ((u64)~0ULL)
#define UINT_MAX (~0U)
#define INT_MAX ((int)(~0U >> 1))
#define ULONG_MAX (~0UL)
#define BITS_PER_LONG 32
#define BITS_PER_LONG_LONG 64

#define ENOENT 2
#define EPERM 1
#define EIO 5
#define E2BIG 7
#define ENOMEM 12
#define EBUSY 16
#define EINVAL 22
#define ENOSPC 28
#define EOPNOTSUPP 95
#define ENOTSUPP 524

/* Annotations for tools that do not look here. */
#define __bitwise
#define __force
#define __user
#define __iomem
#define __percpu
#define __rcu
#define __init
#define __exit
#define __private
#define __must_check
#define __read_mostly
#define __iowmb() barrier()
#define __acquires(x)
#define __releases(x)
#define __acquire(x)
#define __release(x)
#define __counted_by(member)
#define __always_inline inline __attribute__((always_inline))
#define __always_unused __attribute__((unused))
#define __maybe_unused __attribute__((unused))
#define __unused __attribute__((unused))
#define __attribute_const__ __attribute__((const))
#define __aligned(x) __attribute__((aligned(x)))
#define __packed __attribute__((packed))
#define __cold __attribute__((cold))
#define __used __attribute__((used))
#define __printf(a, b)
#define __alloc_size(...)
#define __malloc
#define __no_kmsan_checks
#define noinline __attribute__((noinline))
#define fallthrough __attribute__((fallthrough))
#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#define asmlinkage
#define notrace
#define CONFIG_VALUE_1 0,
#define CONFIG_SECOND(first, second, ...) second
#define CONFIG_IS_SET2(value) CONFIG_SECOND(value 1, 0)
#define CONFIG_IS_SET1(value) CONFIG_IS_SET2(CONFIG_VALUE_##value)
#define CONFIG_IS_SET(value) CONFIG_IS_SET1(value)
#define IS_ENABLED(option) CONFIG_IS_SET(option)
#define IS_BUILTIN(option) CONFIG_IS_SET(option)
#define IS_REACHABLE(option) CONFIG_IS_SET(option)

/* Byte order: wasm is little-endian. */
#define __LITTLE_ENDIAN 1234
#define __LITTLE_ENDIAN_BITFIELD
#define __swab16(x) __builtin_bswap16(x)
#define __swab32(x) __builtin_bswap32(x)
#define __swab64(x) __builtin_bswap64(x)
#define cpu_to_le16(x) ((__le16)(u16)(x))
#define cpu_to_le32(x) ((__le32)(u32)(x))
#define cpu_to_le64(x) ((__le64)(u64)(x))
#define le16_to_cpu(x) ((u16)(x))
#define le32_to_cpu(x) ((u32)(x))
#define le64_to_cpu(x) ((u64)(x))
#define cpu_to_be16(x) ((__be16)__swab16((u16)(x)))
#define cpu_to_be32(x) ((__be32)__swab32((u32)(x)))
#define cpu_to_be64(x) ((__be64)__swab64((u64)(x)))
#define be16_to_cpu(x) __swab16((u16)(x))
#define be32_to_cpu(x) __swab32((u32)(x))
#define be64_to_cpu(x) __swab64((u64)(x))
#define __cpu_to_le16 cpu_to_le16
#define __cpu_to_le32 cpu_to_le32
#define __cpu_to_le64 cpu_to_le64
#define __le16_to_cpu le16_to_cpu
#define __le32_to_cpu le32_to_cpu
#define __le64_to_cpu le64_to_cpu

/* Arithmetic. */
#define BIT(n) (1UL << (n))
#define BIT_ULL(n) (1ULL << (n))
#define GENMASK_ULL(high, low) ((~0ULL >> (63 - (high))) & (~0ULL << (low)))
#define GENMASK(high, low) ((~0UL >> (31 - (high))) & (~0UL << (low)))
#define min(a, b) ({ __auto_type min_a = (a); __auto_type min_b = (b); min_a < min_b ? min_a : min_b; })
#define max(a, b) ({ __auto_type max_a = (a); __auto_type max_b = (b); max_a > max_b ? max_a : max_b; })
#define min_t(type, a, b) min((type)(a), (type)(b))
#define max_t(type, a, b) max((type)(a), (type)(b))
#define min_not_zero(a, b)                                                                                            \
	({                                                                                                            \
		__auto_type some_a = (a);                                                                             \
		__auto_type some_b = (b);                                                                             \
		some_a == 0 ? some_b : some_b == 0 ? some_a : min(some_a, some_b);                                    \
	})
#define clamp(value, low, high) min(max(value, low), high)
#define swap(a, b)                                                                                                    \
	do {                                                                                                          \
		__typeof__(a) swap_old = (a);                                                                         \
		(a) = (b);                                                                                            \
		(b) = swap_old;                                                                                       \
	} while (0)
#define typeof __typeof__
#define ALIGN(x, to) (((x) + ((__typeof__(x))(to) - 1)) & ~((__typeof__(x))(to) - 1))
#define ALIGN_DOWN(x, to) ((x) & ~((__typeof__(x))(to) - 1))
#define IS_ALIGNED(x, to) (((x) & ((__typeof__(x))(to) - 1)) == 0)
#define PTR_ALIGN(pointer, to) ((__typeof__(pointer))ALIGN((unsigned long)(pointer), (to)))
#define round_up(x, to) ALIGN(x, to)
#define round_down(x, to) ALIGN_DOWN(x, to)
#define roundup(x, to) ((((x) + ((to) - 1)) / (to)) * (to))
#define DIV_ROUND_UP(x, by) (((x) + (by) - 1) / (by))
#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#define is_power_of_2(n) ((n) != 0 && ((n) & ((n) - 1)) == 0)
#define lower_32_bits(n) ((u32)(n))
#define upper_32_bits(n) ((u32)((n) >> 32))
#define fls(x) ((x) ? 32 - __builtin_clz(x) : 0)
#define ffs(x) __builtin_ffs(x)
#define ilog2(x) (31 - __builtin_clz(x))
#define array_size(count, size) size_mul(count, size)
#define struct_size(pointer, member, count)                                                                           \
	(sizeof(*(pointer)) + size_mul(sizeof((pointer)->member[0]), (count)))
#define flex_array_size(pointer, member, count) size_mul(sizeof((pointer)->member[0]), (count))
#define check_add_overflow(a, b, result) __builtin_add_overflow(a, b, result)
#define check_mul_overflow(a, b, result) __builtin_mul_overflow(a, b, result)

static inline size_t size_mul(size_t a, size_t b)
{
	size_t product;

	return __builtin_mul_overflow(a, b, &product) ? SIZE_MAX : product;
}

/* Structures. */
#define offsetof(type, member) __builtin_offsetof(type, member)
#define sizeof_field(type, member) sizeof(((type *)0)->member)
#define container_of(pointer, type, member) ((type *)((char *)(pointer)-offsetof(type, member)))
/* Keeps const, which the kernel's own one does as well: callers depend on it. */
#define container_of_const(pointer, type, member)                                                                     \
	_Generic(pointer, const __typeof__(*(pointer)) *                                                              \
		 : (const type *)container_of(pointer, type, member), default                                         \
		 : container_of(pointer, type, member))

struct list_head {
	struct list_head *next, *prev;
};
struct hlist_node {
	struct hlist_node *next, **pprev;
};
#define LIST_HEAD_INIT(name) { &(name), &(name) }
#define INIT_LIST_HEAD(list) ((list)->next = (list)->prev = (list))
#define list_entry(pointer, type, member) container_of(pointer, type, member)
#define list_first_entry(head, type, member) list_entry((head)->next, type, member)
#define list_for_each_entry(at, head, member)                                                                         \
	for (at = list_first_entry(head, __typeof__(*at), member); &at->member != (head);                             \
	     at = list_entry(at->member.next, __typeof__(*at), member))

static inline int list_empty(const struct list_head *head)
{
	return head->next == head;
}

static inline void list_add_tail(struct list_head *entry, struct list_head *head)
{
	entry->next = head;
	entry->prev = head->prev;
	head->prev->next = entry;
	head->prev = entry;
}

static inline void list_del(struct list_head *entry)
{
	entry->prev->next = entry->next;
	entry->next->prev = entry->prev;
	entry->next = entry->prev = NULL;
}

/* One processor and no reordering: a barrier keeps the compiler in order, and that is what decides here. */
#define barrier() __asm__ __volatile__("" : : : "memory")
#define mb() barrier()
#define rmb() barrier()
#define wmb() barrier()
#define dma_mb() barrier()
#define dma_rmb() barrier()
#define dma_wmb() barrier()
#define smp_mb() barrier()
#define smp_rmb() barrier()
#define smp_wmb() barrier()
#define smp_store_mb(var, value)                                                                                      \
	do {                                                                                                          \
		WRITE_ONCE(var, value);                                                                               \
		barrier();                                                                                            \
	} while (0)
#define virt_mb() barrier()
#define virt_rmb() barrier()
#define virt_wmb() barrier()
#define virt_store_mb(var, value) smp_store_mb(var, value)
#define smp_load_acquire(pointer) READ_ONCE(*(pointer))
#define smp_store_release(pointer, value) WRITE_ONCE(*(pointer), value)
#define READ_ONCE(x) (*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, value) (*(volatile __typeof__(x) *)&(x) = (value))
#define data_race(expression) (expression)
#define cpu_relax() barrier()

#endif
