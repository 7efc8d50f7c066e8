#include "cmd/guest/functions.h"

#include <cxxabi.h>

#include <cstdlib>
#include <memory>

#include "cmd/console/failure.h"
#include "cmd/console/nearest.h"
#include "emu/elf/symbols.h"

namespace m2sim::cmd {
namespace {

// STT_NOTYPE is what a label of an assembler has unless it is told more.
constexpr unsigned kNoType = 0;
constexpr unsigned kFunction = 2;   // STT_FUNC
constexpr unsigned kIndirect = 10;  // STT_GNU_IFUNC

bool is_called(const std::string& readable, std::string_view name) {
  if (!readable.starts_with(name)) return false;
  return readable.size() == name.size() || readable[name.size()] == '(';
}

}  // namespace

std::vector<GuestFunction> functions_of(const emu::ElfImage& image) {
  std::vector<GuestFunction> functions;
  for (const std::uint32_t table : {emu::kSectionSymbols, emu::kSectionDynamicSymbols}) {
    for (const emu::NamedSymbol& symbol : emu::symbol_table(image, table)) {
      const bool label = symbol.kind == kNoType && !emu::is_mapping_symbol(symbol.name);
      const bool indirect = symbol.kind == kIndirect;
      if (symbol.kind != kFunction && !indirect && !label) continue;
      functions.push_back({symbol.address, std::string(symbol.name), indirect});
    }
  }
  return functions;
}

std::string readable_name(const std::string& name) {
  if (!name.starts_with("_Z")) return name;
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> text(
      abi::__cxa_demangle(name.c_str(), nullptr, nullptr, &status), &std::free);
  return text == nullptr ? name : text.get();
}

FoundFunction find_function(std::string_view name, std::span<const GuestFunction> functions) {
  for (const GuestFunction& function : functions) {
    if (function.name == name) return {&function};
  }
  FoundFunction found;
  for (const GuestFunction& function : functions) {
    if (!function.name.starts_with("_Z") || !is_called(readable_name(function.name), name)) continue;
    if (found.function == nullptr) {
      found.function = &function;
    } else if (found.function->address != function.address) {
      found.other = &function;
    }
  }
  return found;
}

const GuestFunction& required(std::string_view name, std::span<const GuestFunction> functions,
                              const std::string& file) {
  if (functions.empty()) {
    throw failure("--roi-symbol: {} has no symbols of functions; --roi-pc takes addresses", file);
  }
  const FoundFunction found = find_function(name, functions);
  if (found.other != nullptr) {
    throw failure("--roi-symbol: '{}' may be '{}' or '{}'; name one in full", name,
                  readable_name(found.function->name), readable_name(found.other->name));
  }
  if (found.function == nullptr) {
    throw failure("--roi-symbol: {} has no function '{}'{}", file, name,
                  did_you_mean(name, names_of(functions)));
  }
  return *found.function;
}

std::vector<std::string> names_of(std::span<const GuestFunction> functions) {
  std::vector<std::string> names;
  for (const GuestFunction& function : functions) {
    const std::string readable = readable_name(function.name);
    names.push_back(readable.substr(0, readable.find('(')));
  }
  return names;
}

}  // namespace m2sim::cmd
