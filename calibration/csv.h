// Fields of a line of comma-separated values (RFC 4180, without line breaks in fields).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace m2sim::calibration {

// Nothing: a quote that does not end, or has something behind it.
std::optional<std::vector<std::string>> csv_fields(std::string_view line);

}  // namespace m2sim::calibration
