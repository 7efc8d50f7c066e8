// What m2sim check found, for eyes and for programs.
#pragma once

#include <string>
#include <vector>

#include "cmd/check/code.h"
#include "cmd/check/files.h"

namespace m2sim::cmd {

struct CheckResult {
  ProgramFiles files;
  std::vector<CodeCheck> code;  // of files.files

  std::uint64_t count(WordKind kind) const;
};

// Ends in a line break.
std::string check_text(const CheckResult& result, bool color);
std::string check_json(const CheckResult& result);

}  // namespace m2sim::cmd
