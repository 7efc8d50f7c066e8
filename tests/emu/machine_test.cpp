#include "emu/machine.h"

#include <gtest/gtest.h>

#include <map>

#include "emu/cpu/hwcap.h"
#include "emu/cpu/id_registers.h"
#include "emu/linux/load/stack.h"
#include "emu/user_error.h"
#include "tests/emu/guest_machine.h"

namespace m2sim::emu {
namespace {

using testing::GuestMachine;

// The initial stack as a C library reads it.
struct InitialStack {
  std::vector<std::string> argv;
  std::vector<std::string> envp;
  std::map<std::uint64_t, std::uint64_t> auxv;

  explicit InitialStack(GuestMachine& guest) {
    std::uint64_t at = guest.cpu->x[kSpSlot];
    const auto word = [&guest, &at] {
      at += 8;
      return guest.get<std::uint64_t>(at - 8);
    };
    const std::uint64_t argc = word();
    for (std::uint64_t i = 0; i < argc; ++i) argv.push_back(guest.get_text(word()));
    EXPECT_EQ(word(), 0U) << "argv ends in a null pointer";
    while (const std::uint64_t text = word()) envp.push_back(guest.get_text(text));
    while (const std::uint64_t tag = word()) auxv[tag] = word();
  }
  std::uint64_t aux(Aux tag) const { return auxv.at(static_cast<std::uint64_t>(tag)); }
};

MachineOptions with_arguments() {
  MachineOptions options;
  options.argv = {"program", "first argument", ""};
  options.envp = {"HOME=/guest", "EMPTY="};
  return options;
}

TEST(Machine, AProgramMayBeGivenAsBytes) {
  MachineOptions options;
  options.program = "made up";
  options.image = testing::tiny_program().bytes();
  Machine machine(options);
  EXPECT_EQ(machine.image().entry, testing::tiny_program().header.entry);
  std::uint32_t word = 0;
  EXPECT_TRUE(machine.memory().read_value(machine.image().entry, word));
  EXPECT_EQ(word, 0x5a5a5a5aU);
  options.image.resize(10);
  EXPECT_THROW(Machine{options}, UserError) << "it is looked at as a file is";
}

TEST(Machine, StackHoldsArgumentsEnvironmentAndAuxiliaryVector) {
  GuestMachine guest(with_arguments());
  EXPECT_EQ(guest.cpu->x[kSpSlot] % 16, 0U);
  const InitialStack stack(guest);
  EXPECT_EQ(stack.argv, with_arguments().argv);
  EXPECT_EQ(stack.envp, with_arguments().envp);
  EXPECT_EQ(stack.aux(Aux::kPagesz), 16384U);
  EXPECT_EQ(stack.aux(Aux::kPhdr), testing::kCodeAddress + 64);
  EXPECT_EQ(stack.aux(Aux::kPhent), 56U);
  EXPECT_EQ(stack.aux(Aux::kPhnum), 2U);
  EXPECT_EQ(stack.aux(Aux::kEntry), guest.cpu->pc);
  EXPECT_EQ(stack.aux(Aux::kSecure), 0U);
  EXPECT_EQ(stack.aux(Aux::kHwcap), hwcap_word(1, Cpu::kM2));
  EXPECT_EQ(stack.aux(Aux::kHwcap2), hwcap_word(2, Cpu::kM2));
  EXPECT_EQ(guest.get_text(stack.aux(Aux::kPlatform)), "aarch64");
  EXPECT_EQ(guest.get_text(stack.aux(Aux::kExecfn)), guest.machine->image().path);
  EXPECT_TRUE(guest.memory().allows(stack.aux(Aux::kRandom), 16, kProtRead));
  EXPECT_EQ(stack.auxv.count(33), 0U) << "no vDSO, so AT_SYSINFO_EHDR must be absent";
}

TEST(Machine, EveryNumberOfArgumentsKeepsTheStackAligned) {
  MachineOptions options;
  for (int count = 0; count < 5; ++count) {
    options.argv.push_back(std::string(static_cast<std::size_t>(count) + 1, 'a'));
    GuestMachine guest(options);
    EXPECT_EQ(guest.cpu->x[kSpSlot] % 16, 0U);
    EXPECT_EQ(InitialStack(guest).argv, options.argv);
  }
}

TEST(Machine, RandomBytesAreTheSameInEveryRun) {
  const auto random = [] {
    GuestMachine guest;
    const std::uint64_t at = InitialStack(guest).aux(Aux::kRandom);
    return std::array{guest.get<std::uint64_t>(at), guest.get<std::uint64_t>(at + 8)};
  };
  const auto first = random();
  EXPECT_EQ(first, random());
  EXPECT_NE(first[0], first[1]);
}

TEST(Machine, StackIsEightMebibytesWithNothingBelow) {
  GuestMachine guest;
  const Region* stack = guest.memory().region_at(guest.cpu->x[kSpSlot]);
  ASSERT_NE(stack, nullptr);
  EXPECT_EQ(stack->name, "[stack]");
  EXPECT_EQ(stack->end - stack->begin, std::uint64_t{8} << 20U);
  EXPECT_TRUE(guest.memory().is_free(stack->begin - kGuestPage, kGuestPage));
  const auto mapped = guest.memory().find_free(kGuestPage);
  ASSERT_TRUE(mapped);
  EXPECT_LT(*mapped + kGuestPage, stack->begin) << "a gap must remain so that an overflow faults";
}

TEST(Machine, TooManyArgumentsAreAUserError) {
  MachineOptions options;
  options.argv = {"p", std::string(3U << 20U, 'x')};
  EXPECT_THROW(GuestMachine{options}, UserError);
}

TEST(Machine, DynamicProgramsAreRefusedWithTheirLoadersName) {
  testing::ScratchDirectory directory;
  testing::ElfFile file = testing::tiny_program();
  const std::string loader = "/lib/ld-linux-aarch64.so.1";
  file.phdrs.push_back({kPhdrInterpreter, 4, 0, 0, 0, loader.size() + 1, loader.size() + 1, 1});
  file.phdrs[2].offset = file.rest_offset() + file.rest.size();
  file.phdrs[1].offset = file.rest_offset() + 4;
  file.phdrs[0].file_size = file.phdrs[0].memory_size = file.rest_offset() + 4;
  for (const char c : loader + '\0') file.rest.push_back(static_cast<std::byte>(c));
  file.header.entry = testing::kCodeAddress + file.rest_offset();
  MachineOptions options;
  options.program = directory.file("dynamic", file.bytes());
  try {
    Machine machine(options);
    FAIL() << "it was accepted";
  } catch (const UserError& error) {
    EXPECT_EQ(error.kind(), UserError::Kind::kNotExecutable);
    EXPECT_NE(std::string(error.what()).find(loader), std::string::npos) << error.what();
  }
}

TEST(Machine, TheStackTellsOfTheProcessorThatWasChosen) {
  MachineOptions options;
  options.cpu = Cpu::kM1;
  GuestMachine guest(options);
  const InitialStack stack(guest);
  EXPECT_EQ(stack.aux(Aux::kHwcap), hwcap_word(1, Cpu::kM1));
  EXPECT_EQ(stack.aux(Aux::kHwcap2), hwcap_word(2, Cpu::kM1));
}

TEST(Machine, IdRegistersAgreeWithHwcap) {
  constexpr std::uint64_t kSvePresent = std::uint64_t{15} << 32U;
  for (const Cpu cpu : {Cpu::kM1, Cpu::kM2}) {
    EXPECT_EQ(id_register(IdRegister::kPfr0, cpu) & kSvePresent, 0U);
    for (const Hwcap& cap : kHwcaps) {
      if (cap.id == IdRegister::kNone) continue;
      const std::uint64_t field = (id_register(cap.id, cpu) >> cap.field) & 15U;
      EXPECT_EQ(field >= cap.value, is_listed(cap, cpu) || cap.value == 0) << cap.name;
    }
  }
}

}  // namespace
}  // namespace m2sim::emu
