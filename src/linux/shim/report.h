/* SPDX-License-Identifier: MIT */
/* BUG, WARN, printk: what the driver says is wrong goes to the platform; what it only logs is dropped. */
#ifndef VRINGFUZZ_REPORT_H
#define VRINGFUZZ_REPORT_H

#define HOST(name) __attribute__((import_module("host"), import_name(#name)))

/* `what` is text that ends in a zero byte. */
HOST(bug) _Noreturn void host_bug(const char *what);
HOST(warn) void host_warn(const char *what);

#define BUG() host_bug("BUG")
#define BUG_ON(condition)                                                                                             \
	do {                                                                                                          \
		if (unlikely(condition))                                                                              \
			host_bug("BUG_ON(" #condition ")");                                                           \
	} while (0)
#define panic(...) host_bug("panic")
#define WARN_ON(condition)                                                                                            \
	({                                                                                                            \
		int warn_on = !!(condition);                                                                          \
		if (unlikely(warn_on))                                                                                \
			host_warn("WARN_ON(" #condition ")");                                                         \
		warn_on;                                                                                              \
	})
/* Once an execution: the data segment is put back before each. */
#define WARN_ON_ONCE(condition)                                                                                       \
	({                                                                                                            \
		static bool warned_here;                                                                              \
		int warn_once = !!(condition);                                                                        \
		if (unlikely(warn_once && !warned_here)) {                                                            \
			warned_here = true;                                                                           \
			host_warn("WARN_ON_ONCE(" #condition ")");                                                    \
		}                                                                                                     \
		warn_once;                                                                                            \
	})
#define WARN(condition, ...) WARN_ON(condition)
#define VM_WARN_ON_ONCE(condition) WARN_ON_ONCE(condition)
#define WARN_ONCE(condition, ...) WARN_ON_ONCE(condition)
/* The condition need not be a constant expression, only one that the optimiser decides. */
void build_bug(void) __attribute__((error("BUILD_BUG_ON")));
#define BUILD_BUG_ON(condition)                                                                                       \
	do {                                                                                                          \
		if (condition)                                                                                        \
			build_bug();                                                                                  \
	} while (0)
#define BUILD_BUG_ON_MSG(condition, message) BUILD_BUG_ON(condition)
#define BUILD_BUG() build_bug()
#define static_assert(condition, ...) _Static_assert(condition, "" __VA_ARGS__)
#define compiletime_assert(condition, message) ((void)0)
#define lockdep_assert_held(lock) ((void)0)
#define might_sleep() ((void)0)

#define KERN_ERR
#define KERN_WARNING
#define KERN_DEBUG
#define printk(...) ((void)0)
#define pr_err(...) ((void)0)
#define pr_warn(...) ((void)0)
#define pr_warn_once(...) ((void)0)
#define pr_warn_ratelimited(...) ((void)0)
#define pr_info(...) ((void)0)
#define pr_debug(...) ((void)0)
#define dev_err(device, ...) ((void)(device))
#define dev_warn(device, ...) ((void)(device))
#define dev_warn_once(device, ...) ((void)(device))
#define dev_warn_ratelimited(device, ...) ((void)(device))
#define dev_info(device, ...) ((void)(device))
#define dev_dbg(device, ...) ((void)(device))
#define dev_WARN_ONCE(device, condition, ...) WARN_ON_ONCE(condition)
#define dump_stack() ((void)0)

#define MAX_ERRNO 4095
#define IS_ERR_VALUE(x) unlikely((unsigned long)(x) >= (unsigned long)-MAX_ERRNO)

static inline void *ERR_PTR(long error)
{
	return (void *)error;
}

static inline long PTR_ERR(const void *pointer)
{
	return (long)pointer;
}

static inline bool IS_ERR(const void *pointer)
{
	return IS_ERR_VALUE(pointer);
}

static inline bool IS_ERR_OR_NULL(const void *pointer)
{
	return pointer == NULL || IS_ERR(pointer);
}

#endif
