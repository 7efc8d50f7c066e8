// Memory that code can be written to and run from.
#pragma once

#include <stddef.h>
#include <stdint.h>

// At a multiple of `alignment`; NULL: the system refuses. Writable until it is finished.
uint32_t* code_memory(size_t bytes, size_t alignment);
void finish_code(uint32_t* code, size_t bytes);

// Zeroed, at a multiple of `alignment`, and not in pages larger than the system's usual ones.
unsigned char* data_memory(size_t bytes, size_t alignment);
