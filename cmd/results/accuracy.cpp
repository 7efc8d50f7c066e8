#include "cmd/results/accuracy.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "cmd/results/config_file.h"
#include "cmd/results/sha256.h"
#include "timing/config/fields.h"

namespace m2sim::cmd {
namespace {

struct Recorded {
  Mode mode;
  unsigned programs;
  double mean;
  double worst;
};

#define ACCURACY(mode, programs, mean, worst) Recorded{mode, programs, mean, worst},
constexpr std::array kRecorded{
#include "cmd/results/accuracy.inc"
};
#undef ACCURACY

// As it is built in, with no number changed.
bool is_built_in(const Manifest& manifest) {
  const auto core = timing::builtin_core(manifest.core);
  return core && sha256(config_toml(*core)) == manifest.config_sha256;
}

}  // namespace

std::string accuracy_note(const Manifest& manifest) {
  const auto found = std::ranges::find(kRecorded, manifest.mode, &Recorded::mode);
  if (found == kRecorded.end()) return "";
  if (!is_built_in(manifest))
    return "this configuration was not compared with hardware; m2sim calibrate check does";
  return fmt::format("{} measured loops: {:.1f} % off on average, {:.1f} % at most; docs/accuracy.md",
                     found->programs, 100 * found->mean, 100 * found->worst);
}

}  // namespace m2sim::cmd
