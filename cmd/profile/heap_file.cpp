#include "cmd/profile/heap_file.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

#include "cmd/console/failure.h"
#include "cmd/profile/samples.h"
#include "cmd/profile/symbols.h"

namespace m2sim::cmd {
namespace {

constexpr std::string_view kHeader = "heap profile:";
constexpr std::string_view kMaps = "MAPPED_LIBRARIES:\n";

// "   3:   96 [  4:  128] @ 0x12 0x34": numbers, whatever stands between.
std::vector<std::uint64_t> numbers_in(std::string_view text, int base) {
  std::vector<std::uint64_t> numbers;
  while (!text.empty()) {
    std::uint64_t value = 0;
    if (base == 16 && text.starts_with("0x")) text.remove_prefix(2);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (error == std::errc{}) {
      numbers.push_back(value);
      text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    } else {
      text.remove_prefix(1);
    }
  }
  return numbers;
}

std::string counts_text(const HeapCounts& counts) {
  return fmt::format("{}: {} [{}: {}] @", counts.live_objects, counts.live_bytes, counts.objects,
                     counts.bytes);
}

bool is_allocator(const Place& place) {
  if (place.file.find("libtcmalloc") != std::string::npos) return true;
  return place.symbol.starts_with("operator new") ||
         place.symbol.find("(anonymous namespace)::allocate(") == 0;
}

Function allocating_function(const HeapRecord& record, const AddressSpace& space) {
  for (const std::uint64_t pc : record.stack) {
    const Place place = space.place_of(pc - 1);  // the call, not what follows it
    if (!is_allocator(place)) return function_of(place);
  }
  return {"?", "", 0, 0};
}

}  // namespace

HeapCounts& HeapCounts::operator+=(const HeapCounts& other) {
  live_objects += other.live_objects;
  live_bytes += other.live_bytes;
  objects += other.objects;
  bytes += other.bytes;
  return *this;
}

HeapProfile parse_heap_profile(std::string_view text, const std::string& path) {
  HeapProfile profile;
  const std::size_t maps = text.find(kMaps);
  if (!text.starts_with(kHeader) || maps == std::string_view::npos)
    throw failure("'{}' is no heap profile", path);
  profile.maps = text.substr(maps + kMaps.size());
  text = text.substr(0, maps);
  text.remove_prefix(std::min(text.find('\n') + 1, text.size()));
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const std::size_t at = line.find('@');
    if (at == std::string_view::npos) continue;
    const std::vector<std::uint64_t> counts = numbers_in(line.substr(0, at), 10);
    if (counts.size() != 4) throw failure("'{}' is no heap profile: '{}'", path, line);
    profile.records.push_back(
        {{counts[0], counts[1], counts[2], counts[3]}, numbers_in(line.substr(at + 1), 16)});
  }
  return profile;
}

std::string heap_profile_text(const HeapProfile& profile) {
  HeapCounts total;
  std::string lines;
  for (const HeapRecord& record : profile.records) {
    total += record.counts;
    lines += counts_text(record.counts);
    for (const std::uint64_t pc : record.stack) lines += fmt::format(" 0x{:x}", pc);
    lines += "\n";
  }
  return fmt::format("{} {} heapprofile\n{}\n{}{}", kHeader, counts_text(total), lines, kMaps, profile.maps);
}

HeapProfile merged(const std::vector<HeapProfile>& profiles) {
  HeapProfile sum;
  std::map<std::vector<std::uint64_t>, HeapCounts> counts;
  for (const HeapProfile& profile : profiles) {
    sum.maps = profile.maps;
    for (const HeapRecord& record : profile.records) counts[record.stack] += record.counts;
  }
  for (const auto& [stack, count] : counts) sum.records.push_back({count, stack});
  return sum;
}

FunctionProfile functions_of(const HeapProfile& profile, const std::string& path) {
  FunctionProfile result;
  result.file = path;
  result.unit = "bytes";
  const AddressSpace space(profile.maps);
  FunctionCounts functions;
  for (const HeapRecord& record : profile.records) {
    functions.add(allocating_function(record, space), record.counts.bytes);
    result.total += record.counts.bytes;
  }
  result.functions = functions.sorted();
  return result;
}

}  // namespace m2sim::cmd
