// What /proc and /sys say: the guest, in simulated time, and the same in every run.
#include "emu/linux/files/proc_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <set>
#include <sstream>
#include <string>

#include "emu/cpu/hwcap.h"
#include "emu/linux/loaded_program.h"
#include "emu/linux/uname.h"
#include "tests/emu/guest_machine.h"

namespace m2sim::emu {
namespace {

namespace nr = testing::nr;
using testing::GuestMachine;
using testing::kCwd;

constexpr std::uint64_t kBuffer = GuestMachine::kScratch + 8192;
constexpr std::uint64_t kDirectoryFlag = 040000;  // arm64's

MachineOptions with_arguments(Cpu cpu = Cpu::kM2) {
  MachineOptions options;
  options.cpu = cpu;
  options.argv = {"zero", "one two", ""};
  options.envp = {"A=1", "B="};
  return options;
}

class ProcFiles : public ::testing::Test {
 protected:
  explicit ProcFiles(Cpu cpu = Cpu::kM2) : guest(with_arguments(cpu)) {}

  std::int64_t open(const std::string& name, std::uint64_t flags = O_RDONLY) {
    return guest.call(nr::openat, {kCwd, guest.text(0, name), flags, 0644});
  }
  std::string read(const std::string& name) {
    const std::int64_t fd = open(name);
    EXPECT_GE(fd, 0) << name;
    std::string text;
    constexpr std::uint64_t kPart = 1000;
    while (true) {
      const std::int64_t length = guest.call(nr::read, {static_cast<std::uint64_t>(fd), kBuffer, kPart});
      if (length <= 0) break;
      std::string part(static_cast<std::size_t>(length), '\0');
      guest.memory().read(kBuffer, part.data(), part.size());
      text += part;
    }
    guest.call(nr::close, {static_cast<std::uint64_t>(fd)});
    return text;
  }
  // The rest of the line of `text` that begins so.
  static std::string field(const std::string& text, const std::string& name) {
    const std::size_t at = ("\n" + text).find("\n" + name);
    if (at == std::string::npos) return "none";
    return text.substr(at + name.size(), text.find('\n', at) - at - name.size());
  }
  // Read in small parts, so that the place in between is kept.
  std::multiset<std::string> list(const std::string& name) {
    std::multiset<std::string> names;
    const auto fd = static_cast<std::uint64_t>(open(name, kDirectoryFlag));
    while (true) {
      const std::int64_t bytes = guest.call(nr::getdents64, {fd, kBuffer, 100});
      EXPECT_GE(bytes, 0) << name;
      if (bytes <= 0) break;
      for (std::int64_t at = 0; at < bytes;) {
        const std::uint64_t entry = kBuffer + static_cast<std::uint64_t>(at);
        names.insert(guest.get_text(entry + 19));
        at += guest.get<std::uint16_t>(entry + 16);
      }
    }
    guest.call(nr::close, {fd});
    return names;
  }

