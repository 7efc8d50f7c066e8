// Turns the strings of a table row into an Encoding at compile time; a malformed row does not compile.
#pragma once

#include <algorithm>
#include <stdexcept>
#include <string_view>

#include "insts/encoding.h"

namespace m2sim::insts {

inline constexpr std::array<unsigned, 4> kFieldPlace = {0, 5, 16, 10};  // d n m a

constexpr int field_index(char c) {
  switch (c) {
    case 'd':
      return 0;
    case 'n':
      return 1;
    case 'm':
      return 2;
    case 'a':
      return 3;
    default:
      return -1;
  }
}

constexpr void parse_bit(Encoding& row, char c, unsigned place) {
  const std::uint32_t bit = std::uint32_t{1} << place;
  if (c == '0' || c == '1') {
    row.mask |= bit;
    if (c == '1') row.match |= bit;
  } else if (const int field = field_index(c); field >= 0) {
    const auto f = static_cast<std::size_t>(field);
    if (place < kFieldPlace[f] || place > kFieldPlace[f] + 4)
      throw std::logic_error("register field out of place");
    row.reg_mask[f] = static_cast<std::uint8_t>(row.reg_mask[f] | 1U << (place - kFieldPlace[f]));
  } else if (c == 'z') {
    if (row.wide_mask != 0) throw std::logic_error("two z");
    row.wide_mask = 1;
    row.wide_shift = static_cast<std::uint8_t>(place);
  } else if (c == 'y') {  // bits come most significant first
    if (row.size_mask != 0 && row.size_shift != place + 1) throw std::logic_error("y not adjacent");
    row.size_mask = static_cast<std::uint8_t>(unsigned{row.size_mask} * 2 + 1);
    if (row.size_mask > 3) throw std::logic_error("more than two y");
    row.size_shift = static_cast<std::uint8_t>(place);
  } else {
    row.letters |= bit;
    row.imm_shift = static_cast<std::uint8_t>(place);
  }
}

constexpr void parse_bits(Encoding& row, std::string_view bits) {
  unsigned left = 32;
  for (const char c : bits) {
    if (c == ' ') continue;
    if (left == 0) throw std::logic_error("more than 32 bits");
    parse_bit(row, c, --left);
  }
  if (left != 0) throw std::logic_error("fewer than 32 bits");
}

constexpr RegClass parse_class(char c) {
  switch (c) {
    case 'x':
      return RegClass::kX;
    case 'w':
      return RegClass::kW;
    case 's':
      return RegClass::kS;
    case 'v':
      return RegClass::kVector;
    default:
      throw std::logic_error("unknown register class");
  }
}

// x16, x17, x30, xsp: registers that no field names.
constexpr void parse_fixed(RegRole& role, std::string_view token) {
  role.field = RegField::kFixed;
  if (token == "xsp") {
    role.reg_class = RegClass::kS;
    role.number = 31;
  } else {
    if (token.size() != 3) throw std::logic_error("fixed register");
    role.number = static_cast<std::uint8_t>((token[1] - '0') * 10 + (token[2] - '0'));
    if (role.number > 30) throw std::logic_error("fixed register");
  }
}

constexpr RegRole parse_role(std::string_view token) {
  RegRole role;
  role.read = token[0] != '=';
  role.written = token[0] == '=' || token[0] == '+';
  if (role.written) token.remove_prefix(1);
  switch (token[0]) {
    case '@':
      role.use = Role::kBase;
      break;
    case '#':
      role.use = Role::kIndex;
      break;
    case '&':
      role.use = Role::kAddend;
      break;
    case '!':
      role.use = Role::kStoreData;
      break;
    default:
      break;
  }
  if (role.use != Role::kData) token.remove_prefix(1);
  if (token == "f") {
    role.field = RegField::kFlags;
  } else if (token[0] == 'x') {
    parse_fixed(role, token);
  } else {
    const int field = field_index(token[0]);
    if (field < 0 || token.size() < 2 || token.size() > 3) throw std::logic_error("malformed role");
    role.field = static_cast<RegField>(field);
    role.reg_class = parse_class(token[1]);
    if (token.size() == 3) role.count = static_cast<std::uint8_t>(token[2] - '0');
    if (role.count < 1 || role.count > 4) throw std::logic_error("malformed role count");
  }
  return role;
}

constexpr void parse_roles(Encoding& row, std::string_view roles) {
  while (!roles.empty()) {
    const std::size_t end = roles.find(' ') == std::string_view::npos ? roles.size() : roles.find(' ');
    if (end != 0) {
      const RegRole role = parse_role(roles.substr(0, end));
      const auto field = static_cast<std::size_t>(role.field);
      if (field < 4 && row.reg_mask[field] == 0) throw std::logic_error("role without a field");
      if (row.role_count == kMaxRoles) throw std::logic_error("too many roles");
      row.role_store[row.role_count++] = role;
    }
    roles.remove_prefix(end == roles.size() ? end : end + 1);
  }
}

constexpr MemorySpec parse_memory(std::string_view text) {
  MemorySpec spec;
  if (text.empty()) return spec;
  if (text.size() != 3) throw std::logic_error("malformed memory column");
  switch (text[0]) {
    case 'L':
      spec.kind = Access::kLoad;
      break;
    case 'S':
      spec.kind = Access::kStore;
      break;
    case 'A':
      spec.kind = Access::kLoadStore;
      break;
    case 'P':
      spec.kind = Access::kPrefetch;
      break;
    default:
      throw std::logic_error("unknown access kind");
  }
  switch (text[1]) {
    case 'z':
      spec.size = AccessSize::kWidePlus2;
      break;
    case 'q':
      spec.size = AccessSize::kWidePlus3;
      break;
    case 'y':
      spec.size = AccessSize::kSizeField;
      break;
    default:
      if (text[1] < '0' || text[1] > '4') throw std::logic_error("unknown access size");
      spec.bytes_log2 = static_cast<std::uint8_t>(text[1] - '0');
  }
  if (text[2] < '1' || text[2] > '4') throw std::logic_error("register count of an access");
  spec.registers = static_cast<std::uint8_t>(text[2] - '0');
  return spec;
}

constexpr Flow flow_named(std::string_view mark) {
  if (mark == "jump") return Flow::kJump;
  if (mark == "conditional") return Flow::kConditional;
  if (mark == "call") return Flow::kCall;
  if (mark == "indirect") return Flow::kIndirect;
  if (mark == "indirect-call") return Flow::kIndirectCall;
  if (mark == "return") return Flow::kReturn;
  if (mark == "system") return Flow::kSystem;
  return Flow::kNone;
}

constexpr bool* trait_named(Traits& traits, std::string_view mark) {
  if (mark == "authenticated") return &traits.authenticated;
  if (mark == "fuses") return &traits.fuses;
  if (mark == "zeroes") return &traits.zeroes;
  if (mark == "lanes") return &traits.lanes;
  if (mark == "permutes") return &traits.permutes;
  if (mark == "one-element") return &traits.one_element;
  if (mark == "fills-in") return &traits.fills_in;
  if (mark == "acquire") return &traits.acquire;
  if (mark == "release") return &traits.release;
  return nullptr;
}

constexpr Extension extension_named(std::string_view mark) {
  if (mark == "bf16") return Extension::kBf16;
  if (mark == "i8mm") return Extension::kI8mm;
  return Extension::kNone;
}

constexpr void parse_mark(Encoding& row, std::string_view mark) {
  if (const Flow flow = flow_named(mark); flow != Flow::kNone) {
    if (row.flow != Flow::kNone) throw std::logic_error("two ways of control");
    row.flow = flow;
  } else if (bool* const trait = trait_named(row.traits, mark); trait != nullptr && !*trait) {
    *trait = true;
  } else if (const Extension extension = extension_named(mark); extension != Extension::kNone) {
    if (row.extension != Extension::kNone) throw std::logic_error("two extensions");
    row.extension = extension;
  } else {
    throw std::logic_error("unknown or repeated mark");
  }
}

constexpr void parse_marks(Encoding& row, std::string_view marks) {
  while (!marks.empty()) {
    const std::size_t end = std::min(marks.find(' '), marks.size());
    parse_mark(row, marks.substr(0, end));
    marks.remove_prefix(std::min(end + 1, marks.size()));
  }
}

constexpr Encoding parse_row(const char* mnemonic, std::string_view bits, std::string_view roles, Imm imm,
                             std::string_view memory, TimingClass timing, std::string_view marks = {}) {
  Encoding row;
  row.mnemonic = mnemonic;
  parse_bits(row, bits);
  parse_roles(row, roles);
  row.imm = imm;
  row.memory = parse_memory(memory);
  row.timing = timing;
  parse_marks(row, marks);
  return row;
}

}  // namespace m2sim::insts
