#include "tests/rows/compare.h"

#include <algorithm>
#include <cstdio>

#include "insts/decode.h"
#include "insts/disasm.h"
#include "insts/encoding.h"
#include "insts/operands.h"
#include "tests/rows/program.h"
#include "tests/rows/system_cases.h"

namespace m2sim::rows {
namespace {

using insts::Inst;
using insts::Op;

template <class... Values>
std::string format(const char* pattern, Values... values) {
  std::array<char, 256> line;
  std::snprintf(line.data(), line.size(), pattern, values...);
  return line.data();
}

constexpr std::uint32_t kIllegal = 4;  // SIGILL

class Differences {
 public:
  Differences(const Sample& before, const Sample& reference, const Sample& here)
      : before_(before), reference_(reference), here_(here) {}

  std::string text() {
    if (here_.signal >= kHung || reference_.signal >= kHung)
      return fate("qemu", reference_) + fate("here", here_);
    add("signal", [](const Sample& s) { return std::uint64_t{s.signal}; });
    if (comparable_codes()) add("signal code", [](const Sample& s) { return std::uint64_t{s.signal_code}; });
    add("fault address", [](const Sample& s) { return s.fault_address; });
    add("pc", [](const Sample& s) { return s.pc; });
    add("sp", [](const Sample& s) { return s.sp; });
    for (unsigned i = 0; i < 31; ++i) add("x" + std::to_string(i), [i](const Sample& s) { return s.x[i]; });
    add("nzcv", [](const Sample& s) { return s.pstate >> 28U & 15U; });
    add("fpcr", [](const Sample& s) { return std::uint64_t{s.fpcr}; });
    add("fpsr", [](const Sample& s) { return std::uint64_t{s.fpsr}; });
    add("tpidr", [](const Sample& s) { return s.tpidr; });
    for (unsigned i = 0; i < 64; ++i) {
      const std::string name = "v" + std::to_string(i / 2) + (i % 2 == 0 ? ".low" : ".high");
      add(name, [i](const Sample& s) { return s.v[i / 2].get<std::uint64_t>(i % 2); });
    }
    for (unsigned i = 0; i < kWindowBytes; ++i) {
      add("memory+" + std::to_string(i), [i](const Sample& s) { return std::uint64_t{s.window[i]}; });
    }
    return text_;
  }

 private:
  static std::string fate(const std::string& who, const Sample& after) {
    if (after.signal == kLost) return "  " + who + ": the program died of it\n";
    if (after.signal != kHung) return "  " + who + ": came back from it\n";
    return "  " + who + ": hangs in it, no answer within " + std::to_string(kMostSeconds) + " s\n";
  }

  // For SIGILL Linux on arm64 says ILL_ILLOPC, QEMU ILL_ILLOPN; and QEMU's loader reserves the holes between
  // a program's segments, so that it calls an access there forbidden instead of unmapped.
  bool comparable_codes() const { return here_.signal != kIllegal && here_.fault_address >= kRegionBegin; }

  template <class Part>
  void add(const std::string& name, Part part) {
    const std::uint64_t theirs = part(reference_);
    const std::uint64_t ours = part(here_);
    if (theirs == ours || ++count_ > 12) return;
    text_ +=
        format("  %s: before %016lx, qemu %016lx, here %016lx\n", name.c_str(), part(before_), theirs, ours);
  }