  GuestMachine guest;
};

class ProcFilesOfAnM1 : public ProcFiles {
 protected:
  ProcFilesOfAnM1() : ProcFiles(Cpu::kM1) {}
};

TEST_F(ProcFiles, ShowArgumentsEnvironmentAndVector) {
  EXPECT_EQ(read("/proc/self/cmdline"), std::string("zero\0one two\0\0", 14));
  EXPECT_EQ(read("/proc/self/environ"), std::string("A=1\0B=\0", 7));
  const std::string auxv = read("/proc/self/auxv");
  std::uint64_t pair[2] = {};
  std::uint64_t page = 0;
  for (std::size_t at = 0; at + sizeof(pair) <= auxv.size(); at += sizeof(pair)) {
    std::memcpy(pair, auxv.data() + at, sizeof(pair));
    if (pair[0] == 6) page = pair[1];  // AT_PAGESZ
  }
  EXPECT_EQ(page, kGuestPage);
  EXPECT_EQ(pair[0], 0U) << "ends with AT_NULL";
  // A program that changes its arguments changes what others see.
  guest.put(0, std::uint64_t{0});
  const std::uint64_t first = guest.machine->kernel().first().space->program->arguments_begin;
  ASSERT_TRUE(guest.memory().write(first, "ZERO", 4));
  EXPECT_EQ(read("/proc/1000/cmdline").substr(0, 4), "ZERO");
}

TEST_F(ProcFiles, StatusStatAndStatmAgree) {
  const std::string status = read("/proc/self/status");
  EXPECT_EQ(field(status, "Name:\t"), "tiny");
  EXPECT_EQ(field(status, "Tgid:\t"), "1000");
  EXPECT_EQ(field(status, "State:\t"), "R (running)");
  EXPECT_EQ(field(status, "Threads:\t"), "1");
  EXPECT_EQ(field(status, "Cpus_allowed_list:\t"), "0");
  std::istringstream stat(read("/proc/self/stat"));
  std::vector<std::string> fields;
  for (std::string word; stat >> word;) fields.push_back(word);
  ASSERT_EQ(fields.size(), 52U);
  EXPECT_EQ(fields[0], "1000");
  EXPECT_EQ(fields[1], "(tiny)");
  EXPECT_EQ(fields[21], "100000") << "started after the uptime of the machine";
  std::istringstream statm(read("/proc/self/statm"));
  std::uint64_t pages = 0;
  statm >> pages;
  EXPECT_EQ(std::stoull(fields[22]) / kGuestPage, pages);
  EXPECT_EQ(std::stoull(field(status, "VmSize:\t")), pages * kGuestPage / 1024);
}

TEST_F(ProcFiles, MapsNameEveryRegion) {
  const std::string maps = read("/proc/self/maps");
  EXPECT_EQ(std::count(maps.begin(), maps.end(), '\n'),
            static_cast<std::ptrdiff_t>(guest.memory().regions().size()));
  EXPECT_EQ(maps.rfind("00400000-", 0), 0U) << maps;
  const std::size_t stack = maps.find("[stack]");
  ASSERT_NE(stack, std::string::npos);
  EXPECT_EQ(stack - maps.rfind('\n', stack) - 1, 73U) << "the column of names";
  EXPECT_NE(read("/proc/self/smaps").find("KernelPageSize:       16 kB"), std::string::npos);
}

TEST_F(ProcFiles, ListsShowWhatCanBeOpened) {
  const auto all = list("/proc");
  for (const char* name : {".", "..", "1000", "self", "cpuinfo", "sys", "meminfo"})
    EXPECT_EQ(all.count(name), 1U);
  EXPECT_EQ(all.count(std::to_string(::getpid())), 0U);
  EXPECT_EQ(list("/proc/self/fd").count("3"), 1U) << "the one that is being read";
  EXPECT_EQ(list("/proc/self/task"), (std::multiset<std::string>{".", "..", "1000"}));
  EXPECT_EQ(list("/sys/devices/system/cpu").count("cpu0"), 1U);
  for (const char* directory :
       {"/proc/self", "/proc/self/task/1000", "/proc/sys/kernel", "/sys/devices/system/cpu"}) {
    for (const std::string& name : list(directory)) {
      const std::uint64_t path = guest.text(0, std::string(directory) + "/" + name);
      EXPECT_EQ(guest.call(nr::newfstatat, {kCwd, path, kBuffer, 0x100}), 0) << directory << "/" << name;
    }
  }
}

TEST_F(ProcFiles, AreNotWrittenRemovedOrMade) {
  EXPECT_EQ(open("/proc/self/status", O_WRONLY), -EACCES);
  EXPECT_EQ(open("/proc/self/status", kDirectoryFlag), -ENOTDIR);
  EXPECT_EQ(open("/proc/self", O_WRONLY), -EISDIR);
  EXPECT_EQ(open("/proc/new", O_CREAT | O_WRONLY), -ENOENT);
  EXPECT_EQ(guest.call(nr::mkdirat, {kCwd, guest.text(0, "/proc/new"), 0755}), -ENOENT);
  EXPECT_EQ(guest.call(nr::unlinkat, {kCwd, guest.text(0, "/proc/uptime"), 0}), -EPERM);
  EXPECT_EQ(guest.call(nr::unlinkat, {kCwd, guest.text(0, "/sys"), 0x200}), -EPERM);
  const auto fd = static_cast<std::uint64_t>(open("/proc/uptime"));
  EXPECT_EQ(guest.call(nr::write, {fd, kBuffer, 1}), -EBADF);
  constexpr std::uint64_t kFtruncate = 46;
  EXPECT_EQ(guest.call(kFtruncate, {fd, 0}), -EINVAL);
}

TEST_F(ProcFiles, NamesAndScoresAreTaken) {
  const auto comm = static_cast<std::uint64_t>(open("/proc/thread-self/comm", O_WRONLY));
  EXPECT_EQ(guest.call(nr::write, {comm, guest.text(0, "a name much too long\n"), 21}), 21);
  EXPECT_EQ(read("/proc/self/comm"), "a name much too\n");
  EXPECT_EQ(guest.call(nr::prctl, {16, kBuffer}), 0);  // PR_GET_NAME
  EXPECT_EQ(guest.get_text(kBuffer), "a name much too");
  const auto score = static_cast<std::uint64_t>(open("/proc/self/oom_score_adj", O_WRONLY));
  EXPECT_EQ(guest.call(nr::write, {score, guest.text(0, "-17"), 3}), 3);
  EXPECT_EQ(guest.call(nr::write, {score, guest.text(0, "5000"), 4}), -EINVAL);
  EXPECT_EQ(read("/proc/self/oom_score_adj"), "-17\n");
}

TEST_F(ProcFiles, TheMachineIsOneAppleCore) {
  const std::string cpuinfo = read("/proc/cpuinfo");
  EXPECT_EQ(field(cpuinfo, "BogoMIPS\t: "), "48.00");
  EXPECT_EQ(field(cpuinfo, "CPU implementer\t: "), "0x61");
  EXPECT_EQ(field(cpuinfo, "CPU part\t: "), "0x033");
  std::istringstream features(field(cpuinfo, "Features\t:"));
  std::size_t present = 0;
  for (const Hwcap& cap : kHwcaps) present += cap.word != 0 && is_listed(cap, Cpu::kM2) ? 1 : 0;
  std::size_t listed = 0;
  for (std::string feature; features >> feature;) ++listed;
  EXPECT_EQ(listed, present);
  EXPECT_EQ(std::stoull(field(read("/proc/meminfo"), "MemTotal:")), machine::kMemory / 1024);
  EXPECT_EQ(read("/sys/devices/system/cpu/online"), "0\n");
  EXPECT_EQ(read("/proc/sys/kernel/osrelease"), std::string(machine::kRelease) + "\n");
}

// published: features of an M1 under Linux, github.com/archspec/archspec-json, pull request 45.
TEST_F(ProcFilesOfAnM1, TheMachineIsAFirestorm) {
  EXPECT_EQ(
      read("/proc/cpuinfo"),
      "processor\t: 0\nBogoMIPS\t: 48.00\nFeatures\t: fp asimd evtstrm aes pmull sha1 sha2 crc32 atomics "
      "fphp asimdhp cpuid asimdrdm jscvt fcma lrcpc dcpop sha3 asimddp sha512 asimdfhm dit uscat ilrcpc "
      "flagm ssbs sb paca pacg dcpodp flagm2 frint\nCPU implementer\t: 0x61\nCPU architecture: 8\n"
      "CPU variant\t: 0x1\nCPU part\t: 0x023\nCPU revision\t: 1\n\n");
  EXPECT_EQ(read("/sys/devices/system/cpu/cpu0/regs/identification/midr_el1"), "0x00000000611f0231\n");
}

TEST_F(ProcFiles, TimeAndChanceAreTheGuests) {
  EXPECT_EQ(read("/proc/uptime"), "1000.00 1000.00\n");
  EXPECT_EQ(field(read("/proc/stat"), "btime "), std::to_string(GuestMachine::kStart - 1000));
  const std::string uuid = read("/proc/sys/kernel/random/uuid");
  EXPECT_NE(read("/proc/sys/kernel/random/uuid"), uuid);
  const auto fd = static_cast<std::uint64_t>(open("/dev/urandom"));
  ASSERT_EQ(guest.call(nr::read, {fd, kBuffer, 8}), 8);
  const auto drawn = guest.get<std::uint64_t>(kBuffer);
  GuestMachine other(with_arguments());
  GuestRandom same = other.kernel().random;
  for (int i = 0; i < 4; ++i) same.next();
  EXPECT_EQ(drawn, same.next()) << "a new run draws the same";
}

}  // namespace
}  // namespace m2sim::emu
