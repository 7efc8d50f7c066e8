// What the guest is told the processor can do: AT_HWCAP, AT_HWCAP2, and the ID registers that agree with
// them. The table is what /proc/cpuinfo of Linux on an M2 lists, in its order (published: cpuinfo of an Apple
// M2 in the arm-socs-table; no SVE, SME, MTE); an M1 lists the same but for what the processor must have. A
// feature is listed only when every instruction of it executes: a program that asks first (glibc's string
// functions, OpenSSL, zlib) then never meets one that does not. Not listed is bti, though an M2 has it: no
// page is guarded here.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "emu/cpu/processor.h"

namespace m2sim::emu {

// Bit numbers are those of Linux's arm64 <asm/hwcap.h> ("ARM64 ELF hwcaps" in the kernel documentation);
// fields are those of the Arm ARM's ID_AA64* registers: the value that says "this feature". For pointer
// authentication they say that the algorithm is the maker's own.
enum class IdRegister : std::uint8_t { kNone, kPfr0, kPfr1, kIsar0, kIsar1, kIsar2, kMmfr0, kMmfr2 };

struct Hwcap {
  std::string_view name;
  std::uint8_t word;  // 1: AT_HWCAP, 2: AT_HWCAP2, 0: neither, the ID register alone says it
  std::uint8_t bit;
  IdRegister id = IdRegister::kNone;
  std::uint8_t field = 0;  // lowest bit of the 4-bit field
  std::uint8_t value = 0;
  bool Processor::*needs = nullptr;  // what a processor must have; null: every one has it
};

inline constexpr std::array kHwcaps = {
    Hwcap{"fp", 1, 0, IdRegister::kPfr0, 16, 0},
    Hwcap{"asimd", 1, 1, IdRegister::kPfr0, 20, 0},
    Hwcap{"evtstrm", 1, 2},
    Hwcap{"aes", 1, 3, IdRegister::kIsar0, 4, 1},
    Hwcap{"pmull", 1, 4, IdRegister::kIsar0, 4, 2},
    Hwcap{"sha1", 1, 5, IdRegister::kIsar0, 8, 1},
    Hwcap{"sha2", 1, 6, IdRegister::kIsar0, 12, 1},
    Hwcap{"crc32", 1, 7, IdRegister::kIsar0, 16, 1},
    Hwcap{"atomics", 1, 8, IdRegister::kIsar0, 20, 2},
    Hwcap{"fphp", 1, 9, IdRegister::kPfr0, 16, 1},
    Hwcap{"asimdhp", 1, 10, IdRegister::kPfr0, 20, 1},
    Hwcap{"cpuid", 1, 11},
    Hwcap{"asimdrdm", 1, 12, IdRegister::kIsar0, 28, 1},
    Hwcap{"jscvt", 1, 13, IdRegister::kIsar1, 12, 1},
    Hwcap{"fcma", 1, 14, IdRegister::kIsar1, 16, 1},
    Hwcap{"lrcpc", 1, 15, IdRegister::kIsar1, 20, 1},
    Hwcap{"dcpop", 1, 16, IdRegister::kIsar1, 0, 1},
    Hwcap{"sha3", 1, 17, IdRegister::kIsar0, 32, 1},
    Hwcap{"asimddp", 1, 20, IdRegister::kIsar0, 44, 1},
    Hwcap{"sha512", 1, 21, IdRegister::kIsar0, 12, 2},
    Hwcap{"asimdfhm", 1, 23, IdRegister::kIsar0, 48, 1},
    Hwcap{"dit", 1, 24, IdRegister::kPfr0, 48, 1},
    Hwcap{"uscat", 1, 25, IdRegister::kMmfr2, 32, 1},
    Hwcap{"ilrcpc", 1, 26, IdRegister::kIsar1, 20, 2},
    Hwcap{"flagm", 1, 27, IdRegister::kIsar0, 52, 1},
    Hwcap{"ssbs", 1, 28, IdRegister::kPfr1, 4, 2},
    Hwcap{"sb", 1, 29, IdRegister::kIsar1, 36, 1},
    Hwcap{"paca", 1, 30, IdRegister::kIsar1, 8, 2},
    Hwcap{"fpac", 0, 0, IdRegister::kIsar1, 8, 4, &Processor::fpac},
    Hwcap{"pacg", 1, 31, IdRegister::kIsar1, 28, 1},
    Hwcap{"dcpodp", 2, 0, IdRegister::kIsar1, 0, 2},
    Hwcap{"flagm2", 2, 7, IdRegister::kIsar0, 52, 2},
    Hwcap{"frint", 2, 8, IdRegister::kIsar1, 32, 1},
    Hwcap{"i8mm", 2, 13, IdRegister::kIsar1, 52, 1, &Processor::i8mm},
    Hwcap{"bf16", 2, 14, IdRegister::kIsar1, 44, 1, &Processor::bf16},
    Hwcap{"ecv", 2, 19, IdRegister::kMmfr0, 60, 1, &Processor::ecv},
};

constexpr bool is_listed(const Hwcap& cap, Cpu cpu) {
  return cap.needs == nullptr || processor(cpu).*cap.needs;
}

// AT_HWCAP (word 1) or AT_HWCAP2 (word 2).
constexpr std::uint64_t hwcap_word(unsigned word, Cpu cpu) {
  std::uint64_t bits = 0;
  for (const Hwcap& cap : kHwcaps) {
    if (cap.word == word && is_listed(cap, cpu)) bits |= std::uint64_t{1} << cap.bit;
  }
  return bits;
}

}  // namespace m2sim::emu
