// The processors that a guest can find itself on: what tells one from another for a program, which is which
// instructions there are, what a failed pointer authentication does, and what both say of themselves
// (hwcap.h, id_registers.h). How fast a processor is has no part here.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace m2sim::emu {

enum class Cpu : std::uint8_t { kM1, kM2 };

struct Processor {
  std::string_view name;
  std::uint64_t midr_el1;  // implementer 0x61, 'a' (Apple); variant; 0xf; part; revision
  bool bf16;               // FEAT_BF16
  bool i8mm;               // FEAT_I8MM
  bool ecv;                // FEAT_ECV: CNTVCTSS_EL0
  // FEAT_PAuth2 with FEAT_FPAC: a failed aut* is an exception. Without them there is FEAT_EPAC, and the
  // pointer comes back with an error code in it (emu/exec/pointer_auth.h).
  bool fpac;
};

// published: part numbers in Linux, arch/arm64/include/asm/cputype.h (M1 Firestorm, M2 Avalanche); the M1's
// revision and features in the registers of one that github.com/lelegard/arm-cpusysregs shows
// (collect/applem1-host-macos), the M2's in VirtualBox's processor database ("Apple M2 Max"). macOS counts
// FEAT_ECV among those of an M1 too; its ID_AA64MMFR0_EL1, and thus Linux, does not.
inline constexpr std::array kProcessors = {
    Processor{"m1", 0x611f'0231, false, false, false, false},
    Processor{"m2", 0x611f'0330, true, true, true, true},
};

constexpr const Processor& processor(Cpu cpu) { return kProcessors[static_cast<std::size_t>(cpu)]; }
static_assert(processor(Cpu::kM1).name == "m1" && processor(Cpu::kM2).name == "m2");

}  // namespace m2sim::emu
