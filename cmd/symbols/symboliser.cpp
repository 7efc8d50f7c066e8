#include "cmd/symbols/symboliser.h"

#include <algorithm>
#include <utility>

namespace m2sim::cmd {

Symboliser::Symboliser(const std::vector<emu::ExecutableMap>& maps, std::string sysroot)
    : sysroot_(std::move(sysroot)) {
  for (const emu::ExecutableMap& map : maps) maps_.insert_or_assign(map.space, map);
}

CodeObject& Symboliser::object(const std::string& path) {
  std::unique_ptr<CodeObject>& object = objects_[path];
  if (object == nullptr) object = std::make_unique<CodeObject>(path, sysroot_);
  return *object;
}

CodePlace Symboliser::place(std::uint64_t space, std::uint64_t pc) {
  CodePlace made_by_guest{nullptr, "[anon]", pc};
  const auto map = maps_.find(space);
  if (map == maps_.end()) return made_by_guest;
  const auto& ranges = map->second.ranges;
  const auto range = std::find_if(ranges.begin(), ranges.end(), [pc](const emu::MappedCode& candidate) {
    return pc >= candidate.begin && pc < candidate.end;
  });
  if (range == ranges.end() || range->path.empty()) return made_by_guest;
  if (!range->is_file()) return {nullptr, range->path, pc};
  CodeObject& found = object(range->path);
  if (range->bias) return {&found, found.name(), pc - *range->bias};
  const std::uint64_t offset = range->file_offset + (pc - range->begin);
  // Without program headers that say so, an offset in the file is the best name of a place.
  return {&found, found.name(), found.linked_address(offset).value_or(offset)};
}

std::vector<std::string> Symboliser::warnings() const {
  std::vector<std::string> all;
  for (const auto& [path, object] : objects_) {
    if (!object->warning().empty()) all.push_back(object->warning());
  }
  return all;
}

}  // namespace m2sim::cmd
