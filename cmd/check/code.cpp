#include "cmd/check/code.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <tuple>
#include <utility>

#include "emu/elf/code.h"
#include "emu/elf/symbols.h"
#include "emu/engine/translate.h"
#include "insts/decode.h"
#include "insts/disasm.h"
#include "insts/encoding.h"
#include "insts/missing_extension.h"

namespace m2sim::cmd {
namespace {

using Key = std::tuple<WordKind, bool, std::string>;

class Collector {
 public:
  void look_at(std::uint32_t word, std::uint64_t address, bool marked) {
    const insts::Inst inst = insts::decode(word);
    const emu::Support support = emu::support_of(inst, emu::Cpu::kM2);
    if (support == emu::Support::kExecutes) return;
    if (support == emu::Support::kMissing) {
      return add({WordKind::kNotImplemented, marked, insts::encoding_of(inst.op).mnemonic}, word, address);
    }
    const char* extension = insts::missing_extension(word);
    if (extension == nullptr) return add({WordKind::kUndefined, marked, ""}, word, address);
    add({WordKind::kExtension, marked, extension}, word, address);
  }

  std::vector<WordGroup> groups(const emu::ElfImage& image) {
    emu::Symbols symbols(image, 0);
    std::vector<WordGroup> result;
    for (auto& [key, group] : groups_) {
      const auto found = symbols.find(group.first_address);
      if (found && found->inside) group.symbol = symbols.describe(group.first_address);
      if (group.kind == WordKind::kNotImplemented) {
        group.text = insts::disassemble(group.first_word, group.first_address);
      } else {
        group.text = fmt::format(".inst {:#010x}", group.first_word);
      }
      result.push_back(std::move(group));
    }
    std::ranges::stable_sort(result, [](const WordGroup& a, const WordGroup& b) {
      return std::pair(a.kind, b.count) < std::pair(b.kind, a.count);
    });
    return result;
  }

 private:
  void add(const Key& key, std::uint32_t word, std::uint64_t address) {
    WordGroup& group = groups_[key];
    if (group.count++ > 0) return;
    group.kind = std::get<0>(key);
    group.marked = std::get<1>(key);
    group.what = std::get<2>(key);
    group.first_address = address;
    group.first_word = word;
  }

  std::map<Key, WordGroup> groups_;
};

}  // namespace

std::uint64_t CodeCheck::count(WordKind kind) const {
  std::uint64_t sum = 0;
  for (const WordGroup& group : groups) sum += group.kind == kind ? group.count : 0;
  return sum;
}

CodeCheck check_code(const emu::ElfImage& image) {
  CodeCheck check;
  Collector collector;
  const emu::CodeMap map = emu::code_map(image);
  check.data_bytes = map.data_bytes;
  for (const emu::CodeRange& range : map.ranges) {
    const std::byte* from = image.bytes.data() + range.file_offset;
    for (std::uint64_t at = 0; at < range.size; at += sizeof(std::uint32_t)) {
      std::uint32_t word = 0;
      std::memcpy(&word, from + at, sizeof(word));
      collector.look_at(word, range.address + at, range.marked);
    }
    const std::uint64_t words = range.size / sizeof(std::uint32_t);
    check.words += words;
    check.marked_words += range.marked ? words : 0;
  }
  check.groups = collector.groups(image);
  return check;
}

}  // namespace m2sim::cmd
