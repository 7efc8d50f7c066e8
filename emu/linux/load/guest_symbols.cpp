#include "emu/linux/load/guest_symbols.h"

#include <sys/stat.h>

#include <algorithm>
#include <optional>

#include "emu/elf/elf.h"
#include "emu/elf/refusal.h"
#include "emu/elf/symbols.h"
#include "emu/linux/loaded_program.h"
#include "emu/memory/file_object.h"
#include "emu/user_error.h"

namespace m2sim::emu {

namespace {

std::optional<ElfImage> read_library(const std::string& path) {
  try {
    return read_elf(path, ElfUse::kLibrary);
  } catch (const UserError&) {
    return std::nullopt;  // mapped, but not code; or changed since
  }
}

std::string in_file(const ElfImage& image, std::uint64_t linked) {
  const std::string name = image.path.substr(image.path.rfind('/') + 1);
  Symbols symbols(image, 0);
  // A library without its debugging symbols names few functions: the nearest one may have nothing to do with
  // it.
  const auto found = symbols.find(linked);
  return found && found->inside ? name + ": " + symbols.describe(linked) : name + "+" + hex(linked);
}

bool is_still(const std::string& path, const Region& region) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && file_object(status) == region.object;
}

// The first page of a segment may also show the end of the one before it: rights tell them apart.
std::optional<std::uint64_t> linked_address(const ElfImage& image, std::uint64_t file_offset, bool code) {
  for (const Segment& segment : image.segments) {
    if (code != ((segment.protection & kProtExec) != 0)) continue;
    if (file_offset < segment.file_offset || file_offset - segment.file_offset >= segment.memory_size)
      continue;
    return segment.address + (file_offset - segment.file_offset);
  }
  return std::nullopt;
}

std::string in_mapped_file(const Region& region, std::uint64_t address) {
  if (!region.file || !is_still(region.name, region)) return hex(address);
  const auto image = read_library(region.name);
  if (!image) return hex(address);
  const auto linked = linked_address(*image, region.offset + (address - region.begin), region.executable());
  return linked ? in_file(*image, *linked) : hex(address);
}

}  // namespace

std::string describe_address(const AddressSpace& space, std::uint64_t address) {
  const Region* region = space.memory.region_at(address);
  const LoadedProgram* program = space.program.get();
  if (region == nullptr || program == nullptr) return hex(address);
  const std::uint64_t linked = address - program->bias;
  if (linked >= program->image.begin() && linked < program->image.end()) {
    return Symbols(program->image, program->bias).describe(address);
  }
  if (region->file) return in_mapped_file(*region, address);
  // The loader is copied into memory, under its file's name.
  if (program->loader_base == 0 || region->name.empty() || region->name.front() == '[') return hex(address);
  const auto loader = read_library(region->name);
  if (!loader || !loader->position_independent) return hex(address);
  const std::uint64_t offset = address - program->loader_base;
  return offset >= loader->begin() && offset < loader->end() ? in_file(*loader, offset) : hex(address);
}

}  // namespace m2sim::emu
