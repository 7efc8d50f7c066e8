#include "insts/operands.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "insts/decode.h"
#include "insts/encoding.h"

namespace m2sim::insts {
namespace {

std::string reg_name(RegId reg) {
  if (reg == kSp) return "sp";
  if (reg == kNzcv) return "nzcv";
  const bool vector = is_vector(reg);
  std::string name(1, vector ? 'v' : 'x');
  return name.append(std::to_string(vector ? reg - kV0 : reg));
}

std::string mark_of(Role role) {
  switch (role) {
    case Role::kBase:
      return "@";
    case Role::kIndex:
      return "#";
    case Role::kAddend:
      return "&";
    case Role::kStoreData:
      return "!";
    default:
      return "";
  }
}

// "reads -> writes | memory": "x3 @sp -> x1 sp^ | L 8*2", where ^ marks an updated base.
std::string describe(std::uint32_t word) {
  const Operands operands = operands_of(decode(word));
  std::string text;
  for (const Source& source : operands.read()) {
    text.append(mark_of(source.role)).append(reg_name(source.reg)).append(" ");
  }
  text.append("->");
  for (const RegId reg : operands.written()) text.append(" ").append(reg_name(reg));
  if (operands.writes_base) text.append("^");
  const MemoryAccess& memory = operands.memory;
  if (memory.kind != Access::kNone) {
    constexpr const char* kKinds = "-LSAP";
    text.append(" | ").append(1, kKinds[static_cast<int>(memory.kind)]).append(" ");
    text.append(std::to_string(1U << memory.bytes_log2)).append("*").append(std::to_string(memory.registers));
    EXPECT_EQ(memory.bytes(), (1U << memory.bytes_log2) * memory.registers);
  }
  return text;
}

struct Case {
  std::uint32_t word;
  const char* source;
  const char* operands;
};

constexpr Case kDataProcessing[] = {
    {0x91001420, "add x0, x1, #5", "x1 -> x0"},
    {0x3140045f, "cmn w2, #1, lsl #12", "x2 -> nzcv"},
    {0x8b236bff, "add sp, sp, x3, lsl #2", "sp x3 -> sp"},
    {0xab250be4, "adds x4, sp, w5, uxtb #2", "sp x5 -> x4 nzcv"},
    {0x9b027c20, "mul x0, x1, x2", "x1 x2 -> x0"},
    {0x9b020c20, "madd x0, x1, x2, x3", "x1 x2 &x3 -> x0"},
    {0x9a9f1020, "csel x0, x1, xzr, ne", "x1 nzcv -> x0"},
    {0xfa430824, "ccmp x1, #3, #4, eq", "x1 nzcv -> nzcv"},
    {0xba030041, "adcs x1, x2, x3", "x2 x3 nzcv -> x1 nzcv"},
    {0xf2800027, "movk x7, #1", "x7 -> x7"},
    {0xb37d0c41, "bfi x1, x2, #3, #4", "x1 x2 -> x1"},
    {0xba018424, "rmif x1, #3, #4", "x1 nzcv -> nzcv"},
    {0x9adf3041, "pacga x1, x2, sp", "x2 sp -> x1"},
    {0x1f420c20, "fmadd d0, d1, d2, d3", "v1 v2 &v3 -> v0"},
    {0x1e380041, "fcvtzs w1, s2", "v2 -> x1"},
    {0x1e622020, "fcmp d1, d2", "v1 v2 -> nzcv"},
    {0x4e054041, "tbl v1.16b, {v2.16b-v4.16b}, v5.16b", "v2 v3 v4 v5 -> v1"},
    {0x6f730841, "mla v1.8h, v2.8h, v3.h[7]", "v1 v2 v3 -> v1"},
};

constexpr Case kBranchesAndSystem[] = {
    {0x94000002, "bl .+8", "-> x30"},
    {0xd63f0020, "blr x1", "x1 -> x30"},
    {0xd65f03c0, "ret", "x30 ->"},
    {0xd503233f, "paciasp", "x30 sp -> x30"},
    {0xd503219f, "autia1716", "x17 x16 -> x17"},
    {0xd65f0fff, "retab", "x30 sp ->"},
    {0xd71f083f, "braa x1, sp", "x1 sp ->"},
    {0x34000023, "cbz w3, .+4", "x3 ->"},
    {0x54000021, "b.ne .+4", "nzcv ->"},
    {0xb6400023, "tbz x3, #40, .+4", "x3 ->"},
    {0xd51b4202, "msr nzcv, x2", "x2 -> nzcv"},
    {0xd53b4202, "mrs x2, nzcv", "nzcv -> x2"},
    {0xd51bd041, "msr tpidr_el0, x1", "x1 ->"},
    {0xd500401f, "cfinv", "nzcv -> nzcv"},
    {0xd50b7423, "dc zva, x3", "@x3 -> | S 16*4"},
    {0xd50b7b23, "dc cvau, x3", "x3 ->"},
    {0xd4000001, "svc #0", "->"},
};

constexpr Case kMemory[] = {
    {0xf8408420, "ldr x0, [x1], #8", "@x1 -> x0 x1^ | L 8*1"},
    {0xf81f0fff, "str xzr, [sp, #-16]!", "@sp -> sp^ | S 8*1"},
    {0xa8c17bfd, "ldp x29, x30, [sp], #16", "@sp -> x29 x30 sp^ | L 8*2"},
    {0x29010861, "stp w1, w2, [x3, #8]", "!x1 !x2 @x3 -> | S 4*2"},
    {0xf8625820, "ldr x0, [x1, w2, uxtw #3]", "@x1 #x2 -> x0 | L 8*1"},
    {0xb82b6949, "str w9, [x10, x11]", "!x9 @x10 #x11 -> | S 4*1"},
    {0x39c00c20, "ldrsb w0, [x1, #3]", "@x1 -> x0 | L 1*1"},
    {0x79800420, "ldrsh x0, [x1, #2]", "@x1 -> x0 | L 2*1"},
    {0x69ff8861, "ldpsw x1, x2, [x3, #-4]!", "@x3 -> x1 x2 x3^ | L 4*2"},
    {0x887f8861, "ldaxp w1, w2, [x3]", "@x3 -> x1 x2 | L 4*2"},
    {0xc801ffe2, "stlxr w1, x2, [sp]", "!x2 @sp -> x1 | S 8*1"},
    {0x88e1fc62, "casal w1, w2, [x3]", "x1 !x2 @x3 -> x1 | A 4*1"},
    {0x4822fcc4, "caspl x2, x3, x4, x5, [x6]", "x2 x3 !x4 !x5 @x6 -> x2 x3 | A 8*2"},
    {0x38e10062, "ldaddalb w1, w2, [x3]", "!x1 @x3 -> x2 | A 1*1"},
    {0xf821007f, "stadd x1, [x3]", "!x1 @x3 -> | A 8*1"},
    {0xf8218062, "swp x1, x2, [x3]", "!x1 @x3 -> x2 | A 8*1"},
    {0xf9800420, "prfm pldl1keep, [x1, #8]", "@x1 -> | P 8*1"},
    {0x58000043, "ldr x3, .+8", "-> x3 | L 8*1"},
    {0xf8202c41, "ldraa x1, [x2, #16]!", "@x2 -> x1 x2^ | L 8*1"},
    {0x3cc10441, "ldr q1, [x2], #16", "@x2 -> v1 x2^ | L 16*1"},
    {0x4cc2483e, "ld3 {v30.4s-v0.4s}, [x1], x2", "@x1 #x2 -> v30 v31 v0 x1^ | L 16*3"},
    {0x0d001483, "st1 {v3.b}[5], [x4]", "!v3 @x4 -> | S 1*1"},
};

void check(std::span<const Case> cases) {
  for (const Case& c : cases) {
    EXPECT_EQ(describe(c.word), c.operands) << c.source;
  }
}

TEST(Operands, DataProcessing) { check(kDataProcessing); }
TEST(Operands, BranchesAndSystem) { check(kBranchesAndSystem); }
TEST(Operands, Memory) { check(kMemory); }

bool is_memory_class(TimingClass timing) {
  return timing >= TimingClass::kLoad && timing <= TimingClass::kStoreVec;
}

// What a model relies on without looking, for some words of every row.
TEST(Operands, HoldTogetherInEveryRow) {
  std::mt19937 random(3);
  for (std::size_t i = 0; i < kOpCount; ++i) {
    const Encoding& row = encodings()[i];
    EXPECT_EQ(row.memory.kind != Access::kNone, is_memory_class(row.timing)) << name_of(static_cast<Op>(i));
    for (unsigned n = 0; n < 20; ++n) {
      const Inst inst = decode((static_cast<std::uint32_t>(random()) & ~row.mask) | row.match);
      if (inst.op != static_cast<Op>(i)) continue;
      const Operands operands = operands_of(inst);
      const RowRoles& roles = roles_of(inst.op);
      for (const Source& source : operands.read()) EXPECT_LT(source.reg, kRegCount);
      for (const RegId reg : operands.written()) EXPECT_LT(reg, kRegCount);
      EXPECT_EQ(operands.writes_base, roles.writes_base) << name_of(inst.op);
      EXPECT_TRUE(!operands.writes_base || operands.written().back() == inst.rn) << name_of(inst.op);
      EXPECT_EQ(operands.memory.kind != Access::kNone, operands.memory.registers != 0) << name_of(inst.op);
    }
  }
}

TEST(Roles, SayWhatNumber31Means) {
  const RowRoles& add = roles_of(Op::kADD_imm);
  EXPECT_EQ(add.d.kind, FieldKind::kGprOrSp);
  EXPECT_EQ(add.n.kind, FieldKind::kGprOrSp);
  EXPECT_EQ(add.m.kind, FieldKind::kNone);
  EXPECT_TRUE(add.d.written && !add.d.read && add.n.read && !add.n.written && add.has_imm);
  const RowRoles& cas = roles_of(Op::kCASP);
  EXPECT_EQ(cas.m.kind, FieldKind::kGprOrZr);
  EXPECT_TRUE(cas.m.read && cas.m.written);
  EXPECT_EQ(cas.m.count, 2);
  EXPECT_TRUE(roles_of(Op::kCCMP_imm).reads_flags && roles_of(Op::kCCMP_imm).writes_flags);
  EXPECT_TRUE(roles_of(Op::kLDP_post).writes_base && !roles_of(Op::kLDP_off).writes_base);
  EXPECT_EQ(roles_of(Op::kUndefined).d.kind, FieldKind::kNone);
}

TEST(Flow, FollowsTheKindOfBranch) {
  EXPECT_EQ(flow_of(Op::kB), Flow::kJump);
  EXPECT_EQ(flow_of(Op::kTBNZ), Flow::kConditional);
  EXPECT_EQ(flow_of(Op::kBL), Flow::kCall);
  EXPECT_EQ(flow_of(Op::kBRAA), Flow::kIndirect);
  EXPECT_EQ(flow_of(Op::kBLRABZ), Flow::kIndirectCall);
  EXPECT_EQ(flow_of(Op::kRETAA), Flow::kReturn);
  EXPECT_EQ(flow_of(Op::kISB), Flow::kSystem);
  EXPECT_EQ(flow_of(Op::kUDF), Flow::kSystem);
  EXPECT_EQ(flow_of(Op::kUndefined), Flow::kSystem);
  EXPECT_EQ(flow_of(Op::kDSB), Flow::kNone);
}

}  // namespace
}  // namespace m2sim::insts
