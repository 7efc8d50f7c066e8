// What the guest is told the processor can do: AT_HWCAP, AT_HWCAP2, and the ID registers that agree with
// them. The table is what /proc/cpuinfo of Linux on an M2 lists, in its order (published: cpuinfo of an Apple
// M2 in the arm-socs-table; no SVE, SME, MTE). A feature is present only when every instruction of it
// executes: a program that asks first (glibc's string functions, OpenSSL, zlib) then never meets one that
// does not.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace m2sim::emu {

// Bit numbers are those of Linux's arm64 <asm/hwcap.h> ("ARM64 ELF hwcaps" in the kernel documentation);
// fields are those of the Arm ARM's ID_AA64* registers: the value that says "this feature". For pointer
// authentication they say that the algorithm is the maker's own and that a failed aut* is an exception
// (FEAT_FPAC).
enum class IdRegister : std::uint8_t { kNone, kPfr0, kPfr1, kIsar0, kIsar1, kIsar2, kMmfr0, kMmfr2 };

struct Hwcap {
  std::string_view name;
  std::uint8_t word;  // 1: AT_HWCAP, 2: AT_HWCAP2
  std::uint8_t bit;
  bool present;
  IdRegister id = IdRegister::kNone;
  std::uint8_t field = 0;  // lowest bit of the 4-bit field
  std::uint8_t value = 0;
};

inline constexpr std::array kHwcaps = {
    Hwcap{"fp", 1, 0, true, IdRegister::kPfr0, 16, 0},
    Hwcap{"asimd", 1, 1, true, IdRegister::kPfr0, 20, 0},
    Hwcap{"evtstrm", 1, 2, true},
    Hwcap{"aes", 1, 3, true, IdRegister::kIsar0, 4, 1},
    Hwcap{"pmull", 1, 4, true, IdRegister::kIsar0, 4, 2},
    Hwcap{"sha1", 1, 5, true, IdRegister::kIsar0, 8, 1},
    Hwcap{"sha2", 1, 6, true, IdRegister::kIsar0, 12, 1},
    Hwcap{"crc32", 1, 7, true, IdRegister::kIsar0, 16, 1},
    Hwcap{"atomics", 1, 8, true, IdRegister::kIsar0, 20, 2},
    Hwcap{"fphp", 1, 9, true, IdRegister::kPfr0, 16, 1},
    Hwcap{"asimdhp", 1, 10, true, IdRegister::kPfr0, 20, 1},
    Hwcap{"cpuid", 1, 11, true},
    Hwcap{"asimdrdm", 1, 12, true, IdRegister::kIsar0, 28, 1},
    Hwcap{"jscvt", 1, 13, true, IdRegister::kIsar1, 12, 1},
    Hwcap{"fcma", 1, 14, true, IdRegister::kIsar1, 16, 1},
    Hwcap{"lrcpc", 1, 15, true, IdRegister::kIsar1, 20, 1},
    Hwcap{"dcpop", 1, 16, true, IdRegister::kIsar1, 0, 1},
    Hwcap{"sha3", 1, 17, true, IdRegister::kIsar0, 32, 1},
    Hwcap{"asimddp", 1, 20, true, IdRegister::kIsar0, 44, 1},
    Hwcap{"sha512", 1, 21, true, IdRegister::kIsar0, 12, 2},
    Hwcap{"asimdfhm", 1, 23, true, IdRegister::kIsar0, 48, 1},
    Hwcap{"dit", 1, 24, true, IdRegister::kPfr0, 48, 1},
    Hwcap{"uscat", 1, 25, true, IdRegister::kMmfr2, 32, 1},
    Hwcap{"ilrcpc", 1, 26, true, IdRegister::kIsar1, 20, 2},
    Hwcap{"flagm", 1, 27, true, IdRegister::kIsar0, 52, 1},
    Hwcap{"ssbs", 1, 28, true, IdRegister::kPfr1, 4, 2},
    Hwcap{"sb", 1, 29, true, IdRegister::kIsar1, 36, 1},
    Hwcap{"paca", 1, 30, true, IdRegister::kIsar1, 8, 4},
    Hwcap{"pacg", 1, 31, true, IdRegister::kIsar1, 28, 1},
    Hwcap{"dcpodp", 2, 0, true, IdRegister::kIsar1, 0, 2},
    Hwcap{"flagm2", 2, 7, true, IdRegister::kIsar0, 52, 2},
    Hwcap{"frint", 2, 8, true, IdRegister::kIsar1, 32, 1},
    Hwcap{"i8mm", 2, 13, true, IdRegister::kIsar1, 52, 1},
    Hwcap{"bf16", 2, 14, true, IdRegister::kIsar1, 44, 1},
    Hwcap{"bti", 2, 17, false, IdRegister::kPfr1, 0, 1},
    Hwcap{"ecv", 2, 19, true, IdRegister::kMmfr0, 60, 1},
};

// AT_HWCAP (word 1) or AT_HWCAP2 (word 2).
constexpr std::uint64_t hwcap_word(unsigned word) {
  std::uint64_t bits = 0;
  for (const Hwcap& cap : kHwcaps) {
    if (cap.present && cap.word == word) bits |= std::uint64_t{1} << cap.bit;
  }
  return bits;
}

}  // namespace m2sim::emu
