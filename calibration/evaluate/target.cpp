#include "calibration/evaluate/target.h"

#include <charconv>

namespace m2sim::calibration {
namespace {

constexpr std::string_view kInstruction = "instruction/";
constexpr std::string_view kStructure = "structure/";

}  // namespace

std::optional<Target> parse_target(std::string_view text) {
  Target target;
  if (text.starts_with(kInstruction)) {
    target.kind = TargetKind::kInstruction;
    text.remove_prefix(kInstruction.size());
  } else if (text.starts_with(kStructure)) {
    target.kind = TargetKind::kStructure;
    text.remove_prefix(kStructure.size());
    const std::size_t at = text.rfind('@');
    if (at == std::string_view::npos) return std::nullopt;
    const std::string_view x = text.substr(at + 1);
    const auto [stop, error] = std::from_chars(x.data(), x.data() + x.size(), target.x);
    if (error != std::errc() || stop != x.data() + x.size()) return std::nullopt;
    text = text.substr(0, at);
  }
  if (text.empty()) return std::nullopt;
  target.name = text;
  return target;
}

std::string text_of(const Target& target) {
  switch (target.kind) {
    case TargetKind::kInstruction:
      return std::string(kInstruction) + target.name;
    case TargetKind::kStructure:
      return std::string(kStructure) + target.name + "@" + std::to_string(target.x);
    default:
      return target.name;
  }
}

}  // namespace m2sim::calibration
