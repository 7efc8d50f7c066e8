// What a user hands in: assembly with comments for m2sim, or the words of a function.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace m2sim::cmd {

// A register's first value: a number, or a place in zeroed memory of the snippet's own.
struct GeneralValue {
  std::uint64_t number = 0;  // behind the buffer's beginning, if there is one
  std::optional<std::size_t> buffer{};
};

struct SnippetState {
  std::array<std::optional<GeneralValue>, 31> general;
  std::array<std::optional<std::array<std::uint64_t, 2>>, 32> vectors;
  struct Buffer {
    std::string name;
    std::uint64_t bytes = 0;
  };
  std::vector<Buffer> buffers;
  std::optional<std::uint64_t> iterations;
  std::optional<std::uint64_t> warmup;
};

// One loop's body.
struct Snippet {
  std::string name;  // of its region; empty: the whole file
  std::string file;  // for the assembler's messages
  std::size_t first_line = 1;
  std::string text;
  SnippetState state;
  bool has_beginning = false;  // what stands before the label m2sim_loop runs once
};

// Regions between "LLVM-MCA-BEGIN name" and "LLVM-MCA-END", or all of it. What "m2sim:" comments say outside
// of regions is for all of them. Throws UserError.
std::vector<Snippet> snippets_of(const std::string& file, std::string_view text);

// Text of words that are no text: of a relocatable file's .text, of a function. Throws UserError.
Snippet snippet_of_object(const std::string& file);
Snippet snippet_of_function(const std::string& file, const std::string& function);
bool is_elf(const std::string& file);

}  // namespace m2sim::cmd
