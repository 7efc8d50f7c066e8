// The stubs through which a file calls functions of others (.plt), or its own whose version is chosen when it
// starts: they have no symbols.
#pragma once

#include <libelf.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace m2sim::cmd {

struct Stub {
  std::uint64_t begin;  // as linked
  std::uint64_t end;
  std::string name;  // "malloc@plt"
};

// `function_at(address)`: what the file itself calls a function; empty where it has no name.
std::vector<Stub> stubs_of(Elf* elf, const std::function<std::string(std::uint64_t)>& function_at);

}  // namespace m2sim::cmd
