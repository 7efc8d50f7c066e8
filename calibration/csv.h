// Fields of a line of comma-separated values (RFC 4180, without line breaks in fields).
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace m2sim::calibration {

// Nothing: a quote that does not end, or has something behind it.
std::optional<std::vector<std::string>> csv_fields(std::string_view line);

// A table: '#' begins a comment, the first other line must be `head`, each later one is a row(line, number).
// Throws std::invalid_argument when the head is another.
void for_each_row(std::string_view csv, std::string_view head,
                  const std::function<void(std::string_view line, std::size_t number)>& row);

}  // namespace m2sim::calibration
