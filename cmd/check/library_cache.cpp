#include "cmd/check/library_cache.h"

#include <cstdint>
#include <cstring>
#include <optional>

namespace m2sim::cmd {
namespace {

// glibc, sysdeps/generic/dl-cache.h.
constexpr std::string_view kMagic = "glibc-ld.so.cache1.1";
constexpr std::size_t kHeaderBytes = 48;
struct Entry {
  std::int32_t flags;
  std::uint32_t key;    // of the name, from the header on
  std::uint32_t value;  // of the path
  std::uint32_t os_version;
  std::uint64_t hwcap;
};
static_assert(sizeof(Entry) == 24);

std::optional<std::string> string_at(std::string_view bytes, std::size_t offset) {
  if (offset >= bytes.size()) return std::nullopt;
  const std::size_t end = bytes.find('\0', offset);
  if (end == std::string_view::npos || end == offset) return std::nullopt;
  return std::string(bytes.substr(offset, end - offset));
}

}  // namespace

std::vector<CachedLibrary> parse_library_cache(std::string_view bytes) {
  std::vector<CachedLibrary> libraries;
  const std::size_t begin = bytes.find(kMagic);
  if (begin == std::string_view::npos) return libraries;
  bytes.remove_prefix(begin);
  if (bytes.size() < kHeaderBytes) return libraries;
  std::uint32_t count = 0;
  std::memcpy(&count, bytes.data() + kMagic.size(), sizeof(count));
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t at = kHeaderBytes + i * sizeof(Entry);
    if (at + sizeof(Entry) > bytes.size()) break;
    Entry entry;
    std::memcpy(&entry, bytes.data() + at, sizeof(entry));
    auto name = string_at(bytes, entry.key);
    auto path = string_at(bytes, entry.value);
    if (name && path && path->front() == '/') libraries.push_back({*std::move(name), *std::move(path)});
  }
  return libraries;
}

}  // namespace m2sim::cmd
