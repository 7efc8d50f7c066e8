// Amounts of the host's memory, as a user writes them.
#pragma once

#include <charconv>
#include <cstdint>
#include <string_view>

namespace m2sim::cmd {

// Bytes of "512M" or "2G" (of 1024); 0: it is no size, or of nothing.
inline std::uint64_t memory_size(std::string_view text) {
  constexpr std::string_view kLetters = "KMGT";
  unsigned shift = 0;
  if (text.ends_with('B')) text.remove_suffix(1);
  if (text.ends_with('i')) text.remove_suffix(1);
  if (!text.empty()) {
    if (const std::size_t letter = kLetters.find(text.back()); letter != std::string_view::npos) {
      shift = 10 * static_cast<unsigned>(letter + 1);
      text.remove_suffix(1);
    }
  }
  std::uint64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end || value > (UINT64_MAX >> shift)) return 0;
  return value << shift;
}

}  // namespace m2sim::cmd
