// The files that two runs begin with and those that they leave behind.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace m2sim::cmd {

// Copies all that is in `from` into `to`, which is not there yet, but for the folder `without`. Returns what
// has been left out besides, relative to `from`: pipes, sockets and devices. Throws UserError that names what
// cannot be copied.
std::vector<std::string> copy_folder(const std::filesystem::path& from, const std::filesystem::path& to,
                                     const std::filesystem::path& without);

// A line for each file that only one of the folders has, or that differs in kind, permissions or content, in
// the order of their names. Throws UserError where one cannot be read.
std::vector<std::string> file_differences(const std::filesystem::path& first,
                                          const std::filesystem::path& second);

}  // namespace m2sim::cmd
