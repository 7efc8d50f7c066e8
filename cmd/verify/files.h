// The files that two runs left behind.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace m2sim::cmd {

// A line for each file that only one of the folders has, or that differs in kind, permissions or content, in
// the order of their names. Throws UserError where one cannot be read.
std::vector<std::string> file_differences(const std::filesystem::path& first,
                                          const std::filesystem::path& second);

}  // namespace m2sim::cmd
