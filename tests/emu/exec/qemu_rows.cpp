#include "tests/emu/exec/qemu_rows.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

#include "emu/engine/block_cache.h"
#include "emu/engine/handler.h"
#include "emu/engine/translate.h"
#include "emu/fp/fp.h"
#include "emu/memory/memory.h"
#include "insts/decode.h"
#include "insts/disasm.h"
#include "insts/encoding.h"
#include "insts/operands.h"
#include "tests/emu/guest_machine.h"
#include "tests/rows/random_values.h"

namespace m2sim::emu::testing {
namespace {

using insts::Encoding;
using insts::Inst;

void randomize(Random& random, Sample& sample) {
  for (auto& x : sample.x) x = rows::random_general(random);
  for (auto& v : sample.v) v = rows::random_vector(random);
  for (auto& byte : sample.window) byte = static_cast<std::uint8_t>(random());
  sample.nzcv = (random() & 15U) << 28U;
  sample.fpcr = rows::random_fpcr(random);
  sample.fpsr = random() % 2 == 0 ? std::uint64_t{softfloat::kInexact} : random() & 0x0800009F;
}

// Where the base register must point for the access to hit the middle of the window.
bool place_access(const Encoding& row, const Inst& inst, Random& random, Sample& sample) {
  const std::uint64_t middle = kWindowAddress + kWindowBytes / 2;
  if (inst.rn == 31 || row.imm == insts::Imm::kBranch19) return false;
  const bool has_index = row.imm == insts::Imm::kMemReg;
  std::uint64_t base = middle;
  const insts::RowRoles& roles = insts::roles_of(inst.op);
  const bool indexed_post = std::string_view(insts::name_of(inst.op)).find("_post") != std::string_view::npos;
  if (!has_index && !indexed_post && row.imm != insts::Imm::kSimdLane)
    base -= static_cast<std::uint64_t>(inst.imm);
  if (has_index) {
    if (inst.rm == inst.rn) return false;
    if (inst.rm != 31) {
      const std::uint64_t high = random() << 32U;
      std::uint64_t index = random() % 16;
      if (inst.aux == 6 || inst.aux == 7) index -= 8;
      if (inst.aux == 2 || inst.aux == 6) index = high | (index & UINT32_MAX);
      sample.x[inst.rm] = index;
    }
  }
  sample.x[inst.rn] = base;
  // Constrained unpredictable: both halves of a pair, or data and written-back base, in one register.
  const bool general_data = roles.d.kind != insts::FieldKind::kVector;
  const bool same_pair = roles.a.written && inst.rd == inst.ra;
  const bool base_is_data =
      roles.writes_base && general_data &&
      (inst.rn == inst.rd || (roles.a.kind != insts::FieldKind::kNone && inst.rn == inst.ra));
  return !same_pair && !base_is_data;
}

// The programs around the sample need their stack pointer.
bool changes_sp(const Inst& inst) {
  const insts::RowRoles& roles = insts::roles_of(inst.op);
  return roles.d.kind == insts::FieldKind::kGprOrSp && roles.d.written && inst.rd == 31;
}

}  // namespace

bool draw_sample(insts::Op op, Random& random, Sample& sample) {
  const Encoding& row = insts::encoding_of(op);
  const auto word = static_cast<std::uint32_t>((random() & ~std::uint64_t{row.mask}) | row.match);
  const Inst inst = insts::decode(word);
  if (inst.op != op || changes_sp(inst)) return false;
  sample.word = word;
  randomize(random, sample);
  return row.memory.kind == insts::Access::kNone || place_access(row, inst, random, sample);
}

std::vector<Sample> run_on_qemu(std::span<const Sample> samples, const std::string& program) {
  ScratchDirectory directory;
  const std::string out = directory.file("after");
  const auto bytes = std::as_bytes(samples);
  const std::string in = directory.file("before", std::vector<std::byte>(bytes.begin(), bytes.end()));
  const std::string command = "qemu-aarch64 -cpu max '" + program + "' < '" + in + "' > '" + out + "'";
  if (std::system(command.c_str()) != 0) throw std::runtime_error("failed: " + command);
  std::vector<Sample> after(samples.size());
  std::FILE* file = std::fopen(out.c_str(), "rb");
  const std::size_t read = std::fread(after.data(), sizeof(Sample), after.size(), file);
  std::fclose(file);
  if (read != samples.size()) throw std::runtime_error("QEMU stopped at sample " + std::to_string(read));
  return after;
}

namespace {

void load_state(const Sample& sample, CpuState& cpu, Memory& memory) {
  std::copy(sample.x.begin(), sample.x.end(), cpu.x.begin());
  cpu.x[kZeroSlot] = 0;
  cpu.x[kSpSlot] = kSampleAddress;
  cpu.flags = flags_from_nzcv(static_cast<std::uint32_t>(sample.nzcv >> 28U));
  cpu.v = sample.v;
  write_fpcr(cpu, static_cast<std::uint32_t>(sample.fpcr));
  write_fpsr(cpu, static_cast<std::uint32_t>(sample.fpsr));
  memory.write_any(kSampleAddress, &sample, sizeof(sample));
  constexpr std::uint32_t kSvc = 0xD4000001;
  memory.write_any(kSlotAddress, &sample.word, 4);
  memory.write_any(kSlotAddress + 4, &kSvc, 4);
}

void save_state(const CpuState& cpu, const Memory& memory, Sample& sample) {
  std::copy_n(cpu.x.begin(), sample.x.size(), sample.x.begin());
  sample.nzcv = std::uint64_t{nzcv_of(cpu.flags)} << 28U;
  sample.v = cpu.v;
  sample.fpcr = cpu.fpcr;
  sample.fpsr = read_fpsr(cpu);
  memory.read(kWindowAddress, sample.window.data(), sample.window.size());
}

}  // namespace

std::vector<Sample> run_here(std::span<const Sample> samples, bool log) {
  Memory memory;
  memory.map(kSampleAddress, 2 * kGuestPage, kProtRead | kProtWrite | kProtExec, "samples");
  BlockCache cache;
  Translator translator(log, Cpu::kM2);
  translator.look_at(memory, 0);
  const auto cpu = std::make_unique<CpuState>();
  cpu->memory_base = memory.base();
  cpu->memory_limit = memory.limit();
  std::array<std::uint64_t, 8> log_words{};
  std::vector<Sample> after(samples.begin(), samples.end());
  for (Sample& sample : after) {
    load_state(sample, *cpu, memory);
    if (!cache.has_room()) cache.clear();
    const Block* block = translator.translate(kSlotAddress, cache, 2, false);
    const Uop* uop = block->uops();
    std::int64_t budget = 100;
    std::uint64_t* words = log_words.data();
    while (uop != nullptr) {
      uop = uop->handler(uop, cpu.get(), budget, words, memory.base());
      words = cpu->log;
      budget = cpu->budget;
    }
    save_state(*cpu, memory, sample);
    if (cpu->exit != Exit::kSystemCall) sample.word = 0;  // not executed: differs from any sample
  }
  return after;
}

namespace {

// QEMU 7.2 writes the scalar half-precision fcvtzs (fixed point) as 32 sign-extended bits; the manual clears
// all but 16.
Sample corrected(const Sample& before, Sample qemu) {
  const Inst inst = insts::decode(static_cast<std::uint32_t>(before.word));
  if (inst.op == insts::Op::kFCVTZS_h_fix) qemu.v[inst.rd].set_scalar(qemu.v[inst.rd].get<std::uint16_t>(0));
  return qemu;
}

}  // namespace

std::string difference(const Sample& before, const Sample& raw_qemu, const Sample& here) {
  const Sample qemu = corrected(before, raw_qemu);
  std::string text;
  const auto differ = [&](const std::string& name, std::uint64_t was, std::uint64_t theirs,
                          std::uint64_t ours) {
    if (theirs == ours) return;
    std::array<char, 160> line;
    std::snprintf(line.data(), line.size(), "  %s: before %016lx, qemu %016lx, here %016lx\n", name.c_str(),
                  was, theirs, ours);
    text += line.data();
  };
  differ("word", before.word, qemu.word, here.word);
  for (unsigned i = 0; i < 31; ++i) differ("x" + std::to_string(i), before.x[i], qemu.x[i], here.x[i]);
  differ("nzcv", before.nzcv, qemu.nzcv, here.nzcv);
  differ("fpcr", before.fpcr, qemu.fpcr, here.fpcr);
  differ("fpsr", before.fpsr, qemu.fpsr, here.fpsr);
  for (unsigned i = 0; i < 32; ++i) {
    for (unsigned half = 0; half < 2; ++half) {
      const auto part = [&](const Sample& s) { return s.v[i].get<std::uint64_t>(half); };
      differ("v" + std::to_string(i) + (half == 0 ? ".low" : ".high"), part(before), part(qemu), part(here));
    }
  }
  for (unsigned i = 0; i < kWindowBytes; ++i) {
    differ("memory+" + std::to_string(i), before.window[i], qemu.window[i], here.window[i]);
  }
  if (text.empty()) return text;
  const auto word = static_cast<std::uint32_t>(before.word);
  const Inst inst = insts::decode(word);
  text = std::string(insts::name_of(inst.op)) + ": " + insts::disassemble(word, kSlotAddress) + "\n" + text;
  differ("fpcr and fpsr", before.fpcr << 32U | before.fpsr, 0, 1);
  const insts::Operands operands = insts::operands_of(inst);
  for (const insts::Source& source : operands.read()) {
    if (!insts::is_vector(source.reg)) continue;
    const Vec& v = before.v[source.reg - insts::kV0];
    std::array<char, 160> line;
    std::snprintf(line.data(), line.size(), "  reads v%d = %016lx %016lx\n", source.reg - insts::kV0,
                  v.get<std::uint64_t>(1), v.get<std::uint64_t>(0));
    text += line.data();
  }
  return text;
}

}  // namespace m2sim::emu::testing
