// Pointer authentication: signing, checking and stripping of pointers as FEAT_PAuth2 with FEAT_FPAC defines
// them, for 48-bit addresses with top-byte-ignore, which is how Linux runs user programs. The code lies in
// bits 54:48; bit 55 says which half of the address space the pointer is of, the top byte is the program's.
//
// How a code is computed is the implementation's own business (Apple's is not published): here a keyed
// mixing function. Linux draws keys at random for each program; here they are fixed, so that every run of a
// program is the same run.
#pragma once

#include <cstdint>

namespace m2sim::emu {

enum class PointerKey : std::uint8_t { kInstructionA, kInstructionB, kDataA, kDataB, kGeneric };

// 64 bits that depend on all of value, modifier and key.
std::uint64_t authentication_code(std::uint64_t value, std::uint64_t modifier, PointerKey key);

std::uint64_t sign_pointer(std::uint64_t pointer, std::uint64_t modifier, PointerKey key);
// The pointer without its code where that is right; elsewhere one that is_canonical refuses.
std::uint64_t authenticate_pointer(std::uint64_t pointer, std::uint64_t modifier, PointerKey key);
std::uint64_t strip_pointer(std::uint64_t pointer);
// Whether bits 54:48 are copies of bit 55.
bool is_canonical(std::uint64_t pointer);

}  // namespace m2sim::emu
