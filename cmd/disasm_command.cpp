#include "cmd/disasm_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>

#include "cmd/console/failure.h"
#include "cmd/console/nearest.h"
#include "cmd/console/output_file.h"
#include "cmd/console/terminal.h"
#include "emu/elf/code.h"
#include "emu/elf/elf.h"
#include "emu/elf/format.h"
#include "emu/elf/symbols.h"
#include "insts/decode.h"
#include "insts/disasm.h"
#include "insts/operands.h"

namespace m2sim::cmd {
namespace {

constexpr std::size_t kFlushBytes = std::size_t{1} << 16U;
constexpr std::uint64_t kWord = 4;

struct Range {
  std::uint64_t begin;
  std::uint64_t end;
};

std::uint64_t parse_address(std::string_view option, std::string_view text) {
  const bool hexadecimal = text.starts_with("0x") || text.starts_with("0X");
  const std::string_view digits = hexadecimal ? text.substr(2) : text;
  std::uint64_t value = 0;
  const auto [stop, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value, hexadecimal ? 16 : 10);
  if (error != std::errc() || stop != digits.data() + digits.size()) {
    throw failure("disasm: {}: '{}' is no address; write 4198400 or 0x401000", option, text);
  }
  return value;
}

std::vector<std::string> names_of(const emu::ElfImage& image) {
  std::vector<std::string> names;
  for (const std::uint32_t type : {emu::kSectionSymbols, emu::kSectionDynamicSymbols}) {
    for (const emu::NamedSymbol& symbol : emu::symbol_table(image, type)) {
      if (!emu::is_mapping_symbol(symbol.name)) names.emplace_back(symbol.name);
    }
  }
  return names;
}

// A symbol table entry may have no size: a function goes on as long as addresses bear its name.
Range range_of_symbol(const std::string& name, emu::Symbols& symbols, const emu::ElfImage& image) {
  const std::optional<std::uint64_t> begin = symbols.address_of(name);
  if (!begin) {
    throw failure("disasm: {} has no symbol '{}'{}", image.path, name, did_you_mean(name, names_of(image)));
  }
  std::uint64_t end = *begin + kWord;
  for (;; end += kWord) {
    const auto found = symbols.find(end);
    if (!found || end - found->offset != *begin || end >= image.end()) break;
  }
  return {*begin, end};
}

Range chosen_range(const DisasmOptions& options, emu::Symbols& symbols, const emu::ElfImage& image) {
  if (!options.symbol.empty()) {
    if (!options.start.empty() || !options.end.empty()) {
      throw failure("disasm: --symbol and --start or --end exclude each other");
    }
    return range_of_symbol(options.symbol, symbols, image);
  }
  Range range{0, UINT64_MAX};
  if (!options.start.empty()) range.begin = parse_address("--start", options.start) / kWord * kWord;
  if (!options.end.empty()) range.end = parse_address("--end", options.end);
  if (range.begin >= range.end) throw failure("disasm: --end must lie behind --start");
  return range;
}

class Listing {
 public:
  Listing(const emu::ElfImage& image, emu::Symbols& symbols) : image_(image), symbols_(symbols) {}

  void add(const emu::CodeRange& code, const Range& range) {
    const std::uint64_t first = std::max(code.address, range.begin);
    const std::uint64_t end = std::min(code.address + code.size, range.end);
    for (std::uint64_t pc = first; pc + kWord <= end; pc += kWord) {
      add_heading(pc);
      std::uint32_t word = 0;
      std::memcpy(&word, image_.bytes.data() + code.file_offset + (pc - code.address), kWord);
      fmt::format_to(std::back_inserter(text_), "{:>10x}:  {:08x}  {}{}\n", pc, word,
                     insts::disassemble(word, pc), target_of(word, pc));
      ++lines_;
      if (text_.size() >= kFlushBytes) flush();
    }
  }

  void flush() {
    write_stdout(text_);
    text_.clear();
  }

  std::uint64_t lines() const { return lines_; }

 private:
  void add_heading(std::uint64_t pc) {
    const auto found = symbols_.find(pc);
    if (!found || found->offset != 0) return;
    fmt::format_to(std::back_inserter(text_), "{}{:016x} <{}>:\n", lines_ == 0 ? "" : "\n", pc,
                   printable(found->name));
  }

  // " <main+0x40>" behind a branch that says where it goes.
  std::string target_of(std::uint32_t word, std::uint64_t pc) {
    const std::optional<std::uint64_t> target = insts::direct_target(insts::decode(word), pc);
    if (!target || !symbols_.find(*target)) return "";
    return fmt::format(" <{}>", printable(symbols_.describe(*target)));
  }

  const emu::ElfImage& image_;
  emu::Symbols& symbols_;
  std::string text_;
  std::uint64_t lines_ = 0;
};

}  // namespace

CLI::App* add_disasm_command(CLI::App& app, DisasmOptions& options) {
  CLI::App* command = app.add_subcommand("disasm", "Show the instructions of a program");
  command->add_option("program", options.program, "an ELF program")->type_name("PROGRAM");
  command->add_option("--start", options.start, "first address")->type_name("ADDRESS");
  command->add_option("--end", options.end, "address behind the last one")->type_name("ADDRESS");
  command->add_option("--symbol", options.symbol, "only this function")->type_name("NAME");
  return command;
}

int disasm(const DisasmOptions& options) {
  if (options.program.empty()) throw failure("disasm: no program given; see m2sim disasm --help");
  const emu::ElfImage image = emu::read_elf(options.program);
  emu::Symbols symbols(image, 0);
  const Range range = chosen_range(options, symbols, image);
  Listing listing(image, symbols);
  for (const emu::CodeRange& code : emu::code_map(image).ranges) listing.add(code, range);
  if (listing.lines() == 0) {
    throw failure("disasm: {} has no instructions between {:#x} and {:#x}", image.path, range.begin,
                  range.end);
  }
  listing.flush();
  return 0;
}

}  // namespace m2sim::cmd
