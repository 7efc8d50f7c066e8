// Any instruction words: everything that is derived from a word must hold together, translating and cracking
// them must come out, and running them must end. Input: little-endian words; a byte behind the last one asks
// for a run, which takes longer than all the rest.
#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <span>
#include <vector>

#include "emu/engine/block_cache.h"
#include "emu/engine/translate.h"
#include "emu/memory/memory.h"
#include "insts/decode.h"
#include "insts/disasm.h"
#include "insts/encoding.h"
#include "insts/operands.h"
#include "tests/emu/elf/elf_builder.h"
#include "tests/fuzz/fuzz_guest.h"
#include "tests/fuzz/fuzz_target.h"
#include "timing/config/config.h"
#include "timing/crack/crack.h"

namespace m2sim::fuzz {
namespace {

constexpr std::uint64_t kCode = 0x400000;
constexpr std::size_t kMostWords = 256;

void check_operands(const insts::Inst& inst) {
  const insts::Operands operands = insts::operands_of(inst);
  for (const insts::Source& source : operands.read()) {
    require(source.reg < insts::kRegCount, "a source is a register");
  }
  for (const insts::RegId reg : operands.written()) {
    require(reg < insts::kRegCount, "a destination is a register");
  }
  const insts::RowRoles& roles = insts::roles_of(inst.op);
  require(!operands.writes_base || roles.writes_base, "a base is written back only where the row says so");
  const insts::MemoryAccess memory = insts::memory_of(insts::encoding_of(inst.op), inst);
  require(memory.kind == operands.memory.kind && memory.bytes() == operands.memory.bytes(),
          "the access is the row's");
  const bool accesses = memory.kind == insts::Access::kLoad || memory.kind == insts::Access::kStore ||
                        memory.kind == insts::Access::kLoadStore;
  require(!accesses || (memory.bytes() >= 1 && memory.bytes() <= 64), "an access has 1 to 64 bytes");
}

void check_word(std::uint32_t word) {
  const insts::Inst inst = insts::decode(word);
  const std::string text = insts::disassemble(word, kCode);
  require(!text.empty() && text.find('\n') == std::string::npos, "an instruction has one line of text");
  if (inst.op == insts::Op::kUndefined) {
    require(text.starts_with(".word"), "what has no row has no text");
    return;
  }
  require(insts::encoding_of(inst.op).matches(word), "a word matches its row");
  require(std::strlen(insts::mnemonic_of(inst.op)) > 0, "a row has a mnemonic");
  require(insts::timing_class_of(inst.op) == insts::encoding_of(inst.op).timing, "one timing class a row");
  check_operands(inst);
}

// A page of guest code and what is made from it; reused, because reserving address space is slow.
class Engine {
 public:
  Engine() { require(memory_.map(kCode, emu::kGuestPage, kRights, "code"), "a page can be mapped"); }

  void translate(std::span<const std::uint32_t> words) {
    memory_.write(kCode, words.data(), words.size_bytes());
    // What is behind the words must not be those of an earlier input.
    const std::array<std::uint32_t, emu::kMaxBlockInsts> nothing{};
    memory_.write(kCode + words.size_bytes(), nothing.data(), sizeof(nothing));
    for (const bool log : {false, true}) {
      emu::Translator translator(log, emu::Cpu::kM2);
      translator.look_at(memory_, 0);
      std::uint64_t pc = kCode;
      while (pc < kCode + words.size_bytes()) {
        const emu::Block* block = translator.translate(pc, blocks_, emu::kMaxBlockInsts, false);
        require(block != nullptr && block->inst_count >= 1, "mapped code makes a block");
        require(translator.inst_index(*block, block->uops()) == 0,
                "the first uop is the first instruction's");
        const timing::CrackedBlock& cracked = crack_.lookup(*block);
        require(cracked.inst_count == block->inst_count, "cracking keeps the instructions");
        pc = block->end();
      }
    }
    // Clearing costs more than many inputs.
    if (blocks_.blocks().size() < kMostBlocks) return;
    blocks_.clear();
    crack_.clear();
  }

 private:
  static constexpr std::size_t kMostBlocks = 20000;
  static constexpr std::uint8_t kRights = emu::kProtRead | emu::kProtWrite | emu::kProtExec;

  emu::Memory memory_;
  emu::BlockCache blocks_;
  timing::CrackTable crack_{timing::m2_pcore()};
};

// The words as a program. Every register points into the data segment at first, so that loads and stores go
// somewhere.
class Program {
 public:
  void run(std::span<const std::uint32_t> words) const {
    std::vector<std::uint32_t> code;
    for (std::uint32_t i = 0; i < 31; ++i) {
      code.push_back(kMovz | kDataPage << 5U | i);
      code.push_back(kMovk | (0x200 + 64 * i) << 5U | i);
    }
    code.insert(code.end(), words.begin(), words.end());
    emu::testing::ElfFile file = emu::testing::tiny_program();
    const std::size_t bytes = code.size() * sizeof(code[0]);
    file.rest.resize(bytes);
    std::memcpy(file.rest.data(), code.data(), bytes);
    file.phdrs[0].file_size = file.phdrs[0].memory_size = file.rest_offset() + bytes;
    file.phdrs[1].address = kDataPage << 16U;
    file.phdrs[1].offset = file.phdrs[1].file_size = 0;
    file.phdrs[1].memory_size = 0x4000;
    const std::vector<std::byte> elf = file.bytes();
    run_guest(folder_.put("words", {reinterpret_cast<const std::uint8_t*>(elf.data()), elf.size()}), "");
  }

 private:
  static constexpr std::uint32_t kMovz = 0xd2a00000;  // movz x, #n, lsl #16
  static constexpr std::uint32_t kMovk = 0xf2800000;
  static constexpr std::uint32_t kDataPage = 0x50;

  Folder folder_;
};

}  // namespace
}  // namespace m2sim::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto kEngine = std::make_unique<m2sim::fuzz::Engine>();
  static const m2sim::fuzz::Program kProgram;
  std::array<std::uint32_t, m2sim::fuzz::kMostWords> words{};
  const std::size_t count = std::min(size / sizeof(words[0]), words.size());
  if (count == 0) return 0;
  std::memcpy(words.data(), data, count * sizeof(words[0]));
  const std::span<const std::uint32_t> used(words.data(), count);
  for (const std::uint32_t word : used) m2sim::fuzz::check_word(word);
  kEngine->translate(used);
  if (size % sizeof(words[0]) != 0) kProgram.run(used);
  return 0;
}
