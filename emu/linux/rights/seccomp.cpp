#include "emu/linux/rights/seccomp.h"

#include <cstring>

namespace m2sim::emu {

namespace {

constexpr std::size_t kMostInstructions = 4096;  // BPF_MAXINSNS
constexpr std::uint32_t kScratch = 16;           // BPF_MEMWORDS

// Parts of a code.
enum Class : unsigned { kLoad, kLoadX, kStore, kStoreX, kAlu, kJump, kReturn, kMisc };
enum Mode : unsigned { kImmediate = 0x00, kAbsolute = 0x20, kMemory = 0x60, kLength = 0x80 };
constexpr unsigned class_of(std::uint16_t code) { return code & 7U; }
constexpr unsigned mode_of(std::uint16_t code) { return code & 0xe0U; }
constexpr unsigned operation_of(std::uint16_t code) { return code & 0xf0U; }
constexpr bool takes_x(std::uint16_t code) { return (code & 8U) != 0; }

bool valid_load(const BpfInstruction& inst) {
  const bool into_a = class_of(inst.code) == kLoad;
  if ((inst.code & 0x18U) != 0) return false;  // words only
  switch (mode_of(inst.code)) {
    case kAbsolute:
      return into_a && inst.value % 4 == 0 && inst.value < sizeof(SeccompData);
    case kMemory:
      return inst.value < kScratch;
    default:
      return mode_of(inst.code) == kImmediate || mode_of(inst.code) == kLength;
  }
}

bool valid_alu(const BpfInstruction& inst) {
  enum : unsigned { kDivide = 0x30, kShiftLeft = 0x60, kShiftRight = 0x70, kModulo = 0x90, kXor = 0xa0 };
  const unsigned operation = operation_of(inst.code);
  if (operation > kXor || operation == kModulo || takes_x(inst.code))
    return operation <= kXor && operation != kModulo;
  if (operation == kDivide) return inst.value != 0;
  return (operation != kShiftLeft && operation != kShiftRight) || inst.value < 32;
}

bool valid_jump(const BpfInstruction& inst, std::size_t left) {
  enum : unsigned { kAlways = 0x00, kLast = 0x40 };
  if (operation_of(inst.code) == kAlways) return inst.code == kJump && inst.value < left;
  return operation_of(inst.code) <= kLast && inst.if_true < left && inst.if_false < left;
}

bool valid(const BpfInstruction& inst, std::size_t left) {
  switch (class_of(inst.code)) {
    case kLoad:
    case kLoadX:
      return valid_load(inst);
    case kStore:
    case kStoreX:
      return inst.code == class_of(inst.code) && inst.value < kScratch;
    case kAlu:
      return valid_alu(inst);
    case kJump:
      return valid_jump(inst, left);
    case kReturn:
      return inst.code == 0x06 || inst.code == 0x16;  // a constant, or A
    default:
      return inst.code == 0x07 || inst.code == 0x87;  // A to X, X to A
  }
}

struct Machine {
  std::uint32_t a = 0;
  std::uint32_t x = 0;
  std::array<std::uint32_t, kScratch> scratch{};
};

std::uint32_t loaded(const Machine& machine, const BpfInstruction& inst, const SeccompData& data) {
  std::uint32_t word = inst.value;
  if (mode_of(inst.code) == kAbsolute) {
    std::memcpy(&word, reinterpret_cast<const char*>(&data) + inst.value, sizeof(word));
  } else if (mode_of(inst.code) == kMemory) {
    word = machine.scratch[inst.value];
  } else if (mode_of(inst.code) == kLength) {
    word = sizeof(SeccompData);
  }
  return word;
}

// False: a division by zero, which returns 0.
bool compute(std::uint32_t& a, std::uint16_t code, std::uint32_t operand) {
  enum : unsigned { kAdd, kSubtract, kMultiply, kDivide, kOr, kAnd, kLeft, kRight, kNegate, kModulo, kXor };
  switch (operation_of(code) >> 4U) {
    case kAdd:
      a += operand;
      break;
    case kSubtract:
      a -= operand;
      break;
    case kMultiply:
      a *= operand;
      break;
    case kDivide:
      if (operand == 0) return false;
      a /= operand;
      break;
    case kOr:
      a |= operand;
      break;
    case kAnd:
      a &= operand;
      break;
    case kLeft:
      a <<= operand & 31U;
      break;
    case kRight:
      a >>= operand & 31U;
      break;
    case kNegate:
      a = 0 - a;
      break;
    case kXor:
      a ^= operand;
      break;
    default:
      break;
  }
  return true;
}

std::size_t distance(const BpfInstruction& inst, std::uint32_t a, std::uint32_t operand) {
  enum : unsigned { kAlways, kEqual, kGreater, kGreaterEqual, kSet };
  bool holds = false;
  switch (operation_of(inst.code) >> 4U) {
    case kAlways:
      return inst.value;
    case kEqual:
      holds = a == operand;
      break;
    case kGreater:
      holds = a > operand;
      break;
    case kGreaterEqual:
      holds = a >= operand;
      break;
    default:
      holds = (a & operand) != 0;
      break;
  }
  return holds ? inst.if_true : inst.if_false;
}

std::uint32_t run(std::span<const BpfInstruction> program, const SeccompData& data) {
  Machine machine;
  for (std::size_t i = 0; i < program.size(); ++i) {
    const BpfInstruction& inst = program[i];
    const std::uint32_t operand = takes_x(inst.code) ? machine.x : inst.value;
    switch (class_of(inst.code)) {
      case kLoad:
        machine.a = loaded(machine, inst, data);
        break;
      case kLoadX:
        machine.x = loaded(machine, inst, data);
        break;
      case kStore:
        machine.scratch[inst.value] = machine.a;
        break;
      case kStoreX:
        machine.scratch[inst.value] = machine.x;
        break;
      case kAlu:
        if (!compute(machine.a, inst.code, operand)) return 0;
        break;
      case kJump:
        i += distance(inst, machine.a, operand);
        break;
      case kReturn:
        return inst.code == 0x06 ? inst.value : machine.a;
      default:
        (inst.code == 0x07 ? machine.x : machine.a) = inst.code == 0x07 ? machine.a : machine.x;
        break;
    }
  }
  return 0;
}

// The actions as signed numbers are in the order of how much they allow.
std::int32_t order(std::uint32_t result) { return static_cast<std::int32_t>(result & 0xffff0000U); }

}  // namespace

bool valid_filter(std::span<const BpfInstruction> program) {
  if (program.empty() || program.size() > kMostInstructions) return false;
  for (std::size_t i = 0; i < program.size(); ++i) {
    if (!valid(program[i], program.size() - i - 1)) return false;
  }
  return class_of(program.back().code) == kReturn;
}

std::uint32_t filtered(const SeccompFilter& filters, const SeccompData& data) {
  auto result = static_cast<std::uint32_t>(SeccompAction::kAllow);
  for (const SeccompFilter* filter = &filters; filter != nullptr; filter = filter->before.get()) {
    const std::uint32_t here = run(filter->program, data);
    if (order(here) < order(result)) result = here;
  }
  return result;
}

}  // namespace m2sim::emu
