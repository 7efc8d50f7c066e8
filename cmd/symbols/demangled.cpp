#include "cmd/symbols/demangled.h"

#include <cxxabi.h>

#include <cstdlib>
#include <memory>

namespace m2sim::cmd {

std::string demangled(const std::string& symbol) {
  // Without the prefix the name of a C function could be that of a type: "i" is int.
  if (!symbol.starts_with("_Z")) return symbol;
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> text(
      abi::__cxa_demangle(symbol.c_str(), nullptr, nullptr, &status), &std::free);
  return text ? std::string(text.get()) : symbol;
}

}  // namespace m2sim::cmd