  const Sample& before_;
  const Sample& reference_;
  const Sample& here_;
  unsigned count_ = 0;
  std::string text_;
};

std::uint64_t value_of(insts::RegId reg, const Sample& sample) {
  if (reg == insts::kSp) return sample.sp;
  return reg == insts::kNzcv ? sample.pstate >> 28U : sample.x[reg];
}

std::string inputs_of(const Inst& inst, const Sample& before) {
  std::string text =
      format("  fpcr %08x, fpsr %08x, nzcv %lx\n", before.fpcr, before.fpsr, before.pstate >> 28U);
  const insts::Operands operands = insts::operands_of(inst);
  for (const insts::Source& source : operands.read()) {
    if (insts::is_vector(source.reg)) {
      const unsigned number = source.reg - insts::kV0;
      const emu::Vec& v = before.v[number];
      text +=
          format("  reads v%u = %016lx %016lx\n", number, v.get<std::uint64_t>(1), v.get<std::uint64_t>(0));
    } else if (source.reg != insts::kNzcv) {
      const std::string name = source.reg == insts::kSp ? "sp" : "x" + std::to_string(source.reg);
      text += format("  reads %s = %016lx\n", name.c_str(), value_of(source.reg, before));
    }
  }
  return text;
}

std::string listing(const Case& test) {
  std::string text;
  for (unsigned i = 0; i < test.words; ++i) {
    const std::uint32_t word = test.before.code[i];
    text += format("  %c %08x  ", i == test.tested ? '>' : ' ', word) +
            insts::disassemble(word, kCodeAddress + std::uint64_t{4} * i) + "\n";
  }
  return text;
}

constexpr std::int64_t kDcZva = 3 << 11 | 7 << 7 | 4 << 3 | 1;
constexpr std::int64_t kDcCvap = 3 << 11 | 7 << 7 | 12 << 3 | 1;
constexpr std::int64_t kDcCvadp = 3 << 11 | 7 << 7 | 13 << 3 | 1;
constexpr unsigned kBlock = 64;       // DCZID_EL0 of the modelled core
constexpr unsigned kTco = 0b011'100;  // op1:op2 of msr tco

void clear_block(const Case& test, const Inst& inst, Sample& reference) {
  reference.window = test.before.window;
  const std::uint64_t begin = test.before.x[inst.rd] / kBlock * kBlock;
  for (unsigned i = 0; i < kWindowBytes; ++i) {
    if ((kWindowAddress + i) / kBlock * kBlock == begin) reference.window[i] = 0;
  }
}

}  // namespace

const char* reason_for(const Case& test, Sample& reference, const Sample& here) {
  const Inst inst = insts::decode(test.before.code[test.tested]);
  if (inst.op == Op::kFCVTZS_h_fix) {
    reference.v[inst.rd].set_scalar(reference.v[inst.rd].get<std::uint16_t>(0));
    return "QEMU 7.2 writes 32 sign-extended bits; a scalar result is zero above its size (Arm ARM, "
           "\"SIMD and floating-point scalar register names\")";
  }
  if (inst.op == Op::kSYS && inst.imm == kDcZva && inst.rd != 31) {
    clear_block(test, inst, reference);
    return "DC ZVA clears the block that DCZID_EL0 tells, here 64 bytes (Arm ARM, \"DC ZVA\", \"DCZID_EL0\")";
  }
  if (inst.op == Op::kSYS && (inst.imm == kDcCvap || inst.imm == kDcCvadp)) {
    // The next word ends the case: that nothing else changed is still compared.
    reference.pc = reference.fault_address = kCodeAddress + 4;
    return "QEMU 7.2 lacks DC CVAP and CVADP at user level (Arm ARM, \"DC CVAP\", \"DC CVADP\": FEAT_DPB, "
           "FEAT_DPB2)";
  }
  if (inst.op == Op::kMSR_imm && inst.aux == kTco) {
    reference.pc = reference.fault_address = kCodeAddress;
    return "QEMU has FEAT_MTE, the modelled core not: undefined (Arm ARM, \"TCO, Tag Check Override\")";
  }
  if (inst.op == Op::kMRS) {
    const OwnRegister* own = own_register(inst.imm);
    if (own == nullptr) return nullptr;
    if (inst.rd != 31) reference.x[inst.rd] = here.x[inst.rd];
    return own->reason;
  }
  return nullptr;
}

std::string difference(const Case& test, const Sample& reference, const Sample& here,
                       const std::string& who) {
  const std::string text = Differences(test.before, reference, here).text();
  if (text.empty()) return text;
  const Inst inst = insts::decode(test.before.code[test.tested]);
  const std::string row = test.op == Op::kUndefined ? "reserved word" : insts::name_of(test.op);
  return row + " under " + who + ":\n" + listing(test) + text + inputs_of(inst, test.before);
}

}  // namespace m2sim::rows
