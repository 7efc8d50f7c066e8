// A process made of the tiny ELF of elf_builder.h, for calling system calls directly.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "emu/linux/process.h"
#include "emu/machine.h"
#include "tests/emu/elf/elf_builder.h"

namespace m2sim::emu::testing {

// A directory of its own that disappears with everything in it that the test removed or named here.
class ScratchDirectory {
 public:
  ScratchDirectory() {
    std::string name = ::testing::TempDir() + "m2simXXXXXX";
    path_ = ::mkdtemp(name.data());
  }
  ~ScratchDirectory() {
    for (const std::string& file : files_) ::unlink(file.c_str());
    ::rmdir(path_.c_str());
  }
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;

  const std::string& path() const { return path_; }
  // A name in the directory; with content, the file is written.
  std::string file(const std::string& name) {
    files_.push_back(path_ + "/" + name);
    return files_.back();
  }
  std::string file(const std::string& name, const std::vector<std::byte>& content) {
    std::FILE* out = std::fopen(file(name).c_str(), "wb");
    if (!content.empty()) std::fwrite(content.data(), 1, content.size(), out);
    std::fclose(out);
    return files_.back();
  }

 private:
  std::string path_;
  std::vector<std::string> files_;
};

inline std::vector<std::string>& diagnostics() {
  static std::vector<std::string> lines;
  return lines;
}

class GuestMachine {
 public:
  explicit GuestMachine(MachineOptions options = {}) {
    options.program = directory.file("tiny", tiny_program().bytes());
    options.start_time = kStart;
    options.diagnostics = [](std::string_view line) { diagnostics().emplace_back(line); };
    diagnostics().clear();
    machine = std::make_unique<Machine>(options);
    cpu = &task().cpu;
    EXPECT_TRUE(memory().map(kScratch, kScratchBytes, kProtRead | kProtWrite, "scratch"));
  }

  static constexpr std::int64_t kStart = 1'700'000'000;
  static constexpr std::uint64_t kScratch = 0x2000000;
  static constexpr std::uint64_t kScratchBytes = 4 * kGuestPage;
  static constexpr std::uint64_t kBad = 0x3000000;  // never mapped

  Memory& memory() { return machine->memory(); }
  Kernel& kernel() { return machine->kernel(); }
  Task& task() { return *kernel().tasks().front(); }

  std::int64_t call(std::uint64_t number, std::array<std::uint64_t, 6> x = {}) {
    for (std::size_t i = 0; i < x.size(); ++i) cpu->x[i] = x[i];
    cpu->x[8] = number;
    // A call that waits is made again when time has passed or something has come. The process's end
    // takes its threads with it.
    running = kernel().system_call(task()) || kernel().schedule() != nullptr;
    return running ? static_cast<std::int64_t>(cpu->x[0]) : 0;
  }
  // Puts a value or a text at an offset of the scratch pages and returns its address.
  template <class T>
  std::uint64_t put(std::uint64_t offset, const T& value) {
    EXPECT_TRUE(memory().write_value(kScratch + offset, value));
    return kScratch + offset;
  }
  std::uint64_t text(std::uint64_t offset, const std::string& value) {
    EXPECT_TRUE(memory().write(kScratch + offset, value.c_str(), value.size() + 1));
    return kScratch + offset;
  }
  template <class T>
  T get(std::uint64_t address) {
    T value{};
    EXPECT_TRUE(memory().read_value(address, value));
    return value;
  }
  std::string get_text(std::uint64_t address) {
    return memory().read_string(address, 4096).value_or("(unreadable)");
  }

  ScratchDirectory directory;
  std::unique_ptr<Machine> machine;
  CpuState* cpu = nullptr;  // the first thread's
  bool running = true;
};

// Numbers the tests call, from asm-generic/unistd.h: a second typing checks the table.
namespace nr {
inline constexpr std::uint64_t getcwd = 17, eventfd2 = 19, dup = 23, dup3 = 24, fcntl = 25, ioctl = 29,
                               mknodat = 33, mkdirat = 34, mount = 40, unlinkat = 35, symlinkat = 36,
                               renameat = 38, ftruncate = 46, faccessat = 48, chdir = 49, openat = 56,
                               close = 57, pipe2 = 59, getdents64 = 61, lseek = 62, read = 63, write = 64,
                               readv = 65, writev = 66, pread64 = 67, pwrite64 = 68, pselect6 = 72,
                               ppoll = 73, sendfile = 71, splice = 76, readlinkat = 78, newfstatat = 79,
                               fstat = 80, utimensat = 88, exit = 93, exit_group = 94, set_tid_address = 96,
                               futex = 98, set_robust_list = 99, nanosleep = 101, clock_gettime = 113,
                               clock_getres = 114, sched_getaffinity = 123, kill = 129, tgkill = 131,
                               sigaltstack = 132, rt_sigaction = 134, rt_sigprocmask = 135,
                               rt_sigpending = 136, rt_sigreturn = 139, times = 153, uname = 160, umask = 166,
                               prctl = 167, gettimeofday = 169, getpid = 172, gettid = 178, sysinfo = 179,
                               socket = 198, bind = 200, brk = 214, munmap = 215, mremap = 216, clone = 220,
                               mmap = 222, mprotect = 226, madvise = 233, prlimit64 = 261, getrandom = 278,
                               statx = 291, rseq = 293;
}  // namespace nr

inline constexpr std::uint64_t kCwd = static_cast<std::uint64_t>(-100);  // AT_FDCWD

}  // namespace m2sim::emu::testing
