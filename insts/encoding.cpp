#include "insts/encoding.h"

#include <bit>

#include "insts/encoding_parse.h"

namespace m2sim::insts {
namespace {

// One constant a row, because compilers bound the work of a single constant expression.
#define A64(op, mnemonic, bits, roles, imm, memory, timing, ...) \
  constexpr Encoding kRow##op =                                  \
      parse_row(mnemonic, bits, roles, Imm::imm, memory, TimingClass::timing __VA_OPT__(, ) __VA_ARGS__);
#include "insts/encodings.inc"
#undef A64

// The last element is Op::kUndefined's: a trap without operands.
constexpr std::array<Encoding, kOpCount + 1> kRows = {
#define A64(op, ...) kRow##op,
#include "insts/encodings.inc"
#undef A64
    Encoding{.mnemonic = ".word", .timing = TimingClass::kTrap, .flow = Flow::kSystem}};

constexpr std::array<const char*, kOpCount + 1> kNames = {
#define A64(op, ...) #op,
#include "insts/encodings.inc"
#undef A64
    "undefined"};

// Counting sort by the number of fixed bits, descending and otherwise in table order.
constexpr std::array<Pattern, kOpCount> kPatterns = [] {
  std::array<std::size_t, 34> end{};  // end[k]: patterns with more than 32 - k fixed bits
  for (std::size_t i = 0; i < kOpCount; ++i) ++end[33U - static_cast<unsigned>(std::popcount(kRows[i].mask))];
  for (std::size_t k = 1; k < end.size(); ++k) end[k] += end[k - 1];
  std::array<Pattern, kOpCount> sorted{};
  for (std::size_t i = 0; i < kOpCount; ++i) {
    const auto group = 32U - static_cast<unsigned>(std::popcount(kRows[i].mask));
    sorted[end[group]++] = {kRows[i].mask, kRows[i].match, static_cast<Op>(i)};
  }
  return sorted;
}();

constexpr FieldKind kind_of(RegClass reg_class) {
  switch (reg_class) {
    case RegClass::kS:
      return FieldKind::kGprOrSp;
    case RegClass::kVector:
      return FieldKind::kVector;
    default:
      return FieldKind::kGprOrZr;
  }
}

constexpr void merge(FieldRoles& field, const RegRole& role) {
  field.kind = kind_of(role.reg_class);
  field.read = field.read || role.read;
  field.written = field.written || role.written;
  field.count = role.count > field.count ? role.count : field.count;
}

constexpr RowRoles summarize(const Encoding& row) {
  RowRoles all;
  all.has_imm = row.imm != Imm::kNone;
  for (const RegRole& role : row.roles()) {
    switch (role.field) {
      case RegField::kD:
        merge(all.d, role);
        break;
      case RegField::kN:
        merge(all.n, role);
        break;
      case RegField::kM:
        merge(all.m, role);
        break;
      case RegField::kA:
        merge(all.a, role);
        break;
      case RegField::kFlags:
        all.reads_flags = all.reads_flags || role.read;
        all.writes_flags = all.writes_flags || role.written;
        break;
      case RegField::kFixed:
        break;
    }
    if (role.use == Role::kBase && role.written) all.writes_base = true;
  }
  return all;
}

// The last element is Op::kUndefined's: no roles.
constexpr std::array<RowRoles, kOpCount + 1> kSummaries = [] {
  std::array<RowRoles, kOpCount + 1> all{};
  for (std::size_t i = 0; i < kOpCount; ++i) all[i] = summarize(kRows[i]);
  return all;
}();

}  // namespace

std::span<const Encoding> encodings() { return std::span(kRows).first(kOpCount); }

const Encoding& encoding_of(Op op) { return kRows[static_cast<std::size_t>(op)]; }

std::span<const Pattern> patterns() { return kPatterns; }

// dc zva: the one system operation that stores. op1, CRn, CRm and op2 as in Imm::kSys.
constexpr std::int64_t kDcZva = 3 << 11 | 7 << 7 | 4 << 3 | 1;
constexpr unsigned kZeroedBytes = 64;  // as DCZID_EL0 says here

const char* name_of(Op op) { return kNames[static_cast<std::size_t>(op)]; }

const RowRoles& roles_of(Op op) { return kSummaries[static_cast<std::size_t>(op)]; }

MemoryAccess memory_of(const Encoding& row, const Inst& inst) {
  if (inst.op == Op::kSYS && inst.imm == kDcZva) return {Access::kStore, 4, kZeroedBytes / 16};
  unsigned log2 = row.memory.bytes_log2;
  switch (row.memory.size) {
    case AccessSize::kFixed:
      break;
    case AccessSize::kWidePlus2:
      log2 = 2U + (inst.wide() ? 1U : 0U);
      break;
    case AccessSize::kWidePlus3:
      log2 = 3U + (inst.wide() ? 1U : 0U);
      break;
    case AccessSize::kSizeField:
      log2 = inst.size();
      break;
  }
  return {row.memory.kind, static_cast<std::uint8_t>(log2), row.memory.registers};
}

}  // namespace m2sim::insts
