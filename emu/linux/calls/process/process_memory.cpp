// Memory of another guest process, or of the caller, by its number.
#include <algorithm>
#include <array>
#include <vector>

#include "emu/linux/calls/syscalls.h"

namespace m2sim::emu::sys {

namespace {

struct Part {
  std::uint64_t address;
  std::uint64_t size;
};

std::int64_t read_parts(const Process& process, std::uint64_t at, std::uint64_t count,
                        std::vector<Part>& parts) {
  constexpr std::uint64_t kMostParts = 1024;  // UIO_MAXIOV
  if (count > kMostParts) return -EINVAL;
  parts.resize(count);
  if (!process.memory().read(at, parts.data(), count * sizeof(Part))) return -EFAULT;
  for (const Part& part : parts) {
    if (static_cast<std::int64_t>(part.size) < 0) return -EINVAL;
  }
  return 0;
}

// From `from` to `to`, part by part; what cannot be reached ends it.
std::int64_t copy(const Memory& source, std::vector<Part>& from, Memory& target, std::vector<Part>& to) {
  constexpr std::uint64_t kChunk = 4096;
  std::array<std::byte, kChunk> bytes{};
  std::int64_t total = 0;
  auto in = from.begin();
  auto out = to.begin();
  while (in != from.end() && out != to.end()) {
    const std::uint64_t page_left = kChunk - in->address % kChunk;
    const std::uint64_t size = std::min({in->size, out->size, page_left});
    const bool done =
        source.read(in->address, bytes.data(), size) && target.write(out->address, bytes.data(), size);
    if (!done) return total == 0 ? -EFAULT : total;
    total += static_cast<std::int64_t>(size);
    for (Part* part : {&*in, &*out}) {
      part->address += size;
      part->size -= size;
    }
    if (in->size == 0) ++in;
    if (out->size == 0) ++out;
  }
  return total;
}

std::int64_t transfer(Process& process, const Args& args, bool reads) {
  std::vector<Part> own;
  std::vector<Part> other;
  if (args[5] != 0) return -EINVAL;
  if (const std::int64_t error = read_parts(process, args[1], args[2], own); error != 0) return error;
  if (const std::int64_t error = read_parts(process, args[3], args[4], other); error != 0) return error;
  const Task* task = process.kernel.task(args.i32(0));
  if (task == nullptr) return -ESRCH;
  if (task->process != &process && !process.credentials.may_trace(task->process->credentials)) return -EPERM;
  Memory& theirs = task->process->memory();
  return reads ? copy(theirs, other, process.memory(), own) : copy(process.memory(), own, theirs, other);
}

}  // namespace

std::int64_t process_vm_readv(Process& process, const Args& args) { return transfer(process, args, true); }
std::int64_t process_vm_writev(Process& process, const Args& args) { return transfer(process, args, false); }

}  // namespace m2sim::emu::sys
