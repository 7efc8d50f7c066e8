// The first place where two files differ, however large they are.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace m2sim::cmd {

struct FileDifference {
  std::uint64_t offset = 0;  // in bytes
  std::uint64_t line = 0;    // from 1
  // Lines before it, which both have, and what follows of that line in each; the end of a file is "(end)".
  std::vector<std::string> before;
  std::array<std::string, 2> here;
};

// None: they are equal. Throws UserError where one cannot be read.
std::optional<FileDifference> first_difference(const std::string& first, const std::string& second);

}  // namespace m2sim::cmd
