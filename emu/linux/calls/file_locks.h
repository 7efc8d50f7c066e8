// fcntl's locks of file ranges.
#pragma once

#include <cstdint>
#include <memory>

#include "emu/linux/process.h"

namespace m2sim::emu {

// F_GETLK, F_SETLK, F_SETLKW and their F_OFD_ relatives, with fcntl's arguments.
std::int64_t record_lock(Process& process, const std::shared_ptr<OpenFile>& file, const Args& args);

// A process that closes a file loses its locks there, by whatever number it took them.
void release_record_locks(Process& process, int host);

}  // namespace m2sim::emu
