#include "code_memory.h"

#include <sys/mman.h>

#ifdef __APPLE__
#include <libkern/OSCacheControl.h>
#include <pthread.h>
#endif

static void* mapped(size_t bytes, size_t alignment, int protection, int flags) {
  void* start = mmap(NULL, bytes + alignment, protection, MAP_PRIVATE | MAP_ANON | flags, -1, 0);
  if (start == MAP_FAILED) return NULL;
  return (void*)(((uintptr_t)start + alignment - 1) / alignment * alignment);
}

uint32_t* code_memory(size_t bytes, size_t alignment) {
#ifdef __APPLE__
  pthread_jit_write_protect_np(0);
  const int flags = MAP_JIT;
#else
  const int flags = 0;
#endif
  return mapped(bytes, alignment, PROT_READ | PROT_WRITE | PROT_EXEC, flags);
}

void finish_code(uint32_t* code, size_t bytes) {
#ifdef __APPLE__
  pthread_jit_write_protect_np(1);
  sys_icache_invalidate(code, bytes);
#else
  __builtin___clear_cache((char*)code, (char*)code + bytes);
#endif
}

unsigned char* data_memory(size_t bytes, size_t alignment) {
  unsigned char* memory = mapped(bytes, alignment, PROT_READ | PROT_WRITE, 0);
#ifdef MADV_NOHUGEPAGE
  if (memory != NULL) madvise(memory, bytes, MADV_NOHUGEPAGE);
#endif
  return memory;
}
