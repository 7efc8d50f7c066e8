#include "cmd/snippet/program.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <span>

#include "cmd/console/child_process.h"
#include "cmd/console/failure.h"
#include "cmd/console/output_file.h"
#include "emu/elf/elf.h"
#include "emu/elf/symbols.h"
#include "insts/decode.h"
#include "insts/operands.h"

namespace m2sim::cmd {
namespace {

// Memory of a base register that nobody has set, and where in it the register points.
constexpr std::uint64_t kAreaBytes = std::uint64_t{1} << 18U;
constexpr std::uint64_t kAreaStart = std::uint64_t{1} << 16U;
constexpr std::size_t kGeneral = 31;
constexpr std::size_t kVectors = 32;
constexpr std::uint64_t kBufferAlign = 128;  // a line, so that only the snippet decides what shares one

std::uint64_t aligned(std::uint64_t bytes) {
  return (bytes + kBufferAlign - 1) / kBufferAlign * kBufferAlign;
}

// Registers come out of tables that are filled in when it is known where everything lies.
std::string source_of(const Snippet& snippet, bool called) {
  std::string text = ".arch armv8.6-a+crypto+sha3+sm4+fp16fml+rcpc+ssbs+sb+predres+flagm\n.text\n";
  text +=
      ".globl m2sim_start\nm2sim_start:\nldr x0, =m2sim_pointers\nmov x1, #31\n"
      "1: ldr x2, [x0], #8\ncbz x2, 2f\nstp x2, x2, [x2]\nstp x2, x2, [x2, #16]\nstp x2, x2, [x2, #32]\n"
      "stp x2, x2, [x2, #48]\n2: subs x1, x1, #1\nb.ne 1b\nldr x30, =m2sim_vectors\n";
  for (unsigned i = 0; i < kVectors; ++i) text += fmt::format("ldr q{}, [x30, #{}]\n", i, 16 * i);
  text += "msr nzcv, xzr\nldr x30, =m2sim_general\n";
  for (unsigned i = 0; i < kGeneral; ++i) text += fmt::format("ldr x{}, [x30, #{}]\n", i, 8 * i);
  text += "b m2sim_body\n.ltorg\n.balign 64\nm2sim_body:\n";
  if (called) text += "bl m2sim_user\nb m2sim_body\n.balign 64\n";
  text += fmt::format("m2sim_user:\n# {} \"{}\"\n{}\n# 1 \"m2sim\"\n.text\nm2sim_user_end:\n",
                      snippet.first_line, snippet.file, snippet.text);
  if (!called) text += snippet.has_beginning ? "b m2sim_loop\n" : "b m2sim_body\n";
  text +=
      "m2sim_body_end: nop\n.ltorg\n.data\n.balign 16\nm2sim_vectors: .skip 512\nm2sim_general: .skip 248\n"
      "m2sim_pointers: .skip 248\n";
  std::uint64_t bytes = kGeneral * kAreaBytes;
  for (const SnippetState::Buffer& buffer : snippet.state.buffers) bytes += aligned(buffer.bytes);
  return text + fmt::format(".bss\n.balign 4096\nm2sim_memory: .skip {}\n", bytes);
}

// An errno; 0: it can be.
int why_not_started(const std::string& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return EISDIR;
  return ::access(path.c_str(), X_OK) == 0 ? 0 : errno;
}

std::string path_of(const std::string& program) {
  if (program.find('/') != std::string::npos) {
    if (const int error = why_not_started(program); error != 0)
      throw failure("snippet: cannot start '{}': {}; name an as of GNU binutils with --assembler", program,
                    std::strerror(error));
    return program;
  }
  const char* const path = std::getenv("PATH");
  std::string_view rest = path == nullptr ? "/usr/bin:/bin" : path;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(':'), rest.size());
    std::string candidate = std::string(rest.substr(0, end)) + "/" + program;
    if (why_not_started(candidate) == 0) return candidate;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  throw failure("snippet: there is no '{}'; install binutils-aarch64-linux-gnu, or name one with --assembler",
                program);
}

// The first message that names an error, and how many follow.
std::string first_error(const std::string& messages) {
  std::string first;
  unsigned more = 0;
  std::string_view rest = messages;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const bool error =
        line.find("Error:") != std::string_view::npos || line.find("undefined") != std::string_view::npos;
    if (error && first.empty()) {
      first = line;
    } else if (error) {
      ++more;
    }
  }
  if (first.empty()) first = messages.substr(0, messages.find('\n'));
  return more == 0 ? first : fmt::format("{} (and {} more)", first, more);
}

void run_tool(const TemporaryDirectory& folder, std::vector<std::string> argv) {
  const std::string errors = folder.file("errors");
  argv[0] = path_of(argv[0]);
  const std::string program = argv[0];
  const int status = run_child({std::move(argv), folder.file("out"), errors});
  if (status == 0) return;
  const std::string said = std::filesystem::exists(errors) ? first_error(read_file(errors)) : "";
  if (!said.empty()) throw failure("snippet: {}", said);
  if (status == kExitInternal)  // of the child process itself
    throw failure(
        "snippet: cannot start '{}': it is no program of this machine, or its interpreter is not there",
        program);
  throw failure("snippet: '{}' ended with status {} and said nothing; GNU binutils for arm64 has as and ld",
                program, status);
}

