#include "emu/exec/pointer_auth.h"

#include <array>
#include <bit>

namespace m2sim::emu {
namespace {

constexpr unsigned kLowestCodeBit = 48;
constexpr unsigned kHalfBit = 55;
constexpr unsigned kLowerErrorBit = 53;
constexpr unsigned kUpperErrorBit = 61;
constexpr std::uint64_t kMiddle =
    ((std::uint64_t{1} << kHalfBit) - 1) & ~((std::uint64_t{1} << kLowestCodeBit) - 1);
constexpr std::uint64_t kTopByte = std::uint64_t{0xFF} << 56U;

bool is_upper(std::uint64_t pointer) { return (pointer >> kHalfBit & 1U) != 0; }

// Where the code of a pointer of that half lies.
std::uint64_t code_mask(std::uint64_t pointer) { return is_upper(pointer) ? kTopByte | kMiddle : kMiddle; }

struct Key {
  std::uint64_t low;
  std::uint64_t high;
};
// Arbitrary: digits of pi.
constexpr std::array<Key, 5> kKeys = {{
    {0x243F6A8885A308D3, 0x13198A2E03707344},
    {0xA4093822299F31D0, 0x082EFA98EC4E6C89},
    {0x452821E638D01377, 0xBE5466CF34E90C6C},
    {0xC0AC29B7C97C50DD, 0x3F84D5B5B5470917},
    {0x9216D5D98979FB1B, 0xD1310BA698DFB5AC},
}};

// A bijection in which every bit of the result depends on every bit of the argument.
std::uint64_t mixed(std::uint64_t x) {
  x = (x ^ x >> 32U) * 0xD6E8FEB86659FD93;
  x = (x ^ x >> 29U) * 0xA0761D6478BD642F;
  return x ^ x >> 32U;
}

}  // namespace

std::uint64_t authentication_code(std::uint64_t value, std::uint64_t modifier, PointerKey key) {
  const Key& k = kKeys[static_cast<unsigned>(key)];
  std::uint64_t state = mixed(value ^ k.low);
  state = mixed(state ^ std::rotl(modifier, 32) ^ k.high);
  return mixed(state + modifier * k.low);
}

std::uint64_t strip_pointer(std::uint64_t pointer) {
  return is_upper(pointer) ? pointer | code_mask(pointer) : pointer & ~code_mask(pointer);
}

bool is_canonical(std::uint64_t pointer) { return pointer == strip_pointer(pointer); }

namespace pauth2 {

// Added by exclusive or to what lies in the field, so that the code of a pointer that was not canonical does
// not authenticate.
std::uint64_t sign_pointer(std::uint64_t pointer, std::uint64_t modifier, PointerKey key) {
  return pointer ^ (authentication_code(strip_pointer(pointer), modifier, key) & code_mask(pointer));
}

std::uint64_t authenticate_pointer(std::uint64_t pointer, std::uint64_t modifier, PointerKey key) {
  return sign_pointer(pointer, modifier, key);
}

}  // namespace pauth2

namespace epac {

std::uint64_t sign_pointer(std::uint64_t pointer, std::uint64_t modifier, PointerKey key) {
  const std::uint64_t code =
      is_canonical(pointer) ? authentication_code(pointer, modifier, key) : std::uint64_t{0};
  return (pointer & ~code_mask(pointer)) | (code & code_mask(pointer));
}

std::uint64_t authenticate_pointer(std::uint64_t pointer, std::uint64_t modifier, PointerKey key) {
  const std::uint64_t stripped = strip_pointer(pointer);
  const std::uint64_t code = authentication_code(stripped, modifier, key);
  if (((pointer ^ code) & code_mask(pointer)) == 0) return stripped;
  const bool key_b = key == PointerKey::kInstructionB || key == PointerKey::kDataB;
  const std::uint64_t error = key_b ? 0b10 : 0b01;
  const unsigned place = is_upper(pointer) ? kUpperErrorBit : kLowerErrorBit;
  return (stripped & ~(std::uint64_t{0b11} << place)) | error << place;
}

}  // namespace epac

}  // namespace m2sim::emu
