// SHA-256 of a file or a text, as 64 hexadecimal digits.
#pragma once

#include <string>
#include <string_view>

namespace m2sim::cmd {

std::string sha256(std::string_view bytes);
std::string sha256_of_file(const std::string& path);  // throws UserError when it cannot be read

}  // namespace m2sim::cmd