std::string linker_of(const std::string& assembler) {
  if (!assembler.ends_with("as"))
    throw failure("snippet: --assembler: '{}' is no as of GNU binutils", assembler);
  return assembler.substr(0, assembler.size() - 2) + "ld";
}

emu::ElfImage link(const Snippet& snippet, const std::string& assembler, bool called) {
  const TemporaryDirectory folder;
  write_file(folder.file("snippet.s"), source_of(snippet, called));
  run_tool(folder, {assembler, "-g", "-o", folder.file("snippet.o"), folder.file("snippet.s")});
  run_tool(folder, {linker_of(assembler), "-static", "-e", "m2sim_start", "-o", folder.file("snippet"),
                    folder.file("snippet.o")});
  return emu::read_elf(folder.file("snippet"));
}

class Layout {
 public:
  explicit Layout(emu::ElfImage& image) : image_(image), symbols_(image, 0) {}

  std::uint64_t at(const char* name) { return symbols_.address_of(name).value_or(0); }
  std::byte* bytes(std::uint64_t address) {
    for (const emu::Segment& segment : image_.segments) {
      if (address >= segment.address && address < segment.address + segment.file_size) {
        return image_.bytes.data() + segment.file_offset + (address - segment.address);
      }
    }
    throw failure("snippet: the linker left no room for registers");
  }
  insts::Inst inst(std::uint64_t address) {
    std::uint32_t word = 0;
    std::memcpy(&word, bytes(address), sizeof word);
    return insts::decode(word);
  }
  void put(std::uint64_t table, std::size_t index, std::uint64_t value) {
    std::memcpy(bytes(table) + 8 * index, &value, sizeof value);
  }

 private:
  emu::ElfImage& image_;
  emu::Symbols symbols_;
};

// Which registers the snippet takes addresses from that it has not made itself, and whether it loads such.
struct Bases {
  std::array<bool, kGeneral> base{};
  bool chases = false;
};

Bases bases_of(Layout& layout, std::uint64_t begin, std::uint64_t end) {
  Bases bases;
  std::array<bool, kGeneral> written{};
  std::array<bool, kGeneral> loaded{};
  for (std::uint64_t pc = begin; pc < end; pc += 4) {
    const insts::Operands operands = insts::operands_of(layout.inst(pc));
    for (const insts::Source& source : operands.read()) {
      if (source.role == insts::Role::kBase && source.reg < kGeneral && !written[source.reg])
        bases.base[source.reg] = true;
    }
    for (const insts::RegId reg : operands.written()) {
      if (reg >= kGeneral) continue;
      written[reg] = true;
      loaded[reg] = loaded[reg] || operands.memory.kind == insts::Access::kLoad;
    }
  }
  for (std::size_t i = 0; i < kGeneral; ++i) bases.chases = bases.chases || (bases.base[i] && loaded[i]);
  return bases;
}

void fill_in(const Snippet& snippet, Layout& layout, const Bases& bases) {
  const std::uint64_t memory = layout.at("m2sim_memory");
  std::vector<std::uint64_t> buffers;
  std::uint64_t next = memory + kGeneral * kAreaBytes;
  for (const SnippetState::Buffer& buffer : snippet.state.buffers) {
    buffers.push_back(next);
    next += aligned(buffer.bytes);
  }
  for (std::size_t i = 0; i < kGeneral; ++i) {
    if (const auto& given = snippet.state.general[i]) {
      layout.put(layout.at("m2sim_general"), i,
                 given->number + (given->buffer ? buffers[*given->buffer] : 0));
    } else if (bases.base[i]) {
      const std::uint64_t address = memory + i * kAreaBytes + kAreaStart;
      layout.put(layout.at("m2sim_general"), i, address);
      if (bases.chases) layout.put(layout.at("m2sim_pointers"), i, address);
    }
  }
  for (std::size_t i = 0; i < kVectors; ++i) {
    if (!snippet.state.vectors[i]) continue;
    layout.put(layout.at("m2sim_vectors"), 2 * i, (*snippet.state.vectors[i])[0]);
    layout.put(layout.at("m2sim_vectors"), 2 * i + 1, (*snippet.state.vectors[i])[1]);
  }
}

bool returns(Layout& layout, std::uint64_t begin, std::uint64_t end) {
  for (std::uint64_t pc = begin; pc < end; pc += 4) {
    if (insts::flow_of(layout.inst(pc).op) == insts::Flow::kReturn) return true;
  }
  return false;
}

}  // namespace

SnippetProgram program_of(const Snippet& snippet, const std::string& assembler) {
  SnippetProgram program;
  for (;;) {
    emu::ElfImage image = link(snippet, assembler, program.called);
    Layout layout(image);
    program.user = layout.at("m2sim_user");
    program.user_end = layout.at("m2sim_user_end");
    if (program.user_end <= program.user) throw failure("snippet: {} has no instructions", snippet.file);
    if (!program.called && returns(layout, program.user, program.user_end)) {
      if (snippet.has_beginning)
        throw failure("snippet: {} returns; it cannot begin before its loop", snippet.file);
      program.called = true;
      continue;
    }
    program.body = layout.at(snippet.has_beginning ? "m2sim_loop" : "m2sim_body");
    program.body_end = layout.at("m2sim_body_end");
    fill_in(snippet, layout, bases_of(layout, program.user, program.user_end));
    program.image = std::move(image.bytes);
    return program;
  }
}

}  // namespace m2sim::cmd
