#include "emu/linux/process.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "tests/emu/guest_machine.h"

namespace m2sim::emu {
namespace {

using testing::GuestMachine;
namespace nr = testing::nr;

constexpr std::uint64_t kScratch = GuestMachine::kScratch;
constexpr std::uint64_t kBad = GuestMachine::kBad;
constexpr std::uint64_t kSecond = 1'000'000'000;

using Timespec = std::array<std::int64_t, 2>;

std::uint64_t clock_ns(GuestMachine& guest, std::uint64_t clock) {
  EXPECT_EQ(guest.call(nr::clock_gettime, {clock, kScratch}), 0);
  const auto time = guest.get<Timespec>(kScratch);
  return static_cast<std::uint64_t>(time[0]) * kSecond + static_cast<std::uint64_t>(time[1]);
}

TEST(SyscallTable, NamesAreAtTheirNumbers) {
  EXPECT_STREQ(system_call_row(nr::write).name, "write");
  EXPECT_STREQ(system_call_row(nr::mmap).name, "mmap");
  EXPECT_STREQ(system_call_row(nr::newfstatat).name, "newfstatat");
  EXPECT_STREQ(system_call_row(nr::clone).name, "clone");
  EXPECT_STREQ(system_call_row(nr::mount).name, "mount");
  EXPECT_EQ(system_call_row(nr::mount).function, nullptr);
  EXPECT_EQ(system_call_row(UINT64_MAX).name, nullptr);
  EXPECT_EQ(system_call_row(kSystemCallLimit).name, nullptr);
}

TEST(SyscallProcess, UnknownCallsAreEnosysAndWarnOnce) {
  GuestMachine guest;
  EXPECT_EQ(guest.call(nr::mount), -ENOSYS);
  EXPECT_EQ(guest.call(nr::mount), -ENOSYS);
  EXPECT_EQ(guest.call(100000), -ENOSYS);
  EXPECT_EQ(guest.call(100000), -ENOSYS);
  const std::vector<std::string> expected = {"m2sim: system call 40 (mount) is not implemented at ",
                                             "m2sim: system call 100000 is not implemented at "};
  const std::vector<std::string> warnings = testing::diagnostics();
  ASSERT_EQ(warnings.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_TRUE(warnings[i].starts_with(expected[i])) << warnings[i];
    EXPECT_TRUE(warnings[i].ends_with("; the program gets ENOSYS")) << warnings[i];
  }
}

// Its time is simulated: SIGXCPU each second from the soft limit on, SIGKILL at the hard one, whatever it
// ignores.
TEST(SyscallProcess, ProcessorTimeIsLimited) {
  GuestMachine guest;
  constexpr std::uint64_t kCpu = 0;
  const std::uint64_t limit = guest.put(0, std::array<std::uint64_t, 2>{2, 4});
  ASSERT_EQ(guest.call(nr::prlimit64, {0, kCpu, limit, 0}), 0);
  struct {
    std::uint64_t handler = 1, flags = 0, restorer = 0, mask = 0;  // ignored
  } const ignore;
  ASSERT_EQ(guest.call(nr::rt_sigaction, {SIGXCPU, guest.put(64, ignore), 0, 8}), 0);
  const std::uint64_t begin = guest.kernel().clock.executed;
  for (const std::uint64_t half : {1U, 3U, 5U, 7U}) {
    guest.kernel().set_time(begin + half * kSecond / 2);
    guest.call(nr::getpid);
    EXPECT_TRUE(guest.running) << half;
  }
  guest.kernel().set_time(begin + 4 * kSecond);
  guest.call(nr::getpid);
  EXPECT_FALSE(guest.running);
  EXPECT_EQ(guest.machine->end().signal, SIGKILL);
}

TEST(SyscallProcess, TheSoftLimitOfProcessorTimeIsASignal) {
  GuestMachine guest;
  const std::uint64_t limit = guest.put(0, std::array<std::uint64_t, 2>{1, UINT64_MAX});
  ASSERT_EQ(guest.call(nr::prlimit64, {0, 0, limit, 0}), 0);
  guest.kernel().set_time(guest.kernel().clock.executed + kSecond + 1);
  guest.call(nr::getpid);
  EXPECT_EQ(guest.machine->end().signal, SIGXCPU);
}

TEST(SyscallProcess, ExitEndsWithTheLowByte) {
  GuestMachine guest;
  EXPECT_TRUE(guest.running);
  guest.call(nr::exit_group, {0x1234});
  EXPECT_FALSE(guest.running);
  EXPECT_EQ(guest.machine->end().kind, GuestEnd::Kind::kExited);
  EXPECT_EQ(guest.machine->end().status, 0x34);
}

TEST(SyscallProcess, WhatGlibcAsksAtItsStart) {
  GuestMachine guest;
  EXPECT_EQ(guest.call(nr::set_tid_address, {kScratch}), guest.task().id);
  EXPECT_EQ(guest.call(nr::set_robust_list, {kScratch, 24}), 0);
  EXPECT_EQ(guest.call(nr::set_robust_list, {kScratch, 8}), -EINVAL);
  EXPECT_EQ(guest.call(nr::rseq, {kScratch, 32, 0, 0xd428bc00}), -ENOSYS);
  EXPECT_TRUE(testing::diagnostics().empty()) << "known to be missing, so no warning";
  EXPECT_EQ(guest.call(nr::prlimit64, {0, 3, 0, kScratch}), 0);
  EXPECT_EQ(guest.get<std::uint64_t>(kScratch), std::uint64_t{8} << 20U);
  EXPECT_EQ(guest.call(nr::prlimit64, {0, 99, 0, kScratch}), -EINVAL);
  EXPECT_EQ(guest.call(nr::prlimit64, {0, 3, 0, kBad}), -EFAULT);
}

TEST(SyscallProcess, UnameSaysAarch64) {
  GuestMachine guest;
  EXPECT_EQ(guest.call(nr::uname, {kScratch}), 0);
  EXPECT_EQ(guest.get_text(kScratch), "Linux");
  EXPECT_EQ(guest.get_text(kScratch + 4 * 65), "aarch64");
  EXPECT_EQ(guest.call(nr::uname, {GuestMachine::kScratch + GuestMachine::kScratchBytes - 10}), -EFAULT);
}

TEST(SyscallProcess, RandomBytesAreDeterministicAndDoNotRepeat) {
  const auto take = [](GuestMachine& guest) {
    EXPECT_EQ(guest.call(nr::getrandom, {kScratch, 13, 0}), 13);
    return guest.get<std::array<std::uint8_t, 14>>(kScratch);
  };
  GuestMachine one;
  GuestMachine two;
  const auto first = take(one);
  EXPECT_EQ(first, take(two));
  EXPECT_EQ(first[13], 0) << "one byte too many";
  EXPECT_NE(first, take(one));
  EXPECT_EQ(one.call(nr::getrandom, {kBad, 8, 0}), -EFAULT);
}

TEST(SyscallProcess, NameIsKept) {
  GuestMachine guest;
  EXPECT_EQ(guest.call(nr::prctl, {16, kScratch}), 0);
  EXPECT_EQ(guest.get_text(kScratch), "tiny");
  EXPECT_EQ(guest.call(nr::prctl, {15, guest.text(64, "a name longer than that")}), 0);
  EXPECT_EQ(guest.call(nr::prctl, {16, kScratch}), 0);
  EXPECT_EQ(guest.get_text(kScratch), "a name longer t");
  EXPECT_EQ(guest.call(nr::prctl, {51}), -EINVAL) << "PR_SVE_GET_VL: there is no SVE";
}

TEST(SyscallProcess, OneCore) {
  GuestMachine guest;
  EXPECT_EQ(guest.call(nr::sched_getaffinity, {0, 128, kScratch}), 8);
  EXPECT_EQ(guest.get<std::uint64_t>(kScratch), 1U);
  EXPECT_EQ(guest.call(nr::sched_getaffinity, {0, 4, kScratch}), -EINVAL);
}

TEST(SyscallTime, ClocksFollowSimulatedTimeOnly) {
  GuestMachine guest;
  constexpr std::uint64_t kStart = std::uint64_t{GuestMachine::kStart} * kSecond;
  EXPECT_EQ(clock_ns(guest, 0), kStart);
  const std::uint64_t monotonic = clock_ns(guest, 1);
  guest.kernel().set_time(12'345);
  EXPECT_EQ(clock_ns(guest, 0), kStart + 12'345);
  EXPECT_EQ(clock_ns(guest, 1), monotonic + 12'345);
  EXPECT_EQ(clock_ns(guest, 2), 12'345U) << "processor time";
  EXPECT_EQ(guest.call(nr::clock_gettime, {99, kScratch}), -EINVAL);
  EXPECT_EQ(guest.call(nr::clock_gettime, {0, kBad}), -EFAULT);
  EXPECT_EQ(guest.call(nr::gettimeofday, {kScratch, 0}), 0);
  EXPECT_EQ(guest.get<Timespec>(kScratch), (Timespec{GuestMachine::kStart, 12}));
}

TEST(SyscallTime, SleepingAdvancesTheClocksButNotProcessorTime) {
  GuestMachine guest;
  const std::uint64_t before = clock_ns(guest, 1);
  EXPECT_EQ(guest.call(nr::nanosleep, {guest.put(64, Timespec{3600, 5}), 0}), 0);
  EXPECT_EQ(clock_ns(guest, 1), before + 3600 * kSecond + 5);
  EXPECT_EQ(clock_ns(guest, 2), 0U);
  EXPECT_EQ(guest.call(nr::nanosleep, {guest.put(64, Timespec{0, 1'000'000'000}), 0}), -EINVAL);
  EXPECT_EQ(guest.call(nr::nanosleep, {guest.put(64, Timespec{-1, 0}), 0}), -EINVAL);
  EXPECT_EQ(guest.call(nr::nanosleep, {kBad, 0}), -EFAULT);
}

TEST(SyscallFutex, NobodyWaitsAndNobodyWakes) {
  GuestMachine guest;
  const std::uint64_t word = guest.put(0, std::uint32_t{5});
  EXPECT_EQ(guest.call(nr::futex, {word, 128, 4, 0}), -EAGAIN);
  EXPECT_EQ(guest.call(nr::futex, {word, 129, 1}), 0);
  EXPECT_EQ(guest.call(nr::futex, {word + 1, 129, 1}), -EINVAL);
  EXPECT_EQ(guest.call(nr::futex, {kBad, 128, 4, 0}), -EFAULT);
}

// Signals.

constexpr std::uint64_t kHandler = testing::kCodeAddress;

void install(GuestMachine& guest, int signal, std::uint64_t handler, std::uint64_t flags,
             std::uint64_t mask = 0) {
  const std::uint64_t action = guest.put(1024, GuestSigaction{handler, flags, 0, mask});
  ASSERT_EQ(guest.call(nr::rt_sigaction, {static_cast<std::uint64_t>(signal), action, 0, 8}), 0);
}

// Ids begin at the same number in every run.
std::uint64_t self() { return 1000; }

std::uint64_t blocked(GuestMachine& guest) {
  EXPECT_EQ(guest.call(nr::rt_sigprocmask, {0, 0, kScratch + 512, 8}), 0);
  return guest.get<std::uint64_t>(kScratch + 512);
}

TEST(SyscallSignal, DefaultActionsEndOrAreIgnored) {
  GuestMachine guest;
  EXPECT_EQ(guest.call(nr::kill, {self(), SIGCHLD}), 0);
  EXPECT_TRUE(guest.running);
  EXPECT_EQ(guest.call(nr::kill, {self(), 0}), 0);
  EXPECT_EQ(guest.call(nr::kill, {self(), 65}), -EINVAL);
  install(guest, SIGUSR1, 1, 0);
  EXPECT_EQ(guest.call(nr::kill, {self(), SIGUSR1}), 0);
  EXPECT_TRUE(guest.running) << "ignored";
  guest.call(nr::tgkill, {self(), self(), SIGABRT});
  EXPECT_FALSE(guest.running);
  EXPECT_EQ(guest.machine->end().kind, GuestEnd::Kind::kSignalled);
  EXPECT_EQ(guest.machine->end().signal, SIGABRT);
}

TEST(SyscallSignal, MaskIsKeptAndBlockedSignalsWait) {
  GuestMachine guest;
  const std::uint64_t set = guest.put(64, UINT64_MAX);
  EXPECT_EQ(guest.call(nr::rt_sigprocmask, {SIG_BLOCK, set, 0, 8}), 0);
  EXPECT_EQ(blocked(guest), UINT64_MAX & ~(1ULL << (SIGKILL - 1)) & ~(1ULL << (SIGSTOP - 1)));
  EXPECT_EQ(guest.call(nr::kill, {self(), SIGTERM}), 0);
  EXPECT_TRUE(guest.running);
  EXPECT_EQ(guest.call(nr::rt_sigpending, {kScratch, 8}), 0);
  EXPECT_EQ(guest.get<std::uint64_t>(kScratch), 1ULL << (SIGTERM - 1));
  guest.call(nr::rt_sigprocmask, {SIG_UNBLOCK, set, 0, 8});
  EXPECT_FALSE(guest.running);
  EXPECT_EQ(guest.machine->end().signal, SIGTERM);
}

TEST(SyscallSignal, ActionsAreReadBack) {
  GuestMachine guest;
  install(guest, SIGUSR2, kHandler, 4, 0x30);
  EXPECT_EQ(guest.call(nr::rt_sigaction, {SIGUSR2, 0, kScratch, 8}), 0);
  const auto action = guest.get<GuestSigaction>(kScratch);
  EXPECT_EQ(action.handler, kHandler);
  EXPECT_EQ(action.flags, 4U);
  EXPECT_EQ(action.mask, 0x30U);
  EXPECT_EQ(guest.call(nr::rt_sigaction, {SIGKILL, kScratch, 0, 8}), -EINVAL);
  EXPECT_EQ(guest.call(nr::rt_sigaction, {SIGUSR2, 0, kScratch, 16}), -EINVAL);
  EXPECT_EQ(guest.call(nr::rt_sigaction, {SIGUSR2, kBad, 0, 8}), -EFAULT);
}

// Who computes and makes no calls is not asked otherwise.
TEST(SyscallSignal, OneFromOutsideInterruptsWhoRuns) {
  GuestMachine guest;
  install(guest, SIGTERM, kHandler, 0);
  Kernel& kernel = guest.kernel();
  ASSERT_NE(kernel.schedule(), nullptr);
  EXPECT_EQ(kernel.run_until(), UINT64_MAX);
  EXPECT_FALSE(kernel.send_from_outside(SIGINT)) << "it would end by it";
  EXPECT_EQ(kernel.run_until(), UINT64_MAX);
  EXPECT_TRUE(kernel.send_from_outside(SIGTERM));
  EXPECT_EQ(kernel.run_until(), 0U);
  ASSERT_NE(kernel.schedule(), nullptr);
  EXPECT_EQ(guest.cpu->pc, kHandler);
  EXPECT_EQ(kernel.run_until(), UINT64_MAX);
}

TEST(SyscallSignal, HandlerRunsOnAFrameAndReturnsToTheOldState) {
  GuestMachine guest;
  install(guest, SIGUSR1, kHandler, 4, 0x4);
  CpuState& cpu = *guest.cpu;
  for (std::size_t i = 9; i < 31; ++i) cpu.x[i] = 1000 + i;
  cpu.v[31].set<std::uint64_t>(1, 0x1234);
  cpu.flags = flags_from_nzcv(kFlagN | kFlagC);
  cpu.fpcr = 0x00400000;
  cpu.pc = 0x400100;
  const CpuState before = cpu;
  EXPECT_EQ(guest.call(nr::kill, {self(), SIGUSR1}), SIGUSR1) << "x0 is the handler's argument now";
  ASSERT_TRUE(guest.running);
  EXPECT_EQ(cpu.pc, kHandler);
  EXPECT_EQ(cpu.x[kSpSlot] % 16, 0U);
  EXPECT_LT(cpu.x[kSpSlot], before.x[kSpSlot]);
  EXPECT_EQ(guest.get<std::int32_t>(cpu.x[1]), SIGUSR1);
  EXPECT_EQ(guest.get<std::uint64_t>(cpu.x[2] + 176 + 8 + 9 * 8), 1009U) << "uc_mcontext.regs[9]";
  EXPECT_TRUE(guest.memory().allows(cpu.x[30], 8, kProtExec));
  EXPECT_EQ(guest.get<std::uint32_t>(cpu.x[30] + 4), 0xd4000001U) << "svc #0";
  const std::uint64_t frame = cpu.x[kSpSlot];
  cpu.v[31] = {};
  cpu.flags = {};
  cpu.fpcr = 0;
  cpu.fp_fast = true;
  EXPECT_EQ(blocked(guest), 0x4U | (1ULL << (SIGUSR1 - 1)));
  cpu.x.fill(0);
  cpu.x[kSpSlot] = frame;
  EXPECT_EQ(guest.call(nr::rt_sigreturn), 0) << "the result of kill";
  EXPECT_EQ(cpu.pc, before.pc);
  EXPECT_EQ(cpu.x[kSpSlot], before.x[kSpSlot]);
  EXPECT_TRUE(std::equal(cpu.x.begin() + 9, cpu.x.begin() + 31, before.x.begin() + 9));
  EXPECT_EQ(cpu.v[31].get<std::uint64_t>(1), 0x1234U);
  EXPECT_EQ(nzcv_of(cpu.flags), kFlagN | kFlagC);
  EXPECT_EQ(cpu.fpcr, before.fpcr);
  EXPECT_FALSE(cpu.fp_fast) << "the interrupted code's rounding mode is not the host's";
  EXPECT_EQ(blocked(guest), 0U);
}

TEST(SyscallSignal, AlternateStackIsUsedAndAFullStackEndsTheProcess) {
  GuestMachine guest;
  const std::uint64_t stack = kScratch + kGuestPage;
  guest.put(64, GuestSigaltstack{stack, 0, 0, kGuestPage});
  EXPECT_EQ(guest.call(nr::sigaltstack, {kScratch + 64, 0}), 0);
  guest.put(64, GuestSigaltstack{stack, 0, 0, 100});
  EXPECT_EQ(guest.call(nr::sigaltstack, {kScratch + 64, 0}), -ENOMEM);
  install(guest, SIGSEGV, kHandler, 0x08000000);
  const Fault fault{FaultKind::kWrite, 0x400004, kBad, 0};
  guest.cpu->x[kSpSlot] = kBad;
  EXPECT_TRUE(guest.kernel().deliver_fault(guest.task(), fault));
  EXPECT_GT(guest.cpu->x[kSpSlot], stack);
  EXPECT_LT(guest.cpu->x[kSpSlot], stack + kGuestPage);
  EXPECT_EQ(guest.get<std::uint64_t>(guest.cpu->x[1] + 16), kBad) << "si_addr";
  EXPECT_EQ(guest.get<std::uint64_t>(guest.cpu->x[2] + 176 + 264), 0x400004U) << "uc_mcontext.pc";
  EXPECT_FALSE(guest.kernel().deliver_fault(guest.task(), fault)) << "SIGSEGV is blocked in its own handler";
  EXPECT_EQ(guest.machine->end().signal, SIGSEGV);
}

TEST(SyscallSignal, AHandlerThatFaultsWithoutEndFillsItsAlternateStackOnce) {
  GuestMachine guest;
  guest.put(64, GuestSigaltstack{kScratch + kGuestPage, 0, 0, kGuestPage});
  EXPECT_EQ(guest.call(nr::sigaltstack, {kScratch + 64, 0}), 0);
  install(guest, SIGSEGV, kHandler, 0x48000000);  // SA_ONSTACK | SA_NODEFER
  unsigned handled = 0;
  while (handled < 100 &&
         guest.kernel().deliver_fault(guest.task(), {FaultKind::kWrite, kHandler, kBad, 0})) {
    ++handled;
  }
  EXPECT_EQ(handled, 3U) << "frames of about 4.5 KiB in 16 KiB";
  EXPECT_EQ(guest.machine->end().signal, SIGSEGV);
}

TEST(SyscallSignal, FramesRunOutOfTheAlternateStacksLowerEnd) {
  GuestMachine guest;
  guest.put(64, GuestSigaltstack{kScratch + kGuestPage, 0, 0, kGuestPage});
  EXPECT_EQ(guest.call(nr::sigaltstack, {kScratch + 64, 0}), 0);
  install(guest, SIGSEGV, kHandler, 0x48000000);  // SA_ONSTACK | SA_NODEFER
  for (unsigned i = 0; i < 4; ++i) {
    ASSERT_TRUE(guest.kernel().deliver_fault(guest.task(), {FaultKind::kWrite, kHandler + 4, kBad, 0}));
  }
  EXPECT_LT(guest.task().cpu.x[kSpSlot], kScratch + kGuestPage) << "the fourth frame, below the stack";
}

TEST(SyscallSignal, WritingToAPipeNobodyReadsIsTheGuestsSigpipe) {
  GuestMachine guest;
  ASSERT_EQ(guest.call(nr::pipe2, {kScratch, 0}), 0);
  const auto to = guest.get<std::uint32_t>(kScratch + 4);
  guest.call(nr::close, {guest.get<std::uint32_t>(kScratch)});
  install(guest, SIGPIPE, 1, 0);
  EXPECT_EQ(guest.call(nr::write, {to, kScratch, 1}), -EPIPE);
  EXPECT_TRUE(guest.running) << "ignored";
  install(guest, SIGPIPE, 0, 0);
  guest.call(nr::write, {to, kScratch, 1});
  EXPECT_FALSE(guest.running);
  EXPECT_EQ(guest.machine->end().signal, SIGPIPE);
}

TEST(SyscallSignal, AFaultWithoutHandlerEndsTheProcess) {
  GuestMachine guest;
  EXPECT_FALSE(guest.kernel().deliver_fault(guest.task(), {FaultKind::kUndefined, 0x400004, 0, 0}));
  EXPECT_EQ(guest.machine->end().kind, GuestEnd::Kind::kSignalled);
  EXPECT_EQ(guest.machine->end().signal, SIGILL);
}

TEST(Strace, LinesLookLikeStrace) {
  MachineOptions options;
  options.strace = true;
  GuestMachine guest(options);
  guest.call(nr::openat, {testing::kCwd, guest.text(0, "/no\nwhere"), 0, 0});
  guest.call(nr::brk);
  guest.call(nr::exit, {3});
  const std::vector<std::string>& lines = testing::diagnostics();
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0], "openat(AT_FDCWD, \"/no\\nwhere\", O_RDONLY) = -1 ENOENT (No such file or directory)");
  EXPECT_EQ(lines[1].rfind("brk(NULL) = 0x", 0), 0U) << lines[1];
  EXPECT_EQ(lines[2], "exit(3) = ?");
}

}  // namespace
}  // namespace m2sim::emu
