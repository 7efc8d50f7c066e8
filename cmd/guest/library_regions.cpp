#include "cmd/guest/library_regions.h"

#include <fmt/format.h>

#include <algorithm>

#include "cmd/console/nearest.h"
#include "emu/elf/dynamic.h"
#include "emu/user_error.h"

namespace m2sim::cmd {
namespace {

std::string file_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

}  // namespace

LibraryFunction::LibraryFunction(const std::string& text) : symbol(text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string::npos || colon == 0 || text.substr(colon).starts_with("::")) return;
  library = text.substr(0, colon);
  symbol = text.substr(colon + 1);
}

bool LibraryFunction::is_in(const std::string& path, const std::string& soname) const {
  const auto is = [this](const std::string& name) {
    return name == library || name.starts_with(library + ".");
  };
  return library.empty() || is(file_name(path)) || is(soname);
}

// What cannot be read as a library has no functions.
LibraryRegions::Library::Library(const std::string& path) {
  try {
    const emu::ElfImage image = emu::read_elf(path, emu::ElfUse::kLibrary);
    soname = emu::read_dynamic(image).soname;
    functions = functions_of(image);
    for (const emu::Segment& segment : image.segments) {
      if ((segment.protection & emu::kProtExec) != 0) code.push_back(segment);
    }
  } catch (const emu::UserError&) {
  }
}

std::optional<std::uint64_t> LibraryRegions::Library::bias(const emu::FileCode& mapped) const {
  const std::uint64_t end = mapped.file_offset + (mapped.end - mapped.begin);
  for (const emu::Segment& segment : code) {
    if (segment.file_offset >= end || segment.file_offset + segment.file_size <= mapped.file_offset) continue;
    return mapped.begin + (segment.file_offset - mapped.file_offset) - segment.address;
  }
  return std::nullopt;
}

LibraryRegions::LibraryRegions(emu::Machine& machine) : machine_(machine) {}

void LibraryRegions::add(std::size_t region, const LibraryFunction& name) {
  wanted_.push_back({region, name, {}});
}

void LibraryRegions::search(Wanted& wanted, const std::string& path, const Library& library) {
  if (!wanted.searched.insert(path).second || !wanted.name.is_in(path, library.soname)) return;
  const FoundFunction found = find_function(wanted.name.symbol, library.functions);
  if (found.other != nullptr) {
    wanted.ambiguity =
        fmt::format(": it may be '{}' or '{}' of {}; name one in full", readable_name(found.function->name),
                    readable_name(found.other->name), file_name(path));
  } else if (found.function != nullptr) {
    wanted.path = path;
    wanted.address = found.function->address;
    wanted.indirect = found.function->indirect;
  }
}

void LibraryRegions::look_at(const emu::FileCode& mapped, std::optional<std::uint64_t> bias,
                             std::vector<Found>& found) {
  const Library& library = libraries_.try_emplace(mapped.path, mapped.path).first->second;
  if (!bias) bias = library.bias(mapped);
  for (Wanted& wanted : wanted_) {
    if (wanted.path.empty()) search(wanted, mapped.path, library);
    if (wanted.path != mapped.path || !bias) continue;
    found.push_back({wanted.region, {wanted.address + *bias, wanted.indirect, mapped.family}});
  }
}

std::optional<timing::FunctionPlace> LibraryRegions::in_loader(const LibraryFunction& name) const {
  if (name.library.empty()) return std::nullopt;
  const std::vector<emu::ExecutableMap> maps = machine_.kernel().code_maps();
  for (const emu::MappedCode& range : maps.front().ranges) {
    if (!range.is_file() || !range.bias || *range.bias == machine_.load_bias()) continue;
    const Library loader(range.path);
    if (!name.is_in(range.path, loader.soname)) continue;
    const GuestFunction& function = required(name.symbol, loader.functions, file_name(range.path));
    return timing::FunctionPlace{function.address + *range.bias, function.indirect};
  }
  return std::nullopt;
}

std::vector<timing::RegionFinder::Found> LibraryRegions::look() {
  std::vector<Found> found;
  const emu::Kernel& kernel = machine_.kernel();
  while (seen_ < kernel.mapped_code.size()) look_at(kernel.mapped_code[seen_++], std::nullopt, found);
  return found;
}

std::string LibraryRegions::why_never(std::size_t region) const {
  const auto wanted = std::find_if(wanted_.begin(), wanted_.end(),
                                   [region](const Wanted& each) { return each.region == region; });
  if (wanted == wanted_.end() || !wanted->path.empty()) return "";
  if (!wanted->ambiguity.empty()) return wanted->ambiguity;
  std::vector<std::string> files;
  std::vector<std::string> names;
  bool named = false;
  for (const auto& [path, library] : libraries_) {
    files.push_back(library.soname.empty() ? file_name(path) : library.soname);
    if (!wanted->name.is_in(path, library.soname)) continue;
    named = true;
    const std::vector<std::string> more = names_of(library.functions);
    names.insert(names.end(), more.begin(), more.end());
  }
  const LibraryFunction& name = wanted->name;
  if (name.library.empty()) {
    const std::vector<std::string> own = names_of(functions_of(machine_.image()));
    names.insert(names.begin(), own.begin(), own.end());
    return fmt::format(": neither the program nor a library that it loaded has such a function{}",
                       did_you_mean(name.symbol, names));
  }
  if (!named)
    return fmt::format(": no library '{}' was loaded{}", name.library, did_you_mean(name.library, files));
  return fmt::format(": {} has no such function{}", name.library, did_you_mean(name.symbol, names));
}

}  // namespace m2sim::cmd
