// Finding out what a file to be executed is: an ELF program or a script, and whose.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "emu/linux/guest_paths.h"
#include "emu/linux/load/program_load.h"

namespace m2sim::emu {

struct ProgramFile {
  std::vector<std::byte> head;      // the first 256 bytes, all that Linux looks at to tell what a file is
  std::string host_path;            // absolute, links resolved
  std::shared_ptr<const int> file;  // host descriptor, to read
};

// `name` is for messages. ENOENT, EACCES and whatever else opening gives; EACCES for what is no regular file.
std::variant<ProgramFile, LoadFailure> look_at_program(const HostPath& file, const std::string& name,
                                                       bool needs_execute);

// The first line of a script: "#!" interpreter, and all the rest as one argument.
struct ScriptLine {
  std::string interpreter;
  std::optional<std::string> argument;
};

// Whether these are the first bytes of an ELF file for another processor.
bool is_foreign_program(const std::vector<std::byte>& head);

bool is_script(const std::vector<std::byte>& head);
// Nothing when the line names no interpreter, or is longer than the 255 characters that Linux reads.
std::optional<ScriptLine> parse_script_line(const std::vector<std::byte>& head);

}  // namespace m2sim::emu
