// Any bytes as a program: refused in one line, or loaded, looked at and run for a while; also as a script,
// as a library, and as another program's loader.
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "emu/elf/code.h"
#include "emu/elf/dynamic.h"
#include "emu/elf/elf.h"
#include "emu/elf/symbols.h"
#include "emu/linux/load/program_file.h"
#include "emu/user_error.h"
#include "tests/emu/elf/elf_builder.h"
#include "tests/fuzz/fuzz_guest.h"
#include "tests/fuzz/fuzz_target.h"

namespace m2sim::fuzz {
namespace {

// Larger images only take time: what they do with memory is the same.
constexpr std::uint64_t kMostImage = std::uint64_t{16} << 20U;
// What is there below the sysroot besides the input: itself again, and a good program.
constexpr const char* kLoader = "/lib/ld-linux-aarch64.so.1";
constexpr const char* kShell = "/bin/sh";

class Sysroot {
 public:
  Sysroot() {
    const std::vector<std::byte> shell = emu::testing::tiny_program().bytes();
    folder_.put(std::string(kShell).substr(1),
                {reinterpret_cast<const std::uint8_t*>(shell.data()), shell.size()});
  }

  const std::string& path() const { return folder_.path(); }
  std::string put(std::span<const std::uint8_t> input) const {
    folder_.put(std::string(kLoader).substr(1), input);
    return folder_.put("input", input);
  }

 private:
  Folder folder_;
};

void check_message(const emu::UserError& error) {
  const std::string_view message = error.what();
  require(error.kind() == emu::UserError::Kind::kNotExecutable, "a file that is there is not executable");
  require(!message.empty() && message.size() < 1000, "a message is one sentence");
  require(std::none_of(message.begin(), message.end(), [](char c) { return c >= 0 && c < ' '; }),
          "a message is one printable line");
}

void look_up(const emu::ElfImage& image) {
  emu::Symbols symbols(image, 0);
  for (const emu::Segment& segment : image.segments) {
    require(!symbols.describe(segment.address).empty(), "every address can be described");
    require(!symbols.describe(segment.end() - 1).empty(), "every address can be described");
  }
  symbols.address_of("main");
  for (const emu::CodeRange& range : emu::code_map(image).ranges) {
    require(range.file_offset <= image.bytes.size() && range.size <= image.bytes.size() - range.file_offset,
            "code lies inside the file");
  }
  for (const std::string& name : emu::read_dynamic(image).needed)
    require(!name.empty(), "a name has letters");
}

bool is_ours(const std::string& interpreter) {
  return interpreter.empty() || interpreter == kLoader || interpreter == kShell;
}

// An interpreter outside the sysroot would be a file of the host, and what it does is not the input's.
bool may_run(const emu::ElfImage& image) {
  return is_ours(image.interpreter) && image.end() - image.begin() <= kMostImage;
}

void test_script(const Sysroot& sysroot, std::span<const std::uint8_t> input) {
  const std::size_t seen = std::min<std::size_t>(input.size(), 256);
  std::vector<std::byte> head(seen);
  std::copy_n(reinterpret_cast<const std::byte*>(input.data()), seen, head.begin());
  const auto line = emu::parse_script_line(head);
  if (!line) return;
  require(!line->interpreter.empty(), "an interpreter has a name");
  const std::string program = sysroot.put(input);
  if (line->interpreter == kShell) run_guest(program, sysroot.path());
}

void test_program(const Sysroot& sysroot, std::span<const std::uint8_t> input) {
  const std::string program = sysroot.put(input);
  look_up(emu::read_elf(program, emu::ElfUse::kLibrary));
  if (may_run(emu::read_elf(program))) run_guest(program, sysroot.path());
}

}  // namespace
}  // namespace m2sim::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const m2sim::fuzz::Sysroot kSysroot;
  const std::span<const std::uint8_t> input(data, size);
  try {
    if (size >= 2 && data[0] == '#' && data[1] == '!') {
      m2sim::fuzz::test_script(kSysroot, input);
    } else {
      m2sim::fuzz::test_program(kSysroot, input);
    }
  } catch (const m2sim::emu::UserError& error) {
    m2sim::fuzz::check_message(error);
  }
  return 0;
}
