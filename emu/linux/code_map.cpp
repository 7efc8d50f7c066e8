#include "emu/linux/code_map.h"

#include <cstdlib>
#include <memory>

#include "emu/linux/address_space.h"
#include "emu/linux/loaded_program.h"

namespace m2sim::emu {

namespace {

// A program may have been named from the working directory that the simulator was started in.
std::string absolute(const std::string& path) {
  if (path.empty() || path.front() == '[' || path.front() == '/') return path;
  const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr), &std::free);
  return real ? std::string(real.get()) : path;
}

}  // namespace

ExecutableMap code_map_of(const AddressSpace& space) {
  ExecutableMap map{space.number, {}};
  const LoadedProgram* program = space.program.get();
  for (const Region& region : space.memory.regions()) {
    if (!region.executable()) continue;
    MappedCode range{region.begin, region.end, absolute(region.name), std::nullopt, region.offset};
    if (program != nullptr && !region.file && range.is_file()) {
      range.bias = region.name == program->image.path ? program->bias : program->loader_base;
    }
    map.ranges.push_back(std::move(range));
  }
  return map;
}

}  // namespace m2sim::emu
