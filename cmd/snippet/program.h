// A snippet as a program: its state, and then its body again and again.
//
//   every register its value
//   m2sim_body: the snippet; b m2sim_body
//
// With a beginning the loop is from m2sim_loop on. A snippet that returns is called: m2sim_body: bl
// m2sim_user; b m2sim_body.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "cmd/snippet/source.h"

namespace m2sim::cmd {

struct SnippetProgram {
  std::vector<std::byte> image;
  std::uint64_t body = 0;      // an iteration begins
  std::uint64_t body_end = 0;  // behind the jump back
  std::uint64_t user = 0;      // the snippet's own words
  std::uint64_t user_end = 0;
  bool called = false;
};

// Assembles and links. What the snippet's comments leave open is made sensible: what is the base of an
// address points into memory of its own, in which lies its own address where the snippet goes from pointer to
// pointer; everything else is zero. Throws UserError with the assembler's message and its line.
SnippetProgram program_of(const Snippet& snippet, const std::string& assembler);

}  // namespace m2sim::cmd
