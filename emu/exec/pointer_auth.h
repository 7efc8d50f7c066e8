// Pointer authentication: signing, checking and stripping of pointers, for 48-bit addresses. Bit 55 says
// which half of the address space a pointer is of. Linux has hardware ignore the top byte in the lower half
// only (TCR_EL1.TBI0): there the code lies in bits 54:48 and the top byte is the program's, in the upper half
// the top byte belongs to the code too.
//
// Two ways are found: FEAT_PAuth2, of an M2, and FEAT_EPAC, of an M1.
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

std::uint64_t strip_pointer(std::uint64_t pointer);
// Whether the bits where a code lies are copies of bit 55.
bool is_canonical(std::uint64_t pointer);

namespace pauth2 {

std::uint64_t sign_pointer(std::uint64_t pointer, std::uint64_t modifier, PointerKey key);
// The pointer without its code where that is right; elsewhere one that is_canonical refuses.
std::uint64_t authenticate_pointer(std::uint64_t pointer, std::uint64_t modifier, PointerKey key);

}  // namespace pauth2

namespace epac {

// The code of a pointer that was not canonical is 0.
std::uint64_t sign_pointer(std::uint64_t pointer, std::uint64_t modifier, PointerKey key);
// The pointer without its code; where that is wrong, with two bits that no address has: 01 for an A key, 10
// for a B key, in bits 54:53 of the lower half and 62:61 of the upper. Arm ARM, pseudocode of Auth().
std::uint64_t authenticate_pointer(std::uint64_t pointer, std::uint64_t modifier, PointerKey key);

}  // namespace epac

}  // namespace m2sim::emu
